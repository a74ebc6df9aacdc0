// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls do no harm, while memory is under pressure and descriptors are
 * watched, read, inherited and closed by several.
 *
 *	fuzz CALLS SEED CGROUP
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <numaplace.h>

#include "press.h"

#define WORKERS 4
#define FDS 32

static unsigned long dice;
static int fds[FDS];
static int dir, count;

static unsigned int roll(unsigned int sides)
{
	dice = dice * 6364136223846793005UL + 1442695040888963407UL;
	return (unsigned int)(dice >> 33) % sides;
}

static unsigned int any(const unsigned int *of, unsigned int nr)
{
	return roll(8) ? of[roll(nr)] : (unsigned int)(dice >> 16);
}

#define ANY(...) any((const unsigned int[]){ __VA_ARGS__ },		\
	sizeof((unsigned int[]){ __VA_ARGS__ }) / sizeof(unsigned int))

static struct vmpressure_config random_config(void)
{
	struct vmpressure_config c = {
		.size = ANY(8, 32, 32, 32, 28, 40, 0),
		.threshold = ANY(VMPRESSURE_LOW, VMPRESSURE_MEDIUM, VMPRESSURE_OOM),
		.flags = ANY(0, 4, 8, 12, 16, 31),
		.scope = ANY(0, 1, 2),
		.target = (int)ANY(0, 0, 1, (unsigned int)dir),
		.interval = ANY(0, 0, 0, 10),
	};

	if (c.flags & VMPRESSURE_EVENTFD)
		c.eventfd = count;
	return c;
}

static bool documented(void)
{
	static const int all[] = {
		EINVAL, EFAULT, E2BIG, EBADF, EBUSY, EAGAIN, ENOTTY, EOPNOTSUPP,
		ENOMEM, EMFILE,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (errno == all[i])
			return true;
	return false;
}

static void *somewhere(void *good)
{
	return roll(8) ? good : (void *)(dice & 0xfffffffff000UL);
}

static void reopen(int i)
{
	close(fds[i]);
	fds[i] = open(VMPRESSURE_DEVICE, O_RDONLY | O_NONBLOCK);
}

static void in_child(int i)
{
	struct vmpressure_event e;
	pid_t pid = fork();

	if (!pid) {
		if (read(fds[i], &e, sizeof(e)) < 0)
			close(fds[i]);
		_exit(0);
	}
	if (pid > 0)
		reap(pid);
}

static long one_call(int i)
{
	struct { struct vmpressure_config c; char more[64]; } c = { .c = random_config() };
	struct vmpressure_info info = { .size = ANY(sizeof(info), 8, 16) };
	struct pollfd p = { .fd = fds[i], .events = POLLIN };
	char buf[16];

	switch (roll(100) ? roll(7) : 7) {
	case 0:
	case 1:
		return ioctl(fds[i], VMPRESSURE_IOC_WATCH, somewhere(&c));
	case 2:
		return ioctl(fds[i], VMPRESSURE_IOC_INFO, somewhere(&info));
	case 3:
		return read(fds[i], somewhere(buf), roll(sizeof(buf)));
	case 4:
		return poll(&p, 1, 0);
	case 5:
		reopen(i);
		return 0;
	case 6:
		return ioctl(fds[i], (unsigned int)(dice >> 20), somewhere(&c));
	}
	in_child(i);
	return 0;
}

static void work(unsigned long calls)
{
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < FDS; i++)
		fds[i] = open(VMPRESSURE_DEVICE, O_RDONLY | O_NONBLOCK);
	while (calls--)
		if (one_call((int)roll(FDS)) < 0 && !documented())
			die("an undocumented error");
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long calls = argc > 2 ? strtoul(argv[1], NULL, 0) : 0;
	unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	pid_t pid, workers[WORKERS];
	int i;

	if (argc < 4)
		die("usage: fuzz CALLS SEED CGROUP");
	dir = open(argv[3], O_RDONLY | O_DIRECTORY);
	count = eventfd(0, EFD_NONBLOCK);
	pid = presser(1 << 20, 0);
	for (i = 0; i < WORKERS; i++) {
		dice = seed * WORKERS + (unsigned int)i;
		workers[i] = fork();
		if (!workers[i])
			work(calls / WORKERS);
	}
	for (i = 0; i < WORKERS; i++)
		tap_is(reap(workers[i]), 0, "%lu random calls", calls / WORKERS);
	end(pid);
	return tap_end();
}
