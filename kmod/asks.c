// SPDX-License-Identifier: GPL-2.0
/*
 * What policies ask for tasks, done: when no lock is held any more, for moving a
 * task sleeps.
 *
 * Between the asking and the doing the process may have been given another
 * policy, or the task may have ended: then nothing is done.
 */
#include <linux/cpumask.h>
#include <linux/sched/task.h>

#include "compat/compat.h"
#include "ng.h"
#include "notify.h"

/**
 * struct errand - one ask
 * @kp:		the process, with a reference
 * @inst:	the policy that asks
 * @task:	the task it is about, or NULL for the process
 */
struct errand {
	struct np_kproc *kp;
	const struct np_instance *inst;
	struct task_struct *task;
	const struct np_task_ask *ask;
};

/* The surroundings of the task now, or false if the policy is not its any more. */
static bool surroundings(const struct errand *e, struct np_ctx *ret)
{
	struct np_kinst *inst = rcu_dereference_protected(e->kp->inst,
					lockdep_is_held(&e->kp->lock));
	struct np_ktask *kt = e->task ? np_ktask_find(e->kp, e->task) : NULL;

	if (&inst->i != e->inst || e->kp->dead || (e->task && !kt))
		return false;
	*ret = np_kproc_ctx(e->kp, inst, kt ? kt->t.tid : e->kp->p.pid);
	ret->task = kt ? &kt->t : NULL;
	return true;
}

/* A group that the application made goes as a whole. */
static bool move_group(const struct np_ctx *c, int nid)
{
	struct np_ng *ng = c->task && c->task->bound ?
		np_ng_of(container_of(c->task, struct np_ktask, t)->task) : NULL;

	if (ng)
		np_ng_set_home(ng, nid);
	return ng;
}

static void tell(struct np_kproc *kp, const struct np_ctx *c, int nid)
{
	if (c->task)
		np_tell_moved(kp, c->task->tid, c->task->home, nid);
	else
		np_tell_moved(kp, 0, c->proc->home, nid);
}

static bool set_home(const struct errand *e, int nid)
{
	struct np_ctx c;
	bool known;
	bool fed;

	fed = np_call_begin(e->kp);
	known = surroundings(e, &c);
	if (known && !move_group(&c, nid)) {
		tell(e->kp, &c, nid);
		np_set_home(&c, nid);
	}
	np_call_end(e->kp, fed);
	return known;
}

/* An idle CPU, or else one of those that may be had. */
static int cpu_of_node(struct task_struct *task, int nid)
{
	int cpu = np_idle_cpu(task, nid);

	if (cpu < nr_cpu_ids)
		return cpu;
	for_each_cpu_and(cpu, cpumask_of_node(nid), task->cpus_ptr)
		if (np_may_move(task, cpu))
			return cpu;
	return nr_cpu_ids;
}

static bool move(const struct errand *e)
{
	int nid = e->ask->nid, cpu = e->ask->cpu;

	if (!e->task)
		return false;
	if (cpu == NP_NO_CPU)
		cpu = cpu_of_node(e->task, nid);
	if (cpu >= nr_cpu_ids || !np_may_move(e->task, cpu) ||
	    np_task_to_cpu(e->task, cpu))
		return false;
	return !e->ask->settle || set_home(e, nid);
}

/* Whoever runs there, with a reference. */
static struct task_struct *get_curr(int cpu)
{
	struct task_struct *task;

	rcu_read_lock();
	task = cpu_active(cpu) ? np_cpu_curr(cpu) : NULL;
	if (task && is_idle_task(task))
		task = NULL;
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static bool swap_with(const struct errand *e, struct task_struct *other)
{
	return np_may_swap(e->task, other) &&
	       !np_swap_cpus(e->task, task_cpu(e->task), other, e->ask->cpu);
}

static bool change_places(const struct errand *e)
{
	struct task_struct *other = e->task ? get_curr(e->ask->cpu) : NULL;
	bool done;

	if (!other)
		return false;
	done = swap_with(e, other);
	put_task_struct(other);
	if (!done)
		return false;
	return !e->ask->settle || set_home(e, cpu_to_node(e->ask->cpu));
}

/* The other may be of another process, but must have the same policy. */
static bool give_home(const struct errand *e, struct task_struct *other, int nid)
{
	struct errand theirs = { .inst = e->inst, .task = other };
	bool done;

	theirs.kp = np_kproc_get(other->signal);
	if (!theirs.kp)
		return false;
	done = set_home(&theirs, nid);
	np_kproc_put(theirs.kp);
	return done;
}

static bool swap_homes(const struct errand *e)
{
	struct task_struct *other = e->task ? get_curr(e->ask->cpu) : NULL;
	int mine, theirs = cpu_to_node(e->ask->cpu);
	bool done;

	if (!other)
		return false;
	mine = cpu_to_node(task_cpu(e->task));
	done = other->mm && give_home(e, other, mine) && set_home(e, theirs);
	put_task_struct(other);
	return done;
}

static bool comply(const struct errand *e)
{
	switch (e->ask->verb) {
	case NP_TASK_HOME:
		return set_home(e, e->ask->nid);
	case NP_TASK_MOVE:
		return move(e);
	case NP_TASK_SWAP:
		return change_places(e);
	case NP_TASK_SWAP_HOMES:
		return swap_homes(e);
	default:
		return true;
	}
}

void np_comply(struct np_kproc *kp, const struct np_instance *inst,
	       struct task_struct *task, const struct np_task_ask *ask)
{
	struct errand e = { kp, inst, task, ask };

	if (!comply(&e))
		np_counter_add(&kp->p.counter[NP_C_TASK_REFUSED], 1);
}
