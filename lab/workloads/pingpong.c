// SPDX-License-Identifier: GPL-2.0
/*
 * The adversary: a thread that is on the other node each time its pages are
 * marked again, so that every hinting fault contradicts the last one.  Whoever
 * follows the last fault moves every page, every time, for nothing.
 */
#include "npwork.h"

/*
 * Between its home and the next one.  Counts its own turns rather than those
 * of the clock: if a pass takes longer than a turn, the next pass must still
 * come from the other node.  Memory bound by hand is local half of the time;
 * no placement does better.
 */
static struct range aim(struct task *task, uint32_t turn)
{
	unsigned int home = home_of(task->run, task->process, task->thread);

	home += task->turns++ % 2;
	place_thread(task->run, home % task->run->machine->nr_homes);
	return aim_share(task, turn);
}

const struct workload pingpong = {
	.name = "pingpong",
	.summary = "1 thread that sweeps its memory from two nodes in turn, --pass-ms each",
	.unit = unit_mib,
	.processes = 1,
	.threads = 1,
	.mb = 64,
	.init = INIT_MAIN,
	.spread = SPREAD_THREADS,
	.min_homes = 2,
	.turn = TURN_PASS,
	/* The kernel marks a page at most once in scan_period_min, 1 s. */
	.turn_ms = 1000,
	.aim = aim,
	.work = sweep,
};
