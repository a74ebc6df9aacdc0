/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short way from an access to its node: by where QEMU keeps the page in its
 * own memory, which it knows anyway, instead of by the address it reports, for
 * which it searches its list of memory blocks. About a third of the witness'
 * cost is that search.
 *
 * The way leads through a structure that plugins are not meant to look into.
 * So it is taken only if calibration has shown it right: within every node, all
 * pages must be as far apart in QEMU's memory as in its addresses.
 */
#ifndef NP_WITNESS_HOST_H
#define NP_WITNESS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"
#include "map.h"

struct qemu_plugin_hwaddr;

/* As QEMU 7.2 has it; ram is where it maps the byte that was accessed. */
struct np_hwaddr {
	bool is_io;
	bool is_store;
	uintptr_t ram;
};

struct np_host_map {
	bool usable;
	int nr_nodes;
	uintptr_t start[NP_MAX_NODES];
	uintptr_t size[NP_MAX_NODES];
};

void np_host_forget(void);
void np_host_sample(unsigned int node, uint64_t address, uintptr_t host);
void np_host_learn(struct np_host_map *host, const struct np_map *map,
		   const struct np_machine *machine);

/* The node of a place in QEMU's memory; tries @guess first. */
static inline unsigned int np_host_node(const struct np_host_map *host,
					uintptr_t place, unsigned int guess)
{
	if (place - host->start[guess] < host->size[guess])
		return guess;
	for (int node = 0; node < host->nr_nodes; node++)
		if (place - host->start[node] < host->size[node])
			return node;
	return NP_NO_NODE;
}

#endif /* NP_WITNESS_HOST_H */
