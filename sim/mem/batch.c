// SPDX-License-Identifier: GPL-2.0
/*
 * Pages on their way to the LRU lists.
 */
#include "../engine.h"

void batch_empty(struct batch *b)
{
	for (unsigned int i = 0; i < b->nr; i++)
		b->page[i]->waits = 0;
	b->nr = 0;
}

static void add_one(struct batch *b, struct page *p)
{
	p->waits = 1;
	b->page[b->nr++] = p;
	if (b->nr == BATCH_PAGES)
		batch_empty(b);
}

/* Of many, only the last can be left over. */
void batch_add(struct batch *b, struct page *first, uint32_t nr)
{
	uint32_t through = (b->nr + nr) / BATCH_PAGES * BATCH_PAGES;
	uint32_t i = 0;

	if (through) {
		i = through - b->nr;
		batch_empty(b);
	}
	for (; i < nr; i++)
		add_one(b, first + i);
}

static void forget(struct batch *b, const void *from, const void *to)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < b->nr; i++)
		if ((void *)b->page[i] < from || (void *)b->page[i] >= to)
			b->page[kept++] = b->page[i];
	b->nr = kept;
}

void batch_forget(struct sim *s, const void *from, const void *to)
{
	for (unsigned int c = 0; c < s->nr_cpus; c++)
		forget(&s->cpu[c].batch, from, to);
}
