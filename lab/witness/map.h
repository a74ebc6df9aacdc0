/* SPDX-License-Identifier: GPL-2.0 */
/* From the address QEMU reports for a page to the node it belongs to. */
#ifndef NP_WITNESS_MAP_H
#define NP_WITNESS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine.h"

#define NP_MAP_SHIFT	20	/* nodes are whole numbers of MiB */
#define NP_NO_NODE	0xff

/* A table with the node of every MiB; beyond it there is nothing known. */
struct np_map {
	const char *name;
	size_t nr_mib;
	uint8_t *node;
};

static inline uint8_t np_map_node(const struct np_map *map, uint64_t address)
{
	uint64_t mib = address >> NP_MAP_SHIFT;

	return mib < map->nr_mib ? map->node[mib] : NP_NO_NODE;
}

/*
 * What the reported address may mean differs between versions of QEMU and
 * kinds of machine, and a wrong guess looks plausible: so every meaning known
 * is a candidate, and calibration decides. Returns their number, each
 * different from the others, or -1 without memory.
 */
#define NP_MAP_CANDIDATES	6
int np_map_candidates(const struct np_machine *m,
		      struct np_map maps[NP_MAP_CANDIDATES]);

#endif /* NP_WITNESS_MAP_H */
