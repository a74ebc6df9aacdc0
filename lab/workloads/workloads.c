// SPDX-License-Identifier: GPL-2.0
/* The table of workloads.  A new one is a file, and a name here and in npwork.h. */
#include "npwork.h"

#include <stdio.h>
#include <string.h>

const char unit_mib[] = "MiB";

static const struct workload *const workloads[] = {
	&numa01, &numa01_thread, &numa02, &numa02_smt,
	&forkstorm, &idle, &phases, &pingpong, &warehouse, &mixed, &pairs,
	NULL,
};

const struct workload *workload_find(const char *name)
{
	const struct workload *const *w;

	for (w = workloads; *w; w++)
		if (!strcmp((*w)->name, name))
			break;
	return *w;
}

void workload_list(void)
{
	for (const struct workload *const *w = workloads; *w; w++)
		printf("%-14s %s\n", (*w)->name, (*w)->summary);
}
