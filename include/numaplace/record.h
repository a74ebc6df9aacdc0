/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One event, as the trace carries it: fixed size, the same bytes from the
 * kernel, from a simulation and in a file.
 *
 * Two kinds.  Decisions are what people want to see.  The feed is what else the
 * policy code was called with, so that all its calls can be made again in user
 * space with the same results; only who asks for it gets it.
 * docs/trace-format.md says which field of which type means what.
 */
#ifndef NUMAPLACE_RECORD_H
#define NUMAPLACE_RECORD_H

#include <linux/types.h>

enum np_record_type {
	NP_REC_PAGE = 1,	/* a page decision on a hinting fault */
	NP_REC_MOVED,		/* that page arrived */
	NP_REC_FAILED,		/* that page did not, after the core agreed */
	NP_REC_WINDOW,		/* a scan window ended; pages = marked */
	NP_REC_PASS,		/* a pass over the address space ended */
	NP_REC_TASK,		/* a home node, move or swap was asked for */
	NP_REC_WORKED,		/* a worker moved a queued page, or could not */
	NP_REC_PULLED,		/* the balance verb wants a process elsewhere */
	NP_REC_BROUGHT,		/* a thread is brought back to its home node */
	NP_REC_END_DECISIONS,

	NP_REC_FEED = 64,
	NP_REC_KEPT = NP_REC_FEED, /* that page stayed, as was decided */
	NP_REC_PLAN,		/* a scan call began */
	NP_REC_MARKED,		/* it walked some pages and marked some of them */
	NP_REC_SCANNED,		/* it ended */
	NP_REC_THREAD,		/* a thread has state from now on */
	NP_REC_SPEC,		/* some letters of the next NP_REC_ATTACH's policy */
	NP_REC_ATTACH,		/* a policy took over a process */
	NP_REC_FORK,		/* a process was born managed */
	NP_REC_EXEC,		/* the process has a new address space */
	NP_REC_EXIT,		/* the thread ends */
	NP_REC_GONE,		/* the process is not managed any more */
	NP_REC_PLACE,		/* a thread may wish something after a pass */
	NP_REC_HOME,		/* a thread, or a process, has a home node now */
	NP_REC_RUNNING,		/* the policy asked who runs on a CPU */
	NP_REC_LOAD,		/* ..how busy a node is: NP_LOAD_RECORDS of them */
	NP_REC_WORD,		/* ..what it has noted of a node itself */
	NP_REC_CAME,		/* a thread runs on another node than before */
	NP_REC_JOINED,		/* the process is in another NUMA group now */
	NP_REC_BOUND,		/* the application put a thread into a group */
	NP_REC_END_FEED
};

/* What became of the policy's answer. */
enum np_verdict {
	NP_STAY,		/* leave the page where it is */
	NP_MOVE,		/* move it now, in the context of the fault */
	NP_QUEUE,		/* let a worker move it */
	NP_SHADOW,		/* would have moved; shadow mode */
	NP_REFUSED,		/* the core said no; see the reason */
	NP_NR_VERDICTS
};

#define NP_NO_NODE	(-1)
#define NP_NO_CPU	(-1)

/* np_record.state */
#define NP_STATE_TASK		0x1	/* the thread had state */
#define NP_STATE_SHADOW		0x2	/* the process is in shadow mode */
#define NP_STATE_EJECTED	0x4	/* its policy had been ejected */

/* np_record.flags of NP_REC_RUNNING */
#define NP_RUNNING_IDLE		0x1
#define NP_RUNNING_MOVABLE	0x2
#define NP_RUNNING_HOMELESS	0x4

#define NP_LOAD_RECORDS	3	/* NP_REC_LOAD in a row tell one struct np_load */

#define NP_SPEC_PIECE	16	/* letters in one NP_REC_SPEC */

/**
 * struct np_record - one event
 * @seq:	position in the reader's stream; a gap means lost records
 * @time_ns:	monotonic clock of the machine
 * @addr:	virtual address of the page, page aligned; 0 if none
 * @pid:	process (thread group) id
 * @tid:	thread that faulted or scanned
 * @pages:	base pages concerned
 * @cpu:	CPU of the access; where there is none, CPU of the call, or -1
 * @last_cpu:	CPU of the access before, or -1 if the kernel has none
 * @src:	node of the page (or task) before
 * @asked:	node the policy asked for, or -1
 * @dst:	node the core settled on, or -1; once it is over, the node of the
 *		page then
 * @type:	enum np_record_type
 * @verdict:	enum np_verdict
 * @reason:	enum np_reason
 * @flags:	NP_FAULT_* of the sample; by type
 * @node:	node of @cpu
 * @last_node:	node of @last_cpu, or -1
 * @state:	NP_STATE_* before the policy was asked
 * @value:	by type: ns from decision to outcome, or what else belongs to it
 */
struct np_record {
	__u64 seq;
	__u64 time_ns;
	__u64 addr;
	__u32 pid;
	__u32 tid;
	__u32 pages;
	__s16 cpu;
	__s16 last_cpu;
	__s16 src;
	__s16 asked;
	__s16 dst;
	__u8 type;
	__u8 verdict;
	__u8 reason;
	__u8 flags;
	__s16 node;
	__s16 last_node;
	__u16 state;
	__u64 value;
};

/* Does it tell what a policy was told in the call whose record comes next? */
static inline _Bool np_is_answer(unsigned int type)
{
	return type >= NP_REC_RUNNING && type <= NP_REC_WORD;
}

_Static_assert(sizeof(struct np_record) == 64, "np_record is ABI");

#endif
