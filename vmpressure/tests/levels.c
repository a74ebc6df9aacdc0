// SPDX-License-Identifier: GPL-2.0
/*
 * A program fills memory step by step until the kernel kills it; what watchers were
 * told meanwhile.
 *
 *	levels machine|node [N]
 */
#include <errno.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "watch.h"

#define LEVELS 3

static const unsigned int thresholds[LEVELS] = {
	VMPRESSURE_LOW, VMPRESSURE_MEDIUM, VMPRESSURE_OOM,
};
static const char *const names[LEVELS] = { "LOW", "MEDIUM", "OOM" };

static unsigned int scope, target;

static int watch_other(unsigned int threshold, unsigned int whose, int which)
{
	return watch(CONFIG(.threshold = threshold, .scope = whose,
			    .target = which, .flags = VMPRESSURE_CLOEXEC));
}

#define CACHE 64	/* MiB, that go first */

static pid_t fill(void)
{
	if (scope == VMPRESSURE_NODE)
		alloc_on(MPOL_BIND, (int)target);
	return presser(CACHE, UINT_MAX);
}

static int watch_ours(unsigned int threshold)
{
	return watch_other(threshold, scope, (int)target);
}

static void look(int fd, int i, double *first, double begin)
{
	struct vmpressure_event e;

	if (read(fd, &e, sizeof(e)) != sizeof(e))
		die("read");
	tap_note("%.3f s: %s has %#x", now() - begin, names[i], e.pressure);
	if (e.pressure >= thresholds[i] && !*first)
		*first = now();
}

static void show(int fd)
{
	struct vmpressure_info i = info_of(fd);

	tap_note("windows: %llu LOW, %llu MEDIUM, %llu OOM; %llu pages examined, %llu reclaimed",
		 i.windows[0], i.windows[1], i.windows[2], i.scanned,
		 i.reclaimed);
}

static void levels(void)
{
	struct pollfd p[LEVELS];
	double first[LEVELS] = { 0 }, begin = now(), end;
	int i, status;
	pid_t pid;

	for (i = 0; i < LEVELS; i++)
		p[i] = (struct pollfd){ watch_ours(thresholds[i]), POLLIN, 0 };
	pid = fill();
	while (waitpid(pid, &status, WNOHANG) == 0) {
		poll(p, LEVELS, 10);
		for (i = 0; i < LEVELS; i++)
			if (p[i].revents & POLLIN)
				look(p[i].fd, i, &first[i], begin);
	}
	end = now();
	tap_note("killed after %.3f s", end - begin);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	       "it is killed in the end");
	for (i = 0; i < LEVELS; i++)
		tap_ok(first[i] && first[i] < end, "%s comes before", names[i]);
	for (i = 1; i < LEVELS; i++)
		tap_ok(first[i - 1] <= first[i], "%s before %s", names[i - 1],
		       names[i]);
	show(p[0].fd);
}

static bool is_quiet(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return !poll(&p, 1, 0);
}

/* One node is filled: nobody else hears of it. */
static void levels_of_node(void)
{
	int other = watch_other(VMPRESSURE_LOW, VMPRESSURE_NODE, !target);
	int machine = watch_other(VMPRESSURE_LOW, VMPRESSURE_MACHINE, 0);

	levels();
	tap_ok(is_quiet(other), "who watches the other node hears nothing");
	tap_ok(is_quiet(machine), "who watches the machine hears nothing");
	show(machine);
}

/* What it is told when counts: it runs at once, and its child does not. */
int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };

	if (argc > 2 && !strcmp(argv[1], "node")) {
		scope = VMPRESSURE_NODE;
		target = (unsigned int)atoi(argv[2]);
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		die("sched_setscheduler");
	if (scope == VMPRESSURE_NODE)
		levels_of_node();
	else
		levels();
	return tap_end();
}
