// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out at each place in turn: the n-th allocation of a task fails,
 * for n = 1, 2, .. until the task does not get that far (fault injection, in
 * debug kernels).  What was asked for is then done, or refused without trace.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPEC "audit:" FAST
#define SIZE (MIB / 2)
#define MOST 400

static int fd;			/* the device */
static int nth;			/* /proc/thread-self/fail-nth */

static void fail_at(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth, text, len, 0) != len)
		die("fail-nth");
}

/* Return: has the allocation that should fail been reached? */
static bool reached(void)
{
	char text[16] = "";

	if (pread(nth, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	fail_at(0);
	return !atoi(text);
}

static void open_nth(void)
{
	nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth < 0)
		die("fail-nth");
}

/* ------------------------------------------------------------ by command */

static int attach(void)
{
	return dev_attach(fd, 0, SPEC, 0);
}

static int replace(void)
{
	return dev_attach(fd, 0, SPEC, NP_ATTACH_REPLACE);
}

static int status(void)
{
	struct np_ioc_status s;
	int err = dev_status(fd, 0, &s);

	return err ? err : s.effective ? 0 : -ESRCH;
}

static int sum(void)
{
	struct np_ioc_status s;

	return dev_sum(fd, NP_STATUS_ALL, NULL, &s);
}

static int trace(void)
{
	return dev_trace(fd, 0, 1024);
}

static int open_device(void)
{
	int one = open(NP_DEVICE, O_RDWR);

	if (one < 0)
		return -errno;
	close(one);
	return 0;
}

static const struct command {
	const char *name;
	int (*run)(void);
	const char *before;	/* the policy we have then */
	const char *failed;	/* and if it fails */
} commands[] = {
	{ "attach", attach, "", "" },
	{ "replace", replace, "none", "none" },
	{ "status", status, SPEC, SPEC },
	{ "sum", sum, "", "" },
	{ "trace", trace, "", "" },
	{ "open", open_device, "", "" },
};

static const char *policy(void)
{
	static struct np_ioc_status s;

	return dev_status(fd, 0, &s) ? "?" : s.spec;
}

static void try_command(const struct command *c, int n, int *failed, int *wrong)
{
	int err;

	fd = dev_open();
	if (c->before[0])
		dev_attach(fd, 0, c->before, 0);
	fail_at(n);
	err = c->run();
	*failed = reached() ? n : 0;
	if (err && (err != -ENOMEM || strcmp(policy(), c->failed)))
		*wrong = n;
	dev_detach(fd, 0);
	close(fd);
}

static void by_command(void)
{
	size_t i;

	open_nth();
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		int n, failed = 1, wrong = 0;

		for (n = 1; failed && n < MOST; n++)
			try_command(&commands[i], n, &failed, &wrong);
		tap_is(wrong, 0, "%s: done, or refused for want of memory",
		       commands[i].name);
		tap_note("%s: %d allocations", commands[i].name, n - 2);
	}
}

/* -------------------------------------------------------------------- fork */

/* Managed, unless it was counted as missed. */
static bool child_is_right(pid_t pid, unsigned int missed)
{
	struct np_ioc_info info;

	if (dev_info(fd, &info))
		die("INFO");
	return dev_managed(fd, pid) == (info.inherit_failed == missed);
}

static int one_fork(int n, bool *again)
{
	struct np_ioc_info info;
	int good = 1;
	pid_t pid;

	dev_info(fd, &info);
	fail_at(n);
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	*again = reached();
	if (pid < 0)
		return 1;
	good = child_is_right(pid, info.inherit_failed);
	kill(pid, SIGKILL);
	reap(pid);
	return good;
}

/* Ours are among the last; how many there are in all varies a little. */
static int near_the_end(int last)
{
	int i, wrong = 0;
	bool again;

	for (i = 0; i < 120; i++)
		if (!one_fork(last + 8 - i % 20, &again))
			wrong = last + 8 - i % 20;
	return wrong;
}

static void by_fork(void)
{
	struct np_ioc_info info;
	int n, wrong = 0;
	bool again = true;

	open_nth();
	fd = dev_open();
	dev_attach(fd, 0, "audit:scan_delay=3600000", 0);
	for (n = 1; again && n < MOST; n++)
		if (!one_fork(n, &again))
			wrong = n;
	tap_is(wrong, 0, "fork: the child is managed, or counted as missed");
	tap_is(near_the_end(n), 0, "fork: again and again");
	dev_info(fd, &info);
	tap_above(info.inherit_failed, 1, "fork: there was such a child");
	tap_note("fork: %d allocations, %u missed", n - 2, info.inherit_failed);
}

/* ----------------------------------------------------------- under way */

static bool placing(void)
{
	struct np_ioc_status s;

	/* This call may be the one that finds no memory. */
	return !dev_status(fd, 0, &s) && s.effective == NP_EFF_PLACING &&
	       s.counter[NP_C_SCAN_PASSES] >= 2;
}

static bool work_until_placing(char *area)
{
	double end = now() + 10 * scale();

	do {
		touch(area, SIZE);
		if (placing())
			return true;
	} while (now() < end);
	return false;
}

/* A thread's first state is made when it first scans or faults. */
static void by_work(void)
{
	int n, far = 0, wrong = 0;
	char *area;

	open_nth();
	fd = dev_open();
	run_on_node(0);
	area = map_on_node(SIZE, 1, MAP_SMALL);
	for (n = 1; n < 12; n++) {
		if (dev_attach(fd, 0, SPEC, 0))
			die("attach");
		fail_at(n);
		if (!work_until_placing(area))
			wrong = n;
		far += reached();
		run_on_node(n % 2);
		dev_detach(fd, 0);
	}
	tap_is(wrong, 0, "scans and faults go on");
	tap_above(far, 1, "when memory has run out");
}

int main(void)
{
	struct np_ioc_info info;

	/* Also allocations that may wait; and without a word in the log. */
	if (access("/proc/self/fail-nth", F_OK) ||
	    write_text("/sys/kernel/debug/failslab/ignore-gfp-wait", "N")) {
		tap_skip("memory runs out", "no fault injection in this kernel");
		return tap_end();
	}
	write_text("/sys/kernel/debug/failslab/verbose", "0");
	tap_child("commands", by_command);
	tap_child("fork", by_fork);
	tap_child("work", by_work);
	write_text("/sys/kernel/debug/failslab/ignore-gfp-wait", "Y");
	fd = dev_open();
	tap_ok(dev_wait_managed(fd, 0, 5), "nobody is managed any more");
	return tap_end() | dev_info(fd, &info);
}
