/* SPDX-License-Identifier: GPL-2.0 */
/* Files that appear whole or not at all. */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdio.h>

/**
 * struct outfile - a file being written; all zero = none
 * @f:		write here
 * @path:	where it will be: links followed; "-" is stdout
 * @tmp:	where it is until outfile_commit(), or NULL if written in place
 *		(devices and pipes cannot be replaced)
 */
struct outfile {
	FILE *f;
	char *path;
	char *tmp;
};

/* outfile_check() - could @path be written?  Asked before hours of work. */
int outfile_check(const char *path);

int outfile_open(struct outfile *o, const char *path);

/* outfile_sync() - all is on the disk; what can fail by a full one is over. */
int outfile_sync(struct outfile *o);

/* outfile_commit() - sync, and give it its name; nothing to do for none. */
int outfile_commit(struct outfile *o);

/* outfile_discard() - leave no trace; nothing to do after a commit. */
void outfile_discard(struct outfile *o);

#endif
