// SPDX-License-Identifier: GPL-2.0
#include "host.h"

#include <string.h>

/* The first sample of every node, and whether the others agree with it. */
static struct {
	bool bent;
	bool seen[NP_MAX_NODES];
	uint64_t address[NP_MAX_NODES];
	uintptr_t host[NP_MAX_NODES];
} first;

void np_host_forget(void)
{
	memset(&first, 0, sizeof(first));
}

void np_host_sample(unsigned int node, uint64_t address, uintptr_t host)
{
	if (!first.seen[node]) {
		first.seen[node] = true;
		first.address[node] = address;
		first.host[node] = host;
	} else if (host - first.host[node] != address - first.address[node]) {
		first.bent = true;
	}
}

/* The lowest address of a node, if all its addresses are in one piece. */
static bool find_start(const struct np_map *map, unsigned int node,
		       uint32_t mib, uint64_t *start)
{
	const uint8_t *at = memchr(map->node, node, map->nr_mib);

	if (!at || (size_t)(map->node + map->nr_mib - at) < mib)
		return false;
	for (uint32_t i = 0; i < mib; i++)
		if (at[i] != node)
			return false;
	*start = (uint64_t)(at - map->node) << NP_MAP_SHIFT;
	return true;
}

void np_host_learn(struct np_host_map *host, const struct np_map *map,
		   const struct np_machine *machine)
{
	uint64_t start;

	host->usable = false;
	host->nr_nodes = machine->nr_nodes;
	if (first.bent)
		return;
	for (int node = 0; node < machine->nr_nodes; node++) {
		if (!find_start(map, node, machine->mib[node], &start))
			return;
		host->start[node] = first.host[node] -
				    (first.address[node] - start);
		host->size[node] = (uintptr_t)machine->mib[node] << NP_MAP_SHIFT;
	}
	host->usable = true;
}
