// SPDX-License-Identifier: GPL-2.0
/*
 * What is placed and what is left alone.  Needs three nodes with CPUs, the last
 * one small.  Each case is a process of its own that manages itself: its memory
 * is put on one node, its thread runs on another, and it works until the scan
 * has gone through its address space a few times.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MORON "moron:" FAST
#define HERE 0			/* where the thread runs */
#define THERE 1			/* where the memory starts */
#define SMALL 2			/* the small node */
#define SIZE (4 * MIB)
#define PAGES (SIZE / PAGE)
#define NEARLY(n) ((n) - (n) / 20)
#define PATIENCE 30		/* seconds until something counts as never */

static int fd;			/* the device */
static char *area;		/* SIZE bytes that nothing protects */

/* ---------------------------------------------------------- what cases do */

static void prepare(void)
{
	run_on_node(HERE);
	fd = dev_open();
	area = map_on_node(SIZE, THERE, MAP_SMALL);
}

static void go(const char *spec, unsigned int flags)
{
	errno = -dev_attach(fd, 0, spec, flags);
	if (errno)
		die("attach");
}

static void begin(const char *spec, unsigned int flags)
{
	prepare();
	go(spec, flags);
}

/* Work on [p, p + size) until @nr more passes are complete. */
static bool work_on(void *p, size_t size, unsigned int nr)
{
	uint64_t goal = dev_counter(fd, 0, NP_C_SCAN_PASSES) + nr;
	double end = now() + PATIENCE * scale();

	do {
		touch(p, size);
		if (dev_counter(fd, 0, NP_C_SCAN_PASSES) >= goal)
			return true;
	} while (now() < end);
	tap_note("no %u passes within %d s", nr, PATIENCE);
	return false;
}

static bool work(unsigned int nr)
{
	return work_on(area, SIZE, nr);
}

static bool follows(void *p, size_t size, int node)
{
	double end = now() + PATIENCE * scale();

	do {
		touch(p, size);
		if (pages_on(p, size, node) >= NEARLY(size / PAGE))
			return true;
	} while (now() < end);
	tap_note("%lu of %lu pages on node %d", pages_on(p, size, node),
		 (unsigned long)(size / PAGE), node);
	return false;
}

/* The unprotected memory shows that placement was at work meanwhile. */
static void area_follows(void)
{
	tap_ok(follows(area, SIZE, HERE), "what nothing protects, follows");
}

static void stays(void *p, size_t size, int node, const char *what)
{
	tap_is(pages_on(p, size, node), size / PAGE, "%s stays", what);
}

static unsigned int effective(void)
{
	struct np_ioc_status s;

	return dev_status(fd, 0, &s) ? ~0U : s.effective;
}

/* Every page that was asked for is accounted for; and so is every reason. */
static void sums(void)
{
	uint64_t reasons = 0;
	struct np_ioc_status s;
	int i;

	if (dev_detach(fd, 0) || dev_sum(fd, NP_STATUS_SESSION, NULL, &s))
		die("sums");
	for (i = 0; i < NP_NR_REASONS; i++)
		reasons += s.reason[i];
	tap_is(s.counter[NP_C_MOVED] + s.counter[NP_C_REFUSED] +
	       s.counter[NP_C_SHADOWED], s.counter[NP_C_MOVES_ASKED],
	       "moved, refused and shadowed are what was asked for");
	tap_is(s.counter[NP_C_FAULT_PAGES] + s.reason[NP_R_MOVE_FAILED],
	       reasons, "each page that faulted has a reason");
	tap_ok(s.counter[NP_C_LOCAL_FAULTS] <= s.counter[NP_C_FAULTS] &&
	       s.counter[NP_C_FAULTS] <= s.counter[NP_C_FAULT_PAGES],
	       "local faults, faults and pages in this order");
}

/* ----------------------------------------------------------------- policies */

static void *do_nothing(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

/* With one thread the kernel does not mark what is local already. */
static void second_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, do_nothing, NULL);
	if (errno)
		die("pthread_create");
}

static void moron(void)
{
	begin("moron:scan_delay=3600000", 0);
	tap_is(effective(), NP_EFF_WAITING, "moron: waits");
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	tap_ok(follows(area, SIZE, HERE), "moron: memory follows its user");
	tap_is(effective(), NP_EFF_PLACING, "moron: places");
	tap_above(dev_counter(fd, 0, NP_C_MOVED), NEARLY(PAGES),
		  "moron: moves are counted");
	tap_above(dev_reason(fd, 0, NP_R_REMOTE_REF), NEARLY(PAGES),
		  "moron: with their reason");
	second_thread();
	work(3);
	tap_above(dev_counter(fd, 0, NP_C_LOCAL_FAULTS), NEARLY(PAGES),
		  "moron: then faults are local");
	sums();
}

static void shadow(void)
{
	begin(MORON, NP_ATTACH_SHADOW);
	tap_ok(work(3), "shadow: three passes");
	stays(area, SIZE, THERE, "shadow: memory");
	tap_above(dev_counter(fd, 0, NP_C_SHADOWED), PAGES,
		  "shadow: it would have moved");
	tap_is(dev_counter(fd, 0, NP_C_MOVED), 0, "shadow: nothing moved");
	tap_is(effective(), NP_EFF_OBSERVING, "shadow: observes");
	sums();
}

static void none(void)
{
	begin("none:" FAST, 0);
	tap_ok(work(3), "none: three passes");
	stays(area, SIZE, THERE, "none: memory");
	tap_above(dev_reason(fd, 0, NP_R_OBSERVE), PAGES, "none: observed");
	tap_is(dev_counter(fd, 0, NP_C_MOVES_ASKED), 0, "none: no wishes");
	tap_is(effective(), NP_EFF_OBSERVING, "none: observes");
	sums();
}

/* The stock kernel balances this one process, whatever the switch says. */
static void stock(void)
{
	double end = now() + PATIENCE * scale();

	begin("stock", 0);
	do {
		touch(area, SIZE);
	} while (!dev_counter(fd, 0, NP_C_FAULTS) && now() < end);
	tap_above(dev_reason(fd, 0, NP_R_STOCK), 1,
		  "stock: the kernel's own hinting faults");
	tap_is(dev_counter(fd, 0, NP_C_SCAN_WINDOWS), 0,
	       "stock: our scan does not run");
	tap_is(effective(), NP_EFF_STOCK, "stock: is stock");
}

static void live_switch(void)
{
	struct np_ioc_status s;

	begin("none:" FAST, 0);
	work(2);
	stays(area, SIZE, THERE, "switch: under none, memory");
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	tap_ok(follows(area, SIZE, HERE), "switch: under moron it follows");
	run_on_node(THERE);
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE | NP_ATTACH_SHADOW);
	work(2);
	tap_above(pages_on(area, SIZE, HERE), NEARLY(PAGES),
		  "switch: in the shadow it stays");
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	tap_ok(follows(area, SIZE, THERE), "switch: and follows again");
	tap_ok(!dev_sum(fd, NP_STATUS_POLICY, "none", &s) &&
	       s.counter[NP_C_FAULTS], "switch: the time under none is kept");
	sums();
}

/* -------------------------------------------------------- memory policies */

static void bound_ranges(void)
{
	char *bound, *preferred, *mixed;

	prepare();
	bound = map_on_node(SIZE, THERE, MAP_SMALL);
	preferred = map_on_node(SIZE, THERE, MAP_SMALL);
	mixed = map_on_node(SIZE, THERE, MAP_SMALL);
	if (bind_range(bound, SIZE, MPOL_BIND, 1UL << THERE) ||
	    bind_range(preferred, SIZE, MPOL_PREFERRED, 1UL << THERE) ||
	    bind_range(mixed, SIZE, MPOL_INTERLEAVE, 1UL << HERE | 1UL << THERE))
		die("mbind");
	go(MORON, 0);
	area_follows();
	work(1);
	work_on(bound, SIZE, 1);
	work_on(preferred, SIZE, 1);
	work_on(mixed, SIZE, 1);
	stays(bound, SIZE, THERE, "memory policy: a bound range");
	stays(preferred, SIZE, THERE, "memory policy: a preferred range");
	stays(mixed, SIZE, THERE, "memory policy: an interleaved range");
	tap_is(dev_reason(fd, 0, NP_R_MEMPOLICY), 0,
	       "memory policy: none of them is marked");
	tap_is(effective(), NP_EFF_PLACING,
	       "memory policy: ranges are not the whole process");
}

/* Marked first and bound then: the fault comes, the page stays. */
static void bound_later(void)
{
	char *late;

	begin(MORON, 0);
	late = map_on_node(SIZE, THERE, MAP_SMALL);
	work(3);
	if (bind_range(late, SIZE, MPOL_BIND, 1UL << THERE))
		die("mbind");
	touch(late, SIZE);
	stays(late, SIZE, THERE, "memory policy: a range bound after marking");
	tap_above(dev_reason(fd, 0, NP_R_MEMPOLICY), NEARLY(PAGES),
		  "memory policy: and that is why");
	sums();
}

static void bound_task(void)
{
	prepare();
	alloc_on(MPOL_BIND, THERE);
	go(MORON, 0);
	tap_ok(work(3), "memory policy of the task: passes go on");
	stays(area, SIZE, THERE, "memory policy of the task: memory");
	tap_is(effective(), NP_EFF_MEMPOLICY,
	       "memory policy of the task: status says so");
	tap_is(dev_counter(fd, 0, NP_C_SCAN_MARKED), 0,
	       "memory policy of the task: nothing is marked");
	alloc_on(MPOL_DEFAULT, -1);
	tap_ok(follows(area, SIZE, HERE),
	       "memory policy of the task: taken back, memory follows");
	tap_is(effective(), NP_EFF_PLACING,
	       "memory policy of the task: status says so");
}

/* MPOL_F_NUMA_BALANCING: bound, and balanced within. */
static void bound_but_balanced(void)
{
	unsigned long mask = 1UL << HERE | 1UL << THERE, before;

	begin(MORON, 0);
	if (syscall(SYS_set_mempolicy, MPOL_BIND | MPOL_F_NUMA_BALANCING, &mask,
		    64))
		die("set_mempolicy");
	tap_ok(follows(area, SIZE, HERE),
	       "a memory policy that allows balancing: memory follows");
	tap_is(effective(), NP_EFF_PLACING,
	       "a memory policy that allows balancing: places");
	mask = 1UL << THERE;
	run_on_node(THERE);
	follows(area, SIZE, THERE);
	if (syscall(SYS_set_mempolicy, MPOL_BIND | MPOL_F_NUMA_BALANCING, &mask,
		    64))
		die("set_mempolicy");
	run_on_node(HERE);
	before = pages_on(area, SIZE, THERE);
	work(3);
	tap_is(pages_on(area, SIZE, THERE), before,
	       "outside of what it allows: memory stays");
	tap_above(dev_reason(fd, 0, NP_R_MEMPOLICY), NEARLY(PAGES),
		  "outside of what it allows: the reason");
}

/* ----------------------------------------------------------------- cpusets */

#define CGROUP "/sys/fs/cgroup"

static void join_cpuset(const char *name, const char *nodes)
{
	char path[128];

	snprintf(path, sizeof(path), CGROUP "/%s", name);
	if (mkdir(path, 0755))
		die(path);
	snprintf(path, sizeof(path), CGROUP "/%s/cpuset.mems", name);
	if (write_text(path, nodes))
		die(path);
	snprintf(path, sizeof(path), CGROUP "/%s/cgroup.procs", name);
	if (write_text(path, "0"))
		die(path);
}

static void one_node(void)
{
	double until;

	join_cpuset("one", "1");
	begin(MORON, 0);
	until = cpu_time() + 0.5;
	while (cpu_time() < until)
		touch(area, SIZE);
	tap_is(effective(), NP_EFF_ONE_NODE, "a cpuset of one node: status");
	tap_is(dev_counter(fd, 0, NP_C_SCAN_PAGES), 0,
	       "a cpuset of one node: not scanned");
	stays(area, SIZE, THERE, "a cpuset of one node: memory");
}

static void not_this_node(void)
{
	join_cpuset("two", "0-1");
	begin(MORON, 0);
	area_follows();
	run_on_node(SMALL);
	work(3);
	tap_above(pages_on(area, SIZE, HERE), NEARLY(PAGES),
		  "a cpuset without the node of the CPU: memory stays");
	tap_above(dev_reason(fd, 0, NP_R_CPUSET), NEARLY(PAGES),
		  "a cpuset without the node of the CPU: the reason");
	tap_is(effective(), NP_EFF_PLACING,
	       "a cpuset without the node of the CPU: places elsewhere");
	sums();
}

/* --------------------------------------------------------------- full node */

static void wait_to_die(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Take memory of @node until the kernel gives it elsewhere. */
static void fill(int node)
{
	char *p;

	do {
		alloc_on(MPOL_PREFERRED, node);
		p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			die("mmap");
		madvise(p, MIB, MADV_NOHUGEPAGE);
		touch(p, MIB);
	} while (pages_on(p, MIB, node) > MIB / PAGE / 2);
}

static pid_t filler(int node)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (!pid) {
		fill(node);
		close(ready[0]);
		close(ready[1]);
		wait_to_die();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1))	/* its end, once it is done */
		die("read");
	close(ready[0]);
	return pid;
}

static void full_node(void)
{
	pid_t pid = filler(SMALL);

	begin(MORON, 0);
	run_on_node(SMALL);
	work(3);
	tap_above(dev_reason(fd, 0, NP_R_FULL), NEARLY(PAGES),
		  "a full node: the reason");
	tap_is(pages_on(area, SIZE, SMALL) < PAGES / 10, 1,
	       "a full node: memory stays");
	sums();
	kill(pid, SIGKILL);
	reap(pid);
}

static void emptied_node(void)
{
	begin(MORON, 0);
	run_on_node(SMALL);
	tap_ok(follows(area, SIZE, SMALL), "no longer full: memory follows");
}

/* ------------------------------------------------------------ locked pages */

static void locked(void)
{
	char *before, *after;

	prepare();
	before = map_on_node(SIZE, THERE, MAP_SMALL);
	after = map_on_node(SIZE, THERE, MAP_SMALL);
	if (mlock(before, SIZE))
		die("mlock");
	go(MORON, 0);
	area_follows();
	work_on(before, SIZE, 2);
	stays(before, SIZE, THERE, "locked memory");
	tap_is(dev_reason(fd, 0, NP_R_MLOCKED), 0, "locked memory: not marked");
	work(2);
	if (mlock(after, SIZE))
		die("mlock");
	touch(after, SIZE);
	stays(after, SIZE, THERE, "memory locked after marking");
	tap_above(dev_reason(fd, 0, NP_R_MLOCKED), NEARLY(PAGES),
		  "memory locked after marking: the reason");
	sums();
}

#define SYS_URING_SETUP 425
#define SYS_URING_REGISTER 427

/* Pinned for device access for as long as the process lives. */
static bool pin(void *p, size_t size)
{
	struct iovec iov = { p, size };
	char params[256] = "";
	long ring = syscall(SYS_URING_SETUP, 1, params);

	return ring >= 0 && !syscall(SYS_URING_REGISTER, ring, 0, &iov, 1);
}

/* Shared memory, for private pinned pages are not even marked. */
static void pinned(void)
{
	char *p;

	prepare();
	alloc_on(MPOL_BIND, THERE);
	p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	touch(p, MIB);
	alloc_on(MPOL_DEFAULT, -1);
	if (!pin(p, MIB)) {
		tap_skip("pinned memory", "this kernel has no io_uring");
		return;
	}
	go(MORON, 0);
	work_on(p, MIB, 3);
	stays(p, MIB, THERE, "pinned memory");
	tap_above(dev_reason(fd, 0, NP_R_PINNED), 1, "pinned memory: the reason");
}

/* -------------------------------------------------------------- huge pages */

static bool all_huge(size_t size)
{
	return number_in("/proc/self/smaps_rollup", "AnonHugePages:") * 1024 >=
	       (long long)size;
}

static void huge(void)
{
	unsigned long long moved, split;
	size_t size = 8 * MIB;
	char *p;

	prepare();
	p = map_on_node(size, THERE, MAP_HUGE);
	if (!all_huge(size)) {
		tap_ok(false, "huge pages: there are some");
		return;
	}
	moved = vmstat("thp_migration_success");
	split = vmstat("thp_split_pmd") + vmstat("thp_split_page");
	go(MORON, 0);
	tap_ok(follows(p, size, HERE), "huge pages: follow");
	tap_is(pages_on(p, size, HERE), size / PAGE, "huge pages: whole");
	tap_ok(all_huge(size), "huge pages: are still huge");
	tap_above(vmstat("thp_migration_success") - moved, size / (2 * MIB),
		  "huge pages: the kernel counts them");
	tap_is(vmstat("thp_split_pmd") + vmstat("thp_split_page"), split,
	       "huge pages: none was split");
	tap_above(dev_counter(fd, 0, NP_C_MOVED), size / PAGE,
		  "huge pages: we count base pages");
	sums();
}

/* Alone in the process, so that all that moves is huge. */
static void only_huge(void)
{
	size_t size = 8 * MIB;
	struct np_record rec[16];
	unsigned int odd = 0, whole = 0;
	int trace = open(NP_DEVICE, O_RDWR | O_NONBLOCK);
	char *p = map_on_node(size, THERE, MAP_HUGE);
	ssize_t n;
	int i;

	begin(MORON, 0);
	dev_trace(trace, getpid(), 65536);
	follows(p, size, HERE);
	while ((n = read(trace, rec, sizeof(rec))) > 0)
		for (i = 0; i < (int)(n / sizeof(rec[0])); i++) {
			if (rec[i].type != NP_REC_MOVED ||
			    rec[i].addr < (uintptr_t)p ||
			    rec[i].addr >= (uintptr_t)p + size)
				continue;
			whole += rec[i].pages == 512;
			odd += rec[i].pages != 512;
		}
	tap_is(odd, 0, "huge pages: no part of one moves");
	tap_above(whole, size / (2 * MIB), "huge pages: each as 512 pages");
}

#define HUGETLB_OF_NODE \
	"/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"

static void hugetlb(void)
{
	char *p;

	begin(MORON, 0);
	if (write_text(HUGETLB_OF_NODE, "4"))
		die(HUGETLB_OF_NODE);
	p = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (p == MAP_FAILED)
		die("hugetlb");
	touch(p, 4 * MIB);
	area_follows();
	work_on(p, 4 * MIB, 2);
	stays(p, 4 * MIB, THERE, "hugetlb memory");
	munmap(p, 4 * MIB);
	write_text(HUGETLB_OF_NODE, "0");
}

/* ------------------------------------------------------------------- files */

static void read_pages(const char *p, size_t size)
{
	volatile char sum = 0;
	size_t i;

	for (i = 0; i < size; i += PAGE)
		sum += p[i];
}

static char *map_file(const char *path, int prot)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char *p;

	if (file < 0 || ftruncate(file, SIZE))
		die(path);
	alloc_on(MPOL_BIND, THERE);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (p == MAP_FAILED)
		die("mmap");
	touch(p, SIZE);
	alloc_on(MPOL_DEFAULT, -1);
	munmap(p, SIZE);
	p = mmap(NULL, SIZE, prot, MAP_SHARED, file, 0);
	close(file);
	read_pages(p, SIZE);
	return p;
}

static void files(void)
{
	char *readonly, *writable;

	begin(MORON, 0);
	readonly = map_file("/tmp/readonly", PROT_READ);
	writable = map_file("/tmp/writable", PROT_READ | PROT_WRITE);
	area_follows();
	work(2);
	read_pages(readonly, SIZE);
	stays(readonly, SIZE, THERE, "a file mapped read-only");
	tap_ok(follows(writable, SIZE, HERE),
	       "a file in memory that is mapped writable follows");
	unlink("/tmp/readonly");
	unlink("/tmp/writable");
	sums();
}

/* -------------------------------------------------------------------- scan */

static void delay(void)
{
	double end = now() + PATIENCE * scale();

	begin("moron", 0);
	while (cpu_time() < 0.5)
		touch(area, SIZE);
	tap_is(dev_counter(fd, 0, NP_C_SCAN_WINDOWS), 0,
	       "not scanned after 0.5 s of run time");
	while (cpu_time() < 0.95)
		touch(area, SIZE);
	tap_is(dev_counter(fd, 0, NP_C_SCAN_PAGES), 0,
	       "nor shortly before the delay is over");
	while (!dev_counter(fd, 0, NP_C_SCAN_PAGES) && now() < end)
		touch(area, SIZE);
	tap_ok(cpu_time() > 1.0 && cpu_time() < 3.0,
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
	tap_is(seen.faults + seen.windows + seen.passes, 1024,
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
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		die("pipe");
	touch(zeros, SIZE);
	pid = owner(ready[1]);
	if (read(ready[0], text, sizeof(text) - 1) <= 0)
		die("owner");
	to.iov_base = (void *)strtoul(text, NULL, 16);
	begin("moron:scan_delay=3600000", 0);
	dev_attach(fd, 0, "audit:scan_delay=3600000", NP_ATTACH_REPLACE);
	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != SIZE) {
		tap_ok(errno == ENOSYS, "writing to another process # SKIP %s",
		       strerror(errno));
		return;
	}
	tap_is(dev_counter(fd, 0, NP_C_MOVED) + dev_counter(fd, 0, NP_C_FAULTS) +
	       dev_counter(fd, 0, NP_C_FAULT_NS), 0,
	       "writing to another process: nothing is ours");
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
	tap_above(dev_counter(fd, 0, NP_C_FAULTS), PAGES,
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
	tap_is(memcg("numa_hint_faults "), 0,
	       "the bystander has no hinting fault");
	tap_is(memcg("numa_pte_updates "), 0,
	       "and no page of it was ever marked");
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
	long long faults = memcg("numa_hint_faults ");

	beside("1");
	tap_above(memcg("numa_hint_faults ") - faults, 1,
		  "with the switch at 1 the kernel balances the bystander");
	write_text("/proc/sys/kernel/numa_balancing", "0");
}

int main(void)
{
	write_text(CGROUP "/cgroup.subtree_control", "+cpuset +memory");
	write_text("/proc/sys/kernel/numa_balancing", "0");
	if (nr_nodes() < 3)
		die("this needs three nodes");
	tap_child("moron", moron);
	tap_child("shadow", shadow);
	tap_child("none", none);
	tap_child("stock", stock);
	tap_child("live switch", live_switch);
	tap_child("bound ranges", bound_ranges);
	tap_child("bound later", bound_later);
	tap_child("bound task", bound_task);
	tap_child("bound but balanced", bound_but_balanced);
	tap_child("cpuset of one node", one_node);
	tap_child("cpuset without the node", not_this_node);
	tap_child("full node", full_node);
	tap_child("emptied node", emptied_node);
	tap_child("locked", locked);
	tap_child("pinned", pinned);
	tap_child("huge pages", huge);
	tap_child("only huge pages", only_huge);
	tap_child("hugetlb", hugetlb);
	tap_child("files", files);
	tap_child("delay", delay);
	tap_child("budget", budget);
	tap_child("trace", traced);
	tap_child("overrun", overrun);
	tap_child("foreign access", foreign_access);
	tap_child("bystander", untouched);
	tap_child("balanced bystander", balanced_by_stock);
	return tap_end();
}
