/* SPDX-License-Identifier: GPL-2.0 */
/* The points of a sweep in memory, and what follows from more than one. */
#ifndef CLI_SWEEP_DATA_H
#define CLI_SWEEP_DATA_H

#include <stddef.h>

#include "figures.h"
#include "spec.h"
#include "store.h"
#include "sweep_key.h"

/* A figure that no point has in the file, behind those that are there. */
#define FIG_WORK_OF_OFF	NR_FIGURES
#define ALL_FIGURES	(NR_FIGURES + 1)

struct point {
	int64_t id;
	struct sweep_key key;
	double figure[ALL_FIGURES];
	const char *unit;
};

/**
 * struct sweep_data - all points, by key
 * @missing:	points that sweeps asked for and that are not there
 * @varies:	the column has more than one value
 * @texts:	what the points point at
 */
struct sweep_data {
	struct point *point;
	size_t nr;
	size_t missing;
	bool varies[NR_KEYS];
	struct words texts;
};

/* sweep_data_load() - on failure nothing needs to be freed. */
int sweep_data_load(struct sweep_data *d, struct store *s);
void sweep_data_free(struct sweep_data *d);

/* figure_name() - also of those behind. */
const char *figure_name(int figure);

#endif
