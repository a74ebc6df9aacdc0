// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that applications bind to NUMA groups, and how it follows them.
 *
 * The library gives a range the memory policy "prefer this node", whose node mask
 * as the user gave it also has the number of the group, in bits of nodes that
 * this machine cannot have.  The kernel keeps that with the mapping: it is there
 * when the mapping is split, moved, forked or unmapped, keeps its neighbours from
 * being merged with it, and is gone with it.  So what is bound to a group is what
 * says so; remembered is only which processes have some.
 *
 * When the group moves, the node is exchanged in the policies that have its
 * number (as the kernel itself does when a cpuset changes), and the pages are
 * marked to follow lazily.
 */
#include <linux/mempolicy.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "ng.h"

/* Memory is counted this often, or as much later as it takes 100 times. */
#define COUNT_MS	1000
#define COUNT_SHARE	100
/* Groups that one process may have memory in: all of it goes at once at its end. */
#define HOLDS_MAX	1024

static LIST_HEAD(all_holds);	/* np_ng_lock; next to count first */
void np_holds_homes(struct np_kproc *kp, nodemask_t *nodes)
{
	struct np_hold *h;

	spin_lock(&np_ng_lock);
	list_for_each_entry(h, &kp->holds, of_kp)
		node_set(READ_ONCE(h->ng->home), *nodes);
	spin_unlock(&np_ng_lock);
}

u64 np_ng_pages(struct np_ng *ng)
{
	struct np_pages pages;
	u32 ranges, holders;

	np_ng_sum(ng, &pages, &ranges, &holders);
	return pages.present;
}

static void count_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(counting, count_work);

/* ------------------------------------------------------------------ the tag */

bool np_ng_can_bind(void)
{
	return nr_node_ids + NP_NG_TAG_BITS <= MAX_NUMNODES &&
	       MAX_NUMNODES % BITS_PER_LONG == 0;
}

u32 np_ng_tag(const struct mempolicy *pol)
{
	const unsigned long *mask;

	if (!pol || pol->mode != MPOL_PREFERRED_MANY ||
	    !(pol->flags & MPOL_F_STATIC_NODES) || !np_ng_can_bind())
		return 0;
	mask = nodes_addr(pol->w.user_nodemask);
	return mask[BITS_TO_LONGS(MAX_NUMNODES) - 1] >>
	       (BITS_PER_LONG - NP_NG_TAG_BITS);
}

/* ----------------------------------------------------------------- following */

/* Readers may see both nodes for a moment, but never none. */
static void exchange(nodemask_t *mask, int nid, unsigned int nr)
{
	int other;

	node_set(nid, *mask);
	for_each_node_mask(other, *mask)
		if (other != nid && other < nr)
			node_clear(other, *mask);
}

static bool is_elsewhere(const struct mempolicy *pol, int nid)
{
	return first_node(pol->w.user_nodemask) != nid;
}

static void rebind(struct vm_area_struct *vma, int nid)
{
	struct mempolicy *pol = vma->vm_policy;

	np_vma_write(vma);
	exchange(&pol->w.user_nodemask, nid, nr_node_ids);
	exchange(&pol->nodes, nid, nr_node_ids);
	/* What is shared has it in the file, too. */
	if (vma->vm_ops && vma->vm_ops->set_policy)
		vma->vm_ops->set_policy(vma, pol);
}

static bool rebind_all(struct mm_struct *mm, u32 id, int nid)
{
	struct vm_area_struct *vma;
	bool any = false;
	VMA_ITERATOR(vmi, mm, 0);

	for_each_vma(vmi, vma) {
		if (np_ng_tag(vma->vm_policy) != id ||
		    !is_elsewhere(vma->vm_policy, nid))
			continue;
		rebind(vma, nid);
		any = true;
	}
	return any;
}

static void move_memory(struct mm_struct *mm, const struct np_ng *ng)
{
	bool any;

	mmap_write_lock(mm);
	any = rebind_all(mm, ng->id, READ_ONCE(ng->home));
	mmap_write_unlock(mm);
	if (!any)
		return;
	np_drain_lru();
	np_mark(mm, 0, TASK_SIZE_MAX, ng->id, false);
}

/* ------------------------------------------------------------------- holding */

static struct np_hold *find_hold(struct np_ng *ng, struct np_kproc *kp)
{
	struct np_hold *h;

	list_for_each_entry(h, &ng->memory, of_ng)
		if (h->kp == kp)
			return h;
	return NULL;
}

static void hold_put(struct np_hold *h)
{
	if (!refcount_dec_and_test(&h->ref))
		return;
	np_ng_put(h->ng);
	kfree(h);
}

static struct np_hold *hold_new(struct np_ng *ng, struct np_kproc *kp, gfp_t gfp)
{
	struct np_hold *h = kzalloc(sizeof(*h), gfp);

	if (!h)
		return NULL;
	refcount_inc(&ng->ref);
	h->ng = ng;
	h->kp = kp;
	h->home = NUMA_NO_NODE;
	refcount_set(&h->ref, 1);
	return h;
}

static void hold_link(struct np_hold *h)
{
	list_add_tail(&h->of_ng, &h->ng->memory);
	list_add_tail(&h->of_kp, &h->kp->holds);
	list_add_tail(&h->all, &all_holds);
	h->kp->nr_holds++;
}

/* The process has nothing of the group any more. */
static void hold_drop(struct np_hold *h)
{
	list_del_init(&h->of_ng);
	list_del(&h->of_kp);
	list_del(&h->all);
	h->kp->nr_holds--;
	np_ng_check(h->ng);
	hold_put(h);
}

static bool is_linked(const struct np_hold *h)
{
	return !list_empty(&h->of_ng);
}

int np_hold_begin(struct np_ng *ng, struct np_kproc *kp)
{
	struct np_hold *new = hold_new(ng, kp, GFP_KERNEL_ACCOUNT), *h;
	int err = 0;

	if (!new)
		return -ENOMEM;
	spin_lock(&np_ng_lock);
	h = find_hold(ng, kp);
	if (kp->parted) {
		err = -EAGAIN;
	} else if (!ng->listed || kp->dead) {
		err = -ENOENT;
	} else if (!h && kp->nr_holds >= HOLDS_MAX) {
		err = -ENOSPC;
	} else if (!h) {
		h = new;
		new = NULL;
		hold_link(h);
	}
	if (!err) {
		h->pending++;
		h->begun++;
	}
	spin_unlock(&np_ng_lock);
	if (new)
		hold_put(new);
	queue_delayed_work(system_unbound_wq, &counting,
			   msecs_to_jiffies(COUNT_MS));
	return err;
}

void np_hold_end(struct np_ng *ng, struct np_kproc *kp, int nid)
{
	struct np_hold *h;
	bool moved = false;

	spin_lock(&np_ng_lock);
	h = find_hold(ng, kp);
	if (h) {
		h->pending -= !!h->pending;
		moved = nid != ng->home;
		if (moved)
			h->home = NUMA_NO_NODE;
	}
	spin_unlock(&np_ng_lock);
	if (moved)
		np_ng_set_home(ng, READ_ONCE(ng->home));
}

/* Who is about to bind some sees kproc.dead under the lock, or is seen here. */
void np_holds_drop(struct np_kproc *kp)
{
	struct np_hold *h, *next;

	spin_lock(&np_ng_lock);
	list_for_each_entry_safe(h, next, &kp->holds, of_kp)
		hold_drop(h);
	spin_unlock(&np_ng_lock);
}

void np_holds_fork(struct np_kproc *parent, struct np_kproc *child)
{
	struct np_hold *h, *copy;

	if (list_empty_careful(&parent->holds))
		return;
	spin_lock(&np_ng_lock);
	list_for_each_entry(h, &parent->holds, of_kp) {
		copy = hold_new(h->ng, child, GFP_ATOMIC | __GFP_NOWARN);
		if (copy)
			hold_link(copy);
	}
	spin_unlock(&np_ng_lock);
}

/* ------------------------------------------------------------- going through */

static struct mm_struct *mm_of(struct np_kproc *kp)
{
	struct task_struct *leader = get_pid_task(kp->pid, PIDTYPE_TGID);
	struct mm_struct *mm = leader ? np_mm_of(leader) : NULL;

	if (leader)
		put_task_struct(leader);
	return mm;
}

/* Its process may end meanwhile, and then it is not in any list any more. */
static struct np_hold *hold_get(struct np_hold *h)
{
	if (h) {
		refcount_inc(&h->ref);
		refcount_inc(&h->kp->ref);
	}
	return h;
}

static void hold_release(struct np_hold *h)
{
	np_kproc_put(h->kp);
	hold_put(h);
}

static void move_hold(struct np_hold *h)
{
	struct mm_struct *mm = mm_of(h->kp);

	if (!mm)
		return;
	move_memory(mm, h->ng);
	mmput(mm);
}

/* The oldest that is not where its group is, with references. */
static struct np_hold *next_behind(struct np_ng *ng)
{
	struct np_hold *h;

	list_for_each_entry(h, &ng->memory, of_ng)
		if (h->home != ng->home) {
			h->home = ng->home;
			return hold_get(h);
		}
	return NULL;
}

void np_ng_move_memory(struct np_ng *ng)
{
	struct np_hold *h;

	for (;;) {
		spin_lock(&np_ng_lock);
		h = next_behind(ng);
		spin_unlock(&np_ng_lock);
		if (!h)
			return;
		move_hold(h);
		hold_release(h);
	}
}

/* ------------------------------------------------------------------ counting */

static void recount(struct np_hold *h)
{
	struct mm_struct *mm = mm_of(h->kp);
	struct np_pages pages = { 0 };
	unsigned int begun;
	long ranges = 0;

	spin_lock(&np_ng_lock);
	begun = h->begun;
	spin_unlock(&np_ng_lock);
	if (mm) {
		ranges = np_count(mm, 0, TASK_SIZE_MAX, h->ng->id, false, &pages);
		mmput(mm);
	}
	spin_lock(&np_ng_lock);
	h->ranges = ranges > 0 ? ranges : 0;
	h->pages = pages;
	/* Unless somebody has begun to bind more since we looked. */
	if (!h->ranges && !h->pending && begun == h->begun && is_linked(h))
		hold_drop(h);
	spin_unlock(&np_ng_lock);
}

/* Each once, though the lists may change: of a group, or of all (NULL). */
static struct np_hold *next_of_group(struct np_ng *ng, unsigned int round)
{
	struct np_hold *h;

	list_for_each_entry(h, &ng->memory, of_ng) {
		if (h->round == round)
			continue;
		h->round = round;
		return hold_get(h);
	}
	return NULL;
}

/* Those that were counted are behind all others: nobody looks at the rest twice. */
static struct np_hold *next_of_all(struct np_ng *unused, unsigned int round)
{
	struct np_hold *h;

	h = list_first_entry_or_null(&all_holds, struct np_hold, all);
	if (!h || h->counted == round)
		return NULL;
	h->counted = round;
	list_move_tail(&h->all, &all_holds);
	return hold_get(h);
}

static void count_holds(struct np_hold *(*next)(struct np_ng *ng,
						unsigned int round),
			struct np_ng *ng)
{
	static unsigned int rounds;	/* np_ng_lock */
	unsigned int round;
	struct np_hold *h;

	spin_lock(&np_ng_lock);
	round = ++rounds;
	spin_unlock(&np_ng_lock);
	for (;;) {
		spin_lock(&np_ng_lock);
		h = next(ng, round);
		spin_unlock(&np_ng_lock);
		if (!h)
			return;
		recount(h);
		hold_release(h);
		cond_resched();
	}
}

void np_ng_count(struct np_ng *ng)
{
	count_holds(next_of_group, ng);
}

void np_ng_sum(struct np_ng *ng, struct np_pages *ret, u32 *ranges, u32 *procs)
{
	struct np_hold *h;

	*ret = (struct np_pages){ 0 };
	*ranges = *procs = 0;
	spin_lock(&np_ng_lock);
	list_for_each_entry(h, &ng->memory, of_ng) {
		ret->present += h->pages.present;
		ret->waiting += h->pages.waiting;
		ret->there += h->pages.there;
		*ranges += h->ranges;
		(*procs)++;
	}
	spin_unlock(&np_ng_lock);
}

static void count_work(struct work_struct *work)
{
	unsigned long begin = jiffies, wait;

	count_holds(next_of_all, NULL);
	wait = max((jiffies - begin) * COUNT_SHARE, msecs_to_jiffies(COUNT_MS));
	if (!list_empty_careful(&all_holds))
		queue_delayed_work(system_unbound_wq, &counting, wait);
}

void np_ng_memory_exit(void)
{
	cancel_delayed_work_sync(&counting);
}
