// SPDX-License-Identifier: GPL-2.0
/*
 * Birth, exec and end of managed processes, from the kernel's own tracepoints.
 * Probes run with preemption off: no sleeping.
 */
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>

#include "ng.h"

static atomic_t inherit_failed;

u32 np_inherit_failed(void)
{
	return atomic_read(&inherit_failed);
}

/* The child inherits the policy its parent has now. */
static void inherit(struct np_kproc *parent, struct np_kinst *inst,
		    struct task_struct *task)
{
	struct np_kproc *child;

	child = np_kproc_new(task, inst, parent->session, parent->p.flags,
			     GFP_ATOMIC | __GFP_NOWARN);
	if (!child) {
		atomic_inc(&inherit_failed);
		return;
	}
	child->adopted = READ_ONCE(parent->adopted);
	if (!np_kproc_add(child, task, parent))
		np_home_inherit(child, task);
	if (task->mm != current->mm)
		np_holds_fork(parent, child);
	np_kproc_put(child);
}

static void on_fork(void *data, struct task_struct *parent,
		    struct task_struct *child)
{
	struct np_kproc *kp;
	struct np_kinst *inst;

	if (!np_anybody() || !child->mm)
		return;
	rcu_read_lock();
	kp = np_kproc_find(parent->signal);
	if (kp) {
		inst = rcu_dereference(kp->inst);
		np_scan_arm(child, &inst->i);
		np_ng_fork(parent, child);
		if (child->signal == parent->signal) {
			np_home_inherit(kp, child);
		} else if (refcount_inc_not_zero(&inst->ref)) {
			np_scan_arm_mm(child->mm);
			inherit(kp, inst, child);
			np_kinst_put(inst);
		}
	}
	rcu_read_unlock();
}

static void on_exec(void *data, struct task_struct *task, pid_t old_pid,
		    struct linux_binprm *bprm)
{
	struct np_task_ask ask;
	struct np_kproc *kp;
	struct np_ctx c;
	bool fed;

	if (!np_anybody())
		return;
	rcu_read_lock();
	kp = np_kproc_find(task->signal);
	if (kp) {
		fed = np_call_begin(kp);
		c = np_kproc_ctx(kp, rcu_dereference(kp->inst),
				 task_pid_nr(task));
		ask = np_exec(&c);
		if (ask.verb == NP_TASK_HOME)
			np_set_home(&c, ask.nid);
		np_holds_drop(kp);
		np_call_end(kp, fed);
	}
	rcu_read_unlock();
}

static void tell_exit(struct np_kproc *kp, struct task_struct *task, bool last)
{
	struct np_ktask *kt;
	struct np_ctx c;
	bool fed;

	fed = np_call_begin(kp);
	c = np_kproc_ctx(kp, rcu_dereference(kp->inst), task_pid_nr(task));
	kt = np_ktask_of(kp);
	c.task = kt ? &kt->t : NULL;
	if (kt)
		np_give_up(kp, kt);
	np_exit(&c, last && !kp->ended);
	kp->ended |= last;
	if (kt)
		np_ktask_drop(kt);
	np_call_end(kp, fed);
}

/*
 * signal->live has been counted down: the last thread sees 0, and so may others
 * that end at the same time.
 */
static void on_exit(void *data, struct task_struct *task)
{
	bool last = !atomic_read(&task->signal->live);
	struct np_kproc *kp;

	np_ng_task_exit(task);
	if (!np_anybody())
		return;
	rcu_read_lock();
	kp = np_kproc_find(task->signal);
	if (kp) {
		tell_exit(kp, task, last);
		if (last)
			np_kproc_remove(kp);
	}
	rcu_read_unlock();
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} probes[] = {
	{ "sched_process_fork", on_fork },
	{ "sched_process_exec", on_exec },
	{ "sched_process_exit", on_exit },
};

static void match(struct tracepoint *tp, void *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void unregister(int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].probe,
					    NULL);
	tracepoint_synchronize_unregister();
}

int np_life_init(void)
{
	int i, err;

	for_each_kernel_tracepoint(match, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("this kernel lacks the tracepoint %s\n",
			       probes[i].name);
			err = -EOPNOTSUPP;
			goto err_probes;
		}
		err = tracepoint_probe_register(probes[i].tp, probes[i].probe,
						NULL);
		if (err)
			goto err_probes;
	}
	return 0;

err_probes:
	unregister(i);
	return err;
}

void np_life_exit(void)
{
	unregister(ARRAY_SIZE(probes));
}
