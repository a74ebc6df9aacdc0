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

/* bitmap_set_some() - of the 64 of a word.  Return: how many are new. */
uint32_t bitmap_set_some(struct bitmap *b, uint32_t word, uint64_t some);

static inline bool bitmap_test(const struct bitmap *b, uint32_t i)
{
	return b->level[0][i / 64] >> (i % 64) & 1;
}

/* As the sums of ever wider fields: not every CPU has an instruction for it. */
static inline uint32_t bitmap_weight(uint64_t word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (uint32_t)(word * 0x0101010101010101 >> 56);
}

/* bitmap_count_64() - members in [first, first + 64), all below nr. */
static inline uint32_t bitmap_count_64(const struct bitmap *b, uint32_t first)
{
	const uint64_t *word = &b->level[0][first / 64];
	uint32_t shift = first % 64;

	if (!shift)
		return bitmap_weight(*word);
	return bitmap_weight(word[0] >> shift | word[1] << (64 - shift));
}

/* bitmap_next() - the first member at or behind @i, or BITMAP_NONE. */
uint32_t bitmap_next(const struct bitmap *b, uint32_t i);

/* bitmap_count() - members in [first, first + nr). */
uint32_t bitmap_count(const struct bitmap *b, uint32_t first, uint32_t nr);

#endif
