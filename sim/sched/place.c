// SPDX-License-Identifier: GPL-2.0
/*
 * Where a task may run, and where one goes that has been woken.
 */
#include "../engine.h"

bool sched_allowed(const struct task *t, const struct cpu *c)
{
	if (t->bind_cpu >= 0)
		return c->id == t->bind_cpu;
	if (c->isolated)
		return false;
	return t->bind_node < 0 || c->node == t->bind_node;
}

/* An idle CPU of the node, looking from @from on. */
static struct cpu *idle_cpu(struct sim *s, const struct task *t, int node,
			    unsigned int from)
{
	struct node *n = &s->node[node];

	if (!n->idle)
		return NULL;
	for (unsigned int i = 0; i < n->nr_cpus; i++) {
		struct cpu *c = &n->cpu[(from + i) % n->nr_cpus];

		if (cpu_idle(c) && sched_allowed(t, c))
			return c;
	}
	return NULL;
}

static struct cpu *least_loaded(struct sim *s, const struct task *t, int node)
{
	struct node *n = &s->node[node];
	struct cpu *best = NULL;

	for (unsigned int i = 0; i < n->nr_cpus; i++)
		if (sched_allowed(t, &n->cpu[i]) &&
		    (!best || n->cpu[i].load < best->load))
			best = &n->cpu[i];
	return best;
}

struct cpu *place_on_node(struct sim *s, struct task *t, int node)
{
	struct cpu *c = idle_cpu(s, t, node, 0);

	return c ? c : least_loaded(s, t, node);
}

/* Bound to one CPU or node there is less to choose. */
struct cpu *place_bound(struct sim *s, struct task *t)
{
	struct cpu *c;

	if (t->bind_cpu >= 0)
		return &s->cpu[t->bind_cpu];
	if (t->cpu && cpu_idle(t->cpu) && sched_allowed(t, t->cpu))
		return t->cpu;
	c = idle_cpu(s, t, t->bind_node, 0);
	if (c)
		return c;
	return t->cpu && sched_allowed(t, t->cpu) ? t->cpu :
		least_loaded(s, t, t->bind_node);
}

/* The node to look at first: where it was, or home if the policy says so. */
static int first_node(const struct task *t)
{
	const struct np_instance *inst = t->process->inst;

	if (inst && inst->param[NP_P_HOME_WAKE] && task_home(t) != NP_NO_NODE)
		return task_home(t);
	return t->cpu->node;
}

/* Realtime and deadline tasks go where they outrank somebody. */
static struct cpu *lowest(struct sim *s, const struct task *t)
{
	for (unsigned int i = 0; i < s->nr_cpus; i++) {
		struct cpu *c = &s->cpu[(t->cpu->id + i) % s->nr_cpus];

		if (sched_allowed(t, c) &&
		    (!c->curr || c->curr->plan->class < t->plan->class))
			return c;
	}
	return t->cpu;
}

/*
 * As the kernel: where it was if that is idle, else an idle CPU near it, else
 * near who woke it, else where it was.
 */
struct cpu *place_wakeup(struct sim *s, struct task *t, struct cpu *waker)
{
	int node = first_node(t);
	struct cpu *c;

	if (task_bound(t))
		return place_bound(s, t);
	if (cpu_idle(t->cpu) && t->cpu->node == node && !t->cpu->isolated)
		return t->cpu;
	c = idle_cpu(s, t, node, (unsigned int)t->cpu->id);
	if (!c && waker && waker->node != node)
		c = idle_cpu(s, t, waker->node, (unsigned int)waker->id);
	if (c)
		return c;
	if (t->plan->class != WORK_FAIR)
		return lowest(s, t);
	return t->cpu->isolated ? least_loaded(s, t, node) : t->cpu;
}
