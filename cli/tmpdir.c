// SPDX-License-Identifier: GPL-2.0
/* A directory for files that nobody needs afterwards. */
#include "tmpdir.h"
#include "cli.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *tmpdir_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir;

	if (asprintf(&dir, "%s/numaplace-XXXXXX", tmp && *tmp ? tmp : "/tmp") <
	    0) {
		fail("out of memory");
		return NULL;
	}
	if (mkdtemp(dir))
		return dir;
	fail("%s: %s", dir, strerror(errno));
	free(dir);
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tmpdir_remove(char *dir)
{
	if (dir && nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		fail("%s: %s", dir, strerror(errno));
	free(dir);
}
