/* SPDX-License-Identifier: GPL-2.0 */
/* How far explain is, on stderr, if it takes longer than a person waits. */
#ifndef CLI_EXPLAIN_PROGRESS_H
#define CLI_EXPLAIN_PROGRESS_H

#include <stdbool.h>
#include <time.h>

/**
 * struct explain_progress - what was shown last
 * @what:	is done
 * @shown:	seconds after the start; 0 = nothing
 */
struct explain_progress {
	const char *what;
	struct timespec start;
	double shown;
	bool quiet;
	bool tty;
};

void explain_progress_begin(struct explain_progress *p, const char *what,
			    bool quiet);

/* explain_progress_update() - @part of all is done, or -1 if nobody knows. */
void explain_progress_update(struct explain_progress *p, double part);
void explain_progress_end(struct explain_progress *p);

#endif
