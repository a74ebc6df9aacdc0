/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far a sweep is, on stderr: one line that is rewritten on a terminal, a
 * line now and then elsewhere.
 */
#ifndef CLI_SWEEP_PROGRESS_H
#define CLI_SWEEP_PROGRESS_H

#include <stdbool.h>
#include <time.h>

#include "pool.h"

/**
 * struct sweep_progress - what was shown last
 * @start:	when the pool began
 * @told:	when a line was written that stays
 * @before:	weight of the points that were there before
 */
struct sweep_progress {
	const struct pool *pool;
	bool quiet;
	bool tty;
	struct timespec start;
	double told;
	double before;
};

void sweep_progress_init(struct sweep_progress *s, const struct pool *pool,
			 bool quiet);

/* sweep_progress_show() - the points may have gone on; @data is ours. */
void sweep_progress_show(void *data);

/* sweep_progress_end() - leave no half line behind. */
void sweep_progress_end(struct sweep_progress *s);

#endif
