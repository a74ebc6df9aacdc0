// SPDX-License-Identifier: GPL-2.0
/*
 * toucher - work whose locality is known beforehand
 *
 * One process on every CPU, bound to it, stores into memory bound to that CPU's
 * own node ("local") or to another one ("inverse"), for a number of seconds.
 * Prints the sum of MiB gone over.
 */
#define _GNU_SOURCE
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_NODES	64
#define STEP		64
#define SWEEPS		8	/* between looks at the clock, which is on another page */
#define SIZE		(8UL << 20)

static unsigned long memory_nodes;	/* one bit per node */

static int die(const char *what)
{
	perror(what);
	exit(1);
}

static void find_memory_nodes(void)
{
	for (unsigned int node = 0; node < MAX_NODES; node++) {
		char path[64];

		snprintf(path, sizeof(path),
			 "/sys/devices/system/node/node%u/numastat", node);
		if (!access(path, R_OK))
			memory_nodes |= 1UL << node;
	}
}

static unsigned int node_of_cpu(int cpu)
{
	unsigned int node;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
	if (syscall(SYS_getcpu, NULL, &node, NULL))
		die("getcpu");
	return node;
}

static unsigned int next_node(unsigned int node)
{
	do
		node = (node + 1) % MAX_NODES;
	while (!(memory_nodes & 1UL << node));
	return node;
}

static char *memory_on(unsigned int node)
{
	unsigned long mask = 1UL << node;
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	if (syscall(SYS_mbind, p, SIZE, MPOL_BIND, &mask, MAX_NODES + 1, 0))
		die("mbind");
	return p;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void sweep(char *p)
{
	for (size_t i = 0; i < SIZE; i += STEP)
		*(volatile unsigned long *)(p + i) = i;
}

static unsigned long work(int cpu, int inverse, int seconds)
{
	unsigned int node = node_of_cpu(cpu);
	char *p = memory_on(inverse ? next_node(node) : node);
	time_t end = now() + seconds;
	unsigned long mib = 0;

	while (now() < end) {
		for (int i = 0; i < SWEEPS; i++)
			sweep(p);
		mib += SWEEPS * (SIZE >> 20);
	}
	return mib;
}

static void start(int cpu, int inverse, int seconds, int result)
{
	unsigned long mib;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return;
	mib = work(cpu, inverse, seconds);
	_exit(write(result, &mib, sizeof(mib)) != sizeof(mib));
}

int main(int argc, char **argv)
{
	int result[2], cpus = sysconf(_SC_NPROCESSORS_ONLN), status, bad = 0;
	unsigned long mib, sum = 0;

	if (argc != 3 || (strcmp(argv[1], "local") && strcmp(argv[1], "inverse"))) {
		fputs("Usage: toucher local|inverse SECONDS\n", stderr);
		return 2;
	}
	find_memory_nodes();
	if (pipe(result))
		die("pipe");
	for (int cpu = 0; cpu < cpus; cpu++)
		start(cpu, argv[1][0] == 'i', atoi(argv[2]), result[1]);
	close(result[1]);
	while (read(result[0], &mib, sizeof(mib)) == sizeof(mib))
		sum += mib;
	while (wait(&status) > 0)
		bad |= status;
	printf("toucher %s: %lu MiB\n", argv[1], sum);
	return !!bad;
}
