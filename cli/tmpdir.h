/* SPDX-License-Identifier: GPL-2.0 */
/* A directory for files that nobody needs afterwards. */
#ifndef CLI_TMPDIR_H
#define CLI_TMPDIR_H

/* tmpdir_make() - an empty one below $TMPDIR or /tmp; NULL with a message. */
char *tmpdir_make(void);

/* tmpdir_remove() - with the files in it, and free @dir; NULL is nothing. */
void tmpdir_remove(char *dir);

#endif
