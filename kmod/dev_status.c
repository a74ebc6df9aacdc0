// SPDX-License-Identifier: GPL-2.0
/* What a process, a session, a policy or all of them got. */
#include <linux/capability.h>
#include <linux/cpuset.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "dev.h"

static bool policy_decides(struct task_struct *task)
{
	bool ret;

	task_lock(task);
	ret = task->mempolicy && !(task->mempolicy->flags & MPOL_F_MORON);
	task_unlock(task);
	return ret;
}

static enum np_effective effective_policy(struct np_kproc *kp,
					  const struct np_instance *inst)
{
	if (inst->ejected)
		return NP_EFF_EJECTED;
	if (inst->ops->flags & NP_POLICY_STOCK)
		return NP_EFF_STOCK;
	if ((kp->p.flags & NP_PROC_SHADOW) || !inst->ops->page)
		return NP_EFF_OBSERVING;
	if (!np_counter_read(&kp->p.counter[NP_C_SCAN_PAGES]))
		return NP_EFF_WAITING;
	return NP_EFF_PLACING;
}

static enum np_effective effective(struct np_kproc *kp,
				   const struct np_instance *inst,
				   struct task_struct *task)
{
	if (!(inst->ops->flags & NP_POLICY_STOCK)) {
		if (nodes_weight(task->mems_allowed) < 2)
			return NP_EFF_ONE_NODE;
		if (policy_decides(task))
			return NP_EFF_MEMPOLICY;
	}
	return effective_policy(kp, inst);
}

static void put_sum(struct np_ioc_status *s, const struct np_sum *sum)
{
	s->processes = sum->procs;
	s->threads = sum->tasks;
	s->bytes = min_t(u64, sum->bytes, U32_MAX);
	s->scan_max_us = div_u64(sum->scan_max_ns, NSEC_PER_USEC);
	memcpy(s->counter, sum->counter, sizeof(sum->counter));
	memcpy(s->reason, sum->reason, sizeof(sum->reason));
}

static void put_proc(struct np_ioc_status *s, struct np_kproc *kp,
		     struct task_struct *task)
{
	struct np_sum *sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	struct np_kinst *inst = np_kinst_of(kp);

	if (sum) {
		rcu_read_lock();
		np_sum_proc(sum, kp);
		rcu_read_unlock();
		put_sum(s, sum);
	}
	kfree(sum);
	s->shadow = !!(kp->p.flags & NP_PROC_SHADOW);
	s->scan_period_ms = kp->p.scan.period_ms;
	s->effective = effective(kp, &inst->i, task);
	strscpy(s->spec, inst->i.spec, sizeof(s->spec));
	np_kinst_put(inst);
}

static int status_of_pid(struct np_ioc_status *s)
{
	struct task_struct *task = np_target_get(s->pid, false);
	struct np_kproc *kp;

	if (IS_ERR(task))
		return PTR_ERR(task);
	kp = np_kproc_get(task->signal);
	if (kp) {
		put_proc(s, kp, task);
		np_kproc_put(kp);
	}
	put_task_struct(task);
	return 0;
}

static int status_sum(struct np_ioc_status *s, const struct np_session *session,
		      const struct np_policy_ops *ops)
{
	struct np_sum *sum = kzalloc(sizeof(*sum), GFP_KERNEL);

	if (!sum)
		return -ENOMEM;
	np_sum_all(sum, session, ops);
	put_sum(s, sum);
	kfree(sum);
	return 0;
}

static int status_of_policy(struct np_ioc_status *s)
{
	const struct np_policy_ops *ops;
	int err = -ENOENT;

	mutex_lock(&np_control);
	ops = np_find(s->spec);
	if (ops)
		err = status_sum(s, NULL, ops);
	mutex_unlock(&np_control);
	return err;
}

static int status_of_session(struct np_file *f, struct np_ioc_status *s)
{
	int err;

	mutex_lock(&f->lock);
	err = f->session ? status_sum(s, f->session, NULL) : -ENOENT;
	mutex_unlock(&f->lock);
	return err;
}

/* Only flags, pid and spec come in; all else goes out. */
static void clear_answer(struct np_ioc_status *s)
{
	u32 flags = s->flags;
	s32 pid = s->pid;
	char spec[NP_UAPI_SPEC];

	memcpy(spec, s->spec, sizeof(spec));
	memset(s, 0, sizeof(*s));
	s->flags = flags;
	s->pid = pid;
	if (flags == NP_STATUS_POLICY)
		memcpy(s->spec, spec, sizeof(spec));
}

int np_do_status(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_status *s = &arg->status;

	if (!NP_RESERVED_ZERO(s) || !np_terminated(s->spec, sizeof(s->spec)))
		return -EINVAL;
	clear_answer(s);
	if ((s->flags & (NP_STATUS_POLICY | NP_STATUS_ALL)) &&
	    !capable(CAP_SYS_NICE))
		return -EPERM;
	switch (s->flags) {
	case 0:
		return status_of_pid(s);
	case NP_STATUS_SESSION:
		return status_of_session(f, s);
	case NP_STATUS_POLICY:
		return status_of_policy(s);
	case NP_STATUS_ALL:
		return status_sum(s, NULL, NULL);
	}
	return -EINVAL;
}

int np_do_next(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_pid *p = &arg->pid;
	struct np_kproc *kp;

	if (p->flags || p->reserved || p->pid < 0)
		return -EINVAL;
	if (!capable(CAP_SYS_NICE))
		return -EPERM;
	kp = np_kproc_next(p->pid);
	if (!kp)
		return -ENOENT;
	p->pid = kp->p.pid;
	np_kproc_put(kp);
	return 0;
}
