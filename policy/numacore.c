// SPDX-License-Identifier: GPL-2.0
/*
 * numacore: threads that share are pressed together, others are spread out.
 *
 * Model.  A thread is shared or private by its faults.  After each pass it looks
 * for its ideal CPU: a shared one on the node where most shared threads of its
 * process (and its buddy) run now and that has a CPU to give; a private one
 * where more CPUs are idle than at home.  The same answer twice in a row is acted
 * on.  Its buddy is a thread that touches the same pages, found through who runs
 * on the CPU that touched a page last; buddies form a chain, as each must have a
 * lower number than the one before.  Pages of shared threads are interleaved over
 * the nodes their process occupies, those of private ones follow two accesses
 * from the same node.
 *
 *	shared	compress	private	spread	the same answer twice: go
 *
 * Source.  Peter Zijlstra and Ingo Molnar, numa/core, 25 October 2012 to v17,
 * 22 November 2012 (sampling at a constant rate, buddies, ideal CPU, interleave).
 *
 * Nearest thing.  The chain goes by thread ids rather than by addresses of task
 * structs.  Interleaving is done when pages fault, not when they are allocated:
 * that would need the tasks' memory policies.  Counters cannot be carried to the
 * new node, for they are the core's.  NUMA_HOT is what the stock balancer does
 * for the preferred node (`resist`), NUMA_PULL and NUMA_PULL_BIAS are home_pull,
 * NUMA_TTWU_BIAS is home_wake.  Only the nodes 0 to 63 can be told apart in what a process
 * occupies.
 *
 * Known weaknesses.  False sharing within a page makes threads look shared;
 * no limit on migration, and two to nine times the system time of balancenuma;
 * guesses at the time of a fault who runs elsewhere; JVMs of one size per node,
 * and all without huge pages, lose (Mel Gorman).
 */
#include <numaplace/policy.h>

#include "internal.h"

enum {
	P_RATIO, P_SETTLE, P_GATE, P_PUSH_SHARED, P_PUSH_PRIVATE, P_IDEAL,
	P_RESIST,
};

static const struct np_param core[] = {
	{ "home_pull", "no|yes", 1, 0, 1,
	  "bring threads back to their home node, to an idle CPU or by a trade",
	  "NUMA_PULL, NUMA_PULL_BIAS: on" },
	{ "scan_period", "ms", 100, 10, 3600000,
	  "shortest time from one scan window to the next",
	  "constant-rate working-set sampling" },
	{ "scan_period_max", "ms", 1600, 10, 3600000,
	  "longest such time", "100 ms * 16" },
};

static const struct np_param params[] = {
	[P_RATIO] = {
		"ratio", "", 2, 1, 64,
		"shared if there are as many shared faults as private ones by this",
		"v17: total_shared >= total_private / 2",
	},
	[P_SETTLE] = {
		"settle", "passes", 2, 1, 64,
		"so many passes in a row must name the same node",
		"v17: twice in a row",
	},
	[P_GATE] = {
		"gate", "pages", 1000, 0, 1000000000,
		"a thread with more faults in common with its buddy stays at home",
		"can_migrate_task(): shared_buddy_faults > 1000",
	},
	[P_PUSH_SHARED] = {
		"push_shared", "no|yes", 1, 0, 1,
		"shared threads may take the place of others",
		"NUMA_PUSH_SHARED_BUDDIES",
	},
	[P_PUSH_PRIVATE] = {
		"push_private", "no|yes", 1, 0, 1,
		"private threads may be sent away", "NUMA_PUSH_PRIVATE_BUDDIES",
	},
	[P_IDEAL] = {
		"ideal_cpu", "no|yes", 1, 0, 1,
		"go to the ideal CPU, rather than only call its node home",
		"NUMA_POLICY ideal_cpu, v17",
	},
	[P_RESIST] = {
		"resist", "no|yes", 1, 0, 1,
		"the load balancer is told the home node",
		"NUMA_HOT",
	},
};

/* A thread that touches the same pages, and how many of them. */
struct buddy {
	u32 tid;
	u32 faults;
};

/**
 * struct task_state
 * @buddy, @next: found in passes before, and in this one
 * @private, @shared: faults in pages, halved each pass
 * @passes:	as of which pass
 * @ideal:	node the last pass named, + 1; @times in a row
 */
struct task_state {
	struct buddy buddy, next;
	u32 private, shared;
	u32 passes;
	s16 ideal;
	u8 times;
	bool is_shared;
};
NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);

/**
 * struct proc_state
 * @nodes:	bit n: shared threads have been seen to run on node n
 * @period_ms:	of the scan
 */
struct proc_state {
	u64 nodes;
	u32 period_ms;
};
NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);

static struct task_state *task_state(const struct np_ctx *c)
{
	return (struct task_state *)c->task->slot;
}

static const struct task_state *state_of(const struct np_task *t)
{
	return (const struct task_state *)t->slot;
}

static struct proc_state *proc_state(const struct np_ctx *c)
{
	return (struct proc_state *)c->proc->slot;
}

/* -------------------------------------------------------------------- pages */

static u32 nr_bits(u64 set)
{
	u32 n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

/* Return: number of the @i-th bit of @set. */
static int nth_bit(u64 set, u32 i)
{
	int bit = 0;

	for (; i; i--)
		set &= set - 1;
	for (; !(set & 1); set >>= 1)
		bit++;
	return bit;
}

/* Fibonacci hashing: neighbours are spread evenly, without a division. */
static int interleaved(u64 nodes, u64 addr)
{
	u32 hash = (u32)(addr >> NP_PAGE_SHIFT) * 2654435769u;

	return nth_bit(nodes, (u32)(((u64)hash * nr_bits(nodes)) >> 32));
}

static struct np_decision page_of_shared(const struct np_ctx *c,
					 const struct np_fault *f)
{
	int nid = interleaved(proc_state(c)->nodes, f->addr);

	if (nid >= c->m->nr_nodes || !np_node_has_memory(c->m, nid))
		nid = f->node;
	return f->page_node == nid ? np_stay(NP_R_SPREAD) :
				     np_move(nid, NP_R_SPREAD);
}

static struct np_decision page(const struct np_ctx *c, const struct np_fault *f)
{
	if (f->page_node != f->node && !np_two_stage(f))
		return np_stay(NP_R_FILTERED);
	if (task_state(c)->is_shared && proc_state(c)->nodes)
		return page_of_shared(c, f);
	return f->page_node == f->node ? np_stay(NP_R_LOCAL) :
					 np_move(f->node, NP_R_REMOTE_REF);
}

/* ------------------------------------------------------------------ buddies */

static bool is_shared_fault(const struct np_fault *f)
{
	return f->last_cpu != NP_NO_CPU && f->last_cpu != f->cpu;
}

/* The highest below this thread wins: so there is one chain through all. */
static void meet(struct task_state *s, const struct np_task *me,
		 const struct np_task *other, u32 pages)
{
	if (other->tid >= me->tid || other->tid < s->next.tid)
		return;
	if (other->tid > s->next.tid)
		s->next = (struct buddy){ other->tid, 0 };
	s->next.faults += other->proc == me->proc ? 2 * pages : pages;
}

static void account(const struct np_ctx *c, const struct np_fault *f,
		    const struct np_outcome *o)
{
	const struct np_task *other;
	struct np_running running;

	(void)o;
	if (!c->task)
		return;
	if (!is_shared_fault(f)) {
		task_state(c)->private += f->pages;
		return;
	}
	task_state(c)->shared += f->pages;
	if (f->page_node != f->node)
		return;
	other = np_peer(c, f->last_cpu, &running);
	if (other)
		meet(task_state(c), c->task, other, f->pages);
}

static void choose_buddy(struct task_state *s)
{
	if (s->next.tid && s->next.faults > s->buddy.faults)
		s->buddy = s->next;
	else
		s->buddy.faults = (u32)((3 * (u64)s->buddy.faults +
					 (s->next.tid == s->buddy.tid ?
					  s->next.faults : 0)) / 4);
	s->next = (struct buddy){ 0, 0 };
}

/* ---------------------------------------------------------------- ideal CPU */

/* What a shared thread sees of a node: CPUs that its own hold, and one to take. */
struct view {
	u32 mine;
	s16 victim;
	bool idle;
};

static bool is_mine(const struct np_ctx *c, const struct np_task *other)
{
	return (other->proc == c->proc && state_of(other)->is_shared) ||
	       other->tid == task_state(c)->buddy.tid;
}

static bool is_victim(const struct np_ctx *c, const struct np_task *other,
		      int nid)
{
	if (!other)
		return false;	/* nobody knows what it would lose */
	if (!state_of(other)->is_shared)
		return np_own_param(c, P_PUSH_PRIVATE);
	return np_own_param(c, P_PUSH_SHARED) && other->proc != c->proc &&
	       state_of(other)->ideal && state_of(other)->ideal - 1 != nid;
}

static void look_at(const struct np_ctx *c, int cpu, struct view *v)
{
	struct np_running r;
	const struct np_task *other = np_peer(c, cpu, &r);
	bool usable = r.movable &&
		      (r.idle || is_victim(c, other, c->m->cpu_node[cpu]));

	if (other && is_mine(c, other))
		v->mine++;
	else if (usable && (v->victim == NP_NO_CPU || (r.idle && !v->idle))) {
		v->victim = (s16)cpu;
		v->idle = r.idle;
	}
}

static struct view view_of(const struct np_ctx *c, int nid)
{
	struct view v = { .victim = NP_NO_CPU };
	int cpu;

	for (cpu = 0; cpu < c->m->nr_cpus; cpu++)
		if (c->m->cpu_node[cpu] == nid)
			look_at(c, cpu, &v);
	return v;
}

struct target {
	int nid;
	s16 cpu;
	bool idle;
};

/* Where most of its own run: here counts the thread itself. */
static struct target compress(const struct np_ctx *c, int here)
{
	struct target best = { here, c->cpu, false };
	u32 most = view_of(c, here).mine;
	u64 nodes = 1ULL << (here & 63);
	int nid;

	for (nid = 0; nid < c->m->nr_nodes; nid++) {
		struct view v = view_of(c, nid);

		if (v.mine)
			nodes |= 1ULL << (nid & 63);
		if (nid == here || v.mine < most || v.victim == NP_NO_CPU)
			continue;
		if (v.mine == most && (best.nid != here || nid > here))
			continue;
		most = v.mine;
		best = (struct target){ nid, v.victim, v.idle };
	}
	proc_state(c)->nodes = nodes;
	return best;
}

static u32 idle_cpus(const struct np_ctx *c, int nid, s16 *ret_cpu)
{
	struct np_running r;
	u32 idle = 0;
	int cpu;

	for (cpu = 0; cpu < c->m->nr_cpus; cpu++) {
		if (c->m->cpu_node[cpu] != nid)
			continue;
		np_peer(c, cpu, &r);
		if (!r.idle || !r.movable)
			continue;
		*ret_cpu = (s16)cpu;
		idle++;
	}
	return idle;
}

static struct target spread(const struct np_ctx *c, int here)
{
	struct target best = { here, c->cpu, false };
	s16 cpu = NP_NO_CPU;
	u32 most = idle_cpus(c, here, &cpu) + 1, idle;
	int nid;

	for (nid = 0; nid < c->m->nr_nodes; nid++) {
		idle = nid == here ? 0 : idle_cpus(c, nid, &cpu);
		if (idle <= most)
			continue;
		most = idle;
		best = (struct target){ nid, cpu, true };
	}
	return best;
}

/* ------------------------------------------------------------------- threads */

static void end_pass(const struct np_ctx *c, struct task_state *s)
{
	u32 ended = c->proc->scan.passes - s->passes;

	s->is_shared = s->shared && (u64)s->shared *
		       (u64)np_own_param(c, P_RATIO) >= s->private;
	choose_buddy(s);
	s->private = ended < 32 ? s->private >> ended : 0;
	s->shared = ended < 32 ? s->shared >> ended : 0;
	s->passes = c->proc->scan.passes;
}

/* Return: named often enough to go there. */
static bool is_sure(const struct np_ctx *c, struct task_state *s, int nid)
{
	bool again = s->ideal == nid + 1;

	s->times = again ? s->times + (s->times < 255) : 1;
	s->ideal = (s16)(nid + 1);
	return s->times >= np_own_param(c, P_SETTLE);
}

static void set_period(const struct np_ctx *c, bool moved)
{
	struct proc_state *p = proc_state(c);
	u32 least = (u32)c->inst->param[NP_P_SCAN_PERIOD];
	u32 most = (u32)c->inst->param[NP_P_SCAN_PERIOD_MAX];

	if (moved || !p->period_ms)
		p->period_ms = least;
	else
		p->period_ms = p->period_ms < most / 2 ? p->period_ms * 2 : most;
}

static void call_home(const struct np_ctx *c, const struct task_state *s,
		      int nid, struct np_task_ask *ask)
{
	if (!np_own_param(c, P_RESIST) || c->task->home == nid ||
	    (s->is_shared && s->buddy.faults <= np_own_param(c, P_GATE)))
		return;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
		.reason = NP_R_HOME, .nid = (s16)nid };
}

static void go(const struct np_ctx *c, const struct target *to,
	       struct np_task_ask *ask)
{
	*ask = (struct np_task_ask){
		.verb = to->idle ? NP_TASK_MOVE : NP_TASK_SWAP,
		.reason = to->idle ? NP_R_ROOM : NP_R_SHARED,
		.nid = (s16)to->nid, .cpu = to->cpu,
		.settle = np_own_param(c, P_RESIST),
	};
}

static void place(const struct np_ctx *c, struct np_task_ask *ask)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	struct task_state *s = task_state(c);
	struct target to;

	end_pass(c, s);
	if (here == NP_NO_NODE)
		return;
	to = s->is_shared ? compress(c, here) : spread(c, here);
	if (!is_sure(c, s, to.nid))
		return;
	set_period(c, to.nid != here);
	if (to.nid != here && np_own_param(c, P_IDEAL))
		go(c, &to, ask);
	else
		call_home(c, s, to.nid, ask);
}

static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	(void)scan;
	if (proc_state(c)->period_ms)
		plan->period_ms = proc_state(c)->period_ms;
	else
		plan->period_ms = (u32)c->inst->param[NP_P_SCAN_PERIOD];
}

const struct np_policy_ops np_numacore = {
	.page = page,
	.account = account,
	.scan_plan = scan_plan,
	.place = place,
	.name = "numacore",
	.summary = "numa/core, November 2012: compress who shares, spread the rest",
	.need = NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP | NP_CAN_RUNNING,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
