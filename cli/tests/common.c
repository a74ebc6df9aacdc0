// SPDX-License-Identifier: GPL-2.0
/*
 * What the unit tests of cli/ share.
 */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *real_stderr;
static char *kept;
static size_t kept_size;

void hush(void)
{
	real_stderr = stderr;
	free(kept);
	kept = NULL;
	stderr = open_memstream(&kept, &kept_size);
	assert_non_null(stderr);
}

const char *said(void)
{
	if (real_stderr) {
		fclose(stderr);
		stderr = real_stderr;
		real_stderr = NULL;
	}
	return kept;
}

/* The last one must not look like a leak. */
__attribute__((destructor))
static void forget(void)
{
	free(kept);
}

void add_second(struct run *run, double local, double accesses)
{
	struct sample s = { 0 };

	if (run->nr_samples)
		s = run->sample[run->nr_samples - 1];
	else
		assert_int_equal(run_add_sample(run, &s), 0);
	s.t += 1;
	s.local += local;
	s.accesses += accesses;
	s.user += 1000;
	s.kernel += 100;
	assert_int_equal(run_add_sample(run, &s), 0);
}
