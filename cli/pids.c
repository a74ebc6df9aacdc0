// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes are meant: words, or all of a cgroup.
 */
#include "pids.h"
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"
#define CGROUP_LIST "cgroup.procs"

pid_t pid_parse(const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	if (errno || end == text || *end || pid <= 0 || pid > PID_LIMIT)
		return fail("'%s' is not a process id", text);
	return (pid_t)pid;
}

static int visit_list(FILE *f, const char *path, pid_visitor visit,
		      void *data)
{
	int pid, ret = 0;

	while (!ret && fscanf(f, "%d", &pid) == 1)
		if (pid > 0 && pid <= PID_LIMIT)
			ret = visit(pid, data);
	/* EOPNOTSUPP: a threaded cgroup; its processes are listed above it */
	if (!ret && ferror(f) && errno != EOPNOTSUPP && errno != ENODEV)
		ret = fail("%s: %s", path, strerror(errno));
	return ret;
}

/* One directory; it may vanish while the tree is walked. */
static int visit_directory(const char *dir, pid_visitor visit, void *data)
{
	char path[PATH_MAX + sizeof("/" CGROUP_LIST)];
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%.*s/" CGROUP_LIST, PATH_MAX, dir);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 :
			fail("%s: %s", path, strerror(errno));
	ret = visit_list(f, path, visit, data);
	fclose(f);
	return ret;
}

static int walk(char *root, pid_visitor visit, void *data)
{
	char *roots[] = { root, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int ret = 0;

	if (!fts)
		return fail("%s: %s", root, strerror(errno));
	while (!ret && (e = fts_read(fts)))
		if (e->fts_info == FTS_D)
			ret = visit_directory(e->fts_accpath, visit, data);
	fts_close(fts);
	return ret;
}

/* The directory of the cgroup that is called @path, if below @root. */
static char *find_cgroup(const char *root, const char *path)
{
	char *dir, *list = NULL;

	if (asprintf(&dir, "%s%s", root, path) < 0)
		return NULL;
	if (asprintf(&list, "%s/" CGROUP_LIST, dir) >= 0 &&
	    !access(list, F_OK)) {
		free(list);
		return dir;
	}
	free(list);
	free(dir);
	return NULL;
}

static char *need_cgroup(const char *path)
{
	char *dir = find_cgroup("", path);

	if (!dir)
		dir = find_cgroup(CGROUP_ROOT "/", path);
	if (!dir)
		fail("%s: not a cgroup (no " CGROUP_LIST " in it, nor "
		     "below " CGROUP_ROOT ")", path);
	return dir;
}

int cgroup_open(const char *path)
{
	char *dir = need_cgroup(path);
	int fd;

	if (!dir)
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	return fd < 0 ? fail("%s: %s", path, strerror(errno)) : fd;
}

int cgroup_walk(const char *path, pid_visitor visit, void *data)
{
	char *dir = need_cgroup(path);
	int ret;

	if (!dir)
		return -1;
	ret = walk(dir, visit, data);
	free(dir);
	return ret;
}

const char *pid_name(char *buf, pid_t pid)
{
	char path[32];
	FILE *f;

	strcpy(buf, "?");
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return buf;
	if (fgets(buf, PID_NAME_LEN, f))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
	for (char *p = buf; *p; p++)
		if (!isprint((unsigned char)*p))
			*p = '?';
	return buf;
}
