// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz CALLS SEED [PROCESSES]: random commands on the device by several processes,
 * each with children that come and go.  Arguments are right, nearly right, or
 * noise.  What is called in which order depends on the seed alone.
 *
 * A process id is only ever one's own, a child's, or one that cannot be: the
 * rest of the guest is not ours to manage.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 6
#define FILES 5
#define SIZE MIB

static unsigned long state;
static pid_t children[CHILDREN];
static int files[FILES];
static char *area;		/* touched, for hinting faults */
static char *edge;		/* the end of what can be accessed */
static unsigned long counts[2];	/* calls that failed, that worked */

/* Knuth's MMIX generator: the same everywhere. */
static unsigned int roll(unsigned int sides)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return (state >> 33) % sides;
}

static bool one_in(unsigned int n)
{
	return !roll(n);
}

/* ---------------------------------------------------------------- children */

static void *idle(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

static void busy(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, idle, NULL);
	for (;;) {
		touch(area, SIZE);
		run_on_node(one_in(2));
		sched_yield();
	}
}

static void breed(void)
{
	int n = 20;

	while (n--) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid > 0)
			reap(pid);
	}
}

static void be_child(unsigned int kind)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	switch (kind) {
	case 0:
		busy();
		break;
	case 1:
		breed();
		break;
	case 2:
		execl("/bin/busybox", "true", NULL);
		break;
	case 3:
		for (;;)
			pause();
	}
	_exit(0);
}

static void new_child(int i)
{
	unsigned int kind = roll(5);
	pid_t pid = fork();

	if (!pid)
		be_child(kind);
	children[i] = pid > 0 ? pid : 0;
}

static void end_child(int i)
{
	if (!children[i])
		return;
	kill(children[i], SIGKILL);
	reap(children[i]);
	children[i] = 0;
}

static void change_family(void)
{
	int i = roll(CHILDREN);

	end_child(i);
	if (!one_in(4))
		new_child(i);
}

/* --------------------------------------------------------------- arguments */

static int pick_pid(void)
{
	static const int impossible[] = { -1, INT_MIN, INT_MAX, 2, -2 };

	switch (roll(8)) {
	case 0:
		return 0;
	case 1:
		return getpid();
	case 2:
		return impossible[roll(ARRAY_SIZE(impossible))];
	default:
		return children[roll(CHILDREN)];
	}
}

/* Noise may not name somebody else. */
static int harmless(int pid)
{
	int i;

	for (i = 0; i < CHILDREN; i++)
		if (pid == children[i])
			return pid;
	return pid <= 2 && pid != 1 ? pid : -1;
}

static void put_noise(void *p, size_t size)
{
	unsigned char *c = p;

	while (size--)
		*c++ = one_in(3) ? roll(256) : 0;
}

static void add(char *text, const char *piece)
{
	size_t len = strlen(text);

	snprintf(text + len, NP_UAPI_SPEC - len, "%s", piece);
}

static void put_number(char *text)
{
	char number[32];
	static const long borders[] = {
		0, 1, -1, 9, 10, 3600000, 3600001, 1048577, LONG_MAX, LONG_MIN,
	};

	snprintf(number, sizeof(number), "%ld",
		 one_in(2) ? borders[roll(ARRAY_SIZE(borders))] :
			     (long)roll(2000));
	add(text, number);
}

static void put_spec(char *text)
{
	static const char *const names[] = {
		"stock", "none", "moron", "audit", "maximal", "minimal",
		"rogue", "moron", "audit", "", "nosuch", "moronmoronmoronm",
	};
	static const char *const keys[] = {
		"scan_delay", "scan_period", "scan_period_max", "scan_size",
		"scan_budget", "moving", "bias", "mode", "", "scan", "=", ",",
	};
	static const char *const units[] = {
		"", "", "", "ms", "us", "MiB", "%", "x", " ", "=", ",",
	};
	int n = one_in(3) ? roll(6) : 0;

	text[0] = '\0';
	add(text, names[roll(ARRAY_SIZE(names))]);
	if (one_in(2))
		add(text, ":" FAST);
	else if (n)
		add(text, ":");
	while (n--) {
		add(text, keys[roll(ARRAY_SIZE(keys))]);
		add(text, "=");
		put_number(text);
		add(text, units[roll(ARRAY_SIZE(units))]);
		add(text, n ? "," : "");
	}
	if (one_in(50))
		put_noise(text, NP_UAPI_SPEC);
}

/* Any command's argument; a process id stands at the same place in most. */
union arg {
	struct np_ioc_info info;
	struct np_ioc_attach attach;
	struct np_ioc_pid pid;
	struct np_ioc_status status;
	struct np_ioc_policy policy;
	struct np_ioc_param param;
	struct np_ioc_trace trace;
	struct np_ioc_lazy lazy;
	struct np_ioc_progress progress;
	struct np_ioc_home home;
	struct np_ioc_tbind tbind;
	struct np_ioc_mbind mbind;
	struct np_ioc_group group;
	struct np_ioc_group_set group_set;
	struct np_ioc_notify notify;
	unsigned char bytes[2 * PAGE];
};

static union arg arg;

static void put_attach(void)
{
	arg.attach.pid = pick_pid();
	arg.attach.flags = one_in(20) ? roll(8) : one_in(8);
	if (one_in(40))		/* waits for readers: rarely */
		arg.attach.flags |= NP_ATTACH_REPLACE;
	put_spec(arg.attach.spec);
}

static void put_status(void)
{
	arg.status.pid = pick_pid();
	arg.status.flags = one_in(2) ? 0 : 1U << roll(4);
	if (arg.status.flags == NP_STATUS_POLICY)
		put_spec(arg.status.spec);
}

static void put_trace(void)
{
	arg.trace.pid = pick_pid();
	arg.trace.flags = roll(2) ? NP_TRACE_FEED : 0;
	arg.trace.records = one_in(50) ? 1U << roll(32) : 1024U << roll(3);
	if (one_in(10))
		arg.trace.records = roll(INT_MAX);
}

static void put_nothing(void)
{
}

static void put_pid(void)
{
	arg.pid.pid = pick_pid();
}

static void put_policy(void)
{
	arg.policy.index = one_in(4) ? roll(INT_MAX) : roll(9);
}

static void put_param(void)
{
	arg.param.policy = one_in(4) ? roll(INT_MAX) : roll(9);
	arg.param.index = one_in(4) ? roll(INT_MAX) : roll(9);
}

/* Some of the area, or from there into what is not ours, or from anywhere. */
static uint64_t pick_addr(void)
{
	uint64_t addr = (uintptr_t)area + roll(SIZE / PAGE) * PAGE;

	return one_in(10) ? addr + roll(PAGE) : one_in(20) ? roll(INT_MAX) : addr;
}

static uint64_t pick_len(void)
{
	return one_in(20) ? (uint64_t)roll(INT_MAX) << roll(34) : roll(2 * SIZE);
}

static void put_lazy(void)
{
	arg.lazy.flags = roll(2);
	arg.lazy.addr = pick_addr();
	arg.lazy.len = pick_len();
}

static void put_progress(void)
{
	arg.progress.addr = pick_addr();
	arg.progress.len = pick_len();
}

static int pick_node(void)
{
	return one_in(10) ? (int)roll(INT_MAX) : (int)roll(4) - 1;
}

static void put_home(void)
{
	arg.home.tid = pick_pid();
	arg.home.flags = roll(2);
	arg.home.node = pick_node();
}

static int pick_group(void)
{
	return one_in(10) ? (int)roll(INT_MAX) : (int)roll(50) - 3;
}

static void put_name(char *name)
{
	static const char *const names[] = { "", "web", "db", "a", "fifteen letters" };

	strcpy(name, names[roll(ARRAY_SIZE(names))]);
}

static void put_tbind(void)
{
	arg.tbind.tid = pick_pid();
	arg.tbind.ng_id = one_in(2) ? NP_NG_NEW : pick_group();
	if (one_in(2))
		put_name(arg.tbind.name);
}

static void put_mbind(void)
{
	arg.mbind.flags = roll(2);
	arg.mbind.ng_id = pick_group();
	arg.mbind.node = pick_node();
}

static void put_group(void)
{
	arg.group.flags = roll(4);
	arg.group.id = pick_group();
	put_name(arg.group.name);
}

static void put_group_set(void)
{
	arg.group_set.flags = 0x10U << roll(4);
	arg.group_set.id = pick_group();
	arg.group_set.home = pick_node();
	if (one_in(2))
		put_name(arg.group_set.name);
}

static const struct {
	unsigned long cmd;
	size_t size;
	void (*put)(void);
} rights[] = {
	{ NP_IOC_INFO, sizeof(struct np_ioc_info), put_nothing },
	{ NP_IOC_ATTACH, sizeof(struct np_ioc_attach), put_attach },
	{ NP_IOC_ATTACH, sizeof(struct np_ioc_attach), put_attach },
	{ NP_IOC_DETACH, sizeof(struct np_ioc_pid), put_pid },
	{ NP_IOC_DETACH, sizeof(struct np_ioc_pid), put_pid },
	{ NP_IOC_STATUS, sizeof(struct np_ioc_status), put_status },
	{ NP_IOC_POLICY, sizeof(struct np_ioc_policy), put_policy },
	{ NP_IOC_PARAM, sizeof(struct np_ioc_param), put_param },
	{ NP_IOC_NEXT, sizeof(struct np_ioc_pid), put_pid },
	{ NP_IOC_TRACE, sizeof(struct np_ioc_trace), put_trace },
	{ NP_IOC_LAZY, sizeof(struct np_ioc_lazy), put_lazy },
	{ NP_IOC_PROGRESS, sizeof(struct np_ioc_progress), put_progress },
	{ NP_IOC_HOME, sizeof(struct np_ioc_home), put_home },
	{ NP_IOC_TBIND, sizeof(struct np_ioc_tbind), put_tbind },
	{ NP_IOC_TBIND, sizeof(struct np_ioc_tbind), put_tbind },
	{ NP_IOC_MBIND, sizeof(struct np_ioc_mbind), put_mbind },
	{ NP_IOC_GROUP, sizeof(struct np_ioc_group), put_group },
	{ NP_IOC_GROUP_SET, sizeof(struct np_ioc_group_set), put_group_set },
	{ NP_IOC_NOTIFY, sizeof(struct np_ioc_notify), put_nothing },
};

/* Return: the command. */
static unsigned long put_right(void)
{
	unsigned int i = roll(ARRAY_SIZE(rights));

	arg.info.size = (uint32_t)rights[i].size;
	rights[i].put();
	return rights[i].cmd;
}

static void spoil(void)
{
	size_t size = arg.info.size;

	switch (roll(6)) {
	case 0:
		arg.bytes[roll(size)] ^= 1U << roll(8);
		break;
	case 1:
		arg.info.size = roll(2 * PAGE);
		break;
	case 2:
		arg.info.size = one_in(2) ? UINT_MAX : size + roll(16);
		break;
	case 3:
		put_noise(&arg, roll(PAGE));
		break;
	case 4:
		put_noise(&arg.bytes[8], size - 8);
		break;
	default:
		put_noise(&arg.bytes[size], PAGE);
		arg.info.size = size + roll(PAGE);
	}
	arg.pid.pid = harmless(arg.pid.pid);
}

/* Where the argument lies. */
static void *place(void)
{
	size_t left;

	switch (roll(40)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(~0UL << roll(20));
	case 2:
		left = roll(sizeof(arg.status) + 64);
		memcpy(edge - left, &arg, left);
		return edge - left;
	}
	return &arg;
}

/* ------------------------------------------------------------------- calls */

/* What the device may answer; all else is a finding. */
static bool documented(int err)
{
	static const int all[] = {
		EINVAL, EFAULT, E2BIG, ESRCH, ENOENT, EALREADY, ERANGE, ENOTTY,
		ENOMEM, EBUSY, EEXIST, ENOSPC,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (err == all[i])
			return true;
	return false;
}

static void call_device(void)
{
	unsigned long cmd;
	int err;

	memset(&arg, 0, sizeof(arg));
	cmd = put_right();
	if (one_in(3))
		spoil();
	if (one_in(50))
		cmd = _IOC(roll(4), one_in(2) ? 'N' : roll(256), roll(256),
			   roll(1 << 14));
	err = ioctl(files[roll(FILES)], cmd, place()) < 0 ? errno : 0;
	if (err && !documented(err))
		tap_ok(false, "command %lx: %s", cmd, strerror(err));
	counts[!err]++;
}

static int open_file(void)
{
	int fd = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die(NP_DEVICE);
	return fd;
}

static void reopen(void)
{
	int i = roll(FILES);

	close(files[i]);
	files[i] = open_file();
}

static void read_records(void)
{
	static char records[64 * 64];
	void *to = one_in(20) ? place() : records;

	read(files[roll(FILES)], to, one_in(4) ? roll(200) : sizeof(records));
}

static void misuse(void)
{
	struct pollfd p = { files[roll(FILES)], roll(1 << 10), 0 };
	void *at;

	switch (roll(4)) {
	case 0:
		poll(&p, 1, 0);
		break;
	case 1:
		at = mmap(NULL, PAGE << roll(4), roll(8), 1 + roll(2), p.fd,
			  0);
		if (at != MAP_FAILED)
			tap_ok(false, "mmap worked");
		break;
	case 2:
		if (write(p.fd, &arg, roll(PAGE)) >= 0)
			tap_ok(false, "write worked");
		break;
	default:
		if (lseek(p.fd, roll(1000), SEEK_SET) >= 0)
			tap_ok(false, "seek worked");
	}
}

static void step(void)
{
	unsigned int r = roll(1000);

	if (r < 10)
		change_family();
	else if (r < 14)
		reopen();
	else if (r < 40)
		read_records();
	else if (r < 60)
		misuse();
	else if (r < 70)
		touch(area, SIZE);
	else if (r < 75)
		run_on_node(roll(2));
	else
		call_device();
}

static void prepare(unsigned long seed)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	state = seed;
	if (p == MAP_FAILED || mprotect(p + PAGE, PAGE, PROT_NONE))
		die("mmap");
	edge = p + PAGE;
	area = map_on_node(SIZE, 1, MAP_SMALL);
	for (i = 0; i < FILES; i++)
		files[i] = open_file();
}

static void fuzz(unsigned long calls, unsigned long seed)
{
	int i;

	prepare(seed);
	while (counts[0] + counts[1] < calls)
		step();
	for (i = 0; i < CHILDREN; i++)
		end_child(i);
	tap_note("%lu commands worked, %lu did not", counts[1], counts[0]);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long calls, seed;
	int i, processes, bad = 0;
	pid_t pid[64];

	if (argc < 3)
		return 2;
	calls = strtoul(argv[1], NULL, 0);
	seed = strtoul(argv[2], NULL, 0);
	processes = argc > 3 ? atoi(argv[3]) : 4;
	tap_note("fuzz: %lu calls by %d processes, seed %lu", calls, processes,
		 seed);
	fflush(stdout);
	for (i = 0; i < processes; i++) {
		pid[i] = fork();
		if (!pid[i])
			fuzz(calls / processes, seed + i);
	}
	while (i--)
		bad += reap(pid[i]) != 0;
	tap_is(bad, 0, "all of them came to their end");
	return tap_end();
}
