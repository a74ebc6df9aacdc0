/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NUMA groups that applications make (numa_tbind(), numa_mbind() of sched/numa):
 * threads and memory, of one process or several, with one home node.
 *
 * ng.c has the groups and their threads, ng_memory.c their memory, dev_ng.c the
 * commands.  A group ends with its last thread and its last memory, unless it is
 * kept; its id is not given again before.
 */
#ifndef NP_NG_H
#define NP_NG_H

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/uidgid.h>

#include <numaplace/uapi.h>

#include "kmod.h"

/* Of memory, in base pages: there is, is marked, is where its policy has it. */
struct np_pages {
	u64 present;
	u64 waiting;
	u64 there;
};

/**
 * struct np_ng - one group
 * @id:		from 1
 * @home:	its home node; every thread's, too, a little later
 * @kept:	it stays when it is empty
 * @listed:	it has not ended
 * @name:	"" for none
 * @owner:	whose processes may join, if not the privileged
 * @threads:	their number
 * @members:	list of struct np_member
 * @memory:	list of struct np_hold
 * @follow:	moves all that belongs to it to another home
 * All but @id, @owner, @name and @ref: np_ng_lock, or READ_ONCE() for a number.
 */
struct np_ng {
	u32 id;
	int home;
	bool kept;
	bool listed;
	char name[NP_UAPI_NAME];
	kuid_t owner;
	refcount_t ref;
	unsigned int threads;
	struct list_head members;
	struct list_head memory;
	struct work_struct follow;
	struct rcu_head rcu;
};

/* In a group's memory: a process that has bound some of its own. */
struct np_hold {
	struct list_head of_ng;
	struct list_head of_kp;
	struct list_head all;
	struct np_ng *ng;		/* with a reference */
	struct np_kproc *kp;		/* which lets go before it goes */
	refcount_t ref;
	int home;			/* that its memory was told of */
	unsigned int pending;		/* calls that are about to bind some */
	unsigned int begun;		/* ..so far */
	unsigned int round;		/* of counting its group, */
	unsigned int counted;		/* ..and of counting all */
	u32 ranges;			/* mappings, when counted last */
	struct np_pages pages;		/* the same */
};

extern spinlock_t np_ng_lock;

/* The end of a group that nothing holds any more; np_ng_lock. */
void np_ng_check(struct np_ng *ng);

/* ------------------------------------------------------------------- ng.c */

int np_ng_init(void);
void np_ng_exit(void);

/* What groups need of the rest is there while there are any; np_control held. */
int np_ng_need(void);
/* A new one on @home. ERR_PTR: -ENOMEM, -EEXIST if @name is taken. */
struct np_ng *np_ng_new(const char *name, int home, bool kept);
/* By id, by name, or the next after @id; with a reference, or NULL. */
struct np_ng *np_ng_get(u32 id);
struct np_ng *np_ng_named(const char *name);
struct np_ng *np_ng_after(u32 id);
void np_ng_put(struct np_ng *ng);
/* May the caller have to do with it? */
bool np_ng_may(const struct np_ng *ng);

/* @task's, RCU. NULL if none.  The other with a reference. */
struct np_ng *np_ng_of(struct task_struct *task);
struct np_ng *np_ng_get_of(struct task_struct *task);
/*
 * @task is in @ng, and in no other, from now on; NULL: in none.  @kp is its
 * process's.  0, -ENOMEM, -ESRCH if it is exiting, -ENOENT if @ng has ended,
 * -EAGAIN if @kp is about to be let go: adopt it again.
 */
int np_ng_join(struct np_ng *ng, struct np_kproc *kp, struct task_struct *task);
/*
 * The process is about to be let go: is nothing of it in groups? Then nothing comes
 * to be, either; who tries is told -EAGAIN.
 */
bool np_ng_part(struct np_kproc *kp);
/* Another home for all of it; from any context. */
void np_ng_set_home(struct np_ng *ng, int nid);
/* It need not stay any more. */
void np_ng_release(struct np_ng *ng);

/*
 * For the load balancer, which holds the lock of @task's run queue: is it to leave
 * it at home, and not take it to @cpu? @active: off the CPU that it runs on.
 */
bool np_ng_stays(struct task_struct *task, int cpu, bool active);
/* From the tracepoints: a thread is born, ends. */
void np_ng_fork(struct task_struct *parent, struct task_struct *child);
void np_ng_task_exit(struct task_struct *task);

/* For the balance verb; RCU: the oldest whose id is above @id, or NULL. */
struct np_ng *np_ng_peek(u32 id);
/* Load weight and run time of all threads; is @inst the policy of the first? */
bool np_ng_describe(struct np_ng *ng, const struct np_kinst *inst,
		    struct np_entity *e);
/* A process of it, for the records; RCU. */
struct np_kproc *np_ng_process(struct np_ng *ng);

/* --------------------------------------------------------------- ranges.c */

/*
 * Mark what is there of [start, end), page aligned, to follow its memory policy;
 * with @ng only what is of that group.  The caller holds a reference to @mm beside
 * that of its tasks: else the kernel leaves out what is on the node of this CPU.
 * Sleeps.  Return: base pages marked; -EINTR; with @whole -EFAULT for a hole.
 */
long np_mark(struct mm_struct *mm, unsigned long start, unsigned long end,
	     u32 ng, bool whole);
/* Add up what is there.  The same, but the return is the number of mappings. */
long np_count(struct mm_struct *mm, unsigned long start, unsigned long end,
	      u32 ng, bool whole, struct np_pages *sum);

/* ------------------------------------------------------------- ng_memory.c */

/* Memory policies carry the number of a group in their user's node mask. */
#define NP_NG_TAG_BITS 32

/* The group that @pol is of, or 0. */
u32 np_ng_tag(const struct mempolicy *pol);
bool np_ng_can_bind(void);
/*
 * @kp is about to bind memory to @ng, and has done so, or not. 0, -ENOMEM, -ENOSPC;
 * -ENOENT and -EAGAIN as above.
 */
int np_hold_begin(struct np_ng *ng, struct np_kproc *kp);
/* @nid: where its home was when it began. */
void np_hold_end(struct np_ng *ng, struct np_kproc *kp, int nid);
/* All of a process: at its end, when it is let go, when it executes. */
void np_holds_drop(struct np_kproc *kp);
/* A child has its parent's memory. */
void np_holds_fork(struct np_kproc *parent, struct np_kproc *child);
/* What is bound to @ng follows it; sleeps. */
void np_ng_move_memory(struct np_ng *ng);
/* Count it now, and what has gone is gone; sleeps. */
void np_ng_count(struct np_ng *ng);
/* Add the homes of groups that the process has memory in. */
void np_holds_homes(struct np_kproc *kp, nodemask_t *nodes);
/* What was counted last: pages there are; or all of it. */
u64 np_ng_pages(struct np_ng *ng);
void np_ng_sum(struct np_ng *ng, struct np_pages *ret, u32 *ranges, u32 *procs);
void np_ng_memory_exit(void);

#endif
