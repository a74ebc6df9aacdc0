/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that comes to a node, new or moved, waits in a batch of the CPU that
 * brought it until that is full (folio_add_lru()).  Migration does not find it
 * on the LRU lists before, and fails: the last pages that a CPU has brought can
 * stay where they are for long.
 */
#ifndef SIM_BATCH_H
#define SIM_BATCH_H

#include "region.h"

struct sim;

#define BATCH_PAGES 31	/* PAGEVEC_SIZE of Linux 6.12; 15 in 6.1 */

/* [nr] pages whose "waits" is set. */
struct batch {
	unsigned int nr;
	struct page *page[BATCH_PAGES];
};

/* batch_add() - pages [first, first + nr) have come, one after the other. */
void batch_add(struct batch *b, struct page *first, uint32_t nr);

/* batch_empty() - all go to the LRU lists. */
void batch_empty(struct batch *b);

/* batch_forget() - pages between the addresses are about to be freed. */
void batch_forget(struct sim *s, const void *from, const void *to);

#endif
