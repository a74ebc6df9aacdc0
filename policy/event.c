// SPDX-License-Identifier: GPL-2.0
/*
 * Counters and trace records tick together, here and nowhere else.  What feeds
 * the policy without being counted is shown here, too.
 */
#include <numaplace/policy.h>

/* A decision and its late failure have reasons; an arrival has none of its own. */
static bool has_reason(const struct np_record *rec)
{
	return rec->type == NP_REC_PAGE || rec->type == NP_REC_FAILED;
}

static bool muted(const struct np_ctx *c, const struct np_record *rec)
{
	if (rec->type >= NP_REC_FEED)
		return c->m->mute >= NP_MUTE_FEED;
	return c->m->mute >= NP_MUTE_ALL;
}

void np_show(const struct np_ctx *c, const struct np_record *rec)
{
	if (c->m->home->trace && !muted(c, rec))
		c->m->home->trace(c, rec);
}

void np_event(const struct np_ctx *c, enum np_counter counter, u64 n,
	      const struct np_record *rec)
{
	np_counter_add(&c->proc->counter[counter], n);
	if (!rec)
		return;
	if (has_reason(rec))
		np_counter_add(&c->proc->reason[rec->reason], rec->pages);
	np_show(c, rec);
}

static u16 state_of(const struct np_ctx *c)
{
	return (c->task ? NP_STATE_TASK : 0) |
	       (c->proc->flags & NP_PROC_SHADOW ? NP_STATE_SHADOW : 0) |
	       (c->inst->ejected ? NP_STATE_EJECTED : 0);
}

struct np_record np_record_init(const struct np_ctx *c,
				enum np_record_type type)
{
	return (struct np_record){
		.time_ns = c->now_ns,
		.pid = c->proc->pid,
		.tid = c->tid,
		.cpu = c->cpu,
		.last_cpu = NP_NO_CPU,
		.src = NP_NO_NODE,
		.asked = NP_NO_NODE,
		.dst = NP_NO_NODE,
		.type = type,
		.node = NP_NO_NODE,
		.last_node = NP_NO_NODE,
		.state = state_of(c),
	};
}
