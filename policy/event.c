// SPDX-License-Identifier: GPL-2.0
/*
 * Counters and trace records tick together: here, and for faults in decide.c,
 * where a record that nobody wants is not even made.  What feeds the policy
 * without being counted is shown here, too.
 */
#include <numaplace/policy.h>

#include "internal.h"

/* A decision and its late failure have reasons; an arrival has none of its own. */
static bool has_reason(const struct np_record *rec)
{
	return rec->type == NP_REC_PAGE || rec->type == NP_REC_FAILED ||
	       (rec->type == NP_REC_WORKED && rec->reason);
}

void np_show(const struct np_ctx *c, const struct np_record *rec)
{
	if (c->m->home->trace && !np_muted(c, rec->type))
		c->m->home->trace(c, rec);
}

void np_event(const struct np_ctx *c, enum np_counter counter, u64 n,
	      const struct np_record *rec)
{
	np_tick(c, counter, n);
	if (!rec)
		return;
	if (has_reason(rec))
		np_tick_reason(c, rec->reason, rec->pages);
	np_show(c, rec);
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
		.state = np_state(c),
	};
}
