// SPDX-License-Identifier: GPL-2.0
/*
 * A process that lives long and does next to nothing: what a balancer costs
 * here, it costs for nothing.
 */
#include "npwork.h"

#include <unistd.h>

#define WAKE_MS		1000

static void touch_page(struct range memory, uint64_t i)
{
	size_t page = sysconf(_SC_PAGESIZE);

	sweep_touch(memory.start + i % (memory.len / page) * page, page, page);
}

static uint64_t work(struct task *task)
{
	struct board *board = task->run->board;
	uint64_t wakeups = 0;

	while (!loops_done(task->run->options, wakeups)) {
		board_sleep(board, WAKE_MS);
		if (!board_running(board))
			break;
		touch_page(task->memory, wakeups++);
	}
	return wakeups;
}

const struct workload idle = {
	.name = "idle",
	.summary = "1 process that touches its memory once, then one page a second",
	.unit = "wakeups",
	.processes = 1,
	.threads = 1,
	.mb = 64,
	.init = INIT_MAIN,
	.spread = SPREAD_PROCESSES,
	.single = true,
	.work = work,
};
