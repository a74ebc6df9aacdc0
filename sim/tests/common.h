/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the simulated machine share: a run that goes on event by
 * event, and is checked after each.
 */
#ifndef SIM_TESTS_COMMON_H
#define SIM_TESTS_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct run - one run; all of it may be changed before run_begin()
 * @c:		seed 1, one second, full preemption
 * @costs:	what @c.costs points to
 * @events:	so far
 * @check_events: 1: the machine is checked after each event
 */
struct run {
	struct topology topology;
	struct work_plan *plan;
	struct sim_costs costs;
	struct sim_config c;
	struct sim_result r;
	struct sim_error e;
	struct sim s;
	uint64_t events;
	unsigned int check_events;
};

/*
 * run_new() - of the workload @text, whose first line is added, and the second
 * if it does not say in which unit work is done.
 */
struct run *run_new(const char *topology, const char *text, const char *policy);

/* run_load() - of a built-in workload */
struct run *run_load(const char *topology, unsigned int mib, const char *work,
		     const char *policy);
void run_free(struct run *r);

/* run_begin() - must succeed; run_to() - up to a time, all events checked */
void run_begin(struct run *r);
void run_to(struct run *r, uint64_t ns);

/* run_drain() - no page waits for its way to the LRU lists any more */
void run_drain(struct run *r);

/* run_local() - share of accesses from @from to @to that were local */
double run_local(struct run *r, uint64_t from, uint64_t to);

/* run_all() - begin, all events, and the end, which must be good */
void run_all(struct run *r);

/* run_fails() - begin, all events, and the end with this message */
void run_fails(struct run *r, const char *why);

/* Thread @thread of process @process, as the workload numbers them, or NULL. */
struct task *run_task(struct run *r, unsigned int process, unsigned int thread);

/* Memory of process @process. */
struct mapping *run_map(struct run *r, unsigned int process, unsigned int map);

/* check_quick() - what must hold after every event; check_all() - page by page */
void check_quick(const struct sim *s);
void check_all(const struct sim *s);

/* assert_near() - @is is within @part of @should */
void assert_near(double is, double should, double part);

/* Jain's index of @n numbers. */
double jain(const double *x, unsigned int n);

#endif
