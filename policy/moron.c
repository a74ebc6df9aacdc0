// SPDX-License-Identifier: GPL-2.0
/*
 * moron: Migrate On Reference Of pte_numa Node.
 *
 * Model.  A hinting fault is one sampled access.  If it comes from a CPU of
 * another node than the page's, the page moves to that CPU's node, at once, in
 * the context of the fault.  Nothing is told to the scheduler, nothing is
 * remembered.
 *
 *	fault on page at node P from a CPU of node C:   P != C  ->  move to C
 *
 * Source.  Mel Gorman, "Foundation for automatic NUMA balancing", v1,
 * 6 November 2012: the deliberately stupid policy that cleverer ones must beat.
 *
 * Where it works well.  Threads that stay on their nodes and use private
 * memory: one pass of the scan and everything is local.
 *
 * Known weaknesses.  Memory shared between nodes bounces with every fault;
 * threads that the scheduler moves drag their memory behind them; shared jobs
 * never converge.
 */
#include <numaplace/policy.h>

#include "internal.h"

static struct np_decision moron_page(const struct np_ctx *c,
				     const struct np_fault *f)
{
	(void)c;
	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	return np_move(f->node, NP_R_REMOTE_REF);
}

const struct np_policy_ops np_moron = {
	.page = moron_page,
	.name = "moron",
	.summary = "migrate on reference: every remote hinting fault moves the page",
};
