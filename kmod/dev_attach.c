// SPDX-License-Identifier: GPL-2.0
/* Attach and detach; who may do what to whom. */
#include <linux/capability.h>
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

struct np_kproc *np_file_adopt(struct np_file *f, struct task_struct *task,
			       bool homes)
{
	struct np_session *session;

	mutex_lock(&f->lock);
	session = session_of(f);
	mutex_unlock(&f->lock);
	return session ? np_adopt(task, session, homes) : ERR_PTR(-ENOMEM);
}

/* Who asked for something itself may be given a policy as if it had none. */
static int replace(struct np_kproc *kp, struct task_struct *task,
		   struct np_kinst *inst, const struct np_ioc_attach *a,
		   u16 flags)
{
	if (!(a->flags & NP_ATTACH_REPLACE) && !READ_ONCE(kp->adopted))
		return -EALREADY;
	return np_reattach(kp, task, inst, flags, false);
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
	return np_attach(task, inst, f->session, flags, false);
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
	struct task_struct *task;
	int err;

	if (arg->flags || arg->pid.reserved)
		return -EINVAL;
	task = np_target_get(arg->pid.pid, true);
	if (IS_ERR(task))
		return PTR_ERR(task);
	err = np_detach(task);
	put_task_struct(task);
	return err;
}
