/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel itself does with kernel.numa_balancing=1, as a policy. */
#ifndef SIM_STOCK_LIKE_H
#define SIM_STOCK_LIKE_H

#include <numaplace/policy.h>

extern const struct np_policy_ops sim_stock_like;

/*
 * What the scanner needs of it, all that no decision depends on: a thread's
 * period in ms, the next scan in ns, and that a thread came to another node.
 */
u32 stock_like_period(const struct np_instance *inst, const struct np_task *t);
u64 *stock_like_next_scan(struct np_proc *p);
void stock_like_moved(const struct np_instance *inst, struct np_task *t,
		      int from, int to);

#endif
