// SPDX-License-Identifier: GPL-2.0
/*
 * adaptive: "enhanced NUMA scheduling with adaptive affinity".
 *
 * Model.  There is no home node to begin with.  A fault is private if the CPU is
 * the one that touched the page last, shared otherwise; so a thread is private
 * or shared by what most of its faults are.  Its ideal node is the one with most
 * of its faults.  A thread that is elsewhere tries to get there, and gives others
 * up step by step as it fails:
 *	0	to an idle CPU
 *	1	in place of a thread that is not on its own ideal node
 *	2	or of a private one
 *	3	or of any
 * Pages follow accesses through the two-stage filter.
 *
 * Source.  Peter Zijlstra and Ingo Molnar, 8 patches, 12 November 2012.
 *
 * Nearest thing.  The steps were iterations of the load balancer, which a module
 * cannot change in a stock kernel: here each thread makes its own attempt after
 * a pass, and again after `retry`.  The ideal node is told to the stock balancer
 * as preferred node, so that it favours moves towards more faults (NUMA_FAULTS_UP
 * and _DOWN).  Passes that may only improve (LBF_NUMA_RUN) have no counterpart.
 *
 * Known weaknesses.  Many rules, hard to follow (Rik van Riel).  Classes flip
 * where private and shared faults are near the ratio; a private thread that is
 * moved by the load balancer looks shared for a pass.
 */
#include <numaplace/policy.h>

#include "internal.h"

#define MS	1000000ULL	/* ns */

enum { P_RATIO, P_SETTLE, P_RETRY };

static const struct np_param core[] = {
	{ "scan_period", "ms", 5000, 10, 3600000,
	  "shortest time from one scan window to the next",
	  "12 November 2012: 5 s" },
	{ "scan_period_max", "ms", 80000, 10, 3600000,
	  "longest such time", "12 November 2012: 80 s" },
	{ "scan_size", "MiB", 1048576, 1, 1048576,
	  "address space marked in one scan window",
	  "25 October 2012: all of it each time" },
};

static const struct np_param params[] = {
	[P_RATIO] = {
		"ratio", "", 4, 1, 64,
		"shared if there are as many shared faults as private ones by this",
		"the code has 4, its changelog 2",
	},
	[P_SETTLE] = {
		"settle_count", "passes", 2, 0, 64,
		"passes before a thread changes its class",
		"sysctl_sched_numa_settle_count",
	},
	[P_RETRY] = {
		"retry", "ms", 500, 10, 60000,
		"time between two attempts to get to the ideal node",
		"numaplace: a few rounds of balancing between nodes",
	},
};

/* Classes: numa_shared was -1, 0, 1. */
enum { CLASS_NONE, CLASS_PRIVATE, CLASS_SHARED };

/* @waits: passes that another class has been due. */
struct state {
	u64 private, shared;	/* faults, halved each pass */
	u32 passes;
	u8 class;
	u8 waits;
	u8 tries;
	s16 ideal;		/* + 1 */
};
NP_SLOT_CHECK(struct state, NP_TASK_SLOT);

static struct state *state(const struct np_ctx *c)
{
	return (struct state *)c->task->slot;
}

static const struct state *state_of(const struct np_task *t)
{
	return (const struct state *)t->slot;
}

/* -------------------------------------------------------------------- pages */

static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	(void)c;
	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	if (!np_two_stage(f))
		return np_stay(NP_R_FILTERED);
	return np_move(f->node, NP_R_REMOTE_REF);
}

static void account(const struct np_ctx *c, const struct np_fault *f,
		    const struct np_outcome *o)
{
	(void)o;
	if (!c->task)
		return;
	if (f->last_cpu == NP_NO_CPU || f->last_cpu == f->cpu)
		state(c)->private += f->pages;
	else
		state(c)->shared += f->pages;
}

/* -------------------------------------------------------------------- class */

static u8 class_by_faults(const struct np_ctx *c, const struct state *s)
{
	if (!s->private && !s->shared)
		return CLASS_NONE;
	return s->shared * (u64)np_own_param(c, P_RATIO) >= s->private ?
		CLASS_SHARED : CLASS_PRIVATE;
}

static void classify(const struct np_ctx *c, struct state *s)
{
	u8 class = class_by_faults(c, s);

	if (class == s->class) {
		s->waits = 0;
		return;
	}
	if (s->class != CLASS_NONE &&
	    s->waits++ < np_own_param(c, P_SETTLE))
		return;
	s->class = class;
	s->waits = 0;
}

static void end_pass(const struct np_ctx *c, struct state *s)
{
	u32 ended = c->proc->scan.passes - s->passes;

	classify(c, s);
	s->private >>= ended < 63 ? ended : 63;
	s->shared >>= ended < 63 ? ended : 63;
	s->passes = c->proc->scan.passes;
}

/* ------------------------------------------------------------------ threads */

/* May @other be sent away, after so many failures? */
static bool gives_way(const struct np_task *other, int there, u8 tries)
{
	const struct state *s;

	if (!other)
		return tries >= 3;	/* nobody knows what it would lose */
	s = state_of(other);
	if (s->ideal && s->ideal - 1 != there)
		return tries >= 1;
	if (s->class != CLASS_SHARED)
		return tries >= 2;
	return tries >= 3;
}

/* How good a CPU is: 0 = not at all, idle ones are best. */
static int worth(const struct np_ctx *c, int cpu, u8 tries)
{
	struct np_running r;
	const struct np_task *other = np_peer(c, cpu, &r);

	if (!r.movable)
		return 0;
	if (r.idle)
		return 2;
	return gives_way(other, c->m->cpu_node[cpu], tries) ? 1 : 0;
}

static int best_cpu(const struct np_ctx *c, int nid, u8 tries, int *ret_worth)
{
	int cpu, best = NP_NO_CPU, w;

	*ret_worth = 0;
	for (cpu = 0; cpu < c->m->nr_cpus; cpu++) {
		if (c->m->cpu_node[cpu] != nid)
			continue;
		w = worth(c, cpu, tries);
		if (w > *ret_worth) {
			*ret_worth = w;
			best = cpu;
		}
	}
	return best;
}

static void go(const struct np_ctx *c, struct state *s, int nid,
	       struct np_task_ask *ask)
{
	int w, cpu = best_cpu(c, nid, s->tries, &w);

	c->task->place_ns = c->now_ns + (u64)np_own_param(c, P_RETRY) * MS;
	if (cpu == NP_NO_CPU) {
		s->tries += s->tries < 3;
		return;
	}
	s->tries = 0;
	*ask = (struct np_task_ask){
		.verb = w == 2 ? NP_TASK_MOVE : NP_TASK_SWAP,
		.reason = NP_R_HOME, .nid = (s16)nid, .cpu = (s16)cpu,
		.settle = w == 2,
	};
}

static void prefer(const struct np_ctx *c, int nid, struct np_task_ask *ask)
{
	if (c->task->home == nid)
		return;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
		.reason = NP_R_HOME, .nid = (s16)nid };
}

static void place(const struct np_ctx *c, struct np_task_ask *ask)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	int ideal = np_stats_max(c->task->stats);
	struct state *s = state(c);

	if (s->passes != c->proc->scan.passes)
		end_pass(c, s);
	s->ideal = (s16)(ideal + 1);
	if (ideal == NP_NO_NODE || here == NP_NO_NODE)
		return;
	if (here == ideal || !(c->m->node_flags[ideal] & NP_NODE_CPU))
		prefer(c, ideal, ask);
	else
		go(c, s, ideal, ask);
}

const struct np_policy_ops np_adaptive = {
	.page = page,
	.account = account,
	.place = place,
	.name = "adaptive",
	.summary = "adaptive affinity, November 2012: private or shared by last CPU",
	.need = NP_CAN_TASK_STATS | NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP |
		NP_CAN_RUNNING,
	.task_size = sizeof(struct state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
