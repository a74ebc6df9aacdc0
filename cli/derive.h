/* SPDX-License-Identifier: GPL-2.0 */
/* What follows from the samples of a run. */
#ifndef CLI_DERIVE_H
#define CLI_DERIVE_H

#include "run.h"

#define WINDOW_SECONDS	5.0
#define NEAR_SECONDS	2.0	/* of the moving window below */
#define NEAR_HAND	0.9

/* sample_at() - cumulative counts at @t, interpolated between samples. */
struct sample sample_at(const struct run *run, double t);

/* window_between() - what happened from @from to @to, in seconds. */
struct window window_between(const struct run *run, double from, double to);

/* run_length() - seconds covered by samples. */
double run_length(const struct run *run);

/**
 * derive_run() - windows and local_final of one run
 * Return: 0 or -1.
 */
int derive_run(struct run *run);

/**
 * derive_near() - when did the run come near placement by hand, for good?
 *
 * The earliest sample from which on, until the end, the local fraction of the
 * two seconds before each sample is at least nine tenths of @hand_final; its
 * time in seconds, or NEVER.
 */
double derive_near(const struct run *run, double hand_final);

/* derive_all() - all of the above for all runs; "hand" is the limit. */
int derive_all(struct runs *runs);

#endif
