/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Machines, as lab/topologies/README.md specifies their description.  Strict:
 * no two readers may understand two machines.
 */
#ifndef CLI_TOPOLOGY_H
#define CLI_TOPOLOGY_H

#include <stdint.h>
#include <stdio.h>

#define TOPOLOGY_MAX_NODES	64
#define TOPOLOGY_MAX_CPUS	256

/**
 * struct topology - nodes with their CPUs and memory, and their distances
 * @cpus:	of all nodes
 * @mib:	memory of all nodes
 * @rows:	of @distance that are known
 */
struct topology {
	unsigned int nr_nodes;
	unsigned int rows;
	unsigned int cpus;
	uint64_t mib;
	struct {
		unsigned int cpus;
		unsigned int mib;
	} node[TOPOLOGY_MAX_NODES];
	uint8_t distance[TOPOLOGY_MAX_NODES][TOPOLOGY_MAX_NODES];
};

/* topology_read() - from @f; messages name @name and the line. */
int topology_read(struct topology *t, FILE *f, const char *name);

/* topology_load() - from the file called @what, or else from "NxC". */
int topology_load(struct topology *t, const char *what);

/* topology_set_memory() - @mib for every node. */
void topology_set_memory(struct topology *t, unsigned int mib);

/* topology_text() - "2 nodes, 4 CPUs (2, 2), ...", to be freed, or NULL. */
char *topology_text(const struct topology *t);

#endif
