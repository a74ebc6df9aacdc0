// SPDX-License-Identifier: GPL-2.0
/*
 * Where a task goes that comes from nowhere: woken, or new.
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
static struct cpu *place_bound(struct sim *s, struct task *t)
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

static bool is_bound(const struct task *t)
{
	return t->bind_cpu >= 0 || t->bind_node >= 0;
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

	if (is_bound(t))
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

/* Tasks per CPU, in 1/1024. */
static unsigned int crowd(const struct node *n)
{
	return (n->nr_usable - n->idle + n->waiting) * 1024 / n->nr_usable;
}

/*
 * The idlest node; of equals the one the parent is on, then the lowest.  A node
 * that has idle CPUs is as good as any if the others have not two more
 * (NUMA_IMBALANCE_MIN).
 */
static int idlest_node(const struct sim *s, int local)
{
	int best = s->node[local].nr_usable ? local : s->homes[0];

	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		const struct node *n = &s->node[i], *b = &s->node[best];

		if (n->nr_usable && crowd(n) < crowd(b))
			best = (int)i;
	}
	return best;
}

/* Where a workload begins is chance: all nodes are idle alike. */
static int first_node_of_all(struct sim *s, struct task *t)
{
	return s->homes[rng_below(&t->rng, s->nr_homes)];
}

struct cpu *place_birth(struct sim *s, struct task *t, struct cpu *parent)
{
	int home = t->process->np.home;
	int node;

	if (is_bound(t))
		return place_bound(s, t);
	node = home != NP_NO_NODE && s->node[home].nr_usable ? home :
		idlest_node(s, parent ? parent->node : first_node_of_all(s, t));
	return place_on_node(s, t, node);
}
