// SPDX-License-Identifier: GPL-2.0
/*
 * The first process: starts the others, keeps the time, hears the signals.
 * It handles no signal, it waits for them, so nothing here can be interrupted
 * at a bad moment.
 */
#include "npwork.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often to look whether all tasks are prepared; nothing is measured yet. */
#define POLL_NS		10000000
#define FOREVER		INT64_MAX

struct conductor {
	const struct run *run;
	sigset_t signals;
	pid_t *pids;		/* 0 once reaped */
	unsigned int alive;
	bool stop, failed;
};

/*
 * Blocked before the first fork, and so in every process: Ctrl-C reaches the
 * whole process group, but only the first process may decide what it means.
 */
static void block_signals(struct conductor *c)
{
	sigemptyset(&c->signals);
	sigaddset(&c->signals, SIGINT);
	sigaddset(&c->signals, SIGTERM);
	sigaddset(&c->signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &c->signals, NULL);
	/* Inherited as ignored, it would hide how the processes end. */
	signal(SIGCHLD, SIG_DFL);
}

static _Noreturn void run_process(const struct run *run, unsigned int process,
				  pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Too late for the signal if the parent is already gone. */
	if (getppid() != parent)
		_exit(EXIT_RUNTIME);
	process_main(run, process);
	exit(EXIT_SUCCESS);
}

static void kill_all(struct conductor *c)
{
	for (unsigned int i = 0; i < c->run->options->processes; i++)
		if (c->pids[i])
			kill(c->pids[i], SIGKILL);
}

static void fail(struct conductor *c)
{
	c->failed = c->stop = true;
	kill_all(c);
}

static void start_all(struct conductor *c)
{
	pid_t self = getpid(), pid;

	for (unsigned int i = 0; i < c->run->options->processes; i++) {
		pid = fork();
		if (pid == 0)
			run_process(c->run, i, self);
		if (pid < 0) {
			warn("cannot start process %u", i);
			fail(c);
			return;
		}
		c->pids[i] = pid;
		c->alive++;
	}
}

/* False for a child that whoever executed us left behind. */
static bool forget(struct conductor *c, pid_t pid)
{
	for (unsigned int i = 0; i < c->run->options->processes; i++)
		if (c->pids[i] == pid) {
			c->pids[i] = 0;
			c->alive--;
			return true;
		}
	return false;
}

static void bury(struct conductor *c, pid_t pid, int status)
{
	if (!forget(c, pid) || !status || c->failed)
		return;
	/* One that exits has said why. */
	if (WIFSIGNALED(status))
		warnx("a process was killed by signal %d%s", WTERMSIG(status),
		      WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
	fail(c);
}

static void reap(struct conductor *c)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		bury(c, pid, status);
}

/* Sleeps until something happens, or for @ns. */
static void wait_event(struct conductor *c, int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };
	int sig;

	if (ns <= 0)
		return;
	sig = sigtimedwait(&c->signals, NULL, ns == FOREVER ? NULL : &t);
	if (sig == SIGCHLD)
		reap(c);
	else if (sig > 0)
		c->stop = true;
}

static void wait_ready(struct conductor *c)
{
	struct board *board = c->run->board;

	while (!c->stop && atomic_load(&board->ready) <
			   nr_tasks(c->run->options))
		wait_event(c, POLL_NS);
}

/* Tells the tasks which turn it is; returns when the next one begins. */
static int64_t next_turn(const struct run *run, int64_t start, int64_t now)
{
	const struct options *o = run->options;
	int64_t len = o->turn_ms[o->workload->turn] * 1000000LL;

	if (!len)
		return FOREVER;
	atomic_store(&run->board->turn, (now - start) / len);
	return start + ((now - start) / len + 1) * len;
}

static void keep_time(struct conductor *c, int64_t start)
{
	double seconds = c->run->options->seconds;
	int64_t now, end, next;

	end = seconds ? start + (int64_t)(seconds * 1e9) : FOREVER;
	while (!c->stop && c->alive && (now = now_ns()) < end) {
		next = next_turn(c->run, start, now);
		if (next > end)
			next = end;
		wait_event(c, next == FOREVER ? FOREVER : next - now);
	}
}

static void stop_all(struct conductor *c)
{
	board_set(c->run->board, BOARD_STOPPED);
	while (c->alive)
		wait_event(c, FOREVER);
}

/* Returns when the work began, or 0 if it was stopped before. */
int64_t conduct(const struct run *run)
{
	struct conductor c = { .run = run };
	int64_t start = 0;

	c.pids = calloc(run->options->processes, sizeof(*c.pids));
	if (!c.pids)
		err(EXIT_RUNTIME, "cannot describe the processes");
	block_signals(&c);
	start_all(&c);
	wait_ready(&c);
	if (!c.stop) {
		start = now_ns();
		board_set(run->board, BOARD_RUNNING);
		keep_time(&c, start);
	}
	stop_all(&c);
	free(c.pids);
	if (c.failed)
		exit(EXIT_RUNTIME);
	return start;
}
