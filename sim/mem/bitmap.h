/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of page numbers that find their next member fast: bits, and bits that
 * say which words of the level below are not empty.
 */
#ifndef SIM_BITMAP_H
#define SIM_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_LEVELS	6	/* 64^6 members */
#define BITMAP_NONE	UINT32_MAX

/**
 * struct bitmap - members from 0 to nr - 1, nr < 2^32
 * @level:	[levels] the lowest first
 * @members:	how many there are
 */
struct bitmap {
	uint64_t *level[BITMAP_LEVELS];
	unsigned int levels;
	uint32_t nr;
	uint32_t members;
};

/* bitmap_init() - empty.  Return: bytes it takes, 0 when out of memory. */
size_t bitmap_init(struct bitmap *b, uint32_t nr);
void bitmap_free(struct bitmap *b);

/* Return: did it change anything? */
bool bitmap_set(struct bitmap *b, uint32_t i);
bool bitmap_clear(struct bitmap *b, uint32_t i);

static inline bool bitmap_test(const struct bitmap *b, uint32_t i)
{
	return b->level[0][i / 64] >> (i % 64) & 1;
}

/* bitmap_next() - the first member at or behind @i, or BITMAP_NONE. */
uint32_t bitmap_next(const struct bitmap *b, uint32_t i);

/* bitmap_count() - members in [first, first + nr). */
uint32_t bitmap_count(const struct bitmap *b, uint32_t first, uint32_t nr);

#endif
