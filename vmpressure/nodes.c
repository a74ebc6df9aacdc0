// SPDX-License-Identifier: GPL-2.0
/* How much room nodes have. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/swap.h>

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

static bool some_node_has_room(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		if (spare(nid, WMARK_HIGH) >
		    node_present_pages(nid) >> ROOM_SHIFT)
			return true;
	return false;
}

/* Once a tick is enough: a thousand nodes take a while. */
bool vp_some_node_has_room(void)
{
	static unsigned long asked;
	static bool answer;

	if (READ_ONCE(asked) != jiffies) {
		WRITE_ONCE(answer, some_node_has_room());
		WRITE_ONCE(asked, jiffies);
	}
	return READ_ONCE(answer);
}

bool vp_node_is_short(int nid)
{
	return !spare(nid, WMARK_LOW);
}

/* As well as it is known without asking each CPU. */
static unsigned long count(int nid, enum node_stat_item item)
{
	long pages = atomic_long_read(&NODE_DATA(nid)->vm_stat[item]);

	return max(pages, 0L);
}

static unsigned long reclaimable(int nid)
{
	unsigned long file = count(nid, NR_ACTIVE_FILE) +
			     count(nid, NR_INACTIVE_FILE);
	unsigned long anon = count(nid, NR_ACTIVE_ANON) +
			     count(nid, NR_INACTIVE_ANON);

	return file + min_t(unsigned long, anon, max(get_nr_swap_pages(), 0L));
}

/* What reclaim strives for, less what is free. */
static unsigned long goal(int nid)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i <= ZONE_MOVABLE; i++) {
		struct zone *z = &NODE_DATA(nid)->node_zones[i];
		long pages = high_wmark_pages(z) -
			     zone_page_state(z, NR_FREE_PAGES);

		if (populated_zone(z) && pages > 0)
			sum += pages;
	}
	return sum;
}

bool vp_node_is_lost(int nid)
{
	return vp_node_is_short(nid) && reclaimable(nid) < goal(nid);
}

bool vp_all_nodes_are_lost(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		if (!vp_node_is_lost(nid))
			return false;
	return true;
}
