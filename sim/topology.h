/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Machines, as lab/topologies/README.md specifies their description, and
 * synthetic ones by name.  Strict: no two readers may understand two machines.
 */
#ifndef SIM_TOPOLOGY_H
#define SIM_TOPOLOGY_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"

#define TOPOLOGY_MAX_NODES	1024	/* NP_MAX_NODES */
#define TOPOLOGY_MAX_CPUS	8192	/* NR_CPUS of x86-64 distribution kernels */

struct topology_node {
	unsigned int cpus;
	unsigned int mib;
};

/**
 * struct topology - nodes with their CPUs and memory, and their distances
 * @nr_nodes:	numbered from 0 without gaps
 * @cpus:	of all nodes, numbered through node by node
 * @mib:	memory of all nodes
 * @node:	[nr_nodes]
 * @distance:	[nr_nodes * nr_nodes] SLIT distance from row to column
 */
struct topology {
	unsigned int nr_nodes;
	unsigned int cpus;
	uint64_t mib;
	struct topology_node *node;
	uint8_t *distance;
};

/* topology_read() - from @f; messages name @name and the line. */
int topology_read(struct topology *t, FILE *f, const char *name,
		  struct sim_error *e);

/**
 * topology_load() - from the file called @what, or else a synthetic one:
 *	"NxC"			every pair of nodes equally far apart
 *	"mesh:NxC"		a glueless mesh: nodes in a grid, a hop per link
 *	"backplane:NxC"		boards of four nodes, joined by a backplane
 * On failure nothing needs to be freed.
 */
int topology_load(struct topology *t, const char *what, struct sim_error *e);

/* topology_set_memory() - @mib for every node. */
void topology_set_memory(struct topology *t, unsigned int mib);

/* topology_text() - "2 nodes, 4 CPUs (2, 2), ...", to be freed, or NULL. */
char *topology_text(const struct topology *t);

static inline unsigned int topology_distance(const struct topology *t,
					     unsigned int from, unsigned int to)
{
	return t->distance[from * t->nr_nodes + to];
}

void topology_free(struct topology *t);

#endif
