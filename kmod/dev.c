// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/numaplace.  One handler per command; sizes are checked here, and flags,
 * reserved fields and strings by the handlers, before anything is looked at.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dev.h"
#include "notify.h"

static_assert(NP_UAPI_NAME == NP_NAME_LEN);
static_assert(NP_UAPI_SPEC == NP_SPEC_LEN);
static_assert(NP_NR_COUNTERS <= NP_UAPI_SLOTS);
static_assert(NP_NR_REASONS <= NP_UAPI_SLOTS);

#define TRACE_RECORDS_MIN 1024U
#define TRACE_RECORDS_MAX 1048576U

static int trace_pid(int pid, u32 *ret_pid)
{
	struct np_kproc *kp;

	*ret_pid = 0;
	if (!pid)
		return capable(CAP_SYS_NICE) ? 0 : -EPERM;
	kp = np_target_kproc(pid, false);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	*ret_pid = kp->p.pid;
	np_kproc_put(kp);
	return 0;
}

static int start_trace(struct np_file *f, u32 records, u32 pid, bool feed)
{
	int err = 0;

	mutex_lock(&f->lock);
	if (f->reader || f->watcher)
		err = -EALREADY;
	else if (!(f->reader = np_reader_new(records, pid, feed)))
		err = -ENOMEM;
	mutex_unlock(&f->lock);
	return err;
}

int np_do_trace(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_trace *t = &arg->trace;
	u32 pid;
	int err;

	if (t->flags & ~NP_TRACE_FEED || !NP_RESERVED_ZERO(t) ||
	    !is_power_of_2(t->records) ||
	    t->records < TRACE_RECORDS_MIN || t->records > TRACE_RECORDS_MAX)
		return -EINVAL;
	err = trace_pid(t->pid, &pid);
	if (err)
		return err;
	return start_trace(f, t->records, pid, t->flags & NP_TRACE_FEED);
}

static int start_watch(struct np_file *f, struct np_kproc *kp)
{
	int err = 0;

	mutex_lock(&f->lock);
	if (f->reader || f->watcher)
		err = -EALREADY;
	else if (!(f->watcher = np_watcher_new(kp)))
		err = -ENOMEM;
	mutex_unlock(&f->lock);
	return err;
}

int np_do_notify(struct np_file *f, union np_arg *arg)
{
	struct np_kproc *kp;
	int err;

	if (arg->flags || !NP_RESERVED_ZERO(&arg->notify))
		return -EINVAL;
	kp = np_file_adopt(f, current, false);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	err = start_watch(f, kp);
	np_kproc_put(kp);
	return err;
}

static const struct np_command {
	unsigned int cmd;
	size_t size;
	int (*run)(struct np_file *f, union np_arg *arg);
} commands[] = {
	{ NP_IOC_INFO, sizeof(struct np_ioc_info), np_do_info },
	{ NP_IOC_ATTACH, sizeof(struct np_ioc_attach), np_do_attach },
	{ NP_IOC_DETACH, sizeof(struct np_ioc_pid), np_do_detach },
	{ NP_IOC_STATUS, sizeof(struct np_ioc_status), np_do_status },
	{ NP_IOC_POLICY, sizeof(struct np_ioc_policy), np_do_policy },
	{ NP_IOC_PARAM, sizeof(struct np_ioc_param), np_do_param },
	{ NP_IOC_NEXT, sizeof(struct np_ioc_pid), np_do_next },
	{ NP_IOC_TRACE, sizeof(struct np_ioc_trace), np_do_trace },
	{ NP_IOC_LAZY, sizeof(struct np_ioc_lazy), np_do_lazy },
	{ NP_IOC_PROGRESS, sizeof(struct np_ioc_progress), np_do_progress },
	{ NP_IOC_HOME, sizeof(struct np_ioc_home), np_do_home },
	{ NP_IOC_TBIND, sizeof(struct np_ioc_tbind), np_do_tbind },
	{ NP_IOC_MBIND, sizeof(struct np_ioc_mbind), np_do_mbind },
	{ NP_IOC_GROUP, sizeof(struct np_ioc_group), np_do_group },
	{ NP_IOC_GROUP_SET, sizeof(struct np_ioc_group_set), np_do_group_set },
	{ NP_IOC_NOTIFY, sizeof(struct np_ioc_notify), np_do_notify },
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

static struct np_watcher *watcher_of(struct file *file)
{
	struct np_file *f = file->private_data;

	return READ_ONCE(f->watcher);	/* the same */
}

static ssize_t np_read(struct file *file, char __user *buf, size_t len,
		       loff_t *pos)
{
	bool nonblock = file->f_flags & O_NONBLOCK;
	struct np_reader *r = reader_of(file);
	struct np_watcher *w = watcher_of(file);

	if (r)
		return np_reader_read(r, buf, len, nonblock);
	return w ? np_watcher_read(w, buf, len, nonblock) : -EINVAL;
}

static __poll_t np_poll(struct file *file, struct poll_table_struct *wait)
{
	struct np_reader *r = reader_of(file);
	struct np_watcher *w = watcher_of(file);

	if (w)
		return np_watcher_poll(w, file, wait);
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
	np_watcher_free(f->watcher);
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
