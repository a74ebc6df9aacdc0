// SPDX-License-Identifier: GPL-2.0
/*
 * What ends something that would go on.
 */
#include "timer.h"
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

int seconds_parse(const char *text, double *ret_seconds)
{
	char *end;

	*ret_seconds = strtod(text, &end);
	if (end == text || *end)
		return -1;
	return *ret_seconds > 0 && *ret_seconds < 1e9 ? 0 : -1;
}

int timer_open(double seconds)
{
	struct itimerspec t = {
		.it_value.tv_sec = (time_t)seconds,
		.it_value.tv_nsec = (long)((seconds - (double)(time_t)seconds)
					   * 1e9),
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd < 0)
		return fail("timerfd_create: %s", strerror(errno));
	timerfd_settime(fd, 0, &t, NULL);
	return fd;
}

int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}
