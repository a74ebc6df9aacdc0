// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that hand data to each other: one of a pair writes to memory that
 * both share, the other reads it.  Asks whether processes that share memory are
 * brought together: each of them by itself could be anywhere.
 */
#include "npwork.h"

static uint64_t work(struct task *task)
{
	return task->process % 2 ? sweep_reading(task) : sweep(task);
}

const struct workload pairs = {
	.name = "pairs",
	.summary = "a process per CPU; of each two one writes what the other reads",
	.unit = unit_mib,
	.processes = EVERY_CPU,
	.min_processes = 2,
	.threads = 1,
	.mb = 16,
	.init = INIT_MAIN,
	.spread = SPREAD_PROCESSES,
	.single = true,
	.pairs = true,
	.aim = aim_whole,
	.work = work,
};
