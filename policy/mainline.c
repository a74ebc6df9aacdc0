// SPDX-License-Identifier: GPL-2.0
/*
 * mainline: today's rules, as a policy that can be changed piece by piece.
 *
 * Model.  Linux 6.12 with kernel.numa_balancing=1, after kernel/sched/fair.c and
 * mm/mempolicy.c: page rules (a) to (f) of should_numa_migrate_memory(), the
 * preferred node of a thread is the one with most of its group's faults, a
 * thread that is elsewhere looks there for an idle CPU or for somebody to swap
 * with, and the time between scans follows from how local the faults are.
 *
 * Source.  Merged for 3.13 (Mel Gorman, Rik van Riel, Peter Zijlstra, 2013), with
 * pseudo-interleaving as of 4.6.  `stock` leaves a process to the kernel itself,
 * which also has its own scanner: for the simulated machine that is sim/stock/.
 *
 * Nearest thing.  A NUMA group is processes (policy/group.c), of which those
 * threads act that have shared a page; a thread alone never joins those of another
 * process, and processes join only if they were taken over together.  Nodes are weighed
 * without their neighbours (the scores of glueless meshes).  Scans are the
 * core's: of a process, not of areas that a thread has touched lately.  No
 * tiering.
 *
 * Known weaknesses.  Memory that all threads of a process share needs them on
 * one node, and nothing makes it fit there.  Groups of threads that are larger
 * than a node converge late or never.
 */
#include "mainline.h"

#include "internal.h"

/* Scan adaptation: NUMA_PERIOD_SLOTS. */
#define SLOTS		10
/* MAX_SCAN_WINDOW: at most 2560 MB/s. */
#define MAX_SCAN_MB_S	2560
#define NS_PER_MS	1000000ULL

enum { P_YOUNG, P_ACTIVE, P_GAIN, P_GOOD, P_FILTER, P_GROUPS, P_SWAP, P_RETRY };

static const struct np_param core[] = {
	{ "scan_period_max", "ms", 60000, 10, 3600000,
	  "longest time between two passes over all memory",
	  "numa_balancing_scan_period_max_ms" },
};

static const struct np_param params[] = {
	[P_YOUNG] = {
		"young", "scans", 4, 0, 1000,
		"so long a thread takes what only it is known to touch",
		"should_numa_migrate_memory(): numa_scan_seq <= 4",
	},
	[P_ACTIVE] = {
		"active", "", 3, 1, 100,
		"a node that is used so many times more takes shared pages",
		"ACTIVE_NODE_FRACTION",
	},
	[P_GAIN] = {
		"small_gain", "1/1000", 30, 0, 1000,
		"less is no reason to exchange two threads", "SMALLIMP",
	},
	[P_GOOD] = {
		"good", "1/10", 7, 1, 10,
		"share of local (or private) faults that slows scanning down",
		"NUMA_PERIOD_THRESHOLD",
	},
	[P_FILTER] = {
		"filter", "no|yes", 1, 0, 1,
		"ask for two accesses from the same node", "since 3.8",
	},
	[P_GROUPS] = {
		"groups", "no|yes", 1, 0, 1,
		"threads that share pages are judged together", "since 3.13",
	},
	[P_SWAP] = {
		"swap", "no|yes", 1, 0, 1,
		"exchange threads where no CPU is idle", "since 3.13",
	},
	[P_RETRY] = {
		"retry", "ms", 1000, 10, 60000,
		"longest time until a thread that found no place tries again",
		"numa_migrate_preferred(): at most HZ",
	},
};

/* Faults of a thread, in pages. */
struct seen {
	u32 local, remote;
	u32 failed;
	u32 private, shared;
};

struct task_state {
	struct seen seen, before;	/* since the last pass, and before it */
	u32 pass;
	u32 placed;		/* pass after which it was placed last */
	u32 scans;
	u32 period_ms;		/* numa_scan_period */
	s16 preferred;		/* + 1; 0 = none */
	bool grouped;		/* it has shared a page with another thread */
};
NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);

/*
 * @next_scan_ns: nobody scans before; the simulated kernel's scanner
 * @put_off_ns:	the same; the core's scanner
 * @period_ms:	of the thread that has last thought about it
 */
struct proc_state {
	u64 next_scan_ns;
	u64 put_off_ns;
	u32 period_ms;
	u64 pages;		/* the most that a pass marked: the RSS */
	u64 marked;		/* NP_C_SCAN_MARKED when it began */
};
NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);

static struct task_state *task_state(const struct np_ctx *c)
{
	return (struct task_state *)c->task->slot;
}

static const struct task_state *state_of_task(const struct np_task *t)
{
	return (const struct task_state *)t->slot;
}

static struct proc_state *state_of(struct np_proc *p)
{
	return (struct proc_state *)p->slot;
}

static struct proc_state *proc_state(const struct np_ctx *c)
{
	return state_of(c->proc);
}

/* -------------------------------------------------------------------- pages */

static bool is_young(const struct np_ctx *c, const struct task_state *t)
{
	return !t->preferred || t->scans <= np_own_param(c, P_YOUNG);
}

/* Rules (e) and (f), on what all threads of the group have seen. */
static bool group_wants(const struct np_ctx *c, const struct np_fault *f)
{
	const struct np_stats *s = c->proc->stats;
	u64 cpu_dst = np_stats_cpu(s, f->node);
	u64 cpu_src = np_stats_cpu(s, f->page_node);
	u64 mem_dst = np_stats_node(s, f->node);
	u64 mem_src = np_stats_node(s, f->page_node);

	if (cpu_dst > cpu_src * (u64)np_own_param(c, P_ACTIVE))
		return true;
	return cpu_dst * mem_src * 3 > cpu_src * mem_dst * 4;
}

static struct np_decision page(const struct np_ctx *c,
			       const struct np_fault *f)
{
	struct np_decision go = np_move(f->node, NP_R_REMOTE_REF);

	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	if (is_young(c, task_state(c)) &&
	    (f->flags & (NP_FAULT_FIRST | NP_FAULT_PRIVATE)))
		return go;
	if (np_own_param(c, P_FILTER) && !np_two_stage(f))
		return np_stay(NP_R_FILTERED);
	if ((f->flags & NP_FAULT_PRIVATE) || !task_state(c)->grouped)
		return go;
	return group_wants(c, f) ? go : np_stay(NP_R_SHARED);
}

/* A node with more than a third of the busiest one's faults is active. */
static bool is_active(const struct np_ctx *c, int nid)
{
	const struct np_stats *s = c->proc->stats;

	return np_stats_cpu(s, nid) * (u64)np_own_param(c, P_ACTIVE) >
	       np_stats_max_cpu(s);
}

/* Shared faults between active nodes count as local: that is interleaving. */
static bool counts_as_local(const struct np_ctx *c, const struct np_fault *f)
{
	if (f->page_node == f->node)
		return true;
	return !(f->flags & (NP_FAULT_PRIVATE | NP_FAULT_FIRST)) &&
	       is_active(c, f->node) && is_active(c, f->page_node);
}

/* The fault that shows that a pass has ended belongs to the next. */
static void pass_began(struct task_state *t, u32 pass)
{
	t->before = t->seen;
	t->seen = (struct seen){ 0 };
	t->pass = pass;
}

static void account(const struct np_ctx *c, const struct np_fault *f,
		    const struct np_outcome *o)
{
	struct task_state *t;

	if (!c->task)
		return;
	t = task_state(c);
	if (t->pass != c->proc->scan.passes)
		pass_began(t, c->proc->scan.passes);
	if (counts_as_local(c, f))
		t->seen.local += f->pages;
	else
		t->seen.remote += f->pages;
	if (f->flags & (NP_FAULT_PRIVATE | NP_FAULT_FIRST))
		t->seen.private += f->pages;
	else
		t->seen.shared += f->pages;
	t->grouped |= t->seen.shared > 0 && np_own_param(c, P_GROUPS);
	t->seen.failed += o->failed ? f->pages : 0;
}

/* ------------------------------------------------------------------- scanning */

u32 np_mainline_period(const struct np_instance *inst, const struct np_task *t)
{
	u32 period = state_of_task(t)->period_ms;

	return period ? period : (u32)inst->param[NP_P_SCAN_DELAY];
}

u64 *np_mainline_next_scan(struct np_proc *p)
{
	return &state_of(p)->next_scan_ns;
}

/* task_nr_scan_windows() */
static u32 windows(const struct np_instance *inst, u64 pages)
{
	u64 window = (u64)inst->param[NP_P_SCAN_SIZE] << (20 - NP_PAGE_SHIFT);
	u32 n = (u32)np_div64(pages + window - 1, window);

	return n ? n : 1;
}

/* Never more than MAX_SCAN_MB_S, nor a pass of the RSS in less than the least. */
static u32 shortest(const struct np_instance *inst, u64 pages)
{
	u32 floor = (u32)(inst->param[NP_P_SCAN_SIZE] * 1000 / MAX_SCAN_MB_S);
	u32 period = (u32)inst->param[NP_P_SCAN_PERIOD] / windows(inst, pages);

	return period > floor ? period : floor;
}

static u32 longest(const struct np_instance *inst, u64 pages)
{
	u32 least = shortest(inst, pages);
	u32 period = (u32)inst->param[NP_P_SCAN_PERIOD_MAX] /
		     windows(inst, pages);

	return period > least ? period : least;
}

/* update_scan_period(): memory is to follow, unless this was the way to it. */
static void came(const struct np_ctx *c, int from, int to)
{
	struct task_state *t = task_state(c);

	if (t->scans && (to == t->preferred - 1 ||
			 (t->preferred && from != t->preferred - 1)))
		return;
	t->period_ms = shortest(c->inst, proc_state(c)->pages);
}

static void scan_plan(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_scan_plan *plan)
{
	struct proc_state *p = proc_state(c);

	if (!scan->offset)
		p->marked =
			np_counter_read(&c->proc->counter[NP_C_SCAN_MARKED]);
	plan->period_ms = p->period_ms ? p->period_ms :
					 shortest(c->inst, p->pages);
	if (scan->left || c->now_ns >= p->put_off_ns)
		return;
	plan->pages = 0;
	plan->period_ms = (u32)np_div64(p->put_off_ns - c->now_ns,
					NS_PER_MS) + 1;
}

static u64 marked_so_far(const struct np_ctx *c)
{
	u64 pages = np_counter_read(&c->proc->counter[NP_C_SCAN_MARKED]) -
		    proc_state(c)->marked;

	return pages > proc_state(c)->pages ? pages : proc_state(c)->pages;
}

static void pass_done(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_task_ask *ask)
{
	(void)scan;
	(void)ask;
	proc_state(c)->pages = marked_so_far(c);
}

static u32 slots(u32 part, u32 all)
{
	return all ? (u32)np_div64((u64)part * SLOTS, all) : 0;
}

/* Slower while faults are local or private, faster while they are neither. */
static s64 scaled(const struct np_ctx *c, const struct seen *s, s64 period)
{
	s64 enough = np_own_param(c, P_GOOD);
	s64 local = slots(s->local, s->local + s->remote);
	s64 private = slots(s->private, s->private + s->shared);
	s64 slot = (period + SLOTS - 1) / SLOTS;
	s64 good = private >= enough ? private : local;
	s64 steps = good - enough;

	if (steps < 0)
		steps = (private > local ? private : local) - enough;
	else if (!steps)
		steps = 1;
	return period + steps * slot;
}

static s64 clamped(s64 value, s64 least, s64 most)
{
	if (value < least)
		return least;
	return value < most ? value : most;
}

static void put_off(struct proc_state *p, u64 ns)
{
	p->next_scan_ns = ns;
	p->put_off_ns = ns;
}

/*
 * update_task_scan_period().  A thread that saw no fault, or only private
 * remote ones, or whose pages could not move, also puts off everybody's scan.
 */
static void adapt(const struct np_ctx *c, struct task_state *t)
{
	const struct seen *seen = &t->before;
	u64 pages = marked_so_far(c);
	u32 period = np_mainline_period(c->inst, c->task);
	u32 most = longest(c->inst, pages);

	if (seen->local + seen->shared && !seen->failed) {
		t->period_ms = (u32)clamped(scaled(c, seen, period),
					    shortest(c->inst, pages), most);
	} else {
		t->period_ms = period * 2 < most ? period * 2 : most;
		put_off(proc_state(c), c->now_ns + t->period_ms * NS_PER_MS);
	}
	proc_state(c)->period_ms = t->period_ms;
}

/* ---------------------------------------------------------------------- tasks */

/* What the group's memory and the thread's own say of a node, in NP_SCALE. */
static s32 task_weight(const struct np_task *t, int nid)
{
	return (s32)np_stats_weight(t->stats, nid);
}

static s32 group_weight(const struct np_task *t, int nid)
{
	return (s32)np_stats_weight(t->proc->stats, nid);
}

/**
 * struct search - the best CPU found so far
 * @from:	node the thread is on
 * @gain:	what it would gain by going to @to, without anybody else
 */
struct search {
	const struct np_ctx *c;
	int from, to;
	int cpu;
	s32 best;
	bool swap;
};

static bool in_group(const struct np_task *t)
{
	return state_of_task(t)->grouped;
}

static s32 gain(const struct np_task *t, int from, int to, bool by_group)
{
	if (by_group)
		return group_weight(t, to) - group_weight(t, from);
	return task_weight(t, to) - task_weight(t, from);
}

static bool same_group(const struct np_proc *a, const struct np_proc *b)
{
	return a == b || (a->group && a->group == b->group);
}

/* Both together; within a group a swap must be worth a little more. */
static s32 swap_gain(const struct search *s, const struct np_task *other)
{
	const struct np_task *me = s->c->task;
	s32 sum;

	if (!other)
		return gain(me, s->from, s->to, in_group(me));
	if (same_group(other->proc, me->proc)) {
		sum = gain(me, s->from, s->to, false) +
		      gain(other, s->to, s->from, false);
		return in_group(me) ? sum - sum / 16 : sum;
	}
	return gain(me, s->from, s->to, in_group(me)) +
	       gain(other, s->to, s->from, in_group(other));
}

static void try_cpu(struct search *s, int cpu)
{
	const struct np_task *other;
	struct np_running r;
	s32 worth;

	other = np_peer(s->c, cpu, &r);
	if (!r.movable || (!r.idle && !np_own_param(s->c, P_SWAP)))
		return;
	if (r.idle)
		worth = gain(s->c->task, s->from, s->to,
			     in_group(s->c->task));
	else
		worth = swap_gain(s, other);
	if (r.idle ? worth <= 0 : worth < np_own_param(s->c, P_GAIN))
		return;
	if (worth <= s->best && !(r.idle && s->swap && worth >= s->best))
		return;
	s->best = worth;
	s->cpu = cpu;
	s->swap = !r.idle;
}

static void try_node(struct search *s, int nid)
{
	s->to = nid;
	if (nid == s->from)
		return;
	for (int cpu = 0; cpu < s->c->m->nr_cpus; cpu++)
		if (s->c->m->cpu_node[cpu] == nid)
			try_cpu(s, cpu);
}

static void ask_for(const struct search *s, struct np_task_ask *ask)
{
	*ask = (struct np_task_ask){
		.verb = s->swap ? NP_TASK_SWAP : NP_TASK_MOVE,
		.reason = NP_R_HOME,
		.nid = s->c->m->cpu_node[s->cpu],
		.cpu = (s16)s->cpu,
		.settle = true,
	};
}

static bool spread_out(const struct np_ctx *c)
{
	int active = 0;

	for (int nid = 0; nid < c->m->nr_nodes; nid++)
		active += is_active(c, nid);
	return active > 1;
}

/* sched_setnuma(): the load balancer is to know. */
static void prefer(const struct np_ctx *c, const struct task_state *t,
		   struct np_task_ask *ask)
{
	if (c->task->home == t->preferred - 1)
		return;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
		.reason = NP_R_HOME, .nid = (s16)(t->preferred - 1) };
}

/* numa_migrate_retry */
static void try_again(const struct np_ctx *c, const struct task_state *t)
{
	u64 ms = (u64)np_own_param(c, P_RETRY);

	if (ms > t->period_ms / 16)
		ms = t->period_ms / 16;
	c->task->place_ns = c->now_ns + ms * NS_PER_MS;
}

/* The preferred node first; others if it has nothing or the group is wide. */
static void migrate(const struct np_ctx *c, struct task_state *t, int here,
		    struct np_task_ask *ask)
{
	struct search s = { .c = c, .from = here, .cpu = NP_NO_CPU };
	int nid;

	try_node(&s, t->preferred - 1);
	if (s.cpu == NP_NO_CPU || (in_group(c->task) && spread_out(c)))
		for (nid = 0; nid < c->m->nr_nodes; nid++)
			if (nid != t->preferred - 1 &&
			    gain(c->task, here, nid, false) > 0 &&
			    gain(c->task, here, nid, true) > 0)
				try_node(&s, nid);
	if (s.cpu != NP_NO_CPU)
		ask_for(&s, ask);
	else
		prefer(c, t, ask);
}

static int here(const struct np_ctx *c)
{
	return c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
}

static void end_pass(const struct np_ctx *c, struct task_state *t)
{
	if (t->pass != c->proc->scan.passes)
		pass_began(t, c->proc->scan.passes);
	t->placed = c->proc->scan.passes;
	t->scans++;
	adapt(c, t);
}

static void place(const struct np_ctx *c, struct np_task_ask *ask)
{
	struct task_state *t = task_state(c);
	const struct np_stats *by = in_group(c->task) ? c->proc->stats :
							c->task->stats;
	int best = np_stats_max(by), from = here(c);

	if (t->placed != c->proc->scan.passes)
		end_pass(c, t);
	if (best == NP_NO_NODE || from == NP_NO_NODE)
		return;
	t->preferred = (s16)(best + 1);
	if (from == best) {
		prefer(c, t, ask);
		return;
	}
	try_again(c, t);
	migrate(c, t, from, ask);
}

const struct np_policy_ops np_mainline = {
	.page = page,
	.account = account,
	.scan_plan = scan_plan,
	.pass_done = pass_done,
	.place = place,
	.came = came,
	.name = "mainline",
	.summary = "today's rules, to be changed piece by piece",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_HOME |
		NP_CAN_MOVE | NP_CAN_SWAP | NP_CAN_RUNNING | NP_CAN_GROUPS,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
	.core = core,
	.nr_core = sizeof(core) / sizeof(core[0]),
};
