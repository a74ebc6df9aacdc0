/* SPDX-License-Identifier: GPL-2.0 */
/* Where the pages of one process are: as recorded, and as they would be. */
#ifndef SIM_REPLAY_PAGES_H
#define SIM_REPLAY_PAGES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct place - of one page
 * @page:	its number, plus one; 0 = no page
 * @recorded:	node it was on when last heard of
 * @here:	node it would be on
 */
struct place {
	uint64_t page;
	int16_t recorded;
	int16_t here;
};

/* A table of them; all zero = empty. */
struct pages {
	struct place *slot;
	size_t nr, room;
};

/* pages_find() - NULL if it was never heard of. */
struct place *pages_find(const struct pages *p, uint64_t number);

/*
 * pages_add() - one that is not there yet.  It and all others stay where they
 * are until the next is added.  NULL if out of memory.
 */
struct place *pages_add(struct pages *p, uint64_t number);

/* pages_copy() - into an empty table.  Return: 0, or -1 if out of memory. */
int pages_copy(struct pages *to, const struct pages *from);

void pages_clear(struct pages *p);

#endif
