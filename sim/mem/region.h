/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory objects: pages, and where they are.  A page is the unit that is
 * marked and moved: 4 KiB, or a huge page of 2 MiB.
 *
 * How many pages of a range are on which node is kept by blocks, so that what
 * a program accesses can be told without looking at each page.
 */
#ifndef SIM_REGION_H
#define SIM_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "../workloads/work.h"

#define PAGE_SHIFT_BASE	12
#define PAGE_SHIFT_HUGE	21
#define PAGE_ABSENT	0	/* of node1 */

/**
 * struct page - 8 bytes for each page
 * @node1:	its node + 1, or PAGE_ABSENT
 * @left1:	the node it was moved away from last + 1, or 0
 * @waits:	in a batch of some CPU (batch.h): it cannot be moved
 * @last_cpu1:	CPU of the last sampled access + 1, or 0
 * @last_pid:	low bits of the thread that made it, as the kernel keeps them
 * @queued:	a worker is going to move it
 */
struct page {
	uint16_t node1;
	uint16_t left1 : 15;
	uint16_t waits : 1;
	uint16_t last_cpu1;
	uint8_t last_pid;
	uint8_t queued;
};

_Static_assert(sizeof(struct page) == 8, "state per page is promised");

/* So many of some pages, or such a part of some accesses, belong to a node. */
struct share {
	int node;
	double part;
};

/* A list of them, each node once. */
struct mix {
	struct share *share;
	unsigned int nr, room;
};

bool mix_add(struct mix *m, int node, double part);
double mix_of(const struct mix *m, int node);
void mix_free(struct mix *m);

/**
 * struct region - one memory object
 * @nr:		pages
 * @shift:	size of a page
 * @base:	base pages in each
 * @present:	pages that were touched
 * @version:	changes whenever a page changes its node
 * @block:	[nr_blocks] of 1 << block_shift pages
 * @plan:	what the workload says of it
 * @bound:	placed by hand: the node of each slice, or NULL
 * @turn:	INTERLEAVE: whose turn it is
 * @users:	processes that map it
 */
struct region {
	const struct work_region *plan;
	struct page *page;
	uint32_t nr;
	uint32_t present;
	uint32_t base;
	uint8_t shift;
	uint8_t block_shift;
	uint32_t nr_blocks;
	struct mix *block;
	uint64_t version;
	int *bound;
	unsigned int turn;
	unsigned int users;
};

/**
 * region_init() - no page is present
 * @users:	threads that may each keep to a part of it
 * Return: bytes it takes, or 0 when out of memory.
 */
uint64_t region_init(struct region *r, const struct work_region *plan,
		     unsigned int users, bool huge);
void region_free(struct region *r);
uint64_t region_bytes(const struct region *r);

/* region_place() - page @i is now on @node, wherever it was. */
bool region_place(struct region *r, uint32_t i, int node);

/* region_fill() - absent pages [first, first + nr) are now on @node. */
bool region_fill(struct region *r, uint32_t first, uint32_t nr, int node);

/* region_mix() - pages of [first, first + nr) by node, added to @m. */
bool region_mix(const struct region *r, uint32_t first, uint32_t nr,
		struct mix *m);

static inline int page_node(const struct page *p)
{
	return p->node1 - 1;
}

#endif
