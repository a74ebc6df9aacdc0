/* SPDX-License-Identifier: GPL-2.0 */
/* From a description to the plan for one machine. */
#ifndef SIM_WORK_PLAN_H
#define SIM_WORK_PLAN_H

#include "text.h"

/* What a plan may have, in all unless stated: README.md lists them. */
#define WORK_MAX_INSTANCES	65536	/* of threads, channels, .. */
#define WORK_MAX_REGIONS	64	/* of a process */
#define WORK_MAX_ALL_REGIONS	65536
#define WORK_MAX_SLICES		(1 << 20)	/* placed by hand */
#define WORK_MAX_OPS		WORK_MAX_STATEMENTS	/* of a thread */
#define WORK_MAX_ALL_OPS	(1 << 20)
#define WORK_MAX_BYTES		((int64_t)1 << 50)
#define WORK_MAX_COUNT		((int64_t)1 << 50)	/* of passes, .. */
#define WORK_MAX_NS		((int64_t)1 << 60)	/* 36 years */
#define WORK_MAX_CPU		8191
/* A plan for 8192 CPUs takes some 100,000. */
#define WORK_MAX_STEPS		(1 << 25)

#define WORK_PAGE		4096

struct work_open_loop {
	unsigned int op;
	unsigned int line;
	bool takes_time;
};

/**
 * struct work_planner - a plan being made
 * @arena:	what lives as long as the plan; @scratch does not
 * @value:	of variables and parameters, for expressions
 * @steps:	made so far
 * @base, @count: [statements] number of the first thing that the statement
 *		declares, and how many there are
 * @object:	[plan->nr_objects]
 * @met:	[plan->nr_barriers] number of the last thread that meets here
 * @proc:	being planned, with @region[@nr_regions] so far
 * @thread:	being planned, numbered through from 1
 * @first:	it is the first of its process
 * @op:		[@nr_ops] of that thread so far, inside of @loop[@nr_loops]
 */
struct work_planner {
	const struct work *w;
	const struct work_machine *m;
	struct work_at at;
	struct work_plan *plan;
	struct work_arena *arena;
	struct work_arena scratch;
	int64_t value[WORK_NR_VALUES];
	unsigned int steps;

	unsigned int *base;
	unsigned int *count;
	struct work_region *object;
	unsigned int *met;

	unsigned int all_regions;
	unsigned int all_slices;
	unsigned int all_threads;
	unsigned int all_ops;
	int64_t all_bytes;

	struct work_process *proc;
	struct work_region region[WORK_MAX_REGIONS];
	unsigned int nr_regions;
	unsigned int thread;
	bool first;
	struct work_op op[WORK_MAX_OPS];
	unsigned int nr_ops;
	struct work_open_loop loop[WORK_MAX_BLOCKS];
	unsigned int nr_loops;
};

/* A range that an attribute is held against. */
struct work_range {
	int64_t low;
	int64_t high;
};

/* work_plan_as() - work_plan() of what was asked for as @name. */
struct work_plan *work_plan_as(const struct work *w, const char *name,
			       const struct work_machine *m, const char *args,
			       struct sim_error *e);

/* plan_value.c */
int work_plan_eval(struct work_planner *p, const struct work_expr *x,
		   int64_t *ret);
int work_plan_value(struct work_planner *p, const struct work_statement *st,
		    enum work_attr a, struct work_range range, int64_t fallback,
		    int64_t *ret);
int work_plan_ref(struct work_planner *p, const struct work_statement *st,
		  unsigned int *ret);
/* One more of what all may have @most: "more than @most @what". */
int work_plan_room(struct work_planner *p, unsigned int *nr, unsigned int more,
		   unsigned int most, const char *what);

/* Visits the statements of a block, as if says; not those of its threads. */
int work_plan_walk(struct work_planner *p, unsigned int block,
		   int (*visit)(struct work_planner *p,
				const struct work_statement *st));

/* Others, by what they plan. */
int work_plan_params(struct work_planner *p, const char *args);
int work_plan_region(struct work_planner *p, const struct work_statement *st,
		     struct work_region *ret);
int work_plan_add_region(struct work_planner *p,
			 const struct work_statement *st);
int work_plan_thread(struct work_planner *p, const struct work_statement *st,
		     struct work_thread *ret);
int work_plan_op(struct work_planner *p, const struct work_statement *st,
		 struct work_op *ret);

#endif
