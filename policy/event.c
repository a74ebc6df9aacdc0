// SPDX-License-Identifier: GPL-2.0
/*
 * Counters and trace records tick together, here and nowhere else.
 */
#include <numaplace/policy.h>

/* A decision and its late failure have reasons; an arrival has none of its own. */
static bool has_reason(const struct np_record *rec)
{
	return rec->type == NP_REC_PAGE || rec->type == NP_REC_FAILED;
}

void np_event(const struct np_ctx *c, enum np_counter counter, u64 n,
	      const struct np_record *rec)
{
	np_counter_add(&c->proc->counter[counter], n);
	if (!rec)
		return;
	if (has_reason(rec))
		np_counter_add(&c->proc->reason[rec->reason], rec->pages);
	if (c->m->home->trace)
		c->m->home->trace(c, rec);
}

struct np_record np_record_init(const struct np_ctx *c,
				enum np_record_type type)
{
	return (struct np_record){
		.time_ns = c->now_ns,
		.pid = c->proc->pid,
		.tid = c->tid,
		.cpu = NP_NO_CPU,
		.last_cpu = NP_NO_CPU,
		.src = NP_NO_NODE,
		.asked = NP_NO_NODE,
		.dst = NP_NO_NODE,
		.type = type,
	};
}
