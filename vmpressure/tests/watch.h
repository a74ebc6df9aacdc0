/* SPDX-License-Identifier: GPL-2.0 */
/* Watchers, and cgroups that are watched: for the tests of vmpressure.ko. */
#ifndef VP_TESTS_WATCH_H
#define VP_TESTS_WATCH_H

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <numaplace.h>

#include "press.h"

#define SECONDS 20

/* A cgroup2 directory to make others in. */
static char cgroup[PATH_MAX];

#define CONFIG(...) ((struct vmpressure_config){			\
	.size = sizeof(struct vmpressure_config), __VA_ARGS__ })
#define WITH(...) CONFIG(.threshold = VMPRESSURE_LOW, __VA_ARGS__)

static inline int watch(struct vmpressure_config c)
{
	int fd = vmpressure_fd(&c);

	if (fd < 0)
		die("vmpressure_fd");
	return fd;
}

static inline struct vmpressure_info info_of(int fd)
{
	struct vmpressure_info i = { .size = sizeof(i) };

	if (ioctl(fd, VMPRESSURE_IOC_INFO, &i))
		die("VMPRESSURE_IOC_INFO");
	return i;
}

static inline bool is_ready(int fd, double seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, (int)(seconds * 1000)) > 0;
}

/* The next event, or -1. */
static inline long long next(int fd)
{
	struct vmpressure_event e;

	if (!is_ready(fd, SECONDS * scale()) ||
	    read(fd, &e, sizeof(e)) != sizeof(e))
		return -1;
	return e.pressure;
}

static inline void make_cgroup(const char *name)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	mkdir(path, 0755);
}

static inline int open_cgroup(const char *name)
{
	char path[PATH_MAX + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		die(path);
	return fd;
}

static inline void set_cgroup(const char *name, const char *file, const char *text)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s/%s", cgroup, name, file);
	if (write_text(path, text))
		die(path);
}

/* A child in that cgroup, with so many MiB of what is easily given up. */
static inline pid_t cache_in(const char *name, unsigned int mib)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	set_cgroup(name, "cgroup.procs", "0");
	be_victim();
	for (; mib; mib--)
		press(true);
	_exit(0);
}

static inline int watch_cgroup(const char *name, unsigned int flags)
{
	int dir = open_cgroup(name), fd;

	fd = watch(WITH(.scope = VMPRESSURE_CGROUP, .target = dir, .flags = flags));
	close(dir);
	return fd;
}

#endif
