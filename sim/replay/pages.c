// SPDX-License-Identifier: GPL-2.0
/* A hash table with open addressing: nothing is ever taken out of it. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM	256	/* a power of two */

/* Fibonacci hashing: neighbours are spread evenly. */
static size_t home_of(const struct pages *p, uint64_t number)
{
	return (number * 0x9e3779b97f4a7c15ULL >> 20) & (p->room - 1);
}

/* The slot that holds the page, or the free one where it would be. */
static struct place *slot_for(const struct pages *p, uint64_t number)
{
	size_t i = home_of(p, number);

	while (p->slot[i].page && p->slot[i].page != number + 1)
		i = (i + 1) & (p->room - 1);
	return &p->slot[i];
}

struct place *pages_find(const struct pages *p, uint64_t number)
{
	struct place *place = p->room ? slot_for(p, number) : NULL;

	return place && place->page ? place : NULL;
}

static int grow(struct pages *p)
{
	struct pages more = {
		.nr = p->nr, .room = p->room ? p->room * 2 : FIRST_ROOM,
	};

	more.slot = calloc(more.room, sizeof(*more.slot));
	if (!more.slot)
		return -1;
	for (size_t i = 0; i < p->room; i++)
		if (p->slot[i].page)
			*slot_for(&more, p->slot[i].page - 1) = p->slot[i];
	free(p->slot);
	*p = more;
	return 0;
}

struct place *pages_add(struct pages *p, uint64_t number)
{
	struct place *place;

	if (p->nr >= p->room / 4 * 3 && grow(p))
		return NULL;
	place = slot_for(p, number);
	*place = (struct place){ .page = number + 1 };
	p->nr++;
	return place;
}

int pages_copy(struct pages *to, const struct pages *from)
{
	if (!from->nr)
		return 0;
	*to = *from;
	to->slot = malloc(from->room * sizeof(*to->slot));
	if (!to->slot) {
		*to = (struct pages){ 0 };
		return -1;
	}
	memcpy(to->slot, from->slot, from->room * sizeof(*to->slot));
	return 0;
}

void pages_clear(struct pages *p)
{
	free(p->slot);
	*p = (struct pages){ 0 };
}
