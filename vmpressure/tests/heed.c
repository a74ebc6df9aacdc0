// SPDX-License-Identifier: GPL-2.0
/*
 * Like a cache: it takes in more and more, and lets go of half when it is told that
 * memory gets short.  The same without being told is killed.
 */
#include <poll.h>
#include <sys/wait.h>

#include "watch.h"

#define TOTAL 1024	/* MiB to take in, more than there is */
#define STEP_MS 5	/* from the low watermark to the minimum: many steps */

static char *kept[TOTAL];
static int nr_kept;

static int watch_medium(void)
{
	return watch(CONFIG(.threshold = VMPRESSURE_MEDIUM,
			    .flags = VMPRESSURE_AGAIN, .interval = 50));
}

static bool is_told(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct vmpressure_event e;

	return poll(&p, 1, 0) > 0 && read(fd, &e, sizeof(e)) == sizeof(e);
}

static void let_go(void)
{
	int half = nr_kept / 2;

	while (nr_kept > half)
		munmap(kept[--nr_kept], STEP);
}

static void take_in(void)
{
	char *p = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(2);
	memset(p, 1, STEP);
	kept[nr_kept++] = p;
}

/* Return: its exit status. */
static int cache(bool heeds)
{
	pid_t pid = fork();
	int fd, i, times = 0;

	if (pid)
		return reap(pid);
	be_victim();
	fd = watch_medium();
	for (i = 0; i < TOTAL; i++, msleep(STEP_MS)) {
		take_in();
		if (heeds && is_told(fd)) {
			let_go();
			times++;
		}
	}
	tap_note("let go %d times", times);
	_exit(times ? 0 : 1);
}

int main(void)
{
	tap_is(cache(false), 128 + SIGKILL, "who does not heed is killed");
	tap_is(cache(true), 0, "who does goes on");
	return tap_end();
}
