/* SPDX-License-Identifier: GPL-2.0 */
/* What processes are told about themselves; see struct np_notice. */
#ifndef NP_NOTIFY_H
#define NP_NOTIFY_H

#include "kmod.h"

struct np_watcher;

/*
 * Tell whoever watches @kp; from any context but interrupts.  A thread (0: all
 * of them) has another home node; a page did not follow its memory policy; the
 * process is let go or has ended.
 */
void np_tell_moved(struct np_kproc *kp, u32 tid, int from, int to);
void np_tell_refused(struct np_kproc *kp, const struct np_fault *f,
		     enum np_reason why);
void np_tell_over(struct np_kproc *kp);

/* NULL if no memory. */
struct np_watcher *np_watcher_new(struct np_kproc *kp);
void np_watcher_free(struct np_watcher *w);
ssize_t np_watcher_read(struct np_watcher *w, char __user *buf, size_t len,
			bool nonblock);
struct poll_table_struct;
__poll_t np_watcher_poll(struct np_watcher *w, struct file *file,
			 struct poll_table_struct *wait);
void np_notify_exit(void);

#endif
