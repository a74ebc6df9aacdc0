// SPDX-License-Identifier: GPL-2.0
/*
 * numa01 built with THREAD_ALLOC: the same start, but each thread then keeps
 * to its own part, so that every page has one right node.
 */
#include "npwork.h"

const struct workload numa01_thread = {
	.name = "numa01_thread",
	.summary = "as numa01, but each thread sweeps its own slice",
	.unit = unit_mib,
	.processes = 2,
	.threads = HALF_THE_CPUS,
	.mb = 96,
	.init = INIT_NODE0,
	.spread = SPREAD_PROCESSES,
	.aim = aim_share,
	.work = sweep,
};
