// SPDX-License-Identifier: GPL-2.0
/* NUMA groups and home nodes, for applications: numa_tbind() and the rest. */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/topology.h>

#include "compat/compat.h"
#include "dev.h"
#include "ng.h"
#include "notify.h"

/* Elsewhere only if here is so much more to do, in %: sched/numa's. */
#define HYSTERESIS 10

/* ------------------------------------------------------------------ the thread */

/* Others' threads: as move_pages(2) has it. */
static int check_thread(struct task_struct *task)
{
	if (!same_thread_group(task, current) && !np_may_access(task))
		return -EPERM;
	if (task->flags & PF_KTHREAD)
		return -EINVAL;
	return task->flags & PF_EXITING ? -ESRCH : 0;
}

static struct task_struct *find_thread(int tid)
{
	struct task_struct *task;

	if (!tid)
		return get_task_struct(current);
	rcu_read_lock();
	task = get_pid_task(find_vpid(tid), PIDTYPE_PID);
	rcu_read_unlock();
	return task;
}

/* Thread @tid in the caller's pid namespace (0 = the caller), with a reference. */
static struct task_struct *get_thread(int tid)
{
	struct task_struct *task = tid < 0 ? NULL : find_thread(tid);
	int err;

	if (!task)
		return ERR_PTR(tid < 0 ? -EINVAL : -ESRCH);
	err = check_thread(task);
	if (!err)
		return task;
	put_task_struct(task);
	return ERR_PTR(err);
}

/* -------------------------------------------------------------------- its home */

static bool can_be_home(int nid)
{
	return nid >= 0 && nid < np_machine.nr_nodes &&
	       node_state(nid, N_MEMORY) && node_state(nid, N_CPU);
}

/* Could any of its CPUs run @task? */
static bool can_live_on(struct task_struct *task, int nid)
{
	return can_be_home(nid) &&
	       cpumask_intersects(cpumask_of_node(nid), task->cpus_ptr);
}

static u64 cost_of(int nid)
{
	struct np_ctx c = { .m = &np_machine, .now_ns = local_clock() };
	struct np_load load;

	np_kernel_load(&c, nid, &load);
	return load.cpu_load;
}

/* The node with least to do, but this one if that is nearly as good. */
static int idlest_node(void)
{
	int here = numa_node_id(), best = here, nid;
	u64 mine = cost_of(here), least = mine;

	for_each_node_state(nid, N_CPU)
		if (can_be_home(nid) &&
		    (!can_be_home(best) || cost_of(nid) < least)) {
			least = cost_of(nid);
			best = nid;
		}
	if (can_be_home(here) && mine * 100 < least * (100 + HYSTERESIS))
		return here;
	return best;
}

static int set_own_home(struct np_kproc *kp, struct task_struct *task, int nid)
{
	struct np_ktask *kt;
	struct np_ctx c;
	bool fed;

	np_ktask_ensure(kp, task);
	fed = np_call_begin(kp);
	kt = np_ktask_find(kp, task);
	if (kt) {
		c = np_kproc_ctx(kp, rcu_dereference(kp->inst), kt->t.tid);
		c.task = &kt->t;
		np_task_refresh(c.task);
		np_tell_moved(kp, kt->t.tid, kt->t.home, nid);
		np_set_home(&c, nid);
	}
	np_call_end(kp, fed);
	np_home_update(kp, task);
	return kt ? 0 : -ESRCH;
}

/* In a group it is that of all. */
static int set_home(struct np_kproc *kp, struct task_struct *task, int nid)
{
	struct np_ng *ng = np_ng_get_of(task);
	int err = 0;

	if (!ng)
		return set_own_home(kp, task, nid);
	if (nid == NUMA_NO_NODE)
		err = -EINVAL;
	else
		np_ng_set_home(ng, nid);
	np_ng_put(ng);
	return err;
}

static int change_home(struct np_file *f, struct task_struct *task, int nid)
{
	struct np_kproc *kp;
	int err;

	if (nid != NUMA_NO_NODE && !can_live_on(task, nid))
		return -EINVAL;
	kp = np_file_adopt(f, task, true);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	err = set_home(kp, task, nid);
	if (!err && task == current)
		np_home_sync(kp);
	if (!err && nid != NUMA_NO_NODE)
		np_home_go(task, nid);
	np_kproc_put(kp);
	return err;
}

/* Whom nobody manages may have what the kernel's own balancing prefers. */
static int home_of(struct task_struct *task)
{
	struct np_kproc *kp;
	int nid;

	rcu_read_lock();
	kp = np_kproc_find(task->signal);
	nid = kp ? np_home_of_task(kp, task) : READ_ONCE(task->numa_preferred_nid);
	rcu_read_unlock();
	return nid;
}

int np_do_home(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_home *h = &arg->home;
	struct task_struct *task;
	int err = 0;

	if (h->flags & ~NP_HOME_SET || !NP_RESERVED_ZERO(h))
		return -EINVAL;
	task = get_thread(h->tid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	if (h->flags & NP_HOME_SET)
		err = change_home(f, task, h->node);
	else
		h->node = home_of(task);
	put_task_struct(task);
	return err;
}

/* -------------------------------------------------------------------- groups */

static struct np_ng *new_group(const char *name, int home, bool kept)
{
	struct np_ng *ng;
	int err;

	mutex_lock(&np_control);
	err = np_ng_need();
	ng = err ? ERR_PTR(err) :
		   np_ng_new(name, home == NUMA_NO_NODE ? idlest_node() : home,
			     kept);
	mutex_unlock(&np_control);
	return ng;
}

/* By name there may be one already. */
static struct np_ng *get_new(const char *name)
{
	struct np_ng *ng = name[0] ? np_ng_named(name) : NULL;

	return ng ? ng : new_group(name, NUMA_NO_NODE, false);
}

/* One that the caller may have to do with. ERR_PTR: -EINVAL, -EPERM. */
static struct np_ng *get_group(int id)
{
	struct np_ng *ng = id > 0 ? np_ng_get(id) : NULL;

	if (!ng)
		return ERR_PTR(-EINVAL);
	if (np_ng_may(ng))
		return ng;
	np_ng_put(ng);
	return ERR_PTR(-EPERM);
}

static int join_once(struct np_file *f, struct np_ng *ng,
		     struct task_struct *task)
{
	struct np_kproc *kp = np_file_adopt(f, task, true);
	int err;

	if (IS_ERR(kp))
		return PTR_ERR(kp);
	err = np_ng_join(ng, kp, task);
	if (!err && task == current)
		np_home_sync(kp);
	if (!err && ng)
		np_home_go(task, READ_ONCE(ng->home));
	np_kproc_put(kp);
	return err;
}

/* Somebody may be about to let the process go: then it is adopted again. */
static int join(struct np_file *f, struct np_ng *ng, struct task_struct *task)
{
	int err;

	do {
		err = join_once(f, ng, task);
	} while (err == -EAGAIN);
	return err;
}

/* A group may end while it is joined: a new one is made, another is not there. */
static int join_group(struct np_file *f, struct np_ioc_tbind *t,
		      struct task_struct *task)
{
	struct np_ng *ng;
	int err;

	do {
		ng = t->ng_id == NP_NG_NEW ? get_new(t->name) :
					     get_group(t->ng_id);
		if (IS_ERR(ng))
			err = PTR_ERR(ng);
		else
			err = join(f, ng, task);
		if (!err)
			t->ng_id = ng->id;
		if (!IS_ERR(ng))
			np_ng_put(ng);
	} while ((err == -ENOENT || err == -EEXIST) && t->ng_id == NP_NG_NEW);
	return err == -ENOENT ? -EINVAL : err;
}

static int ask_group(struct np_ioc_tbind *t, struct task_struct *task)
{
	struct np_ng *ng;

	rcu_read_lock();
	ng = np_ng_of(task);
	if (ng)
		t->ng_id = ng->id;
	rcu_read_unlock();
	return ng ? 0 : -ENOENT;
}

/* Who is in none need not be managed for it. */
static int leave_group(struct np_file *f, struct task_struct *task)
{
	struct np_ioc_tbind ask = { 0 };

	return ask_group(&ask, task) ? 0 : join(f, NULL, task);
}

static int tbind(struct np_file *f, struct np_ioc_tbind *t,
		 struct task_struct *task)
{
	switch (t->ng_id) {
	case NP_NG_GET:
		return ask_group(t, task);
	case NP_NG_NONE:
		return leave_group(f, task);
	default:
		return join_group(f, t, task);
	}
}

int np_do_tbind(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_tbind *t = &arg->tbind;
	struct task_struct *task;
	int err;

	if (t->flags || !NP_RESERVED_ZERO(t) ||
	    !np_terminated(t->name, sizeof(t->name)) ||
	    (t->name[0] && t->ng_id != NP_NG_NEW))
		return -EINVAL;
	task = get_thread(t->tid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	err = tbind(f, t, task);
	put_task_struct(task);
	return err;
}

/* -------------------------------------------------------------------- memory */

static int mbind(struct np_ioc_mbind *b, struct np_ng *ng, struct np_kproc *kp)
{
	if (!(b->flags & NP_MBIND_END)) {
		b->node = READ_ONCE(ng->home);
		b->max_nodes = MAX_NUMNODES;
		return np_hold_begin(ng, kp);
	}
	np_hold_end(ng, kp, b->node);
	return 0;
}

static int mbind_own(struct np_file *f, struct np_ioc_mbind *b,
		     struct np_ng *ng)
{
	struct np_kproc *kp;
	int err;

	do {
		kp = np_file_adopt(f, current, true);
		if (IS_ERR(kp))
			return PTR_ERR(kp);
		err = mbind(b, ng, kp);
		np_kproc_put(kp);
	} while (err == -EAGAIN);
	return err;
}

int np_do_mbind(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_mbind *b = &arg->mbind;
	struct np_ng *ng;
	int err;

	if (b->flags & ~NP_MBIND_END || !NP_RESERVED_ZERO(b))
		return -EINVAL;
	if (!np_ng_can_bind())
		return -EOPNOTSUPP;
	ng = get_group(b->ng_id);
	if (IS_ERR(ng))
		return PTR_ERR(ng);
	err = mbind_own(f, b, ng);
	np_ng_put(ng);
	return err == -ENOENT ? -EINVAL : err;
}

/* --------------------------------------------------------------- to look at them */

static void put_group(struct np_ioc_group *g, struct np_ng *ng)
{
	struct np_pages pages;

	np_ng_count(ng);
	np_ng_sum(ng, &pages, &g->ranges, &g->holders);
	g->id = ng->id;
	g->home = READ_ONCE(ng->home);
	g->threads = READ_ONCE(ng->threads);
	g->kept = READ_ONCE(ng->kept);
	g->uid = from_kuid_munged(current_user_ns(), ng->owner);
	g->present = pages.present;
	g->waiting = pages.waiting;
	g->there = pages.there;
	strscpy(g->name, ng->name, sizeof(g->name));
}

static struct np_ng *next_group(u32 id)
{
	struct np_ng *ng;

	while ((ng = np_ng_after(id)) && !np_ng_may(ng)) {
		id = ng->id;
		np_ng_put(ng);
	}
	return ng ? ng : ERR_PTR(-ENOENT);
}

static struct np_ng *pick_group(const struct np_ioc_group *g)
{
	struct np_ng *ng;

	switch (g->flags) {
	case 0:
		return get_group(g->id);
	case NP_GROUP_NEXT:
		return g->id < 0 ? ERR_PTR(-EINVAL) : next_group(g->id);
	case NP_GROUP_NAMED:
		ng = np_ng_named(g->name);
		return ng ? ng : ERR_PTR(-ENOENT);
	}
	return ERR_PTR(-EINVAL);
}

int np_do_group(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_group *g = &arg->group;
	struct np_ng *ng;

	if (!NP_RESERVED_ZERO(g) || !np_terminated(g->name, sizeof(g->name)))
		return -EINVAL;
	ng = pick_group(g);
	if (IS_ERR(ng))
		return PTR_ERR(ng);
	put_group(g, ng);
	np_ng_put(ng);
	return 0;
}

/* -------------------------------------------------------------- to change them */

static int create(struct np_ioc_group_set *s)
{
	struct np_ng *ng;

	if (!capable(CAP_SYS_NICE))
		return -EPERM;
	if (!s->name[0] || (s->home != NUMA_NO_NODE && !can_be_home(s->home)))
		return -EINVAL;
	ng = new_group(s->name, s->home, true);
	if (IS_ERR(ng))
		return PTR_ERR(ng);
	s->id = ng->id;
	s->home = READ_ONCE(ng->home);
	np_ng_put(ng);
	return 0;
}

static int change(struct np_ioc_group_set *s)
{
	struct np_ng *ng;

	if (s->name[0] || (s->flags == NP_GROUP_MOVE && !can_be_home(s->home)))
		return -EINVAL;
	ng = get_group(s->id);
	if (IS_ERR(ng))
		return PTR_ERR(ng);
	if (s->flags == NP_GROUP_MOVE)
		np_ng_set_home(ng, s->home);
	else
		np_ng_release(ng);
	np_ng_put(ng);
	return 0;
}

int np_do_group_set(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_group_set *s = &arg->group_set;

	if (!NP_RESERVED_ZERO(s) || !np_terminated(s->name, sizeof(s->name)))
		return -EINVAL;
	switch (s->flags) {
	case NP_GROUP_CREATE:
		return create(s);
	case NP_GROUP_MOVE:
	case NP_GROUP_RELEASE:
		return change(s);
	}
	return -EINVAL;
}
