// SPDX-License-Identifier: GPL-2.0
/*
 * Signals taken one by one where the program waits.
 */
#include "signals.h"
#include "cli.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

static const int always_held[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM };
static sigset_t held, before;
static bool holding;

int stopped_by;

/* Under nohup(1) a hangup is nothing to stop for. */
static bool is_ignored(int signo)
{
	struct sigaction sa;

	return !sigaction(signo, NULL, &sa) && sa.sa_handler == SIG_IGN;
}

void signals_hold(void)
{
	if (holding)
		return;
	holding = true;
	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(always_held); i++)
		sigaddset(&held, always_held[i]);
	if (!is_ignored(SIGHUP))
		sigaddset(&held, SIGHUP);
	signal(SIGCHLD, SIG_DFL);	/* may have been inherited as ignored */
	sigprocmask(SIG_BLOCK, &held, &before);
}

void signals_release(void)
{
	sigprocmask(SIG_SETMASK, &before, NULL);
	holding = false;
}

int signals_next(siginfo_t *info)
{
	int signo;

	do
		signo = sigwaitinfo(&held, info);
	while (signo < 0 && errno == EINTR);
	return signo;
}

int signals_fd(void)
{
	int fd = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? fail("signalfd: %s", strerror(errno)) : fd;
}

int signals_note(void)
{
	static const struct timespec at_once;
	siginfo_t info;
	sigset_t set = held;

	sigdelset(&set, SIGCHLD);
	if (!stopped_by && sigtimedwait(&set, &info, &at_once) > 0)
		stopped_by = info.si_signo;
	return stopped_by;
}
