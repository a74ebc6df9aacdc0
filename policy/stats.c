// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics: hinting faults per node, halved once per pass, so that a pass
 * weighs twice the one before it (all of the 2012 designs that count faults,
 * and mainline since 3.8, decay this way).
 *
 * A table with room for so many nodes at once, because on machines with many
 * nodes and threads an array over all nodes is mostly zeros.  A node is looked
 * for in a few slots, always in all of them: so no mark has to stay behind
 * where one has gone, and a fault costs the same whatever happened before.
 *
 * Whoever reads while another thread writes may get stale counts, or those of
 * another node.  But the mask is right or zero at any moment, so that nobody
 * reads beyond the table.
 */
#include <numaplace/policy.h>

void np_stats_init(struct np_stats *s, unsigned int nr_nodes)
{
	unsigned int slots = np_stats_slots(nr_nodes), i;

	memset(s, 0, np_stats_bytes(nr_nodes));
	for (i = 0; i < slots; i++)
		s->slot[i].nid = NP_NO_NODE;
	s->nr_nodes = nr_nodes;
	s->mask = slots - 1;
	s->window = slots < nr_nodes ? NP_STATS_WINDOW : 1;
}

/* --------------------------------------------------------------------- table */

static bool on_machine(const struct np_stats *s, int nid)
{
	return nid >= 0 && (u32)nid < s->nr_nodes;
}

/* The @i-th slot of the window of @nid. */
static u32 place_of(const struct np_stats *s, int nid, u32 i)
{
	return ((u32)nid + i) & s->mask;
}

/* Return: the number of its slot, or -1. */
static int find(const struct np_stats *s, int nid)
{
	u32 i;

	if (!on_machine(s, nid))
		return -1;
	for (i = 0; i < s->window; i++)
		if (s->slot[place_of(s, nid, i)].nid == nid)
			return (int)place_of(s, nid, i);
	return -1;
}

static u32 by_memory(const struct np_stats_slot *slot)
{
	return slot->count[NP_STATS_SHARED] + slot->count[NP_STATS_PRIVATE];
}

/* All that would be lost with a slot; nothing with a free one. */
static u64 faults_of(const struct np_stats_slot *slot)
{
	return (u64)by_memory(slot) + slot->count[NP_STATS_CPU];
}

static struct np_stats_slot *cheapest(struct np_stats *s, int nid)
{
	struct np_stats_slot *best = &s->slot[place_of(s, nid, 0)], *slot;
	u32 i;

	for (i = 1; i < s->window; i++) {
		slot = &s->slot[place_of(s, nid, i)];
		if (faults_of(slot) < faults_of(best))
			best = slot;
	}
	return best;
}

/* The slot of @nid, which is in range, wherever in its window it is. */
static struct np_stats_slot *take_any(struct np_stats *s, int nid)
{
	struct np_stats_slot *slot;
	int at = find(s, nid);

	if (at >= 0)
		return &s->slot[at];
	slot = cheapest(s, nid);
	s->total -= by_memory(slot);
	memset(slot->count, 0, sizeof(slot->count));
	slot->nid = nid;
	return slot;
}

/* The slot of @nid: on most machines there is one place where it can be. */
static struct np_stats_slot *take(struct np_stats *s, int nid)
{
	struct np_stats_slot *slot = &s->slot[place_of(s, nid, 0)];

	return slot->nid == nid ? slot : take_any(s, nid);
}

/* -------------------------------------------------------------------- adding */

void np_stats_add(struct np_stats *s, int nid, bool private, u32 pages)
{
	struct np_stats_slot *slot;
	u32 room;

	if (!on_machine(s, nid) || !pages)
		return;
	slot = take(s, nid);
	room = U32_MAX - s->total;
	if (pages > room)
		pages = room;
	slot->count[private] += pages;
	s->total += pages;
}

void np_stats_add_cpu(struct np_stats *s, int nid, u32 pages)
{
	u32 *count, sum;

	if (!on_machine(s, nid) || !pages)
		return;
	count = &take(s, nid)->count[NP_STATS_CPU];
	sum = *count + pages;
	*count = sum < pages ? U32_MAX : sum;
}

/* --------------------------------------------------------------------- decay */

static u32 decayed(u32 count, u32 passes)
{
	return passes < 32 ? count >> passes : 0;
}

static void decay(struct np_stats_slot *slot, u32 passes)
{
	u32 kind;

	for (kind = 0; kind < NP_NR_STATS; kind++)
		slot->count[kind] = decayed(slot->count[kind], passes);
	if (!faults_of(slot))
		slot->nid = NP_NO_NODE;
}

/* Halving n times is one shift by n; nothing is left of 32 bits after 32. */
void np_stats_decay(struct np_stats *s, u32 passes)
{
	u32 i, total = 0;

	if (!passes)
		return;
	for (i = 0; i <= s->mask; i++) {
		decay(&s->slot[i], passes);
		total += by_memory(&s->slot[i]);
	}
	s->total = total;
}

void np_stats_halve(struct np_stats *s)
{
	np_stats_decay(s, 1);
}

/* ------------------------------------------------------------------- reading */

u32 np_stats_count(const struct np_stats *s, int nid, enum np_stats_kind kind)
{
	int at = find(s, nid);

	return at < 0 ? 0 : s->slot[at].count[kind];
}

u32 np_stats_node(const struct np_stats *s, int nid)
{
	int at = find(s, nid);

	return at < 0 ? 0 : by_memory(&s->slot[at]);
}

u32 np_stats_cpu(const struct np_stats *s, int nid)
{
	return np_stats_count(s, nid, NP_STATS_CPU);
}

u32 np_stats_weight(const struct np_stats *s, int nid)
{
	u32 total = s->total;

	return total ? np_div64((u64)np_stats_node(s, nid) * NP_SCALE, total) : 0;
}

/* The order of slots is not that of nodes. */
int np_stats_max(const struct np_stats *s)
{
	int best = NP_NO_NODE;
	u32 i, most = 0;

	for (i = 0; i <= s->mask; i++) {
		int nid = s->slot[i].nid;
		u32 faults = by_memory(&s->slot[i]);

		if (faults > most || (faults && faults == most && nid < best)) {
			most = faults;
			best = nid;
		}
	}
	return best;
}

u32 np_stats_max_cpu(const struct np_stats *s)
{
	u32 i, most = 0;

	for (i = 0; i <= s->mask; i++)
		if (s->slot[i].count[NP_STATS_CPU] > most)
			most = s->slot[i].count[NP_STATS_CPU];
	return most;
}
