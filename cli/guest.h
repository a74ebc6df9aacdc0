/* SPDX-License-Identifier: GPL-2.0 */
/* One guest, from its initial file system to its verdict. */
#ifndef CLI_GUEST_H
#define CLI_GUEST_H

#include "lab.h"
#include "progress.h"
#include "results.h"
#include "witness.h"

/**
 * struct guest - what to boot, and what came of it
 * @dir:	for all files of this guest
 * @memory:	MiB per node instead of the topology's, or 0
 * @timeout:	seconds until it is killed
 * @results:	what the guest says
 * @witness:	what the witness says
 */
struct guest {
	const struct lab *lab;
	const char *dir;
	const char *topology;
	unsigned int memory;
	unsigned int timeout;
	struct progress *progress;
	struct results results;
	struct witness witness;
};

/* guest_prepare() - the initial file system, from @dir/scenario. */
int guest_prepare(const struct guest *g, bool with_module);

/*
 * guest_run() - boot it, follow what it says, wait for its end, judge.  No
 * guest outlives this call or, by whatever end, this program.
 * Return: 0 if every number can be trusted, else -1.
 */
int guest_run(struct guest *g);

#endif
