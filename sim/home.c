// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator as a home of policies: what the core and the policies may ask
 * of it, and what it does when they want tasks elsewhere.
 */
#include <stdlib.h>

#include "engine.h"

static struct sim *sim_of(const struct np_ctx *c)
{
	return c->cookie;
}

struct np_ctx sim_ctx(struct sim *s, struct process *p, struct task *t)
{
	return (struct np_ctx){
		.m = &s->machine,
		.inst = p ? p->inst : &s->instance,
		.proc = p ? &p->np : NULL,
		.task = t && t->known ? &t->np : NULL,
		.tid = t ? t->tid : p ? p->np.pid : 0,
		.cpu = (s16)(t && t->cpu ? t->cpu->id : NP_NO_CPU),
		.now_ns = s->now,
		.cookie = s,
	};
}

static enum np_reason refusal(const struct np_ctx *c, const struct np_fault *f,
			      int nid)
{
	struct sim *s = sim_of(c);

	if (alloc_full(s, nid, f->pages))
		return NP_R_FULL;
	return np_paced(c, &s->node[nid].booked_ns, f->pages) ? NP_R_NONE :
								NP_R_RATE;
}

static void trace(const struct np_ctx *c, const struct np_record *rec)
{
	const struct sim_watch *w = &sim_of(c)->config->watch;

	if (w->record)
		w->record(w->data, c, rec);
}

/* ----------------------------------------------------------------------- load */

static void add_home_load(struct sim *s, int nid, struct np_load *load)
{
	for (struct task *t = s->tasks; t; t = t->next) {
		bool runs = t->state == TASK_RUNNING || t->state == TASK_READY;

		if (!runs || task_home(t) != nid)
			continue;
		load->cpu_load += t->weight;
		if (t->cpu->node != nid)
			load->away_load += t->weight;
	}
}

/* np_task is where a task begins. */
static struct task *task_of(const struct np_ctx *c)
{
	return (struct task *)c->task;
}

/* Each look at another CPU takes its time, and policies differ in how many. */
static void looked(const struct np_ctx *c, unsigned int cpus)
{
	struct sim *s = sim_of(c);
	double ns = cpus * s->costs.look_ns;

	s->result->looks += cpus;
	s->result->balancer_ns += (uint64_t)ns;
	if (c->task)
		task_of(c)->kernel_left += ns;
}

static void load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	struct sim *s = sim_of(c);
	const struct node *n = &s->node[nid];

	*ret = (struct np_load){
		.cpus = n->nr_usable,
		.idle = n->idle,
		.free_pages = n->free,
		.all_pages = n->pages,
		.foreign_pages = n->foreign,
	};
	add_home_load(s, nid, ret);
	looked(c, n->nr_usable);
}

static void running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	struct sim *s = sim_of(c);
	struct cpu *there = &s->cpu[cpu];
	struct task *me = task_of(c), *other = there->curr;
	bool fair = me && me->plan->class == WORK_FAIR &&
		    (!other || other->plan->class == WORK_FAIR);

	*ret = (struct np_running){
		.task = other && other->known ? &other->np : NULL,
		.idle = cpu_idle(there),
		.movable = fair && me->cpu && sched_allowed(me, there) &&
			   (!other || sched_allowed(other, me->cpu)),
	};
	looked(c, 1);
}

/* ---------------------------------------------------------------------- groups */

static struct np_group *group_new(const struct np_machine *m)
{
	return calloc(1, np_group_bytes(m->nr_nodes));
}

static void group_free(struct np_group *g)
{
	free(g);
}

static struct np_proc *sharer(const struct np_ctx *c, const struct np_fault *f)
{
	const struct sim *s = sim_of(c);
	struct task *t = s->cpu[f->last_cpu].curr;

	if (!t || (u8)t->tid != f->last_pid || &t->process->np == c->proc)
		return NULL;
	return t->process->inst ? &t->process->np : NULL;
}

const struct np_home_ops sim_home = {
	.refusal = refusal,
	.trace = trace,
	.load = load,
	.running = running,
	.group_new = group_new,
	.group_free = group_free,
	.sharer = sharer,
};

/* --------------------------------------------------------------- asked for tasks */

static bool set_home(struct sim *s, struct process *p, struct task *t, int nid)
{
	struct np_ctx c = sim_ctx(s, p, t);

	np_set_home(&c, nid);
	return true;
}

/* Of two threads on different nodes, each gets the other's for a home. */
static bool swap_homes(struct sim *s, struct task *t, struct task *other)
{
	int mine = t->cpu->node, theirs;

	if (!other || !other->known || !other->process->inst)
		return false;
	theirs = other->cpu->node;
	set_home(s, t->process, t, theirs);
	return set_home(s, other->process, other, mine);
}

static bool move(struct sim *s, struct task *t, const struct np_task_ask *ask)
{
	if (t->state == TASK_NEW || !move_to_node(s, t, ask->nid, ask->cpu))
		return false;
	return !ask->settle || set_home(s, t->process, t, ask->nid);
}

static bool swap(struct sim *s, struct task *t, const struct np_task_ask *ask)
{
	struct cpu *with = &s->cpu[ask->cpu];

	if (t->state != TASK_RUNNING || !move_swap(s, t, with))
		return false;
	return !ask->settle || set_home(s, t->process, t, with->node);
}

static bool comply(struct sim *s, struct process *p, struct task *t,
		   const struct np_task_ask *ask)
{
	switch (ask->verb) {
	case NP_TASK_HOME:
		return set_home(s, p, t, ask->nid);
	case NP_TASK_MOVE:
		return t && move(s, t, ask);
	case NP_TASK_SWAP:
		return t && swap(s, t, ask);
	case NP_TASK_SWAP_HOMES:
		return t && t->cpu && swap_homes(s, t, s->cpu[ask->cpu].curr);
	default:
		return true;
	}
}

void home_ask(struct sim *s, struct process *p, struct task *t,
	      const struct np_task_ask *ask)
{
	struct np_ctx c = sim_ctx(s, p, t);

	if (!comply(s, p, t, ask))
		np_event(&c, NP_C_TASK_REFUSED, 1, NULL);
}

void home_bring(struct sim *s, struct task *t)
{
	struct np_ctx c = sim_ctx(s, t->process, t);
	struct np_task_ask ask;

	if (!t->process->inst || !t->process->inst->param[NP_P_HOME_PULL])
		return;
	sim_know(s, t);
	c = sim_ctx(s, t->process, t);
	ask = np_way_home(&c);
	if (ask.verb && np_go_home(&c, &ask))
		home_ask(s, t->process, t, &ask);
}

void home_came(struct sim *s, struct task *t, int from)
{
	const struct process *p = t->process;
	struct np_ctx c;

	if (!p->inst || !t->known)
		return;
	c = sim_ctx(s, t->process, t);
	np_came(&c, from, t->cpu->node);
}

/* -------------------------------------------------------------------- balance */

struct round {
	struct np_balance b;
	struct sim *sim;
	struct process *at;
	bool begun;
};

/* Oldest first: the list has the youngest in front. */
static struct process *oldest(struct sim *s)
{
	struct process *p = s->processes;

	while (p && p->next)
		p = p->next;
	return p;
}

static void describe(const struct process *p, struct np_entity *e)
{
	*e = (struct np_entity){ .id = p->np.pid, .home = p->np.home };
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		e->cpu_load += p->task[i]->weight;
		e->runtime_ns += p->task[i]->exec_ns;
	}
	for (unsigned int i = 0; i < p->nr_maps; i++)
		e->pages += (uint64_t)p->map[i].region->present *
			    p->map[i].region->base;
}

static bool next_entity(struct np_balance *b, int from, struct np_entity *e)
{
	struct round *r = (struct round *)b;

	do {
		r->at = r->begun ? r->at->prev : oldest(r->sim);
		r->begun = true;
	} while (r->at && r->at->np.home != from);
	if (!r->at)
		return false;
	describe(r->at, e);
	return true;
}

static bool pull(struct np_balance *b, const struct np_entity *e,
		 enum np_reason why)
{
	struct round *r = (struct round *)b;
	struct np_ctx c;

	if (!r->at || r->at->np.pid != e->id || !r->at->inst)
		return false;
	c = sim_ctx(r->sim, r->at, NULL);
	if (!np_pulled(&c, b->node, why))
		return false;
	r->at->np.home = (s16)b->node;
	for (unsigned int i = 0; i < r->at->nr_tasks; i++)
		r->at->task[i]->np.home = (s16)b->node;
	return true;
}

void home_balance(struct sim *s)
{
	struct np_ctx c = sim_ctx(s, NULL, NULL);

	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		struct round r = {
			.b = { (int)n, next_entity, pull }, .sim = s,
		};

		if (s->node[n].nr_usable && s->node[n].pages)
			s->instance.ops->balance(&c, &r.b);
	}
}
