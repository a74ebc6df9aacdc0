// SPDX-License-Identifier: GPL-2.0
/* The memory of one process: mapping, shares, and the first touch. */
#include "npwork.h"

#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* On a boundary of huge pages, so that THP means the same on each kernel. */
#define ALIGNMENT	(2 * MIB)

struct range memory_map(uint64_t bytes, int kind)
{
	int flags = kind == MEMORY_SHARED ? MAP_SHARED : MAP_PRIVATE;
	uintptr_t start, aligned;
	void *p;

	p = mmap(NULL, bytes + ALIGNMENT, PROT_READ | PROT_WRITE,
		 flags | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		err(EXIT_RUNTIME, "cannot map %ju bytes", (uintmax_t)bytes);
	start = (uintptr_t)p;
	aligned = (start + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (aligned > start)
		munmap(p, aligned - start);
	munmap((void *)(aligned + bytes), start + ALIGNMENT - aligned);
	return (struct range){ (char *)aligned, bytes };
}

/* Before the first fork. */
struct range *memory_of_pairs(const struct options *o)
{
	unsigned int n = o->processes / 2;
	struct range *all = calloc(n, sizeof(*all));

	if (!all)
		err(EXIT_RUNTIME, "cannot describe %u pairs", n);
	for (unsigned int i = 0; i < n; i++)
		all[i] = memory_map(o->mb * MIB, MEMORY_SHARED);
	return all;
}

/*
 * Share @i of @n, in whole pages, for only those can be bound.  Together the
 * shares are all of it; one may be a page longer than another.
 */
struct range memory_share(struct range all, unsigned int i, unsigned int n)
{
	size_t page = sysconf(_SC_PAGESIZE), pages = all.len / page;
	size_t first = pages * i / n, end = pages * (i + 1) / n;

	return (struct range){ all.start + first * page, (end - first) * page };
}

/* Huge memory takes a while: listen for an early stop. */
void memory_touch(struct board *board, struct range r)
{
	size_t page = sysconf(_SC_PAGESIZE), chunk = 4096 * page, n;

	for (; r.len; r.start += n, r.len -= n) {
		if (atomic_load(&board->state) == BOARD_STOPPED)
			return;
		n = r.len < chunk ? r.len : chunk;
		sweep_touch(r.start, n, page);
	}
}

static void bind_shares(const struct run *run, struct range all,
			unsigned int process)
{
	unsigned int threads = threads_of(run->options, process);

	for (unsigned int t = 0; t < threads; t++)
		bind_range(run->machine, memory_share(all, t, threads),
			   memory_node_of(run, home_of(run, process, t)));
}

static void touch_on_node(const struct run *run, struct range all, int node)
{
	bind_range(run->machine, all, node);
	memory_touch(run->board, all);
	unbind_range(run->machine, all);
}

struct range memory_prepare(const struct run *run, unsigned int process)
{
	const struct options *o = run->options;
	struct range all;

	if (run->shared && process % 2)
		return run->shared[process / 2];
	if (run->shared)
		all = run->shared[process / 2];
	else
		all = memory_map(o->mb * times(o, process) * MIB, MEMORY_PRIVATE);
	if (o->place)
		bind_shares(run, all, process);
	if (o->init == INIT_MAIN)
		memory_touch(run->board, all);
	else if (o->init == INIT_NODE0)
		touch_on_node(run, all, run->machine->memory[0]);
	return all;
}
