/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is given back all at once. */
#ifndef SIM_WORK_ARENA_H
#define SIM_WORK_ARENA_H

#include <stddef.h>

struct work_block;

/* All zeroes is an empty one. */
struct work_arena {
	struct work_block *last;
};

/* work_alloc() - zeroed room for @nr (0 too) of @size bytes, or NULL. */
void *work_alloc(struct work_arena *a, size_t nr, size_t size);

/* work_copy() - of @len bytes at @text, as a string, or NULL. */
char *work_copy(struct work_arena *a, const char *text, size_t len);

void work_arena_free(struct work_arena *a);

#endif
