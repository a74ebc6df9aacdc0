// SPDX-License-Identifier: GPL-2.0
/*
 * Attach, detach and switch against fork, thread creation and exit, as fast as
 * it goes.  "storm refused" is for a kernel that refuses to manage anyone:
 * then no child may slip in while its parent is refused.
 */
#include "common.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long each kind of storm lasts. */
static double duration(void)
{
	const char *text = getenv("NP_LONG");

	return (text && *text ? 30 : 1.5) * (scale() > 1 ? 2 : 1);
}

static void fork_and_reap(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid > 0)
		reap(pid);
}

static pid_t forker(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		fork_and_reap();
}

static int refused(void)
{
	double until = now() + duration();
	int fd = dev_open(), wrong = 0, calls = 0;
	pid_t pid = forker();

	for (; now() < until; calls++)
		wrong += dev_attach(fd, pid, "moron", 0) != -EBUSY;
	end(pid);
	tap_is(wrong, 0, "a forking process is refused each time");
	tap_note("%d attaches", calls);
	tap_ok(dev_wait_managed(fd, 0, 3), "nobody slipped in");
	return tap_end();
}

/* ------------------------------------------------- attach against the end */

static void *exit_soon(void *unused)
{
	return NULL;
}

/* Threads that end at once, the last one together with the first. */
static void short_life(int go)
{
	pthread_t thread[3];
	char c;
	size_t i;

	if (read(go, &c, 1) != 1)
		_exit(1);
	for (i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_create(&thread[i], NULL, exit_soon, NULL);
	pthread_exit(NULL);
}

static void ending(void)
{
	double until = now() + duration();
	int fd = dev_open(), caught = 0, missed = 0, go[2];
	pid_t pid;

	if (pipe(go))
		die("pipe");
	while (now() < until) {
		int err;

		pid = fork();
		if (!pid)
			short_life(go[0]);
		if (write(go[1], "", 1) != 1)
			die("write");
		do {
			err = dev_attach(fd, pid, "audit:" FAST,
					 NP_ATTACH_REPLACE);
			caught += !err;
		} while (!err);
		missed += err == -ESRCH;
		if (err != -ESRCH)
			tap_ok(false, "attach to an ending process: %d", err);
		reap(pid);
	}
	tap_ok(dev_wait_managed(fd, 0, 3),
	       "attached while ending: nobody stays behind");
	tap_note("%d attached, %d too late", caught, missed);
}

/* ----------------------------------------------------- switches under work */

static char *area;
static bool stop;

static void *worker(void *node)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		run_on_node((long)node);
		touch(area, MIB);
		sched_yield();
	}
	return NULL;
}

static void *breeder(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		pthread_t thread;

		if (!pthread_create(&thread, NULL, exit_soon, NULL))
			pthread_join(thread, NULL);
		fork_and_reap();
	}
	return NULL;
}

static pid_t busy_process(void)
{
	pthread_t thread[3];
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	area = map_on_node(MIB, 1, MAP_SMALL);
	pthread_create(&thread[0], NULL, worker, (void *)0L);
	pthread_create(&thread[1], NULL, worker, (void *)1L);
	pthread_create(&thread[2], NULL, breeder, NULL);
	pause();
	_exit(0);
}

static const char *const specs[] = {
	"moron:" FAST, "audit:" FAST, "none:" FAST, "maximal:" FAST, "stock",
	"rogue:" FAST, "audit:" FAST, "minimal:" FAST, "mainline:" FAST,
	"autonuma:" FAST, "schednuma:" FAST, "numacore:" FAST,
	"adaptive:" FAST, "balancenuma:version=4," FAST,
	"autonuma:migrate=async,scan_sleep_pass=10," FAST,
	"wish:verb=swap,cpu=1,times=100000,home=1,home_alloc=yes,home_wake=yes,home_pull=yes,pull=0,balance_period=100,queue=yes," FAST,
	"wish:verb=move,node=1,settle=yes,times=100000,home_pull=yes," FAST,
	"wish:verb=swap_homes,cpu=2,times=100000,home_pull=yes," FAST,
};

/* At least a hundred of each, and as many as there is time for. */
static void switching(void)
{
	double until = now() + duration();
	int fd = dev_open(), wrong = 0, n;
	pid_t pid = busy_process();

	wrong += dev_attach(fd, pid, specs[0], 0) != 0;
	for (n = 0; n < 100 || now() < until; n++)
		wrong += dev_attach(fd, pid, specs[n % ARRAY_SIZE(specs)],
				    NP_ATTACH_REPLACE |
				    (n % 3 ? 0 : NP_ATTACH_SHADOW)) != 0;
	tap_is(wrong, 0, "a hundred switches while it works");
	tap_note("%d switches", n);
	end(pid);
	tap_ok(dev_wait_managed(fd, 0, 3), "and nobody is left");
}

static void attaching(void)
{
	double until = now() + duration();
	int fd = dev_open(), wrong = 0, n;
	pid_t pid = busy_process();

	for (n = 0; n < 100 || now() < until; n++) {
		wrong += dev_attach(fd, pid, specs[n % ARRAY_SIZE(specs)], 0);
		if (n % 4 == 0)
			msleep(5);
		wrong += dev_detach(fd, pid);
	}
	tap_is(wrong, 0, "a hundred times attached and detached");
	tap_note("%d times", n);
	end(pid);
	tap_ok(dev_wait_managed(fd, 0, 3), "children too have ended");
}

/* ---------------------------------------------------- readers under work */

static bool good_record(const struct np_record *r, pid_t pid)
{
	return r->pid == (uint32_t)pid && r->tid && r->time_ns &&
	       r->type >= NP_REC_PAGE && r->type <= NP_REC_TASK &&
	       r->verdict < NP_NR_VERDICTS && r->reason < NP_NR_REASONS &&
	       r->src >= -1 && r->dst >= -1 && r->src < 64 && r->dst < 64;
}

/* Read @goal records, sleeping for each more; in order, and none spoilt. */
static int read_some(int fd, pid_t pid, unsigned int goal)
{
	static struct np_record rec[64];
	uint64_t next = 0;
	int bad = 0;

	while (next < goal) {
		ssize_t i, n = read(fd, rec, sizeof(rec));

		if (n <= 0)
			return -1;
		for (i = 0; i < n / (ssize_t)sizeof(rec[0]); i++) {
			bad += rec[i].seq < next || !good_record(&rec[i], pid);
			next = rec[i].seq + 1;
		}
	}
	return bad;
}

/* Readers come and go, with and without having read anything. */
static void reading(void)
{
	double until = now() + duration();
	int fd = dev_open(), bad = 0, wrong = 0, n;
	pid_t pid = busy_process();

	dev_attach(fd, pid, specs[0], 0);
	for (n = 0; n < 5 || now() < until; n++) {
		int reader = dev_open();

		wrong += dev_trace(reader, pid, 1024) != 0;
		if (n % 4)
			bad += read_some(reader, pid, 300 * (n % 4));
		close(reader);
	}
	tap_is(wrong, 0, "readers come and go");
	tap_is(bad, 0, "what they read makes sense");
	tap_note("%d readers", n);
	end(pid);
	tap_ok(dev_wait_managed(fd, 0, 3), "nobody is left");
}

/* ------------------------------------------------------ everybody at once */

static void one_of_many(int fd, pid_t pid, unsigned int seed)
{
	double until = now() + duration();

	while (now() < until) {
		unsigned int r = rand_r(&seed);
		struct np_ioc_status s;

		switch (r / 16 % 4) {
		case 0:
			dev_attach(fd, pid, specs[r % ARRAY_SIZE(specs)], 0);
			break;
		case 1:
			dev_attach(fd, pid, specs[r % ARRAY_SIZE(specs)],
				   NP_ATTACH_REPLACE);
			break;
		case 2:
			dev_detach(fd, pid);
			break;
		default:
			dev_status(fd, pid, &s);
			dev_sum(fd, NP_STATUS_ALL, NULL, &s);
		}
	}
	_exit(0);
}

static void many(void)
{
	pid_t target = busy_process(), pid[3];
	int fd = dev_open();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pid); i++) {
		pid[i] = fork();
		if (!pid[i])
			one_of_many(i ? dev_open() : fd, target, 42 + i);
	}
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		tap_is(reap(pid[i]), 0, "one of several at once has ended");
	end(target);
	dev_detach(fd, target);
	tap_ok(dev_wait_managed(fd, 0, 3), "and nobody is left");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "refused"))
		return refused();
	tap_child("ending", ending);
	tap_child("switching", switching);
	tap_child("attaching", attaching);
	tap_child("reading", reading);
	tap_child("many", many);
	return tap_end();
}
