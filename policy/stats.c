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

void np_stats_add_cpu(struct np_stats *s, int nid, u32 pages)
{
	u32 *count;

	if (nid < 0 || (u32)nid >= s->nr_nodes)
		return;
	count = &s->count[nid][NP_STATS_CPU];
	*count = pages < U32_MAX - *count ? *count + pages : U32_MAX;
}

static u32 decayed(u32 count, u32 passes)
{
	return passes < 32 ? count >> passes : 0;
}

/* Halving n times is one shift by n; nothing is left of 32 bits after 32. */
void np_stats_decay(struct np_stats *s, u32 passes)
{
	u32 nid, kind;

	if (!passes)
		return;
	s->total = 0;
	for (nid = 0; nid < s->nr_nodes; nid++) {
		for (kind = 0; kind < NP_NR_STATS; kind++)
			s->count[nid][kind] = decayed(s->count[nid][kind], passes);
		s->total += np_stats_node(s, nid);
	}
}

void np_stats_halve(struct np_stats *s)
{
	np_stats_decay(s, 1);
}

u32 np_stats_count(const struct np_stats *s, int nid, enum np_stats_kind kind)
{
	if (nid < 0 || (u32)nid >= s->nr_nodes)
		return 0;
	return s->count[nid][kind];
}

u32 np_stats_node(const struct np_stats *s, int nid)
{
	return np_stats_count(s, nid, NP_STATS_SHARED) +
	       np_stats_count(s, nid, NP_STATS_PRIVATE);
}

u32 np_stats_cpu(const struct np_stats *s, int nid)
{
	return np_stats_count(s, nid, NP_STATS_CPU);
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
