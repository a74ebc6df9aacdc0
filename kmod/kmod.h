/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module share.
 *
 * Locks, outermost first:
 *	np_control	mutex: attach, detach, switch, registry, device
 *	kproc.scan	mutex: one scan (or policy switch) per process at a time
 *	page-table lock	the kernel's; held in the page decision
 *	kproc.lock	spinlock: process state of the policy, its list of threads,
 *			the order of records while somebody reads the feed; that
 *			of a parent may be held while a child is entered
 *	kgroup.lock	spinlock: who is in a NUMA group, and its statistics
 *	np_ng_lock	spinlock: groups that applications make
 *	table locks	spinlocks in procs.c and tasks.c: writers (readers use RCU)
 *	np_feed_lock	spinlock: calls about all processes, while somebody reads
 *			the feed
 * The spinlocks may be taken in atomic context, but never in an interrupt.
 */
#ifndef NP_KMOD_H
#define NP_KMOD_H

#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>

#include <numaplace/policy.h>

#include "bind/bind.h"

extern struct mutex np_control;

/* -------------------------------------------------------------- symbols.c */

/* Bind the primitives of compat/ after checking each signature. */
int np_symbols_bind(void);

/* ---------------------------------------------------------------- hooks.c */

/* Running replacement functions; they may sleep. */
extern struct srcu_struct np_hook_srcu;

int np_hooks_install(void);
void np_hooks_remove(void);
/* Nobody demands or releases any any more. */
void np_hooks_exit(void);

/* -------------------------------------------------------------- machine.c */

extern struct np_machine np_machine;
/* Per node: moves to it are booked up to this time (np_paced()). */
extern np_counter_t *np_booked_ns;

int np_machine_init(void);
void np_machine_exit(void);

/* ----------------------------------------------------------------- sums.c */

struct np_kproc;

/* Counters of what has ended. */
struct np_totals {
	np_counter_t counter[NP_NR_COUNTERS];
	np_counter_t reason[NP_NR_REASONS];
};

/* Everything attached through one open file, and its descendants. */
struct np_session {
	refcount_t ref;
	np_counter_t scan_max_ns;
	struct np_totals ended;
};

/* Ended and live together. */
struct np_sum {
	u64 counter[NP_NR_COUNTERS];
	u64 reason[NP_NR_REASONS];
	u64 scan_max_ns;
	u64 bytes;
	u32 procs;
	u32 tasks;
};

struct np_session *np_session_new(void);
void np_session_put(struct np_session *s);

/* The totals of a policy; np_control held. */
struct np_totals *np_totals_of(const struct np_policy_ops *ops);
/* A policy's module goes: its totals go with it. */
void np_totals_forget(const struct np_policy_ops *ops);
/* Move a process's counters to what has ended: session, @policy, machine. */
void np_fold(struct np_kproc *kp, struct np_totals *policy);

/* Under RCU. */
void np_sum_proc(struct np_sum *sum, struct np_kproc *kp);
/* NULL filters nothing. */
void np_sum_all(struct np_sum *sum, const struct np_session *session,
		const struct np_policy_ops *ops);
unsigned int np_policy_users(const struct np_policy_ops *ops);

/* ------------------------------------------------------------ instances.c */

/* A policy with parameters, shared by the processes that chose it. */
struct np_kinst {
	struct np_instance i;
	refcount_t ref;
	struct list_head list;		/* np_control */
	u64 balance_ns;			/* next call of its balance verb */
	struct np_totals *ended;	/* of its policy */
	struct rcu_work release;
};

int np_kinsts_init(void);
/* All are gone when it returns. */
void np_kinsts_exit(void);
/*
 * From "policy:key=value,.."; the one that is there, or a new one, which pins
 * the policy's module.  np_control held.  ERR_PTR with @why.
 */
struct np_kinst *np_kinst_new(const char *spec, const char **why);
struct np_kinst *np_kinst_get(struct np_kinst *inst);
void np_kinst_put(struct np_kinst *inst);
/* The process's policy, with a reference. */
struct np_kinst *np_kinst_of(struct np_kproc *kp);

/* ---------------------------------------------------------------- procs.c */

/*
 * A managed process, found by its signal_struct: that is shared by exactly its
 * threads, survives exec, and lives until the last thread is reaped, whereas
 * the exit probe has removed us before.
 */
struct np_kproc {
	struct np_proc p;
	struct hlist_node node;		/* in the table */
	struct list_head fifo;		/* oldest first */
	struct signal_struct *signal;	/* key, never dereferenced */
	struct pid *pid;
	refcount_t ref;
	spinlock_t lock;
	struct mutex scan;
	struct np_kinst __rcu *inst;
	struct np_session *session;
	struct np_stats *stats;		/* for policies without groups */
	struct list_head tasks;		/* lock */
	unsigned int bound;		/* lock: of those, in groups of applications */
	struct list_head holds;		/* np_ng_lock: memory bound to groups */
	unsigned int nr_holds;		/* the same */
	struct list_head watchers;	/* notify.c */
	bool parted;			/* np_ng_lock: it may join no more groups */
	bool dead;			/* lock: no new threads' state */
	bool ended;			/* lock: the policy was told the end */
	bool adopted;			/* nobody attached it: it asked for something */
	np_counter_t scan_max_ns;
	struct rcu_head rcu;
};

int np_procs_init(void);
void np_procs_exit(void);

/* Is anybody managed at all? Cheap. */
bool np_anybody(void);
unsigned int np_nr_procs(void);
u32 np_proc_bytes(void);

/* RCU read lock held; safe from ftrace. */
struct np_kproc *np_kproc_find(struct signal_struct *signal);
/* The same with a reference, for any context. */
struct np_kproc *np_kproc_get(struct signal_struct *signal);
void np_kproc_put(struct np_kproc *kp);

/* Not yet known to anyone. NULL if no memory. */
struct np_kproc *np_kproc_new(struct task_struct *task, struct np_kinst *inst,
			      struct np_session *session, u16 flags, gfp_t gfp);
/*
 * Tell its policy, then everyone. @parent: whom it inherits from, or NULL.
 * 0, -EEXIST if managed already, -ESRCH if it is exiting.
 */
int np_kproc_add(struct np_kproc *kp, struct task_struct *task,
		 struct np_kproc *parent);
void np_kproc_remove(struct np_kproc *kp);
/* The surroundings of a call about @kp, whose policy is @inst, now. */
struct np_ctx np_kproc_ctx(struct np_kproc *kp, struct np_kinst *inst, u32 tid);
/* Give a live process another policy; np_control held. */
int np_kproc_switch(struct np_kproc *kp, struct np_kinst *inst, u16 flags);

/* The address space of any thread of @leader's, with a reference, or NULL. */
struct mm_struct *np_mm_of(struct task_struct *leader);

/* Under RCU; oldest first. */
struct np_kproc *np_kproc_after(struct np_kproc *kp);
void np_kproc_for_each(void (*fn)(struct np_kproc *kp, void *data), void *data);
/* The managed process with the smallest pid above @pid, with a reference. */
struct np_kproc *np_kproc_next(int pid);
/* Remove all; np_control held. */
void np_procs_drop_all(void);

/* --------------------------------------------------------------- attach.c */

/*
 * Give @task's process @inst, np_control held; the second of two that try gets
 * -EEXIST.  Or give it another.  0 or a negative errno.
 */
int np_attach(struct task_struct *task, struct np_kinst *inst,
	      struct np_session *session, u16 flags, bool adopted);
int np_reattach(struct np_kproc *kp, struct task_struct *task,
		struct np_kinst *inst, u16 flags, bool adopted);
/*
 * Manage it no more; np_control not held.  -ENOENT if it is not; -EBUSY if it is by
 * its own wish only, for its groups or notices: to those it goes back otherwise.
 */
int np_detach(struct task_struct *task);
/*
 * It asks for something itself, with @homes for a home node: it is managed from
 * now on, and all else stays as it is.  np_control not held.
 * Return: its entry, with a reference; ERR_PTR.
 */
struct np_kproc *np_adopt(struct task_struct *task, struct np_session *session,
			  bool homes);

/* ---------------------------------------------------------------- tasks.c */

/* A decision that waits for its outcome: same thread, same fault. */
struct np_pending {
	struct np_fault fault;
	struct np_decision decision;
	u64 since_ns;
	bool valid;
};

/* A thread of a managed process that has faulted or scanned. */
struct np_ktask {
	struct np_task t;
	struct hlist_node node;		/* in the table */
	struct list_head sibling;	/* np_kproc.tasks */
	struct task_struct *task;	/* key, never dereferenced */
	struct np_kproc *kproc;		/* holds a reference */
	struct np_pending pending;	/* the thread itself; read when it is dropped */
	int seen_on;			/* node of its last fault; the same */
	struct rcu_head rcu;
};

int np_tasks_init(void);
void np_tasks_exit(void);
unsigned int np_nr_tasks(void);
u32 np_task_bytes(void);

/* State of a thread under @kp; RCU. Or NULL. */
struct np_ktask *np_ktask_find(struct np_kproc *kp, struct task_struct *task);
/* The current thread's, ready for its policy. */
struct np_ktask *np_ktask_of(struct np_kproc *kp);
/* Make the state of @task, a thread of @kp, if it is missing; sleeps, may fail. */
void np_ktask_ensure(struct np_kproc *kp, struct task_struct *task);
/* The thread ends; kproc.lock held. */
void np_ktask_drop(struct np_ktask *kt);
/* The process is let go or changes its policy; kproc.lock held. */
void np_ktasks_drop_all(struct np_kproc *kp);
/* The thread's last decision will have no outcome any more; call lock held. */
void np_give_up(struct np_kproc *kp, struct np_ktask *kt);
/* Its group, and the home of that, are what they are now. */
void np_ktask_rebind(struct np_kproc *kp, struct task_struct *task);
/* Per-node statistics, if @wanted and not there yet. 0 or -ENOMEM. */
int np_stats_alloc(struct np_stats **stats, u32 wanted, gfp_t gfp);

/* --------------------------------------------------------------- groups.c */

/* Memory of NUMA groups, and who may be in one: see struct np_home_ops. */
struct np_group *np_kernel_group_new(const struct np_machine *m);
void np_kernel_group_free(struct np_group *g);
void np_kernel_group_hold(struct np_group *g);
void np_kernel_group_release(struct np_group *g);
struct np_proc *np_kernel_sharer(const struct np_ctx *c,
				 const struct np_fault *f);

/* ---------------------------------------------------------------- fault.c */

/*
 * The page decision for a managed process. @vma and the page-table lock are
 * the kernel's. Return: true if decided, with *@nid the node or NUMA_NO_NODE;
 * false to let the stock kernel decide.
 */
bool np_page_decision(struct folio *folio, struct vm_area_struct *vma,
		      unsigned long addr, int *nid);

/* Would the kernel not migrate so many base pages to @nid? */
bool np_node_full(int nid, unsigned long pages);

/* A hinting fault was resolved. Return: false to run the stock accounting too. */
bool np_fault_resolved(int last_cpupid, int mem_node, int pages, bool moved,
		       bool failed);

extern const struct np_home_ops np_kernel_home;

/* ---------------------------------------------------------------- homes.c */

/* Home node of a thread, by its own state or its process's; RCU. */
int np_home_of_task(struct np_kproc *kp, struct task_struct *task);
/* Have the load balancer know the current thread's; may sleep. */
void np_home_sync(struct np_kproc *kp);
/* The current thread is not managed any more. */
void np_home_forget(void);
/* @task was given another home, in or by its group: have it know soon. */
void np_home_update(struct np_kproc *kp, struct task_struct *task);
/* Run on @nid now, if a CPU is idle there; sleeps. */
void np_home_go(struct task_struct *task, int nid);
/* A thread is born in @kp; RCU. */
void np_home_inherit(struct np_kproc *kp, struct task_struct *child);
/* Where current's new memory should come from, or NUMA_NO_NODE; from ftrace. */
int np_alloc_home(void);
/* Where @task should wake up, which would on @cpu; interrupts off. */
int np_wake_home(struct task_struct *task, int cpu);

/* ----------------------------------------------------------------- load.c */

int np_load_init(void);
void np_load_exit(void);
/* np_home_ops. */
void np_kernel_load(const struct np_ctx *c, int nid, struct np_load *ret);
/* RCU, for the task that it finds. */
void np_kernel_running(const struct np_ctx *c, int cpu, struct np_running *ret);
/* Fair tasks, where they may run, not from or to isolated CPUs. */
bool np_may_move(struct task_struct *task, int cpu);
bool np_may_swap(struct task_struct *task, struct task_struct *other);
/* An idle CPU of @nid for @task, or nr_cpu_ids. */
int np_idle_cpu(struct task_struct *task, int nid);

/* ----------------------------------------------------------------- asks.c */

/*
 * Do what @inst asked of @task, a thread of @kp, or of @kp if @task is NULL.
 * The caller has references and holds no lock; sleeps.
 */
void np_comply(struct np_kproc *kp, const struct np_instance *inst,
	       struct task_struct *task, const struct np_task_ask *ask);

/* -------------------------------------------------------------- balance.c */

/* The balance verb and the way home have one user more or less; np_control. */
void np_balance_demand(void);
void np_balance_release(void);
void np_balance_exit(void);

/* --------------------------------------------------------------- worker.c */

/* Asynchronous migration is wanted; np_control held. 0 or -errno. */
int np_workers_demand(void);
void np_workers_exit(void);
/*
 * The page of a fault is to move to @nid later: false if there is no room.
 * Or it is not, any more.  Page-table lock held.
 */
bool np_queue_folio(struct np_kproc *kp, struct folio *folio, u64 addr, int nid);
void np_unqueue_folio(struct folio *folio);
/* A pass is over: do not wait. */
void np_workers_flush(void);

/* ------------------------------------------------------------------ lazy.c */

/* Node where @pol has its @at-th page, which is on @page_node; or NUMA_NO_NODE. */
int np_wanted_node(const struct mempolicy *pol, pgoff_t at, int page_node);

/* ----------------------------------------------------------- scan_worker.c */

/* The scan worker has one user more or less; np_control. 0 or -errno. */
int np_scanner_demand(void);
/* Not scanned by the tasks themselves? */
bool np_scanned_by_worker(const struct np_instance *inst);
void np_scanner_release(void);
void np_scanner_exit(void);

/* ----------------------------------------------------------------- scan.c */

/*
 * Scan @kp, whose address space is @mm, if it is due; kproc.scan held.
 * @runtime_ns: what it or its thread has run.  Return: ms before the next try.
 */
u32 np_scan_process(struct np_kproc *kp, struct np_kinst *inst,
		    struct mm_struct *mm, u64 runtime_ns);

/* Run in a task's own context. Return: false to let the stock scan run. */
bool np_scan_current(void);
/* Make the first scan of a task due after @delay_ms of run time. */
void np_scan_arm(struct task_struct *task, struct np_instance *inst);
/* Let the tick consider this address space at once. */
void np_scan_arm_mm(struct mm_struct *mm);

/* ----------------------------------------------------------------- life.c */

int np_life_init(void);
void np_life_exit(void);
u32 np_inherit_failed(void);

/* --------------------------------------------------------------- switch.c */

/*
 * kernel.numa_balancing is held on while any process is managed; what the
 * operator wrote is kept, shown, and decides what everyone else gets.
 */
void np_switch_exit(void);
/* Hold it for a process about to be managed; may sleep. -EBUSY: tiering. */
int np_switch_pin(void);
/* That process is managed by now, or never will be. */
void np_switch_unpin(void);
/* Let go, later, if nobody is managed any more; from any context. */
void np_switch_update_soon(void);
/* Are unmanaged tasks to be kept from being scanned? */
bool np_switch_hides_scan(void);
void np_switch_state(int *ret_set, int *ret_now);
/* Keep the switch as it is meanwhile. Return: is it held? */
bool np_switch_lock(void);
void np_switch_unlock(void);
/* Stands in for the sysctl's handler while held and locked. */
int np_switch_sysctl(const struct ctl_table *table, int write, void *buffer,
		     size_t *lenp, loff_t *ppos);

/* ---------------------------------------------------------------- trace.c */

struct np_reader;

void np_trace(const struct np_ctx *c, const struct np_record *rec);
/* @feed: all types of records, and calls in order. NULL if no memory. */
struct np_reader *np_reader_new(u32 records, u32 pid, bool feed);

/*
 * Somebody reads the feed: calls are made one after the other, so that records
 * come in their order, and what a policy sees of others' threads is what the
 * calls before have made of it.
 */
static inline bool np_feeding(void)
{
	return READ_ONCE(np_machine.mute) == NP_MUTE_NOTHING;
}

extern spinlock_t np_feed_lock;

/* Return: for np_feed_end(). */
static inline bool np_feed_begin(void)
{
	bool fed = np_feeding();

	if (fed)
		spin_lock(&np_feed_lock);
	return fed;
}

static inline void np_feed_end(bool fed)
{
	if (fed)
		spin_unlock(&np_feed_lock);
}

/* Calls about a process, one after the other. */
static inline bool np_call_begin(struct np_kproc *kp)
{
	rcu_read_lock();
	spin_lock(&kp->lock);
	return np_feed_begin();
}

static inline void np_call_end(struct np_kproc *kp, bool fed)
{
	np_feed_end(fed);
	spin_unlock(&kp->lock);
	rcu_read_unlock();
}

void np_reader_free(struct np_reader *r);
ssize_t np_reader_read(struct np_reader *r, char __user *buf, size_t len,
		       bool nonblock);
struct poll_table_struct;
__poll_t np_reader_poll(struct np_reader *r, struct file *file,
			struct poll_table_struct *wait);

/* ------------------------------------------------------------------ dev.c */

int np_dev_init(void);
void np_dev_exit(void);

#endif
