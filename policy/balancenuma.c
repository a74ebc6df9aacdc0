// SPDX-License-Identifier: GPL-2.0
/*
 * balancenuma: a foundation, and the simplest policies on it.
 *
 * Model.  By version:
 *	1	every remote hinting fault moves the page (as `moron`)
 *	2..4	two-stage filter; a thread has a home node, and at the end of a
 *		pass exchanges it with a thread on another node if both gain
 *		(CPU follows memory): the load balancer does the rest
 *	5..11	the filter, and nothing about threads; scanning slows down as
 *		pages stay where they are, and begins only once the process has
 *		run on a second node
 *
 * Source.  Mel Gorman, balancenuma v1 (6 November 2012) to V11 (11 December),
 * which became Linux 3.8.  CPU follows memory: V4, 21 November; V5 dropped it
 * ("it was broken").  Adaptive scanning and the delayed start: V5 to V10.
 *
 * Nearest thing.  In 3.8 each thread had a scan period of its own.  Here there
 * is one for the process, made of what all its threads' faults have added: their
 * mean.  The limit on migration applies to all versions; v1 had none, which is
 * migrate_limit=0.
 *
 * Known weaknesses.  Without hints to the scheduler, memory that threads share
 * never converges (Ingo Molnar).  Where almost every fault moves a page, scans
 * never slow down.  The limit hides how much there would be to move.  The
 * delayed start misses shared memory on a machine with little to do, and was
 * taken back in 2013.
 */
#include <numaplace/policy.h>

#include "exchange.h"
#include "internal.h"

#define MS	1000000ULL	/* ns */

enum { P_VERSION, P_SLOW_DOWN, P_RESET };

static const struct np_param core[] = {
	{ "scan_period", "ms", 100, 10, 3600000,
	  "shortest time from one scan window to the next",
	  "constant-rate working-set sampling, November 2012" },
	{ "scan_period_max", "ms", 5000, 10, 3600000,
	  "longest such time", "balancenuma V11: 100 ms * 50" },
	{ "migrate_limit", "MiB/s", 1280, 0, 1048576,
	  "memory that may move to a node, 0 = as much as comes",
	  "balancenuma V11: 128 MB in 100 ms" },
};

static const struct np_param params[] = {
	[P_VERSION] = {
		"version", "", 11, 1, 11,
		"of the patches: 1, 4 and 11 are the landmarks",
		"11 became Linux 3.8",
	},
	[P_SLOW_DOWN] = {
		"slow_down", "ms", 40, 0, 60000,
		"added to the period by a fault that moved nothing, from version 5",
		"V11: 10 jiffies, at 250 Hz",
	},
	[P_RESET] = {
		"period_reset", "ms", 60000, 100, 3600000,
		"time after which the period is the shortest again, from version 5",
		"V11: 100 ms * 600",
	},
};

/**
 * struct state - of a process
 * @stayed:	faults that moved nothing since @reset_ns
 * @limited:	pages kept back by the limit, as of the last window
 * @first:	node it was first seen on + 1
 * @spread:	it has been seen on another
 * @doubled:	version 4: how often the period has doubled
 */
struct state {
	u64 reset_ns;
	u64 stayed;
	u64 limited;
	u64 marked_ns;
	s16 first;
	bool spread;
	u8 doubled;
};
NP_SLOT_CHECK(struct state, NP_PROC_SLOT);

static struct state *state(const struct np_ctx *c)
{
	return (struct state *)c->proc->slot;
}

static s64 version(const struct np_ctx *c)
{
	return np_own_param(c, P_VERSION);
}

static bool has_homes(const struct np_ctx *c)
{
	return version(c) >= 2 && version(c) <= 4;
}

static bool adapts(const struct np_ctx *c)
{
	return version(c) >= 5;
}

/* -------------------------------------------------------------------- pages */

static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	if (version(c) >= 2 && !np_two_stage(f))
		return np_stay(NP_R_FILTERED);
	return np_move(f->node, NP_R_REMOTE_REF);
}

static void account(const struct np_ctx *c, const struct np_fault *f,
		    const struct np_outcome *o)
{
	struct state *s = state(c);

	if (f->node != s->first - 1)
		s->spread |= s->first != 0;
	if (!s->first)
		s->first = f->node + 1;
	s->stayed += !o->moved;
}

/* ----------------------------------------------------------------- scanning */

/* Threads' periods began at the shortest, and each fault made one longer. */
static u32 adapted(const struct np_ctx *c)
{
	u32 threads = c->proc->threads ? c->proc->threads : 1;
	u64 more = np_div64(state(c)->stayed * (u64)np_own_param(c, P_SLOW_DOWN),
			    threads);
	s64 most = c->inst->param[NP_P_SCAN_PERIOD_MAX];
	s64 least = c->inst->param[NP_P_SCAN_PERIOD];

	return more < (u64)(most - least) ? (u32)(least + (s64)more) : (u32)most;
}

static u32 doubled(const struct np_ctx *c)
{
	s64 most = c->inst->param[NP_P_SCAN_PERIOD_MAX];
	s64 period = c->inst->param[NP_P_SCAN_PERIOD] << state(c)->doubled;

	return (u32)(period < most ? period : most);
}

/* pteupdate_interval: marking waits while moves do, but not for ever. */
static bool held_up(const struct np_ctx *c, struct state *s)
{
	u64 limited = np_counter_read(&c->proc->reason[NP_R_RATE]);
	bool more = limited != s->limited;

	s->limited = limited;
	return more && c->now_ns < s->marked_ns + 1000 * MS;
}

/* Only where the process is seen can be told, so that a scan is a look, too. */
static bool waits(const struct np_ctx *c, struct state *s)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];

	if (here != NP_NO_NODE && s->first && here != s->first - 1)
		s->spread = true;
	if (here != NP_NO_NODE && !s->first)
		s->first = (s16)(here + 1);
	return !s->spread;
}

static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	struct state *s = state(c);

	plan->period_ms = doubled(c);
	if (!adapts(c))
		return;
	if (c->now_ns >= s->reset_ns + (u64)np_own_param(c, P_RESET) * MS) {
		s->reset_ns = c->now_ns;
		s->stayed = 0;
	}
	plan->period_ms = adapted(c);
	if (!scan->left && (waits(c, s) || held_up(c, s)))
		plan->pages = 0;
	else
		s->marked_ns = c->now_ns;
}

/* ------------------------------------------------------------------- threads */

/* CPU follows memory, as of V4: only homes are exchanged. */
static void place(const struct np_ctx *c, struct np_task_ask *ask)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	struct state *s = state(c);
	struct np_exchange best;

	if (!has_homes(c) || here == NP_NO_NODE)
		return;
	if (np_is_settled(c->task, here)) {
		s->doubled += s->doubled < 16;
		if (c->task->home == here)
			return;
		*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
			.reason = NP_R_LOCAL, .nid = (s16)here };
		return;
	}
	s->doubled = 0;
	best = np_best_exchange(c, here);
	if (best.cpu != NP_NO_CPU)
		*ask = (struct np_task_ask){ .verb = NP_TASK_SWAP_HOMES,
			.reason = NP_R_EXCHANGE, .nid = best.nid,
			.cpu = best.cpu };
}

const struct np_policy_ops np_balancenuma = {
	.page = page,
	.account = account,
	.scan_plan = scan_plan,
	.place = place,
	.name = "balancenuma",
	.summary = "Mel Gorman's, 2012: two-stage filter, limit, and little else",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_HOME |
		NP_CAN_RUNNING,
	.proc_size = sizeof(struct state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
