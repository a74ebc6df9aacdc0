// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that have too little to do take from those that have too much: at once
 * when they become idle, and from time to time otherwise, first within a node,
 * then between nodes.  Tasks resist being taken away from their home node, for
 * a while.
 */
#include "../engine.h"

/* Ticks between two looks; the kernel's follow from the size of the domain. */
#define NODE_TICKS	8
#define MACHINE_TICKS	16

/* A node is busier if it has a quarter more per CPU (imbalance_pct 125)... */
#define IMBALANCE(theirs, mine)	((theirs) * 4 > (mine) * 5)
/* ...and that is more than this many tasks (NUMA_IMBALANCE_MIN). */
#define FEW		2

/* So many failures later home nodes and running tasks do not count any more. */
#define PATIENCE	4

static bool resists(const struct task *t, const struct cpu *to,
		    unsigned int failed)
{
	int home = t->known ? t->np.home : NP_NO_NODE;

	return home != NP_NO_NODE && t->cpu->node == home &&
	       to->node != home && failed < PATIENCE;
}

/* Of those that wait at @from: one that is at home at @to, or any. */
static struct task *candidate(struct cpu *from, struct cpu *to,
			      unsigned int failed)
{
	struct task *any = NULL;

	for (unsigned int i = 0; i < from->nr; i++) {
		struct task *t = from->rq[i];

		if (t->throttled || !sched_allowed(t, to) ||
		    resists(t, to, failed))
			continue;
		if (t->known && t->np.home == to->node)
			return t;
		if (!any || t->tid < any->tid)
			any = t;
	}
	return any;
}

/* ------------------------------------------------------------ within a node */

/* Who waits for a CPU that runs nobody yet is about to get it: leave it there. */
static struct cpu *busiest_cpu(struct node *n)
{
	struct cpu *best = NULL;

	for (unsigned int i = 0; i < n->nr_cpus; i++)
		if (n->cpu[i].curr && n->cpu[i].nr && (!best || cpu_tasks(&n->cpu[i]) >
					      cpu_tasks(best)))
			best = &n->cpu[i];
	return best;
}

static bool pull(struct sim *s, struct cpu *from, struct cpu *to,
		 unsigned int failed)
{
	struct task *t = candidate(from, to, failed);

	if (!t)
		return false;
	move_task(s, t, to);
	return true;
}

static void balance_node(struct sim *s, struct cpu *c)
{
	struct cpu *from = busiest_cpu(&s->node[c->node]);

	if (from && cpu_tasks(from) > cpu_tasks(c) + 1)
		pull(s, from, c, PATIENCE);
}

/* ------------------------------------------------------------- between nodes */

static unsigned int node_tasks(const struct node *n)
{
	return n->nr_usable - n->idle + n->waiting;
}

/* The most crowded node that is crowded enough, or NULL. */
static struct node *busiest_node(struct sim *s, const struct node *mine)
{
	struct node *best = NULL;
	unsigned int per_cpu, most = 0;

	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		struct node *n = &s->node[i];

		if (n == mine || !n->nr_usable || !n->waiting)
			continue;
		per_cpu = node_tasks(n) * 1024 / n->nr_usable;
		if (per_cpu > most) {
			most = per_cpu;
			best = n;
		}
	}
	if (!best || !IMBALANCE(most, node_tasks(mine) * 1024 / mine->nr_usable) ||
	    node_tasks(best) < node_tasks(mine) + FEW)
		return NULL;
	return best;
}

static void balance_machine(struct sim *s, struct cpu *c)
{
	struct node *mine = &s->node[c->node];
	struct node *from = busiest_node(s, mine);
	struct cpu *cpu = from ? busiest_cpu(from) : NULL;

	if (cpu && pull(s, cpu, c, c->failed))
		c->failed = 0;
	else if (cpu)
		c->failed++;
}

/* The node with most idle CPUs, if it has more than a few more than mine. */
static struct node *idlest_node(struct sim *s, const struct node *mine)
{
	struct node *best = NULL;

	for (unsigned int i = 0; i < s->nr_nodes; i++)
		if (s->node[i].idle > mine->idle + FEW &&
		    (!best || s->node[i].idle > best->idle))
			best = &s->node[i];
	return best;
}

/*
 * The kernel evens out idle CPUs between nodes, too, if need be by moving
 * running tasks (active balancing); we push, for idle CPUs have no tick.
 */
static void spread(struct sim *s, struct cpu *c)
{
	struct node *to = idlest_node(s, &s->node[c->node]);
	struct cpu *cpu;

	if (!to || !c->curr || c->curr->plan->class != WORK_FAIR)
		return;
	cpu = place_on_node(s, c->curr, (int)(to - s->node));
	if (!cpu || !cpu_idle(cpu) || ++c->failed <= PATIENCE ||
	    resists(c->curr, cpu, 0))
		return;
	c->failed = 0;
	move_task(s, c->curr, cpu);
}

/* ------------------------------------------------------------------ when idle */

/* The nearest node where somebody waits, @c's own first. */
static struct node *nearest_waiting(struct sim *s, const struct cpu *c)
{
	struct node *best = NULL;
	int distance, best_distance = 0;

	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		distance = np_distance(&s->machine, c->node, (int)i);
		if (s->node[i].waiting && (!best || distance < best_distance)) {
			best = &s->node[i];
			best_distance = distance;
		}
	}
	return best;
}

/* An idle CPU is worse than a remote access: homes do not count. */
bool balance_idle(struct sim *s, struct cpu *c)
{
	struct node *n;
	struct cpu *from;

	if (!s->waiting || c->isolated)
		return false;
	n = nearest_waiting(s, c);
	from = n ? busiest_cpu(n) : NULL;
	return from && from != c && pull(s, from, c, PATIENCE);
}

/* Somebody waits here although a CPU is idle elsewhere: let that one pull. */
static void kick_idle(struct sim *s, struct cpu *c)
{
	struct cpu *idle;
	struct task *t = c->nr && s->idle ? c->rq[0] : NULL;

	if (!t)
		return;
	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		unsigned int n = ((unsigned int)c->node + i) % s->nr_nodes;

		if (!s->node[n].idle)
			continue;
		idle = place_on_node(s, t, (int)n);
		if (idle && cpu_idle(idle) && pull(s, c, idle, PATIENCE))
			return;
	}
}

/* Each node has one CPU that looks at the others. */
static bool speaks_for_node(const struct sim *s, const struct cpu *c)
{
	const struct node *n = &s->node[c->node];

	return n->nr_usable && &n->cpu[c->ticks / MACHINE_TICKS %
				       n->nr_cpus] == c;
}

void balance_tick(struct sim *s, struct cpu *c)
{
	if (c->isolated)
		return;
	if (c->nr)
		kick_idle(s, c);
	if (c->ticks % NODE_TICKS == 0)
		balance_node(s, c);
	if (c->ticks % MACHINE_TICKS || !speaks_for_node(s, c))
		return;
	balance_machine(s, c);
	spread(s, c);
}
