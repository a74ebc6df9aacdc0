// SPDX-License-Identifier: GPL-2.0
/* Home nodes of threads, and how far lazy migration has come. */
#include <errno.h>

#include <numaplace/uapi.h>

#include "device.h"
#include "numaplace.h"

int np_home_node(int tid)
{
	struct np_ioc_home h = { .size = sizeof(h), .tid = tid };

	if (np_device_call(NP_IOC_HOME, &h))
		return -1;
	if (h.node < 0)
		errno = ENODATA;
	return h.node;
}

int np_set_home_node(int tid, int node)
{
	struct np_ioc_home h = {
		.size = sizeof(h), .flags = NP_HOME_SET, .tid = tid,
		.node = node,
	};

	return np_device_call(NP_IOC_HOME, &h);
}

int np_progress(void *addr, unsigned long len, struct np_progress *progress)
{
	struct np_ioc_progress p = {
		.size = sizeof(p), .addr = (unsigned long)addr, .len = len,
	};

	if (np_device_call(NP_IOC_PROGRESS, &p))
		return -1;
	*progress = (struct np_progress){
		.present = p.present, .waiting = p.waiting, .there = p.there,
	};
	return 0;
}
