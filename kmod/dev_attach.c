// SPDX-License-Identifier: GPL-2.0
/* Attach and detach; who may do what to whom. */
#include <linux/capability.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "compat/compat.h"
#include "dev.h"

/* Others' processes take CAP_SYS_NICE, and what move_pages(2) demands. */
static int check_access(struct task_struct *task, bool change)
{
	bool own = same_thread_group(task, current);

	if ((change || !own) && !capable(CAP_SYS_NICE))
		return -EPERM;
	if (!own && !np_may_access(task))
		return -EPERM;
	return 0;
}

static struct task_struct *find_task(int pid)
{
	struct task_struct *task;

	if (!pid)
		return get_task_struct(current->group_leader);
	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

struct task_struct *np_target_get(int pid, bool change)
{
	struct task_struct *task;
	int err;

	if (pid < 0)
		return ERR_PTR(-EINVAL);
	task = find_task(pid);
	if (!task)
		return ERR_PTR(-ESRCH);
	err = check_access(task, change);
	if (!err && (task->flags & PF_KTHREAD))
		err = -EINVAL;
	if (!err && !atomic_read(&task->signal->live))
		err = -ESRCH;
	if (!err)
		return task;
	put_task_struct(task);
	return ERR_PTR(err);
}

struct np_kproc *np_target_kproc(int pid, bool change)
{
	struct task_struct *task = np_target_get(pid, change);
	struct np_kproc *kp;

	if (IS_ERR(task))
		return ERR_CAST(task);
	kp = np_kproc_get(task->signal);
	put_task_struct(task);
	return kp ? kp : ERR_PTR(-ENOENT);
}

static struct np_session *session_of(struct np_file *f)
{
	if (!f->session)
		f->session = np_session_new();
	return f->session;
}

/* Not for_each_thread(): with lockdep that names a lock modules cannot see. */
static void arm_threads(struct task_struct *task, struct np_kinst *inst)
{
	struct mm_struct *mm = get_task_mm(task);
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

static int attach_new(struct np_session *session, struct task_struct *task,
		      struct np_kinst *inst, u16 flags)
{
	struct np_kproc *kp;
	int err;

	kp = np_kproc_new(task, inst, session, flags, GFP_KERNEL);
	if (!kp)
		return -ENOMEM;
	err = add_process(kp, task, inst);
	np_kproc_put(kp);
	return err;
}

static int replace(struct np_kproc *kp, struct task_struct *task,
		   struct np_kinst *inst, const struct np_ioc_attach *a,
		   u16 flags)
{
	int err;

	if (!(a->flags & NP_ATTACH_REPLACE))
		return -EALREADY;
	err = np_kproc_switch(kp, inst, flags);
	if (err)
		return err;
	arm_threads(task, inst);
	return 0;
}

static int attach_once(struct np_file *f, struct task_struct *task,
		       struct np_kinst *inst, const struct np_ioc_attach *a)
{
	u16 flags = a->flags & NP_ATTACH_SHADOW ? NP_PROC_SHADOW : 0;
	struct np_kproc *kp = np_kproc_get(task->signal);
	int err;

	if (kp) {
		err = replace(kp, task, inst, a, flags);
		np_kproc_put(kp);
		return err;
	}
	if (!session_of(f))
		return -ENOMEM;
	return attach_new(f->session, task, inst, flags);
}

/* A managed parent may have it inherit between our look and our entry. */
static int attach(struct np_file *f, struct task_struct *task,
		  struct np_kinst *inst, const struct np_ioc_attach *a)
{
	int err;

	do {
		err = attach_once(f, task, inst, a);
	} while (err == -EEXIST);
	return err;
}

static int attach_spec(struct np_file *f, struct task_struct *task,
		       struct np_ioc_attach *a)
{
	const char *why = "";
	struct np_kinst *inst;
	int err;

	inst = np_kinst_new(a->spec, &why);
	if (IS_ERR(inst)) {
		strscpy(a->why, why, sizeof(a->why));
		return PTR_ERR(inst);
	}
	err = attach(f, task, inst, a);
	np_kinst_put(inst);
	return err;
}

int np_do_attach(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_attach *a = &arg->attach;
	struct task_struct *task;
	int err;

	if (a->flags & ~(NP_ATTACH_SHADOW | NP_ATTACH_REPLACE) ||
	    a->reserved || !np_terminated(a->spec, sizeof(a->spec)))
		return -EINVAL;
	memset(a->why, 0, sizeof(a->why));
	task = np_target_get(a->pid, true);
	if (IS_ERR(task))
		return PTR_ERR(task);
	mutex_lock(&np_control);
	mutex_lock(&f->lock);
	err = attach_spec(f, task, a);
	mutex_unlock(&f->lock);
	mutex_unlock(&np_control);
	put_task_struct(task);
	return err;
}

int np_do_detach(struct np_file *f, union np_arg *arg)
{
	struct np_kproc *kp;

	if (arg->flags || arg->pid.reserved)
		return -EINVAL;
	kp = np_target_kproc(arg->pid.pid, true);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	np_kproc_remove(kp);
	mutex_lock(&kp->scan);		/* a scan that is under way ends first */
	mutex_unlock(&kp->scan);
	if (kp->signal == current->signal)
		np_home_forget();
	np_kproc_put(kp);
	return 0;
}
