// SPDX-License-Identifier: GPL-2.0
/*
 * lazybench RUN none|eager|lazy MB: memory moves from node 1 to node 0, at once or
 * lazily, and a tenth of it is used again.  Recorded by the witness as run RUN from
 * the call to the end of the use; printed as a line of JSON.
 */
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <numaplace.h>

#include "../lab/guest/witness.h"

#define PAGE 4096UL
#define PART 10			/* a tenth of it is used again, from its beginning on */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static char *memory_on_node_1(size_t size)
{
	unsigned long node1 = 2;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	if (np_mbind(p, size, MPOL_BIND, &node1, 64, 0))
		die("mbind");
	memset(p, 1, size);
	return p;
}

static void move(char *p, size_t size, const char *how)
{
	unsigned long node0 = 1;
	int flags = MPOL_MF_MOVE | (!strcmp(how, "lazy") ? MPOL_MF_LAZY : 0);

	if (strcmp(how, "none") &&
	    np_mbind(p, size, MPOL_BIND, &node0, 64, (unsigned int)flags))
		die("np_mbind");
}

static void use(char *p, size_t size)
{
	for (size_t at = 0; at < size / PART; at += PAGE)
		p[at] = 2;
}

/* Pages on node 0. */
static size_t moved(char *p, size_t size)
{
	size_t nr = 0;

	for (size_t at = 0; at < size; at += PAGE) {
		void *page = p + at;
		int node = -1;

		if (syscall(SYS_move_pages, 0, 1UL, &page, NULL, &node, 0))
			die("move_pages");
		nr += node == 0;
	}
	return nr;
}

int main(int argc, char **argv)
{
	unsigned long run = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	size_t size = argc > 3 ? strtoul(argv[3], NULL, 10) << 20 : 0;
	double begin, called, used;
	char *p;

	if (!size)
		return 2;
	run_on(0);
	p = memory_on_node_1(size);
	if (np_witness_tell(NP_WITNESS_START, run))
		die("witness");
	begin = now();
	move(p, size, argv[2]);
	called = now();
	use(p, size);
	used = now();
	if (np_witness_tell(NP_WITNESS_STOP, run))
		die("witness");
	printf("lazy {\"run\":%lu,\"how\":\"%s\",\"mib\":%zu,\"call_seconds\":%.6f,"
	       "\"use_seconds\":%.6f,\"pages_used\":%zu,\"used_there\":%zu,"
	       "\"pages_there\":%zu}\n", run, argv[2], size >> 20, called - begin,
	       used - called, (size / PART + PAGE - 1) / PAGE,
	       moved(p, size / PART), moved(p, size));
	return 0;
}
