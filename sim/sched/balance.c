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

/* Where tasks cannot be spread evenly they take turns about every 1/4 s. */
#define TURN_TICKS	64

/* A node is busier if it has a quarter more per CPU (imbalance_pct 125)... */
#define IMBALANCE(theirs, mine)	((theirs) * 4 > (mine) * 5)
/* Fewer tasks more are let be (NUMA_IMBALANCE_MIN), or take turns. */
#define FEW		2

/* cache_nice_tries between nodes */
#define NICE_TRIES	2

/* So many failures later home nodes and running tasks do not count any more. */
#define PATIENCE	4

static bool resists(const struct task *t, const struct cpu *to,
		    unsigned int failed)
{
	int home = task_home(t);

	return home != NP_NO_NODE && t->cpu->node == home &&
	       to->node != home && failed < PATIENCE;
}

/* Of those that wait at @from and fit: one that is at home at @to, or any. */
static struct task *candidate(const struct sim *s, struct cpu *from,
			      struct cpu *to, unsigned int failed,
			      uint64_t room)
{
	struct task *any = NULL;

	for (unsigned int i = 0; i < from->nr; i++) {
		struct task *t = from->rq[i];

		if (!sched_allowed(t, to) || resists(t, to, failed) ||
		    util_of_task(t, s->now) > room)
			continue;
		if (task_home(t) == to->node)
			return t;
		if (!any || t->tid < any->tid)
			any = t;
	}
	return any;
}

/* ------------------------------------------------------------ within a node */

/* Who waits for a CPU that changes hands is about to get it: leave it there. */
static bool changes_hands(const struct sim *s, const struct cpu *c)
{
	return !c->curr || c->resched_ns <= s->now;
}

static struct cpu *busiest_cpu(const struct sim *s, struct node *n)
{
	struct cpu *best = NULL;

	for (unsigned int i = 0; i < n->nr_cpus; i++) {
		struct cpu *c = &n->cpu[i];

		if (c->nr && !changes_hands(s, c) &&
		    (!best || cpu_tasks(c) > cpu_tasks(best)))
			best = c;
	}
	return best;
}

static bool pull(struct sim *s, struct cpu *from, struct cpu *to,
		 unsigned int failed, uint64_t room)
{
	struct task *t = candidate(s, from, to, failed, room);

	if (!t)
		return false;
	move_task(s, t, to);
	return true;
}

static bool may_turn(const struct task *t, const struct cpu *to,
		     unsigned int failed)
{
	return t->plan->class == WORK_FAIR && sched_allowed(t, to) &&
	       !resists(t, to, failed);
}

/* Who has been on a CPU longest, running or not, or NULL. */
static struct task *oldest_on(struct cpu *from, const struct cpu *to,
			      unsigned int failed)
{
	struct task *oldest = NULL, *t = from->curr;

	for (unsigned int i = 0; i <= from->nr; i++) {
		if (t && may_turn(t, to, failed) &&
		    (!oldest || t->order < oldest->order))
			oldest = t;
		t = i < from->nr ? from->rq[i] : NULL;
	}
	return oldest;
}

/*
 * There is one task more on some CPUs of @n than here: whoever has been on one
 * of them longest comes, and another has less company until the next turn.  The
 * kernel gets to the same as its load balancer loses patience.
 */
static bool take_turn(struct sim *s, struct node *n, struct cpu *to,
		      unsigned int failed)
{
	struct task *oldest = NULL, *t;

	for (unsigned int i = 0; i < n->nr_cpus; i++) {
		if (cpu_tasks(&n->cpu[i]) != cpu_tasks(to) + 1)
			continue;
		t = oldest_on(&n->cpu[i], to, failed);
		if (t && (!oldest || t->order < oldest->order))
			oldest = t;
	}
	if (oldest)
		move_task(s, oldest, to);
	return oldest;
}

/* CPUs of a node one after the other. */
static bool is_turn(const struct sim *s, const struct cpu *c)
{
	const struct node *n = &s->node[c->node];
	unsigned int i = (unsigned int)(c - n->cpu);

	return (c->ticks + i * TURN_TICKS / n->nr_cpus) % TURN_TICKS == 0;
}

static void balance_node(struct sim *s, struct cpu *c)
{
	struct cpu *from = busiest_cpu(s, &s->node[c->node]);

	if (!from || cpu_tasks(from) <= cpu_tasks(c))
		return;
	if (cpu_tasks(from) > cpu_tasks(c) + 1)
		pull(s, from, c, PATIENCE, UTIL_ONE);
	else if (is_turn(s, c))
		take_turn(s, &s->node[c->node], c, PATIENCE);
}

/* ------------------------------------------------------------- between nodes */

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
	if (!best || !IMBALANCE(most, node_tasks(mine) * 1024 / mine->nr_usable))
		return NULL;
	return best;
}

static void balance_machine(struct sim *s, struct cpu *c)
{
	struct node *mine = &s->node[c->node];
	struct node *from = busiest_node(s, mine);
	struct cpu *cpu = from ? busiest_cpu(s, from) : NULL;
	bool done;

	if (!cpu)
		return;
	if (node_tasks(from) >= node_tasks(mine) + FEW)
		done = pull(s, cpu, c, c->failed, UTIL_ONE);
	else
		done = c->failed >= PATIENCE && take_turn(s, from, c, c->failed);
	c->failed = done ? 0 : c->failed + 1;
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

/* How many tasks more @n has, were it as large as @mine (sibling_imbalance()). */
static unsigned int surplus(const struct node *n, const struct node *mine)
{
	unsigned int theirs = node_tasks(n) * mine->nr_usable;
	unsigned int ours = node_tasks(mine) * n->nr_usable;

	return theirs <= ours ? 0 :
	       2 * (theirs - ours) / (mine->nr_usable + n->nr_usable);
}

/*
 * How busy a task @c may take from @from's node (calculate_imbalance()): if that
 * has too much to do, what the utilization of its own node leaves room for, which
 * is hardly anything when a CPU has only just become idle.  Otherwise anything, but
 * a difference of two tasks is let be while the own node has none at all
 * (adjust_numa_imbalance()).
 */
static uint64_t room(const struct sim *s, const struct cpu *c,
		     const struct cpu *from)
{
	const struct node *mine = &s->node[c->node], *n = &s->node[from->node];
	uint64_t all = (uint64_t)mine->nr_usable * UTIL_ONE, util;
	unsigned int more = surplus(n, mine);

	if (n == mine)
		return all;
	util = util_of_node(n, s->now);
	if (util_load(n, node_tasks(n), util) != LOAD_OVER)
		return more > FEW || (more == FEW && node_tasks(mine)) ? all : 0;
	util = util_of_node(mine, s->now);
	return util < all ? all - util : 0;
}

/* An idle CPU is worse than a remote access: homes do not count. */
bool balance_idle(struct sim *s, struct cpu *c)
{
	struct node *n;
	struct cpu *from;

	if (!s->waiting || c->isolated)
		return false;
	n = nearest_waiting(s, c);
	from = n ? busiest_cpu(s, n) : NULL;
	return from && from != c && pull(s, from, c, PATIENCE, room(s, c, from));
}

/*
 * The idle CPU looks when this one has changed hands: who has just run is left here,
 * a few times (task_hot(), cache_nice_tries).
 */
static bool is_hot(const struct sim *s, struct cpu *c)
{
	if (changes_hands(s, c) && c->hot++ < NICE_TRIES)
		return true;
	c->hot = 0;
	return false;
}

/* Somebody waits here although a CPU is idle elsewhere: let that one pull. */
static void kick_idle(struct sim *s, struct cpu *c)
{
	struct cpu *idle;
	struct task *t = c->nr && s->idle ? c->rq[0] : NULL;

	if (!t || is_hot(s, c))
		return;
	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		unsigned int n = ((unsigned int)c->node + i) % s->nr_nodes;

		if (!s->node[n].idle)
			continue;
		idle = place_on_node(s, t, (int)n);
		if (!idle || !cpu_idle(idle))
			continue;
		util_miss(s, idle);
		if (pull(s, c, idle, PATIENCE, room(s, idle, c)))
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
	kick_idle(s, c);
	if (c->ticks % NODE_TICKS == 0 || is_turn(s, c))
		balance_node(s, c);
	if (c->ticks % MACHINE_TICKS)
		return;
	if (speaks_for_node(s, c)) {
		balance_machine(s, c);
		spread(s, c);
	}
	if (c->curr)
		home_bring(s, c->curr);
}
