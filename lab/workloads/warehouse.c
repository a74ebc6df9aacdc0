// SPDX-License-Identifier: GPL-2.0
/*
 * Java virtual machines side by side, as in SPECjbb with several JVMs: a thread
 * fills its part of the young generation with new objects and looks things up
 * in the old generation, which all threads of its JVM share.  The shape is that
 * of sim/workloads/builtin/warehouse.work, without its collections.
 */
#include "npwork.h"

#define YOUNG_BYTES	(4 * MIB)	/* of each thread */
#define LOOKUPS		20000		/* of a transaction */
#define WRITE_EVERY	10		/* a sale changes the stock */

/*
 * Zipf's law with exponent 0.9, from a uniform number in 32 bits: its inverse
 * distribution is the tenth power, 1/(1 - 0.9).
 */
static uint64_t popular(uint64_t x, uint64_t n)
{
	uint64_t u = (uint32_t)x, u2 = u * u >> 32;
	uint64_t u4 = u2 * u2 >> 32, u8 = u4 * u4 >> 32;

	return (u8 * u2 >> 32) * n >> 32;
}

static uint64_t look_up(struct range old, uint64_t x)
{
	uint64_t lines = old.len / 64;

	for (unsigned int i = 0; i < LOOKUPS; i++) {
		uint64_t *line;

		x = scramble(x);
		line = (uint64_t *)(old.start + popular(x, lines) * 64);
		if (i % WRITE_EVERY)
			(void)__atomic_load_n(line, __ATOMIC_RELAXED);
		else
			__atomic_store_n(line, x, __ATOMIC_RELAXED);
	}
	return x;
}

/* What is left of the memory when every thread has its young objects. */
static struct range old_of(const struct task *task, struct range *young)
{
	unsigned int n = threads_of(task->run->options, task->process);
	size_t all_young = n * YOUNG_BYTES, len = task->memory.len;

	if (all_young > len / 2)
		all_young = len / 2;
	*young = memory_share((struct range){ task->memory.start, all_young },
			      task->thread, n);
	return (struct range){ task->memory.start + all_young, len - all_young };
}

static uint64_t work(struct task *task)
{
	const struct options *o = task->run->options;
	uint64_t x = 88172645463325252 + task->thread, done = 0;
	struct range young, old = old_of(task, &young);

	while (board_running(task->run->board) && !loops_done(o, done)) {
		sweep_touch(young.start, young.len, o->stride);
		x = look_up(old, x);
		done++;
	}
	return done;
}

const struct workload warehouse = {
	.name = "warehouse",
	.summary = "a JVM per node: young objects of each thread, an old generation of all",
	.unit = "transactions",
	.processes = EVERY_HOME,
	.min_processes = 2,
	.threads = NODE_CPUS,
	.mb = 136,
	.init = INIT_MAIN,
	.spread = SPREAD_PROCESSES,
	.aim = aim_share,
	.work = work,
};
