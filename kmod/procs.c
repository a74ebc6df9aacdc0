// SPDX-License-Identifier: GPL-2.0
/*
 * Who is managed: tables of processes and threads, their policies, sessions,
 * and the sums of their counters.
 *
 * Readers use RCU and take a reference before they sleep.  Nothing in here
 * points back into a task or its address space, so nothing keeps either alive.
 */
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "kmod.h"

#define PROC_BITS 10
#define TASK_BITS 12

static DEFINE_HASHTABLE(procs, PROC_BITS);
static DEFINE_HASHTABLE(tasks, TASK_BITS);
static DEFINE_SPINLOCK(np_table);
static atomic_t nr_procs, nr_tasks;

static struct kmem_cache *proc_cache, *task_cache;

/* What has ended: for the machine, and per policy. np_control for @ops. */
static struct np_totals all_ended;
static struct np_policy_ended {
	const struct np_policy_ops *ops;
	struct np_totals ended;
} policy_ended[NP_MAX_POLICIES];

bool np_anybody(void)
{
	return atomic_read(&nr_procs);
}

unsigned int np_nr_procs(void)
{
	return atomic_read(&nr_procs);
}

unsigned int np_nr_tasks(void)
{
	return atomic_read(&nr_tasks);
}

u32 np_proc_bytes(void)
{
	return sizeof(struct np_kproc);
}

u32 np_task_bytes(void)
{
	return sizeof(struct np_ktask);
}

int np_procs_init(void)
{
	proc_cache = kmem_cache_create("numaplace_proc",
				       sizeof(struct np_kproc), 0, 0, NULL);
	task_cache = kmem_cache_create("numaplace_task",
				       sizeof(struct np_ktask), 0, 0, NULL);
	if (proc_cache && task_cache)
		return 0;
	kmem_cache_destroy(proc_cache);
	kmem_cache_destroy(task_cache);
	return -ENOMEM;
}

/*
 * Nobody is left: only frees that wait for readers are under way.  The last
 * thread's may start those of its process and policy, hence twice.
 */
void np_procs_exit(void)
{
	rcu_barrier();
	rcu_barrier();
	kmem_cache_destroy(proc_cache);
	kmem_cache_destroy(task_cache);
}

/* ----------------------------------------------------------------- totals */

/* The table is as long as the registry, and both forget together. */
static struct np_totals *find_totals(const struct np_policy_ops *ops)
{
	int i;

	for (i = 0; i < NP_MAX_POLICIES; i++)
		if (policy_ended[i].ops == ops)
			return &policy_ended[i].ended;
	return NULL;
}

static struct np_totals *totals_of(const struct np_policy_ops *ops)
{
	struct np_totals *totals = find_totals(ops);

	if (totals)
		return totals;
	totals = find_totals(NULL);
	container_of(totals, struct np_policy_ended, ended)->ops = ops;
	return totals;
}

void np_totals_forget(const struct np_policy_ops *ops)
{
	struct np_totals *totals = find_totals(ops);

	if (totals)
		memset(container_of(totals, struct np_policy_ended, ended), 0,
		       sizeof(struct np_policy_ended));
}

static void fold_one(np_counter_t *from, np_counter_t *session,
		     np_counter_t *policy, np_counter_t *all)
{
	u64 n = atomic64_xchg(from, 0);

	if (!n)
		return;
	np_counter_add(session, n);
	np_counter_add(policy, n);
	np_counter_add(all, n);
}

static void raise_max(np_counter_t *max, u64 value)
{
	u64 old = np_counter_read(max);

	while (value > old) {
		u64 seen = atomic64_cmpxchg(max, old, value);

		if (seen == old)
			break;
		old = seen;
	}
}

/* Move a process's counters to what has ended. */
static void fold(struct np_kproc *kp, struct np_totals *policy)
{
	struct np_totals *session = &kp->session->ended;
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		fold_one(&kp->p.counter[i], &session->counter[i],
			 &policy->counter[i], &all_ended.counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		fold_one(&kp->p.reason[i], &session->reason[i],
			 &policy->reason[i], &all_ended.reason[i]);
	raise_max(&kp->session->scan_max_ns, np_counter_read(&kp->scan_max_ns));
}

/* --------------------------------------------------------------- policies */

struct np_kinst *np_kinst_new(const char *spec, const char **why)
{
	struct np_kinst *inst = kzalloc(sizeof(*inst), GFP_KERNEL);
	int err;

	if (!inst)
		return ERR_PTR(-ENOMEM);
	err = np_instance_init(&inst->i, spec, why);
	if (!err && inst->i.ops->owner && !try_module_get(inst->i.ops->owner)) {
		*why = "the policy's module is being unloaded";
		err = -ENOENT;
	}
	if (err) {
		kfree(inst);
		return ERR_PTR(err);
	}
	inst->ended = totals_of(inst->i.ops);
	refcount_set(&inst->ref, 1);
	return inst;
}

struct np_kinst *np_kinst_get(struct np_kinst *inst)
{
	refcount_inc(&inst->ref);
	return inst;
}

static void kinst_free(struct rcu_head *rcu)
{
	struct np_kinst *inst = container_of(rcu, struct np_kinst, rcu);

	module_put(inst->i.ops->owner);
	kfree(inst);
}

void np_kinst_put(struct np_kinst *inst)
{
	if (refcount_dec_and_test(&inst->ref))
		call_rcu(&inst->rcu, kinst_free);
}

struct np_kinst *np_kinst_of(struct np_kproc *kp)
{
	struct np_kinst *inst;

	rcu_read_lock();
	do {
		inst = rcu_dereference(kp->inst);
	} while (!refcount_inc_not_zero(&inst->ref));
	rcu_read_unlock();
	return inst;
}

/* --------------------------------------------------------------- sessions */

struct np_session *np_session_new(void)
{
	struct np_session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		refcount_set(&s->ref, 1);
	return s;
}

void np_session_put(struct np_session *s)
{
	if (s && refcount_dec_and_test(&s->ref))
		kfree(s);
}

/* -------------------------------------------------------------- processes */

struct np_kproc *np_kproc_find(struct signal_struct *signal)
{
	struct np_kproc *kp;

	hash_for_each_possible_rcu_notrace(procs, kp, node,
					   (unsigned long)signal)
		if (kp->signal == signal)
			return kp;
	return NULL;
}

struct np_kproc *np_kproc_get_current(void)
{
	struct np_kproc *kp;

	rcu_read_lock();
	kp = np_kproc_find(current->signal);
	if (kp && !refcount_inc_not_zero(&kp->ref))
		kp = NULL;
	rcu_read_unlock();
	return kp;
}

static void kproc_free(struct rcu_head *rcu)
{
	struct np_kproc *kp = container_of(rcu, struct np_kproc, rcu);

	kfree(kp->p.stats);
	kmem_cache_free(proc_cache, kp);
}

void np_kproc_put(struct np_kproc *kp)
{
	struct np_kinst *inst;

	if (!refcount_dec_and_test(&kp->ref))
		return;
	inst = rcu_dereference_protected(kp->inst, true);
	if (kp->session) {
		fold(kp, inst->ended);
		np_session_put(kp->session);
	}
	np_kinst_put(inst);
	put_pid(kp->pid);
	call_rcu(&kp->rcu, kproc_free);
}

static int alloc_stats(struct np_stats **stats, u32 wanted, gfp_t gfp)
{
	if (!wanted || *stats)
		return 0;
	*stats = kzalloc(np_stats_bytes(np_machine.nr_nodes), gfp);
	if (!*stats)
		return -ENOMEM;
	np_stats_init(*stats, np_machine.nr_nodes);
	return 0;
}

/* Tell the policy of a process that is born or taken over. */
static void born(struct np_kproc *kp, struct np_kinst *inst,
		 const struct np_kproc *parent)
{
	struct np_ctx c = {
		.m = &np_machine,
		.inst = &inst->i,
		.proc = &kp->p,
		.tid = kp->p.pid,
		.now_ns = local_clock(),
	};

	np_proc_start(&kp->p, &inst->i);
	np_fork(&c, parent ? &parent->p : NULL);
}

struct np_kproc *np_kproc_new(struct task_struct *task, struct np_kinst *inst,
			      struct np_session *session, u16 flags,
			      const struct np_kproc *parent, gfp_t gfp)
{
	struct np_kproc *kp = kmem_cache_zalloc(proc_cache, gfp);

	if (!kp)
		return NULL;
	if (alloc_stats(&kp->p.stats, inst->i.ops->need & NP_CAN_PROC_STATS,
			gfp)) {
		kmem_cache_free(proc_cache, kp);
		return NULL;
	}
	refcount_set(&kp->ref, 1);
	spin_lock_init(&kp->lock);
	mutex_init(&kp->scan);
	INIT_LIST_HEAD(&kp->tasks);
	kp->signal = task->signal;
	kp->pid = get_task_pid(task, PIDTYPE_TGID);
	refcount_inc(&session->ref);
	kp->session = session;
	RCU_INIT_POINTER(kp->inst, np_kinst_get(inst));
	kp->p.pid = task_tgid_nr(task);
	kp->p.flags = flags;
	born(kp, inst, parent);
	return kp;
}

static int publish(struct np_kproc *kp)
{
	int err = 0;

	spin_lock(&np_table);
	if (np_kproc_find(kp->signal)) {
		err = -EEXIST;
	} else {
		refcount_inc(&kp->ref);
		hash_add_rcu(procs, &kp->node, (unsigned long)kp->signal);
		atomic_inc(&nr_procs);
	}
	spin_unlock(&np_table);
	return err;
}

/*
 * The exit probe counts signal->live down and then looks for us; we are there
 * first and then look at signal->live.  One of the two sees the other.
 */
int np_kproc_add(struct np_kproc *kp, struct task_struct *task)
{
	int err = publish(kp);

	if (err)
		return err;
	smp_mb();
	if (atomic_read(&task->signal->live))
		return 0;
	np_kproc_remove(kp);
	return -ESRCH;
}

static void ktask_free(struct rcu_head *rcu)
{
	struct np_ktask *kt = container_of(rcu, struct np_ktask, rcu);

	kfree(kt->t.stats);
	np_kproc_put(kt->kproc);
	kmem_cache_free(task_cache, kt);
}

/* Under kproc.lock; the caller frees. */
static void ktask_unlink(struct np_ktask *kt)
{
	list_del(&kt->sibling);
	kt->kproc->p.threads--;
	spin_lock(&np_table);
	hash_del_rcu(&kt->node);
	spin_unlock(&np_table);
	atomic_dec(&nr_tasks);
}

/* Under kproc.lock. */
static void drop_tasks(struct np_kproc *kp)
{
	struct np_ktask *kt, *next;

	list_for_each_entry_safe(kt, next, &kp->tasks, sibling) {
		ktask_unlink(kt);
		call_rcu(&kt->rcu, ktask_free);
	}
}

static void bury(struct np_kproc *kp)
{
	spin_lock(&kp->lock);
	kp->dead = true;
	drop_tasks(kp);
	spin_unlock(&kp->lock);
}

/* Two threads may end at once and both see the last one gone. */
static bool unhash(struct np_kproc *kp)
{
	bool mine;

	spin_lock(&np_table);
	mine = !hlist_unhashed(&kp->node);
	if (mine)
		hash_del_rcu(&kp->node);
	spin_unlock(&np_table);
	return mine;
}

void np_kproc_remove(struct np_kproc *kp)
{
	if (!unhash(kp))
		return;
	bury(kp);
	rcu_read_lock();
	fold(kp, rcu_dereference(kp->inst)->ended);
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
				       struct np_kinst *inst, u16 flags)
{
	struct np_kinst *old;

	spin_lock(&kp->lock);
	old = rcu_dereference_protected(kp->inst, true);
	fold(kp, old->ended);
	drop_tasks(kp);
	kp->p.flags = flags;
	born(kp, inst, NULL);
	rcu_assign_pointer(kp->inst, np_kinst_get(inst));
	spin_unlock(&kp->lock);
	return old;
}

int np_kproc_switch(struct np_kproc *kp, struct np_kinst *inst, u16 flags)
{
	struct np_kinst *old;
	int err;

	mutex_lock(&kp->scan);
	err = alloc_stats(&kp->p.stats, inst->i.ops->need & NP_CAN_PROC_STATS,
			  GFP_KERNEL);
	if (!err)
		old = replace_policy(kp, inst, flags);
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

	spin_lock(&np_table);
	hash_for_each(procs, bucket, kp, node)
		if ((int)kp->p.pid > pid && (!best || kp->p.pid < best->p.pid))
			best = kp;
	if (best)
		refcount_inc(&best->ref);
	spin_unlock(&np_table);
	return best;
}

/* ---------------------------------------------------------------- threads */

struct np_ktask *np_ktask_find(struct task_struct *task)
{
	struct np_ktask *kt;

	hash_for_each_possible_rcu(tasks, kt, node, (unsigned long)task)
		if (kt->task == task)
			return kt;
	return NULL;
}

struct np_ktask *np_ktask_of(struct np_kproc *kp)
{
	struct np_ktask *kt = np_ktask_find(current);

	if (!kt || kt->kproc != kp)
		return NULL;
	np_task_refresh(&kt->t);
	return kt;
}

static struct np_ktask *ktask_new(struct np_kproc *kp, u32 need)
{
	struct np_ktask *kt = kmem_cache_zalloc(task_cache, GFP_KERNEL);

	if (!kt)
		return NULL;
	if (alloc_stats(&kt->t.stats, need & NP_CAN_TASK_STATS, GFP_KERNEL)) {
		kmem_cache_free(task_cache, kt);
		return NULL;
	}
	refcount_inc(&kp->ref);
	kt->kproc = kp;
	kt->task = current;
	kt->t.tid = task_pid_nr(current);
	kt->t.proc = &kp->p;
	kt->t.home = NP_NO_NODE;
	return kt;
}

static u32 need_of(struct np_kproc *kp)
{
	return rcu_dereference_protected(kp->inst,
			lockdep_is_held(&kp->lock))->i.ops->need;
}

/* Too late if the process was let go, or given a policy with other needs. */
static void ktask_link(struct np_kproc *kp, struct np_ktask *kt, u32 need)
{
	spin_lock(&kp->lock);
	if (kp->dead || need_of(kp) != need) {
		spin_unlock(&kp->lock);
		call_rcu(&kt->rcu, ktask_free);
		return;
	}
	list_add(&kt->sibling, &kp->tasks);
	kp->p.threads++;
	spin_lock(&np_table);
	hash_add_rcu(tasks, &kt->node, (unsigned long)kt->task);
	spin_unlock(&np_table);
	atomic_inc(&nr_tasks);
	spin_unlock(&kp->lock);
}

/*
 * Only the thread itself adds its state.  What it had under a process that was
 * detached meanwhile was unlinked by the detach.
 */
void np_ktask_ensure(struct np_kproc *kp)
{
	struct np_ktask *kt;
	u32 need;

	rcu_read_lock();
	kt = np_ktask_find(current);
	need = rcu_dereference(kp->inst)->i.ops->need;
	rcu_read_unlock();
	if (kt)
		return;
	kt = ktask_new(kp, need);
	if (kt)
		ktask_link(kp, kt, need);
}

void np_ktask_drop(struct task_struct *task)
{
	struct np_kproc *kp;
	struct np_ktask *kt;

	rcu_read_lock();
	kt = np_ktask_find(task);
	if (kt) {
		kp = kt->kproc;
		spin_lock(&kp->lock);
		if (!hlist_unhashed(&kt->node)) { /* else drop_tasks() has it */
			ktask_unlink(kt);
			call_rcu(&kt->rcu, ktask_free);
		}
		spin_unlock(&kp->lock);
	}
	rcu_read_unlock();
}

/* ------------------------------------------------------------------- sums */

static void sum_totals(struct np_sum *sum, const struct np_totals *t)
{
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		sum->counter[i] += np_counter_read(&t->counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		sum->reason[i] += np_counter_read(&t->reason[i]);
}

void np_sum_proc(struct np_sum *sum, struct np_kproc *kp)
{
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		sum->counter[i] += np_counter_read(&kp->p.counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		sum->reason[i] += np_counter_read(&kp->p.reason[i]);
	sum->scan_max_ns = max_t(u64, sum->scan_max_ns,
				 np_counter_read(&kp->scan_max_ns));
	sum->procs++;
	sum->tasks += READ_ONCE(kp->p.threads);
}

static bool in_sum(struct np_kproc *kp, const struct np_session *session,
		   const struct np_policy_ops *ops)
{
	if (session && kp->session != session)
		return false;
	return !ops || rcu_dereference(kp->inst)->i.ops == ops;
}

void np_sum_all(struct np_sum *sum, const struct np_session *session,
		const struct np_policy_ops *ops)
{
	struct np_kproc *kp;
	int bucket;

	rcu_read_lock();
	hash_for_each_rcu(procs, bucket, kp, node)
		if (in_sum(kp, session, ops))
			np_sum_proc(sum, kp);
	rcu_read_unlock();
	if (session) {
		sum_totals(sum, &session->ended);
		sum->scan_max_ns = max_t(u64, sum->scan_max_ns,
				np_counter_read(&session->scan_max_ns));
	} else {
		sum_totals(sum, ops ? totals_of(ops) : &all_ended);
	}
}

unsigned int np_policy_users(const struct np_policy_ops *ops)
{
	struct np_kproc *kp;
	unsigned int n = 0;
	int bucket;

	rcu_read_lock();
	hash_for_each_rcu(procs, bucket, kp, node)
		n += rcu_dereference(kp->inst)->i.ops == ops;
	rcu_read_unlock();
	return n;
}
