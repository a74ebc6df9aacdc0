// SPDX-License-Identifier: GPL-2.0
/*
 * What is done now and then for all nodes: the balance verb, and bringing home
 * threads that run elsewhere.
 */
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "ng.h"
#include "notify.h"

/* The stock balancer's interval between nodes on small machines. */
#define ROUND_MS	64
/* ..while there are groups of applications, whose threads are to stay together, */
#define GROUP_MS	16U
/* ..and while some of those wait for a CPU at home. */
#define AWAY_MS		8
/* Threads brought home in one round. */
#define BRINGS		16

static unsigned int users;	/* np_control */
static void round_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(rounds, round_work);

/* ------------------------------------------------------------- balance verb */

/**
 * struct tour - one node's call
 * @at:		the process it has come to, or NULL at the beginning
 * @ng:		the group, once there are no more processes
 */
struct tour {
	struct np_balance b;
	struct np_kinst *inst;
	struct np_kproc *at;
	struct np_ng *ng;
};

static u64 anon_pages(struct task_struct *task)
{
	u64 pages = 0;

	task_lock(task);
	if (task->mm)
		pages = get_mm_counter(task->mm, MM_ANONPAGES);
	task_unlock(task);
	return pages;
}

/* All threads have the same memory, but for those that have ended. */
static void describe_thread(struct task_struct *thread, struct np_entity *e)
{
	e->pages = max(e->pages, anon_pages(thread));
	e->cpu_load += thread->se.load.weight >> SCHED_FIXEDPOINT_SHIFT;
	e->runtime_ns += thread->se.sum_exec_runtime;
}

static void describe(struct np_kproc *kp, struct np_entity *e)
{
	struct task_struct *leader = pid_task(kp->pid, PIDTYPE_TGID), *thread;

	*e = (struct np_entity){ .id = kp->p.pid, .home = kp->p.home };
	if (!leader)
		return;
	e->runtime_ns = READ_ONCE(leader->signal->sum_sched_runtime);
	list_for_each_entry_rcu(thread, &leader->signal->thread_head,
				thread_node)
		describe_thread(thread, e);
}

/* Who has made groups is moved by those (sched/numa). */
static bool is_entity(const struct tour *t, const struct np_kproc *kp, int from)
{
	return rcu_dereference(kp->inst) == t->inst && kp->p.home == from &&
	       !READ_ONCE(kp->bound);
}

static bool next_process(struct tour *t, int from, struct np_entity *e)
{
	do {
		t->at = np_kproc_after(t->at);
	} while (t->at && !is_entity(t, t->at, from));
	if (!t->at)
		return false;
	describe(t->at, e);
	return true;
}

static bool next_group(struct tour *t, int from, struct np_entity *e)
{
	do {
		t->ng = np_ng_peek(t->ng ? t->ng->id : 0);
	} while (t->ng && !(READ_ONCE(t->ng->home) == from &&
			    np_ng_describe(t->ng, t->inst, e)));
	return t->ng;
}

static bool next_entity(struct np_balance *b, int from, struct np_entity *e)
{
	struct tour *t = container_of(b, struct tour, b);

	return (!t->ng && next_process(t, from, e)) || next_group(t, from, e);
}

/* All its threads are at home where it is. */
static bool take(struct np_kproc *kp, struct np_kinst *inst, int nid,
		 enum np_reason why)
{
	struct np_ctx c = np_kproc_ctx(kp, inst, kp->p.pid);
	struct np_ktask *kt;

	if (kp->dead || !np_pulled(&c, nid, why))
		return false;
	np_tell_moved(kp, 0, kp->p.home, nid);
	kp->p.home = nid;
	list_for_each_entry(kt, &kp->tasks, sibling)
		if (!kt->t.bound)
			kt->t.home = nid;
	return true;
}

/* All its threads and its memory follow it. */
static bool take_group(struct np_kproc *kp, struct tour *t, enum np_reason why)
{
	struct np_ctx c = np_kproc_ctx(kp, t->inst, kp->p.pid);

	if (kp->dead || !np_pulled_group(&c, t->b.node, why))
		return false;
	np_ng_set_home(t->ng, t->b.node);
	return true;
}

static bool is_of(const struct np_kproc *kp, const struct np_entity *e,
		  const struct tour *t)
{
	return kp && (e->group ? t->ng->id : kp->p.pid) == e->id;
}

static bool pull(struct np_balance *b, const struct np_entity *e,
		 enum np_reason why)
{
	struct tour *t = container_of(b, struct tour, b);
	struct np_kproc *kp = t->ng ? np_ng_process(t->ng) : t->at;
	bool taken = false;
	bool fed;

	if (!is_of(kp, e, t) || e->group != !!t->ng)
		return false;
	fed = np_call_begin(kp);
	if (rcu_dereference(kp->inst) == t->inst)
		taken = t->ng ? take_group(kp, t, why) :
				take(kp, t->inst, b->node, why);
	np_call_end(kp, fed);
	return taken;
}

static void balance(struct np_kinst *inst)
{
	struct np_ctx c = {
		.m = &np_machine, .inst = &inst->i, .cpu = NP_NO_CPU,
		.now_ns = local_clock(),
	};
	int nid;

	for (nid = 0; nid < np_machine.nr_nodes; nid++) {
		struct tour t = {
			.b = { nid, next_entity, pull }, .inst = inst,
		};

		if (np_node_has_memory(&np_machine, nid) &&
		    (np_machine.node_flags[nid] & NP_NODE_CPU))
			inst->i.ops->balance(&c, &t.b);
	}
}

/* The first of its processes that comes finds that it is due. */
static void balance_if_due(struct np_kproc *kp, void *unused)
{
	struct np_kinst *inst = rcu_dereference(kp->inst);
	u64 now = local_clock();

	if (!inst->i.ops->balance || np_left_to_stock(&inst->i) ||
	    now < inst->balance_ns)
		return;
	inst->balance_ns = now + inst->i.param[NP_P_BALANCE_PERIOD] *
				 NSEC_PER_MSEC;
	balance(inst);
}

/* ----------------------------------------------------------------- way home */

struct bring {
	struct np_kproc *kp;
	struct np_kinst *inst;
	struct task_struct *task;
	struct np_task_ask ask;
};

/* A round's worth of them, found under locks and done without. */
struct brings {
	unsigned int nr;
	unsigned int wait_ms;	/* to the next round */
	struct bring list[BRINGS];
};

static void note(struct brings *b, struct np_kproc *kp, struct np_kinst *inst,
		 struct task_struct *task, struct np_task_ask ask)
{
	refcount_inc(&kp->ref);
	b->list[b->nr++] = (struct bring){
		kp, np_kinst_get(inst), get_task_struct(task), ask,
	};
}

static void find_way(struct np_kproc *kp, struct np_ktask *kt, struct brings *b)
{
	struct np_kinst *inst = rcu_dereference(kp->inst);
	struct np_ctx c = np_kproc_ctx(kp, inst, kt->t.tid);
	struct np_task_ask ask;

	c.task = &kt->t;
	c.cpu = task_cpu(kt->task);
	ask = np_way_home(&c);
	if (kt->t.bound && kt->t.home != cpu_to_node(c.cpu))
		b->wait_ms = AWAY_MS;
	if (ask.verb && np_go_home(&c, &ask))
		note(b, kp, inst, kt->task, ask);
}

static bool wants_home(const struct np_kproc *kp)
{
	const struct np_kinst *inst = rcu_dereference(kp->inst);

	return kp->bound || (inst->i.param[NP_P_HOME_PULL] &&
			     !np_left_to_stock(&inst->i));
}

/* Only of who has something to do: who sleeps may wake up anywhere. */
static void find_ways(struct np_kproc *kp, void *data)
{
	struct brings *b = data;
	struct np_ktask *kt;
	bool fed;

	if (!wants_home(kp))
		return;
	if (kp->bound)
		b->wait_ms = min(b->wait_ms, GROUP_MS);
	fed = np_call_begin(kp);
	list_for_each_entry(kt, &kp->tasks, sibling)
		if (b->nr < BRINGS && READ_ONCE(kt->task->on_rq))
			find_way(kp, kt, b);
	np_call_end(kp, fed);
}

static void bring(struct bring *b)
{
	np_comply(b->kp, &b->inst->i, b->task, &b->ask);
	put_task_struct(b->task);
	np_kinst_put(b->inst);
	np_kproc_put(b->kp);
}

/* -------------------------------------------------------------------- rounds */

static struct brings brings;	/* of the only work */

/* Not on the CPU of some busy thread, which then would not run. */
static void again(unsigned int ms)
{
	queue_delayed_work(system_unbound_wq, &rounds, msecs_to_jiffies(ms));
}

static void round_work(struct work_struct *work)
{
	brings.nr = 0;
	brings.wait_ms = ROUND_MS;
	rcu_read_lock();
	np_kproc_for_each(balance_if_due, NULL);
	np_kproc_for_each(find_ways, &brings);
	rcu_read_unlock();
	for (unsigned int i = 0; i < brings.nr; i++)
		bring(&brings.list[i]);
	if (READ_ONCE(users))
		again(brings.wait_ms);
}

void np_balance_demand(void)
{
	lockdep_assert_held(&np_control);
	WRITE_ONCE(users, users + 1);
	again(ROUND_MS);
}

void np_balance_release(void)
{
	lockdep_assert_held(&np_control);
	WRITE_ONCE(users, users - 1);
}

void np_balance_exit(void)
{
	cancel_delayed_work_sync(&rounds);
}
