// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes are managed, and by what.
 *
 * Readers use RCU and take a reference before they sleep.  Nothing in here
 * points back into a task or its address space, so nothing keeps either alive.
 */
#include <linux/hashtable.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "ng.h"
#include "notify.h"

#define TABLE_BITS 10

static DEFINE_HASHTABLE(procs, TABLE_BITS);
static LIST_HEAD(fifo);
static DEFINE_SPINLOCK(table_lock);
static atomic_t nr_procs;
static struct kmem_cache *cache;

bool np_anybody(void)
{
	return atomic_read(&nr_procs);
}

unsigned int np_nr_procs(void)
{
	return atomic_read(&nr_procs);
}

u32 np_proc_bytes(void)
{
	return sizeof(struct np_kproc);
}

int np_procs_init(void)
{
	cache = kmem_cache_create("numaplace_proc", sizeof(struct np_kproc), 0,
				  0, NULL);
	return cache ? 0 : -ENOMEM;
}

/* Nobody is left: only frees that wait for readers are under way. */
void np_procs_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

struct np_kproc *np_kproc_find(struct signal_struct *signal)
{
	struct np_kproc *kp;

	hash_for_each_possible_rcu_notrace(procs, kp, node,
					   (unsigned long)signal)
		if (kp->signal == signal)
			return kp;
	return NULL;
}

struct np_kproc *np_kproc_get(struct signal_struct *signal)
{
	struct np_kproc *kp;

	rcu_read_lock();
	kp = np_kproc_find(signal);
	if (kp && !refcount_inc_not_zero(&kp->ref))
		kp = NULL;
	rcu_read_unlock();
	return kp;
}

void np_kproc_for_each(void (*fn)(struct np_kproc *kp, void *data), void *data)
{
	struct np_kproc *kp;
	int bucket;

	rcu_read_lock();
	hash_for_each_rcu(procs, bucket, kp, node)
		fn(kp, data);
	rcu_read_unlock();
}

struct np_kproc *np_kproc_after(struct np_kproc *kp)
{
	if (kp)
		return list_next_or_null_rcu(&fifo, &kp->fifo, struct np_kproc,
					     fifo);
	return list_first_or_null_rcu(&fifo, struct np_kproc, fifo);
}

static void kproc_free(struct rcu_head *rcu)
{
	struct np_kproc *kp = container_of(rcu, struct np_kproc, rcu);

	kfree(kp->stats);
	kvfree(kp->p.moves);
	kmem_cache_free(cache, kp);
}

/* The leader may have ended before its other threads. */
struct mm_struct *np_mm_of(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *thread;

	rcu_read_lock();
	list_for_each_entry_rcu(thread, &leader->signal->thread_head,
				thread_node) {
		mm = get_task_mm(thread);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

/* By whoever keeps it from changing: a lock, or being the only one. */
static struct np_kinst *inst_of(const struct np_kproc *kp)
{
	return rcu_dereference_protected(kp->inst, true);
}

void np_kproc_put(struct np_kproc *kp)
{
	struct np_kinst *inst;

	if (!refcount_dec_and_test(&kp->ref))
		return;
	np_group_leave(&np_machine, &kp->p);
	inst = inst_of(kp);
	if (kp->session) {
		np_fold(kp, inst->ended);
		np_session_put(kp->session);
	}
	np_kinst_put(inst);
	put_pid(kp->pid);
	call_rcu(&kp->rcu, kproc_free);
}

struct np_ctx np_kproc_ctx(struct np_kproc *kp, struct np_kinst *inst, u32 tid)
{
	return (struct np_ctx){
		.m = &np_machine,
		.inst = &inst->i,
		.proc = &kp->p,
		.tid = tid,
		.cpu = raw_smp_processor_id(),
		.now_ns = local_clock(),
	};
}

/* Tell the policy of a process that is born or taken over. */
static void born(struct np_kproc *kp, struct np_kinst *inst,
		 const struct np_kproc *parent)
{
	struct np_ctx c = np_kproc_ctx(kp, inst, kp->p.pid);
	struct np_task_ask ask;

	rcu_read_lock();
	np_proc_start(&kp->p, &inst->i);
	ask = np_fork(&c, parent ? &parent->p : NULL);
	rcu_read_unlock();
	if (ask.verb == NP_TASK_HOME)
		np_set_home(&c, ask.nid);
}

/* What @inst counts of a process: NULL in @group if that needs no group. */
static int prepare_stats(struct np_kproc *kp, const struct np_kinst *inst,
			 struct np_group **group, gfp_t gfp)
{
	u32 need = inst->i.ops->need;

	*group = NULL;
	if (!(need & NP_CAN_GROUPS))
		return np_stats_alloc(&kp->stats, need & NP_CAN_PROC_STATS, gfp);
	*group = np_group_new(&np_machine, kp->p.pid);
	return *group ? 0 : -ENOMEM;
}

static void give_stats(struct np_kproc *kp, struct np_group *group)
{
	if (group)
		np_group_set(&kp->p, group);
	else
		kp->p.stats = kp->stats;
}

struct np_kproc *np_kproc_new(struct task_struct *task, struct np_kinst *inst,
			      struct np_session *session, u16 flags, gfp_t gfp)
{
	struct np_kproc *kp = kmem_cache_zalloc(cache, gfp);
	struct np_group *group;

	if (!kp)
		return NULL;
	kp->p.pid = task_tgid_nr(task);
	if (prepare_stats(kp, inst, &group, gfp)) {
		kmem_cache_free(cache, kp);
		return NULL;
	}
	give_stats(kp, group);
	refcount_set(&kp->ref, 1);
	spin_lock_init(&kp->lock);
	mutex_init(&kp->scan);
	INIT_LIST_HEAD(&kp->tasks);
	INIT_LIST_HEAD(&kp->holds);
	INIT_LIST_HEAD(&kp->watchers);
	kp->signal = task->signal;
	kp->pid = get_task_pid(task, PIDTYPE_TGID);
	refcount_inc(&session->ref);
	kp->session = session;
	RCU_INIT_POINTER(kp->inst, np_kinst_get(inst));
	kp->p.flags = flags;
	return kp;
}

/* The policy is told while nobody can find the process, and never in vain. */
static int publish(struct np_kproc *kp, const struct np_kproc *parent)
{
	int err = 0;
	bool fed;

	spin_lock(&table_lock);
	fed = np_feed_begin();
	if (np_kproc_find(kp->signal)) {
		err = -EEXIST;
	} else {
		born(kp, inst_of(kp), parent);
		refcount_inc(&kp->ref);
		hash_add_rcu(procs, &kp->node, (unsigned long)kp->signal);
		list_add_tail_rcu(&kp->fifo, &fifo);
		atomic_inc(&nr_procs);
	}
	np_feed_end(fed);
	spin_unlock(&table_lock);
	return err;
}

/*
 * The policy may look at the parent, whose verbs wait meanwhile.  If the parent
 * was given another policy since, it is a stranger.
 */
static int publish_child(struct np_kproc *kp, struct np_kproc *parent)
{
	int err;

	spin_lock(&parent->lock);
	err = publish(kp, inst_of(parent) == inst_of(kp) ? parent : NULL);
	spin_unlock(&parent->lock);
	return err;
}

/*
 * The exit probe counts signal->live down and then looks for us; we are there
 * first and then look at signal->live.  One of the two sees the other.
 */
int np_kproc_add(struct np_kproc *kp, struct task_struct *task,
		 struct np_kproc *parent)
{
	int err = parent ? publish_child(kp, parent) : publish(kp, NULL);

	if (err)
		return err;
	smp_mb();
	if (atomic_read(&task->signal->live))
		return 0;
	np_kproc_remove(kp);
	return -ESRCH;
}

static void bury(struct np_kproc *kp)
{
	struct np_ctx c;
	bool fed;

	fed = np_call_begin(kp);
	c = np_kproc_ctx(kp, inst_of(kp), kp->p.pid);
	np_proc_end(&c);
	kp->dead = true;
	np_tell_over(kp);
	np_ktasks_drop_all(kp);
	np_holds_drop(kp);
	np_group_leave(&np_machine, &kp->p);
	np_call_end(kp, fed);
}

/* Two threads may end at once and both see the last one gone. */
static bool unhash(struct np_kproc *kp)
{
	bool mine;

	spin_lock(&table_lock);
	mine = !hlist_unhashed(&kp->node);
	if (mine) {
		hash_del_rcu(&kp->node);
		list_del_rcu(&kp->fifo);
	}
	spin_unlock(&table_lock);
	return mine;
}

void np_kproc_remove(struct np_kproc *kp)
{
	if (!unhash(kp))
		return;
	bury(kp);
	rcu_read_lock();
	np_fold(kp, rcu_dereference(kp->inst)->ended);
	rcu_read_unlock();
	atomic_dec(&nr_procs);
	np_switch_update_soon();
	np_kproc_put(kp);
}

/*
 * Publish the new policy, retire the old one, wait until nobody uses it.
 * Threads lose their state, for the new policy may need another kind.
 */
static struct np_kinst *replace_policy(struct np_kproc *kp,
				       struct np_kinst *inst, u16 flags,
				       struct np_group *group)
{
	struct np_kinst *old;
	bool fed;

	fed = np_call_begin(kp);
	old = inst_of(kp);
	np_ktasks_drop_all(kp);
	np_fold(kp, old->ended);
	np_group_leave(&np_machine, &kp->p);
	give_stats(kp, group);
	kp->p.flags = flags;
	born(kp, inst, NULL);
	rcu_assign_pointer(kp->inst, np_kinst_get(inst));
	np_call_end(kp, fed);
	return old;
}

int np_kproc_switch(struct np_kproc *kp, struct np_kinst *inst, u16 flags)
{
	struct np_group *group;
	struct np_kinst *old;
	int err;

	mutex_lock(&kp->scan);
	err = prepare_stats(kp, inst, &group, GFP_KERNEL);
	if (!err)
		old = replace_policy(kp, inst, flags, group);
	mutex_unlock(&kp->scan);
	if (err)
		return err;
	synchronize_rcu();
	np_kinst_put(old);
	return 0;
}

void np_procs_drop_all(void)
{
	struct np_kproc *kp;

	while ((kp = np_kproc_next(0))) {
		np_kproc_remove(kp);
		np_kproc_put(kp);
	}
}

struct np_kproc *np_kproc_next(int pid)
{
	struct np_kproc *kp, *best = NULL;
	int bucket;

	spin_lock(&table_lock);
	hash_for_each(procs, bucket, kp, node)
		if ((int)kp->p.pid > pid && (!best || kp->p.pid < best->p.pid))
			best = kp;
	if (best)
		refcount_inc(&best->ref);
	spin_unlock(&table_lock);
	return best;
}
