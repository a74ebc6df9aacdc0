// SPDX-License-Identifier: GPL-2.0
#include "map.h"

#include <stdlib.h>
#include <string.h>

#define FOUR_GIB_IN_MIB	4096U

/*
 * The address of the MiB that lies @offset MiB into all RAM, where its node's
 * RAM begins at @base.
 */
typedef uint64_t (*place_fn)(uint64_t base, uint64_t offset, uint32_t hole);

struct meaning {
	const char *name;
	place_fn place;
	uint32_t hole;	/* MiB below which RAM stays below 4 GiB */
};

static uint64_t place_plain(uint64_t base, uint64_t offset, uint32_t hole)
{
	(void)base;
	(void)hole;
	return offset;
}

/* QEMU 7.2 adds where the node's RAM block begins a second time. */
static uint64_t place_doubled(uint64_t base, uint64_t offset, uint32_t hole)
{
	(void)hole;
	return base + offset;
}

/* As the guest sees it: a hole for devices below 4 GiB. */
static uint64_t place_guest(uint64_t base, uint64_t offset, uint32_t hole)
{
	(void)base;
	return offset < hole ? offset : offset - hole + FOUR_GIB_IN_MIB;
}

static const struct meaning meanings[NP_MAP_CANDIDATES] = {
	{ "block offset counted twice", place_doubled, 0 },
	{ "block offset", place_plain, 0 },
	{ "guest address, 3.5 GiB low", place_guest, 3584 },
	{ "guest address, 3 GiB low", place_guest, 3072 },
	{ "guest address, 2.75 GiB low", place_guest, 2816 },
	{ "guest address, 2 GiB low", place_guest, 2048 },
};

static uint64_t total_mib(const struct np_machine *m)
{
	uint64_t total = 0;

	for (int node = 0; node < m->nr_nodes; node++)
		total += m->mib[node];
	return total;
}

static int build(struct np_map *map, const struct np_machine *m,
		 const struct meaning *how)
{
	uint64_t base = 0;

	map->name = how->name;
	map->nr_mib = 2 * total_mib(m) + FOUR_GIB_IN_MIB;
	map->node = malloc(map->nr_mib);
	if (!map->node)
		return -1;
	memset(map->node, NP_NO_NODE, map->nr_mib);
	for (int node = 0; node < m->nr_nodes; base += m->mib[node++])
		for (uint64_t i = base; i < base + m->mib[node]; i++)
			map->node[how->place(base, i, how->hole)] = node;
	return 0;
}

static bool same(const struct np_map *a, const struct np_map *b)
{
	return !memcmp(a->node, b->node, a->nr_mib);
}

/* On a small machine the device hole, for one, makes no difference. */
static bool already_there(const struct np_map *maps, int n)
{
	for (int i = 0; i < n; i++)
		if (same(&maps[i], &maps[n]))
			return true;
	return false;
}

int np_map_candidates(const struct np_machine *m,
		      struct np_map maps[NP_MAP_CANDIDATES])
{
	int n = 0;

	for (int i = 0; i < NP_MAP_CANDIDATES; i++) {
		if (build(&maps[n], m, &meanings[i]))
			return -1;
		if (already_there(maps, n))
			free(maps[n].node);
		else
			n++;
	}
	return n;
}
