/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory-pressure file descriptors: vmpressure_fd() as proposed in November 2012
 * (Anton Vorontsov, "vmpressure_fd"), per machine, node or cgroup.
 *
 * Pressure is the share of the pages that reclaim has examined and could not
 * reclaim, over a window of examined pages (vm.vmevent_window).  It is a level:
 * of a window below vm.vmevent_level_medium per cent LOW, from there MEDIUM, from
 * vm.vmevent_level_oom OOM; OOM also when direct reclaim has come down to priority
 * vm.vmevent_level_oom_priority, or when a node (for the machine: each) is short and
 * would be if all were reclaimed that can be.  A level holds for a second after the
 * last window that had it or a higher one.
 *
 * The kernel's side is vmpressure.ko, /dev/vmpressure.
 */
#ifndef NP_VMPRESSURE_H
#define NP_VMPRESSURE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VMPRESSURE_DEVICE	"/dev/vmpressure"

/* Levels; the gaps are on purpose, as in 2012. */
#define VMPRESSURE_NONE		0U		/* it is over */
#define VMPRESSURE_LOW		(1U << 10)	/* memory is being reclaimed */
#define VMPRESSURE_MEDIUM	(1U << 20)	/* ..with trouble */
#define VMPRESSURE_OOM		(1U << 30)	/* the OOM killer is near */

/* vmpressure_config.scope: whose pressure. */
#define VMPRESSURE_MACHINE	0U	/* target is 0 */
#define VMPRESSURE_NODE		1U	/* target: a memory node */
#define VMPRESSURE_CGROUP	2U	/* target: descriptor of a cgroup2 directory */

/* vmpressure_config.flags */
#define VMPRESSURE_CLOEXEC	(1U << 0)
#define VMPRESSURE_NONBLOCK	(1U << 1)
#define VMPRESSURE_AGAIN	(1U << 2)	/* as long as it lasts, see interval */
#define VMPRESSURE_OVER		(1U << 3)	/* and when it is over */
#define VMPRESSURE_EVENTFD	(1U << 4)	/* add 1 there for each event, too */

/**
 * struct vmpressure_config - what to be told of
 * @size:	of the structure as the caller knows it.  8: the calls of 2012, which
 *		mean the machine, and again with every window
 * @threshold:	lowest level to be told of: LOW, MEDIUM or OOM
 * @flags:	VMPRESSURE_CLOEXEC and others
 * @scope:	VMPRESSURE_MACHINE and others
 * @target:	by @scope
 * @eventfd:	with VMPRESSURE_EVENTFD, else 0
 * @interval:	with VMPRESSURE_AGAIN: ms between two events, 0 to 3600000; 0 is at
 *		each window.  Else 0
 * @reserved:	0
 *
 * Without VMPRESSURE_AGAIN there is an event when the level becomes another one
 * that is not below the threshold.
 */
struct vmpressure_config {
	__u32 size;
	__u32 threshold;
	__u32 flags;
	__u32 scope;
	__s32 target;
	__s32 eventfd;
	__u32 interval;
	__u32 reserved;
};

/**
 * struct vmpressure_event - what read(2) returns
 * @pressure:	the latest level, or VMPRESSURE_NONE
 *
 * What happens before it is read is put together: one read, the latest level.
 */
struct vmpressure_event {
	__u32 pressure;
};

/**
 * struct vmpressure_info - what a descriptor's scope has seen since it is watched
 * @size:	as above
 * @level:	now
 * @watchers:	of this scope, by all processes
 * @reserved:	0
 * @scanned:	pages that reclaim has examined
 * @reclaimed:	of those
 * @windows:	that were LOW, MEDIUM, OOM
 * @spared:	windows of the machine that did not count, because another node had
 *		room
 * @events:	of this descriptor
 * @merged:	of those, events that were put together with one not yet read
 */
struct vmpressure_info {
	__u32 size;
	__u32 level;
	__u32 watchers;
	__u32 reserved;
	__u64 scanned;
	__u64 reclaimed;
	__u64 windows[3];
	__u64 spared;
	__u64 events;
	__u64 merged;
};

#define VMPRESSURE_IOC_WATCH	_IOW('V', 0x50, struct vmpressure_config)
#define VMPRESSURE_IOC_INFO	_IOWR('V', 0x51, struct vmpressure_info)

#ifdef __cplusplus
}
#endif
#endif
