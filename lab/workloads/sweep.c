// SPDX-License-Identifier: GPL-2.0
/* The inner loop of most workloads: store through a range, again and again. */
#include "npwork.h"

#include <unistd.h>

/*
 * A look at the stop word is an access to somebody else's node, which the
 * witness counts: one in so many stores does not show in its figures.
 */
#define STORES_PER_LOOK	4096

/*
 * A plain store to the CPU; atomic only so that threads may share the range
 * and the compiler may not drop it.
 */
static inline void touch(char *start, size_t len, size_t stride)
{
	for (size_t off = 0; off < len; off += stride)
		__atomic_store_n((uint64_t *)(start + off), off,
				 __ATOMIC_RELAXED);
}

static inline void look(const char *start, size_t len, size_t stride)
{
	for (size_t off = 0; off < len; off += stride)
		(void)__atomic_load_n((const uint64_t *)(start + off),
				      __ATOMIC_RELAXED);
}

void sweep_touch(char *start, size_t len, size_t stride)
{
	touch(start, len, stride);
}

/* Returns the bytes swept: less than the range if the work was stopped. */
static size_t sweep_once(struct board *board, struct range r, size_t stride,
			 bool reading)
{
	size_t chunk = stride * STORES_PER_LOOK, done = 0, n;

	while (done < r.len && board_running(board)) {
		n = r.len - done < chunk ? r.len - done : chunk;
		if (reading)
			look(r.start + done, n, stride);
		else
			touch(r.start + done, n, stride);
		done += n;
	}
	return done;
}

/* Turns change between passes: a pass is whole, and from one place. */
static uint64_t sweep_on(struct task *task, bool reading)
{
	struct range (*aim)(struct task *, uint32_t) =
		task->run->options->workload->aim;
	const struct options *o = task->run->options;
	struct board *board = task->run->board;
	uint64_t bytes = 0, passes = 0;
	struct range r = aim(task, 0);
	uint32_t turn = 0, now;

	while (board_running(board) && !loops_done(o, passes++)) {
		bytes += sweep_once(board, r, o->stride, reading);
		now = atomic_load_explicit(&board->turn, memory_order_relaxed);
		if (now != turn)
			r = aim(task, turn = now);
	}
	return bytes;
}

uint64_t sweep(struct task *task)
{
	return sweep_on(task, false);
}

uint64_t sweep_reading(struct task *task)
{
	return sweep_on(task, true);
}

struct range aim_whole(struct task *task, uint32_t turn)
{
	(void)turn;
	return task->memory;
}

struct range aim_share(struct task *task, uint32_t turn)
{
	(void)turn;
	return memory_share(task->memory, task->thread,
			    threads_of(task->run->options, task->process));
}
