// SPDX-License-Identifier: GPL-2.0
/*
 * How a process comes to be managed: because somebody attached a policy, or by
 * itself, when it asks for what only managed processes can have.
 */
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "compat/compat.h"
#include "ng.h"

/* Not for_each_thread(): with lockdep that names a lock modules cannot see. */
static void arm_threads(struct task_struct *task, struct np_kinst *inst)
{
	struct mm_struct *mm = np_mm_of(task);
	struct task_struct *thread;

	if (!mm)
		return;
	np_scan_arm_mm(mm);
	mmput(mm);
	rcu_read_lock();
	list_for_each_entry_rcu(thread, &task->signal->thread_head, thread_node)
		np_scan_arm(thread, &inst->i);
	rcu_read_unlock();
}

static int add_process(struct np_kproc *kp, struct task_struct *task,
		       struct np_kinst *inst)
{
	int err = np_switch_pin();

	if (err)
		return err;
	err = np_kproc_add(kp, task, NULL);
	if (!err)
		arm_threads(task, inst);
	np_switch_unpin();
	return err;
}

int np_attach(struct task_struct *task, struct np_kinst *inst,
	      struct np_session *session, u16 flags, bool adopted)
{
	struct np_kproc *kp;
	int err;

	lockdep_assert_held(&np_control);
	kp = np_kproc_new(task, inst, session, flags, GFP_KERNEL);
	if (!kp)
		return -ENOMEM;
	kp->adopted = adopted;
	err = add_process(kp, task, inst);
	np_kproc_put(kp);
	return err;
}

int np_reattach(struct np_kproc *kp, struct task_struct *task,
		struct np_kinst *inst, u16 flags, bool adopted)
{
	int err = np_kproc_switch(kp, inst, flags);

	if (err)
		return err;
	WRITE_ONCE(kp->adopted, adopted);
	arm_threads(task, inst);
	return 0;
}

static void let_go(struct np_kproc *kp)
{
	np_kproc_remove(kp);
	mutex_lock(&kp->scan);		/* a scan that is under way ends first */
	mutex_unlock(&kp->scan);
	if (kp->signal == current->signal)
		np_home_forget();
}

/* Its groups are the application's: it has them as if nobody had come. */
static int back_to_app(struct np_kproc *kp, struct task_struct *task)
{
	const char *why;
	struct np_kinst *inst;
	int err;

	if (READ_ONCE(kp->adopted))
		return -EBUSY;
	inst = np_kinst_new("app", &why);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = np_reattach(kp, task, inst, 0, true);
	np_kinst_put(inst);
	return err;
}

static int detach(struct np_kproc *kp, struct task_struct *task)
{
	if (!list_empty_careful(&kp->watchers) || !np_ng_part(kp))
		return back_to_app(kp, task);
	let_go(kp);
	return 0;
}

int np_detach(struct task_struct *task)
{
	struct np_kproc *kp;
	int err;

	mutex_lock(&np_control);
	kp = np_kproc_get(task->signal);
	err = kp ? detach(kp, task) : -ENOENT;
	mutex_unlock(&np_control);
	if (kp)
		np_kproc_put(kp);
	return err;
}

/* ------------------------------------------------------------------ adoption */

/* Under `stock` memory is all that can be asked for: homes are the kernel's. */
static bool is_enough(struct np_kproc *kp, bool homes)
{
	bool stock;

	if (!homes || !READ_ONCE(kp->adopted))
		return true;
	rcu_read_lock();
	stock = rcu_dereference(kp->inst)->i.ops->flags & NP_POLICY_STOCK;
	rcu_read_unlock();
	return !stock;
}

/* What is not asked for goes on as the operator has set kernel.numa_balancing. */
static const char *policy_for(bool homes)
{
	int set, now;

	np_switch_state(&set, &now);
	return homes || !set ? "app" : "stock";
}

static int adopt(struct task_struct *task, struct np_session *session,
		 bool homes)
{
	const char *why;
	struct np_kinst *inst = np_kinst_new(policy_for(homes), &why);
	struct np_kproc *kp;
	int err;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	kp = np_kproc_get(task->signal);
	if (!kp)
		err = np_attach(task, inst, session, 0, true);
	else if (is_enough(kp, homes))
		err = 0;
	else
		err = np_reattach(kp, task, inst, 0, true);
	if (kp)
		np_kproc_put(kp);
	np_kinst_put(inst);
	return err == -EEXIST ? 0 : err;	/* just inherited */
}

struct np_kproc *np_adopt(struct task_struct *task, struct np_session *session,
			  bool homes)
{
	struct np_kproc *kp = np_kproc_get(task->signal);
	int err;

	if (kp && is_enough(kp, homes) && !READ_ONCE(kp->parted))
		return kp;
	if (kp)
		np_kproc_put(kp);
	mutex_lock(&np_control);
	err = adopt(task, session, homes);
	mutex_unlock(&np_control);
	if (err)
		return ERR_PTR(err);
	kp = np_kproc_get(task->signal);
	return kp ? kp : ERR_PTR(-ESRCH);
}
