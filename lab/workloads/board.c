// SPDX-License-Identifier: GPL-2.0
/*
 * What the first process and the tasks share: start, turn, stop, results.
 * The tasks look at no clock (in a guest without a good one that would be a
 * system call each time); the first process does, and writes here.
 */
#include "npwork.h"

#include <err.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* CPU time of the calling thread. */
int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct board *board_create(unsigned int tasks)
{
	struct board *board;

	board = mmap(NULL, sizeof(*board) + tasks * sizeof(board->slots[0]),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		err(EXIT_RUNTIME, "cannot map the shared results");
	return board;
}

/* Not the private kind of futex: the sleepers are in other processes. */
static void wait_while(struct board *board, uint32_t state,
		       const struct timespec *timeout)
{
	syscall(SYS_futex, &board->state, FUTEX_WAIT, state, timeout, NULL, 0);
}

/* A task is prepared: waits for all the others. */
void board_arrive(struct board *board)
{
	atomic_fetch_add(&board->ready, 1);
	while (atomic_load(&board->state) == BOARD_PREPARING)
		wait_while(board, BOARD_PREPARING, NULL);
}

void board_set(struct board *board, uint32_t state)
{
	atomic_store(&board->state, state);
	syscall(SYS_futex, &board->state, FUTEX_WAKE, MAX_TASKS, NULL, NULL, 0);
}

/* Ends early when the work does. */
void board_sleep(struct board *board, unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	wait_while(board, BOARD_RUNNING, &t);
}
