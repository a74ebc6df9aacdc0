// SPDX-License-Identifier: GPL-2.0
/*
 * What every command of the device refuses: wrong sizes, fields and pointers,
 * processes that are not there, callers that may not.  Runs as root; nobody
 * else may be managed meanwhile.
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

/* One that the caller is in. */
static int make_group(void)
{
	struct np_ioc_tbind t = { .size = sizeof(t), .ng_id = NP_NG_NEW };
	int fd = dev_open();

	errno = -dev_ioctl(fd, NP_IOC_TBIND, &t);
	if (errno)
		die("NP_IOC_TBIND");
	close(fd);
	return t.ng_id;
}

static void fill_tbind(void *arg)
{
	struct np_ioc_tbind *t = arg;

	t->ng_id = NP_NG_NEW;
}

static void fill_mbind(void *arg)
{
	struct np_ioc_mbind *b = arg;

	b->ng_id = make_group();
}

static void fill_group(void *arg)
{
	struct np_ioc_group *g = arg;

	g->id = make_group();
}

static void fill_group_set(void *arg)
{
	struct np_ioc_group_set *s = arg;

	s->flags = NP_GROUP_MOVE;
	s->id = make_group();
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

static void leave_group(int fd)
{
	struct np_ioc_tbind t = { .size = sizeof(t), .ng_id = NP_NG_NONE };

	dev_ioctl(fd, NP_IOC_TBIND, &t);
	dev_detach(fd, 0);
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
	{ "LAZY", NP_IOC_LAZY, sizeof(struct np_ioc_lazy),
	  FIELD(np_ioc_lazy, reserved), 0, 0,
	  fill_nothing, do_nothing, detach_self },
	{ "PROGRESS", NP_IOC_PROGRESS, sizeof(struct np_ioc_progress),
	  FIELD(np_ioc_progress, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
	{ "HOME", NP_IOC_HOME, sizeof(struct np_ioc_home),
	  FIELD(np_ioc_home, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
	{ "TBIND", NP_IOC_TBIND, sizeof(struct np_ioc_tbind),
	  FIELD(np_ioc_tbind, reserved), FIELD(np_ioc_tbind, name),
	  fill_tbind, do_nothing, leave_group },
	{ "MBIND", NP_IOC_MBIND, sizeof(struct np_ioc_mbind),
	  FIELD(np_ioc_mbind, reserved), 0, 0,
	  fill_mbind, do_nothing, do_nothing },
	{ "GROUP", NP_IOC_GROUP, sizeof(struct np_ioc_group),
	  FIELD(np_ioc_group, reserved), FIELD(np_ioc_group, name),
	  fill_group, do_nothing, do_nothing },
	{ "GROUP_SET", NP_IOC_GROUP_SET, sizeof(struct np_ioc_group_set),
	  FIELD(np_ioc_group_set, reserved), FIELD(np_ioc_group_set, name),
	  fill_group_set, do_nothing, leave_group },
	{ "NOTIFY", NP_IOC_NOTIFY, sizeof(struct np_ioc_notify),
	  FIELD(np_ioc_notify, reserved), 0, 0,
	  fill_nothing, do_nothing, do_nothing },
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
	tap_is(call_at(c, p), _IOC_DIR(c->cmd) & _IOC_READ ? -EFAULT : 0,
	       "%s: read-only", c->name);
	munmap(end - PAGE, 2 * PAGE);
}

static void unknown_commands(void)
{
	static const unsigned long unknown[] = {
		_IOWR('N', 0x00, struct np_ioc_info),
		_IOWR('N', 0x7f, struct np_ioc_info),
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
	for (;;)
		pause();
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

int main(void)
{
	run_on_node(0);
	tap_child("all commands", all_commands);
	tap_child("bad pids", bad_pids);
	tap_child("rights", rights);
	return tap_end();
}
