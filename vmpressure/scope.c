// SPDX-License-Identifier: GPL-2.0
/*
 * Machine, nodes and cgroups that are watched.
 *
 * Reclaim adds what it has examined to a window in one atomic word, as in 2012; who
 * fills it works out the level, and a work tells the watchers.  Windows that end
 * before the work runs are one event, of the highest level.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/nodemask.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "vmpressure.h"
#include "compat/compat.h"

/* A level holds as long after its last window, as the kernel's own does for sockets. */
#define HOLD	HZ
/* How often a cgroup is looked for: nobody tells that it is removed. */
#define LOOK	HZ
/* What fits half of a window's word, with as much again. */
#define MOST	(1UL << 30)
#define TABLE_BITS 8

DEFINE_MUTEX(vp_control);

static struct vp_scope __rcu *machine;
static struct vp_scope __rcu *nodes[MAX_NUMNODES];
static DEFINE_HASHTABLE(cgroups, TABLE_BITS);	/* vp_control; readers: RCU */
static atomic_t nr_cgroups;
static struct workqueue_struct *works;

u32 vp_level_bits(int level)
{
	static const u32 bits[VP_LEVELS] = {
		VMPRESSURE_LOW, VMPRESSURE_MEDIUM, VMPRESSURE_OOM,
	};

	return level < 0 ? VMPRESSURE_NONE : bits[level];
}

/* ------------------------------------------------------------------- windows */

/* Per cent of what was examined and not reclaimed: vmpressure_calc_pressure(). */
static int level_of(unsigned long scanned, unsigned long reclaimed)
{
	unsigned long failed = scanned - min(scanned, reclaimed);
	unsigned long percent = failed * 100 / scanned;

	if (percent >= READ_ONCE(vp_oom))
		return 2;
	return percent >= READ_ONCE(vp_medium);
}

/* Would the work tell anybody of windows of these levels? */
static bool is_news(const struct vp_scope *s, unsigned long levels)
{
	if (levels & ~READ_ONCE(s->held))
		return true;
	return levels && READ_ONCE(s->again) &&
	       time_after_eq(jiffies, READ_ONCE(s->again_at));
}

static void window_ends(struct vp_scope *s, int level)
{
	if (s->type == VMPRESSURE_MACHINE && vp_some_node_has_room()) {
		atomic64_inc(&s->spared);
		return;
	}
	atomic64_inc(&s->windows[level]);
	WRITE_ONCE(s->last[level], jiffies);
	smp_mb__before_atomic();	/* who sees the bit sees the time */
	set_bit(level, &s->fresh);
	smp_mb__after_atomic();		/* pairs with scope_work() */
	if (is_news(s, BIT(level)))
		irq_work_queue(&s->kick);
}

static void add(struct vp_scope *s, unsigned long scanned,
		unsigned long reclaimed)
{
	u64 old = atomic64_read(&s->window), new, sum;

	do {
		sum = old + ((u64)scanned << 32) + reclaimed;
		new = sum >> 32 < READ_ONCE(vp_window) ? sum : 0;
	} while (!atomic64_try_cmpxchg(&s->window, (s64 *)&old, new));
	if (!new)
		window_ends(s, level_of(sum >> 32, (u32)sum));
}

static void examined(struct vp_scope *s, unsigned long scanned,
		     unsigned long reclaimed, bool critical)
{
	if (!s)
		return;
	scanned = min(scanned, MOST);
	reclaimed = min(reclaimed, scanned);
	atomic64_add(scanned, &s->scanned);
	atomic64_add(reclaimed, &s->reclaimed);
	if (scanned)
		add(s, scanned, reclaimed);
	if (critical)
		window_ends(s, VP_LEVELS - 1);
}

void vp_examined(int nid, unsigned long scanned, unsigned long reclaimed)
{
	rcu_read_lock();
	examined(rcu_dereference(machine), scanned, reclaimed, false);
	examined(rcu_dereference(nodes[nid]), scanned, reclaimed, false);
	rcu_read_unlock();
}

static struct vp_scope *find_cgroup(const struct mem_cgroup *memcg)
{
	struct vp_scope *s;

	hash_for_each_possible_rcu_notrace(cgroups, s, node,
					   (unsigned long)memcg)
		if (s->memcg == memcg)
			return s;
	return NULL;
}

/* Those above have it, too. */
void vp_examined_cgroup(struct mem_cgroup *memcg, unsigned long scanned,
			unsigned long reclaimed, bool critical)
{
	if (!atomic_read(&nr_cgroups))
		return;
	rcu_read_lock();
	for (; memcg; memcg = parent_mem_cgroup(memcg))
		examined(find_cgroup(memcg), scanned, reclaimed, critical);
	rcu_read_unlock();
}

void vp_desperate(void)
{
	struct vp_scope *s;
	int nid;

	rcu_read_lock();
	examined(rcu_dereference(machine), 0, 0, true);
	for_each_node_state(nid, N_MEMORY) {
		s = rcu_dereference(nodes[nid]);
		if (s && vp_node_is_short(nid))
			examined(s, 0, 0, true);
	}
	rcu_read_unlock();
}

void vp_node_asks(int nid)
{
	if (!vp_node_is_lost(nid))
		return;
	rcu_read_lock();
	examined(rcu_dereference(nodes[nid]), 0, 0, true);
	if (rcu_dereference(machine) && vp_all_nodes_are_lost())
		examined(rcu_dereference(machine), 0, 0, true);
	rcu_read_unlock();
}

/* ------------------------------------------------------------------- telling */

static bool is_held(const struct vp_scope *s, int level)
{
	return time_before(jiffies, READ_ONCE(s->last[level]) + HOLD);
}

/* What is fresh counts however late we are: each level is told at least once. */
static int level_now(struct vp_scope *s, unsigned long fresh)
{
	unsigned long held = s->held | fresh;
	int level;

	for (level = 0; level < VP_LEVELS; level++)
		if (!(fresh & BIT(level)) && !is_held(s, level))
			held &= ~BIT(level);
	WRITE_ONCE(s->held, held);
	return fls_long(held) - 1;
}

static void event(struct vp_watcher *w, u32 level)
{
	w->events++;
	w->merged += w->pending;
	w->level = w->told = level;
	w->told_at = jiffies;
	w->pending = true;
	wake_up_interruptible_poll(&w->wait, EPOLLIN | EPOLLRDNORM);
	kill_fasync(&w->fasync, SIGIO, POLL_IN);
	if (w->eventfd)
		vp_eventfd_signal(w->eventfd);
}

/* @fresh: it has been seen again. */
static bool is_due(const struct vp_watcher *w, u32 level, bool fresh)
{
	if (!level)
		return w->told && (w->flags & VMPRESSURE_OVER);
	if (level != w->told)
		return true;
	return fresh && (w->flags & VMPRESSURE_AGAIN) &&
	       time_after_eq(jiffies, w->told_at + w->interval);
}

/* Somebody will want to be told again, from then on. */
static void note_again(struct vp_scope *s, const struct vp_watcher *w)
{
	unsigned long at = w->told_at + w->interval;

	if (!(w->flags & VMPRESSURE_AGAIN) || !w->told)
		return;
	if (!s->again || time_before(at, s->again_at))
		WRITE_ONCE(s->again_at, at);
	WRITE_ONCE(s->again, true);
}

static void tell(struct vp_watcher *w, u32 level, bool fresh)
{
	u32 heard = level >= w->threshold ? level : VMPRESSURE_NONE;

	if (is_due(w, heard, fresh))
		event(w, heard);
	else if (!heard)
		w->told = heard;	/* and it is told when it is back */
}

static void tell_all(struct vp_scope *s, bool fresh)
{
	struct vp_watcher *w;

	WRITE_ONCE(s->again, false);
	list_for_each_entry(w, &s->watchers, of_scope) {
		tell(w, vp_level_bits(s->level), fresh);
		note_again(s, w);
	}
}

static void look_for_cgroup(struct vp_scope *s)
{
	struct vp_watcher *w;

	if (s->gone || !css_is_dying(&s->memcg->css))
		return;
	s->gone = true;
	list_for_each_entry(w, &s->watchers, of_scope)
		wake_up_interruptible_poll(&w->wait, EPOLLHUP);
}

/* Return: jiffies to the next look, 0 for none before another window. */
static unsigned long next_look(const struct vp_scope *s)
{
	unsigned long wait = s->level < 0 ? 0 : READ_ONCE(s->last[s->level]) + HOLD - jiffies;

	if (s->level >= 0 && (long)wait <= 0)
		wait = 1;
	if (s->type == VMPRESSURE_CGROUP && !s->gone)
		wait = wait ? min_t(unsigned long, wait, LOOK) : LOOK;
	return wait;
}

static void scope_work(struct work_struct *work)
{
	struct vp_scope *s = container_of(to_delayed_work(work),
					  struct vp_scope, work);
	unsigned long wait, fresh;

	spin_lock(&s->lock);
	fresh = xchg(&s->fresh, 0);
	s->level = level_now(s, fresh);
	tell_all(s, fresh);
	if (s->type == VMPRESSURE_CGROUP)
		look_for_cgroup(s);
	wait = next_look(s);
	smp_mb();	/* pairs with window_ends(): it sees what is held, or we the bit */
	if (is_news(s, READ_ONCE(s->fresh)))
		wait = 1;
	spin_unlock(&s->lock);
	if (wait)
		queue_delayed_work(works, &s->work, wait);
}

/* --------------------------------------------------------------- come and go */

static void kick(struct irq_work *work)
{
	struct vp_scope *s = container_of(work, struct vp_scope, kick);

	mod_delayed_work(works, &s->work, 0);
}

static struct vp_scope *scope_new(u32 type)
{
	struct vp_scope *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->type = type;
	s->nid = NUMA_NO_NODE;
	s->level = -1;
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->watchers);
	init_irq_work(&s->kick, kick);
	INIT_DELAYED_WORK(&s->work, scope_work);
	return s;
}

/* Nobody finds it any more. */
static void scope_free(struct vp_scope *s)
{
	synchronize_rcu();
	irq_work_sync(&s->kick);
	cancel_delayed_work_sync(&s->work);
	if (s->memcg)
		css_put(&s->memcg->css);
	kfree(s);
}

static struct vp_scope *get_slot(struct vp_scope __rcu **slot, u32 type, int nid)
{
	struct vp_scope *s = rcu_dereference_protected(*slot,
					lockdep_is_held(&vp_control));

	if (!s) {
		s = scope_new(type);
		if (IS_ERR(s))
			return s;
		s->nid = nid;
		rcu_assign_pointer(*slot, s);
	}
	return s;
}

/* The css has a reference, or ERR_PTR. */
static struct cgroup_subsys_state *css_of(int fd)
{
	struct cgroup *cgroup = cgroup_get_from_fd(fd);
	struct cgroup_subsys_state *css;

	if (IS_ERR(cgroup))
		return ERR_PTR(-EBADF);
	css = cgroup_get_e_css(cgroup, &memory_cgrp_subsys);
	if (css && css->cgroup != cgroup) {	/* of one above */
		css_put(css);
		css = NULL;
	}
	cgroup_put(cgroup);
	return css ? css : ERR_PTR(-EOPNOTSUPP);
}

static struct vp_scope *new_cgroup(struct cgroup_subsys_state *css)
{
	struct vp_scope *s = scope_new(VMPRESSURE_CGROUP);

	if (IS_ERR(s))
		return s;
	css_get(css);
	s->memcg = mem_cgroup_from_css(css);
	hash_add_rcu(cgroups, &s->node, (unsigned long)s->memcg);
	atomic_inc(&nr_cgroups);
	queue_delayed_work(works, &s->work, LOOK);
	return s;
}

static struct vp_scope *get_cgroup(int fd)
{
	struct cgroup_subsys_state *css = css_of(fd);
	struct vp_scope *s;

	if (IS_ERR(css))
		return ERR_CAST(css);
	rcu_read_lock();
	s = find_cgroup(mem_cgroup_from_css(css));
	rcu_read_unlock();
	if (!s)
		s = new_cgroup(css);
	css_put(css);
	return s;
}

static struct vp_scope *get_scope(const struct vmpressure_config *c)
{
	if (c->scope != VMPRESSURE_CGROUP && vp_reclaim_is_silent())
		return ERR_PTR(-EOPNOTSUPP);
	switch (c->scope) {
	case VMPRESSURE_MACHINE:
		return get_slot(&machine, c->scope, NUMA_NO_NODE);
	case VMPRESSURE_NODE:
		return get_slot(&nodes[c->target], c->scope, c->target);
	default:
		return get_cgroup(c->target);
	}
}

static void put_scope(struct vp_scope *s)
{
	WRITE_ONCE(s->users, s->users - 1);
	if (s->users)
		return;
	switch (s->type) {
	case VMPRESSURE_MACHINE:
		RCU_INIT_POINTER(machine, NULL);
		break;
	case VMPRESSURE_NODE:
		RCU_INIT_POINTER(nodes[s->nid], NULL);
		break;
	default:
		hash_del_rcu(&s->node);
		atomic_dec(&nr_cgroups);
	}
	scope_free(s);
}

static void link(struct vp_watcher *w, struct vp_scope *s)
{
	WRITE_ONCE(s->users, s->users + 1);
	spin_lock(&s->lock);
	list_add_tail(&w->of_scope, &s->watchers);
	spin_unlock(&s->lock);
	WRITE_ONCE(w->scope, s);
	mod_delayed_work(works, &s->work, 0);	/* what is so already */
}

int vp_watch(struct vp_watcher *w, const struct vmpressure_config *c)
{
	struct vp_scope *s;
	int err;

	mutex_lock(&vp_control);
	err = vp_feed_demand();
	if (!err) {
		s = get_scope(c);
		if (IS_ERR(s)) {
			err = PTR_ERR(s);
			vp_feed_release();
		} else {
			link(w, s);
		}
	}
	mutex_unlock(&vp_control);
	return err;
}

void vp_unwatch(struct vp_watcher *w)
{
	struct vp_scope *s = w->scope;

	if (!s)
		return;
	mutex_lock(&vp_control);
	spin_lock(&s->lock);
	list_del(&w->of_scope);
	spin_unlock(&s->lock);
	put_scope(s);
	vp_feed_release();
	mutex_unlock(&vp_control);
}

int vp_scopes_init(void)
{
	works = alloc_workqueue("vmpressure",
				WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, 0);
	return works ? 0 : -ENOMEM;
}

void vp_scopes_exit(void)
{
	destroy_workqueue(works);
}
