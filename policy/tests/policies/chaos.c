// SPDX-License-Identifier: GPL-2.0
/*
 * chaos: every answer depends on all that the policy was ever told.
 *
 * Process and thread each have a number into which each call stirs everything
 * that a policy may look at; answers are drawn from it.  Two homes that make the
 * same calls get the same answers, and whatever is not the same, in any call,
 * makes all later answers differ.
 *
 * np_test_chaos needs only statistics, which the kernel home offers today.
 * np_test_chaos_all asks for tasks, queues pages, and looks around, too.
 */
#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_chaos;
extern const struct np_policy_ops np_test_chaos_all;

struct proc_state {
	u64 number;
	u64 calls;
};

struct task_state {
	u64 number;
};

NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);
NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);

enum { P_SALT };

static const struct np_param params[] = {
	[P_SALT] = { "salt", "", 1, 0, 1000000, "stirred in, too", "test" },
};

/* ------------------------------------------------------------------ stirring */

static u64 stir(u64 number, u64 value)
{
	number = (number ^ value) * 0x9e3779b97f4a7c15ULL;
	return number ^ number >> 29;
}

static u64 stir_stats(u64 n, const struct np_stats *s)
{
	int nid, i;

	if (!s)
		return stir(n, 1);
	n = stir(n, s->total);
	for (nid = 0; nid < (int)s->nr_nodes; nid++)
		for (i = 0; i < NP_NR_STATS; i++)
			n = stir(n, np_stats_count(s, nid, i));
	return n;
}

static u64 stir_scan(u64 n, const struct np_scan *s)
{
	n = stir(n, s->offset);
	n = stir(n, s->next_ns);
	n = stir(n, s->window_ns);
	n = stir(n, s->spent_ns);
	n = stir(n, (u64)s->passes << 32 | s->left);
	n = stir(n, (u64)s->marked << 32 | s->period_ms);
	n = stir(n, s->faults);
	return stir(n, s->local);
}

static u64 stir_machine(u64 n, const struct np_machine *m)
{
	int i;

	n = stir(n, (u64)m->can << 32 | (u32)m->nr_nodes << 16 | m->nr_cpus);
	for (i = 0; i < m->nr_nodes; i++)
		n = stir(n, m->node_flags[i]);
	for (i = 0; i < m->nr_cpus; i++)
		n = stir(n, (u16)m->cpu_node[i]);
	for (i = 0; i < m->nr_nodes * m->nr_nodes; i++)
		n = stir(n, m->distance[i]);
	return n;
}

static u64 stir_proc(u64 n, const struct np_proc *p)
{
	const struct proc_state *s = (const void *)p->slot;

	n = stir(n, s->number);
	n = stir(n, (u64)p->pid << 32 | p->threads);
	n = stir(n, (u32)p->flags << 16 | (u16)p->home);
	n = stir_scan(n, &p->scan);
	return stir_stats(n, p->stats);
}

static u64 stir_task(u64 n, const struct np_task *t)
{
	const struct task_state *s;

	if (!t)
		return stir(n, 2);
	s = (const void *)t->slot;
	n = stir(n, s->number);
	n = stir(n, (u64)t->tid << 32 | (u16)t->home);
	return stir_stats(n, t->stats);
}

static u64 stir_fault(u64 n, const struct np_fault *f)
{
	n = stir(n, f->addr);
	n = stir(n, (u64)f->pages << 32 | f->flags);
	n = stir(n, (u32)f->cpu << 16 | (u16)f->node);
	n = stir(n, (u16)f->page_node);
	return stir(n, (u32)f->last_cpu << 16 | (u16)f->last_node);
}

/* What every call comes with; @verb tells them apart. */
static u64 begin(const struct np_ctx *c, unsigned int verb)
{
	u64 n = stir(verb, np_own_param(c, P_SALT));

	n = stir(n, c->now_ns);
	n = stir(n, (u64)c->tid << 32 | (u16)c->cpu);
	n = stir_proc(n, c->proc);
	return stir_task(n, c->task);
}

/* What it has come to is kept for the next call. */
static u64 end(const struct np_ctx *c, u64 n)
{
	struct proc_state *p = (void *)c->proc->slot;
	struct task_state *t;

	p->number = n;
	p->calls++;
	if (c->task) {
		t = (void *)c->task->slot;
		t->number = stir(n, 3);
	}
	return n;
}

/* ------------------------------------------------------------------- answers */

static enum np_reason some_reason(u64 n)
{
	return NP_R_LOCAL + n % (NP_R_SHARED - NP_R_LOCAL + 1);
}

static int some_node(const struct np_ctx *c, u64 n)
{
	int i, nid = n % c->m->nr_nodes;

	for (i = 0; i < c->m->nr_nodes; i++, nid = (nid + 1) % c->m->nr_nodes)
		if (np_node_has_memory(c->m, nid))
			return nid;
	return 0;
}

static struct np_decision chaos_page(const struct np_ctx *c,
				     const struct np_fault *f)
{
	u64 n = end(c, stir_fault(begin(c, 1), f));

	if (n & 1)
		return np_stay(some_reason(n >> 8));
	return np_move(some_node(c, n >> 32), some_reason(n >> 8));
}

static struct np_decision chaos_page_queue(const struct np_ctx *c,
					   const struct np_fault *f)
{
	struct np_decision d = chaos_page(c, f);

	if (d.verdict == NP_MOVE && d.reason == NP_R_SHARED)
		d.verdict = NP_QUEUE;
	return d;
}

static void chaos_account(const struct np_ctx *c, const struct np_fault *f,
			  const struct np_outcome *o)
{
	u64 n = stir_fault(begin(c, 2), f);

	n = stir(n, o->ns);
	end(c, stir(n, (u32)(u16)o->node << 2 | o->moved << 1 | o->failed));
}

/* Short windows: many calls. */
static void chaos_scan_plan(const struct np_ctx *c, const struct np_scan *scan,
			    struct np_scan_plan *plan)
{
	u64 n = end(c, stir_scan(begin(c, 3), scan));

	plan->pages = 64 + n % 8192;
	plan->period_ms = 1 + (n >> 16) % 50;
	plan->budget_us = 100 + (n >> 32) % 2000;
}

static void chaos_pass_done(const struct np_ctx *c, const struct np_scan *scan,
			    struct np_task_ask *ask)
{
	(void)ask;
	end(c, stir_scan(begin(c, 4), scan));
}

static void chaos_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)ask;
	end(c, begin(c, 5));
}

static void chaos_fork(const struct np_ctx *c, const struct np_proc *parent,
		       struct np_task_ask *ask)
{
	u64 n = stir_machine(begin(c, 6), c->m);

	(void)ask;
	end(c, parent ? stir_proc(n, parent) : n);
}

static void chaos_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)ask;
	end(c, begin(c, 7));
}

static void chaos_exit(const struct np_ctx *c, bool last)
{
	end(c, stir(begin(c, 8), last));
}

/* Answers of the home are stirred in, too. */
static u64 stir_running(const struct np_ctx *c, u64 n)
{
	struct np_running r;
	const struct np_task *t = np_peer(c, (int)(n % c->m->nr_cpus), &r);

	n = stir(n, r.idle * 2 + r.movable);
	return t ? stir(n, (u64)t->tid << 32 | (u16)t->home) : n;
}

static u64 stir_load(const struct np_ctx *c, u64 n)
{
	int nid = (int)(n % c->m->nr_nodes);
	struct np_load l;

	np_load(c, nid, &l);
	n = stir(n, (u64)l.cpus << 32 | l.idle);
	n = stir(stir(n, l.cpu_load), l.away_load);
	n = stir(stir(n, l.free_pages), l.all_pages);
	n = stir(n, l.foreign_pages);
	return stir(n, np_node_word(c, nid, n >> 32 & 1));
}

static void look(const struct np_ctx *c)
{
	struct proc_state *p = (void *)c->proc->slot;
	u64 n = p->number;

	if (n & 4)
		n = stir_running(c, n);
	if (n & 8)
		n = stir_load(c, n);
	p->number = n;
}

static struct np_decision looking_page(const struct np_ctx *c,
				       const struct np_fault *f)
{
	look(c);
	return chaos_page_queue(c, f);
}

static void looking_account(const struct np_ctx *c, const struct np_fault *f,
			    const struct np_outcome *o)
{
	look(c);
	chaos_account(c, f, o);
}

/* A wish now and then, one in many of them impossible. */
static void wish(const struct np_ctx *c, struct np_task_ask *ask)
{
	const struct proc_state *p = (const void *)c->proc->slot;
	u64 n = p->number;

	*ask = (struct np_task_ask){
		.verb = n % 4,
		.reason = some_reason(n >> 8),
		.nid = n % 1000 ? some_node(c, n >> 16) : c->m->nr_nodes,
		.cpu = (n >> 32) % 2 ? NP_NO_CPU :
			(int)((n >> 40) % c->m->nr_cpus),
	};
}

static void wishing_pass_done(const struct np_ctx *c,
			      const struct np_scan *scan,
			      struct np_task_ask *ask)
{
	look(c);
	chaos_pass_done(c, scan, ask);
	wish(c, ask);
}

static void wishing_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	look(c);
	chaos_place(c, ask);
	wish(c, ask);
}

static void wishing_fork(const struct np_ctx *c, const struct np_proc *parent,
			 struct np_task_ask *ask)
{
	look(c);
	chaos_fork(c, parent, ask);
	look(c);
	wish(c, ask);
}

static void wishing_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	look(c);
	chaos_exec(c, ask);
	wish(c, ask);
}

static void chaos_came(const struct np_ctx *c, int from, int to)
{
	end(c, stir(begin(c, 9), (u32)(u16)from << 16 | (u16)to));
}

const struct np_policy_ops np_test_chaos = {
	.page = chaos_page,
	.account = chaos_account,
	.scan_plan = chaos_scan_plan,
	.pass_done = chaos_pass_done,
	.place = chaos_place,
	.fork = chaos_fork,
	.exec = chaos_exec,
	.exit = chaos_exit,
	.came = chaos_came,
	.name = "chaos",
	.summary = "test: every answer depends on all that it was ever told",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
};

const struct np_policy_ops np_test_chaos_all = {
	.page = looking_page,
	.account = looking_account,
	.scan_plan = chaos_scan_plan,
	.pass_done = wishing_pass_done,
	.place = wishing_place,
	.fork = wishing_fork,
	.exec = wishing_exec,
	.exit = chaos_exit,
	.came = chaos_came,
	.name = "chaos_all",
	.summary = "test: chaos with tasks, queues and workers",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_QUEUE |
		NP_CAN_SCAN_WORKER | NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP |
		NP_CAN_LOAD | NP_CAN_RUNNING | NP_CAN_GROUPS,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.node_size = 2 * sizeof(u64),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
};
