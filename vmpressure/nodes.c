// SPDX-License-Identifier: GPL-2.0
/* How much room nodes have. */
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "vmpressure.h"

/*
 * A node has room from 1/32 of its memory above what reclaim strives for: more than
 * one batch of reclaim overshoots by, less than anybody would call short.
 */
#define ROOM_SHIFT 5

/* Pages above @mark that an allocation without special demands could have. */
static unsigned long spare(int nid, enum zone_watermarks mark)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i <= ZONE_MOVABLE; i++) {
		struct zone *z = &NODE_DATA(nid)->node_zones[i];
		long pages = zone_page_state(z, NR_FREE_PAGES) -
			     wmark_pages(z, mark) -
			     z->lowmem_reserve[ZONE_MOVABLE];

		if (populated_zone(z) && pages > 0)
			sum += pages;
	}
	return sum;
}

bool vp_some_node_has_room(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		if (spare(nid, WMARK_HIGH) >
		    node_present_pages(nid) >> ROOM_SHIFT)
			return true;
	return false;
}

bool vp_node_is_short(int nid)
{
	return !spare(nid, WMARK_LOW);
}
