/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * libnumaplace: NUMA groups, home nodes and lazy migration, for applications.
 *
 * Needs numaplace.ko in the running kernel, and no privileges for a process's
 * own threads and memory.  Every function is thread safe, keeps nothing open
 * and is described in section 3 of the manual.
 *
 * They fail with -1 and errno; ENODEV wherever the module is not loaded.
 * vmpressure_fd() is different, see there.
 */
#ifndef NUMAPLACE_H
#define NUMAPLACE_H

#include <numaplace/vmpressure.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------- NUMA groups */

/*
 * A NUMA group is threads and memory, of one process or several, with one home
 * node: threads run there if they can, new memory comes from there, and when the
 * group moves all of it does, memory lazily.  It ends with its last thread and its
 * last memory.  Threads and children inherit the group of who makes them.
 */
#define MS_ID_NEW	(-1)	/* a group of its own */
#define MS_ID_GET	(-2)	/* none: only ask */
#define MS_ID_NONE	(-3)	/* leave it */

/**
 * numa_tbind() - put a thread into a NUMA group
 * @tid:	thread id, 0 = the caller
 * @ng_id:	a group, or MS_ID_*
 * @flags:	0
 *
 * Return: the id of the group (0 for MS_ID_NONE), or -1 with errno: ESRCH no
 * such thread; EINVAL no such group, or bad flags; EPERM the thread, or the group,
 * is another user's; ENOENT (MS_ID_GET) it is in none; ENOMEM; ENODEV.
 */
int numa_tbind(int tid, int ng_id, unsigned long flags);

/**
 * numa_mbind() - put memory of the caller into a NUMA group
 * @addr:	start of the range, page aligned
 * @len:	its length in bytes, rounded up to whole pages
 * @ng_id:	a group
 * @flags:	0
 *
 * Return: 0, or -1 with errno: EINVAL; EFAULT a hole in the range; EPERM the group
 * is another user's; ENOSPC memory in 1024 groups already; ENOMEM; ENODEV;
 * EOPNOTSUPP too many nodes.
 */
int numa_mbind(void *addr, unsigned long len, int ng_id, unsigned long flags);

/**
 * np_home_node() - the node that a thread prefers
 * @tid:	thread id, 0 = the caller
 *
 * Return: the node, or -1 with errno: ENODATA it has none; ESRCH; EPERM; ENODEV.
 */
int np_home_node(int tid);

/**
 * np_set_home_node() - give a thread, with all of its group, a home node
 * @tid:	thread id, 0 = the caller
 * @node:	a node with memory and CPUs that it may run on, or -1 for none
 *
 * A policy that the process is managed by may decide otherwise later.
 * Return: 0, or -1 with errno: EINVAL no such node, or none for a group; ESRCH;
 * EPERM; ENOMEM; ENODEV.
 */
int np_set_home_node(int tid, int node);

/* ----------------------------------------------------------- lazy migration */

/*
 * What mbind(2) has hidden since Linux 3.8.  The other modes and flags are those
 * of <numaif.h> or <linux/mempolicy.h>.
 */
#ifndef MPOL_MF_LAZY
#define MPOL_MF_LAZY	 (1<<3)	/* pages move when they are next touched */
#endif
#define MPOL_NOOP	255	/* the memory policy that is there already */

/**
 * np_mbind() - mbind(2) with lazy migration
 * @addr:	start of the range, page aligned
 * @len:	its length in bytes, rounded up to whole pages
 * @mode:	a mode of mbind(2), with its mode flags, or MPOL_NOOP
 * @nodemask:	as for mbind(2); NULL with MPOL_NOOP
 * @maxnode:	bits in @nodemask
 * @flags:	as for mbind(2), or MPOL_MF_MOVE | MPOL_MF_LAZY
 *
 * With MPOL_MF_LAZY no page moves now.  What is there and is touched later moves
 * then, by whoever touches it, to where the memory policy of that moment has it.
 * With MPOL_NOOP that is all that is done.
 *
 * Return: 0 or -1.  errno as of mbind(2), and: EINVAL for MPOL_MF_LAZY without
 * MPOL_MF_MOVE or with another flag, and for MPOL_NOOP with a nodemask or without
 * MPOL_MF_LAZY; ENODEV; EBUSY if the kernel balances memory tiers only.
 */
int np_mbind(void *addr, unsigned long len, int mode,
	     const unsigned long *nodemask, unsigned long maxnode,
	     unsigned flags);

/**
 * struct np_progress - how far lazy migration of a range has come, in base pages
 * @present:	there are
 * @waiting:	of those, marked and not touched since
 * @there:	of those, on a node where the memory policy has them; where that
 *		names none, touched since they were marked
 *
 * What is neither was touched, and could not move.
 */
struct np_progress {
	unsigned long long present;
	unsigned long long waiting;
	unsigned long long there;
	unsigned long long reserved[5];
};

/**
 * np_progress() - of [@addr, @addr + @len) of the caller's, page aligned
 * Return: 0, or -1 with errno: EINVAL; EFAULT a hole in the range; ENODEV.
 */
int np_progress(void *addr, unsigned long len, struct np_progress *progress);

/* -------------------------------------------------------------------- notices */

enum np_event_type {
	NP_EVENT_MOVED = 1,	/* thread @tid, or all (0), has home node @to */
	NP_EVENT_SHORT,		/* a home node of the process, @to, is short of memory */
	NP_EVENT_RELIEVED,	/* ..and is not any more */
	NP_EVENT_REFUSED,	/* memory in [@addr, @addr + @len) did not follow to @to */
	NP_EVENT_LOST,		/* @count events were not read in time */
};

/**
 * struct np_event - what happened to the process
 * @type:	enum np_event_type
 * @tid:	thread id
 * @from, @to:	nodes, or -1
 * @addr, @len:	bytes; what is near is told as one range
 * @pages:	base pages of it that did not follow
 * @reason:	why; `numaplace trace --reason help' lists the reasons in order
 * @count:	how often, since it was read last
 */
struct np_event {
	unsigned int type;
	int tid;
	int from;
	int to;
	unsigned long long addr;
	unsigned long long len;
	unsigned long long pages;
	unsigned int reason;
	unsigned int count;
};

/**
 * np_notify_fd() - a file descriptor that tells what happens to the process
 *
 * read(2) returns whole struct np_event, and waits for one unless O_NONBLOCK is
 * set; poll(2) and epoll(7) tell when there is one.  Events of a kind that were
 * not read yet become one.  At the end of the process's management POLLHUP is
 * told, and read(2) returns 0.
 *
 * Return: the descriptor, close-on-exec, or -1 with errno: ENODEV; ENOMEM; EMFILE.
 */
int np_notify_fd(void);

/* ------------------------------------------------------------ memory pressure */

/**
 * vmpressure_fd() - a file descriptor that tells of memory pressure
 * @config:	what to be told of; see <numaplace/vmpressure.h>
 *
 * read(2) returns a struct vmpressure_event with the latest level, and waits for
 * one unless O_NONBLOCK is set; poll(2), epoll(7) and SIGIO (O_ASYNC) tell when
 * there is one.  When a watched cgroup is removed POLLHUP is told, and read(2)
 * returns 0.  Needs vmpressure.ko, not numaplace.ko, and no privileges.
 *
 * Return: the descriptor, or -1 with errno: EINVAL size, threshold, flag, scope,
 * node or interval; EFAULT; E2BIG @config says what the module does not know;
 * EBADF not a cgroup2 directory, not an eventfd; EOPNOTSUPP the cgroup has no memory
 * controller, or Linux 6.1 with the multi-generation LRU turned on; ENODEV; ENOMEM;
 * EMFILE.
 */
int vmpressure_fd(struct vmpressure_config *config);

#ifdef __cplusplus
}
#endif

#endif
