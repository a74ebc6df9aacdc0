/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a long wait is spent on, on stderr: one line that is rewritten on a
 * terminal, a line per step elsewhere.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

#include "run.h"

/**
 * struct progress - what was shown last
 * @runs:	all of them, in the order they are made
 * @seconds:	how long each takes
 * @reported:	runs whose end was told
 * @shown:	samples of the run under way that were shown
 */
struct progress {
	const struct runs *runs;
	unsigned int seconds;
	bool quiet;
	bool tty;
	size_t reported;
	size_t shown;
};

void progress_init(struct progress *p, const struct runs *runs,
		   unsigned int seconds, bool quiet);

/* progress_stage() - before and after the runs. */
void progress_stage(struct progress *p, const char *what);

/* progress_restart() - the runs begin anew. */
void progress_restart(struct progress *p);

/* progress_update() - the runs may have gone on. */
void progress_update(struct progress *p);

/* progress_end() - nothing more comes; leave no half line behind. */
void progress_end(struct progress *p);

#endif
