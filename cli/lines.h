/* SPDX-License-Identifier: GPL-2.0 */
/* Files that someone else is still writing, line by line. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stdbool.h>
#include <stdio.h>

struct lines {
	char *path;
	FILE *f;	/* NULL until the file exists */
};

/* What is done with a line, without its end; negative stops. */
typedef int (*line_taker)(void *data, const char *line);

int lines_init(struct lines *l, const char *dir, const char *name);

/* lines_follow() - the whole lines written since the last call. */
int lines_follow(struct lines *l, line_taker take, void *data);

/* lines_replaced() - has the file made way for another of the same name? */
bool lines_replaced(const struct lines *l);

/* lines_restart() - follow, from its first line, what has the name now. */
void lines_restart(struct lines *l);

/* lines_cut() - is there half a line left? */
bool lines_cut(const struct lines *l);

void lines_exit(struct lines *l);

#endif
