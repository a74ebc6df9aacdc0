// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/numaplace.  One handler per command; sizes, flags, reserved fields and
 * strings are checked before anything is looked at (include/numaplace/uapi.h).
 */
#include <linux/capability.h>
#include <linux/cpuset.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <numaplace/uapi.h>

#include "compat/compat.h"
#include "kmod.h"

static_assert(NP_UAPI_NAME == NP_NAME_LEN);
static_assert(NP_UAPI_SPEC == NP_SPEC_LEN);
static_assert(NP_NR_COUNTERS <= NP_UAPI_SLOTS);
static_assert(NP_NR_REASONS <= NP_UAPI_SLOTS);

#define TRACE_RECORDS_MIN 1024U
#define TRACE_RECORDS_MAX 1048576U

/* One open file. */
struct np_file {
	struct mutex lock;
	struct np_session *session;	/* made by the first attach */
	struct np_reader *reader;	/* made by NP_IOC_TRACE */
};

/* Any command's argument. */
union np_arg {
	struct {
		__u32 size;
		__u32 flags;
	};
	struct np_ioc_info info;
	struct np_ioc_attach attach;
	struct np_ioc_pid pid;
	struct np_ioc_status status;
	struct np_ioc_policy policy;
	struct np_ioc_param param;
	struct np_ioc_trace trace;
};

static bool zero(const void *p, size_t len)
{
	return !memchr_inv(p, 0, len);
}

#define RESERVED_ZERO(s) zero((s)->reserved, sizeof((s)->reserved))

static bool terminated(const char *text, size_t len)
{
	return strnlen(text, len) < len;
}

/* -------------------------------------------------------------- processes */

/*
 * Find the task of a process in the caller's pid namespace. Who may ask:
 * @change needs CAP_SYS_NICE; others' processes need it in any case, and for
 * another user's what move_pages(2) demands.
 */
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

static struct task_struct *get_target(int pid, bool change)
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

static struct np_kproc *kproc_of(struct task_struct *task)
{
	struct np_kproc *kp;

	rcu_read_lock();
	kp = np_kproc_find(task->signal);
	if (kp && !refcount_inc_not_zero(&kp->ref))
		kp = NULL;
	rcu_read_unlock();
	return kp;
}

static struct np_kproc *get_kproc(int pid, bool change)
{
	struct task_struct *task = get_target(pid, change);
	struct np_kproc *kp;

	if (IS_ERR(task))
		return ERR_CAST(task);
	kp = kproc_of(task);
	put_task_struct(task);
	return kp ? kp : ERR_PTR(-ENOENT);
}

/* ------------------------------------------------------------------ attach */

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
	err = np_kproc_add(kp, task);
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

	kp = np_kproc_new(task, inst, session, flags, NULL, GFP_KERNEL);
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

static int attach(struct np_file *f, struct task_struct *task,
		  struct np_kinst *inst, const struct np_ioc_attach *a)
{
	u16 flags = a->flags & NP_ATTACH_SHADOW ? NP_PROC_SHADOW : 0;
	struct np_kproc *kp = kproc_of(task);
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

static int do_attach(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_attach *a = &arg->attach;
	struct task_struct *task;
	int err;

	if (a->flags & ~(NP_ATTACH_SHADOW | NP_ATTACH_REPLACE) ||
	    a->reserved || !terminated(a->spec, sizeof(a->spec)))
		return -EINVAL;
	memset(a->why, 0, sizeof(a->why));
	task = get_target(a->pid, true);
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

static int do_detach(struct np_file *f, union np_arg *arg)
{
	struct np_kproc *kp;

	if (arg->flags || arg->pid.reserved)
		return -EINVAL;
	kp = get_kproc(arg->pid.pid, true);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	np_kproc_remove(kp);
	mutex_lock(&kp->scan);		/* a scan that is under way ends first */
	mutex_unlock(&kp->scan);
	np_kproc_put(kp);
	return 0;
}

/* ------------------------------------------------------------------ status */

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
	s->bytes = sum->procs * np_proc_bytes() + sum->tasks * np_task_bytes();
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
		np_sum_proc(sum, kp);
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
	struct task_struct *task = get_target(s->pid, false);
	struct np_kproc *kp;

	if (IS_ERR(task))
		return PTR_ERR(task);
	kp = kproc_of(task);
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

static int do_status(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_status *s = &arg->status;

	if (!RESERVED_ZERO(s) || !terminated(s->spec, sizeof(s->spec)))
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

static unsigned int count_policies(void)
{
	unsigned int n = 0;

	mutex_lock(&np_control);
	while (np_policy_at(n))
		n++;
	mutex_unlock(&np_control);
	return n;
}

static int do_info(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_info *i = &arg->info;

	if (i->flags || !RESERVED_ZERO(i))
		return -EINVAL;
	i->abi = NP_ABI;
	i->nr_policies = count_policies();
	i->nr_counters = NP_NR_COUNTERS;
	i->nr_reasons = NP_NR_REASONS;
	i->managed = np_nr_procs();
	i->tasks = np_nr_tasks();
	i->proc_bytes = np_proc_bytes();
	i->task_bytes = np_task_bytes();
	i->page_bytes = 0;
	i->inherit_failed = np_inherit_failed();
	np_switch_state(&i->balancing_set, &i->balancing_now);
	return 0;
}

static int do_policy(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_policy *p = &arg->policy;
	const struct np_policy_ops *ops;

	if (p->flags || !RESERVED_ZERO(p))
		return -EINVAL;
	mutex_lock(&np_control);
	ops = np_policy_at(p->index);
	if (ops) {
		p->nr_params = NP_P_OWN + ops->nr_params;
		p->users = np_policy_users(ops);
		strscpy_pad(p->name, ops->name, sizeof(p->name));
		strscpy_pad(p->summary, ops->summary, sizeof(p->summary));
	}
	mutex_unlock(&np_control);
	return ops ? 0 : -ENOENT;
}

static void put_param(struct np_ioc_param *p, const struct np_param *from)
{
	p->def = from->def;
	p->min = from->min;
	p->max = from->max;
	strscpy_pad(p->key, from->key, sizeof(p->key));
	strscpy_pad(p->unit, from->unit, sizeof(p->unit));
	strscpy_pad(p->text, from->text, sizeof(p->text));
	strscpy_pad(p->source, from->source, sizeof(p->source));
}

static int do_param(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_param *p = &arg->param;
	const struct np_policy_ops *ops;
	const struct np_param *from;

	if (p->flags || !RESERVED_ZERO(p))
		return -EINVAL;
	mutex_lock(&np_control);
	ops = np_policy_at(p->policy);
	from = ops ? np_param_at(ops, p->index) : NULL;
	if (from)
		put_param(p, from);
	mutex_unlock(&np_control);
	return from ? 0 : -ENOENT;
}

static int do_next(struct np_file *f, union np_arg *arg)
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

/* ------------------------------------------------------------------- trace */

static int trace_pid(int pid, u32 *ret_pid)
{
	struct np_kproc *kp;

	*ret_pid = 0;
	if (!pid)
		return capable(CAP_SYS_NICE) ? 0 : -EPERM;
	kp = get_kproc(pid, false);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	*ret_pid = kp->p.pid;
	np_kproc_put(kp);
	return 0;
}

static int start_trace(struct np_file *f, u32 records, u32 pid)
{
	int err = 0;

	mutex_lock(&f->lock);
	if (f->reader)
		err = -EALREADY;
	else if (!(f->reader = np_reader_new(records, pid)))
		err = -ENOMEM;
	mutex_unlock(&f->lock);
	return err;
}

static int do_trace(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_trace *t = &arg->trace;
	u32 pid;
	int err;

	if (t->flags || !RESERVED_ZERO(t) || !is_power_of_2(t->records) ||
	    t->records < TRACE_RECORDS_MIN || t->records > TRACE_RECORDS_MAX)
		return -EINVAL;
	err = trace_pid(t->pid, &pid);
	return err ? err : start_trace(f, t->records, pid);
}

/* --------------------------------------------------------------- the device */

static const struct np_command {
	unsigned int cmd;
	size_t size;
	int (*run)(struct np_file *f, union np_arg *arg);
} commands[] = {
	{ NP_IOC_INFO, sizeof(struct np_ioc_info), do_info },
	{ NP_IOC_ATTACH, sizeof(struct np_ioc_attach), do_attach },
	{ NP_IOC_DETACH, sizeof(struct np_ioc_pid), do_detach },
	{ NP_IOC_STATUS, sizeof(struct np_ioc_status), do_status },
	{ NP_IOC_POLICY, sizeof(struct np_ioc_policy), do_policy },
	{ NP_IOC_PARAM, sizeof(struct np_ioc_param), do_param },
	{ NP_IOC_NEXT, sizeof(struct np_ioc_pid), do_next },
	{ NP_IOC_TRACE, sizeof(struct np_ioc_trace), do_trace },
};

/* Commands are told apart by number; the size stands in the structure. */
static const struct np_command *find_command(unsigned int cmd)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (_IOC_TYPE(cmd) == 'N' &&
		    _IOC_NR(cmd) == _IOC_NR(commands[i].cmd))
			return &commands[i];
	return NULL;
}

static int fetch(union np_arg *arg, const struct np_command *command,
		 void __user *user)
{
	u32 size;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < command->size)
		return -EINVAL;
	return copy_struct_from_user(arg, command->size, user, size);
}

/* The answer goes back after errors too: it may say why. */
static int run_command(struct np_file *f, const struct np_command *command,
		       union np_arg *arg, void __user *user)
{
	u32 size = arg->size;
	int err = command->run(f, arg);

	arg->size = size;
	if ((_IOC_DIR(command->cmd) & _IOC_READ) &&
	    copy_to_user(user, arg, command->size))
		return -EFAULT;
	return err;
}

static long np_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	const struct np_command *command = find_command(cmd);
	union np_arg *arg;
	int err;

	if (!command)
		return -ENOTTY;
	arg = kzalloc(sizeof(*arg), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	err = fetch(arg, command, (void __user *)user);
	if (!err)
		err = run_command(file->private_data, command, arg,
				  (void __user *)user);
	kfree(arg);
	return err;
}

static struct np_reader *reader_of(struct file *file)
{
	struct np_file *f = file->private_data;

	return READ_ONCE(f->reader);	/* once set it stays until release */
}

static ssize_t np_read(struct file *file, char __user *buf, size_t len,
		       loff_t *pos)
{
	struct np_reader *r = reader_of(file);

	if (!r)
		return -EINVAL;
	return np_reader_read(r, buf, len, file->f_flags & O_NONBLOCK);
}

static __poll_t np_poll(struct file *file, struct poll_table_struct *wait)
{
	struct np_reader *r = reader_of(file);

	return r ? np_reader_poll(r, file, wait) : EPOLLERR;
}

static int np_open(struct inode *inode, struct file *file)
{
	struct np_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	file->private_data = f;
	return stream_open(inode, file);
}

static int np_release(struct inode *inode, struct file *file)
{
	struct np_file *f = file->private_data;

	np_reader_free(f->reader);
	np_session_put(f->session);
	kfree(f);
	return 0;
}

static const struct file_operations np_fops = {
	.owner = THIS_MODULE,
	.open = np_open,
	.release = np_release,
	.read = np_read,
	.poll = np_poll,
	.unlocked_ioctl = np_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice np_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "numaplace",
	.fops = &np_fops,
	.mode = 0666,
};

int np_dev_init(void)
{
	return misc_register(&np_dev);
}

void np_dev_exit(void)
{
	misc_deregister(&np_dev);
}
