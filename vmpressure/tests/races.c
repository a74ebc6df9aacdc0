// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that nobody reads, that are inherited, executed away and closed, while
 * what they watch is short of memory.
 *
 *	races CGROUP		a cgroup2 directory to make others in
 *	races told|closed FD	what is executed: 0 if FD is so
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "watch.h"

#define WORKERS 4
#define ROUNDS	100

/* ----------------------------------------------------------------- never read */

static void never_read(void)
{
	int deaf = watch_cgroup("one", VMPRESSURE_AGAIN | VMPRESSURE_NONBLOCK);
	int fd = watch_cgroup("one", VMPRESSURE_OVER);
	pid_t pid = cache_in("one", UINT_MAX);
	struct vmpressure_event e;
	struct vmpressure_info i;

	tap_is(next(fd), VMPRESSURE_LOW, "beside one who never reads others are told");
	msleep(1000 * scale());
	end(pid);
	tap_is(next(fd), VMPRESSURE_NONE, "..and that it is over");
	i = info_of(deaf);
	tap_above((long long)i.events, 10, "who never reads has many events");
	tap_is((long long)i.merged, (long long)i.events - 1, "..in one");
	tap_is(next(deaf), VMPRESSURE_LOW, "..which is there in the end");
	tap_ok(read(deaf, &e, sizeof(e)) < 0 && errno == EAGAIN, "..and no other");
	close(deaf);
	close(fd);
}

/* ----------------------------------------------------------------- exec, close */

static pid_t execute(const char *what, int fd)
{
	char number[16];
	pid_t pid = fork();

	if (pid)
		return pid;
	snprintf(number, sizeof(number), "%d", fd);
	execl("/proc/self/exe", "races", what, number, NULL);
	_exit(127);
}

static void executed(void)
{
	int kept = watch_cgroup("one", 0);
	int closed = watch_cgroup("one", VMPRESSURE_CLOEXEC);
	pid_t a = execute("told", kept), b = execute("closed", closed);

	reap(cache_in("one", 64));
	tap_is(reap(a), 0, "what is executed is told");
	tap_is(reap(b), 0, "..but not with close-on-exec");
	close(kept);
	close(closed);
}

static struct vmpressure_event told;

static void *read_one(void *fd)
{
	if (read(*(int *)fd, &told, sizeof(told)) != sizeof(told))
		told.pressure = 0;
	return NULL;
}

/* Who reads already goes on; the last to let go ends the watch. */
static void closed_by_another(void)
{
	int other = watch_cgroup("one", VMPRESSURE_NONBLOCK);
	int fd = watch_cgroup("one", 0), gone = fd;
	pthread_t thread;

	if (pthread_create(&thread, NULL, read_one, &gone))
		die("pthread_create");
	msleep(200 * scale());
	close(fd);
	reap(cache_in("one", 64));
	pthread_join(thread, NULL);
	tap_is(told.pressure, VMPRESSURE_LOW, "who waits is told after another has closed it");
	tap_is(info_of(other).watchers, 1, "..and watches no more");
	close(other);
}

/* ----------------------------------------------------------------------- races */

/* A child has it until it ends or executes; we let go at once. */
static void hand_on(bool by_exec)
{
	int fd = watch_cgroup("one", VMPRESSURE_AGAIN | VMPRESSURE_NONBLOCK |
			      (by_exec ? VMPRESSURE_CLOEXEC : 0));
	struct vmpressure_event e;
	pid_t pid;

	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
	pid = by_exec ? execute("closed", fd) : fork();
	if (!pid)
		_exit(read(fd, &e, sizeof(e)) < 0);
	close(fd);
	reap(pid);
}

static void remove_watched(int worker)
{
	char name[16], path[PATH_MAX + 32];
	int fd;

	snprintf(name, sizeof(name), "w%d", worker);
	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	make_cgroup(name);
	fd = watch_cgroup(name, VMPRESSURE_AGAIN);
	rmdir(path);
	close(fd);
}

static void work(int worker)
{
	int i;

	signal(SIGIO, SIG_IGN);
	for (i = 0; i < ROUNDS; i++) {
		hand_on(i & 1);
		remove_watched(worker);
	}
	_exit(0);
}

static void races(void)
{
	int fd = watch_cgroup("one", 0), i, good = 0;
	pid_t pid = cache_in("one", UINT_MAX), workers[WORKERS];

	for (i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (!workers[i])
			work(i);
	}
	for (i = 0; i < WORKERS; i++)
		good += !reap(workers[i]);
	end(pid);
	tap_is(good, WORKERS, "watchers that are forked, executed away and closed");
	tap_is(info_of(fd).watchers, 1, "..are all gone");
	close(fd);
}

/* ------------------------------------------------------------------------ main */

static int look(const char *what, int fd)
{
	struct vmpressure_event e;

	if (!strcmp(what, "told"))
		return next(fd) != VMPRESSURE_LOW;
	return !(read(fd, &e, sizeof(e)) < 0 && errno == EBADF);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return look(argv[1], atoi(argv[2]));
	if (argc != 2)
		die("usage: races CGROUP | told FD | closed FD");
	snprintf(cgroup, sizeof(cgroup), "%s", argv[1]);
	make_cgroup("one");
	set_cgroup("one", "memory.max", "16M");
	never_read();
	executed();
	closed_by_another();
	races();
	return tap_end();
}
