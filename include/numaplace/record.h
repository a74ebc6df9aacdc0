/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One decision, as the trace carries it: fixed size, the same bytes from the
 * kernel, from a simulation and in a file.
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

/**
 * struct np_record - one event
 * @seq:	position in the reader's stream; a gap means lost records
 * @time_ns:	monotonic clock of the machine
 * @addr:	virtual address of the page, page aligned; 0 if none
 * @pid:	process (thread group) id
 * @tid:	thread that faulted or scanned
 * @pages:	base pages concerned
 * @cpu:	CPU of the access
 * @last_cpu:	CPU of the access before, or -1 if the kernel has none
 * @src:	node of the page (or task) before
 * @asked:	node the policy asked for, or -1
 * @dst:	node the core settled on, or -1
 * @type:	enum np_record_type
 * @verdict:	enum np_verdict
 * @reason:	enum np_reason
 * @flags:	NP_FAULT_* of the sample
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
	__u16 reserved[7];
};

_Static_assert(sizeof(struct np_record) == 64, "np_record is ABI");

#endif
