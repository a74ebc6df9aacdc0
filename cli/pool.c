// SPDX-License-Identifier: GPL-2.0
/*
 * Worker processes that make the points of a sweep: begun, watched, ended.
 */
#include "pool.h"
#include "cli.h"
#include "signals.h"
#include "pool_worker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOW_MS	200	/* what still looks alive */

int pool_init(struct pool *p, const struct sweep_plan *plan, const char *path,
	      unsigned int jobs)
{
	size_t at = jobs * sizeof(*p->at);
	size_t size = sizeof(*p->shared) + plan->nr;
	char *memory;

	*p = (struct pool){ .plan = plan, .path = path, .jobs = jobs };
	p->shared_size = at + size;
	memory = mmap(NULL, p->shared_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p->pid = calloc(jobs, sizeof(*p->pid));
	if (memory == MAP_FAILED || !p->pid) {
		free(p->pid);
		return fail("out of memory");
	}
	p->at = (size_t *)memory;
	p->shared = (struct pool_shared *)(memory + at);
	return 0;
}

void pool_free(struct pool *p)
{
	munmap(p->at, p->shared_size);
	free(p->pid);
}

size_t pool_count(const struct pool *p, enum pool_state state)
{
	size_t nr = 0;

	for (size_t i = 0; i < p->plan->nr; i++)
		nr += p->shared->state[i] == state;
	return nr;
}

/* ------------------------------------------------------------------ workers */

/* If we are killed the workers end as if they had been asked to. */
static void be_worker(struct pool *p, unsigned int number, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	_exit(pool_worker(p, number));
}

static int start(struct pool *p, unsigned int number)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		be_worker(p, number, parent);
	if (pid < 0)
		return fail("fork: %s", strerror(errno));
	p->pid[number] = pid;
	return 0;
}

static void stop_all(struct pool *p)
{
	p->stopping = true;
	for (unsigned int i = 0; i < p->jobs; i++)
		if (p->pid[i] > 0)
			kill(p->pid[i], SIGTERM);
}

static bool any_left(const struct pool *p)
{
	for (unsigned int i = 0; i < p->jobs; i++)
		if (p->pid[i] > 0)
			return true;
	return false;
}

/* A simulation that brings its process down costs one point, not the sweep. */
static int replace(struct pool *p, unsigned int number, int signo)
{
	size_t at = p->at[number];
	char *text = at ? key_text(&p->plan->point[at - 1].key) : NULL;

	fail("a worker was ended by signal %d (%s) at %s", signo,
	     strsignal(signo), text ? text : "no point");
	free(text);
	if (at)
		p->shared->state[at - 1] = POOL_FAILED;
	p->at[number] = 0;
	return start(p, number);
}

static int buried(struct pool *p, pid_t pid, int status)
{
	unsigned int i = 0;

	while (i < p->jobs && p->pid[i] != pid)
		i++;
	if (i == p->jobs)
		return 0;
	p->pid[i] = 0;
	if (!WIFSIGNALED(status) || p->stopping || signals_note())
		return 0;
	return replace(p, i, WTERMSIG(status));
}

static int bury(struct pool *p)
{
	int status, ret = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		ret |= buried(p, pid, status);
	return ret;
}

/* ------------------------------------------------------------------ waiting */

/* What a signal is about is looked up where it matters. */
static void wait_for_signal(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&poll_fd, 1, SHOW_MS) <= 0 ||
	    read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGCHLD && !stopped_by)
		stopped_by = (int)info.ssi_signo;
}

static int watch(struct pool *p, int fd, void (*show)(void *data), void *data)
{
	int ret = 0;

	while (any_left(p)) {
		wait_for_signal(fd);
		ret |= bury(p);
		if (!p->stopping && (ret || stopped_by || p->shared->broken))
			stop_all(p);
		show(data);
	}
	return ret;
}

int pool_run(struct pool *p, void (*show)(void *data), void *data)
{
	int fd = signals_fd(), ret = fd < 0 ? -1 : 0;

	for (unsigned int i = 0; !ret && i < p->jobs; i++)
		ret = start(p, i);
	if (ret)
		p->shared->broken = true;
	if (fd >= 0) {
		ret |= watch(p, fd, show, data);
		close(fd);
	}
	return ret || p->shared->broken ? -1 : 0;
}
