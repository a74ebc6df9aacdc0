// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of managed processes that have faulted or scanned, and their state.
 *
 * Readers use RCU.  State goes with the thread, with its process, and when the
 * process changes its policy.
 */
#include <linux/hashtable.h>
#include <linux/slab.h>

#include "ng.h"

#define TABLE_BITS 12

static DEFINE_HASHTABLE(tasks, TABLE_BITS);
static DEFINE_SPINLOCK(table_lock);
static atomic_t nr_tasks;
static struct kmem_cache *cache;

unsigned int np_nr_tasks(void)
{
	return atomic_read(&nr_tasks);
}

u32 np_task_bytes(void)
{
	return sizeof(struct np_ktask);
}

int np_tasks_init(void)
{
	cache = kmem_cache_create("numaplace_task", sizeof(struct np_ktask), 0,
				  0, NULL);
	return cache ? 0 : -ENOMEM;
}

/* Nobody is left: only frees that wait for readers are under way. */
void np_tasks_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static struct np_ktask *find(struct task_struct *task)
{
	struct np_ktask *kt;

	hash_for_each_possible_rcu(tasks, kt, node, (unsigned long)task)
		if (kt->task == task)
			return kt;
	return NULL;
}

struct np_ktask *np_ktask_find(struct np_kproc *kp, struct task_struct *task)
{
	struct np_ktask *kt = find(task);

	return kt && kt->kproc == kp ? kt : NULL;
}

struct np_ktask *np_ktask_of(struct np_kproc *kp)
{
	struct np_ktask *kt = np_ktask_find(kp, current);

	if (!kt)
		return NULL;
	kt->t.tid = task_pid_nr(current);	/* exec may change it */
	np_task_refresh(&kt->t);
	return kt;
}

static void ktask_free(struct rcu_head *rcu)
{
	struct np_ktask *kt = container_of(rcu, struct np_ktask, rcu);

	kfree(kt->t.stats);
	np_kproc_put(kt->kproc);
	kmem_cache_free(cache, kt);
}

void np_ktask_drop(struct np_ktask *kt)
{
	lockdep_assert_held(&kt->kproc->lock);
	list_del(&kt->sibling);
	kt->kproc->p.threads--;
	kt->kproc->bound -= kt->t.bound;
	spin_lock(&table_lock);
	hash_del_rcu(&kt->node);
	spin_unlock(&table_lock);
	atomic_dec(&nr_tasks);
	call_rcu(&kt->rcu, ktask_free);
}

/* Its outcome will find no state any more. */
static void drop_pending(struct np_kproc *kp, const struct np_pending *p)
{
	if (!p->valid || p->decision.verdict != NP_MOVE)
		return;
	np_counter_add(&kp->p.counter[NP_C_REFUSED], p->fault.pages);
	np_counter_add(&kp->p.reason[NP_R_MOVE_FAILED], p->fault.pages);
}

void np_ktasks_drop_all(struct np_kproc *kp)
{
	struct np_ktask *kt, *next;

	lockdep_assert_held(&kp->lock);
	list_for_each_entry_safe(kt, next, &kp->tasks, sibling) {
		drop_pending(kp, &kt->pending);
		np_ktask_drop(kt);
	}
}

int np_stats_alloc(struct np_stats **stats, u32 wanted, gfp_t gfp)
{
	if (!wanted || *stats)
		return 0;
	*stats = kzalloc(np_stats_bytes(np_machine.nr_nodes), gfp);
	if (!*stats)
		return -ENOMEM;
	np_stats_init(*stats, np_machine.nr_nodes);
	return 0;
}

static struct np_ktask *ktask_new(struct np_kproc *kp, struct task_struct *task,
				  u32 need)
{
	struct np_ktask *kt = kmem_cache_zalloc(cache, GFP_KERNEL);

	if (!kt)
		return NULL;
	if (np_stats_alloc(&kt->t.stats, need & NP_CAN_TASK_STATS, GFP_KERNEL)) {
		kmem_cache_free(cache, kt);
		return NULL;
	}
	refcount_inc(&kp->ref);
	kt->kproc = kp;
	kt->task = task;
	kt->t.tid = task_pid_nr(task);
	kt->t.proc = &kp->p;
	kt->t.home = NP_NO_NODE;
	kt->seen_on = cpu_to_node(task_cpu(task));
	return kt;
}

static struct np_kinst *inst_of(struct np_kproc *kp)
{
	return rcu_dereference_protected(kp->inst, lockdep_is_held(&kp->lock));
}

static void link(struct np_kproc *kp, struct np_ktask *kt)
{
	list_add(&kt->sibling, &kp->tasks);
	kp->p.threads++;
	spin_lock(&table_lock);
	hash_add_rcu(tasks, &kt->node, (unsigned long)kt->task);
	spin_unlock(&table_lock);
	atomic_inc(&nr_tasks);
}

/* Another group, or another home of the same. */
static void bind(struct np_kproc *kp, struct np_ctx *c)
{
	struct np_ktask *kt = container_of(c->task, struct np_ktask, t);
	struct np_ng *ng = np_ng_of(kt->task);
	int home = ng ? READ_ONCE(ng->home) : NP_NO_NODE;

	if (!ng && !kt->t.bound)
		return;
	if (ng && kt->t.bound && kt->t.home == home)
		return;
	kp->bound += !!ng - kt->t.bound;
	np_bind(c, ng, home);
}

static void tell_start(struct np_kproc *kp, struct np_ktask *kt)
{
	struct np_ctx c = np_kproc_ctx(kp, inst_of(kp), kt->t.tid);

	c.task = &kt->t;
	np_task_refresh(c.task);
	np_task_start(&c);
	bind(kp, &c);
}

void np_ktask_rebind(struct np_kproc *kp, struct task_struct *task)
{
	struct np_ktask *kt;
	struct np_ctx c;
	bool fed;

	fed = np_call_begin(kp);
	kt = np_ktask_find(kp, task);
	if (kt) {
		c = np_kproc_ctx(kp, inst_of(kp), kt->t.tid);
		c.task = &kt->t;
		bind(kp, &c);
	}
	np_call_end(kp, fed);
}

/*
 * Too late if the process was let go, or given a policy with other needs, or if
 * the thread ends: whoever comes first tells it the end under the same lock.
 */
static bool is_late(struct np_kproc *kp, const struct np_ktask *kt, u32 need)
{
	return kp->dead || inst_of(kp)->i.ops->need != need ||
	       (kt->task->flags & PF_EXITING) || find(kt->task);
}

static void ktask_link(struct np_kproc *kp, struct np_ktask *kt, u32 need)
{
	bool fed;

	fed = np_call_begin(kp);
	if (is_late(kp, kt, need)) {
		np_call_end(kp, fed);
		call_rcu(&kt->rcu, ktask_free);
		return;
	}
	link(kp, kt);
	tell_start(kp, kt);
	np_call_end(kp, fed);
}

/* What it had under a process that was detached meanwhile is not there any more. */
void np_ktask_ensure(struct np_kproc *kp, struct task_struct *task)
{
	struct np_ktask *kt;
	u32 need;

	rcu_read_lock();
	kt = find(task);
	need = rcu_dereference(kp->inst)->i.ops->need;
	rcu_read_unlock();
	if (kt)
		return;
	kt = ktask_new(kp, task, need);
	if (kt)
		ktask_link(kp, kt, need);
}
