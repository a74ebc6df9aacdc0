// SPDX-License-Identifier: GPL-2.0
#include "bitmap.h"

#include <stdlib.h>

static size_t words(uint32_t bits)
{
	return ((size_t)bits + 63) / 64;
}

size_t bitmap_init(struct bitmap *b, uint32_t nr)
{
	size_t all = 0, n = words(nr), at = 0;

	*b = (struct bitmap){ .nr = nr };
	for (size_t w = n; ; w = words(w)) {
		all += w;
		b->levels++;
		if (w <= 1)
			break;
	}
	b->level[0] = calloc(all ? all : 1, sizeof(uint64_t));
	if (!b->level[0])
		return 0;
	for (unsigned int l = 1; l < b->levels; l++) {
		at += n;
		n = words(n);
		b->level[l] = b->level[0] + at;
	}
	return (all ? all : 1) * sizeof(uint64_t);
}

void bitmap_free(struct bitmap *b)
{
	free(b->level[0]);
	*b = (struct bitmap){ 0 };
}

uint32_t bitmap_set_some(struct bitmap *b, uint32_t word, uint64_t some)
{
	uint64_t fresh = some & ~b->level[0][word];
	uint32_t nr = bitmap_weight(fresh);

	b->members += nr;
	for (unsigned int l = 0; fresh && l < b->levels; l++, word /= 64) {
		bool was_empty = !b->level[l][word];

		b->level[l][word] |= fresh;
		fresh = was_empty ? 1ULL << (word % 64) : 0;
	}
	return nr;
}

bool bitmap_set(struct bitmap *b, uint32_t i)
{
	return bitmap_set_some(b, i / 64, 1ULL << (i % 64));
}

bool bitmap_clear(struct bitmap *b, uint32_t i)
{
	if (!bitmap_test(b, i))
		return false;
	b->members--;
	for (unsigned int l = 0; l < b->levels; l++, i /= 64) {
		uint64_t *word = &b->level[l][i / 64];

		*word &= ~(1ULL << (i % 64));
		if (*word)
			break;
	}
	return true;
}

/* The first member below word @i of level @l, which is not empty. */
static uint32_t descend(const struct bitmap *b, unsigned int l, uint32_t i)
{
	while (l--)
		i = i * 64 + (uint32_t)__builtin_ctzll(b->level[l][i]);
	return i;
}

/* Up until something is behind @i in the same word, then down again. */
uint32_t bitmap_next(const struct bitmap *b, uint32_t i)
{
	uint32_t bits = b->nr;
	uint64_t rest;

	for (unsigned int l = 0; l < b->levels && i < bits; l++) {
		rest = b->level[l][i / 64] >> (i % 64);
		if (rest)
			return descend(b, l,
				       i + (uint32_t)__builtin_ctzll(rest));
		i = i / 64 + 1;
		bits = (uint32_t)words(bits);
	}
	return BITMAP_NONE;
}

static uint64_t mask(uint32_t first, uint32_t end)
{
	uint64_t low = ~0ULL << (first % 64);

	return end % 64 ? low & ~(~0ULL << (end % 64)) : low;
}

uint32_t bitmap_count(const struct bitmap *b, uint32_t first, uint32_t nr)
{
	uint32_t end = first + nr, n, word = first / 64;

	if (!nr)
		return 0;
	if (word == (end - 1) / 64)
		return bitmap_weight(b->level[0][word] & mask(first, end));
	n = bitmap_weight(b->level[0][word] & mask(first, 0));
	for (word++; word < end / 64; word++)
		n += bitmap_weight(b->level[0][word]);
	if (end % 64)
		n += bitmap_weight(b->level[0][word] & mask(0, end));
	return n;
}
