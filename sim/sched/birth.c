// SPDX-License-Identifier: GPL-2.0
/*
 * Where a task begins, and where it goes when it has just been executed: then, too,
 * nothing of it is in a cache yet.
 */
#include "../engine.h"

/* Tasks per CPU without @leaving, in 1/1024. */
static unsigned int crowd(const struct node *n, unsigned int leaving)
{
	return (n->nr_usable - n->idle + n->waiting - leaving) * 1024 /
	       n->nr_usable;
}

/*
 * The idlest node; of equals the local one, then the lowest.  @leaving of the local
 * tasks do not count.
 */
static int idlest_node(const struct sim *s, int local, unsigned int leaving)
{
	int best = s->node[local].nr_usable ? local : s->homes[0];
	unsigned int least = crowd(&s->node[best], leaving), its;

	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		if ((int)i == local || !s->node[i].nr_usable)
			continue;
		its = crowd(&s->node[i], 0);
		if (its < least) {
			least = its;
			best = (int)i;
		}
	}
	return best;
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

/*
 * The kernel goes by utilization (PELT), which is late: a task that ends takes its
 * own along, a new one begins with half a CPU's and comes half of the way closer to
 * all of it every 32 ms.  It has run for 57 ms before 117 % (imbalance_pct) of that
 * are more than there is.
 */
#define YOUNG_NS	(57 * NS_PER_MS)

/*
 * CPU time of the youngest task of a node that has spare capacity by that though it
 * is busy, or YOUNG_NS if it has none.  That of @but does not count.
 */
static uint64_t youngest(const struct node *n, const struct cpu *but)
{
	uint64_t least = YOUNG_NS;

	for (unsigned int i = 0; i < n->nr_cpus; i++) {
		const struct cpu *c = &n->cpu[i];

		if (c->nr)
			return YOUNG_NS;
		if (c == but || !c->curr || c->isolated)
			continue;
		if (c->curr->exec_ns < least)
			least = c->curr->exec_ns;
	}
	return least;
}

/*
 * What ended on @c before its task came back is missed at the next tick; until then
 * that CPU is full, whatever there is to do.
 */
static bool looks_full(const struct sim *s, const struct cpu *c)
{
	const struct node *n = &s->node[c->node];
	uint64_t ran = c->curr ? c->curr->exec_ns - c->curr->stint_ns : 0;

	return !n->idle && ran < s->now % TICK_NS && youngest(n, c) == YOUNG_NS;
}

/* A child had better begin where the others are young than where @parent is. */
static int node_with_spare(const struct sim *s, const struct cpu *parent)
{
	uint64_t least = YOUNG_NS, age;
	int best = parent->node;

	if (!looks_full(s, parent))
		return best;
	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		age = youngest(&s->node[i], parent);
		if (age < least) {
			least = age;
			best = (int)i;
		}
	}
	return best;
}

/* Home if the policy names one, or NP_NO_NODE. */
static int home_at_birth(const struct sim *s, const struct task *t)
{
	int home = t->process->np.home;

	return home != NP_NO_NODE && s->node[home].nr_usable ? home :
							       NP_NO_NODE;
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
	node = idlest_node(s, node, 0);
	if (parent && node == parent->node)
		node = node_with_spare(s, parent);
	return place_on_node(s, t, node);
}

struct cpu *place_exec(struct sim *s, struct task *t)
{
	int node = home_at_birth(s, t);

	if (task_bound(t))
		return t->cpu;
	if (node == NP_NO_NODE)
		node = idlest_node(s, t->cpu->node, 1);
	if (node == t->cpu->node && !t->cpu->nr)
		return t->cpu;
	return place_on_node(s, t, node);
}
