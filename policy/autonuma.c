// SPDX-License-Identifier: GPL-2.0
/*
 * autonuma: memory follows threads and threads follow memory, both by faults.
 *
 * Model.  A worker marks all memory of all processes, pass by pass.  A page
 * follows a fault if the fault before came from the same node (or if there was
 * none); at once, or through a queue that a worker per node empties.  Each
 * thread regularly looks at who runs on the CPUs of all other nodes, and changes
 * places with whoever makes both gain most: threads of one process are compared
 * by their own faults, others by their processes'.  A thread then prefers that
 * node, which an idle CPU elsewhere overrules.
 *
 * Source.  Andrea Arcangeli, AutoNUMA 24 (22 August 2012, migrate=async) and 27
 * (4 October 2012, migrate=fault).
 *
 * Nearest thing.  What a process has where was counted by the worker as it
 * passed, in working-set mode without the pages nobody had touched since the
 * pass before.  Those that somebody touched are those that faulted, so here the
 * faults are counted: always in working-set mode.  They are halved each pass, as
 * the documentation of 27 says (24 replaced them).  Entries of the page table
 * are marked, never whole tables (scan_pmd).  The exchange was tried from the
 * scheduler's softirq; here, at a fault that comes `balance` after the last try.
 * sched_load_balance_strict has no counterpart in a stock kernel.
 *
 * Known weaknesses.  The look at all CPUs of other nodes grows with the machine;
 * one worker for all does not; threads of a process are taken to share; false
 * sharing within a page; with migrate=async a page may follow an access that is
 * over (Peter Zijlstra): who is rescheduled every second pass drags its memory
 * behind (Mel Gorman).
 */
#include <numaplace/policy.h>

#include "exchange.h"
#include "internal.h"

#define MS	1000000ULL	/* ns */

enum { P_MIGRATE, P_FIRST, P_SLEEP, P_BALANCE };

static const struct np_param core[] = {
	{ "scan_delay", "ms", 0, 0, 3600000,
	  "run time of a task before it is scanned",
	  "knuma_scand took processes as they came" },
	{ "scan_period", "ms", 100, 10, 3600000,
	  "time from one scan window to the next within a pass",
	  "scan_sleep_millisecs" },
	{ "scan_size", "MiB", 128, 1, 1048576,
	  "address space marked in one scan window", "pages_to_scan" },
	{ "migrate_limit", "MiB/s", 1280, 0, 1048576,
	  "memory that may move to a node, 0 = as much as comes",
	  "pages_to_migrate: 128 MB each migrate_sleep_millisecs of 100" },
};

static const struct np_param params[] = {
	[P_MIGRATE] = {
		"migrate", "fault|async", 0, 0, 1,
		"move a page within the fault, or let a worker do it",
		"27 moved within the fault, 24 did not",
	},
	[P_FIRST] = {
		"migrate_first", "no|yes", 1, 0, 1,
		"move a page on the first fault that is known of it",
		"migrate_allow_first_fault",
	},
	[P_SLEEP] = {
		"scan_sleep_pass", "ms", 10000, 0, 3600000,
		"time between two passes", "scan_sleep_pass_millisecs",
	},
	[P_BALANCE] = {
		"balance", "ms", 128, 10, 60000,
		"time between two looks of a thread at the other nodes",
		"the interval at which a busy CPU of four balances",
	},
};

struct state {
	bool rests;	/* a pass has ended */
};
NP_SLOT_CHECK(struct state, NP_PROC_SLOT);

static struct state *state(const struct np_ctx *c)
{
	return (struct state *)c->proc->slot;
}

/* -------------------------------------------------------------------- pages */

static bool passes_filter(const struct np_ctx *c, const struct np_fault *f)
{
	if (f->flags & NP_FAULT_FIRST)
		return np_own_param(c, P_FIRST);
	return np_two_stage(f);
}

/* Staying cancels what may be queued: the core's homes see to that. */
static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	if (!passes_filter(c, f))
		return np_stay(f->flags & NP_FAULT_FIRST ? NP_R_UNSEEN :
							   NP_R_FILTERED);
	return np_own_param(c, P_MIGRATE) ? np_queue(f->node, NP_R_REMOTE_REF) :
					    np_move(f->node, NP_R_REMOTE_REF);
}

/* ----------------------------------------------------------------- scanning */

static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	(void)scan;
	plan->period_ms = (u32)c->inst->param[NP_P_SCAN_PERIOD];
	if (!state(c)->rests)
		return;
	state(c)->rests = false;
	plan->pages = 0;
	plan->period_ms = (u32)np_own_param(c, P_SLEEP);
}

static void pass_done(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_task_ask *ask)
{
	(void)scan;
	(void)ask;
	state(c)->rests = true;
}

/* ------------------------------------------------------------------- threads */

static void stay_home(const struct np_ctx *c, int here, struct np_task_ask *ask)
{
	if (c->task->home == here)
		return;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
		.reason = NP_R_LOCAL, .nid = (s16)here };
}

/* Without faults, or with most of all faults here, there is nothing to look for. */
static bool is_content(const struct np_task *t, int here)
{
	if (!t->stats->total || !t->proc->stats->total)
		return true;
	return np_is_settled(t, here);
}

static void place(const struct np_ctx *c, struct np_task_ask *ask)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	struct np_exchange best;

	c->task->place_ns = c->now_ns + (u64)np_own_param(c, P_BALANCE) * MS;
	if (here == NP_NO_NODE)
		return;
	if (is_content(c->task, here)) {
		stay_home(c, here, ask);
		return;
	}
	best = np_best_exchange(c, here);
	if (best.cpu != NP_NO_CPU)
		*ask = (struct np_task_ask){ .verb = NP_TASK_SWAP,
			.reason = NP_R_EXCHANGE, .nid = best.nid,
			.cpu = best.cpu, .settle = true };
}

const struct np_policy_ops np_autonuma = {
	.page = page,
	.scan_plan = scan_plan,
	.pass_done = pass_done,
	.place = place,
	.name = "autonuma",
	.summary = "Andrea Arcangeli's, 2012: two-fault filter, exchange if both gain",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_HOME |
		NP_CAN_SWAP | NP_CAN_RUNNING | NP_CAN_QUEUE |
		NP_CAN_SCAN_WORKER,
	.proc_size = sizeof(struct state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
