// SPDX-License-Identifier: GPL-2.0
/*
 * One guest, from its initial file system to its verdict.
 */
#include "guest.h"
#include "cli.h"
#include "lines.h"
#include "signals.h"
#include "tool.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_MS		250
#define MAX_ARGS	32
#define TIMED_OUT	124	/* as timeout(1) ends */
#define SCENARIO_FAILED	1	/* as lab/verdict ends */

/* --------------------------------------------------------------- arguments */

/* A vector of words, some made on the way; all are freed. */
struct args {
	char *word[MAX_ARGS + 1];
	int nr;
	bool failed;
};

__attribute__((format(printf, 2, 3)))
static void add(struct args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (a->nr == MAX_ARGS || vasprintf(&a->word[a->nr], fmt, ap) < 0)
		a->failed = true;
	else
		a->word[++a->nr] = NULL;
	va_end(ap);
}

static void args_free(struct args *a)
{
	for (int i = 0; i < a->nr; i++)
		free(a->word[i]);
}

/* ------------------------------------------------- the initial file system */

int guest_prepare(const struct guest *g, bool with_module)
{
	struct args a = { 0 };
	int ret;

	add(&a, "%s/mkinitrd", g->lab->dir);
	add(&a, "--out");
	add(&a, "%s/initrd", g->dir);
	add(&a, "--scenario");
	add(&a, "%s/scenario", g->dir);
	add(&a, "--exec");
	add(&a, "%s:/bin/npwork", g->lab->npwork);
	if (with_module) {
		add(&a, "--exec");
		add(&a, "%s:/bin/numaplace", g->lab->self);
		add(&a, "--module");
		add(&a, "%s", g->lab->module);
	}
	ret = a.failed ? fail("out of memory") : tool_run(a.word, NULL);
	args_free(&a);
	if (ret && !stopped_by)
		fail("the guest's initial file system could not be made");
	return ret;
}

/* ------------------------------------------------------------- the process */

static void boot_args(const struct guest *g, struct args *a)
{
	add(a, "%s/boot", g->lab->dir);
	add(a, "--kernel");
	add(a, "%s", g->lab->kernel);
	add(a, "--topology");
	add(a, "%s", g->topology);
	add(a, "--initrd");
	add(a, "%s/initrd", g->dir);
	add(a, "--out");
	add(a, "%s", g->dir);
	add(a, "--timeout");
	add(a, "%u", g->timeout);
	add(a, "--witness");
	if (g->memory) {
		add(a, "--memory");
		add(a, "%u", g->memory);
	}
}

/*
 * In a process group of its own, so that all of it can be killed, and dying
 * with us however we die: lab/boot hands that on to QEMU.
 */
static void become_guest(char *const argv[], pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	signals_release();
	signal(SIGPIPE, SIG_DFL);
	execv(argv[0], argv);
	fail("%s: %s", argv[0], strerror(errno));
	_exit(EXIT_NOT_FOUND);
}

static pid_t start(const struct guest *g)
{
	struct args a = { 0 };
	pid_t parent = getpid(), pid = -1;

	boot_args(g, &a);
	fflush(NULL);
	if (!a.failed)
		pid = fork();
	if (!pid)
		become_guest(a.word, parent);
	args_free(&a);
	if (pid < 0)
		return fail("the guest cannot be started: %s",
			    strerror(errno));
	setpgid(pid, pid);
	return pid;
}

/* --------------------------------------------------------------- the watch */

/**
 * struct watch - a guest that is running
 * @pid:	of lab/boot, which becomes timeout(1); its group holds QEMU
 * @fd:		signals
 * @status:	how it ended, as of wait(2)
 * @bad:	what it says makes no sense: it was ended
 */
struct watch {
	struct guest *g;
	pid_t pid;
	int fd;
	int status;
	bool bad;
	struct lines results;
	struct lines witness;
};

static int take_result(void *data, const char *line)
{
	return results_line(data, line);
}

static int take_witness(void *data, const char *line)
{
	return witness_line(data, line);
}

/*
 * lab/boot boots again a guest that the emulator has failed (lab/boot says
 * when): that one's files make way for new ones, and what it said is void.
 */
static void forget_the_failed(struct watch *w)
{
	struct guest *g = w->g;

	if (!lines_replaced(&w->results) && !lines_replaced(&w->witness))
		return;
	lines_restart(&w->results);
	lines_restart(&w->witness);
	runs_forget(g->results.runs);
	g->results = (struct results){ .runs = g->results.runs };
	g->witness = (struct witness){ .runs = g->witness.runs };
	progress_restart(g->progress);
}

static int follow(struct watch *w)
{
	forget_the_failed(w);
	if (lines_follow(&w->results, take_result, &w->g->results) ||
	    lines_follow(&w->witness, take_witness, &w->g->witness))
		return -1;
	progress_update(w->g->progress);
	return 0;
}

static void take_signals(const struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			stopped_by = (int)info.ssi_signo;
}

static void kill_guest(struct watch *w)
{
	kill(-w->pid, SIGKILL);
	waitpid(w->pid, &w->status, 0);
}

static void wait_for_end(struct watch *w)
{
	struct pollfd fd = { .fd = w->fd, .events = POLLIN };

	while (waitpid(w->pid, &w->status, WNOHANG) == 0) {
		poll(&fd, 1, POLL_MS);
		take_signals(w);
		w->bad = follow(w);
		if (w->bad || stopped_by) {
			kill_guest(w);
			return;
		}
	}
	w->bad = follow(w);
}

static int watch_init(struct watch *w, struct guest *g)
{
	*w = (struct watch){ .g = g, .fd = signals_fd() };
	if (w->fd < 0 || lines_init(&w->results, g->dir, "results") ||
	    lines_init(&w->witness, g->dir, "witness.jsonl"))
		return -1;
	remove(w->results.path);	/* of a guest before, in a kept */
	remove(w->witness.path);	/* directory */
	w->pid = start(g);
	return w->pid < 0 ? -1 : 0;
}

static void watch_exit(struct watch *w)
{
	lines_exit(&w->results);
	lines_exit(&w->witness);
	if (w->fd >= 0)
		close(w->fd);
}

/* ------------------------------------------------------------- the verdict */

/* QEMU's own words, if it had any. */
static void show_log(const struct guest *g)
{
	struct lines log;
	int ret = lines_init(&log, g->dir, "qemu.log");
	char line[256];

	if (!ret && (log.f = fopen(log.path, "re")))
		while (fgets(line, sizeof(line), log.f))
			fprintf(stderr, "  %s", line);
	lines_exit(&log);
}

/* The lab's judge looks at the kernel's log, too. */
static int judge(const struct guest *g)
{
	struct args a = { 0 };
	char *text = NULL;
	int status = -1;

	add(&a, "%s/verdict", g->lab->dir);
	add(&a, "%s", g->dir);
	if (!a.failed)
		status = tool_text(a.word, &text);
	args_free(&a);
	if (status && !(status == SCENARIO_FAILED && g->results.error[0]))
		fail("the guest's verdict is %s", text ? text : "missing");
	free(text);
	return status;
}

static int check_end(const struct watch *w)
{
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == TIMED_OUT)
		return fail("the guest was not done after %u seconds and was "
			    "ended", w->g->timeout);
	if (!WIFEXITED(w->status) || WEXITSTATUS(w->status)) {
		fail("the guest could not run:");
		show_log(w->g);
		return -1;
	}
	if (lines_cut(&w->results) || lines_cut(&w->witness))
		return fail("what the guest said is cut off; is the disk "
			    "full?");
	return 0;
}

/* What the guest complained about itself says more than its verdict. */
static int check(const struct watch *w)
{
	const struct guest *g = w->g;
	int verdict;

	if (stopped_by || w->bad || check_end(w))
		return -1;
	verdict = judge(g);
	if (verdict && !g->results.error[0])
		return -1;
	if (results_check(&g->results) || verdict)
		return -1;
	return witness_check(&g->witness);
}

int guest_run(struct guest *g)
{
	struct watch w;
	int ret = watch_init(&w, g);

	if (!ret) {
		wait_for_end(&w);
		progress_end(g->progress);
		ret = check(&w);
	}
	watch_exit(&w);
	return ret;
}
