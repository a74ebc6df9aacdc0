// SPDX-License-Identifier: GPL-2.0
/*
 * Life cycle: a policy takes over a process, processes and threads are born,
 * exec and end, and what a policy may wish for a task is clamped.
 */
#include <numaplace/policy.h>

#include "internal.h"

void np_proc_start(struct np_proc *proc, struct np_instance *inst)
{
	proc->inst = inst;
	proc->home = NP_NO_NODE;
	memset(proc->slot, 0, sizeof(proc->slot));
	if (proc->stats)
		np_stats_init(proc->stats, proc->stats->nr_nodes);
	proc->generation++;
	np_scan_reset(proc);
}

void np_task_refresh(struct np_task *task)
{
	if (task->generation == task->proc->generation)
		return;
	task->home = NP_NO_NODE;
	memset(task->slot, 0, sizeof(task->slot));
	if (task->stats)
		np_stats_init(task->stats, task->stats->nr_nodes);
	task->generation = task->proc->generation;
}

static u32 can_for(u8 verb)
{
	static const u32 can[] = {
		[NP_TASK_HOME] = NP_CAN_HOME,
		[NP_TASK_MOVE] = NP_CAN_MOVE,
		[NP_TASK_SWAP] = NP_CAN_SWAP,
	};

	return can[verb];
}

static enum np_reason check_ask(const struct np_ctx *c,
				const struct np_task_ask *ask)
{
	if (ask->verb > NP_TASK_SWAP || ask->reason >= NP_NR_REASONS)
		return NP_R_BAD_ANSWER;
	if (!(c->inst->ops->need & can_for(ask->verb)))
		return NP_R_BAD_ANSWER;
	if (ask->verb != NP_TASK_SWAP &&
	    (ask->nid < 0 || ask->nid >= c->m->nr_nodes))
		return NP_R_BAD_NODE;
	if (ask->cpu < NP_NO_CPU || ask->cpu >= c->m->nr_cpus ||
	    (ask->verb == NP_TASK_SWAP && ask->cpu == NP_NO_CPU))
		return NP_R_BAD_ANSWER;
	return NP_R_NONE;
}

static void count_ask(const struct np_ctx *c, const struct np_task_ask *ask,
		      enum np_reason refused)
{
	struct np_record rec = np_record_init(c, NP_REC_TASK);

	rec.asked = ask->nid;
	rec.cpu = ask->cpu;
	rec.reason = refused ? refused : ask->reason;
	rec.verdict = refused ? NP_REFUSED : NP_MOVE;
	np_event(c, NP_C_TASK_ASKED, 1, &rec);
	if (refused)
		np_event(c, NP_C_TASK_REFUSED, 1, NULL);
}

struct np_task_ask np_clamp_task_ask(const struct np_ctx *c,
				     struct np_task_ask ask)
{
	enum np_reason refused;

	if (ask.verb == NP_TASK_NONE)
		return ask;
	refused = check_ask(c, &ask);
	if (refused)
		np_strike(c->inst);
	count_ask(c, &ask, refused);
	if (refused || (c->proc->flags & NP_PROC_SHADOW))
		ask.verb = NP_TASK_NONE;
	return ask;
}

struct np_task_ask np_fork(const struct np_ctx *c, const struct np_proc *parent)
{
	struct np_task_ask ask = { 0 };

	if (c->inst->ops->fork && !c->inst->ejected)
		c->inst->ops->fork(c, parent, &ask);
	return np_clamp_task_ask(c, ask);
}

struct np_task_ask np_exec(const struct np_ctx *c)
{
	struct np_task_ask ask = { 0 };

	np_scan_reset(c->proc);
	if (c->proc->stats)
		np_stats_init(c->proc->stats, c->proc->stats->nr_nodes);
	if (c->inst->ops->exec && !c->inst->ejected)
		c->inst->ops->exec(c, &ask);
	return np_clamp_task_ask(c, ask);
}

void np_exit(const struct np_ctx *c, bool last)
{
	if (c->inst->ops->exit && !c->inst->ejected)
		c->inst->ops->exit(c, last);
}
