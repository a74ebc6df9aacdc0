/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's trace event: one per struct np_record (numaplace/record.h) that is
 * a decision.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM numaplace

#if !defined(NP_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define NP_EVENTS_H

#include <linux/tracepoint.h>

#include <numaplace/policy.h>

/* trace.c: while the event is on, records are made for it. */
int np_event_on(void);
void np_event_off(void);

TRACE_EVENT_FN(numaplace,
	TP_PROTO(const struct np_record *rec),
	TP_ARGS(rec),
	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u32, pid)
		__field(u32, pages)
		__field(s16, cpu)
		__field(s16, src)
		__field(s16, asked)
		__field(s16, dst)
		__field(u8, type)
		__field(u8, verdict)
		__field(u8, reason)
	),
	TP_fast_assign(
		__entry->addr = rec->addr;
		__entry->pid = rec->pid;
		__entry->pages = rec->pages;
		__entry->cpu = rec->cpu;
		__entry->src = rec->src;
		__entry->asked = rec->asked;
		__entry->dst = rec->dst;
		__entry->type = rec->type;
		__entry->verdict = rec->verdict;
		__entry->reason = rec->reason;
	),
	TP_printk("type=%u pid=%u addr=%llx pages=%u cpu=%d src=%d asked=%d dst=%d verdict=%u reason=%u",
		  __entry->type, __entry->pid, __entry->addr, __entry->pages,
		  __entry->cpu, __entry->src, __entry->asked, __entry->dst,
		  __entry->verdict, __entry->reason),
	np_event_on, np_event_off
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
