/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulated machine: one workload, on one machine, under one policy.
 * Deterministic: the same configuration gives the same result, byte for byte,
 * on any machine.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stdint.h>

#include <numaplace/policy.h>

#include "error.h"
#include "topology.h"
#include "workloads/work.h"

/* When a woken task gets a CPU that another fair task holds. */
enum sim_preempt {
	SIM_PREEMPT_NONE,	/* not within the kernel */
	SIM_PREEMPT_VOLUNTARY,	/* in the kernel where it offers to */
	SIM_PREEMPT_FULL,	/* at once */
	SIM_PREEMPT_LAZY,	/* fair tasks: at the next tick */
	SIM_NR_PREEMPT
};

/* Times and rates of a kind of machine: sim/costs.h. */
struct sim_costs;

/**
 * struct sim_second - what happened in one simulated second (or the last part)
 * @t_ns:	its end
 * @accesses:	of user programs
 * @local:	of those, to memory of their CPU's node
 * @user_ns, @kernel_ns: CPU time
 */
struct sim_second {
	uint64_t t_ns;
	double accesses;
	double local;
	uint64_t user_ns;
	uint64_t kernel_ns;
};

/*
 * Whoever wants to see more than the result, or to end the run before its time;
 * each may be NULL.  While record() lasts, the home of @c can be asked what the
 * policy can ask it in the same call.
 */
struct sim_watch {
	void *data;
	bool (*stop)(void *data);
	void (*second)(void *data, const struct sim_second *s);
	void (*record)(void *data, const struct np_ctx *c,
		       const struct np_record *rec);
};

/**
 * struct sim_config - one run
 * @policy:	"off", "hand", "inverse", "stock" (today's kernel, restated in
 *		sim/stock/), or a numaplace policy as NAME[:KEY=VALUE,..]
 * @costs:	sim_costs_read()
 * @isolated:	[topology.cpus] CPUs that only bound threads use, or NULL
 */
struct sim_config {
	const struct topology *topology;
	const struct work_plan *work;
	const char *policy;
	const struct sim_costs *costs;
	const bool *isolated;
	enum sim_preempt preempt;
	uint64_t seed;
	uint64_t run_ns;
	bool thp;
	bool shadow;
	struct sim_watch watch;
};

/**
 * struct sim_result - what came of it
 * @ended_ns:	when the last thread ended, or the run was cut off
 * @finished:	the workload came to its own end
 * @work:	units of work done
 * @task_work:	[nr_tasks] the same by thread, in order of birth; of the
 *		threads that began with the workload
 * @counter:	sum over managed processes
 * @matrix:	[nodes * nodes] accesses from CPUs of the row to the column
 * @pages_moved: base pages that changed node, by whatever means
 * @ping_pongs:	of those, moves back to the node the page had left last
 * @task_moves:	threads moved to another node because the policy asked
 * @looks:	how often policies looked at a CPU to see who runs there
 * @switches:	context switches
 * @wakeups, @wake_ns, @wake_max_ns: wake-ups and how long until they ran
 * @fairness:	Jain's index over CPU time of threads of the same weight that
 *		wanted to run all the time; 1 = fair
 * @worst_share: the least that one of them had of what it wanted, against the
 *		mean of them
 * @balancer_ns: CPU time spent on scanning, hinting faults, and moves
 * @peak_bytes:	memory the simulation itself used at most, as it counts it
 */
struct sim_result {
	uint64_t ended_ns;
	bool finished;
	double work;
	double *task_work;
	unsigned int nr_tasks;
	uint64_t counter[NP_NR_COUNTERS];
	uint64_t reason[NP_NR_REASONS];
	double *matrix;
	unsigned int nr_nodes;
	uint64_t pages_moved;
	uint64_t ping_pongs;
	uint64_t task_moves;
	uint64_t looks;
	uint64_t switches;
	uint64_t wakeups;
	uint64_t wake_ns;
	uint64_t wake_max_ns;
	double fairness;
	double worst_share;
	uint64_t user_ns;
	uint64_t kernel_ns;
	uint64_t balancer_ns;
	uint64_t peak_bytes;
};

/* sim_check_policy() - would sim_run() know it? */
int sim_check_policy(const char *policy, struct sim_error *e);

/* sim_run() - from first thread to last, or to @run_ns.  Return: 0 or -1. */
int sim_run(const struct sim_config *c, struct sim_result *ret,
	    struct sim_error *e);

void sim_result_free(struct sim_result *r);

#endif
