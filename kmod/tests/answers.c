// SPDX-License-Identifier: GPL-2.0
/*
 * What the device answers, command by command.  Runs as root; nobody else may
 * be managed meanwhile.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOW "moron:scan_delay=3600000"	/* never scanned in here */

/* ------------------------------------------------------------------ attach */

static const struct bad_spec {
	const char *spec;
	int err;
	const char *why;	/* a part of it */
} bad_specs[] = {
	{ "", -ENOENT, "no policy of that name" },
	{ "nosuch", -ENOENT, "no policy of that name" },
	{ "MORON", -ENOENT, "no policy of that name" },
	{ "moron ", -ENOENT, "no policy of that name" },
	{ "a_name_much_longer_than_any:scan_size=1", -ENOENT,
	  "no policy of that name" },
	{ ":scan_size=1", -ENOENT, "no policy of that name" },
	{ "moron:", -EINVAL, "key=value" },
	{ "moron:scan_size", -EINVAL, "key=value" },
	{ "moron:scan_size=64,", -EINVAL, "key=value" },
	{ "moron:,scan_size=64", -EINVAL, "key=value" },
	{ "moron:=64", -EINVAL, "no parameter of that name" },
	{ "moron:nosuch=1", -EINVAL, "no parameter of that name" },
	{ "moron:scan_siz=1", -EINVAL, "no parameter of that name" },
	{ "moron:scan_size=", -EINVAL, "not a whole number" },
	{ "moron:scan_size=x", -EINVAL, "not a whole number" },
	{ "moron:scan_size= 64", -EINVAL, "not a whole number" },
	{ "moron:scan_size=9223372036854775808", -ERANGE, "out of range" },
	{ "moron:scan_size=99999999999999999999", -ERANGE, "out of range" },
	{ "moron:scan_size=64GiB", -EINVAL, "wrong unit" },
	{ "moron:scan_size=64M", -EINVAL, "wrong unit" },
	{ "moron:scan_delay=1s", -EINVAL, "wrong unit" },
	{ "moron:scan_size=1.5", -EINVAL, "wrong unit" },
	{ "moron:scan_size=0", -ERANGE, "out of range" },
	{ "moron:scan_size=-1", -ERANGE, "out of range" },
	{ "moron:scan_size=9223372036854775807", -ERANGE, "out of range" },
	{ "moron:scan_budget=9", -ERANGE, "out of range" },
	{ "moron:scan_period=20000", -ERANGE, "scan_period_max" },
};

static void refused_spec(int fd, const struct bad_spec *b)
{
	char why[NP_UAPI_TEXT];

	tap_is(dev_attach_why(fd, 0, b->spec, 0, why), b->err, "attach '%s'",
	       b->spec);
	if (!tap_ok(strstr(why, b->why), "which says '%s'", b->why))
		tap_note("it says '%.*s'", NP_UAPI_TEXT, why);
}

/* A refused replacement leaves the policy as it was. */
static void refused_replace(int fd)
{
	struct np_ioc_status s;

	dev_attach(fd, 0, SLOW, 0);
	tap_is(dev_attach(fd, 0, "none:nosuch=1", NP_ATTACH_REPLACE), -EINVAL,
	       "replace by nonsense");
	dev_status(fd, 0, &s);
	tap_ok(!strcmp(s.spec, SLOW), "the policy is still the old one");
	dev_detach(fd, 0);
}

static void specs(void)
{
	int fd = dev_open();
	struct np_ioc_status s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_specs); i++)
		refused_spec(fd, &bad_specs[i]);
	tap_ok(!dev_managed(fd, 0), "nothing of that made us managed");
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), -ENOENT,
	       "nor began a session");
	refused_replace(fd);
	tap_is(dev_attach(fd, 0, "none:scan_size=64MiB,scan_delay=5ms,"
			  "scan_period=10,scan_period_max=10ms,scan_budget=10us",
			  0), 0, "all parameters with their units");
	dev_detach(fd, 0);
	close(fd);
}

static void attach_once(int fd)
{
	char why[NP_UAPI_TEXT];
	struct np_ioc_status s;

	memset(why, 'x', sizeof(why));
	tap_is(dev_attach_why(fd, 0, SLOW, 0, why), 0, "attach");
	tap_is(why[0], 0, "which leaves nothing to say");
	tap_is(dev_attach(fd, 0, SLOW, 0), -EALREADY, "attach twice");
	tap_is(dev_attach(fd, getpid(), "none", NP_ATTACH_SHADOW), -EALREADY,
	       "attach twice, by pid and in another way");
	dev_status(fd, 0, &s);
	tap_ok(!strcmp(s.spec, SLOW), "the spec comes back as it was written");
	tap_is(s.effective, NP_EFF_WAITING, "not yet scanned");
	tap_is(s.shadow, 0, "no shadow");
	tap_is(s.processes, 1, "one process");
}

static void replace_and_detach(int fd)
{
	struct np_ioc_status s;

	tap_is(dev_attach(fd, 0, "none", NP_ATTACH_REPLACE), 0, "replace");
	dev_status(fd, 0, &s);
	tap_ok(!strcmp(s.spec, "none"), "the new policy");
	tap_is(s.effective, NP_EFF_OBSERVING, "it observes");
	tap_is(dev_attach(fd, 0, SLOW, NP_ATTACH_REPLACE | NP_ATTACH_SHADOW), 0,
	       "replace by a shadow");
	dev_status(fd, 0, &s);
	tap_is(s.shadow, 1, "shadow");
	tap_is(s.effective, NP_EFF_OBSERVING, "which observes");
	tap_is(dev_attach(fd, 0, "stock", NP_ATTACH_REPLACE), 0, "by stock");
	dev_status(fd, 0, &s);
	tap_is(s.effective, NP_EFF_STOCK, "which is stock");
	tap_is(dev_detach(fd, 0), 0, "detach");
	tap_is(dev_detach(fd, 0), -ENOENT, "detach what is not managed");
	tap_is(dev_trace(fd, getpid(), 1024), -ENOENT,
	       "trace what is not managed");
}

static void attaching(void)
{
	int fd = dev_open();

	attach_once(fd);
	replace_and_detach(fd);
	close(fd);
}

/* ------------------------------------------------------------------ status */

/* What comes out does not depend on what went in. */
static void garbage_in(int fd)
{
	struct np_ioc_status s;
	int i, bad = 0;

	memset(&s, 0x5a, sizeof(s));
	s.size = sizeof(s);
	s.flags = 0;
	s.pid = 0;
	memset(s.reserved, 0, sizeof(s.reserved));
	s.spec[0] = '\0';
	s.spec[sizeof(s.spec) - 1] = '\0';
	tap_is(dev_ioctl(fd, NP_IOC_STATUS, &s), 0,
	       "status of an unmanaged process");
	tap_is(s.effective, NP_EFF_UNMANAGED, "it is unmanaged");
	tap_is(s.shadow + s.threads + s.processes + s.bytes + s.scan_max_us, 0,
	       "the rest is 0");
	for (i = 0; i < NP_UAPI_SLOTS; i++)
		bad += s.counter[i] || s.reason[i];
	tap_is(bad, 0, "all counters and reasons too");
	tap_is(s.spec[0], 0, "and it has no policy");
}

static void session_sums(int fd)
{
	struct np_ioc_status s;
	pid_t a = sleeper(), b = sleeper();

	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), -ENOENT,
	       "no session yet");
	dev_attach(fd, a, SLOW, 0);
	dev_attach(fd, b, "none", 0);
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), 0, "a session");
	tap_is(s.processes, 2, "of two");
	tap_is(dev_sum(fd, NP_STATUS_POLICY, "none", &s), 0, "a policy");
	tap_is(s.processes, 1, "of one");
	tap_is(dev_sum(fd, NP_STATUS_ALL, NULL, &s), 0, "all");
	tap_is(s.processes, 2, "are two");
	tap_is(dev_sum(fd, NP_STATUS_POLICY, "nosuch", &s), -ENOENT,
	       "no such policy");
	tap_is(dev_sum(fd, NP_STATUS_POLICY, "", &s), -ENOENT, "nor none");
	tap_is(dev_sum(fd, NP_STATUS_SESSION | NP_STATUS_ALL, NULL, &s),
	       -EINVAL, "two kinds at once");
	end(a);
	dev_wait_managed(fd, 1, 2);
	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_is(s.processes, 1, "the session when one has ended");
	end(b);
	dev_wait_managed(fd, 0, 2);
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), 0,
	       "the session outlives its processes");
}

static void info(int fd)
{
	struct np_ioc_status s;
	struct np_ioc_info i;

	tap_is(dev_info(fd, &i), 0, "INFO");
	tap_is(i.abi, NP_ABI, "ABI");
	tap_is(i.nr_counters, NP_NR_COUNTERS, "counters");
	tap_is(i.nr_reasons, NP_NR_REASONS, "reasons");
	tap_above(i.nr_policies, 3, "policies");
	tap_is(i.page_bytes, 0, "no memory per page");
	tap_above(i.proc_bytes, 1, "memory per process");
	tap_above(i.task_bytes, 1, "memory per thread");
	tap_is(i.managed, 0, "nobody is managed");
	tap_is(i.tasks, 0, "no thread has state");
	tap_is(i.inherit_failed, 0, "no child was missed");
	tap_note("%u bytes per process, %u per thread", i.proc_bytes,
		 i.task_bytes);
	dev_attach(fd, 0, SLOW, 0);
	dev_status(fd, 0, &s);
	tap_above(s.bytes, i.proc_bytes + s.threads * i.task_bytes,
		  "status counts those bytes, and what else there is");
	dev_info(fd, &i);
	tap_is(i.managed, 1, "one is managed");
	dev_detach(fd, 0);
}

static void next_walk(int fd)
{
	struct np_ioc_pid n = { .size = sizeof(n) };
	pid_t pid[3];
	int i, seen = 0;

	tap_is(dev_ioctl(fd, NP_IOC_NEXT, &n), -ENOENT, "nobody is next");
	for (i = 0; i < 3; i++) {
		pid[i] = sleeper();
		dev_attach(fd, pid[i], SLOW, 0);
	}
	n.pid = 0;
	while (!dev_ioctl(fd, NP_IOC_NEXT, &n) && seen < 3)
		if (n.pid == pid[seen])
			seen++;
	tap_is(seen, 3, "three processes, in the order of their pids");
	tap_is(dev_ioctl(fd, NP_IOC_NEXT, &n), -ENOENT, "and no more");
	n.pid = -1;
	tap_is(dev_ioctl(fd, NP_IOC_NEXT, &n), -EINVAL, "next of pid -1");
	n.pid = INT_MAX;
	tap_is(dev_ioctl(fd, NP_IOC_NEXT, &n), -ENOENT, "of the largest pid");
	for (i = 0; i < 3; i++)
		end(pid[i]);
	dev_wait_managed(fd, 0, 2);
}

static void status(void)
{
	int fd = dev_open();

	info(fd);
	garbage_in(fd);
	next_walk(fd);
	close(fd);
	fd = dev_open();
	session_sums(fd);
	close(fd);
}

/* ---------------------------------------------------- policies, parameters */

static bool good_param(const struct np_ioc_param *p)
{
	return p->key[0] && p->text[0] && p->source[0] && p->min <= p->def &&
	       p->def <= p->max;
}

static void params_of(int fd, uint32_t policy, uint32_t nr)
{
	struct np_ioc_param p = { .size = sizeof(p), .policy = policy };
	uint32_t good = 0;

	for (; !dev_ioctl(fd, NP_IOC_PARAM, &p); p.index++)
		good += good_param(&p);
	tap_is(good, nr, "policy %u: its parameters", policy);
	tap_is(p.index, nr, "policy %u: no more", policy);
	p.index = UINT_MAX;
	tap_is(dev_ioctl(fd, NP_IOC_PARAM, &p), -ENOENT,
	       "policy %u: no last parameter", policy);
}

static void policies(void)
{
	static const char *const first[] = { "stock", "none", "moron" };
	struct np_ioc_policy p = { .size = sizeof(p) };
	struct np_ioc_param none = { .size = sizeof(none), .policy = UINT_MAX };
	int fd = dev_open();

	for (; !dev_ioctl(fd, NP_IOC_POLICY, &p); p.index++) {
		if (p.index < ARRAY_SIZE(first))
			tap_ok(!strcmp(p.name, first[p.index]), "policy %s",
			       first[p.index]);
		tap_ok(p.summary[0] && p.summary[sizeof(p.summary) - 1] == 0,
		       "policy %u: one line about it", p.index);
		tap_is(p.users, 0, "policy %u: unused", p.index);
		params_of(fd, p.index, p.nr_params);
	}
	tap_above(p.index, 3, "that many policies");
	p.index = UINT_MAX;
	tap_is(dev_ioctl(fd, NP_IOC_POLICY, &p), -ENOENT, "no last policy");
	tap_is(dev_ioctl(fd, NP_IOC_PARAM, &none), -ENOENT,
	       "no parameter of no policy");
	p.index = 2;
	dev_attach(fd, 0, SLOW, 0);
	tap_ok(!dev_ioctl(fd, NP_IOC_POLICY, &p) && p.users == 1,
	       "a user of moron");
	dev_detach(fd, 0);
	close(fd);
}

/* ------------------------------------------------------------------- trace */

static void bad_traces(int fd)
{
	static const unsigned int rooms[] = {
		0, 1, 512, 1023, 1025, 3 << 10, 1 << 21, 1U << 31, UINT_MAX,
	};
	size_t i, bad = 0;

	for (i = 0; i < ARRAY_SIZE(rooms); i++)
		bad += dev_trace(fd, 0, rooms[i]) != -EINVAL;
	tap_is(bad, 0, "trace: room for a wrong number of records");
}

static void untraced_file(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct np_record rec;

	tap_ok(read(fd, &rec, sizeof(rec)) < 0 && errno == EINVAL,
	       "read without trace");
	tap_ok(poll(&p, 1, 0) == 1 && (p.revents & POLLERR),
	       "poll without trace");
	tap_ok(write(fd, &rec, sizeof(rec)) < 0 && errno == EINVAL, "write");
	tap_ok(lseek(fd, 0, SEEK_SET) < 0 && errno == ESPIPE, "seek");
	tap_ok(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED &&
	       errno == ENODEV, "mmap");
}

static void on_alarm(int sig)
{
}

static void empty_trace(int fd)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct np_record rec;
	int nonblock = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	tap_is(dev_trace(fd, 0, 1024), 0, "trace");
	tap_is(dev_trace(fd, 0, 1024), -EALREADY, "trace twice");
	tap_ok(read(fd, &rec, sizeof(rec) - 1) < 0 && errno == EINVAL,
	       "read less than a record");
	tap_ok(read(fd, &rec, 0) < 0 && errno == EINVAL, "read nothing");
	tap_is(poll(&p, 1, 10), 0, "poll while there is nothing");
	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
	tap_ok(read(fd, &rec, sizeof(rec)) < 0 && errno == EINTR,
	       "a signal ends a read");
	dev_trace(nonblock, 0, 1024);
	tap_ok(read(nonblock, &rec, sizeof(rec)) < 0 && errno == EAGAIN,
	       "a nonblocking read of nothing");
	close(nonblock);
}

/* Make @fd have records: shadow moron, so that nothing moves. */
static void make_records(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char *area = map_on_node(2 * MIB, 1, MAP_SMALL);
	double end = now() + 20 * scale();

	dev_attach(fd, 0, "moron:" FAST, NP_ATTACH_SHADOW);
	while (dev_counter(fd, 0, NP_C_FAULTS) < 200 && now() < end)
		touch(area, 2 * MIB);
	dev_detach(fd, 0);
	tap_ok(poll(&p, 1, 0) == 1 && p.revents == POLLIN,
	       "poll when there is something");
	munmap(area, 2 * MIB);
}

static void full_trace(int fd)
{
	struct np_record rec[64];
	void *volatile nowhere = (void *)8;
	ssize_t n;

	make_records(fd);
	tap_is(read(fd, rec, sizeof(rec[0]) + 36), sizeof(rec[0]),
	       "room for one and a half: one");
	tap_is(rec[0].seq, 0, "the first");
	tap_is(rec[0].pid, getpid(), "it is about us");
	tap_ok(read(fd, nowhere, sizeof(rec)) < 0 && errno == EFAULT,
	       "read to nowhere");
	n = read(fd, rec, sizeof(rec));
	tap_is(n, sizeof(rec), "many at once");
	tap_is(rec[0].seq, 1, "nothing was lost by that");
	tap_is(rec[63].seq, 64, "in order");
}

static void traces(void)
{
	int fd = dev_open();

	untraced_file(fd);
	bad_traces(fd);
	empty_trace(fd);
	full_trace(fd);
	close(fd);
}

/* A process that has ended unmanages itself, reaped or not. */
static void endings(void)
{
	int fd = dev_open();
	pid_t pid = sleeper();
	struct np_ioc_status s;
	siginfo_t si;

	dev_attach(fd, pid, SLOW, 0);
	kill(pid, SIGKILL);
	waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	tap_ok(dev_wait_managed(fd, 0, 2), "a killed process is unmanaged");
	tap_is(dev_status(fd, pid, &s), -ESRCH, "even before it is reaped");
	reap(pid);
	close(fd);
}

int main(void)
{
	run_on_node(0);
	tap_child("specs", specs);
	tap_child("attaching", attaching);
	tap_child("status", status);
	tap_child("policies", policies);
	tap_child("traces", traces);
	tap_child("endings", endings);
	return tap_end();
}
