// SPDX-License-Identifier: GPL-2.0
/*
 * numa01 of autonuma-benchmark: the threads of a process share all of its
 * memory, and the memory of both processes starts on the same node.  On two
 * nodes it asks for convergence, process by process; on more there is no good
 * answer, and moving pages is wasted.
 */
#include "npwork.h"

const struct workload numa01 = {
	.name = "numa01",
	.summary = "2 processes, all threads sweep all memory of theirs; it starts on one node",
	.unit = unit_mib,
	.processes = 2,
	.threads = HALF_THE_CPUS,
	.mb = 96,
	.init = INIT_NODE0,
	.spread = SPREAD_PROCESSES,
	.aim = aim_whole,
	.work = sweep,
};
