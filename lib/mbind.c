// SPDX-License-Identifier: GPL-2.0
/*
 * np_mbind(): the memory policy is the kernel's own affair; the module marks the
 * pages that are to follow it.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#include <numaplace/uapi.h>

#include "device.h"
#include "numaplace.h"

static int mark(void *addr, unsigned long len, unsigned int flags)
{
	struct np_ioc_lazy lazy = {
		.size = sizeof(lazy), .flags = flags,
		.addr = (unsigned long)addr, .len = len,
	};

	return np_device_call(NP_IOC_LAZY, &lazy);
}

static int kernel_mbind(void *addr, unsigned long len, int mode,
			const unsigned long *nodemask, unsigned long maxnode,
			unsigned int flags)
{
	return (int)syscall(SYS_mbind, addr, len, mode, nodemask, maxnode,
			    flags);
}

/*
 * Nothing is left half done: before the policy changes the module is asked for
 * all that it may not have, and afterwards it can only find what mbind(2) found.
 */
static int lazy_mbind(void *addr, unsigned long len, int mode,
		      const unsigned long *nodemask, unsigned long maxnode)
{
	if (mark(addr, 0, 0))
		return -1;
	if (kernel_mbind(addr, len, mode, nodemask, maxnode, 0))
		return -1;
	return mark(addr, len, 0);
}

int np_mbind(void *addr, unsigned long len, int mode,
	     const unsigned long *nodemask, unsigned long maxnode,
	     unsigned int flags)
{
	bool noop = mode == MPOL_NOOP;

	if (!noop && !(flags & MPOL_MF_LAZY))
		return kernel_mbind(addr, len, mode, nodemask, maxnode, flags);
	if (flags != (MPOL_MF_MOVE | MPOL_MF_LAZY) ||
	    (noop && nodemask)) {
		errno = EINVAL;
		return -1;
	}
	if (noop)
		return mark(addr, len, NP_LAZY_WHOLE);
	return lazy_mbind(addr, len, mode, nodemask, maxnode);
}
