// SPDX-License-Identifier: GPL-2.0
/*
 * vmpressure_fd(): each way to ask, to be told, and to be refused.
 *
 *	calls CGROUP		a cgroup2 directory to make others in
 *	calls absent		without the module
 *	calls silent CGROUP	where the kernel tells nothing of nodes
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tracing.h"
#include "watch.h"

#define MANY 1000

/* ------------------------------------------------------------------- refusals */

static struct vmpressure_config config(unsigned int flags)
{
	return WITH(.flags = flags);
}

static void fails(struct vmpressure_config *c, int want, const char *what)
{
	int fd = vmpressure_fd(c), why = errno;

	tap_is(fd, -1, "%s is refused", what);
	tap_is(why, want, "..with the documented error");
	if (fd >= 0)
		close(fd);
}

static void refused(int want, const char *what, struct vmpressure_config c)
{
	fails(&c, want, what);
}

static void bad_configs(void)
{
	refused(EINVAL, "size 0", (struct vmpressure_config){ .threshold = VMPRESSURE_LOW });
	refused(EINVAL, "size 7", (struct vmpressure_config){ .size = 7, .threshold = VMPRESSURE_LOW });
	refused(EINVAL, "a size of pages", (struct vmpressure_config){ .size = 8192, .threshold = VMPRESSURE_LOW });
	refused(EINVAL, "threshold 0", CONFIG(.threshold = 0));
	refused(EINVAL, "threshold 3", CONFIG(.threshold = 3));
	refused(EINVAL, "two thresholds", CONFIG(.threshold = VMPRESSURE_LOW | VMPRESSURE_OOM));
	refused(EINVAL, "an unknown flag", WITH(.flags = 1U << 31));
	refused(EINVAL, "scope 3", WITH(.scope = 3));
	refused(EINVAL, "a target for the machine", WITH(.target = 1));
	refused(EINVAL, "node -1", WITH(.scope = VMPRESSURE_NODE, .target = -1));
	refused(EINVAL, "node 1000", WITH(.scope = VMPRESSURE_NODE, .target = 1000));
	refused(EINVAL, "node 100000", WITH(.scope = VMPRESSURE_NODE, .target = 100000));
	refused(EINVAL, "cgroup -1", WITH(.scope = VMPRESSURE_CGROUP, .target = -1));
	refused(EBADF, "a cgroup that is not open", WITH(.scope = VMPRESSURE_CGROUP, .target = 1023));
	refused(EBADF, "a cgroup that is none", WITH(.scope = VMPRESSURE_CGROUP, .target = 0));
	refused(EINVAL, "an interval without AGAIN", WITH(.interval = 1));
	refused(EINVAL, "an interval of more than an hour", WITH(.flags = VMPRESSURE_AGAIN, .interval = 3600001));
	refused(EINVAL, "an eventfd without its flag", WITH(.eventfd = 3));
	refused(EBADF, "an eventfd that is not open", WITH(.flags = VMPRESSURE_EVENTFD, .eventfd = 1023));
	refused(EINVAL, "an eventfd that is none", WITH(.flags = VMPRESSURE_EVENTFD, .eventfd = 0));
	refused(EINVAL, "what is reserved", WITH(.reserved = 1));
}

static void later_fields(void)
{
	struct { struct vmpressure_config c; int later; } c = {
		.c = config(0), .later = 1,
	};
	int fd;

	c.c.size = sizeof(c);
	fails(&c.c, E2BIG, "a field from the future");
	c.later = 0;
	fd = vmpressure_fd(&c.c);
	tap_above(fd, 0, "..but not if it is 0");
	close(fd);
}

static void bad_pointers(void)
{
	fails(NULL, EFAULT, "no pointer");
	fails((struct vmpressure_config *)-4096L, EFAULT, "a bad pointer");
}

/* -------------------------------------------------------------------- cgroups */

static void in_cgroup_alone(void)
{
	int fd = watch_cgroup("one", 0);

	reap(cache_in("one", 64));
	tap_is(next(fd), VMPRESSURE_LOW, "a cgroup at its limit is told of");
	close(fd);
}

static void in_cgroup(void)
{
	int machine = watch(config(0)), fd, above, beside;

	make_cgroup("one");
	make_cgroup("two");
	set_cgroup("one", "memory.max", "16M");
	fd = watch_cgroup("one", VMPRESSURE_OVER);
	above = watch_cgroup("", 0);
	beside = watch_cgroup("two", 0);
	reap(cache_in("one", 64));
	tap_is(next(fd), VMPRESSURE_LOW, "a cgroup at its limit is told of");
	tap_is(next(fd), VMPRESSURE_NONE, "..and that it is over");
	tap_is(next(above), VMPRESSURE_LOW, "whoever watches one above, too");
	tap_ok(!is_ready(beside, 0.1), "..but not one beside it");
	tap_ok(!is_ready(machine, 0.1), "..and not the machine");
	close(above);
	close(beside);
	close(machine);
	close(fd);
}

static void removed(void)
{
	struct pollfd p = { .events = POLLIN };
	struct vmpressure_event e;
	char path[PATH_MAX + 32];

	make_cgroup("gone");
	p.fd = watch_cgroup("gone", 0);
	snprintf(path, sizeof(path), "%s/gone", cgroup);
	rmdir(path);
	tap_is(poll(&p, 1, SECONDS * 1000 * (int)scale()), 1, "a cgroup is removed");
	tap_ok(p.revents & POLLHUP, "..which is told");
	tap_is(read(p.fd, &e, sizeof(e)), 0, "..and there is no more to read");
	close(p.fd);
}

static void without_controller(void)
{
	int dir;

	make_cgroup("one/below");
	dir = open_cgroup("one/below");
	refused(EOPNOTSUPP, "a cgroup without a memory controller",
		WITH(.scope = VMPRESSURE_CGROUP, .target = dir));
	close(dir);
}

/* ---------------------------------------------------------------- being told */

static void again(void)
{
	int dir = open_cgroup("one"), fd, i;
	double begin = now();
	pid_t pid;

	fd = watch(WITH(.scope = VMPRESSURE_CGROUP, .target = dir,
			.flags = VMPRESSURE_AGAIN, .interval = 200));
	pid = cache_in("one", UINT_MAX);
	tap_is(next(fd), VMPRESSURE_LOW, "the first time");
	for (i = 0; i < 3; i++)
		tap_is(next(fd), VMPRESSURE_LOW, "..again");
	tap_ok(now() - begin > 0.5, "..not before its interval");
	kill(pid, SIGKILL);
	reap(pid);
	close(dir);
	close(fd);
}

/* As a program of 2012 has it. */
static void oldest(void)
{
	struct { __u32 size, threshold; } c = { 8, VMPRESSURE_LOW };
	int fd = vmpressure_fd((struct vmpressure_config *)&c);

	tap_above(fd, 0, "the structure of 2012");
	tap_is(fcntl(fd, F_GETFD), 0, "..without close-on-exec");
	close(fd);
}

static void reading(void)
{
	int fd = watch_cgroup("one", VMPRESSURE_NONBLOCK | VMPRESSURE_CLOEXEC);
	struct vmpressure_event e;
	struct vmpressure_config c = config(0);

	tap_is(fcntl(fd, F_GETFD), FD_CLOEXEC, "close-on-exec");
	tap_ok(read(fd, &e, sizeof(e)) < 0 && errno == EAGAIN, "nothing yet");
	reap(cache_in("one", 64));
	tap_ok(is_ready(fd, SECONDS), "something");
	tap_ok(read(fd, &e, 3) < 0 && errno == EINVAL, "a short buffer");
	tap_ok(read(fd, (void *)-4096L, 4) < 0 && errno == EFAULT, "a bad buffer");
	tap_is(next(fd), VMPRESSURE_LOW, "..loses nothing");
	tap_ok(ioctl(fd, VMPRESSURE_IOC_WATCH, &c) < 0 && errno == EBUSY,
	       "a descriptor watches one thing");
	tap_ok(ioctl(fd, VMPRESSURE_IOC_WATCH + 9, &c) < 0 && errno == ENOTTY,
	       "an unknown command");
	close(fd);
}

static void unconfigured(void)
{
	struct vmpressure_info i = { .size = sizeof(i) };
	int fd = open(VMPRESSURE_DEVICE, O_RDONLY);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[8];

	tap_ok(read(fd, buf, 8) < 0 && errno == EINVAL, "nothing to read yet");
	tap_ok(poll(&p, 1, 0) == 1 && p.revents & POLLERR, "..or to wait for");
	tap_ok(ioctl(fd, VMPRESSURE_IOC_INFO, &i) < 0 && errno == EINVAL,
	       "..or to know");
	close(fd);
}

static volatile sig_atomic_t signals;

static void on_signal(int nr)
{
	(void)nr;
	signals = signals + 1;
}

static void sigio(void)
{
	int fd = watch_cgroup("one", 0);

	signal(SIGIO, on_signal);
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_ASYNC);
	reap(cache_in("one", 64));
	is_ready(fd, SECONDS);
	msleep(100);
	tap_above(signals, 1, "SIGIO");
	close(fd);
}

static void counted(void)
{
	int count = eventfd(0, EFD_NONBLOCK), dir = open_cgroup("one"), fd;
	struct vmpressure_info i = { .size = sizeof(i) };
	uint64_t n = 0;

	fd = watch(WITH(.scope = VMPRESSURE_CGROUP, .target = dir,
			.flags = VMPRESSURE_EVENTFD, .eventfd = count));
	reap(cache_in("one", 64));
	tap_ok(is_ready(count, SECONDS), "an eventfd");
	msleep(100);	/* and no more comes */
	tap_is(ioctl(fd, VMPRESSURE_IOC_INFO, &i), 0, "what has been seen");
	if (read(count, &n, sizeof(n)) != sizeof(n))
		n = 0;
	tap_is(n, i.events, "..as often as there were events");
	tap_above(i.scanned, i.reclaimed, "..pages examined");
	tap_above(i.windows[0], 1, "..windows");
	close(dir);
	close(fd);
	close(count);
}

static void epolled(void)
{
	int fd = watch_cgroup("one", 0), ep = epoll_create1(0);
	struct epoll_event e = { .events = EPOLLIN };

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
	reap(cache_in("one", 64));
	tap_is(epoll_wait(ep, &e, 1, SECONDS * 1000), 1, "epoll");
	close(ep);
	close(fd);
}

static void inherited(void)
{
	int fd = watch_cgroup("one", 0);
	pid_t pid = fork();

	if (!pid)
		_exit(next(fd) == VMPRESSURE_LOW ? 0 : 1);
	reap(cache_in("one", 64));
	tap_is(reap(pid), 0, "a child reads what its parent watches");
	close(fd);
}

static void many(void)
{
	static int fds[MANY];
	int i, told = 0;

	for (i = 0; i < MANY; i++)
		fds[i] = watch_cgroup("one", 0);
	reap(cache_in("one", 64));
	for (i = 0; i < MANY; i++)
		told += next(fds[i]) == VMPRESSURE_LOW;
	tap_is(told, MANY, "watchers that are told");
	for (i = 0; i < MANY; i++)
		close(fds[i]);
}

static void held(void)
{
	int fd = watch(config(0));

	tap_ok(system("rmmod vmpressure 2>/dev/null") != 0,
	       "the module stays while somebody watches");
	close(fd);
}

/* How often reclaim has called us: by a probe on our own. */
static long long nr_calls(void)
{
	return number_in(TRACING "kprobe_profile", "  shrink ");
}

static void attached(void)
{
	int fd;

	trace_set("kprobe_events", "p:kprobes/shrink vmpressure:probe_shrink");
	trace_set("events/kprobes/shrink/enable", "1");
	msleep(1500 * scale());
	reap(cache_in("one", 64));
	tap_is(nr_calls(), 0, "while nobody watches reclaim does not call");
	fd = watch(config(0));
	reap(cache_in("one", 64));
	tap_above(nr_calls(), 1, "..and does when somebody does");
	close(fd);
	trace_set("events/kprobes/shrink/enable", "0");
	trace_set("kprobe_events", "");
}

static void absent(void)
{
	refused(ENODEV, "without the module", config(0));
}

/* Linux 6.1 with the multi-generation LRU. */
static void silent(void)
{
	refused(EOPNOTSUPP, "the machine", config(0));
	refused(EOPNOTSUPP, "a node", WITH(.scope = VMPRESSURE_NODE));
	in_cgroup_alone();
}

int main(int argc, char **argv)
{
	static void (*const parts[])(void) = {
		bad_configs, later_fields, bad_pointers, in_cgroup, removed,
		without_controller, again, oldest, reading, unconfigured, sigio,
		counted, epolled, inherited, many, held, attached,
	};
	size_t i;

	if (argc < 2)
		die("usage: calls absent|CGROUP|silent CGROUP");
	snprintf(cgroup, sizeof(cgroup), "%s", argv[argc - 1]);
	if (!strcmp(argv[1], "absent"))
		absent();
	else if (!strcmp(argv[1], "silent"))
		silent();
	else
		for (i = 0; i < ARRAY_SIZE(parts); i++)
			parts[i]();
	return tap_end();
}
