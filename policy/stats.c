// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: hinting faults per node, halved once per pass, so that a pass
 * weighs twice the one before it (all of the 2012 designs that count faults,
 * and mainline since 3.8, decay this way).
 */
#include <numaplace/policy.h>

void np_stats_init(struct np_stats *s, unsigned int nr_nodes)
{
	memset(s, 0, np_stats_bytes(nr_nodes));
	s->nr_nodes = nr_nodes;
}

void np_stats_add(struct np_stats *s, int nid, bool private, u32 pages)
{
	u32 room = U32_MAX - s->total;

	if (nid < 0 || (u32)nid >= s->nr_nodes)
		return;
	if (pages > room)
		pages = room;
	s->count[nid][private] += pages;
	s->total += pages;
}

/* Halving n times is one shift by n; nothing is left of 32 bits after 32. */
void np_stats_decay(struct np_stats *s, u32 passes)
{
	u32 nid, total = 0;

	if (!passes)
		return;
	for (nid = 0; nid < s->nr_nodes; nid++) {
		s->count[nid][0] = passes < 32 ? s->count[nid][0] >> passes : 0;
		s->count[nid][1] = passes < 32 ? s->count[nid][1] >> passes : 0;
		total += s->count[nid][0] + s->count[nid][1];
	}
	s->total = total;
}

void np_stats_halve(struct np_stats *s)
{
	np_stats_decay(s, 1);
}

u32 np_stats_node(const struct np_stats *s, int nid)
{
	if (nid < 0 || (u32)nid >= s->nr_nodes)
		return 0;
	return s->count[nid][0] + s->count[nid][1];
}

u32 np_stats_weight(const struct np_stats *s, int nid)
{
	if (!s->total)
		return 0;
	return np_div64((u64)np_stats_node(s, nid) * NP_SCALE, s->total);
}

int np_stats_max(const struct np_stats *s)
{
	int best = NP_NO_NODE;
	u32 nid, most = 0;

	for (nid = 0; nid < s->nr_nodes; nid++) {
		if (np_stats_node(s, nid) > most) {
			most = np_stats_node(s, nid);
			best = nid;
		}
	}
	return best;
}
