/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of vmpressure.ko share.
 *
 *	feed.c		what reclaim does, from the kernel's own trace points
 *	scope.c		machine, nodes, cgroups: windows, levels, who is told
 *	watch.c		/dev/vmpressure: one descriptor, one watcher
 *	tunables.c	vm.vmevent_*
 *
 * Locks, outermost first: vp_control (mutex: scopes come and go, and the feed with
 * them), scope.lock (spinlock: level and watchers; process context only).  What
 * comes from reclaim takes none: it counts, and leaves the rest to a work.
 */
#ifndef VP_VMPRESSURE_H
#define VP_VMPRESSURE_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <numaplace/vmpressure.h>

#include "bind/bind.h"

struct eventfd_ctx;
struct fasync_struct;
struct mem_cgroup;

#define VP_LEVELS 3	/* LOW, MEDIUM, OOM by number */

/* ------------------------------------------------------------------ scope.c */

/**
 * struct vp_scope - whose pressure is watched
 * @type:	VMPRESSURE_MACHINE and others
 * @nid:	the node
 * @memcg:	the cgroup; its css has a reference
 * @node:	in the table of cgroups
 * @users:	watchers, vp_control
 * @window:	of now: pages examined in the upper half, reclaimed in the lower
 * @last:	jiffies of the last window, by level
 * @fresh:	bits of the levels that windows had since the work ran
 * @kick:	queues @work: an allocation that finds a node short may hold any lock
 * @lock:	of all below
 * @held:	bits of the levels that windows had within the last second, as far as
 *		the work has seen: more windows of these are no news
 * @again:	some watcher wants to be told again, from jiffies @again_at on
 * @level:	by number, -1 for none
 * @gone:	the cgroup has been removed
 */
struct vp_scope {
	u32 type;
	int nid;
	struct mem_cgroup *memcg;
	struct hlist_node node;
	unsigned int users;
	atomic64_t window;
	unsigned long last[VP_LEVELS];
	unsigned long fresh;
	atomic64_t scanned, reclaimed, windows[VP_LEVELS], spared;
	struct irq_work kick;
	struct delayed_work work;
	spinlock_t lock;
	unsigned long held;
	unsigned long again_at;
	bool again;
	int level;
	bool gone;
	struct list_head watchers;
};

/**
 * struct vp_watcher - one descriptor
 * @scope:	set once
 * @interval:	jiffies
 * @level:	of the last event
 * @told:	the same, or NONE since it is over
 * @told_at:	jiffies
 * @pending:	it has not been read
 * All but @scope and what is configured: scope.lock.
 */
struct vp_watcher {
	struct vp_scope *scope;
	struct list_head of_scope;
	u32 threshold;
	u32 flags;
	unsigned long interval;
	u32 level;
	u32 told;
	unsigned long told_at;
	bool pending;
	u64 events, merged;
	wait_queue_head_t wait;
	struct fasync_struct *fasync;
	struct eventfd_ctx *eventfd;
};

extern struct mutex vp_control;

int vp_scopes_init(void);
void vp_scopes_exit(void);
/*
 * @w watches what @c says from now on. 0, -EINVAL, -ENOMEM, -EBADF (not a cgroup2
 * directory), -EOPNOTSUPP (no memory controller there; nothing is known of it).
 */
int vp_watch(struct vp_watcher *w, const struct vmpressure_config *c);
void vp_unwatch(struct vp_watcher *w);
u32 vp_level_bits(int level);

/* From reclaim, preemption off: for all scopes that it concerns. */
void vp_examined(int nid, unsigned long scanned, unsigned long reclaimed);
void vp_examined_cgroup(struct mem_cgroup *memcg, unsigned long scanned,
			unsigned long reclaimed, bool critical);
/* Reclaim for the whole machine comes near its end. */
void vp_desperate(void);
/* A node may be short with nothing to examine, so that nothing else tells. */
void vp_node_asks(int nid);

/* ------------------------------------------------------------------- feed.c */

/* Find what it takes in this kernel. 0 or -EOPNOTSUPP, and the log says why. */
int vp_feed_init(void);
/* While somebody watches; vp_control held. 0 or a negative errno. */
int vp_feed_demand(void);
void vp_feed_release(void);
void vp_feed_exit(void);

/* ------------------------------------------------------------------ nodes.c */

/* Has a memory node room for whoever may allocate anywhere? */
bool vp_some_node_has_room(void);
/* Is @nid at or below the mark at which reclaim begins? */
bool vp_node_is_short(int nid);
/* ..and would be, if all were reclaimed that can be? */
bool vp_node_is_lost(int nid);
bool vp_all_nodes_are_lost(void);

/* --------------------------------------------------------------- tunables.c */

/* Pages of a window; per cent; reclaim's priority. */
extern unsigned int vp_window, vp_medium, vp_oom, vp_oom_priority;

int vp_tunables_init(void);
void vp_tunables_exit(void);

/* ------------------------------------------------------------------ watch.c */

int vp_dev_init(void);
void vp_dev_exit(void);

#endif
