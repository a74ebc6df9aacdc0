// SPDX-License-Identifier: GPL-2.0
/*
 * How long a simulation takes, before it is made.
 *
 * The simulator computes its way from event to event.  Threads that only use
 * memory, compute or sleep have few; those that send messages have many.
 */
#include "sweep_weight.h"
#include "cli.h"

#include <math.h>

/* CPU time of messages and of forkstorm, that of numa01 being 1, on 4x8. */
#define MESSAGE_WEIGHT	100.0
#define SPAWN_WEIGHT	10.0

static double op_weight(enum work_op_kind kind)
{
	switch (kind) {
	case WORK_SEND:
	case WORK_RECV:
		return MESSAGE_WEIGHT;
	case WORK_SPAWN:
		return SPAWN_WEIGHT;
	default:
		return 1;
	}
}

static double thread_weight(const struct work_thread *t)
{
	double most = 1;

	for (unsigned int i = 0; i < t->nr_ops; i++)
		most = fmax(most, op_weight(t->op[i].kind));
	return most;
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
