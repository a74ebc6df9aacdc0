// SPDX-License-Identifier: GPL-2.0
/*
 * stock: leave everything to the kernel.
 *
 * Always there and never removable: every failure falls back to it.  Choosing
 * it for one process means the kernel's own balancer for just that process,
 * even while kernel.numa_balancing is 0 for everyone else.
 */
#include <numaplace/policy.h>

#include "internal.h"

const struct np_policy_ops np_stock = {
	.name = "stock",
	.summary = "the kernel's own balancer, untouched",
	.flags = NP_POLICY_STOCK,
};
