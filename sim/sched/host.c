// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs of an emulated machine take turns on those of its host: for some
 * milliseconds one runs at full speed, and then, if more are busy than the host has,
 * not at all, and nothing happens on it, ticks included.
 */
#include "../engine.h"

/*
 * A tick of a host with 250 Hz, which is when it lets another thread run; of a guest
 * with four busy CPUs on two of the host.  In the lab, a child of forkstorm ended 1.5 ms
 * before the next was forked, or 4 ms more.
 */
#define STINT_NS	(4 * NS_PER_MS)

static unsigned int busy_cpus(const struct sim *s)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < s->nr_cpus; i++)
		n += s->cpu[i].curr != NULL;
	return n;
}

static void let_go(struct sim *s)
{
	for (unsigned int i = 0; i < s->nr_cpus; i++) {
		struct cpu *c = &s->cpu[i];

		if (!host_holds(c))
			continue;
		c->host_ns = s->now;
		cpu_plan(s, c);
	}
}

void host_share(struct sim *s)
{
	double slow;

	if (s->costs.host_cpus <= 0)
		return;
	slow = busy_cpus(s) / s->costs.host_cpus;
	s->slow = slow > 1 ? slow : 1;
	if (s->slow == 1)
		let_go(s);
}

static void turn(struct sim *s, struct cpu *c, bool held)
{
	double mean = STINT_NS * (held ? s->slow - 1 : 1);

	c->held = held;
	c->host_ns = s->now + 1 + (uint64_t)(int64_t)(mean * 2 * rng_unit(&c->rng));
}

void host_begin(struct sim *s, struct cpu *c)
{
	if (s->costs.host_cpus > 0)
		turn(s, c, false);
}

void host_turn(struct sim *s, struct cpu *c)
{
	if (c->curr && s->now >= c->host_ns)
		turn(s, c, !c->held && s->slow > 1);
}
