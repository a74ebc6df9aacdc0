// SPDX-License-Identifier: GPL-2.0
/*
 * A machine that is shared: two processes that fill one node each, all threads
 * of which use all of their memory, and one that is twice as large as a node.
 * Asks whether those that fit are brought together, and whether the one that
 * does not fit is left apart.  On two nodes they have to share the CPUs.
 */
#include "npwork.h"

static struct range aim(struct task *task, uint32_t turn)
{
	bool large = task->process + 1 == task->run->options->processes;

	return large ? aim_share(task, turn) : aim_whole(task, turn);
}

const struct workload mixed = {
	.name = "mixed",
	.summary = "2 processes that fill a node each, 1 that is twice as large",
	.unit = unit_mib,
	.processes = 3,
	.min_processes = 2,
	.threads = NODE_CPUS,
	.last = 2,
	.mb = 64,
	.init = INIT_MAIN,
	.spread = SPREAD_MIXED,
	.aim = aim,
	.work = sweep,
};
