// SPDX-License-Identifier: GPL-2.0
/* numa_tbind() and numa_mbind(): threads and memory of NUMA groups. */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#include <numaplace/uapi.h>

#include "device.h"
#include "numaplace.h"

#define BITS (8 * sizeof(unsigned long))
/* MAX_NUMNODES of the largest kernel there is, CONFIG_NODES_SHIFT=10. */
#define MAX_NODES 1024
#define TAG_BITS 32

int numa_tbind(int tid, int ng_id, unsigned long flags)
{
	struct np_ioc_tbind t = {
		.size = sizeof(t), .tid = tid, .ng_id = ng_id,
	};

	if (flags) {
		errno = EINVAL;
		return -1;
	}
	if (np_device_call(NP_IOC_TBIND, &t))
		return -1;
	return ng_id == MS_ID_NONE ? 0 : t.ng_id;
}

static void set_bit(unsigned long *mask, unsigned int bit)
{
	mask[bit / BITS] |= 1UL << bit % BITS;
}

/* As struct np_ioc_mbind has it: the node, and the group's number at the end. */
static int prefer(void *addr, unsigned long len, const struct np_ioc_mbind *b)
{
	unsigned long mask[MAX_NODES / BITS] = { 0 };
	unsigned int bit;

	if (b->max_nodes > MAX_NODES || b->node < 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	set_bit(mask, (unsigned int)b->node);
	for (bit = 0; bit < TAG_BITS; bit++)
		if ((uint32_t)b->ng_id >> bit & 1)
			set_bit(mask, b->max_nodes - TAG_BITS + bit);
	/* mbind(2) heeds one bit less than it is told of. */
	return (int)syscall(SYS_mbind, addr, len,
			    MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES, mask,
			    (unsigned long)b->max_nodes + 1, 0);
}

static int mark(void *addr, unsigned long len)
{
	struct np_ioc_lazy lazy = {
		.size = sizeof(lazy), .addr = (unsigned long)addr, .len = len,
	};

	return np_device_call(NP_IOC_LAZY, &lazy);
}

/* The group may have moved in between: then it is told at the end. */
static int bind(void *addr, unsigned long len, struct np_ioc_mbind *b)
{
	int err = prefer(addr, len, b), why = errno;

	b->flags = NP_MBIND_END;
	if (np_device_call(NP_IOC_MBIND, b) && !err)
		return -1;
	errno = why;
	return err ? err : mark(addr, len);
}

int numa_mbind(void *addr, unsigned long len, int ng_id, unsigned long flags)
{
	struct np_ioc_mbind b = { .size = sizeof(b), .ng_id = ng_id };

	if (flags || (unsigned long)addr % (unsigned long)sysconf(_SC_PAGESIZE)) {
		errno = EINVAL;
		return -1;
	}
	if (np_device_call(NP_IOC_MBIND, &b))
		return -1;
	return bind(addr, len, &b);
}
