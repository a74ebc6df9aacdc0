// SPDX-License-Identifier: GPL-2.0
/*
 * calibrate - shows the witness where this guest's CPUs and pages are
 *
 * Runs on every CPU in turn and says which node the kernel puts it on; then
 * binds some memory to every node in turn, so that the kernel decides which
 * pages these are, and touches it. Huge pages spread the samples: each comes
 * from another place of the node, where small ones would come side by side.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "witness.h"

#define MAX_NODES	64
#define MAX_CPUS	1024
#define MIB		(1UL << 20)
#define HUGE		(2 * MIB)
#define SMALL_PAGES	16
/* Never more than an eighth of a node: a bound mapping cannot go elsewhere. */
#define SAMPLES_MAX	(32 * MIB)

static int die(const char *what)
{
	fprintf(stderr, "calibrate: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void tell(enum np_witness_command command, unsigned long arg)
{
	if (np_witness_tell(command, arg))
		die("mapping the agreed page");
}

/* Fills mib[] from /proc/zoneinfo; a node without memory has no zones. */
static void read_memory(unsigned long mib[MAX_NODES])
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	unsigned long pages[MAX_NODES] = { 0 }, n;
	unsigned int node = MAX_NODES;
	char line[256];

	if (!f)
		die("/proc/zoneinfo");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node %u, zone", &node) == 1)
			continue;
		if (node < MAX_NODES && sscanf(line, " present %lu", &n) == 1)
			pages[node] += n;
	}
	fclose(f);
	for (node = 0; node < MAX_NODES; node++)
		mib[node] = (pages[node] * sysconf(_SC_PAGESIZE) + MIB - 1) / MIB;
}

static bool move_to(int cpu)
{
	size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	bool moved;

	if (!set)
		die("memory");
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	moved = !sched_setaffinity(0, size, set);
	CPU_FREE(set);
	return moved;
}

static int show_cpus(void)
{
	int n = 0;

	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		unsigned int node;

		if (!move_to(cpu))
			continue;
		if (syscall(SYS_getcpu, NULL, &node, NULL))
			die("getcpu");
		tell(NP_WITNESS_CAL_CPU, node);
		n++;
	}
	return n;
}

/* Memory of one node at the agreed place, none of it present yet. */
static char *map_samples(int node, size_t size)
{
	unsigned long mask = 1UL << node;
	char *p = mmap((void *)NP_WITNESS_SAMPLES, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (char *)NP_WITNESS_SAMPLES)
		die("mapping samples");
	if (syscall(SYS_mbind, p, size, MPOL_BIND, &mask, MAX_NODES + 1, 0))
		die("mbind");
	return p;
}

static void touch(char *p, size_t size, size_t step)
{
	for (size_t at = 0; at < size; at += step)
		*(volatile char *)(p + at) = 1;
}

static void show_node(int node, unsigned long mib)
{
	size_t page = sysconf(_SC_PAGESIZE), size = mib * MIB / 8;
	char *p;

	tell(NP_WITNESS_CAL_NODE, node);
	tell(NP_WITNESS_CAL_MIB, mib);
	if (size > SAMPLES_MAX)
		size = SAMPLES_MAX;
	size &= ~(HUGE - 1);
	p = map_samples(node, size + HUGE);
	if (madvise(p, size, MADV_HUGEPAGE) && errno != EINVAL)
		die("madvise");
	if (madvise(p + size, HUGE, MADV_NOHUGEPAGE) && errno != EINVAL)
		die("madvise");
	touch(p, size, HUGE);
	touch(p + size, SMALL_PAGES * page, page);
	munmap(p, size + HUGE);
}

int main(int argc, char **argv)
{
	unsigned long mib[MAX_NODES];
	int cpus, nodes = 0;

	if (argc > 1) {
		bool help = !strcmp(argv[1], "--help");

		fprintf(help ? stdout : stderr, "Usage: calibrate\n\n"
			"Shows the witness outside this guest which node each CPU and page\n"
			"belongs to. What it makes of it stands in its output file.\n");
		return help ? 0 : 2;
	}
	read_memory(mib);
	tell(NP_WITNESS_CAL_BEGIN, 0);
	cpus = show_cpus();
	for (int node = 0; node < MAX_NODES; node++) {
		if (!mib[node])
			continue;
		show_node(node, mib[node]);
		nodes++;
	}
	tell(NP_WITNESS_CAL_DONE, 0);
	printf("calibrate: showed %d CPUs and %d nodes\n", cpus, nodes);
	return 0;
}
