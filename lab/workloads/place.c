// SPDX-License-Identifier: GPL-2.0
/*
 * Placement by hand: which home a task has, and how threads and memory are
 * bound.  Raw system calls, so that the static program needs no libnuma.
 */
#include "npwork.h"

#include <err.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

unsigned int home_of(const struct run *run, unsigned int process,
		     unsigned int thread)
{
	unsigned int homes = run->machine->nr_homes;
	const struct options *o = run->options;
	unsigned int others = o->processes - 1, first = 0;

	if (o->workload->pairs)
		return process / 2 % homes;
	if (o->workload->spread == SPREAD_PROCESSES ||
	    (o->workload->spread == SPREAD_MIXED && process < others))
		return process % homes;
	if (o->workload->spread == SPREAD_MIXED && others < homes)
		first = others;
	/* Neighbours share a node: blocks of threads, not round robin. */
	return first + thread * (homes - first) / threads_of(o, process);
}

static int next_memory_node(const struct machine *m, int node)
{
	for (unsigned int i = 0; i < m->nr_memory; i++)
		if (m->memory[i] > node)
			return m->memory[i];
	return m->memory[0];
}

/* Where the memory of somebody at home in @home belongs. */
int memory_node_of(const struct run *run, unsigned int home)
{
	int node = run->machine->homes[home].node;

	if (run->options->place == PLACE_INVERSE)
		return next_memory_node(run->machine, node);
	return node;
}

void place_thread(const struct run *run, unsigned int home)
{
	const struct home *h = &run->machine->homes[home];

	if (sched_setaffinity(0, sizeof(h->cpus), (cpu_set_t *)h->cpus.bits))
		err(EXIT_RUNTIME, "cannot run on the CPUs of node %d", h->node);
}

/*
 * With one node there is nothing to choose, and containers that forbid these
 * calls mostly run on such machines: do not depend on them there.
 */
static bool nothing_to_bind(const struct machine *m)
{
	return m->nr_memory < 2;
}

static void node_refused(int node)
{
	err(EXIT_RUNTIME, "cannot bind memory to node %d", node);
}

void bind_range(const struct machine *m, struct range r, int node)
{
	struct idset nodes = { 0 };

	if (nothing_to_bind(m))
		return;
	idset_add(&nodes, node);
	/* The kernel takes one bit less than it is told. */
	if (syscall(SYS_mbind, r.start, r.len, MPOL_BIND, nodes.bits,
		    MAX_IDS + 1, 0))
		node_refused(node);
}

/* Pages stay where they are; the balancer may touch them from now on. */
void unbind_range(const struct machine *m, struct range r)
{
	if (nothing_to_bind(m))
		return;
	if (syscall(SYS_mbind, r.start, r.len, MPOL_DEFAULT, NULL, 0, 0))
		err(EXIT_RUNTIME, "cannot unbind memory");
}

/* For all that this thread, and what it forks, will ever allocate. */
void bind_future(const struct machine *m, int node)
{
	struct idset nodes = { 0 };

	if (nothing_to_bind(m))
		return;
	idset_add(&nodes, node);
	if (syscall(SYS_set_mempolicy, MPOL_BIND, nodes.bits, MAX_IDS + 1))
		node_refused(node);
}
