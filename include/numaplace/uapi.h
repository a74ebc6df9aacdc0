/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/numaplace: how user space talks to the module.
 *
 * Each structure starts with its size and flags.  A smaller size than the
 * kernel's is an error (-EINVAL), a larger one is accepted if the tail is zero
 * (-E2BIG otherwise).  Undefined flags and reserved fields must be zero
 * (-EINVAL).  Strings are NUL-terminated within their field.
 *
 * Reading needs nothing for one's own processes.  Changing anything, and
 * reading about others, needs CAP_SYS_NICE; for another user's process also
 * what move_pages(2) asks for (ptrace read access with real credentials).
 */
#ifndef NUMAPLACE_UAPI_H
#define NUMAPLACE_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NP_DEVICE	"/dev/numaplace"
#define NP_ABI		1

#define NP_UAPI_NAME	16
#define NP_UAPI_SPEC	256
#define NP_UAPI_TEXT	128
#define NP_UAPI_SLOTS	64	/* room for counters and reasons */

/* The running module. */
struct np_ioc_info {
	__u32 size;
	__u32 flags;		/* 0 */
	__u32 abi;		/* out: NP_ABI */
	__u32 nr_policies;
	__u32 nr_counters;
	__u32 nr_reasons;
	__u32 managed;		/* processes */
	__u32 tasks;		/* threads with state */
	__s32 balancing_set;	/* kernel.numa_balancing as the operator set it */
	__s32 balancing_now;	/* what the kernel runs with */
	__u32 proc_bytes;	/* memory per managed process */
	__u32 task_bytes;	/* memory per thread with state */
	__u32 page_bytes;	/* memory per page: always 0 */
	__u32 inherit_failed;	/* children left unmanaged for want of memory */
	__u64 reserved[4];
};

#define NP_ATTACH_SHADOW	0x1	/* decide and record, move nothing */
#define NP_ATTACH_REPLACE	0x2	/* change the policy of a managed process */

/* Manage a process; its future children inherit it. */
struct np_ioc_attach {
	__u32 size;
	__u32 flags;		/* NP_ATTACH_* */
	__s32 pid;		/* 0 = the caller */
	__u32 reserved;
	char spec[NP_UAPI_SPEC];	/* "policy[:key=value,...]" */
	char why[NP_UAPI_TEXT];	/* out: what was wrong */
};

struct np_ioc_pid {
	__u32 size;
	__u32 flags;		/* 0 */
	__s32 pid;		/* 0 = the caller */
	__u32 reserved;
};

/* What a process gets, and why if that is not what was configured. */
enum np_effective {
	NP_EFF_UNMANAGED,	/* the stock kernel */
	NP_EFF_WAITING,		/* managed, not yet scanned */
	NP_EFF_PLACING,		/* pages are placed */
	NP_EFF_OBSERVING,	/* shadow mode or a policy that only observes */
	NP_EFF_STOCK,		/* policy `stock` */
	NP_EFF_ONE_NODE,	/* its cpuset leaves no choice of node */
	NP_EFF_MEMPOLICY,	/* a memory policy of the whole task decides */
	NP_EFF_EJECTED,		/* the policy misbehaved: stock */
};

#define NP_STATUS_SESSION	0x1	/* all that this fd attached, and children */
#define NP_STATUS_POLICY	0x2	/* all processes of policy @spec, ended too */
#define NP_STATUS_ALL		0x4	/* all processes since loading */

struct np_ioc_status {
	__u32 size;
	__u32 flags;		/* one NP_STATUS_* or 0 for @pid */
	__s32 pid;
	__u32 effective;	/* out: enum np_effective */
	__u32 shadow;
	__u32 threads;		/* with state */
	__u32 processes;	/* live ones summed up here */
	__u32 bytes;		/* state kept for them */
	__u32 scan_period_ms;
	__u32 scan_max_us;	/* longest single scan call */
	__u64 reserved[4];
	char spec[NP_UAPI_SPEC];
	__u64 counter[NP_UAPI_SLOTS];	/* enum np_counter */
	__u64 reason[NP_UAPI_SLOTS];	/* enum np_reason: base pages */
};

struct np_ioc_policy {
	__u32 size;
	__u32 flags;		/* 0 */
	__u32 index;
	__u32 nr_params;	/* out */
	__u32 users;		/* out: live processes */
	__u32 reserved[3];
	char name[NP_UAPI_NAME];
	char summary[NP_UAPI_TEXT];
};

struct np_ioc_param {
	__u32 size;
	__u32 flags;		/* 0 */
	__u32 policy;
	__u32 index;
	__s64 def;		/* out */
	__s64 min;
	__s64 max;
	__u64 reserved[2];
	char key[32];
	char unit[16];
	char text[NP_UAPI_TEXT];
	char source[NP_UAPI_TEXT];
};

#define NP_TRACE_FEED	0x1	/* also what only a replay needs */

/* Trace: after it, read(2) returns whole struct np_record (record.h). */
struct np_ioc_trace {
	__u32 size;
	__u32 flags;		/* NP_TRACE_* */
	__s32 pid;		/* one process, or 0 for all */
	__u32 records;		/* room, power of two, 1024 to 1048576 */
	__u64 reserved[2];
};

#define NP_LAZY_WHOLE	0x1	/* -EFAULT for a hole in the range */

/*
 * What is there of the caller's range follows its memory policy at its next
 * touch.  If nobody manages the caller it is managed from now on, which changes
 * nothing else for it.  @len 0: only that.
 */
struct np_ioc_lazy {
	__u32 size;
	__u32 flags;		/* NP_LAZY_* */
	__u64 addr;		/* page aligned */
	__u64 len;		/* bytes; rounded up to pages */
	__u64 marked;		/* out: base pages */
	__u64 reserved[2];
};

/* Where [addr, addr + len) of the caller is, in base pages. */
struct np_ioc_progress {
	__u32 size;
	__u32 flags;		/* 0 */
	__u64 addr;		/* page aligned */
	__u64 len;		/* bytes; rounded up to pages */
	__u64 present;		/* out: there is */
	__u64 waiting;		/* out: will be looked at when touched */
	__u64 there;		/* out: where the memory policy has it */
	__u64 reserved[2];
};

#define NP_HOME_SET	0x1	/* else it is asked for */

/* The home node of a thread. */
struct np_ioc_home {
	__u32 size;
	__u32 flags;		/* NP_HOME_* */
	__s32 tid;		/* 0 = the caller */
	__s32 node;		/* -1 = none */
	__u64 reserved[2];
};

#define NP_NG_NEW	(-1)	/* one of its own; with a name, of that */
#define NP_NG_GET	(-2)	/* which is it? -ENOENT for none */
#define NP_NG_NONE	(-3)	/* none any more */

/* The NUMA group of a thread. */
struct np_ioc_tbind {
	__u32 size;
	__u32 flags;		/* 0 */
	__s32 tid;		/* 0 = the caller */
	__s32 ng_id;		/* in: NP_NG_* or a group; out: the group */
	__u64 reserved[1];
	char name[NP_UAPI_NAME];	/* with NP_NG_NEW: join or make it, or "" */
};

#define NP_MBIND_END	0x1	/* it has been done, or given up */

/*
 * The caller is about to bind memory of its own to a group, by mbind(2) with
 * MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES and a mask of @max_nodes bits: that of
 * @node, and @ng_id in binary in the last 32.
 */
struct np_ioc_mbind {
	__u32 size;
	__u32 flags;		/* NP_MBIND_* */
	__s32 ng_id;
	__s32 node;		/* out: its home node */
	__u32 max_nodes;	/* out */
	__u32 reserved[3];
};

#define NP_GROUP_NEXT	0x1	/* the first whose id is above @id */
#define NP_GROUP_NAMED	0x2	/* the caller's of that name */

/* A NUMA group: one's own, or any with CAP_SYS_NICE. */
struct np_ioc_group {
	__u32 size;
	__u32 flags;		/* one NP_GROUP_* or 0 for @id */
	__s32 id;
	__s32 home;		/* out, as all that follows but @name */
	__u32 threads;
	__u32 holders;		/* processes that have memory bound to it */
	__u32 ranges;		/* mappings of that */
	__u32 kept;		/* it stays when it is empty */
	__u32 uid;		/* whose it is */
	__u32 reserved[3];
	__u64 present;		/* see struct np_ioc_progress */
	__u64 waiting;
	__u64 there;
	char name[NP_UAPI_NAME];
};

#define NP_GROUP_CREATE	0x10	/* kept, with a name; CAP_SYS_NICE */
#define NP_GROUP_RELEASE 0x20	/* not kept any more */
#define NP_GROUP_MOVE	0x40	/* to @home */

struct np_ioc_group_set {
	__u32 size;
	__u32 flags;		/* one NP_GROUP_* of these */
	__s32 id;		/* out with NP_GROUP_CREATE */
	__s32 home;		/* -1 with NP_GROUP_CREATE: any; out */
	__u64 reserved[2];
	char name[NP_UAPI_NAME];
};

/* What happened to a process that watches itself. */
enum np_notice_type {
	NP_NOTICE_MOVED = 1,	/* thread @tid, or all (0), has home node @to */
	NP_NOTICE_SHORT,		/* a home node, @to, is short of memory */
	NP_NOTICE_RELIEVED,	/* ..and is not any more */
	NP_NOTICE_REFUSED,	/* memory did not follow its policy to @to */
	NP_NOTICE_LOST,		/* @count events that nobody read in time */
};

struct np_notice {
	__u32 type;		/* enum np_notice_type */
	__s32 tid;
	__s32 from;		/* node, or -1 */
	__s32 to;
	__u64 addr;		/* REFUSED: a range, with memory that.. */
	__u64 len;		/* bytes */
	__u64 pages;		/* ..so many base pages of it did */
	__u32 reason;		/* enum np_reason: why */
	__u32 count;		/* events in this one */
};

/* Watch the caller: after it, read(2) returns whole struct np_notice. */
struct np_ioc_notify {
	__u32 size;
	__u32 flags;		/* 0 */
	__u64 reserved[2];
};

#define NP_IOC_INFO	_IOWR('N', 0x01, struct np_ioc_info)
#define NP_IOC_ATTACH	_IOWR('N', 0x02, struct np_ioc_attach)
#define NP_IOC_DETACH	_IOWR('N', 0x03, struct np_ioc_pid)
#define NP_IOC_STATUS	_IOWR('N', 0x04, struct np_ioc_status)
#define NP_IOC_POLICY	_IOWR('N', 0x05, struct np_ioc_policy)
#define NP_IOC_PARAM	_IOWR('N', 0x06, struct np_ioc_param)
#define NP_IOC_NEXT	_IOWR('N', 0x07, struct np_ioc_pid)	/* next managed pid > pid; -ENOENT at the end */
#define NP_IOC_TRACE	_IOW('N', 0x08, struct np_ioc_trace)
#define NP_IOC_LAZY	_IOWR('N', 0x09, struct np_ioc_lazy)
#define NP_IOC_PROGRESS	_IOWR('N', 0x0a, struct np_ioc_progress)
#define NP_IOC_HOME	_IOWR('N', 0x0b, struct np_ioc_home)
#define NP_IOC_TBIND	_IOWR('N', 0x0c, struct np_ioc_tbind)
#define NP_IOC_MBIND	_IOWR('N', 0x0d, struct np_ioc_mbind)
#define NP_IOC_GROUP	_IOWR('N', 0x0e, struct np_ioc_group)
#define NP_IOC_NOTIFY	_IOW('N', 0x10, struct np_ioc_notify)
#define NP_IOC_GROUP_SET _IOWR('N', 0x0f, struct np_ioc_group_set)

#endif
