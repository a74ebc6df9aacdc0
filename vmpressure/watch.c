// SPDX-License-Identifier: GPL-2.0
/* /dev/vmpressure: an open file becomes a watcher by VMPRESSURE_IOC_WATCH. */
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vmpressure.h"

/* The structure of 2012: size and threshold. */
#define OLDEST	(2 * sizeof(u32))
/* Of an interval, ms: an hour. */
#define LONGEST	3600000

#define FLAGS (VMPRESSURE_CLOEXEC | VMPRESSURE_NONBLOCK | VMPRESSURE_AGAIN | \
	       VMPRESSURE_OVER | VMPRESSURE_EVENTFD)

static DEFINE_MUTEX(configuring);

/* ----------------------------------------------------------------- structures */

/* Structures begin with their size: what we do not know must be 0. */
static int fetch(void *to, size_t ours, const void __user *user)
{
	u32 theirs;

	if (get_user(theirs, (const u32 __user *)user))
		return -EFAULT;
	if (theirs < OLDEST || theirs > PAGE_SIZE)
		return -EINVAL;
	return copy_struct_from_user(to, ours, user, theirs);
}

static bool is_level(u32 threshold)
{
	return threshold == VMPRESSURE_LOW || threshold == VMPRESSURE_MEDIUM ||
	       threshold == VMPRESSURE_OOM;
}

static bool is_target(const struct vmpressure_config *c)
{
	switch (c->scope) {
	case VMPRESSURE_MACHINE:
		return !c->target;
	case VMPRESSURE_NODE:
		return c->target >= 0 && c->target < MAX_NUMNODES &&
		       node_state(c->target, N_MEMORY);
	case VMPRESSURE_CGROUP:
		return c->target >= 0;
	}
	return false;
}

static bool is_valid(const struct vmpressure_config *c)
{
	return is_level(c->threshold) && !(c->flags & ~FLAGS) && !c->reserved &&
	       is_target(c) &&
	       (c->flags & VMPRESSURE_EVENTFD || !c->eventfd) &&
	       (c->flags & VMPRESSURE_AGAIN ? c->interval <= LONGEST :
					      !c->interval);
}

/* ---------------------------------------------------------------------- watch */

static int take_eventfd(struct vp_watcher *w, const struct vmpressure_config *c)
{
	struct eventfd_ctx *ctx;

	if (!(c->flags & VMPRESSURE_EVENTFD))
		return 0;
	ctx = eventfd_ctx_fdget(c->eventfd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	w->eventfd = ctx;
	return 0;
}

static void drop_eventfd(struct vp_watcher *w)
{
	if (w->eventfd)
		eventfd_ctx_put(w->eventfd);
	w->eventfd = NULL;
}

static int configure(struct vp_watcher *w, const struct vmpressure_config *c)
{
	int err;

	if (w->scope)
		return -EBUSY;
	err = take_eventfd(w, c);
	if (err)
		return err;
	w->threshold = c->threshold;
	w->flags = c->flags;
	w->interval = msecs_to_jiffies(c->interval);
	err = vp_watch(w, c);
	if (err)
		drop_eventfd(w);
	return err;
}

static int do_watch(struct vp_watcher *w, const void __user *user)
{
	struct vmpressure_config c;
	int err = fetch(&c, sizeof(c), user);

	if (err)
		return err;
	if (c.size == OLDEST)
		c.flags = VMPRESSURE_AGAIN;	/* as it was */
	if (!is_valid(&c))
		return -EINVAL;
	mutex_lock(&configuring);
	err = configure(w, &c);
	mutex_unlock(&configuring);
	return err;
}

/* ----------------------------------------------------------------------- info */

static void put_info(struct vp_watcher *w, struct vmpressure_info *i)
{
	struct vp_scope *s = w->scope;
	int level;

	i->scanned = atomic64_read(&s->scanned);
	i->reclaimed = atomic64_read(&s->reclaimed);
	i->spared = atomic64_read(&s->spared);
	for (level = 0; level < VP_LEVELS; level++)
		i->windows[level] = atomic64_read(&s->windows[level]);
	spin_lock(&s->lock);
	i->level = vp_level_bits(s->level);
	i->watchers = READ_ONCE(s->users);
	i->events = w->events;
	i->merged = w->merged;
	spin_unlock(&s->lock);
}

static int do_info(struct vp_watcher *w, void __user *user)
{
	struct vmpressure_info i;
	int err = fetch(&i, sizeof(i), user);
	u32 theirs = i.size;

	if (err)
		return err;
	if (i.reserved || !w->scope)
		return -EINVAL;
	put_info(w, &i);
	return copy_to_user(user, &i, min_t(size_t, theirs, sizeof(i))) ?
		-EFAULT : 0;
}

static long vp_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	switch (cmd) {
	case VMPRESSURE_IOC_WATCH:
		return do_watch(file->private_data, (void __user *)user);
	case VMPRESSURE_IOC_INFO:
		return do_info(file->private_data, (void __user *)user);
	}
	return -ENOTTY;
}

/* ----------------------------------------------------------------------- read */

static struct vp_scope *scope_of(const struct vp_watcher *w)
{
	return READ_ONCE(w->scope);	/* once set it stays until release */
}

static bool is_ready(struct vp_watcher *w)
{
	return READ_ONCE(w->pending) || READ_ONCE(w->scope->gone);
}

/* Return: is there something? What is taken is the latest. */
static bool take(struct vp_watcher *w, u32 *ret_level)
{
	bool any;

	spin_lock(&w->scope->lock);
	any = w->pending;
	*ret_level = w->level;
	w->pending = false;
	spin_unlock(&w->scope->lock);
	return any;
}

/* It could not be handed over: it is still to be read. */
static void give_back(struct vp_watcher *w)
{
	spin_lock(&w->scope->lock);
	w->pending = true;
	spin_unlock(&w->scope->lock);
}

/* 0: the cgroup has been removed, and there is no more. */
static ssize_t read_event(struct vp_watcher *w, char __user *buf, bool nonblock)
{
	struct vmpressure_event e;
	int err;

	while (!take(w, &e.pressure)) {
		if (READ_ONCE(w->scope->gone))
			return 0;
		if (nonblock)
			return -EAGAIN;
		err = wait_event_interruptible(w->wait, is_ready(w));
		if (err)
			return err;
	}
	if (!copy_to_user(buf, &e, sizeof(e)))
		return sizeof(e);
	give_back(w);
	return -EFAULT;
}

static ssize_t vp_read(struct file *file, char __user *buf, size_t len,
		       loff_t *pos)
{
	struct vp_watcher *w = file->private_data;

	if (!scope_of(w) || len < sizeof(struct vmpressure_event))
		return -EINVAL;
	return read_event(w, buf, file->f_flags & O_NONBLOCK);
}

static __poll_t vp_poll(struct file *file, struct poll_table_struct *wait)
{
	struct vp_watcher *w = file->private_data;
	struct vp_scope *s = scope_of(w);

	poll_wait(file, &w->wait, wait);
	if (!s)
		return EPOLLERR;
	return (READ_ONCE(w->pending) ? EPOLLIN | EPOLLRDNORM : 0) |
	       (READ_ONCE(s->gone) ? EPOLLHUP : 0);
}

static int vp_fasync(int fd, struct file *file, int on)
{
	struct vp_watcher *w = file->private_data;

	return fasync_helper(fd, file, on, &w->fasync);
}

/* ---------------------------------------------------------------- open, close */

static int vp_open(struct inode *inode, struct file *file)
{
	struct vp_watcher *w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);

	if (!w)
		return -ENOMEM;
	init_waitqueue_head(&w->wait);
	INIT_LIST_HEAD(&w->of_scope);
	file->private_data = w;
	return stream_open(inode, file);
}

static int vp_release(struct inode *inode, struct file *file)
{
	struct vp_watcher *w = file->private_data;

	vp_unwatch(w);
	drop_eventfd(w);
	kfree(w);
	return 0;
}

static const struct file_operations vp_fops = {
	.owner = THIS_MODULE,
	.open = vp_open,
	.release = vp_release,
	.read = vp_read,
	.poll = vp_poll,
	.fasync = vp_fasync,
	.unlocked_ioctl = vp_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* Anybody may know: as /proc/vmstat and /proc/pressure/memory have it. */
static struct miscdevice vp_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vmpressure",
	.fops = &vp_fops,
	.mode = 0444,
};

int vp_dev_init(void)
{
	return misc_register(&vp_dev);
}

void vp_dev_exit(void)
{
	misc_deregister(&vp_dev);
}
