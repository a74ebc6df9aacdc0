// SPDX-License-Identifier: GPL-2.0
/*
 * What a process wants to be told about itself (np_notify_fd()): that it was
 * moved, that its node is short of memory, that memory refuses to follow.
 *
 * Telling never waits and never fails: what a watcher does not read in time is
 * put together with what is like it, or only counted.
 */
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include <numaplace/uapi.h>

#include "ng.h"
#include "notify.h"

#define RING	64		/* events that wait to be read */
#define NEAR	(2UL << 20)	/* ranges that refuse, so near, are one: a huge page */
#define LOOK_MS	500		/* how often nodes are looked at */
#define RELIEF_SHIFT 7		/* 1/128 of a node more: not at every page */

struct np_watcher {
	struct list_head of_kp;
	struct np_kproc *kp;		/* with a reference */
	wait_queue_head_t wait;
	nodemask_t is_short;		/* nodes it was told of */
	bool over;			/* the process has ended, or was let go */
	u32 lost;
	u32 head, nr;
	struct np_notice ring[RING];
};

/* All that is in watchers; taken last, with page tables locked, too. */
static DEFINE_SPINLOCK(lock);
static atomic_t nr_watchers;
static void look_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(looks, look_work);

/* -------------------------------------------------------------------- telling */

static bool is_near(const struct np_notice *e, const struct np_notice *with)
{
	return e->addr <= with->addr + with->len + NEAR &&
	       with->addr <= e->addr + e->len + NEAR;
}

/* Is @with more of the same? */
static bool is_like(const struct np_notice *e, const struct np_notice *with)
{
	if (e->type != with->type || e->reason != with->reason)
		return false;
	if (e->type == NP_NOTICE_REFUSED)
		return e->to == with->to && is_near(e, with);
	return e->tid == with->tid && e->type == NP_NOTICE_MOVED;
}

static void add_to(struct np_notice *e, const struct np_notice *with)
{
	u64 end = max(e->addr + e->len, with->addr + with->len);

	e->count += with->count;
	e->pages += with->pages;
	e->to = with->to;
	e->addr = min(e->addr, with->addr);
	e->len = end - e->addr;
}

static struct np_notice *at(struct np_watcher *w, u32 i)
{
	return &w->ring[(w->head + i) % RING];	/* RING is a power of two */
}

/* Return: is there something new to read? */
static bool take_in(struct np_watcher *w, const struct np_notice *e)
{
	u32 i;

	for (i = 0; i < w->nr; i++)
		if (is_like(at(w, i), e)) {
			add_to(at(w, i), e);
			return false;
		}
	if (w->nr == RING) {
		w->lost++;
		return false;
	}
	*at(w, w->nr++) = *e;
	return true;
}

static void tell(struct np_kproc *kp, const struct np_notice *e)
{
	struct np_watcher *w;

	spin_lock(&lock);
	list_for_each_entry(w, &kp->watchers, of_kp)
		if (take_in(w, e) && wq_has_sleeper(&w->wait))
			wake_up_interruptible(&w->wait);
	spin_unlock(&lock);
}

static bool nobody_watches(struct np_kproc *kp)
{
	return list_empty_careful(&kp->watchers);
}

void np_tell_moved(struct np_kproc *kp, u32 tid, int from, int to)
{
	struct np_notice e = {
		.type = NP_NOTICE_MOVED, .tid = tid, .from = from, .to = to,
		.count = 1,
	};

	if (!nobody_watches(kp) && from != to)
		tell(kp, &e);
}

void np_tell_refused(struct np_kproc *kp, const struct np_fault *f,
		     enum np_reason why)
{
	struct np_notice e = {
		.type = NP_NOTICE_REFUSED, .from = f->page_node, .to = f->wanted,
		.addr = f->addr, .len = (u64)f->pages << PAGE_SHIFT,
		.pages = f->pages, .reason = why, .count = 1,
	};

	if (!nobody_watches(kp))
		tell(kp, &e);
}

void np_tell_over(struct np_kproc *kp)
{
	struct np_watcher *w;

	/* Who is about to watch sees kproc.dead under the lock, or is seen. */
	spin_lock(&lock);
	list_for_each_entry(w, &kp->watchers, of_kp) {
		w->over = true;
		wake_up_interruptible(&w->wait);
	}
	spin_unlock(&lock);
}

/* ------------------------------------------------------------- short of memory */

static void add_home(int nid, nodemask_t *nodes)
{
	if (nid != NP_NO_NODE)
		node_set(nid, *nodes);
}

/* Where the process, its threads and its memory are at home. */
static void nodes_of(struct np_kproc *kp, nodemask_t *ret)
{
	struct np_ktask *kt;
	bool fed;

	nodes_clear(*ret);
	fed = np_call_begin(kp);
	add_home(kp->p.home, ret);
	list_for_each_entry(kt, &kp->tasks, sibling)
		add_home(kt->t.home, ret);
	np_call_end(kp, fed);
	np_holds_homes(kp, ret);
}

/* It is short for as long as there is not this much more than too little. */
static bool is_short(int nid, bool was)
{
	return np_node_full(nid, was ? node_present_pages(nid) >> RELIEF_SHIFT : 0);
}

static void look_at(struct np_watcher *w, int nid)
{
	bool was = node_isset(nid, w->is_short), is = is_short(nid, was);
	struct np_notice e = {
		.type = is ? NP_NOTICE_SHORT : NP_NOTICE_RELIEVED,
		.from = NP_NO_NODE, .to = nid, .count = 1,
	};

	if (is == was)
		return;
	if (is)
		node_set(nid, w->is_short);
	else
		node_clear(nid, w->is_short);
	if (take_in(w, &e))
		wake_up_interruptible(&w->wait);
}

static void look(struct np_kproc *kp, void *unused)
{
	struct np_watcher *w;
	nodemask_t nodes;
	int nid;

	if (nobody_watches(kp))
		return;
	nodes_of(kp, &nodes);
	spin_lock(&lock);
	list_for_each_entry(w, &kp->watchers, of_kp)
		for_each_node_mask(nid, nodes)
			look_at(w, nid);
	spin_unlock(&lock);
}

static void look_work(struct work_struct *work)
{
	np_kproc_for_each(look, NULL);
	if (atomic_read(&nr_watchers))
		queue_delayed_work(system_wq, &looks, msecs_to_jiffies(LOOK_MS));
}

/* ------------------------------------------------------------------- reading */

struct np_watcher *np_watcher_new(struct np_kproc *kp)
{
	struct np_watcher *w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);

	if (!w)
		return NULL;
	init_waitqueue_head(&w->wait);
	refcount_inc(&kp->ref);
	w->kp = kp;
	spin_lock(&lock);
	w->over = kp->dead;
	list_add_tail(&w->of_kp, &kp->watchers);
	spin_unlock(&lock);
	atomic_inc(&nr_watchers);
	queue_delayed_work(system_wq, &looks, 0);
	return w;
}

void np_watcher_free(struct np_watcher *w)
{
	if (!w)
		return;
	spin_lock(&lock);
	list_del(&w->of_kp);
	spin_unlock(&lock);
	atomic_dec(&nr_watchers);
	np_kproc_put(w->kp);
	kfree(w);
}

/* What was lost comes last, for it is the newest. */
static bool take_out(struct np_watcher *w, struct np_notice *ret)
{
	bool any = true;

	spin_lock(&lock);
	if (w->nr) {
		*ret = *at(w, 0);
		w->head++;
		w->nr--;
	} else if (w->lost) {
		*ret = (struct np_notice){
			.type = NP_NOTICE_LOST, .count = w->lost,
			.from = NP_NO_NODE, .to = NP_NO_NODE,
		};
		w->lost = 0;
	} else {
		any = false;
	}
	spin_unlock(&lock);
	return any;
}

static void put_back(struct np_watcher *w, const struct np_notice *e)
{
	spin_lock(&lock);
	if (w->nr < RING) {
		w->head--;
		w->nr++;
		*at(w, 0) = *e;
	} else {
		w->lost += e->count;
	}
	spin_unlock(&lock);
}

static ssize_t copy_events(struct np_watcher *w, char __user *buf, size_t room)
{
	struct np_notice e;
	size_t done = 0;

	while (room - done >= sizeof(e) && take_out(w, &e)) {
		if (copy_to_user(buf + done, &e, sizeof(e))) {
			put_back(w, &e);
			return done ? done : -EFAULT;
		}
		done += sizeof(e);
	}
	return done;
}

static bool has_news(struct np_watcher *w)
{
	return READ_ONCE(w->nr) || READ_ONCE(w->lost) || READ_ONCE(w->over);
}

ssize_t np_watcher_read(struct np_watcher *w, char __user *buf, size_t len,
			bool nonblock)
{
	ssize_t ret;

	if (len < sizeof(struct np_notice))
		return -EINVAL;
	for (;;) {
		ret = copy_events(w, buf, len);
		if (ret || READ_ONCE(w->over))
			return ret;
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(w->wait, has_news(w)))
			return -ERESTARTSYS;
	}
}

__poll_t np_watcher_poll(struct np_watcher *w, struct file *file,
			 struct poll_table_struct *wait)
{
	__poll_t ret = READ_ONCE(w->over) ? EPOLLHUP : 0;

	poll_wait(file, &w->wait, wait);
	return has_news(w) ? ret | EPOLLIN | EPOLLRDNORM : ret;
}

/* No file is open any more. */
void np_notify_exit(void)
{
	cancel_delayed_work_sync(&looks);
}
