// SPDX-License-Identifier: GPL-2.0
/* One block per request, so that the sanitizers see the end of each. */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct work_block {
	struct work_block *before;
	_Alignas(max_align_t) char data[];
};

void *work_alloc(struct work_arena *a, size_t nr, size_t size)
{
	struct work_block *b;
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes) ||
	    bytes > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + bytes);
	if (!b)
		return NULL;
	b->before = a->last;
	a->last = b;
	return b->data;
}

char *work_copy(struct work_arena *a, const char *text, size_t len)
{
	char *copy = work_alloc(a, len + 1, 1);

	return copy ? memcpy(copy, text, len) : NULL;
}

void work_arena_free(struct work_arena *a)
{
	struct work_block *b = a->last, *before;

	for (; b; b = before) {
		before = b->before;
		free(b);
	}
	a->last = NULL;
}
