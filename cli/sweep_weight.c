// SPDX-License-Identifier: GPL-2.0
/*
 * How long a simulation takes, before it is made.
 *
 * The simulator computes its way from event to event.  Threads that only use
 * memory have few; those that wait for each other, or begin processes, have
 * many, and short ones.
 */
#include "sweep_weight.h"
#include "cli.h"

/* On 2x4: messages, forkstorm and kernbuild against numa01 and numa02. */
#define BUSY_WEIGHT	16.0

static bool makes_events(enum work_op_kind kind)
{
	switch (kind) {
	case WORK_SLEEP:
	case WORK_SEND:
	case WORK_RECV:
	case WORK_SPAWN:
	case WORK_KERNEL:
		return true;
	default:
		return false;
	}
}

static double thread_weight(const struct work_thread *t)
{
	for (unsigned int i = 0; i < t->nr_ops; i++)
		if (makes_events(t->op[i].kind))
			return BUSY_WEIGHT;
	return 1;
}

static double plan_weight(const struct work_plan *w)
{
	double weight = 1;

	for (unsigned int p = 0; p < w->nr_processes; p++)
		for (unsigned int t = 0; t < w->process[p].nr_threads; t++)
			weight += thread_weight(&w->process[p].thread[t]);
	return weight;
}

int sweep_weight(const struct simulate *how, const char *workload,
		 double *ret_weight)
{
	struct sim_error e;
	struct work_plan *w = simulate_plan(how, workload, &e);

	if (!w)
		return fail("%s", e.text);
	*ret_weight = plan_weight(w) * how->seconds;
	work_plan_free(w);
	return 0;
}
