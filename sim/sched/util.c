// SPDX-License-Identifier: GPL-2.0
/*
 * Utilization of a CPU, as the kernel's per-entity load tracking has it: time that
 * is 32 ms older counts half (kernel/sched/pelt.c; within a half-life a straight
 * line is close enough, and the same on all machines).
 */
#include "../engine.h"

#define HALF_LIFE_NS	(32 * NS_PER_MS)

/* What is left of @part after @ns. */
static uint32_t decayed(uint32_t part, uint64_t ns)
{
	uint64_t halves = ns / HALF_LIFE_NS;

	part = halves < 32 ? part >> halves : 0;
	return part - (uint32_t)(part / 2 * (ns % HALF_LIFE_NS) / HALF_LIFE_NS);
}

uint32_t util_of_idle(const struct cpu *c, uint64_t now)
{
	return decayed(c->util, now - c->util_ns);
}

void util_change(struct cpu *c, uint64_t now, bool idle)
{
	uint64_t ns = now - c->util_ns;

	c->util = idle ? UTIL_ONE - decayed(UTIL_ONE - c->util, ns) :
			 decayed(c->util, ns);
	c->util_ns = now;
}
