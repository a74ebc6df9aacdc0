/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Worker processes that make the points of a sweep, one at a time each.
 *
 * Processes, because a policy is registered once in each.
 */
#ifndef CLI_POOL_H
#define CLI_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "sweep_plan.h"

/* Where a point is on its way. */
enum pool_state {
	POOL_TODO,
	POOL_UNDER_WAY,
	POOL_ELSEWHERE,	/* another process that shares the file is at it */
	POOL_FAILED,
	POOL_DONE,
};

/**
 * struct pool_shared - what workers and their parent share
 * @next:	the next one to be looked at: all once in their order, then
 *		again those that were elsewhere, which are waited for
 * @broken:	the file cannot be written; nobody need go on
 * @made:	points that our workers have simulated
 * @state:	[plan->nr] enum pool_state
 */
struct pool_shared {
	size_t next;
	bool broken;
	size_t made;
	unsigned char state[];
};

/**
 * struct pool - the workers
 * @at:		[jobs] the point a worker is at, plus 1; 0 = none
 * @stopping:	workers were asked to end
 */
struct pool {
	const struct sweep_plan *plan;
	const char *path;
	unsigned int jobs;
	struct pool_shared *shared;
	size_t shared_size;
	size_t *at;
	int *pid;
	bool stopping;
};

int pool_init(struct pool *p, const struct sweep_plan *plan, const char *path,
	      unsigned int jobs);

/**
 * pool_run() - until all points are done, or failed, or a signal asks to stop
 * @show:	called now and then
 * Return: 0, or -1 if the file is of no more use.
 */
int pool_run(struct pool *p, void (*show)(void *data), void *data);

/* pool_count() - points in one state. */
size_t pool_count(const struct pool *p, enum pool_state state);

void pool_free(struct pool *p);

#endif
