// SPDX-License-Identifier: GPL-2.0
/*
 * Which points a sweep consists of, and in which order they are made.
 */
#include "sweep_plan.h"
#include "cli.h"
#include "sweep_weight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ combinations */

/* Which values of --thp there are, ended by NULL. */
static const char *const *thp_values(const char *thp)
{
	static const char *const never[] = { "never", NULL };
	static const char *const always[] = { "always", NULL };
	static const char *const both[] = { "never", "always", NULL };

	if (!strcmp(thp, "both"))
		return both;
	return strcmp(thp, "always") ? never : always;
}

static void add_point(struct sweep_plan *plan, const struct sweep_point *like,
		      unsigned int seed)
{
	struct sweep_point *p = &plan->point[plan->nr++];

	*p = *like;
	p->key.of[KEY_SEED] = plan->seed[seed];
	p->id = key_id(&p->key);
}

static void add_seeds(struct sweep_plan *plan, struct sweep_point *p)
{
	for (const char *const *t = thp_values(plan->args->thp); *t; t++) {
		p->key.of[KEY_THP] = *t;
		for (unsigned int s = 0; s < plan->args->seeds; s++)
			add_point(plan, p, s);
	}
}

static void add_machine(struct sweep_plan *plan, unsigned int machine)
{
	const struct sweep_args *args = plan->args;
	struct sweep_point p = { .machine = machine };

	p.key.of[KEY_ON] = "sim";
	p.key.of[KEY_TOPOLOGY] = plan->topologies.item[machine];
	p.key.of[KEY_COSTS] = args->costs;
	p.key.of[KEY_PREEMPT] = args->preempt;
	p.key.of[KEY_MEMORY] = plan->memory;
	p.key.of[KEY_SECONDS] = plan->seconds;
	for (char **w = plan->workloads.item; *w; w++) {
		p.key.of[KEY_WORKLOAD] = *w;
		for (char **q = plan->policies.item; *q; q++) {
			p.key.of[KEY_POLICY] = *q;
			add_seeds(plan, &p);
		}
	}
}

static double count_points(const struct sweep_plan *plan)
{
	return (double)plan->topologies.nr * (double)plan->workloads.nr *
	       (double)plan->policies.nr * plan->args->seeds *
	       (strcmp(plan->args->thp, "both") ? 1 : 2);
}

static int reserve(struct sweep_plan *plan)
{
	double nr = count_points(plan);

	if (nr > SWEEP_MAX_POINTS)
		return fail("that would be %.0f points; a sweep has at most %d",
			    nr, SWEEP_MAX_POINTS);
	plan->point = calloc((size_t)nr, sizeof(*plan->point));
	plan->seed = calloc(plan->args->seeds, sizeof(*plan->seed));
	if (!plan->point || !plan->seed)
		return fail("out of memory");
	return 0;
}

static void add_all(struct sweep_plan *plan)
{
	const struct sweep_args *args = plan->args;

	snprintf(plan->memory, sizeof(plan->memory), "%u", args->memory);
	snprintf(plan->seconds, sizeof(plan->seconds), "%u", args->seconds);
	for (unsigned int i = 0; i < args->seeds; i++)
		snprintf(plan->seed[i], sizeof(*plan->seed), "%u", i + 1);
	for (unsigned int i = 0; i < plan->topologies.nr; i++)
		add_machine(plan, i);
}

static int split(struct sweep_plan *plan)
{
	const struct sweep_args *args = plan->args;

	if (words_split(&plan->topologies, args->topologies, "topology") ||
	    words_split(&plan->workloads, args->workloads, "workload") ||
	    specs_split(&plan->policies, args->policies, "policy"))
		return -1;
	return words_have(&plan->policies, "hand") ? 0 :
	       words_add(&plan->policies, "hand");
}

int sweep_plan_init(struct sweep_plan *plan, const struct sweep_args *args)
{
	*plan = (struct sweep_plan){ .args = args };
	if (split(plan) || reserve(plan)) {
		sweep_plan_free(plan);
		return -1;
	}
	add_all(plan);
	return 0;
}

/* ---------------------------------------------------------------- machines */

static int load_machine(struct sweep_plan *plan, unsigned int i)
{
	struct topology *t = &plan->machine[i];
	struct sim_error e;

	if (topology_load(t, plan->topologies.item[i], &e))
		return fail("%s", e.text);
	if (plan->args->memory)
		topology_set_memory(t, plan->args->memory);
	return 0;
}

static int load_machines(struct sweep_plan *plan)
{
	plan->machine = calloc(plan->topologies.nr, sizeof(*plan->machine));
	if (!plan->machine)
		return fail("out of memory");
	for (unsigned int i = 0; i < plan->topologies.nr; i++)
		if (load_machine(plan, i))
			return -1;
	return 0;
}

/*
 * Points of one workload on one machine stand together; of those, the first
 * tells whether and how fast it can be simulated, as policies come in turn.
 */
static int check_point(struct sweep_plan *plan, size_t i)
{
	struct sweep_point *p = &plan->point[i];
	struct simulate how = sweep_plan_how(plan, p);
	const char *const *key = p->key.of;

	if (i && p->machine == p[-1].machine &&
	    key[KEY_WORKLOAD] == p[-1].key.of[KEY_WORKLOAD]) {
		p->weight = p[-1].weight;
		return 0;
	}
	for (char **q = plan->policies.item; *q; q++)
		if (simulate_check(&how, key[KEY_WORKLOAD], *q))
			return -1;
	return sweep_weight(&how, key[KEY_WORKLOAD], &p->weight);
}

int sweep_plan_load(struct sweep_plan *plan)
{
	if (load_machines(plan))
		return -1;
	for (size_t i = 0; i < plan->nr; i++)
		if (check_point(plan, i))
			return -1;
	return 0;
}

struct simulate sweep_plan_how(const struct sweep_plan *plan,
			       const struct sweep_point *point)
{
	const char *const *key = point->key.of;
	struct simulate how = {
		.topology = &plan->machine[point->machine],
		.preempt = (enum sim_preempt)preempt_find(key[KEY_PREEMPT]),
		.seconds = plan->args->seconds,
		.seed = strtoull(key[KEY_SEED], NULL, 10),
		.thp = !strcmp(key[KEY_THP], "always"),
	};

	sim_costs_read(&how.costs, key[KEY_COSTS]);
	return how;
}

/* ------------------------------------------------------------------- order */

/* Among equals the number decides, which is the same in every process. */
static int longest_first(const void *a, const void *b)
{
	const struct sweep_point *p = a, *q = b;

	if (p->weight != q->weight)
		return p->weight > q->weight ? -1 : 1;
	return (p->id > q->id) - (p->id < q->id);
}

/* Moves the share of @rank to the front; both parts keep their order. */
static void own_share_first(struct sweep_plan *plan, struct sweep_point *other,
			    unsigned int rank, unsigned int size)
{
	size_t own = 0, others = 0;

	for (size_t i = 0; i < plan->nr; i++)
		if (i % size == rank)
			plan->point[own++] = plan->point[i];
		else
			other[others++] = plan->point[i];
	memcpy(plan->point + own, other, others * sizeof(*other));
}

int sweep_plan_order(struct sweep_plan *plan, unsigned int rank,
		     unsigned int size)
{
	struct sweep_point *other = calloc(plan->nr, sizeof(*other));

	if (!other)
		return fail("out of memory");
	qsort(plan->point, plan->nr, sizeof(*plan->point), longest_first);
	own_share_first(plan, other, rank, size);
	free(other);
	return 0;
}

void sweep_plan_free(struct sweep_plan *plan)
{
	for (unsigned int i = 0; plan->machine && i < plan->topologies.nr; i++)
		topology_free(&plan->machine[i]);
	free(plan->machine);
	free(plan->seed);
	free(plan->point);
	words_free(&plan->topologies);
	words_free(&plan->workloads);
	words_free(&plan->policies);
	*plan = (struct sweep_plan){ 0 };
}
