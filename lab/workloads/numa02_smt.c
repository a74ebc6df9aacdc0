// SPDX-License-Identifier: GPL-2.0
/*
 * numa02 built with SMT: half of the CPUs stay idle, so the load balancer has
 * a choice, and may undo what the NUMA balancer did.
 */
#include "npwork.h"

const struct workload numa02_smt = {
	.name = "numa02_smt",
	.summary = "as numa02, with threads for half of the CPUs",
	.unit = unit_mib,
	.processes = 1,
	.threads = HALF_THE_CPUS,
	.mb = 256,
	.init = INIT_MAIN,
	.spread = SPREAD_THREADS,
	.aim = aim_share,
	.work = sweep,
};
