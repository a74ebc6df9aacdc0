/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What another policy would have decided about the samples of a trace, and how
 * many of them would have been local.
 *
 * It keeps its own idea of where each page is: what that policy would have moved
 * is there for all samples that follow, and what only the recorded policy moved
 * is not.  What is a fact of the machine stays one: a page that was locked or
 * busy is so for both, and a node that was full for that page is full.  Threads
 * run where they ran and the same pages are sampled, whatever the policy would
 * have wished: what comes of that only a simulation can tell.
 */
#ifndef SIM_REPLAY_WHATIF_H
#define SIM_REPLAY_WHATIF_H

#include <numaplace/policy.h>

#include "../error.h"

/**
 * struct whatif_side - what one of the two policies did
 * @local:	of the samples: page and CPU were on the same node
 * @verdict:	decisions by enum np_verdict
 * @reason:	decisions by enum np_reason
 * @moved:	base pages that changed node
 * @failed:	base pages that did not, although the core had agreed
 * @asks:	wishes about tasks
 */
struct whatif_side {
	uint64_t local;
	uint64_t verdict[NP_NR_VERDICTS];
	uint64_t reason[NP_NR_REASONS];
	uint64_t moved;
	uint64_t failed;
	uint64_t asks;
};

/**
 * struct whatif_result - both policies over the same samples
 * @samples:	hinting faults
 * @differ:	of those: decided otherwise, or from another node
 */
struct whatif_result {
	uint64_t samples;
	uint64_t differ;
	struct whatif_side recorded;
	struct whatif_side other;
};

struct whatif;

/*
 * whatif_new() - @spec is the other policy, for all processes; it decides as if
 * it were in earnest, even where the recorded one was in shadow mode.
 */
struct whatif *whatif_new(const struct np_machine *m, const char *spec,
			  struct sim_error *e);

/* whatif_record() - the next one.  Return: 0 or -1 with a message. */
int whatif_record(struct whatif *wi, const struct np_record *rec,
		  struct sim_error *e);

const struct whatif_result *whatif_result(const struct whatif *wi);

void whatif_free(struct whatif *wi);

#endif
