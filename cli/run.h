/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a comparison consists of: runs, each with what was measured and what
 * follows from it.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct sample - what the witness counted from the start of a run on
 * @t:		seconds since that start
 * @local:	user loads and stores that met memory of their CPU's node
 * @accesses:	all user loads and stores of memory
 * @user:	instructions in user mode
 * @kernel:	instructions in the kernel
 */
struct sample {
	double t;
	double local;
	double accesses;
	double user;
	double kernel;
};

/**
 * struct window - one piece of a run
 * @t:		seconds from the start of the run to the end of the window
 * @local:	fraction of accesses that were local; NAN if there were none
 */
struct window {
	double t;
	double local;
	double accesses;
	double user;
	double kernel;
};

/* No number yet: never reached, or not measured. */
#define NEVER (-1.0)

/**
 * struct run - one workload under one policy
 * @id:		its number between host and guest, from 1
 * @round:	which of the repetitions it belongs to, from 1
 * @sample:	[nr_samples] cumulative, in order of time, the first at 0
 * @matrix:	[nr_nodes * nr_nodes] accesses from the row's node to the
 *		column's, or NULL
 * @unknown:	accesses to memory whose node the witness cannot tell
 * @complete:	the witness has seen its end
 * @guest:	the guest's own line about it, or NULL
 * @window:	[nr_windows] pieces of five seconds
 * @local_final: local fraction in the last quarter, NAN without accesses
 * @hand_final:	that of the same workload placed by hand, or NEVER
 * @seconds_to_90: see derive.h
 */
struct run {
	unsigned int id;
	unsigned int round;
	char *workload;
	char *policy;
	struct sample *sample;
	size_t nr_samples;
	double *matrix;
	unsigned int nr_nodes;
	double unknown;
	bool complete;
	json_t *guest;

	struct window *window;
	size_t nr_windows;
	double local_final;
	double hand_final;
	double seconds_to_90;
};

struct runs {
	struct run *run;
	size_t nr;
};

/* runs_add() - an empty run with the next number.  Return: it, or NULL. */
struct run *runs_add(struct runs *runs, const char *workload,
		     const char *policy);
struct run *runs_find(const struct runs *runs, unsigned int id);

/* runs_forget() - what was measured; the runs are to be made anew. */
void runs_forget(const struct runs *runs);
void runs_free(struct runs *runs);

/* run_add_sample() - Return: 0 or -1. */
int run_add_sample(struct run *run, const struct sample *s);

/* run_number() - a number of the guest's line by its path "a.b", or 0. */
double run_number(const struct run *run, const char *path);

#endif
