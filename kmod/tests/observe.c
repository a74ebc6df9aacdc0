// SPDX-License-Identifier: GPL-2.0
/*
 * When and how long is scanned, what the trace tells of it, and what others
 * notice.  Needs three nodes with CPUs.
 */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* -------------------------------------------------------------------- scan */

static void delay(void)
{
	double end = now() + PATIENCE * scale();
	bool early = false;
	uint64_t windows;

	begin("moron", 0);
	while (cpu_time() < 0.9) {
		touch(area, SIZE);
		windows = dev_counter(fd, 0, NP_C_SCAN_WINDOWS);
		if (cpu_time() < 0.98)	/* we were not interrupted since */
			early |= windows != 0;
	}
	tap_ok(!early, "not scanned in the first 0.9 s of run time");
	while (!dev_counter(fd, 0, NP_C_SCAN_PAGES) && now() < end)
		touch(area, SIZE);
	tap_ok(cpu_time() > 1.0 && cpu_time() < 10.0,
	       "but soon after 1 s, at %.2f", cpu_time());
}

static void budget(void)
{
	struct np_ioc_status s;
	size_t size = 32 * MIB;
	char *p;

	begin("moron:" FAST ",scan_budget=10us", 0);
	p = map_on_node(size, THERE, MAP_SMALL);
	tap_ok(work_on(p, size, 2), "a budget of 10 us: passes complete");
	tap_ok(follows(p, size, HERE), "a budget of 10 us: and all moves");
	dev_status(fd, 0, &s);
	tap_above(s.counter[NP_C_SCAN_BUDGET], 6,
		  "a budget of 10 us: it stopped and went on");
	tap_note("longest scan call %u us, %llu stops in %llu passes",
		 s.scan_max_us, s.counter[NP_C_SCAN_BUDGET],
		 s.counter[NP_C_SCAN_PASSES]);
	sums();
}

/* ------------------------------------------------------------------- trace */

struct seen {
	uint64_t next, lost, bad;
	uint64_t faults, moved, refused, windows, passes, marked;
};

static bool good_page(const struct np_record *r)
{
	return r->addr && !(r->addr % PAGE) && r->pages && r->cpu >= 0 &&
	       r->src >= 0 && r->src < 3 && r->dst >= -1 && r->dst < 3 &&
	       (r->verdict != NP_MOVE || r->dst == r->asked) &&
	       (r->verdict == NP_MOVE) == (r->dst >= 0);
}

static bool good_record(const struct np_record *r)
{
	if (r->pid != (uint32_t)getpid() || r->tid != r->pid ||
	    r->reason >= NP_NR_REASONS || r->verdict >= NP_NR_VERDICTS ||
	    !r->time_ns)
		return false;
	return r->type != NP_REC_PAGE || good_page(r);
}

static void see(struct seen *s, const struct np_record *r)
{
	s->lost += r->seq - s->next;
	s->next = r->seq + 1;
	s->bad += !good_record(r);
	switch (r->type) {
	case NP_REC_PAGE:
		s->faults++;
		s->refused += r->verdict == NP_REFUSED ? r->pages : 0;
		break;
	case NP_REC_MOVED:
		s->moved += r->pages;
		break;
	case NP_REC_FAILED:
		s->refused += r->pages;
		break;
	case NP_REC_WINDOW:
		s->windows++;
		s->marked += r->pages;
		break;
	case NP_REC_PASS:
		s->passes++;
		break;
	default:
		s->bad++;
	}
}

static void drain(int trace, struct seen *s)
{
	static struct np_record rec[256];
	ssize_t n;
	size_t i;

	while ((n = read(trace, rec, sizeof(rec))) > 0) {
		if (n % sizeof(rec[0]))
			s->bad++;
		for (i = 0; i < n / sizeof(rec[0]); i++)
			see(s, &rec[i]);
	}
}

static void compare(const struct seen *seen)
{
	struct np_ioc_status s;

	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_is(seen->bad, 0, "trace: each record makes sense");
	tap_is(seen->lost, 0, "trace: none was lost");
	tap_is(seen->faults, s.counter[NP_C_FAULTS], "trace: faults");
	tap_is(seen->moved, s.counter[NP_C_MOVED], "trace: moves");
	tap_is(seen->refused, s.counter[NP_C_REFUSED], "trace: refusals");
	tap_is(seen->windows, s.counter[NP_C_SCAN_WINDOWS], "trace: windows");
	tap_is(seen->passes, s.counter[NP_C_SCAN_PASSES], "trace: passes");
	tap_ok(seen->marked <= s.counter[NP_C_SCAN_MARKED],
	       "trace: marked pages of windows that ended");
}

/* Read while running; at the end both have seen exactly the same. */
static void traced(void)
{
	int trace = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct seen seen = { 0 };
	int i;

	begin("moron:scan_delay=3600000", 0);
	if (trace < 0 || dev_trace(trace, getpid(), 65536))
		die("trace");
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	for (i = 0; i < 4; i++) {
		run_on_node(i % 2);
		work(1);
		drain(trace, &seen);
	}
	dev_detach(fd, 0);
	drain(trace, &seen);
	compare(&seen);
}

/* Too little room: records are lost, and the reader can tell how many. */
static void overrun(void)
{
	int trace = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct seen seen = { 0 };
	struct np_ioc_status s;

	begin("moron:scan_delay=3600000", 0);
	dev_trace(trace, 0, 1024);
	dev_attach(fd, 0, "none:" FAST, NP_ATTACH_REPLACE);
	work(6);
	drain(trace, &seen);
	/* Reading makes room for what happens meanwhile. */
	tap_above(seen.faults + seen.windows + seen.passes, 1024,
		  "a full trace holds the oldest records");
	while (!dev_counter(fd, 0, NP_C_SCAN_PASSES) || seen.next < 1100) {
		touch(area, 64 * PAGE);
		drain(trace, &seen);
	}
	dev_detach(fd, 0);
	drain(trace, &seen);
	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_above(seen.lost, 1, "a full trace: records are lost");
	tap_is(seen.bad, 0, "a full trace: but none is spoilt");
	tap_is(seen.faults + seen.windows + seen.passes + seen.lost,
	       s.counter[NP_C_FAULTS] + s.counter[NP_C_SCAN_WINDOWS] +
	       s.counter[NP_C_SCAN_PASSES],
	       "a full trace: the gaps say how many");
}

/* ------------------------------------------------------------- trace event */

#define EVENT "/sys/kernel/tracing/events/numaplace/enable"
#define BUFFER "/sys/kernel/tracing/trace"

/* Lines of the kernel's trace about this process that contain @what. */
static uint64_t events(const char *what)
{
	FILE *f = fopen(BUFFER, "re");
	char line[512], mine[32];
	uint64_t n = 0;

	if (!f)
		die(BUFFER);
	snprintf(mine, sizeof(mine), " pid=%d ", getpid());
	while (fgets(line, sizeof(line), f))
		n += strstr(line, " numaplace: ") && strstr(line, mine) &&
		     strstr(line, what);
	fclose(f);
	return n;
}

/* The kernel's own trace has an event for all that the counters count. */
static void trace_events(void)
{
	struct np_ioc_status s;

	begin("moron:scan_delay=3600000", 0);
	write_text("/sys/kernel/tracing/buffer_size_kb", "8192");
	write_text(EVENT, "1");
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	reaches(NP_C_FAULTS, PAGES);
	dev_detach(fd, 0);
	write_text(EVENT, "0");
	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_above(s.counter[NP_C_FAULTS], PAGES, "trace event: there are faults");
	tap_is(events(": type=1 "), s.counter[NP_C_FAULTS],
	       "trace event: one for each fault");
	tap_is(events(": type=4 "), s.counter[NP_C_SCAN_WINDOWS],
	       "trace event: one for each window");
	tap_is(events(": type=5 "), s.counter[NP_C_SCAN_PASSES],
	       "trace event: one for each pass");
}

/* ---------------------------------------------------------- foreign access */

/* A managed process with marked memory at @area, which it leaves alone. */
static pid_t owner(int ready)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	begin(MORON, NP_ATTACH_SHADOW);
	second_thread();
	work(2);
	dprintf(ready, "%p", area);
	for (;;)
		pause();
}

/* Writing to another's memory takes its hinting faults, which are not ours. */
static void foreign_access(void)
{
	static char zeros[SIZE];
	struct iovec from = { zeros, SIZE }, to = { NULL, SIZE };
	char text[32] = "";
	uint64_t moved;
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		die("pipe");
	run_on_node(HERE);	/* else these would have to move */
	touch(zeros, SIZE);
	pid = owner(ready[1]);
	if (read(ready[0], text, sizeof(text) - 1) <= 0)
		die("owner");
	to.iov_base = (void *)strtoul(text, NULL, 16);
	begin(MORON, 0);	/* with state: a thread's first fault is not known */
	follows(area, SIZE, HERE);
	moved = dev_counter(fd, 0, NP_C_MOVED);
	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != SIZE) {
		tap_ok(errno == ENOSYS, "writing to another process # SKIP %s",
		       strerror(errno));
		return;
	}
	tap_is(dev_counter(fd, 0, NP_C_MOVED) - moved, 0,
	       "writing to another process: what moves is not ours");
	sums();
	kill(pid, SIGKILL);
	reap(pid);
}

/* --------------------------------------------------------------- bystander */

#define BYSTANDER CGROUP "/bystander"

static long long memcg(const char *name)
{
	return number_in(BYSTANDER "/memory.stat", name);
}

/* Since Linux 6.7. */
static bool memcg_tells(void)
{
	return number_in(CGROUP "/memory.stat", "numa_hint_faults ") >= 0;
}

/* Works on remote memory, as the managed do, and has asked for nothing. */
static pid_t bystander(int result)
{
	pid_t pid = fork();
	double until;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	mkdir(BYSTANDER, 0755);
	if (write_text(BYSTANDER "/cgroup.procs", "0"))
		die(BYSTANDER);
	run_on_cpu(first_cpu_of(HERE));
	area = map_on_node(SIZE, THERE, MAP_SMALL);
	until = cpu_time() + 2;	/* stock begins after 1 s */
	while (cpu_time() < until)
		touch(area, SIZE);
	dprintf(result, "%lu", pages_on(area, SIZE, THERE));
	_exit(0);
}

/* While it runs, others are placed. */
static void place_beside(pid_t pid)
{
	int status;

	begin(MORON, 0);
	run_on_node(SMALL);	/* another CPU than the bystander's */
	while (!waitpid(pid, &status, WNOHANG))
		touch(area, SIZE);
	tap_above(dev_counter(fd, 0, NP_C_FAULTS), NEARLY(PAGES),
		  "beside a bystander: the managed process has faults");
}

/* Return: pages of the bystander that stayed where they were. */
static long beside(const char *setting)
{
	char text[32] = "";
	int result[2];
	pid_t pid;

	if (pipe(result) ||
	    write_text("/proc/sys/kernel/numa_balancing", setting))
		die("beside");
	pid = bystander(result[1]);
	place_beside(pid);
	if (read(result[0], text, sizeof(text) - 1) <= 0)
		die("bystander");
	return atol(text);
}

/* kernel.numa_balancing is 0: not one fault for those who did not ask. */
static void untouched(void)
{
	unsigned long long all, marked;
	struct np_ioc_status s;

	all = vmstat("numa_hint_faults");
	marked = vmstat("numa_pte_updates");
	tap_is(beside("0"), PAGES, "the bystander's memory stays");
	if (memcg_tells()) {
		tap_is(memcg("numa_hint_faults "), 0,
		       "the bystander has no hinting fault");
		tap_is(memcg("numa_pte_updates "), 0,
		       "and no page of it was ever marked");
	} else {
		tap_skip("the bystander's own counts",
			 "this kernel counts for the machine only");
	}
	/* What was marked may be touched after the end of management. */
	all = vmstat("numa_hint_faults") - all;
	marked = vmstat("numa_pte_updates") - marked;
	dev_detach(fd, 0);
	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_above(s.counter[NP_C_FAULTS], all,
		  "all hinting faults of the machine are the managed process'");
	tap_above(s.counter[NP_C_SCAN_MARKED], marked,
		  "and so are all marked pages");
}

/* It is 1: who did not ask has the kernel's own balancing, as ever. */
static void balanced_by_stock(void)
{
	long long faults = memcg("numa_hint_faults "), left = beside("1");

	if (memcg_tells())
		tap_above(memcg("numa_hint_faults ") - faults, 1,
			  "with the switch at 1 the kernel balances the bystander");
	else
		tap_ok(left < (long)PAGES,
		       "with the switch at 1 the kernel balances the bystander");
	write_text("/proc/sys/kernel/numa_balancing", "0");
}

int main(void)
{
	write_text(CGROUP "/cgroup.subtree_control", "+memory");
	write_text("/proc/sys/kernel/numa_balancing", "0");
	if (nr_nodes() < 3)
		die("this needs three nodes");
	tap_child("delay", delay);
	tap_child("budget", budget);
	tap_child("trace", traced);
	tap_child("overrun", overrun);
	tap_child("trace event", trace_events);
	tap_child("foreign access", foreign_access);
	tap_child("bystander", untouched);
	tap_child("balanced bystander", balanced_by_stock);
	return tap_end();
}
