// SPDX-License-Identifier: GPL-2.0
/* numaplace pressure watch: a line, and perhaps a command, for each event. */
#include "cli.h"
#include "json.h"
#include "pressure.h"
#include "timer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FD_PRESSURE, FD_SIGNAL, FD_TIMER, NR_FDS };

static void put_scope(char *buf, size_t size, const struct pressure_scope *s)
{
	if (s->cgroup)
		snprintf(buf, size, "cgroup %s", s->cgroup);
	else if (s->node >= 0)
		snprintf(buf, size, "node %d", s->node);
	else
		snprintf(buf, size, "machine");
}

/* -------------------------------------------------------------------- an event */

static void child(const struct pressure_watch *w, const char *scope,
		  const char *level)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("NUMAPLACE_PRESSURE", level, 1);
	setenv("NUMAPLACE_SCOPE", scope, 1);
	execl("/bin/sh", "sh", "-c", w->exec, (char *)NULL);
	_exit(EXIT_NOT_FOUND);
}

/* It is waited for: what happens meanwhile is one event. */
static int execute(const struct pressure_watch *w, const char *scope,
		   const char *level)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		child(w, scope, level);
	if (pid < 0)
		return fail("cannot run '%s': %s", w->exec, strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		fail("'%s' was ended by signal %d", w->exec, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		fail("'%s' ended with status %d", w->exec, WEXITSTATUS(status));
	return 0;
}

static int print(const struct pressure_watch *w, const char *scope,
		 const char *level)
{
	struct timespec now;
	struct tm tm;
	char when[32];

	clock_gettime(CLOCK_REALTIME, &now);
	if (w->json)
		return json_emit_line(json_pack("{s:I, s:s, s:s}", "time_ms",
				(json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
				"scope", scope, "pressure", level));
	strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&now.tv_sec, &tm));
	printf("%s.%03ld  %s  %s\n", when, now.tv_nsec / 1000000, scope, level);
	return ferror(stdout) ? -1 : 0;
}

/* Return: 1 to go on, 0 at the end, -1. */
static int take(const struct pressure_watch *w, int fd)
{
	struct vmpressure_event e;
	char scope[4200];
	ssize_t got = read(fd, &e, sizeof(e));

	put_scope(scope, sizeof(scope), &w->scope);
	if (!got)
		return fail("%s has been removed", scope);
	if (got < 0)
		return errno == EAGAIN ? 1 : fail("read: %s", strerror(errno));
	if (print(w, scope, pressure_name(e.pressure)))
		return -1;
	return w->exec && execute(w, scope, pressure_name(e.pressure)) ? -1 : 1;
}

/* ----------------------------------------------------------------------- loop */

static int loop(const struct pressure_watch *w, struct pollfd *fds)
{
	int more = 1;

	while (more > 0) {
		if (poll(fds, NR_FDS, -1) < 0 && errno != EINTR)
			return fail("poll: %s", strerror(errno));
		if (fds[FD_PRESSURE].revents)
			more = take(w, fds[FD_PRESSURE].fd);
		if (fds[FD_SIGNAL].revents || fds[FD_TIMER].revents)
			more = more < 0 ? more : 0;
	}
	return more;
}

int pressure_follow(const struct pressure_watch *w)
{
	unsigned int flags = VMPRESSURE_NONBLOCK | VMPRESSURE_OVER |
			     (w->interval >= 0 ? VMPRESSURE_AGAIN : 0);
	struct pollfd fds[NR_FDS];
	int i, ret;

	for (i = 0; i < NR_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FD_PRESSURE].fd = pressure_open(&w->scope, w->threshold, flags,
			w->interval >= 0 ? (unsigned int)(w->interval * 1e3) : 0);
	if (fds[FD_PRESSURE].fd < 0)
		return -1;
	fds[FD_SIGNAL].fd = signals_open();
	if (w->seconds > 0)
		fds[FD_TIMER].fd = timer_open(w->seconds);
	ret = loop(w, fds);
	for (i = 0; i < NR_FDS; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	return ret;
}
