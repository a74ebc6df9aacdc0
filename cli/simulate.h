/* SPDX-License-Identifier: GPL-2.0 */
/* A run on the simulated machine, as reports want it. */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "costs.h"
#include "progress.h"
#include "run.h"
#include "sim.h"

/**
 * struct simulate - how all runs of a comparison are made
 * @isolated:	[topology->cpus] or NULL
 * @seed:	of the first round; every round adds one
 * @progress:	told of every simulated second, or NULL
 */
struct simulate {
	const struct topology *topology;
	struct sim_costs costs;
	const bool *isolated;
	enum sim_preempt preempt;
	unsigned int seconds;
	uint64_t seed;
	bool thp;
	struct progress *progress;
};

#define COSTS_WANTED	"--costs is server or emulated, and behind it there " \
			"may be :slower=K,wait=W, 0.1 to 100 times; not '%s'"

/* simulate_plan() - @workload for the machine, to be freed, or NULL. */
struct work_plan *simulate_plan(const struct simulate *how,
				const char *workload, struct sim_error *e);

/* simulate_check() - are there such a workload and such a policy? */
int simulate_check(const struct simulate *how, const char *workload,
		   const char *policy);

/*
 * simulate_run() - make the run that @run names, and fill it: samples, matrix,
 * and a line as a guest would have said.
 */
int simulate_run(const struct simulate *how, struct run *run);

/* simulate_config() - one run of @work under @policy, which nobody watches. */
struct sim_config simulate_config(const struct simulate *how,
				  const struct work_plan *work,
				  const char *policy);

/* preempt_find() - "none", "voluntary", "full" or "lazy"; -1 if neither. */
int preempt_find(const char *name);
const char *preempt_name(enum sim_preempt model);

/*
 * cpu_list() - "0-3,7" as an array of @cpus flags, to be freed.
 * Return: it, or NULL with a message.
 */
bool *cpu_list(const char *text, unsigned int cpus);

#endif
