// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that move on to their neighbour's slice every few seconds: what was
 * right a moment ago is wrong now.  Asks how fast a policy forgets.
 */
#include "npwork.h"

/* Placed by hand, a thread follows its work to where that was bound. */
static struct range aim(struct task *task, uint32_t turn)
{
	const struct run *run = task->run;
	unsigned int n = run->options->threads;
	unsigned int slice = (task->thread + turn % n) % n;

	if (run->options->place)
		place_thread(run, home_of(run, task->process, slice));
	return memory_share(task->memory, slice, n);
}

const struct workload phases = {
	.name = "phases",
	.summary = "1 process, a thread per CPU, the slices go round every --phase-seconds",
	.unit = unit_mib,
	.processes = 1,
	.threads = EVERY_CPU,
	.min_threads = 2,
	.mb = 128,
	.init = INIT_MAIN,
	.spread = SPREAD_THREADS,
	.turn = TURN_PHASE,
	.turn_ms = 4000,
	.aim = aim,
	.work = sweep,
};
