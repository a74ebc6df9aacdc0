// SPDX-License-Identifier: GPL-2.0
/*
 * np_notify_fd(): what a process is told of itself.
 *
 *	notify			all of it, the module loaded
 *	notify absent		without the module
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numaplace.h>

#include "common.h"

#define HERE 0
#define THERE 1
#define SMALL 2
#define SIZE (4 * MIB)
#define PAGES (SIZE / PAGE)
#define SECONDS 10

static const unsigned long here = 1UL << HERE;

static int watch(void)
{
	int fd = np_notify_fd();

	if (fd < 0)
		die("np_notify_fd");
	return fd;
}

static bool is_ready(int fd, double seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, (int)(seconds * 1000)) > 0;
}

/* The next of this type, whatever comes before it. */
static bool next_of(int fd, unsigned int type, struct np_event *e)
{
	while (is_ready(fd, SECONDS * scale())) {
		if (read(fd, e, sizeof(*e)) != sizeof(*e))
			return false;
		if (e->type == type)
			return true;
	}
	return false;
}

static void moved(void)
{
	int fd = watch(), id = numa_tbind(0, MS_ID_NEW, 0);
	struct np_event e;

	run_anywhere();
	np_set_home_node(0, HERE);
	while (is_ready(fd, 1))
		if (read(fd, &e, sizeof(e)) < 0)
			die("read");
	tap_is(np_set_home_node(0, THERE), 0, "a group is moved");
	tap_ok(next_of(fd, NP_EVENT_MOVED, &e), "..which is told");
	tap_is(e.tid, getpid(), "..of its thread");
	tap_is(e.from, HERE, "..from where");
	tap_is(e.to, THERE, "..to where");
	tap_is(e.count, 1, "..once");
	tap_above(id, 1, "it is in a group");
	close(fd);
}

static void refused(void)
{
	char *p = map_on_node(SIZE, THERE, MAP_SMALL);
	int fd = watch();
	struct np_event e;

	run_on_node(HERE);
	if (mlock(p + SIZE / 2, SIZE / 4))
		die("mlock");
	np_mbind(p, SIZE, MPOL_BIND, &here, 64, MPOL_MF_MOVE | MPOL_MF_LAZY);
	touch(p, SIZE);
	tap_ok(next_of(fd, NP_EVENT_REFUSED, &e), "memory that refuses is told of");
	tap_ok(e.addr == (unsigned long)p + SIZE / 2, "..from where");
	tap_is((long long)e.len, SIZE / 4, "..to where");
	tap_is((long long)e.pages, PAGES / 4, "..how much");
	tap_is(e.reason, NP_R_MLOCKED, "..why");
	tap_is(e.to, HERE, "..and where it should have gone");
	tap_is(e.count, PAGES / 4, "all of it in one event");
	tap_ok(!is_ready(fd, 0), "..and in no other");
	close(fd);
}

/* More than are kept: ranges that are far from each other. */
static void lost(void)
{
	char *p = map_on_node(256 * MIB, THERE, MAP_SMALL);
	int fd = watch();
	struct np_event e;
	unsigned int i, nr = 0;

	run_on_node(HERE);
	if (mlock(p, 256 * MIB))
		die("mlock");
	np_mbind(p, 256 * MIB, MPOL_BIND, &here, 64, MPOL_MF_MOVE | MPOL_MF_LAZY);
	for (i = 0; i < 80; i++)
		touch(p + i * 3 * MIB, PAGE);
	while (is_ready(fd, 0) && read(fd, &e, sizeof(e)) == sizeof(e) &&
	       e.type == NP_EVENT_REFUSED)
		nr++;
	tap_is(nr, 64, "so many are kept");
	tap_is(e.type, NP_EVENT_LOST, "the rest is counted");
	tap_is(e.count, 16, "..right");
	tap_ok(!is_ready(fd, 0), "..once");
	close(fd);
}

/* ------------------------------------------------------------------ reading */

static void *move_soon(void *unused)
{
	msleep(300);
	np_set_home_node(getpid(), THERE);
	return unused;
}

static void waits(void)
{
	struct np_event e[4];
	pthread_t thread;
	void *nowhere;
	int fd = watch();

	run_anywhere();
	if (pthread_create(&thread, NULL, move_soon, NULL))
		die("pthread_create");
	tap_is(read(fd, e, sizeof(e)), sizeof(e[0]), "read waits for an event");
	pthread_join(thread, NULL);
	tap_is(e[0].type, NP_EVENT_MOVED, "..and returns it");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	tap_is(read(fd, e, sizeof(e)) < 0 ? errno : 0, EAGAIN,
	       "read does not wait if told so");
	tap_is(read(fd, e, sizeof(e[0]) - 1) < 0 ? errno : 0, EINVAL,
	       "a buffer that is too small");
	np_set_home_node(0, HERE);
	nowhere = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tap_is(read(fd, nowhere, sizeof(e)) < 0 ? errno : 0, EFAULT,
	       "a buffer from nowhere");
	tap_is(read(fd, e, sizeof(e)), sizeof(e[0]), "..loses nothing");
	close(fd);
}

static void epolled(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = watch(), ep = epoll_create1(0);

	run_anywhere();
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl");
	tap_is(epoll_wait(ep, &ev, 1, 100), 0, "epoll waits");
	np_set_home_node(0, THERE);
	tap_is(epoll_wait(ep, &ev, 1, 1000), 1, "epoll tells");
	tap_is(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "close-on-exec");
	close(ep);
	close(fd);
}

/* The parent's descriptor in a child tells of the parent. */
static void inherited(void)
{
	int fd = watch(), pipes[2];
	pid_t pid;
	char c;

	if (pipe(pipes))
		die("pipe");
	run_anywhere();
	pid = fork();
	if (!pid) {
		struct np_event e;
		bool told = next_of(fd, NP_EVENT_MOVED, &e) &&
			    e.tid == getppid();

		_exit(told ? 0 : 1);
	}
	np_set_home_node(0, THERE);
	tap_is(reap(pid), 0, "a child may read of its parent");
	pid = fork();
	if (!pid) {
		int mine = watch();

		fcntl(mine, F_SETFD, 0);
		if (!fork()) {
			struct np_event e;
			struct pollfd p = { .fd = mine, .events = POLLIN };
			int ok;

			close(pipes[0]);
			ok = poll(&p, 1, SECONDS * 1000) == 1 &&
			     p.revents & POLLHUP && read(mine, &e, sizeof(e)) == 0;
			_exit(write(pipes[1], ok ? "y" : "n", 1) != 1);
		}
		msleep(200);
		_exit(0);
	}
	reap(pid);
	tap_ok(read(pipes[0], &c, 1) == 1 && c == 'y',
	       "when the process has ended: POLLHUP, and the end of the file");
	close(fd);
}

/* --------------------------------------------------------- short of memory */

static void fill(int node)
{
	char *p;

	do {
		alloc_on(MPOL_PREFERRED, node);
		p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			die("mmap");
		madvise(p, MIB, MADV_NOHUGEPAGE);
		touch(p, MIB);
	} while (pages_on(p, MIB, node) > MIB / PAGE / 2);
}

static pid_t filler(int node)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fill(node);
		msleep(100);
	}
}

static void is_short(void)
{
	int fd = watch();
	struct np_event e;
	pid_t pid;

	run_anywhere();
	np_set_home_node(0, SMALL);
	pid = filler(SMALL);
	tap_ok(next_of(fd, NP_EVENT_SHORT, &e), "a node that is short is told of");
	tap_is(e.to, SMALL, "..which");
	kill(pid, SIGKILL);
	reap(pid);
	tap_ok(next_of(fd, NP_EVENT_RELIEVED, &e), "..and that it is not any more");
	tap_is(e.to, SMALL, "..which, too");
	close(fd);
}

static void absent(void)
{
	tap_is(np_notify_fd() < 0 ? errno : 0, ENODEV, "no module, no notices");
}

static const struct {
	const char *name;
	void (*fn)(void);
} cases[] = {
	{ "moved", moved },
	{ "refused", refused },
	{ "lost", lost },
	{ "waits", waits },
	{ "epoll", epolled },
	{ "inherited", inherited },
	{ "short", is_short },
};

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		tap_child("absent", absent);
		return tap_end();
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		tap_child(cases[i].name, cases[i].fn);
	return tap_end();
}
