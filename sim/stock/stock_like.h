/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel itself does with kernel.numa_balancing=1, as a policy. */
#ifndef SIM_STOCK_LIKE_H
#define SIM_STOCK_LIKE_H

#include <numaplace/policy.h>

extern const struct np_policy_ops sim_stock_like;

#endif
