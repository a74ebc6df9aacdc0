/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which CPU's event comes next: a knockout, whose pairings never change, so
 * that a new time is compared with log2 others that lie close together.
 */
#ifndef SIM_DUE_H
#define SIM_DUE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct due - one time for each of some numbers
 * @ns:		[leaves] the times; UINT64_MAX for never
 * @winner:	[2 * leaves] the number that is first of those below; [1] of all
 * @leaves:	a power of two
 */
struct due {
	uint64_t *ns;
	uint32_t *winner;
	uint32_t leaves;
};

/* due_init() - for numbers from 0 to @nr - 1, all never; false: no memory */
bool due_init(struct due *d, uint32_t nr);
void due_free(struct due *d);
void due_set(struct due *d, uint32_t i, uint64_t ns);

/* due_first() - who is first; of equals the lowest */
static inline uint32_t due_first(const struct due *d)
{
	return d->winner[1];
}

static inline uint64_t due_ns(const struct due *d)
{
	return d->ns[due_first(d)];
}

#endif
