// SPDX-License-Identifier: GPL-2.0
/*
 * Utilization of tasks and CPUs, as the kernel's per-entity load tracking has it
 * (kernel/sched/pelt.c): time that is 32 ms older counts half.  A CPU's is the sum
 * of its tasks', those that sleep included; who goes takes its own along.  That of
 * the dead is missed later.
 */
#include "../engine.h"

#define HALF_LIFE_NS	(32 * NS_PER_MS)
#define ONE		(1ULL << 24)

/* imbalance_pct: what is used by more than 1/1.17 is full. */
#define FULL(util, cpus) ((util) * 117 > (uint64_t)(cpus) * UTIL_ONE * 100)

/*
 * 2^-x, x up to 1, both in 1/ONE: a polynomial of the fourth degree, fitted by least
 * squares and right at both ends; off by 3 in a million at most.
 */
static uint64_t power_of_half(uint64_t x)
{
	static const uint64_t factor[] = { 114811, 893371, 4017650, 11627698 };
	uint64_t y = 0;

	for (unsigned int i = 0; i < 4; i++)
		y = factor[i] - (x * y >> 24);
	return ONE - (x * y >> 24);
}

/* What is left of @util after @ns. */
static uint64_t decayed(uint64_t util, uint64_t ns)
{
	uint64_t halves = ns / HALF_LIFE_NS;
	uint64_t x = ns % HALF_LIFE_NS * ONE / HALF_LIFE_NS;

	return halves < 32 ? (util >> halves) * power_of_half(x) / ONE : 0;
}

/* The same of CPUs of which @busy are used all of that time. */
static uint64_t aged(uint64_t util, unsigned int busy, uint64_t ns)
{
	return decayed(util, ns) + busy * (UTIL_ONE - decayed(UTIL_ONE, ns));
}

uint32_t util_of(const struct cpu *c, uint64_t now)
{
	return (uint32_t)aged(c->util, c->curr != NULL, now - c->util_ns);
}

uint32_t util_of_task(const struct task *t, uint64_t now)
{
	bool runs = t->cpu && t->cpu->curr == t;

	return (uint32_t)aged(t->util, runs, now - t->util_ns);
}

uint64_t util_of_node(const struct node *n, uint64_t now)
{
	return aged(n->util, n->running, now - n->util_ns);
}

static void settle(struct sim *s, struct cpu *c)
{
	struct node *n = &s->node[c->node];

	n->util = util_of_node(n, s->now);
	n->util_ns = s->now;
	c->util = util_of(c, s->now);
	c->util_ns = s->now;
}

static void subtract(uint64_t *from, uint64_t util)
{
	*from -= util < *from ? util : *from;
}

/* No CPU is used by more than all of the time, or less than nothing. */
static void set(struct sim *s, struct cpu *c, uint64_t util)
{
	struct node *n = &s->node[c->node];

	if (!c->isolated) {
		n->util += util;
		subtract(&n->util, c->util);
	}
	c->util = (uint32_t)util;
}

static void add(struct sim *s, struct cpu *c, uint64_t util)
{
	uint64_t sum;

	settle(s, c);
	sum = c->util + util;
	set(s, c, sum < UTIL_ONE ? sum : UTIL_ONE);
}

static void take(struct sim *s, struct cpu *c, uint64_t util)
{
	uint64_t left;

	settle(s, c);
	left = c->util;
	subtract(&left, util);
	set(s, c, left);
}

void util_switch(struct sim *s, struct cpu *c, struct task *t)
{
	settle(s, c);
	t->util = util_of_task(t, s->now);
	t->util_ns = s->now;
}

/* A new one begins with half of what is left (post_init_entity_util_avg()). */
void util_attach(struct sim *s, struct cpu *c, struct task *t)
{
	if (t->cpu) {
		util_switch(s, t->cpu, t);
		take(s, t->cpu, t->util);
	} else {
		t->util = (UTIL_ONE - util_of(c, s->now)) / 2;
		t->util_ns = s->now;
	}
	add(s, c, t->util);
}

void util_miss(struct sim *s, struct cpu *c)
{
	if (c->util_gone)
		take(s, c, c->util_gone);
	c->util_gone = 0;
}

enum load util_load(const struct node *n, unsigned int tasks, uint64_t util)
{
	if (tasks < n->nr_usable || !FULL(util, n->nr_usable))
		return LOAD_SPARE;
	return tasks > n->nr_usable ? LOAD_OVER : LOAD_FULL;
}
