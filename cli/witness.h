/* SPDX-License-Identifier: GPL-2.0 */
/* What the witness writes, line by line, while a guest runs. */
#ifndef CLI_WITNESS_H
#define CLI_WITNESS_H

#include "run.h"

/* Of all accesses, how many may be to memory the witness cannot place. */
#define WITNESS_UNKNOWN 0.01

/**
 * struct witness - what it has said so far
 * @runs:	the runs that are expected; filled as lines arrive
 * @line:	lines read, for messages
 * @nr_nodes:	of the machine, 0 before the first line
 * @calibrated:	it knows which memory belongs to which node
 * @error:	its own last complaint, or empty
 */
struct witness {
	struct runs *runs;
	unsigned int line;
	unsigned int nr_nodes;
	bool calibrated;
	char error[256];
};

/* witness_line() - take one line in.  Return: 0 or -1 if it makes no sense. */
int witness_line(struct witness *w, const char *line);

/* witness_check() - at the end: may its numbers be trusted, all of them? */
int witness_check(const struct witness *w);

#endif
