/* SPDX-License-Identifier: GPL-2.0 */
/* Which points a sweep consists of, and in which order they are made. */
#ifndef CLI_SWEEP_PLAN_H
#define CLI_SWEEP_PLAN_H

#include <stddef.h>

#include "simulate.h"
#include "spec.h"
#include "sweep_args.h"
#include "sweep_key.h"

/* As many as still fit in memory and in a lifetime. */
#define SWEEP_MAX_POINTS	1000000

/**
 * struct sweep_point - one simulation
 * @id:		key_id()
 * @machine:	index of its topology
 * @weight:	how long it takes, compared with others
 */
struct sweep_point {
	struct sweep_key key;
	int64_t id;
	unsigned int machine;
	double weight;
};

/**
 * struct sweep_plan - all points; keys point into it, so it may not move
 * @machine:	[topologies.nr], or NULL before sweep_plan_load()
 * @seed:	[seeds] in decimal
 */
struct sweep_plan {
	const struct sweep_args *args;
	struct words topologies;
	struct words workloads;
	struct words policies;
	struct topology *machine;
	char (*seed)[12];
	char memory[12];
	char seconds[12];
	struct sweep_point *point;
	size_t nr;
};

/**
 * sweep_plan_init() - all points, in the order of their keys' columns
 *
 * Each combination has placement by hand, too, because that is what all
 * others are measured against.
 */
int sweep_plan_init(struct sweep_plan *plan, const struct sweep_args *args);

/* sweep_plan_load() - read the machines; can all of it be simulated? */
int sweep_plan_load(struct sweep_plan *plan);

/* sweep_plan_how() - what simulate_run() needs for @point. */
struct simulate sweep_plan_how(const struct sweep_plan *plan,
			       const struct sweep_point *point);

/**
 * sweep_plan_order() - longest first, beginning with the share of @rank
 *
 * Every rank has its own share.  The others' come after it: who is done early
 * helps, and nobody is waited for who never came.
 */
int sweep_plan_order(struct sweep_plan *plan, unsigned int rank,
		     unsigned int size);

void sweep_plan_free(struct sweep_plan *plan);

#endif
