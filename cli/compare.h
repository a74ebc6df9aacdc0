/* SPDX-License-Identifier: GPL-2.0 */
/* One comparison, wherever it is made. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include <stdbool.h>

#include "compare_args.h"
#include "lab.h"
#include "report.h"
#include "simulate.h"
#include "spec.h"
#include "topology.h"

struct job;

/**
 * struct where - one way to run the same thing
 * @name:	the word behind --on
 * @split_workloads: as specs_split()
 * @check_words: does the command line make sense there?
 * @check_surroundings: is all there that will be needed, all at once?
 * @check_names: are workloads and policies known there?
 * @measure:	fill all runs; the job's directory exists
 * @exit:	free what the others took
 */
struct where {
	const char *name;
	int (*split_workloads)(struct words *w, const char *text,
			       const char *what);
	int (*check_words)(struct job *job);
	int (*check_surroundings)(struct job *job);
	int (*check_names)(struct job *job);
	int (*measure)(struct job *job);
	void (*exit)(struct job *job);
};

extern const struct where compare_vm, compare_sim;

/**
 * struct job - one comparison
 * @dir:	for files on the way
 * @keep:	leave them there
 * @usage:	it turned out late that the command line makes no sense
 * @lab:	--on vm
 * @sim, @isolated: --on sim
 */
struct job {
	const struct compare_args *args;
	const struct where *where;
	struct topology topology;
	struct words workloads;
	struct words policies;
	char *dir;
	bool keep;
	bool usage;
	struct report report;
	char *machine;
	char *engine;
	char date[32];
	struct lab lab;
	struct simulate sim;
	bool *isolated;
};

#endif
