/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of a point of a sweep, in numbers. */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include <stdbool.h>

#include "run.h"

/* In the order of the columns of the table. */
enum figure {
	FIG_LOCAL_FINAL,
	FIG_LOCAL_OF_HAND,
	FIG_SECONDS_TO_90,
	FIG_WORK,
	FIG_ACCESSES,
	FIG_HINT_FAULTS,
	FIG_PAGES_MOVED,
	FIG_PING_PONGS,
	FIG_TASK_MOVES,
	FIG_SWITCHES,
	FIG_WAKEUPS,
	FIG_WAKEUP_MEAN,
	FIG_WAKEUP_MAX,
	FIG_FAIRNESS,
	FIG_WORST,
	FIG_USER,
	FIG_KERNEL,
	FIG_BALANCER,
	FIG_ELAPSED,
	NR_FIGURES
};

/**
 * struct figure_info - one column
 * @path:	where run_number() finds it, or NULL
 * @whole:	it counts something
 * @text:	what it says, for the reader of the file
 */
struct figure_info {
	const char *name;
	const char *path;
	bool whole;
	const char *text;
};

extern const struct figure_info figure_info[NR_FIGURES];

/*
 * figures_of() - all of a run that derive_run() has seen; those that need
 * placement by hand are not numbers yet.
 */
void figures_of(const struct run *run, double figure[NR_FIGURES]);

#endif
