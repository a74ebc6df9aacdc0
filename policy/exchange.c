// SPDX-License-Identifier: GPL-2.0
#include "exchange.h"

static bool has_faults(const struct np_task *t)
{
	return t->stats->total && t->proc->stats->total;
}

/* What counts between these two: of a process alike, or all different. */
static const struct np_stats *stats_of(const struct np_task *t,
				       const struct np_task *other)
{
	return t->proc == other->proc ? t->stats : t->proc->stats;
}

/* Return: what both gain, or 0 if one of them would not. */
static s32 score(const struct np_task *me, const struct np_task *other,
		 int here, int there)
{
	const struct np_stats *mine = stats_of(me, other);
	const struct np_stats *theirs = stats_of(other, me);
	s32 w = (s32)np_stats_weight(mine, there);
	s32 other_diff = w - (s32)np_stats_weight(theirs, there);
	s32 this_diff = w - (s32)np_stats_weight(mine, here);

	return other_diff > 0 && this_diff > 0 ? other_diff + this_diff : 0;
}

static void consider(const struct np_ctx *c, int here, int cpu,
		     struct np_exchange *best)
{
	struct np_running running;
	const struct np_task *other = np_peer(c, cpu, &running);
	int there = c->m->cpu_node[cpu];
	s32 sum;

	if (!other || !running.movable || !has_faults(other))
		return;
	sum = score(c->task, other, here, there);
	if (sum > best->score)
		*best = (struct np_exchange){ (s16)cpu, (s16)there, sum };
}

struct np_exchange np_best_exchange(const struct np_ctx *c, int here)
{
	struct np_exchange best = { NP_NO_CPU, NP_NO_NODE, 0 };
	int cpu;

	if (!has_faults(c->task))
		return best;
	for (cpu = 0; cpu < c->m->nr_cpus; cpu++)
		if (c->m->cpu_node[cpu] != NP_NO_NODE &&
		    c->m->cpu_node[cpu] != here)
			consider(c, here, cpu, &best);
	return best;
}

bool np_is_settled(const struct np_task *t, int nid)
{
	return np_stats_max(t->stats) == nid &&
	       np_stats_max(t->proc->stats) == nid;
}
