// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* -------------------------------------------------------------------- TAP */

static struct tap {
	int run;
	int failed;
} *tap;

/* Shared memory, for results of children count too. */
__attribute__((constructor)) static void tap_begin(void)
{
	tap = mmap(NULL, sizeof(*tap), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tap == MAP_FAILED)
		die("mmap");
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static void tap_line(bool good, const char *text, va_list args)
{
	char line[512];

	vsnprintf(line, sizeof(line), text, args);
	printf("%s - %s\n", good ? "ok" : "not ok", line);
	__atomic_add_fetch(&tap->run, 1, __ATOMIC_RELAXED);
	if (!good)
		__atomic_add_fetch(&tap->failed, 1, __ATOMIC_RELAXED);
}

bool tap_ok(bool good, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	tap_line(good, text, args);
	va_end(args);
	return good;
}

bool tap_is(long long got, long long want, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	tap_line(got == want, text, args);
	va_end(args);
	if (got != want)
		printf("# got %lld, wanted %lld\n", got, want);
	return got == want;
}

bool tap_above(long long got, long long least, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	tap_line(got >= least, text, args);
	va_end(args);
	if (got < least)
		printf("# got %lld, wanted at least %lld\n", got, least);
	return got >= least;
}

void tap_skip(const char *text, const char *reason)
{
	printf("ok - %s # SKIP %s\n", text, reason);
	__atomic_add_fetch(&tap->run, 1, __ATOMIC_RELAXED);
}

void tap_note(const char *text, ...)
{
	char line[512];
	va_list args;

	va_start(args, text);
	vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	printf("# %s\n", line);
}

int tap_end(void)
{
	printf("1..%d\n", tap->run);
	return tap->failed ? 1 : 0;
}

void tap_child(const char *name, void (*fn)(void))
{
	double begin = now();
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	status = reap(pid);
	if (status)
		tap_ok(false, "%s ended with status %d", name, status);
	tap_note("%s took %.1f s", name, now() - begin);
}

/* ----------------------------------------------------------------- process */

void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(99);
}

unsigned int scale(void)
{
	const char *text = getenv("NP_SCALE");
	int n = text ? atoi(text) : 1;

	return n > 0 ? n : 1;
}

static double read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

double now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double cpu_time(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void msleep(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

pid_t sleeper(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

void end(pid_t pid)
{
	kill(pid, SIGKILL);
	reap(pid);
}

void drop_rights(unsigned int uid)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (uid && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		die("setresuid");
	if (syscall(SYS_capget, &head, data))
		die("capget");
	data[0].effective &= ~(1U << CAP_SYS_NICE | 1U << CAP_SYS_PTRACE);
	data[0].permitted = data[0].effective;
	data[0].inheritable = 0;
	if (syscall(SYS_capset, &head, data))
		die("capset");
}

/* ------------------------------------------------------------------ device */

int dev_open(void)
{
	int fd = open(NP_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(NP_DEVICE);
	return fd;
}

int dev_ioctl(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? -errno : 0;
}

int dev_attach_why(int fd, pid_t pid, const char *spec, unsigned int flags,
		   char why[NP_UAPI_TEXT])
{
	struct np_ioc_attach a = {
		.size = sizeof(a),
		.flags = flags,
		.pid = pid,
	};
	int err;

	snprintf(a.spec, sizeof(a.spec), "%s", spec);
	err = dev_ioctl(fd, NP_IOC_ATTACH, &a);
	if (why)
		memcpy(why, a.why, NP_UAPI_TEXT);
	return err;
}

int dev_attach(int fd, pid_t pid, const char *spec, unsigned int flags)
{
	return dev_attach_why(fd, pid, spec, flags, NULL);
}

int dev_detach(int fd, pid_t pid)
{
	struct np_ioc_pid p = { .size = sizeof(p), .pid = pid };

	return dev_ioctl(fd, NP_IOC_DETACH, &p);
}

int dev_status(int fd, pid_t pid, struct np_ioc_status *s)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	s->pid = pid;
	return dev_ioctl(fd, NP_IOC_STATUS, s);
}

int dev_sum(int fd, unsigned int flag, const char *policy,
	    struct np_ioc_status *s)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	s->flags = flag;
	if (policy)
		snprintf(s->spec, sizeof(s->spec), "%s", policy);
	return dev_ioctl(fd, NP_IOC_STATUS, s);
}

int dev_info(int fd, struct np_ioc_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return dev_ioctl(fd, NP_IOC_INFO, info);
}

int dev_trace(int fd, pid_t pid, unsigned int records)
{
	struct np_ioc_trace t = {
		.size = sizeof(t),
		.pid = pid,
		.records = records,
	};

	return dev_ioctl(fd, NP_IOC_TRACE, &t);
}

static void want_status(int fd, pid_t pid, struct np_ioc_status *s)
{
	int err = dev_status(fd, pid, s);

	if (!err && s->effective)
		return;
	errno = err ? -err : ENOENT;
	die("NP_IOC_STATUS");
}

uint64_t dev_counter(int fd, pid_t pid, enum np_counter which)
{
	struct np_ioc_status s;

	want_status(fd, pid, &s);
	return s.counter[which];
}

uint64_t dev_reason(int fd, pid_t pid, enum np_reason which)
{
	struct np_ioc_status s;

	want_status(fd, pid, &s);
	return s.reason[which];
}

bool dev_managed(int fd, pid_t pid)
{
	struct np_ioc_status s;

	return !dev_status(fd, pid, &s) && s.effective != NP_EFF_UNMANAGED;
}

bool dev_wait_managed(int fd, unsigned int nr, double seconds)
{
	double end = now() + seconds * scale();
	struct np_ioc_info info;

	do {
		if (dev_info(fd, &info))
			die("NP_IOC_INFO");
		if (info.managed == nr)
			return true;
		msleep(10);
	} while (now() < end);
	tap_note("%u processes are managed, not %u", info.managed, nr);
	return false;
}

const char *reason_name(unsigned int reason)
{
	static const char *const names[] = {
#define X(name, str, text) str,
		NP_REASONS(X)
#undef X
	};

	return reason < NP_NR_REASONS ? names[reason] : "?";
}

const char *counter_name(unsigned int counter)
{
	static const char *const names[] = {
#define X(name, str, unit, when) str,
		NP_COUNTERS(X)
#undef X
	};

	return counter < NP_NR_COUNTERS ? names[counter] : "?";
}

/* ----------------------------------------------------- nodes, CPUs, memory */

#define MAX_NODES 64

/* "0-1,4": what the kernel writes into cpulist. */
static void parse_cpus(const char *list, cpu_set_t *set)
{
	CPU_ZERO(set);
	while (*list >= '0' && *list <= '9') {
		char *end;
		long cpu = strtol(list, &end, 10), last = cpu;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (; cpu <= last; cpu++)
			CPU_SET(cpu, set);
		list = *end == ',' ? end + 1 : end;
	}
}

static bool cpus_of(int node, cpu_set_t *set)
{
	char path[64], list[256];
	FILE *f;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%d/cpulist", node);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(list, sizeof(list), f))
		list[0] = '\0';
	fclose(f);
	parse_cpus(list, set);
	return CPU_COUNT(set);
}

int nr_nodes(void)
{
	cpu_set_t set;
	int node;

	for (node = 0; node < MAX_NODES && cpus_of(node, &set); node++)
		;
	return node;
}

static void run_on(const cpu_set_t *set)
{
	if (sched_setaffinity(0, sizeof(*set), set))
		die("sched_setaffinity");
}

int first_cpu_of(int node)
{
	cpu_set_t set;
	int cpu = 0;

	if (!cpus_of(node, &set))
		die("a node without CPUs");
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	return cpu;
}

void run_on_node(int node)
{
	cpu_set_t set;

	if (!cpus_of(node, &set))
		die("a node without CPUs");
	run_on(&set);
}

void run_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	run_on(&set);
}

void run_anywhere(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	run_on(&set);
}

void alloc_on(int mode, int node)
{
	unsigned long mask = node < 0 ? 0 : 1UL << node;

	if (syscall(SYS_set_mempolicy, mode, node < 0 ? NULL : &mask,
		    node < 0 ? 0 : MAX_NODES))
		die("set_mempolicy");
}

int bind_range(void *p, size_t size, int mode, unsigned long nodemask)
{
	return syscall(SYS_mbind, p, size, mode, &nodemask, MAX_NODES, 0);
}

/* On a huge-page border, so that both kinds of pages are possible. */
static char *map_aligned(size_t size)
{
	char *p = mmap(NULL, size + 2 * MIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t at = ((uintptr_t)p + 2 * MIB - 1) & ~(2 * MIB - 1);

	if (p == MAP_FAILED)
		die("mmap");
	return (char *)at;
}

char *map_on_node(size_t size, int node, int how)
{
	char *p = map_aligned(size);

	if (madvise(p, size, how == MAP_HUGE ? MADV_HUGEPAGE :
					       MADV_NOHUGEPAGE))
		die("madvise");
	alloc_on(MPOL_BIND, node);
	touch(p, size);
	alloc_on(MPOL_DEFAULT, -1);
	return p;
}

/* Only stores: a load would first bring in the zero page. */
void touch(void *p, size_t size)
{
	volatile char *c = p;
	size_t i;

	for (i = 0; i < size; i += PAGE)
		c[i] = 1;
}

#define BATCH 512

/* Node of a page frame, by the zones' first frames. */
static int node_of_frame(uint64_t frame)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	unsigned long long first, best = 0;
	int node = -1, found = -1;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Node %d, zone", &node);
		if (sscanf(line, " start_pfn: %llu", &first) != 1 || !first ||
		    first > frame || first < best)
			continue;
		best = first;
		found = node;
	}
	if (f)
		fclose(f);
	return found;
}

/* move_pages() of old kernels is blind to pages that are marked. */
static int node_of_marked(void *at)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, &entry, sizeof(entry),
			    (uintptr_t)at / PAGE * sizeof(entry)) < 0)
		die("/proc/self/pagemap");
	close(fd);
	if (!(entry >> 63))
		return -ENOENT;
	return node_of_frame(entry & ((1ULL << 55) - 1));
}

static unsigned long count_on(void *at[BATCH], int n, int node)
{
	int status[BATCH];
	unsigned long found = 0;

	if (syscall(SYS_move_pages, 0, (unsigned long)n, at, NULL, status, 0))
		die("move_pages");
	while (n--)
		found += (status[n] < 0 ? node_of_marked(at[n]) : status[n]) ==
			 node;
	return found;
}

unsigned long pages_on(void *p, size_t size, int node)
{
	unsigned long found = 0;
	void *at[BATCH];
	size_t i = 0;
	int n;

	while (i < size) {
		for (n = 0; n < BATCH && i < size; n++, i += PAGE)
			at[n] = (char *)p + i;
		found += count_on(at, n, node);
	}
	return found;
}

long long number_in(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	size_t len = strlen(key);
	char line[512];
	long long n = -1;

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len)) {
			char *digits = strpbrk(line + len, "0123456789");

			if (digits)
				n = atoll(digits);
			break;
		}
	fclose(f);
	return n;
}

unsigned long long vmstat(const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "%s ", name);
	return number_in("/proc/vmstat", key);
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? n : 0;
}
