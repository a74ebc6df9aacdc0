// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever watches: the kernel's trace event, and readers of the device, each
 * with a ring of its own.  A full ring loses the newest records; the gap in
 * their numbers says so.
 *
 * Records are written under the page-table lock: no waiting, no allocation.
 */
#include <linux/log2.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "kmod.h"

#define CREATE_TRACE_POINTS
#include "events.h"

struct np_reader {
	struct list_head list;
	u32 pid;		/* 0 = all */
	u32 mask;		/* records - 1 */
	u32 head;		/* next to write; lock */
	u32 tail;		/* next to read; read_lock */
	u64 seq;		/* lock */
	spinlock_t lock;
	struct mutex read_lock;
	wait_queue_head_t wait;
	struct np_record *ring;
};

static LIST_HEAD(readers);
static DEFINE_SPINLOCK(readers_lock);

static bool empty(const struct np_reader *r)
{
	return smp_load_acquire(&r->head) == READ_ONCE(r->tail);
}

static void push(struct np_reader *r, const struct np_record *rec)
{
	struct np_record *slot;

	spin_lock(&r->lock);
	if (r->head - smp_load_acquire(&r->tail) <= r->mask) {
		slot = &r->ring[r->head & r->mask];
		*slot = *rec;
		slot->seq = r->seq;
		smp_store_release(&r->head, r->head + 1);
	}
	r->seq++;
	spin_unlock(&r->lock);
	if (wq_has_sleeper(&r->wait))
		wake_up_interruptible(&r->wait);
}

void np_trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct np_reader *r;

	trace_numaplace(rec);
	if (list_empty(&readers))
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(r, &readers, list)
		if (!r->pid || r->pid == rec->pid)
			push(r, rec);
	rcu_read_unlock();
}

struct np_reader *np_reader_new(u32 records, u32 pid)
{
	struct np_reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	r->ring = kvcalloc(records, sizeof(*r->ring), GFP_KERNEL_ACCOUNT);
	if (!r->ring) {
		kfree(r);
		return NULL;
	}
	r->pid = pid;
	r->mask = records - 1;
	spin_lock_init(&r->lock);
	mutex_init(&r->read_lock);
	init_waitqueue_head(&r->wait);
	spin_lock(&readers_lock);
	list_add_rcu(&r->list, &readers);
	spin_unlock(&readers_lock);
	return r;
}

void np_reader_free(struct np_reader *r)
{
	if (!r)
		return;
	spin_lock(&readers_lock);
	list_del_rcu(&r->list);
	spin_unlock(&readers_lock);
	synchronize_rcu();
	kvfree(r->ring);
	kfree(r);
}

/* Whole records that fit @room, in one piece of the ring. */
static ssize_t copy_records(struct np_reader *r, char __user *buf, u32 room)
{
	u32 ready = smp_load_acquire(&r->head) - r->tail;
	u32 at = r->tail & r->mask;
	u32 nr = min3(ready, room, r->mask + 1 - at);

	if (copy_to_user(buf, &r->ring[at], nr * sizeof(*r->ring)))
		return -EFAULT;
	smp_store_release(&r->tail, r->tail + nr);
	return nr * sizeof(*r->ring);
}

ssize_t np_reader_read(struct np_reader *r, char __user *buf, size_t len,
		       bool nonblock)
{
	u32 room = min_t(size_t, len / sizeof(*r->ring), U32_MAX);
	ssize_t ret;

	if (!room)
		return -EINVAL;
	for (;;) {
		if (mutex_lock_interruptible(&r->read_lock))
			return -ERESTARTSYS;
		ret = empty(r) ? 0 : copy_records(r, buf, room);
		mutex_unlock(&r->read_lock);
		if (ret)
			return ret;
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(r->wait, !empty(r)))
			return -ERESTARTSYS;
	}
}

__poll_t np_reader_poll(struct np_reader *r, struct file *file,
			struct poll_table_struct *wait)
{
	poll_wait(file, &r->wait, wait);
	return empty(r) ? 0 : EPOLLIN | EPOLLRDNORM;
}
