// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA groups of applications: who is in them, and where they are at home.
 *
 * Threads are found by their task, which leaves its group at the exit tracepoint:
 * until then, under np_ng_lock, a member's task is there.  Threads and children
 * inherit the group of who makes them.
 */
#include <linux/capability.h>
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "ng.h"
#include "notify.h"

#define TABLE_BITS 10

/* A thread in a group. */
struct np_member {
	struct hlist_node node;		/* in the table */
	struct list_head of_ng;
	struct task_struct *task;
	struct np_ng *ng;		/* with a reference */
	int home;			/* that it was told of */
	unsigned int asked;		/* by the load balancer, to leave it */
	unsigned long asked_last;	/* jiffies. Both: its run queue's lock */
	struct rcu_head rcu;
};

DEFINE_SPINLOCK(np_ng_lock);
static DEFINE_HASHTABLE(members, TABLE_BITS);
static DEFINE_IDR(groups);
static atomic_t nr_members;
static struct workqueue_struct *follows;

/* -------------------------------------------------------------------- groups */

void np_ng_put(struct np_ng *ng)
{
	if (refcount_dec_and_test(&ng->ref))
		kfree_rcu(ng, rcu);
}

static struct np_ng *get(struct np_ng *ng)
{
	return ng && refcount_inc_not_zero(&ng->ref) ? ng : NULL;
}

void np_ng_check(struct np_ng *ng)
{
	lockdep_assert_held(&np_ng_lock);
	if (!ng->listed || ng->kept || ng->threads || !list_empty(&ng->memory))
		return;
	ng->listed = false;
	idr_remove(&groups, ng->id);
	np_ng_put(ng);
}

bool np_ng_may(const struct np_ng *ng)
{
	return uid_eq(ng->owner, current_uid()) || capable(CAP_SYS_NICE);
}

struct np_ng *np_ng_get(u32 id)
{
	struct np_ng *ng;

	rcu_read_lock();
	ng = get(idr_find(&groups, id));
	rcu_read_unlock();
	return ng;
}

struct np_ng *np_ng_peek(u32 id)
{
	int next = id < INT_MAX ? id + 1 : INT_MAX;

	return idr_get_next(&groups, &next);
}

struct np_ng *np_ng_after(u32 id)
{
	struct np_ng *ng, *ret = NULL;

	rcu_read_lock();
	while (!ret && (ng = np_ng_peek(id))) {
		id = ng->id;
		ret = get(ng);
	}
	rcu_read_unlock();
	return ret;
}

/* Of the same user: names are only among his. */
static struct np_ng *find_name(const char *name)
{
	struct np_ng *ng;
	int id;

	idr_for_each_entry(&groups, ng, id)
		if (!strcmp(ng->name, name) &&
		    uid_eq(ng->owner, current_uid()))
			return ng;
	return NULL;
}

struct np_ng *np_ng_named(const char *name)
{
	struct np_ng *ng;

	spin_lock(&np_ng_lock);
	ng = get(find_name(name));
	spin_unlock(&np_ng_lock);
	return ng;
}

static int list_group(struct np_ng *ng)
{
	int id;

	if (ng->name[0] && find_name(ng->name))
		return -EEXIST;
	/* In turn, so that an id that has ended is long not seen again. */
	id = idr_alloc_cyclic(&groups, ng, 1, 0, GFP_NOWAIT);
	if (id < 0)
		return -ENOMEM;
	ng->id = id;
	ng->listed = true;
	refcount_inc(&ng->ref);
	return 0;
}

static void follow(struct work_struct *work);

struct np_ng *np_ng_new(const char *name, int home, bool kept)
{
	struct np_ng *ng = kzalloc(sizeof(*ng), GFP_KERNEL_ACCOUNT);
	int err;

	if (!ng)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&ng->members);
	INIT_LIST_HEAD(&ng->memory);
	INIT_WORK(&ng->follow, follow);
	strscpy(ng->name, name, sizeof(ng->name));
	ng->owner = current_uid();
	ng->home = home;
	ng->kept = kept;
	refcount_set(&ng->ref, 1);
	idr_preload(GFP_KERNEL);
	spin_lock(&np_ng_lock);
	err = list_group(ng);
	spin_unlock(&np_ng_lock);
	idr_preload_end();
	if (!err)
		return ng;
	np_ng_put(ng);
	return ERR_PTR(err);
}

void np_ng_release(struct np_ng *ng)
{
	spin_lock(&np_ng_lock);
	ng->kept = false;
	np_ng_check(ng);
	spin_unlock(&np_ng_lock);
}

/* ------------------------------------------------------------------- members */

static struct np_member *find(struct task_struct *task)
{
	struct np_member *m;

	hash_for_each_possible_rcu_notrace(members, m, node,
					   (unsigned long)task)
		if (m->task == task)
			return m;
	return NULL;
}

struct np_ng *np_ng_of(struct task_struct *task)
{
	struct np_member *m = atomic_read(&nr_members) ? find(task) : NULL;

	return m ? m->ng : NULL;
}

/*
 * Who shares a CPU with a kernel thread or a program that soon sleeps again is
 * asked once or twice, who would have to share it for good is asked at each
 * interval of the balancer: tens of milliseconds, some more on large machines.
 */
#define ASKED_TIMES	4
#define ASKED_WITHIN	(HZ / 4)

/* It shares the structure with nobody who writes there: no atomics. */
static bool insists(struct np_member *m)
{
	if (time_after(jiffies, m->asked_last + ASKED_WITHIN))
		m->asked = 0;
	m->asked_last = jiffies;
	m->asked = min(m->asked + 1, ASKED_TIMES);
	return m->asked == ASKED_TIMES;
}

static bool stays(struct np_member *m, int nid, bool active)
{
	return READ_ONCE(m->ng->home) == nid &&
	       (active || np_idle_cpu(m->task, nid) < nr_cpu_ids || !insists(m));
}

/*
 * The stock balancer evens nodes out by taking threads off CPUs they have to
 * themselves, and heeds what they prefer only as long as others wait there.
 */
bool np_ng_stays(struct task_struct *task, int cpu, bool active)
{
	int nid = cpu_to_node(task_cpu(task));
	struct np_member *m;
	bool ret;

	if (!atomic_read(&nr_members) || cpu_to_node(cpu) == nid)
		return false;
	rcu_read_lock();
	m = find(task);
	ret = m && stays(m, nid, active);
	rcu_read_unlock();
	return ret;
}

struct np_ng *np_ng_get_of(struct task_struct *task)
{
	struct np_ng *ng;

	rcu_read_lock();
	ng = get(np_ng_of(task));
	rcu_read_unlock();
	return ng;
}

static void link(struct np_ng *ng, struct np_member *m)
{
	m->ng = ng;
	m->home = ng->home;
	refcount_inc(&ng->ref);
	list_add_tail(&m->of_ng, &ng->members);
	WRITE_ONCE(ng->threads, ng->threads + 1);
	hash_add_rcu(members, &m->node, (unsigned long)m->task);
	atomic_inc(&nr_members);
}

static void unlink(struct np_member *m)
{
	struct np_ng *ng = m->ng;

	hash_del_rcu(&m->node);
	list_del(&m->of_ng);
	WRITE_ONCE(ng->threads, ng->threads - 1);
	atomic_dec(&nr_members);
	kfree_rcu(m, rcu);
	np_ng_check(ng);
	np_ng_put(ng);
}

static void unlink_task(struct task_struct *task)
{
	struct np_member *m = find(task);

	if (m)
		unlink(m);
}

/* PF_EXITING comes before the tracepoint, which takes the lock. */
static int change(struct np_ng *ng, struct np_kproc *kp, struct np_member *m)
{
	if (m && (m->task->flags & PF_EXITING))
		return -ESRCH;
	if (ng && !ng->listed)
		return -ENOENT;
	return kp->parted ? -EAGAIN : 0;
}

static struct np_member *member_new(struct np_ng *ng, struct task_struct *task,
				    gfp_t gfp)
{
	struct np_member *m = ng ? kzalloc(sizeof(*m), gfp) : NULL;

	if (m)
		m->task = task;
	return m;
}

int np_ng_join(struct np_ng *ng, struct np_kproc *kp, struct task_struct *task)
{
	struct np_member *m = member_new(ng, task, GFP_KERNEL_ACCOUNT);
	int err;

	if (ng && !m)
		return -ENOMEM;
	spin_lock(&np_ng_lock);
	err = change(ng, kp, m);
	if (!err && np_ng_of(task) != ng) {
		unlink_task(task);
		if (ng)
			link(ng, m);
		m = NULL;
	}
	spin_unlock(&np_ng_lock);
	kfree(m);
	if (!err)
		np_home_update(kp, task);
	return err;
}

bool np_ng_part(struct np_kproc *kp)
{
	struct np_member *m;
	bool ties;
	int bucket;

	spin_lock(&np_ng_lock);
	ties = !list_empty(&kp->holds);
	hash_for_each(members, bucket, m, node)
		ties |= m->task->signal == kp->signal;
	kp->parted = !ties;
	spin_unlock(&np_ng_lock);
	return !ties;
}

void np_ng_fork(struct task_struct *parent, struct task_struct *child)
{
	struct np_ng *ng = np_ng_of(parent);
	struct np_member *m = member_new(ng, child, GFP_ATOMIC | __GFP_NOWARN);

	if (!m)
		return;
	spin_lock(&np_ng_lock);
	ng = np_ng_of(parent);
	if (ng)
		link(ng, m);
	spin_unlock(&np_ng_lock);
	if (!ng)
		kfree(m);
}

void np_ng_task_exit(struct task_struct *task)
{
	if (!np_ng_of(task))
		return;
	spin_lock(&np_ng_lock);
	unlink_task(task);
	spin_unlock(&np_ng_lock);
}

/* ----------------------------------------------------------------- its home */

/* Somebody who was not told of the home yet, with a reference, and his last. */
static struct task_struct *next_behind(struct np_ng *ng, int *from)
{
	struct np_member *m;

	list_for_each_entry(m, &ng->members, of_ng) {
		if (m->home == ng->home)
			continue;
		*from = m->home;
		m->home = ng->home;
		list_move_tail(&m->of_ng, &ng->members);
		return get_task_struct(m->task);
	}
	return NULL;
}

static bool tell_one(struct np_ng *ng)
{
	struct task_struct *task;
	struct np_kproc *kp;
	int from, to;

	spin_lock(&np_ng_lock);
	task = next_behind(ng, &from);
	to = ng->home;
	spin_unlock(&np_ng_lock);
	if (!task)
		return false;
	kp = np_kproc_get(task->signal);
	if (kp) {
		np_home_update(kp, task);
		np_tell_moved(kp, task_pid_nr(task), from, to);
		np_kproc_put(kp);
	}
	put_task_struct(task);
	return true;
}

static void follow(struct work_struct *work)
{
	struct np_ng *ng = container_of(work, struct np_ng, follow);

	while (tell_one(ng))
		cond_resched();
	np_ng_move_memory(ng);
	np_ng_put(ng);
}

void np_ng_set_home(struct np_ng *ng, int nid)
{
	WRITE_ONCE(ng->home, nid);
	refcount_inc(&ng->ref);
	if (!queue_work(follows, &ng->follow))
		np_ng_put(ng);
}

/* ----------------------------------------------------------------- balancing */

struct np_kproc *np_ng_process(struct np_ng *ng)
{
	struct np_member *m;
	struct np_kproc *kp = NULL;

	spin_lock(&np_ng_lock);
	m = list_first_entry_or_null(&ng->members, struct np_member, of_ng);
	if (m)
		kp = np_kproc_find(m->task->signal);
	spin_unlock(&np_ng_lock);
	return kp;
}

bool np_ng_describe(struct np_ng *ng, const struct np_kinst *inst,
		    struct np_entity *e)
{
	struct np_kproc *kp = np_ng_process(ng);
	struct np_member *m;

	if (!kp || rcu_access_pointer(kp->inst) != inst)
		return false;
	*e = (struct np_entity){
		.id = ng->id, .group = true, .home = READ_ONCE(ng->home),
	};
	e->pages = np_ng_pages(ng);
	spin_lock(&np_ng_lock);
	list_for_each_entry(m, &ng->members, of_ng) {
		e->cpu_load += m->task->se.load.weight >> SCHED_FIXEDPOINT_SHIFT;
		e->runtime_ns += m->task->se.sum_exec_runtime;
	}
	spin_unlock(&np_ng_lock);
	return true;
}

/* ------------------------------------------------------------- start and end */

/* Short programs in a row should not patch the kernel each time. */
#define UNNEED_DELAY (2 * HZ)

static bool needed;	/* np_control */
static void unneed_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(unneed, unneed_work);

static int demand_hooks(void)
{
	int err = np_hooks_demand(NP_HOOK_ALLOC);

	if (err)
		return err;
	err = np_hooks_demand(NP_HOOK_PULL);
	if (err)
		np_hooks_release(NP_HOOK_ALLOC);
	return err;
}

/* New memory comes from the home, and threads stay or are brought back there. */
int np_ng_need(void)
{
	int err = needed ? 0 : demand_hooks();

	if (err || needed)
		return err;
	np_balance_demand();
	needed = true;
	queue_delayed_work(system_wq, &unneed, UNNEED_DELAY);
	return 0;
}

static void unneed_work(struct work_struct *work)
{
	mutex_lock(&np_control);
	if (!idr_is_empty(&groups)) {
		queue_delayed_work(system_wq, &unneed, UNNEED_DELAY);
	} else {
		np_balance_release();
		np_hooks_release(NP_HOOK_PULL);
		np_hooks_release(NP_HOOK_ALLOC);
		needed = false;
	}
	mutex_unlock(&np_control);
}

int np_ng_init(void)
{
	follows = alloc_workqueue("numaplace_groups", WQ_UNBOUND, 0);
	return follows ? 0 : -ENOMEM;
}

static void drop_all(void)
{
	struct np_member *m;
	struct hlist_node *next;
	struct np_ng *ng;
	int bucket, id;

	spin_lock(&np_ng_lock);
	hash_for_each_safe(members, bucket, next, m, node)
		unlink(m);
	idr_for_each_entry(&groups, ng, id) {
		ng->kept = false;
		np_ng_check(ng);
	}
	spin_unlock(&np_ng_lock);
}

/* Nobody can come any more: no device, no tracepoints, no managed process. */
void np_ng_exit(void)
{
	cancel_delayed_work_sync(&unneed);
	np_ng_memory_exit();
	drop_all();
	destroy_workqueue(follows);
	idr_destroy(&groups);
}
