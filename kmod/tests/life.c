// SPDX-License-Identifier: GPL-2.0
/*
 * Who is managed: over fork, threads, exec and the end, attached from outside
 * and let go again.  Run as "life child .." it is what others execute.
 */
#include "common.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICY "audit:"			/* moron that checks the core */
#define SLOW POLICY "scan_delay=3600000"
#define QUICK POLICY FAST
#define SIZE (2 * MIB)
#define PAGES (SIZE / PAGE)
#define NEARLY (PAGES - PAGES / 20)
#define PATIENCE 30

extern char **environ;

static int fd;

static void begin(const char *spec)
{
	fd = dev_open();
	errno = -dev_attach(fd, 0, spec, 0);
	if (errno)
		die("attach");
}

/* Is the caller managed with @spec? */
static bool managed_with(const char *spec)
{
	struct np_ioc_status s;

	return !dev_status(fd, 0, &s) && s.effective && !strcmp(s.spec, spec);
}

static unsigned int session_procs(void)
{
	struct np_ioc_status s;

	return dev_sum(fd, NP_STATUS_SESSION, NULL, &s) ? 0 : s.processes;
}

static uint64_t session_counter(enum np_counter which)
{
	struct np_ioc_status s;

	return dev_sum(fd, NP_STATUS_SESSION, NULL, &s) ? 0 : s.counter[which];
}

static bool follows(char *area, int node)
{
	double end = now() + PATIENCE * scale();

	do {
		touch(area, SIZE);
		if (pages_on(area, SIZE, node) >= NEARLY)
			return true;
	} while (now() < end);
	return false;
}

/* Is what the caller allocates placed? */
static bool is_placed(void)
{
	char *area;
	bool good;

	run_on_node(0);
	area = map_on_node(SIZE, 1, MAP_SMALL);
	good = follows(area, 0);
	munmap(area, SIZE);
	return good;
}

/* Ways to pass on: each child says by its exit status how it went. */
static int child_status(bool good)
{
	return good ? 0 : 1;
}

/* ------------------------------------------------------------- inheritance */

static void forked(void)
{
	pid_t pid;

	begin(QUICK);
	pid = fork();
	if (!pid)
		_exit(managed_with(QUICK) ? child_status(is_placed()) : 2);
	tap_is(reap(pid), 0, "a child is managed (else 2) and placed (else 1)");
	pid = fork();
	if (!pid) {
		pid = fork();
		if (!pid)
			_exit(child_status(managed_with(QUICK) && is_placed()));
		_exit(reap(pid));
	}
	tap_is(reap(pid), 0, "so is a grandchild");
	tap_ok(dev_wait_managed(fd, 1, 3), "both have ended, we have not");
	tap_is(session_procs(), 1, "which the session knows");
	tap_above(session_counter(NP_C_MOVED), 2 * NEARLY,
		  "and what was done for them");
}

static void grandparent_ends(void)
{
	int result[2];
	char c = 1;
	pid_t pid;

	begin(QUICK);
	if (pipe(result))
		die("pipe");
	pid = fork();
	if (!pid) {		/* as a daemon starts itself */
		setsid();
		if (fork())
			_exit(0);
		msleep(200);
		c = child_status(managed_with(QUICK) && is_placed());
		if (write(result[1], &c, 1) != 1)
			_exit(1);
		_exit(0);
	}
	reap(pid);
	if (read(result[0], &c, 1) != 1)
		die("read");
	tap_is(c, 0, "a daemon is managed and placed");
}

static int run_self(const char *what, char *const env[])
{
	char *argv[] = { "life", "child", (char *)what, NULL };
	pid_t pid;

	errno = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, env);
	if (errno)
		die("posix_spawn");
	return reap(pid);
}

static void executed(void)
{
	pid_t pid;

	begin(QUICK);
	is_placed();
	pid = fork();
	if (!pid) {
		execl("/proc/self/exe", "life", "child", "placed", NULL);
		_exit(127);
	}
	tap_is(reap(pid), 0, "after exec: managed and placed");
	tap_is(run_self("placed", environ), 0, "after vfork and exec too");
	pid = fork();
	if (!pid) {
		execl("/bin/no/such/program", "x", NULL);
		_exit(child_status(managed_with(QUICK) && is_placed()));
	}
	tap_is(reap(pid), 0, "after an exec that failed too");
}

/* exec begins anew: no passes yet, and the delay counts for threads, not for
 * programs, so it is over already.
 */
static void executed_late(void)
{
	begin(QUICK);
	is_placed();
	execl("/proc/self/exe", "life", "child", "placed", NULL);
	_exit(127);
}

static void *exec_from_thread(void *unused)
{
	is_placed();
	execl("/proc/self/exe", "life", "child", "placed", NULL);
	_exit(127);
}

/* The thread becomes the process. */
static void executed_by_thread(void)
{
	pthread_t thread;

	begin(QUICK);
	pthread_create(&thread, NULL, exec_from_thread, NULL);
	for (;;)
		is_placed();
}

static int vfork_child(void *unused)
{
	_exit(child_status(managed_with(QUICK)));
}

/* Another process in the same address space. */
static void sharing(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;

	begin(QUICK);
	pid = vfork();
	if (!pid)
		_exit(child_status(managed_with(QUICK)));
	tap_is(reap(pid), 0, "a vfork child is managed");
	pid = clone(vfork_child, stack + sizeof(stack), CLONE_VM | SIGCHLD,
		    NULL);
	if (pid < 0)
		die("clone");
	tap_is(reap(pid), 0, "a process in our address space is managed");
	tap_ok(is_placed(), "and we still are");
}

static void not_upwards(void)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		begin(SLOW);
		_exit(child_status(!dev_managed(fd, parent)));
	}
	tap_is(reap(pid), 0, "a parent does not inherit from its child");
	fd = dev_open();
	pid = fork();
	if (!pid) {
		msleep(100);
		_exit(child_status(!dev_managed(fd, 0)));
	}
	dev_attach(fd, 0, SLOW, 0);
	tap_is(reap(pid), 0, "nor do children that were there before");
}

static void shadow_inherited(void)
{
	struct np_ioc_status s;
	pid_t pid;

	fd = dev_open();
	dev_attach(fd, 0, QUICK, NP_ATTACH_SHADOW);
	pid = fork();
	if (!pid)
		_exit(child_status(!dev_status(fd, 0, &s) && s.shadow == 1 &&
				   s.effective == NP_EFF_OBSERVING));
	tap_is(reap(pid), 0, "the shadow is inherited");
	dev_attach(fd, 0, "none", NP_ATTACH_REPLACE);
	pid = fork();
	if (!pid)
		_exit(child_status(managed_with("none")));
	tap_is(reap(pid), 0, "and so is the policy that came later");
	dev_detach(fd, 0);
	pid = fork();
	if (!pid)
		_exit(child_status(!dev_managed(fd, 0)));
	tap_is(reap(pid), 0, "and freedom");
}

/* ----------------------------------------------------------------- threads */

#define THREADS 4

static struct slice {
	pthread_t thread;
	int node;
	char *area;
	bool good;
} slices[THREADS];

static bool stop;

static void *follow_slice(void *arg)
{
	struct slice *s = arg;

	run_on_node(s->node);
	s->good = follows(s->area, s->node);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		touch(s->area, SIZE);
		sched_yield();
	}
	return NULL;
}

/* Each thread works on one node, with its memory on the other. */
static void start_threads(void)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		slices[i].node = i % 2;
		slices[i].area = map_on_node(SIZE, !slices[i].node, MAP_SMALL);
		errno = pthread_create(&slices[i].thread, NULL, follow_slice,
				       &slices[i]);
		if (errno)
			die("pthread_create");
	}
}

static int end_threads(void)
{
	int i, good = 0;

	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < THREADS; i++) {
		pthread_join(slices[i].thread, NULL);
		good += slices[i].good;
	}
	return good;
}

static bool wait_counter(pid_t pid, enum np_counter which, uint64_t goal)
{
	double end = now() + PATIENCE * scale();

	while (dev_counter(fd, pid, which) < goal)
		if (now() > end)
			return false;
		else
			msleep(20);
	return true;
}

static void threads_born(void)
{
	struct np_ioc_status s;
	int i;

	begin(QUICK);
	start_threads();
	tap_ok(wait_counter(0, NP_C_MOVED, THREADS * NEARLY),
	       "threads are placed");
	dev_status(fd, 0, &s);
	tap_is(s.processes, 1, "they are one process");
	tap_above(s.threads, THREADS, "of several threads");
	tap_is(end_threads(), THREADS, "each has its memory");
	for (i = 0; i < 100 && s.threads > 1; i++) {
		msleep(20);
		dev_status(fd, 0, &s);
	}
	tap_ok(s.threads <= 1, "threads that have ended are forgotten");
}

static pid_t threaded_process(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	start_threads();
	for (;;)
		pause();
}

/* From outside, threads running: taken over, placed, let go, left alone. */
static void from_outside(void)
{
	unsigned long long faults;
	pid_t pid = threaded_process();
	struct np_ioc_status s;

	fd = dev_open();
	msleep(100 * scale());
	tap_is(dev_attach(fd, pid, QUICK, 0), 0, "attach to running threads");
	tap_ok(wait_counter(pid, NP_C_MOVED, THREADS * NEARLY),
	       "they are placed");
	dev_status(fd, pid, &s);
	tap_above(s.threads, THREADS, "all of them");
	tap_is(dev_detach(fd, pid), 0, "detach");
	tap_ok(!dev_managed(fd, pid), "they are let go");
	msleep(300 * scale());	/* until what is marked was touched */
	faults = vmstat("numa_hint_faults");
	msleep(500 * scale());
	tap_is(vmstat("numa_hint_faults") - faults, 0, "no more faults");
	tap_is(dev_attach(fd, pid, QUICK, 0), 0, "attach once more");
	tap_ok(wait_counter(pid, NP_C_FAULTS, PAGES), "there are faults again");
	end(pid);
	tap_ok(dev_wait_managed(fd, 0, 3), "a killed process is let go");
}

static void *wait_then_report(void *arg)
{
	int *result = arg;
	char c;

	msleep(200);
	c = child_status(managed_with(QUICK) && is_placed());
	if (write(*result, &c, 1) != 1)
		die("write");
	return NULL;
}

/* The first thread ends, the process does not. */
static void leader_ends(void)
{
	int result[2];
	char c = 1;
	pid_t pid;

	fd = dev_open();
	if (pipe(result))
		die("pipe");
	pid = fork();
	if (!pid) {
		pthread_t thread;

		pthread_create(&thread, NULL, wait_then_report, &result[1]);
		pthread_exit(NULL);
	}
	msleep(100);
	tap_is(dev_attach(fd, pid, QUICK, 0), 0,
	       "attach to a process whose first thread has ended");
	if (read(result[0], &c, 1) != 1)
		die("read");
	tap_is(c, 0, "its other threads are managed and placed");
	reap(pid);
	tap_ok(dev_wait_managed(fd, 0, 3), "the last thread ends the process");
}

/* -------------------------------------------------------------- the table */

/* The one that attached is gone; those that it attached remain. */
static void session_closed(void)
{
	struct np_ioc_status s;
	int other = dev_open();
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(other);
		for (;;)
			pause();
	}
	dev_attach(other, pid, SLOW, 0);
	close(other);
	fd = dev_open();
	tap_ok(dev_managed(fd, pid), "managed after its session's file");
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), -ENOENT,
	       "which is nobody else's");
	tap_is(dev_detach(fd, pid), 0, "others can detach it");
	end(pid);
}

static void many_children(void)
{
	enum { CHILDREN = 200 };
	pid_t pid[CHILDREN];
	struct np_ioc_info info;
	int i, bad = 0;

	begin(SLOW);
	for (i = 0; i < CHILDREN; i++) {
		pid[i] = fork();
		if (!pid[i])
			for (;;)
				pause();
	}
	dev_info(fd, &info);
	tap_is(info.managed, CHILDREN + 1, "two hundred children");
	tap_is(info.inherit_failed, 0, "none was missed");
	tap_is(session_procs(), CHILDREN + 1, "all in the session");
	for (i = 0; i < CHILDREN; i++)
		bad += !dev_managed(fd, pid[i]);
	tap_is(bad, 0, "each is managed");
	for (i = 0; i < CHILDREN; i++)
		end(pid[i]);
	tap_ok(dev_wait_managed(fd, 1, 3), "and then none");
}

static int as_child(const char *what)
{
	fd = dev_open();
	if (!strcmp(what, "placed"))
		return child_status(managed_with(QUICK) && is_placed());
	return 2;
}

/* Ends in a program that was executed. */
static void must_end_well(const char *what, void (*fn)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn();
		_exit(99);
	}
	tap_is(reap(pid), 0, "%s: managed and placed", what);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return as_child(argv[2]);
	write_text("/proc/sys/kernel/numa_balancing", "0");
	tap_child("fork", forked);
	tap_child("daemon", grandparent_ends);
	tap_child("exec", executed);
	must_end_well("exec of the first one", executed_late);
	must_end_well("exec by a thread", executed_by_thread);
	tap_child("shared address space", sharing);
	tap_child("not upwards", not_upwards);
	tap_child("shadow", shadow_inherited);
	tap_child("threads", threads_born);
	tap_child("from outside", from_outside);
	tap_child("leader ends", leader_ends);
	tap_child("session", session_closed);
	tap_child("many children", many_children);
	fd = dev_open();
	tap_ok(dev_wait_managed(fd, 0, 5), "nobody is managed any more");
	return tap_end();
}
