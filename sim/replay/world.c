// SPDX-License-Identifier: GPL-2.0
/* Processes, threads and policies of a trace, as kmod/ keeps those of a machine. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct sim_error *e)
{
	return sim_fail(e, "out of memory");
}

/* --------------------------------------------------------------- policies */

static void policy_put(struct world_policy *policy)
{
	if (!policy || --policy->users)
		return;
	free(policy->i.node);
	free(policy);
}

static int check_policy(const struct world *w, const struct np_instance *i,
			struct sim_error *e)
{
	if (w->spec && (i->ops->need & ~WORLD_CAN_OTHER))
		return sim_fail(e, "policy '%s' asks for the load of nodes, for "
				"who runs where, or for groups, which a trace "
				"of another policy does not tell", i->ops->name);
	if (w->spec && (i->ops->flags & NP_POLICY_STOCK))
		return sim_fail(e, "policy '%s' leaves all to the kernel, and a "
				"trace does not tell what that would have done",
				i->ops->name);
	return 0;
}

static int give_node_state(const struct world *w, struct np_instance *i,
			   struct sim_error *e)
{
	i->node = calloc((size_t)w->m.nr_nodes * np_node_words(i->ops) + 1,
			 sizeof(u64));
	return i->node ? 0 : out_of_memory(e);
}

static struct world_policy *policy_new(const struct world *w, const char *spec,
				       struct sim_error *e)
{
	struct world_policy *policy = calloc(1, sizeof(*policy));
	const char *why = "";

	if (!policy) {
		out_of_memory(e);
		return NULL;
	}
	policy->users = 1;
	if (np_instance_init(&policy->i, spec, &why))
		sim_fail(e, "policy '%.60s': %.120s", spec, why);
	else if (!check_policy(w, &policy->i, e) &&
		 !give_node_state(w, &policy->i, e))
		return policy;
	free(policy);
	return NULL;
}

static int give_stats(const struct world *w, struct np_stats **stats,
		      u32 wanted)
{
	if (!wanted || *stats)
		return 0;
	*stats = calloc(1, np_stats_bytes(w->m.nr_nodes));
	if (!*stats)
		return -1;
	np_stats_init(*stats, w->m.nr_nodes);
	return 0;
}

struct np_group *world_group_new(const struct np_machine *m)
{
	return calloc(1, np_group_bytes(m->nr_nodes));
}

void world_group_free(struct np_group *g)
{
	free(g);
}

static int give_group(const struct world *w, struct np_proc *p)
{
	struct np_group *g = np_group_new(&w->m, p->pid);

	if (!g)
		return -1;
	np_group_set(p, g);
	return 0;
}

/* In its group's, or of its own. */
static int give_proc_stats(const struct world *w, struct world_proc *p, u32 need)
{
	np_group_leave(&w->m, &p->p);
	if (need & NP_CAN_GROUPS)
		return give_group(w, &p->p);
	if (give_stats(w, &p->stats, need & NP_CAN_PROC_STATS))
		return -1;
	p->p.stats = p->stats;
	return 0;
}

/* --------------------------------------------------------------- processes */

static unsigned int bucket(u32 id)
{
	return id % WORLD_BUCKETS;
}

struct world_proc *world_proc(const struct world *w, u32 pid)
{
	struct world_proc *p = w->procs[bucket(pid)];

	while (p && p->p.pid != pid)
		p = p->next;
	return p;
}

struct world_proc *world_proc_add(struct world *w, u32 pid)
{
	struct world_proc *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->p.pid = pid;
	p->next = w->procs[bucket(pid)];
	w->procs[bucket(pid)] = p;
	w->procs_seen++;
	return p;
}

static void end_tasks(struct world *w, struct world_proc *p)
{
	while (p->tasks)
		world_task_end(w, p->tasks);
}

static void proc_free(struct world *w, struct world_proc *p)
{
	end_tasks(w, p);
	policy_put(p->policy);
	pages_clear(&p->pages);
	np_group_leave(&w->m, &p->p);
	free(p->stats);
	free(p->p.moves);
	free(p);
}

void world_proc_end(struct world *w, struct world_proc *p)
{
	struct world_proc **at = &w->procs[bucket(p->p.pid)];

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	proc_free(w, p);
}

/*
 * Threads lose what they had under another policy, and counters begin anew, as
 * kmod/procs.c has it.
 */
static int start(struct world *w, struct world_proc *p,
		 struct world_policy *policy, struct sim_error *e)
{
	u32 need = policy->i.ops->need;

	end_tasks(w, p);
	policy_put(p->policy);
	p->policy = policy;
	memset(p->p.counter, 0, sizeof(p->p.counter));
	if (give_proc_stats(w, p, need))
		return out_of_memory(e);
	p->p.flags = w->now->state & NP_STATE_SHADOW && !w->spec ?
		NP_PROC_SHADOW : 0;
	np_proc_start(&p->p, &policy->i);
	return 0;
}

int world_take_over(struct world *w, struct world_proc *p,
		    struct sim_error *e)
{
	struct world_policy *policy;

	if (!memchr(p->spec, '\0', p->spec_len))
		return sim_fail(e, "a process is taken over by a policy whose "
				"name is missing");
	p->spec_len = 0;
	policy = policy_new(w, w->spec ? w->spec : p->spec, e);
	return policy ? start(w, p, policy, e) : -1;
}

int world_inherit(struct world *w, struct world_proc *child,
		  const struct world_proc *parent, struct sim_error *e)
{
	parent->policy->users++;
	if (start(w, child, parent->policy, e))
		return -1;
	return pages_copy(&child->pages, &parent->pages) ?
		out_of_memory(e) : 0;
}

/* ----------------------------------------------------------------- threads */

struct world_task *world_task_find(const struct world *w,
				   const struct world_proc *p, u32 tid)
{
	struct world_task *t = w->tasks[bucket(tid)];

	while (t && (t->t.tid != tid || t->proc != p))
		t = t->next;
	return t;
}

static void hash_task(struct world *w, struct world_task *t)
{
	t->next = w->tasks[bucket(t->t.tid)];
	w->tasks[bucket(t->t.tid)] = t;
}

static void unhash_task(struct world *w, struct world_task *t)
{
	struct world_task **at = &w->tasks[bucket(t->t.tid)];

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

struct world_task *world_task(struct world *w, struct world_proc *p, u32 tid)
{
	struct world_task *t = world_task_find(w, p, tid);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->t.tid = tid;
	t->t.proc = &p->p;
	t->t.home = NP_NO_NODE;
	t->proc = p;
	t->sibling = p->tasks;
	p->tasks = t;
	hash_task(w, t);
	w->tasks_seen++;
	return t;
}

int world_task_know(struct world *w, struct world_task *t,
		    struct sim_error *e)
{
	if (t->known)
		return 0;
	if (give_stats(w, &t->t.stats,
		       t->proc->policy->i.ops->need & NP_CAN_TASK_STATS))
		return out_of_memory(e);
	t->known = true;
	t->proc->p.threads++;
	return 0;
}

void world_task_end(struct world *w, struct world_task *t)
{
	struct world_task **at = &t->proc->tasks;

	while (*at != t)
		at = &(*at)->sibling;
	*at = t->sibling;
	t->proc->p.threads -= t->known;
	unhash_task(w, t);
	free(t->t.stats);
	free(t);
}

/* All other threads have ended; whoever is left has the process' number now. */
void world_exec(struct world *w, struct world_proc *p, u32 tid)
{
	struct world_task *t = p->tasks;

	pages_clear(&p->pages);
	if (!t || t->sibling)
		return;
	t->decided = false;
	unhash_task(w, t);
	t->t.tid = tid;
	hash_task(w, t);
}

void world_free(struct world *w)
{
	for (unsigned int i = 0; i < WORLD_BUCKETS; i++)
		while (w->procs[i])
			world_proc_end(w, w->procs[i]);
}
