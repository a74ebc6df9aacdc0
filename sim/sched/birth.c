// SPDX-License-Identifier: GPL-2.0
/*
 * Where a task begins, and where it goes when it has just been executed: then, too,
 * nothing of it is in a cache yet.
 */
#include <limits.h>

#include "../engine.h"

/*
 * What there is to do on a node; @crowd: tasks per CPU, in 1/1024; @util: of a node
 * with fewer tasks than CPUs nobody asks for it.
 */
struct group {
	enum load load;
	unsigned int idle;
	unsigned int crowd;
	uint64_t util;
};

/* @leaving, if not NULL, is there and does not count. */
static struct group group_of(const struct sim *s, int node,
			     const struct task *leaving)
{
	const struct node *n = &s->node[node];
	unsigned int tasks = node_tasks(n) - (leaving != NULL);
	struct group g = {
		.idle = n->idle + (leaving && !leaving->cpu->nr),
		.crowd = tasks * 1024 / n->nr_usable,
	};

	if (tasks >= n->nr_usable)
		g.util = util_of_node(n, s->now);
	g.load = util_load(n, tasks, g.util);
	return g;
}

/* update_pick_idlest() */
static bool is_idler(const struct group *a, const struct group *b)
{
	if (a->load != b->load)
		return a->load < b->load;
	if (a->load != LOAD_SPARE)
		return a->crowd < b->crowd;
	return a->idle != b->idle ? a->idle > b->idle : a->util < b->util;
}

/* sched_balance_find_dst_group(); 117 is imbalance_pct. */
static bool is_better(const struct group *its, const struct group *local)
{
	if (its->load != local->load)
		return its->load < local->load;
	if (its->load == LOAD_SPARE)
		return its->idle > local->idle;
	return its->load == LOAD_OVER && local->crowd * 100 > its->crowd * 117;
}

/*
 * The idlest other node, if it is better than @local.  With no CPU idle the kernel
 * goes by utilization: where a task is young there is room, and who has just ended is
 * missed at the next tick only.
 */
static int idlest_node(const struct sim *s, int local,
		       const struct task *leaving)
{
	struct group best = { .load = LOAD_OVER, .crowd = UINT_MAX / 128 }, its;
	int node = local;

	for (unsigned int i = 1; i < s->nr_nodes; i++) {
		int n = (int)(((unsigned int)local + i) % s->nr_nodes);

		if (!s->node[n].nr_usable)
			continue;
		its = group_of(s, n, NULL);
		if (is_idler(&its, &best)) {
			best = its;
			node = n;
		}
	}
	if (!s->node[local].nr_usable)
		return node;
	its = group_of(s, local, leaving);
	return is_better(&best, &its) ? node : local;
}

/* Where a workload begins is chance: all nodes are idle alike. */
static int first_node_of_all(struct sim *s, struct task *t)
{
	return s->homes[rng_below(&t->rng, s->nr_homes)];
}

/* Forked one after the other, such tasks sleep when the next one is. */
static bool sleeps_first(const struct task *t)
{
	return t->plan->nr_ops && t->plan->op[0].kind == WORK_BARRIER;
}

static struct cpu *any_cpu(struct sim *s, struct task *t, int node)
{
	struct node *n = &s->node[node];
	struct cpu *c = &n->cpu[rng_below(&t->rng, n->nr_cpus)];

	return c->isolated ? place_on_node(s, t, node) : c;
}

/* Home if the policy names one, or NP_NO_NODE. */
static int home_at_birth(const struct sim *s, const struct task *t)
{
	int home = t->process->np.home;

	return home != NP_NO_NODE && s->node[home].nr_usable ? home :
							       NP_NO_NODE;
}

/*
 * cpu_load(), an average, too: what has just ended counts on, and who forks has
 * often waited, so that it counts half.
 */
static uint64_t load_seen(const struct cpu *c, const struct cpu *parent)
{
	uint64_t load = c->load + (c->util_gone ? 1024 : 0);

	return c == parent && c->curr ? load - c->curr->weight / 2 : load;
}

/* Its CPU on @node: an idle one, or the one that seems to have least to do. */
static struct cpu *cpu_on_node(struct sim *s, struct task *t, int node,
			       const struct cpu *parent)
{
	struct cpu *best = place_on_node(s, t, node);

	if (cpu_idle(best))
		return best;
	for (unsigned int i = 0; i < s->node[node].nr_cpus; i++) {
		struct cpu *c = &s->node[node].cpu[i];

		if (sched_allowed(t, c) &&
		    load_seen(c, parent) < load_seen(best, parent))
			best = c;
	}
	return best;
}

struct cpu *place_birth(struct sim *s, struct task *t, struct cpu *parent)
{
	int node = home_at_birth(s, t);

	if (task_bound(t))
		return place_bound(s, t);
	if (node != NP_NO_NODE)
		return place_on_node(s, t, node);
	node = parent ? parent->node : first_node_of_all(s, t);
	if (!parent && sleeps_first(t))
		return any_cpu(s, t, node);
	node = idlest_node(s, node, NULL);
	return cpu_on_node(s, t, node, parent);
}

struct cpu *place_exec(struct sim *s, struct task *t)
{
	int node = home_at_birth(s, t);

	if (task_bound(t))
		return t->cpu;
	if (node == NP_NO_NODE)
		node = idlest_node(s, t->cpu->node, t);
	if (node == t->cpu->node && !t->cpu->nr)
		return t->cpu;
	return place_on_node(s, t, node);
}
