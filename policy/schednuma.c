// SPDX-License-Identifier: GPL-2.0
/*
 * schednuma: home nodes by load, without looking at a single access.
 *
 * Model.  A process gets a home node at birth: the one with least to do, unless
 * that is hardly less than here.  Its threads share it; the scheduler prefers
 * it, and new memory comes from it wherever the thread runs.  Every 2 s each
 * node that has no memory pressure of its own looks for one that is overloaded
 * with CPU work (tasks at home there that run elsewhere) or with memory
 * (allocations meant for it that went elsewhere), and takes whole processes from
 * it, oldest first, up to half the difference.  Their memory follows lazily: it
 * is marked once, and what is touched moves.
 *
 * Source.  Peter Zijlstra, "sched/numa", 26 patches, 16 March 2012.
 *
 * Nearest thing.  A node's memory is what is not free, rather than anonymous and
 * active file pages.  NUMA_HOT is what the stock balancer does for preferred nodes;
 * home_pull stands for NUMA_PULL and NUMA_PULL_BIAS.
 *
 * Known weaknesses.  A job larger than a node stays on one home all the same
 * (Andrea Arcangeli).  Nodes are taken to be equal; why the balancer should
 * settle is not clear (Rik van Riel); "fickle" (its author).
 */
#include <numaplace/policy.h>

#include "internal.h"

#define NS_PER_S	1000000000ULL

enum { P_HYSTERESIS, P_RUNTIME, P_FILTER };

static const struct np_param core[] = {
	{ "home_pull", "no|yes", 1, 0, 1,
	  "bring threads back to their home node, to an idle CPU or by a trade",
	  "sched/numa: NUMA_PULL, NUMA_PULL_BIAS" },
	{ "home_alloc", "no|yes", 1, 0, 1,
	  "take new pages from the home node, wherever the task runs",
	  "sched/numa" },
	{ "scan_delay", "ms", 0, 0, 3600000,
	  "run time of a task before memory follows its home node",
	  "numaplace: there is no sensing to delay" },
};

static const struct np_param params[] = {
	[P_HYSTERESIS] = {
		"hysteresis", "%", 10, 0, 1000,
		"a process is born elsewhere if here is so much more to do",
		"select_task_node(): this_load * 100 >= min_load * 110",
	},
	[P_RUNTIME] = {
		"min_runtime", "ms", 1000, 0, 3600000,
		"processes that have run less are not moved",
		"move_processes(): NSEC_PER_SEC",
	},
	[P_FILTER] = {
		"filter", "no|yes", 0, 0, 1,
		"leave processes that are larger than what is to be evened out",
		"NUMA_BALANCE_FILTER: off",
	},
};

/* @at: home node that all its memory has been marked for, + 1. */
struct proc_state {
	s16 at;
};
NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);

/**
 * struct node_state - as of the last round
 * @foreign:	np_load.foreign_pages
 * @spilled:	of those, since the round before
 * @max_pages:	most memory in use, averaged: more than that is too much
 */
struct node_state {
	u64 foreign;
	u64 spilled;
	u64 max_pages;
};
NP_SLOT_CHECK(struct node_state, NP_NODE_SLOT);

#define SPILLED	(offsetof(struct node_state, spilled) / sizeof(u64))

static struct proc_state *proc_state(const struct np_ctx *c)
{
	return (struct proc_state *)c->proc->slot;
}

static struct node_state *state_of_node(const struct np_ctx *c, int nid)
{
	return np_node_state(c, nid);
}

static bool is_home(const struct np_machine *m, int nid)
{
	return np_node_has_memory(m, nid) && (m->node_flags[nid] & NP_NODE_CPU);
}

/* -------------------------------------------------------------------- birth */

/* What there is to do for those who are at home there, wherever they run. */
static u64 node_cost(const struct np_ctx *c, int nid)
{
	struct np_load load;

	np_load(c, nid, &load);
	return load.cpu_load;
}

/* Return: the node with least to do, but @here if that is nearly as good. */
static int idlest(const struct np_ctx *c, int here)
{
	u64 min = ~0ULL, cost, mine = ~0ULL;
	int nid, best = here;

	for (nid = 0; nid < c->m->nr_nodes; nid++) {
		if (!is_home(c->m, nid) || np_node_word(c, nid, SPILLED))
			continue;
		cost = node_cost(c, nid);
		mine = nid == here ? cost : mine;
		if (cost < min) {
			min = cost;
			best = nid;
		}
	}
	if (mine == ~0ULL)
		return best;
	return mine * 100 >= min * (u64)(100 + np_own_param(c, P_HYSTERESIS)) ?
		best : here;
}

static void choose_home(const struct np_ctx *c, struct np_task_ask *ask)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	int nid = idlest(c, here);

	if (nid == NP_NO_NODE)
		return;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
		.reason = NP_R_ROOM, .nid = (s16)nid };
}

/* What is taken over has memory already; what is born has none of its own. */
static void be_born(const struct np_ctx *c, const struct np_proc *parent,
		    struct np_task_ask *ask)
{
	choose_home(c, ask);
	if (parent && ask->verb)
		proc_state(c)->at = (s16)(ask->nid + 1);
}

static void exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	choose_home(c, ask);
	if (ask->verb)
		proc_state(c)->at = (s16)(ask->nid + 1);
}

/* ------------------------------------------------------------------- memory */

static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	int home = c->task ? np_home_of(c->task) : c->proc->home;

	if (home == NP_NO_NODE || f->page_node == home)
		return np_stay(NP_R_HOME);
	return np_move(home, NP_R_HOME);
}

/* Memory is marked when the home node has changed, all of it, once. */
static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	(void)scan;
	plan->period_ms = (u32)c->inst->param[NP_P_SCAN_PERIOD];
	plan->pages = c->proc->home + 1 == proc_state(c)->at ? 0 : U32_MAX;
}

static void pass_done(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_task_ask *ask)
{
	(void)scan;
	(void)ask;
	proc_state(c)->at = (s16)(c->proc->home + 1);
}

/* ------------------------------------------------------------------ balancing */

/* What one round has measured. */
struct round {
	const struct np_ctx *c;
	u64 sum_cpu, sum_mem;
	u64 max_cpu, max_mem;
	int cpu_node, mem_node;
};

static u64 used_pages(const struct np_load *load)
{
	return load->all_pages - load->free_pages;
}

/* Only its own node measures a node: once a round. */
static void measure_own(const struct np_ctx *c, int nid)
{
	struct node_state *n = state_of_node(c, nid);
	struct np_load load;

	np_load(c, nid, &load);
	n->spilled = n->foreign ? load.foreign_pages + 1 - n->foreign : 0;
	n->foreign = load.foreign_pages + 1;
	n->max_pages = (n->max_pages + used_pages(&load)) / 2;
}

static void measure(struct round *r, int nid)
{
	u64 spilled = state_of_node(r->c, nid)->spilled;
	struct np_load load;

	np_load(r->c, nid, &load);
	r->sum_cpu += load.away_load;
	r->sum_mem += spilled;
	if (load.away_load > r->max_cpu) {
		r->max_cpu = load.away_load;
		r->cpu_node = nid;
	}
	if (spilled > r->max_mem) {
		r->max_mem = spilled;
		r->mem_node = nid;
	}
}

/* Return: node to take from, or NP_NO_NODE. */
static int busiest(struct round *r, int mine)
{
	int nid;

	for (nid = 0; nid < r->c->m->nr_nodes; nid++)
		if (nid != mine && is_home(r->c->m, nid))
			measure(r, nid);
	if (r->cpu_node == NP_NO_NODE || r->mem_node == NP_NO_NODE)
		return r->cpu_node == NP_NO_NODE ? r->mem_node : r->cpu_node;
	return r->max_mem * r->sum_cpu > r->max_cpu * r->sum_mem ?
		r->mem_node : r->cpu_node;
}

/* What is to be taken: half the difference. */
struct imbalance {
	s64 cpu;
	s64 pages;
};

static struct imbalance imbalance(const struct np_ctx *c, int from, int to)
{
	struct np_load theirs, mine;

	np_load(c, from, &theirs);
	np_load(c, to, &mine);
	return (struct imbalance){
		((s64)theirs.cpu_load - (s64)mine.cpu_load) / 2,
		((s64)used_pages(&theirs) - (s64)used_pages(&mine)) / 2,
	};
}

static bool is_filtered(const struct np_ctx *c, const struct imbalance *left,
			const struct np_entity *e, int to)
{
	struct np_load load;

	if (!np_own_param(c, P_FILTER))
		return false;
	np_load(c, to, &load);
	return left->cpu < (s64)e->cpu_load / 2 ||
	       used_pages(&load) + e->pages > state_of_node(c, to)->max_pages;
}

static bool is_movable(const struct np_ctx *c, const struct np_entity *e)
{
	u64 least = (u64)np_own_param(c, P_RUNTIME) * (NS_PER_S / 1000);

	return e->runtime_ns >= least;
}

static void take_from(const struct np_ctx *c, struct np_balance *b, int from)
{
	struct imbalance left = imbalance(c, from, b->node);
	struct np_entity e;

	while ((left.cpu > 0 || left.pages > 0) && b->next(b, from, &e)) {
		if (!is_movable(c, &e) || is_filtered(c, &left, &e, b->node) ||
		    !b->pull(b, &e, NP_R_ROOM))
			continue;
		left.cpu -= (s64)e.cpu_load;
		left.pages -= (s64)e.pages;
	}
}

static void balance(const struct np_ctx *c, struct np_balance *b)
{
	struct round r = {
		.c = c, .cpu_node = NP_NO_NODE, .mem_node = NP_NO_NODE,
	};
	int from;

	measure_own(c, b->node);
	if (state_of_node(c, b->node)->spilled)
		return;
	from = busiest(&r, b->node);
	if (from != NP_NO_NODE)
		take_from(c, b, from);
}

const struct np_policy_ops np_schednuma = {
	.page = page,
	.scan_plan = scan_plan,
	.pass_done = pass_done,
	.balance = balance,
	.fork = be_born,
	.exec = exec,
	.name = "schednuma",
	.summary = "Peter Zijlstra's, March 2012: home nodes by load, no sensing",
	.need = NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP | NP_CAN_LOAD |
		NP_CAN_RUNNING | NP_CAN_BALANCE,
	.proc_size = sizeof(struct proc_state),
	.node_size = sizeof(struct node_state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
