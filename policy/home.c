// SPDX-License-Identifier: GPL-2.0
/*
 * Back home: the scheduler resists moves away from the home node, but nothing in
 * it brings back a thread that runs elsewhere while all CPUs are busy.  This
 * does what NUMA_PULL and NUMA_PULL_BIAS of numa/core did: an idle CPU at home,
 * or else a trade with a thread there that is at home here, so that nobody has
 * less CPU time for it.
 */
#include <numaplace/policy.h>

#include "internal.h"

static struct np_task_ask go_to(int verb, int nid, int cpu)
{
	return (struct np_task_ask){
		.verb = (u8)verb, .reason = NP_R_HOME, .nid = (s16)nid,
		.cpu = (s16)cpu,
	};
}

/* Would it be glad to trade? */
static bool is_away(const struct np_task *other, int here)
{
	return other && np_home_of(other) == here;
}

/*
 * Who belongs to a group of the application may also trade with somebody who is
 * at home nowhere (NUMA_PULL_BIAS: "an off-node or non-NUMA task").
 */
static bool would_trade(const struct np_task *task, const struct np_running *r,
			int here)
{
	return r->movable &&
	       (is_away(r->task, here) || (task->bound && r->homeless));
}

struct np_task_ask np_way_home(const struct np_ctx *c)
{
	int here = c->cpu == NP_NO_CPU ? NP_NO_NODE : c->m->cpu_node[c->cpu];
	struct np_task_ask ask = { 0 };
	int home = np_home_of(c->task), cpu;
	struct np_running r;

	if (!(c->inst->param[NP_P_HOME_PULL] || c->task->bound) ||
	    home == NP_NO_NODE || home == here ||
	    c->task->generation != c->proc->generation)
		return ask;
	for (cpu = 0; cpu < c->m->nr_cpus; cpu++) {
		if (c->m->cpu_node[cpu] != home)
			continue;
		c->m->home->running(c, cpu, &r);
		if (r.movable && r.idle)
			return go_to(NP_TASK_MOVE, home, cpu);
		if (would_trade(c->task, &r, here))
			ask = go_to(NP_TASK_SWAP, home, cpu);
	}
	return ask;
}
