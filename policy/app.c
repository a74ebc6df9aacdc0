// SPDX-License-Identifier: GPL-2.0
/*
 * app: what the application asks for, and nothing else.
 *
 * Model.  Nothing is sensed and nobody is placed.  A thread has a home node if
 * the application gave it one (numa_tbind(), np_set_home_node()): it is brought
 * back there, and new memory comes from there.  Memory that the application has
 * marked (np_mbind() with MPOL_MF_LAZY) follows its memory policy when it is
 * touched; where that is the default, it goes
 *
 *	to the home node of the thread that touches it, or, if it has none,
 *	to the node the thread runs on
 *
 * A process gets this policy by itself when it first asks for a home node.
 *
 * Source.  The calls are those of Peter Zijlstra, "sched/numa", 26 patches,
 * 16 March 2012 (numa_tbind, numa_mbind), and of Lee Schermerhorn and Mel
 * Gorman, "balancenuma", November 2012 (MPOL_MF_LAZY, MPOL_NOOP).
 *
 * Known weaknesses.  It knows what the application says and no better.
 */
#include <numaplace/policy.h>

#include "internal.h"

static const struct np_param core[] = {
	{ "home_pull", "no|yes", 1, 0, 1,
	  "bring threads back to their home node, to an idle CPU or by a trade",
	  "sched/numa: NUMA_PULL, NUMA_PULL_BIAS" },
	{ "home_alloc", "no|yes", 1, 0, 1,
	  "take new pages from the home node, wherever the task runs",
	  "sched/numa" },
	{ "scan_delay", "ms", 0, 0, 3600000,
	  "run time of a task before the load balancer is told of its home node",
	  "numaplace: there is no sensing to delay" },
};

static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	int home = c->task ? np_home_of(c->task) : c->proc->home;
	int nid = home != NP_NO_NODE ? home : f->node;

	if (f->page_node == nid)
		return np_stay(NP_R_LAZY);
	return np_move(nid, NP_R_LAZY);
}

/* The application marks, and knows what. */
static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	(void)scan;
	plan->period_ms = (u32)c->inst->param[NP_P_SCAN_PERIOD];
	plan->pages = 0;
}

const struct np_policy_ops np_app = {
	.page = page,
	.scan_plan = scan_plan,
	.name = "app",
	.summary = "what the application asks for, and nothing else",
	.need = NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP | NP_CAN_RUNNING,
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
