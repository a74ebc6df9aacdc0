// SPDX-License-Identifier: GPL-2.0
/*
 * numa02 of autonuma-benchmark: a thread per CPU, each with its own slice of
 * one process.  The original leaves the first touch to the threads; here the
 * main thread does it all, or there would be nothing to put right.
 */
#include "npwork.h"

const struct workload numa02 = {
	.name = "numa02",
	.summary = "1 process, a thread per CPU, each sweeps its own slice",
	.unit = unit_mib,
	.processes = 1,
	.threads = EVERY_CPU,
	.mb = 256,
	.init = INIT_MAIN,
	.spread = SPREAD_THREADS,
	.aim = aim_share,
	.work = sweep,
};
