// SPDX-License-Identifier: GPL-2.0
/*
 * Files that appear whole or not at all: written beside their place, synced,
 * then renamed.
 */
#include "outfile.h"
#include "cli.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *path)
{
	return fail("%s: %s", path, strerror(errno));
}

static int is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

/* Does @path exist as something that a rename would destroy? */
static int is_special(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

static int check_directory(const char *path)
{
	char *copy = strdup(path);
	int ret = 0;

	if (!copy)
		return complain(path);
	if (access(dirname(copy), W_OK | X_OK))
		ret = complain(path);
	free(copy);
	return ret;
}

int outfile_check(const char *path)
{
	struct stat st;

	if (is_stdout(path))
		return 0;
	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return complain(path);
	}
	if (is_special(path))
		return access(path, W_OK) ? complain(path) : 0;
	return check_directory(path);
}

/* The mode a plain open() would have given, or that of the file replaced. */
static mode_t wanted_mode(const char *path)
{
	struct stat st;
	mode_t mask;

	if (!stat(path, &st))
		return st.st_mode & 07777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static FILE *open_beside(struct outfile *o)
{
	FILE *f = NULL;
	int fd;

	if (asprintf(&o->tmp, "%s.XXXXXX", o->path) < 0) {
		o->tmp = NULL;
		return NULL;
	}
	fd = mkstemp(o->tmp);
	if (fd < 0) {
		free(o->tmp);
		o->tmp = NULL;
		return NULL;
	}
	if (!fchmod(fd, wanted_mode(o->path)))
		f = fdopen(fd, "w");
	if (!f)
		close(fd);
	return f;
}

static FILE *open_stdout(void)
{
	int fd = dup(STDOUT_FILENO);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

static FILE *open_somehow(struct outfile *o)
{
	if (is_stdout(o->path))
		return open_stdout();
	if (is_special(o->path))
		return fopen(o->path, "we");
	return open_beside(o);
}

int outfile_open(struct outfile *o, const char *path)
{
	*o = (struct outfile){ .path = realpath(path, NULL) };
	if (!o->path)
		o->path = strdup(path);
	if (!o->path)
		return complain(path);
	fflush(stdout);
	o->f = open_somehow(o);
	if (o->f)
		return 0;
	complain(path);
	outfile_discard(o);
	return -1;
}

/* Pipes and terminals cannot be synced and need not be. */
static int sync_fd(int fd)
{
	return fsync(fd) && errno != EINVAL && errno != EROFS ? -1 : 0;
}

int outfile_sync(struct outfile *o)
{
	if (fflush(o->f) || ferror(o->f) || sync_fd(fileno(o->f)))
		return complain(o->path);
	return 0;
}

int outfile_commit(struct outfile *o)
{
	if (!o->f)
		return 0;
	if (outfile_sync(o))
		return -1;
	if (o->tmp && rename(o->tmp, o->path))
		return complain(o->path);
	free(o->tmp);
	o->tmp = NULL;
	outfile_discard(o);
	return 0;
}

void outfile_discard(struct outfile *o)
{
	if (o->f)
		fclose(o->f);
	if (o->tmp)
		unlink(o->tmp);
	free(o->tmp);
	free(o->path);
	*o = (struct outfile){ 0 };
}
