// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever watches: the kernel's trace event, and readers of the device, each
 * with a ring of its own.  A full ring loses the newest records; the gap in
 * their numbers says so.
 *
 * A reader of the feed wants to make all calls of the policies again, and so
 * needs the records in the order of the calls.  While there is one, calls are
 * made one after the other (np_call_begin()).
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
	bool feed;		/* wants all types, not just decisions */
	u32 mask;		/* records - 1 */
	u32 head;		/* next to write; lock */
	u32 tail;		/* next to read; read_lock */
	u64 seq;		/* lock */
	spinlock_t lock;
	struct mutex read_lock;
	wait_queue_head_t wait;
	struct np_record *ring;
};

DEFINE_SPINLOCK(np_feed_lock);

static LIST_HEAD(readers);
static DEFINE_SPINLOCK(readers_lock);
static unsigned int watchers;	/* readers, and the event if it is on */
static unsigned int feeds;	/* readers of the feed */

/* One more or less of them: what does nobody want to see now? */
static void count_watcher(int by, bool feed)
{
	watchers += by;
	feeds += feed ? by : 0;
	WRITE_ONCE(np_machine.mute, feeds ? NP_MUTE_NOTHING :
		   watchers ? NP_MUTE_FEED : NP_MUTE_ALL);
}

int np_event_on(void)
{
	spin_lock(&readers_lock);
	count_watcher(1, false);
	spin_unlock(&readers_lock);
	return 0;
}

void np_event_off(void)
{
	spin_lock(&readers_lock);
	count_watcher(-1, false);
	spin_unlock(&readers_lock);
}

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

/* Calls that were under way when a process was let go are not in its feed. */
static bool wants(const struct np_reader *r, const struct np_ctx *c,
		  const struct np_record *rec)
{
	if (r->pid && r->pid != rec->pid)
		return false;
	if (!r->feed)
		return rec->type < NP_REC_FEED;
	return !container_of(c->proc, struct np_kproc, p)->dead;
}

void np_trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct np_reader *r;

	if (rec->type < NP_REC_FEED)
		trace_numaplace(rec);
	if (list_empty(&readers))
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(r, &readers, list)
		if (wants(r, c, rec))
			push(r, rec);
	rcu_read_unlock();
}

/* Calls that began without the lock end before a feed is begun. */
static void add_reader(struct np_reader *r)
{
	spin_lock(&readers_lock);
	count_watcher(1, r->feed);
	list_add_rcu(&r->list, &readers);
	spin_unlock(&readers_lock);
	if (r->feed)
		synchronize_rcu();
}

struct np_reader *np_reader_new(u32 records, u32 pid, bool feed)
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
	r->feed = feed;
	r->mask = records - 1;
	spin_lock_init(&r->lock);
	mutex_init(&r->read_lock);
	init_waitqueue_head(&r->wait);
	add_reader(r);
	return r;
}

void np_reader_free(struct np_reader *r)
{
	if (!r)
		return;
	spin_lock(&readers_lock);
	count_watcher(-1, r->feed);
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
