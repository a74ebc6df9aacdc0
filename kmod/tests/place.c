// SPDX-License-Identifier: GPL-2.0
/*
 * What is placed and what is left alone.  Needs three nodes with CPUs, the last
 * one small.
 */
#include "scene.h"

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* ----------------------------------------------------------------- policies */

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

/* Take memory of @node until the kernel gives it elsewhere: MiB it took. */
static int fill(int node)
{
	int taken = -1;
	char *p;

	do {
		taken++;
		alloc_on(MPOL_PREFERRED, node);
		p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			die("mmap");
		madvise(p, MIB, MADV_NOHUGEPAGE);
		touch(p, MIB);
	} while (pages_on(p, MIB, node) > MIB / PAGE / 2);
	return taken;
}

/*
 * Whatever kswapd frees there meanwhile, and what it kept back: the watermarks
 * are higher than they are for a while after memory was short.
 */
static void fill_up(int node)
{
	int quiet = 0;

	while (quiet < 5) {
		quiet = fill(node) ? 0 : quiet + 1;
		msleep(100);
	}
}

/* Whatever the kernel finds to free there meanwhile. */
static void keep_full(int node)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fill(node);
		msleep(200);
	}
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
		fill_up(node);
		close(ready[0]);
		close(ready[1]);
		keep_full(node);
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

/* Linux 6.1 does not count those that are marked just then. */
static bool all_huge_when_used(char *p, size_t size)
{
	for (int i = 0; i < 100; i++) {
		touch(p, size);
		if (all_huge(size))
			return true;
	}
	return false;
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
	tap_ok(all_huge_when_used(p, size), "huge pages: are still huge");
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
	return tap_end();
}
