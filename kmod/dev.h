/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/numaplace: what its files share.  The interface: numaplace/uapi.h. */
#ifndef NP_DEV_H
#define NP_DEV_H

#include <linux/string.h>

#include <numaplace/uapi.h>

#include "kmod.h"

/* One open file. */
struct np_file {
	struct mutex lock;
	struct np_session *session;	/* made by the first attach */
	struct np_reader *reader;	/* made by NP_IOC_TRACE, or.. */
	struct np_watcher *watcher;	/* ..by NP_IOC_NOTIFY */
};

/* Any command's argument. */
union np_arg {
	struct {
		__u32 size;
		__u32 flags;
	};
	struct np_ioc_info info;
	struct np_ioc_attach attach;
	struct np_ioc_pid pid;
	struct np_ioc_status status;
	struct np_ioc_policy policy;
	struct np_ioc_param param;
	struct np_ioc_trace trace;
	struct np_ioc_lazy lazy;
	struct np_ioc_progress progress;
	struct np_ioc_home home;
	struct np_ioc_tbind tbind;
	struct np_ioc_mbind mbind;
	struct np_ioc_group group;
	struct np_ioc_group_set group_set;
	struct np_ioc_notify notify;
};

#define NP_RESERVED_ZERO(s) \
	(!memchr_inv((s)->reserved, 0, sizeof((s)->reserved)))

static inline bool np_terminated(const char *text, size_t len)
{
	return strnlen(text, len) < len;
}

/*
 * The task of process @pid in the caller's pid namespace (0 = the caller),
 * with a reference, if the caller may look at it or, with @change, manage it.
 * ERR_PTR: -EINVAL, -ESRCH, -EPERM.
 */
struct task_struct *np_target_get(int pid, bool change);
/* Its entry, with a reference. ERR_PTR: the same, or -ENOENT if unmanaged. */
struct np_kproc *np_target_kproc(int pid, bool change);

/* np_adopt() on behalf of who has the file open. */
struct np_kproc *np_file_adopt(struct np_file *f, struct task_struct *task,
			       bool homes);

/* One per command: 0 or a negative errno, @arg goes back in any case. */
int np_do_attach(struct np_file *f, union np_arg *arg);
int np_do_detach(struct np_file *f, union np_arg *arg);
int np_do_status(struct np_file *f, union np_arg *arg);
int np_do_next(struct np_file *f, union np_arg *arg);
int np_do_info(struct np_file *f, union np_arg *arg);
int np_do_policy(struct np_file *f, union np_arg *arg);
int np_do_param(struct np_file *f, union np_arg *arg);
int np_do_trace(struct np_file *f, union np_arg *arg);
int np_do_lazy(struct np_file *f, union np_arg *arg);
int np_do_progress(struct np_file *f, union np_arg *arg);
int np_do_home(struct np_file *f, union np_arg *arg);
int np_do_tbind(struct np_file *f, union np_arg *arg);
int np_do_mbind(struct np_file *f, union np_arg *arg);
int np_do_group(struct np_file *f, union np_arg *arg);
int np_do_group_set(struct np_file *f, union np_arg *arg);
int np_do_notify(struct np_file *f, union np_arg *arg);

#endif
