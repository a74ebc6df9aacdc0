// SPDX-License-Identifier: GPL-2.0
/*
 * Lazy migration, for applications (MPOL_MF_LAZY): pages of a range are marked
 * (ranges.c), and each follows its memory policy when it is next touched, in the
 * context of whoever touches it.  Where it has it is found out here.
 *
 * Nothing is remembered of a range.  The mark is in the page table, the policy
 * with the mapping, and both go with it when it is unmapped, moved or forked.
 */
#include <linux/mempolicy.h>

#include "compat/compat.h"
#include "kmod.h"

/* Node of the @at-th page of an area whose pages take turns. */
static int turn_of(const struct mempolicy *pol, pgoff_t at)
{
	unsigned int total = 0;
	int nid;

	for_each_node_mask(nid, pol->nodes)
		total += np_interleave_weight(pol, nid);
	at = total ? at % total : 0;
	for_each_node_mask(nid, pol->nodes) {
		if (at < np_interleave_weight(pol, nid))
			return nid;
		at -= np_interleave_weight(pol, nid);
	}
	return NUMA_NO_NODE;
}

static int nearest_of(const struct mempolicy *pol)
{
	int here = numa_node_id(), best = NUMA_NO_NODE, nid;

	for_each_node_mask(nid, pol->nodes)
		if (best == NUMA_NO_NODE ||
		    node_distance(here, nid) < node_distance(here, best))
			best = nid;
	return best;
}

int np_wanted_node(const struct mempolicy *pol, pgoff_t at, int page_node)
{
	switch (pol->mode) {
	case MPOL_PREFERRED:
		return first_node(pol->nodes);
	case MPOL_BIND:
	case MPOL_PREFERRED_MANY:
		return node_isset(page_node, pol->nodes) ? page_node :
							   nearest_of(pol);
	case MPOL_LOCAL:
		return numa_node_id();
	default:
		return turn_of(pol, at);
	}
}
