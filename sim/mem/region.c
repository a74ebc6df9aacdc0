// SPDX-License-Identifier: GPL-2.0
#include "region.h"

#include <stdlib.h>
#include <string.h>

/* Enough blocks to tell parts of a region apart, pages enough to be few. */
#define MOST_BLOCKS	1024
#define PART_BLOCKS	16	/* of what one of its users may keep to */
#define BLOCK_SHIFT	6	/* the smallest block: 64 pages */

/* Parts of blocks up to this size are counted page by page, larger guessed. */
#define EXACT_SHIFT	11

/* --------------------------------------------------------------------- mix */

static bool mix_grow(struct mix *m)
{
	unsigned int room = m->room ? m->room * 2 : 2;
	struct share *share = realloc(m->share, room * sizeof(*share));

	if (!share)
		return false;
	m->share = share;
	m->room = room;
	return true;
}

static inline struct share *find(const struct mix *m, int node)
{
	for (unsigned int i = 0; i < m->nr; i++)
		if (m->share[i].node == node)
			return &m->share[i];
	return NULL;
}

static bool mix_begin(struct mix *m, int node, double part)
{
	if (m->nr == m->room && !mix_grow(m))
		return false;
	m->share[m->nr++] = (struct share){ node, part };
	return true;
}

static inline bool add(struct mix *m, int node, double part)
{
	struct share *share = find(m, node);

	if (!share)
		return mix_begin(m, node, part);
	share->part += part;
	return true;
}

bool mix_add(struct mix *m, int node, double part)
{
	return add(m, node, part);
}

double mix_of(const struct mix *m, int node)
{
	const struct share *share = find(m, node);

	return share ? share->part : 0;
}

void mix_free(struct mix *m)
{
	free(m->share);
	*m = (struct mix){ 0 };
}

/* Nobody left there: forget the node, the list stays short. */
static void mix_take(struct mix *m, int node)
{
	struct share *share = find(m, node);

	if (!share)
		return;
	share->part -= 1;
	if (share->part < 0.5)
		*share = m->share[--m->nr];
}

/* ------------------------------------------------------------------ region */

static void choose_size(struct region *r, unsigned int users, bool huge)
{
	uint32_t most = users > MOST_BLOCKS / PART_BLOCKS ?
		users * PART_BLOCKS : MOST_BLOCKS;
	uint64_t size;

	r->shift = huge && r->plan->huge &&
		   r->plan->bytes >= 1ULL << PAGE_SHIFT_HUGE ?
		PAGE_SHIFT_HUGE : PAGE_SHIFT_BASE;
	size = 1ULL << r->shift;
	r->nr = (uint32_t)((r->plan->bytes + size - 1) >> r->shift);
	r->base = 1U << (r->shift - PAGE_SHIFT_BASE);
	r->block_shift = BLOCK_SHIFT;
	while (r->nr >> r->block_shift > most)
		r->block_shift++;
	r->nr_blocks = ((r->nr - 1) >> r->block_shift) + 1;
}

uint64_t region_init(struct region *r, const struct work_region *plan,
		     unsigned int users, bool huge)
{
	*r = (struct region){ .plan = plan };
	choose_size(r, users, huge);
	r->page = calloc(r->nr, sizeof(*r->page));
	r->block = calloc(r->nr_blocks, sizeof(*r->block));
	if (!r->page || !r->block) {
		region_free(r);
		return 0;
	}
	return region_bytes(r);
}

uint64_t region_bytes(const struct region *r)
{
	return (uint64_t)r->nr * sizeof(*r->page) +
	       (uint64_t)r->nr_blocks * sizeof(*r->block);
}

void region_free(struct region *r)
{
	for (uint32_t b = 0; r->block && b < r->nr_blocks; b++)
		mix_free(&r->block[b]);
	free(r->block);
	free(r->page);
	free(r->bound);
	*r = (struct region){ 0 };
}

bool region_place(struct region *r, uint32_t i, int node)
{
	struct mix *block = &r->block[i >> r->block_shift];
	struct page *p = &r->page[i];

	if (!mix_add(block, node, 1))
		return false;
	if (p->node1 == PAGE_ABSENT)
		r->present++;
	else
		mix_take(block, page_node(p));
	p->node1 = (uint16_t)(node + 1);
	r->version++;
	return true;
}

static bool fill_block(struct region *r, uint32_t first, uint32_t end, int node)
{
	uint32_t nr = end - first;

	if (!mix_add(&r->block[first >> r->block_shift], node, nr))
		return false;
	for (uint32_t i = first; i < end; i++)
		r->page[i].node1 = (uint16_t)(node + 1);
	r->present += nr;
	r->version += nr;
	return true;
}

/* Where the block of page @i ends, or the range does. */
static uint32_t block_end(const struct region *r, uint32_t i, uint32_t end)
{
	uint32_t stop = ((i >> r->block_shift) + 1) << r->block_shift;

	return stop < end ? stop : end;
}

bool region_fill(struct region *r, uint32_t first, uint32_t nr, int node)
{
	uint32_t end = first + nr, stop;

	for (; first < end; first = stop) {
		stop = block_end(r, first, end);
		if (!fill_block(r, first, stop, node))
			return false;
	}
	return true;
}

/*
 * Each node's pages of [first, end), @part times.  Neighbours are often
 * together: one addition for all of them.
 */
static bool mix_pages(const struct region *r, uint32_t first, uint32_t end,
		      double part, struct mix *m)
{
	uint32_t i = first, stop;

	for (; i < end; i = stop) {
		uint16_t node1 = r->page[i].node1;

		for (stop = i + 1; stop < end; stop++)
			if (r->page[stop].node1 != node1)
				break;
		if (node1 != PAGE_ABSENT &&
		    !mix_add(m, node1 - 1, (stop - i) * part))
			return false;
	}
	return true;
}

static bool mix_block(const struct mix *block, double part, struct mix *m)
{
	for (unsigned int i = 0; i < block->nr; i++)
		if (!add(m, block->share[i].node,
			 block->share[i].part * part))
			return false;
	return true;
}

static bool mix_has_all(const struct mix *m, const struct mix *of)
{
	for (unsigned int i = 0; i < of->nr; i++)
		if (!find(m, of->share[i].node))
			return false;
	return true;
}

/* Most of a block is all but the rest: numbers of pages are exact in a double. */
static bool mix_most(const struct region *r, uint32_t start, uint32_t first,
		     uint32_t end, uint32_t stop, struct mix *m)
{
	return mix_block(&r->block[start >> r->block_shift], 1, m) &&
	       mix_pages(r, start, first, -1, m) &&
	       mix_pages(r, end, stop, -1, m);
}

/*
 * A part of one block, [first, end) within it.  Nodes that are new to @m come
 * in the order of their pages, so then each is looked at.
 */
static bool mix_part(const struct region *r, uint32_t first, uint32_t end,
		     struct mix *m)
{
	const struct mix *block = &r->block[first >> r->block_shift];
	uint32_t start = first >> r->block_shift << r->block_shift;
	uint32_t size = 1U << r->block_shift;

	if (start + size > r->nr)
		size = r->nr - start;
	if (end - first == size)
		return mix_block(block, 1, m);
	if (r->block_shift > EXACT_SHIFT)
		return mix_block(block, (double)(end - first) / size, m);
	if (end - first > size / 2 && mix_has_all(m, block))
		return mix_most(r, start, first, end, start + size, m);
	return mix_pages(r, first, end, 1, m);
}

bool region_mix(const struct region *r, uint32_t first, uint32_t nr,
		struct mix *m)
{
	uint32_t end = first + nr, stop;

	for (; first < end; first = stop) {
		stop = block_end(r, first, end);
		if (!mix_part(r, first, stop, m))
			return false;
	}
	return true;
}
