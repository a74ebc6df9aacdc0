// SPDX-License-Identifier: GPL-2.0
/*
 * The device, command by command: what is refused and how, what is answered.
 * Runs as root; nobody else may be managed meanwhile.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOW "moron:scan_delay=3600000"	/* never scanned in here */
#define USER 1000

/* ----------------------------------------------- the same for all commands */

static void fill_attach(void *arg)
{
	struct np_ioc_attach *a = arg;

	strcpy(a->spec, SLOW);
}

static void fill_trace(void *arg)
{
	struct np_ioc_trace *t = arg;

	t->records = 1024;
}

static void fill_nothing(void *arg)
{
}

static void attach_self(int fd)
{
	dev_attach(fd, 0, SLOW, 0);
}

static void detach_self(int fd)
{
	dev_detach(fd, 0);
}

static void do_nothing(int fd)
{
}

#define FIELD(type, field) \
	offsetof(struct type, field), sizeof(((struct type *)0)->field)

static const struct command {
	const char *name;
	unsigned long cmd;
	size_t size;
	size_t reserved, reserved_size;
	size_t text, text_size;		/* a string that comes in */
	void (*fill)(void *arg);
	void (*before)(int fd);
	void (*after)(int fd);
} commands[] = {
	{ "INFO", NP_IOC_INFO, sizeof(struct np_ioc_info),
	  FIELD(np_ioc_info, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
	{ "ATTACH", NP_IOC_ATTACH, sizeof(struct np_ioc_attach),
	  FIELD(np_ioc_attach, reserved), FIELD(np_ioc_attach, spec),
	  fill_attach, do_nothing, detach_self },
	{ "DETACH", NP_IOC_DETACH, sizeof(struct np_ioc_pid),
	  FIELD(np_ioc_pid, reserved), 0, 0,
	  fill_nothing, attach_self, detach_self },
	{ "STATUS", NP_IOC_STATUS, sizeof(struct np_ioc_status),
	  FIELD(np_ioc_status, reserved), FIELD(np_ioc_status, spec),
	  fill_nothing, do_nothing, do_nothing },
	{ "POLICY", NP_IOC_POLICY, sizeof(struct np_ioc_policy),
	  FIELD(np_ioc_policy, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
	{ "PARAM", NP_IOC_PARAM, sizeof(struct np_ioc_param),
	  FIELD(np_ioc_param, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
	{ "NEXT", NP_IOC_NEXT, sizeof(struct np_ioc_pid),
	  FIELD(np_ioc_pid, reserved), 0, 0,
	  fill_nothing, attach_self, detach_self },
	{ "TRACE", NP_IOC_TRACE, sizeof(struct np_ioc_trace),
	  FIELD(np_ioc_trace, reserved), 0, 0,
	  fill_trace, do_nothing, do_nothing },
};

/* Room for any size that is passed. */
static uint32_t arg[4 * PAGE / sizeof(uint32_t)] __attribute__((aligned(8)));

static void *valid(const struct command *c)
{
	memset(arg, 0, sizeof(arg));
	c->fill(arg);
	arg[0] = c->size;
	return arg;
}

/* One call on a file of its own. */
static int call_at(const struct command *c, void *at)
{
	int fd = dev_open();
	int err;

	c->before(fd);
	err = dev_ioctl(fd, c->cmd, at);
	c->after(fd);
	close(fd);
	return err;
}

static int call_size(const struct command *c, uint32_t size)
{
	uint32_t *a = valid(c);

	a[0] = size;
	return call_at(c, a);
}

static void sizes(const struct command *c)
{
	char *tail;

	tap_is(call_at(c, valid(c)), 0, "%s: its own size", c->name);
	tap_is(call_size(c, 0), -EINVAL, "%s: size 0", c->name);
	tap_is(call_size(c, 4), -EINVAL, "%s: size 4", c->name);
	tap_is(call_size(c, c->size - 1), -EINVAL, "%s: too small", c->name);
	tap_is(call_size(c, c->size + 1), 0, "%s: larger, zero", c->name);
	tap_is(arg[0], c->size + 1, "%s: the size comes back", c->name);
	tap_is(call_size(c, PAGE), 0, "%s: a page, zero", c->name);
	tap_is(call_size(c, PAGE + 8), -E2BIG, "%s: above a page", c->name);
	tap_is(call_size(c, UINT_MAX), -E2BIG, "%s: 4 GiB", c->name);
	tail = valid(c);
	arg[0] = c->size + 16;
	tail[c->size + 15] = 1;
	tap_is(call_at(c, arg), -E2BIG, "%s: larger, not zero", c->name);
}

static void fields(const struct command *c)
{
	char *bytes;
	size_t i;
	int bad = 0;

	valid(c);
	arg[1] = 0x80000000;
	tap_is(call_at(c, arg), -EINVAL, "%s: an unknown flag", c->name);
	for (i = 0; i < c->reserved_size; i++) {
		bytes = valid(c);
		bytes[c->reserved + i] = 0x40;
		bad += call_at(c, arg) != -EINVAL;
	}
	tap_is(bad, 0, "%s: each reserved byte must be 0", c->name);
	if (!c->text_size)
		return;
	bytes = valid(c);
	memset(bytes + c->text, 'a', c->text_size);
	tap_is(call_at(c, arg), -EINVAL, "%s: no end of string", c->name);
}

/* Two pages, the second one without access. */
static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + PAGE, PAGE, PROT_NONE))
		die("mmap");
	return p + PAGE;
}

static void pointers(const struct command *c)
{
	char *end = edge(), *p;

	tap_is(call_at(c, NULL), -EFAULT, "%s: no argument", c->name);
	tap_is(call_at(c, (void *)-8L), -EFAULT, "%s: a kernel address",
	       c->name);
	p = memcpy(end - 8, valid(c), 8);
	tap_is(call_at(c, p), -EFAULT, "%s: half there", c->name);
	p = memcpy(end - c->size, valid(c), c->size);
	tap_is(call_at(c, p), 0, "%s: just there", c->name);
	memcpy(p, valid(c), c->size);
	if (mprotect(end - PAGE, PAGE, PROT_READ))
		die("mprotect");
	tap_is(call_at(c, p), c->cmd == NP_IOC_TRACE ? 0 : -EFAULT,
	       "%s: read-only", c->name);
	munmap(end - PAGE, 2 * PAGE);
}

static void unknown_commands(void)
{
	static const unsigned long unknown[] = {
		_IOWR('N', 0x00, struct np_ioc_info),
		_IOWR('N', 0x09, struct np_ioc_info),
		_IOWR('N', 0xff, struct np_ioc_info),
		_IOWR('M', 0x01, struct np_ioc_info),
		0, ~0UL, 0x5401 /* TCGETS */,
	};
	struct np_ioc_info info = { .size = sizeof(info) };
	int fd = dev_open(), bad = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		bad += dev_ioctl(fd, unknown[i], &info) != -ENOTTY;
	tap_is(bad, 0, "unknown commands: ENOTTY");
	close(fd);
}

static void all_commands(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		sizes(&commands[i]);
		fields(&commands[i]);
		pointers(&commands[i]);
	}
	unknown_commands();
}

/* --------------------------------------------------------------- processes */

static void sleep_for_ever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static pid_t sleeper(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		sleep_for_ever();
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	reap(pid);
}

/* Attach, detach, status and trace find a process in the same way. */
static void each_refuses(int fd, pid_t pid, int err, const char *what)
{
	struct np_ioc_status s;

	tap_is(dev_attach(fd, pid, SLOW, 0), err, "attach %s", what);
	tap_is(dev_detach(fd, pid), err, "detach %s", what);
	tap_is(dev_status(fd, pid, &s), err, "status of %s", what);
	tap_is(dev_trace(fd, pid, 1024), err, "trace %s", what);
}

static void *report_tid(void *at)
{
	__atomic_store_n((pid_t *)at, syscall(SYS_gettid), __ATOMIC_RELEASE);
	sleep_for_ever();
	return NULL;
}

static void other_thread(int fd)
{
	pthread_t thread;
	pid_t tid = 0;

	if (pthread_create(&thread, NULL, report_tid, &tid))
		die("pthread_create");
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		msleep(1);
	each_refuses(fd, tid, -ESRCH, "a thread that is not the process");
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

static pid_t zombie(void)
{
	pid_t pid;
	siginfo_t info;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(0);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	return pid;
}

static void bad_pids(void)
{
	int fd = dev_open();
	pid_t pid = zombie();

	each_refuses(fd, pid, -ESRCH, "a process that has ended");
	reap(pid);
	each_refuses(fd, pid, -ESRCH, "a pid that is gone");
	each_refuses(fd, -1, -EINVAL, "pid -1");
	each_refuses(fd, INT_MIN, -EINVAL, "the smallest pid");
	each_refuses(fd, INT_MAX, -ESRCH, "the largest pid");
	each_refuses(fd, 2, -EINVAL, "a kernel thread");
	other_thread(fd);
	tap_ok(dev_wait_managed(fd, 0, 1), "nobody is managed after all that");
	close(fd);
}

/* ----------------------------------------------------------------- rights */

static pid_t somebody;

static void user_reads(int fd)
{
	struct np_ioc_status s;
	struct np_ioc_info info;
	struct np_ioc_policy p = { .size = sizeof(p) };

	tap_is(dev_info(fd, &info), 0, "a user may ask for INFO");
	tap_is(dev_ioctl(fd, NP_IOC_POLICY, &p), 0, "and for policies");
	tap_is(dev_status(fd, 0, &s), 0, "and for its own status");
	tap_is(dev_status(fd, somebody, &s), -EPERM, "not for another's");
	tap_is(dev_sum(fd, NP_STATUS_ALL, NULL, &s), -EPERM,
	       "nor for everyone's");
	tap_is(dev_sum(fd, NP_STATUS_POLICY, "moron", &s), -EPERM,
	       "nor for all of a policy's");
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), -ENOENT,
	       "its own session is empty");
}

static void user_changes(int fd)
{
	struct np_ioc_pid next = { .size = sizeof(next) };

	tap_is(dev_attach(fd, 0, SLOW, 0), -EPERM, "a user may not attach");
	tap_is(dev_attach(fd, somebody, SLOW, NP_ATTACH_REPLACE), -EPERM,
	       "nor anybody else");
	tap_is(dev_detach(fd, 0), -EPERM, "nor detach itself");
	tap_is(dev_detach(fd, somebody), -EPERM, "nor anybody else");
	tap_is(dev_ioctl(fd, NP_IOC_NEXT, &next), -EPERM, "nor walk");
	tap_is(dev_trace(fd, 0, 1024), -EPERM, "nor trace everyone");
	tap_is(dev_trace(fd, somebody, 1024), -EPERM, "nor somebody");
}

static void plain_user(void)
{
	int fd = dev_open();

	drop_rights(USER);
	user_reads(fd);
	user_changes(fd);
	close(fd);
	fd = dev_open();
	tap_ok(fd >= 0, "a user may open the device");
}

static void root_without_rights(void)
{
	int fd = dev_open();

	drop_rights(0);
	tap_is(dev_attach(fd, 0, SLOW, 0), -EPERM,
	       "root without CAP_SYS_NICE may not attach");
}

/* A managed user reads about itself, and only that. */
static void managed_user(void)
{
	struct np_ioc_status s;
	int fd = dev_open();

	if (dev_attach(fd, 0, SLOW, 0))
		die("attach");
	drop_rights(USER);
	tap_ok(!dev_status(fd, 0, &s) && s.effective == NP_EFF_WAITING,
	       "a managed user sees its own status");
	tap_is(dev_sum(fd, NP_STATUS_SESSION, NULL, &s), 0, "and session");
	tap_is(dev_trace(fd, getpid(), 1024), 0, "and its own trace");
	tap_is(dev_detach(fd, 0), -EPERM, "but does not get away");
}

static void keep_only_nice(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = 1U << CAP_SYS_NICE,
		  .permitted = 1U << CAP_SYS_NICE },
	};

	prctl(PR_SET_KEEPCAPS, 1);
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER) ||
	    syscall(SYS_capset, &head, data))
		die("capset");
	prctl(PR_SET_DUMPABLE, 1);
}

static void nice_user(void)
{
	int fd = dev_open();
	struct np_ioc_status s;
	pid_t own;

	keep_only_nice();
	own = sleeper();
	tap_is(dev_attach(fd, 0, SLOW, 0), 0,
	       "a user with CAP_SYS_NICE may attach itself");
	tap_is(dev_attach(fd, own, SLOW, NP_ATTACH_REPLACE), 0,
	       "and its other processes");
	tap_is(dev_attach(fd, somebody, SLOW, NP_ATTACH_REPLACE), -EPERM,
	       "not another user's");
	tap_is(dev_status(fd, somebody, &s), -EPERM, "nor read about it");
	tap_is(dev_detach(fd, somebody), -EPERM, "nor detach it");
	tap_is(dev_trace(fd, somebody, 1024), -EPERM, "nor trace it");
	tap_is(dev_detach(fd, own), 0, "and may detach its own");
	end(own);
}

static void rights(void)
{
	int fd = dev_open();

	somebody = sleeper();
	if (dev_attach(fd, somebody, SLOW, 0))
		die("attach");
	tap_child("plain user", plain_user);
	tap_child("root without rights", root_without_rights);
	tap_child("managed user", managed_user);
	tap_child("user with CAP_SYS_NICE", nice_user);
	end(somebody);
	tap_ok(dev_wait_managed(fd, 0, 2), "all of these are gone");
	close(fd);
}

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
	tap_is(s.bytes, i.proc_bytes + s.threads * i.task_bytes,
	       "status counts the same bytes");
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
	tap_child("all commands", all_commands);
	tap_child("bad pids", bad_pids);
	tap_child("rights", rights);
	tap_child("specs", specs);
	tap_child("attaching", attaching);
	tap_child("status", status);
	tap_child("policies", policies);
	tap_child("traces", traces);
	tap_child("endings", endings);
	return tap_end();
}
