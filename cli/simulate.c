// SPDX-License-Identifier: GPL-2.0
/*
 * Runs on the simulated machine.
 */
#include "simulate.h"
#include "cli.h"
#include "costs.h"
#include "json.h"
#include "signals.h"
#include "summary.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- names */

static const char *const preempt_names[SIM_NR_PREEMPT] = {
	[SIM_PREEMPT_NONE] = "none",
	[SIM_PREEMPT_VOLUNTARY] = "voluntary",
	[SIM_PREEMPT_FULL] = "full",
	[SIM_PREEMPT_LAZY] = "lazy",
};

int preempt_find(const char *name)
{
	for (int i = 0; i < SIM_NR_PREEMPT; i++)
		if (!strcmp(name, preempt_names[i]))
			return i;
	return -1;
}

const char *preempt_name(enum sim_preempt model)
{
	return preempt_names[model];
}

static int take_range(bool *set, unsigned int cpus, const char *text,
		      const char **ret_rest)
{
	unsigned long first, last;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	first = last = strtoul(text, &end, 10);
	if (*end == '-' && end[1] >= '0' && end[1] <= '9')
		last = strtoul(end + 1, &end, 10);
	if (first > last || last >= cpus)
		return -1;
	while (first <= last)
		set[first++] = true;
	*ret_rest = end;
	return 0;
}

bool *cpu_list(const char *text, unsigned int cpus)
{
	bool *set = calloc(cpus, sizeof(*set));
	const char *rest = text;

	if (!set) {
		fail("out of memory");
		return NULL;
	}
	do
		if (take_range(set, cpus, rest, &rest))
			goto bad;
	while (*rest++ == ',');
	if (!rest[-1])
		return set;
bad:
	fail("CPUs are given as 0-3,7, up to %u, not '%s'", cpus - 1, text);
	free(set);
	return NULL;
}

/* -------------------------------------------------------------- the workload */

static bool has_home(const struct simulate *how, unsigned int node,
		     unsigned int first)
{
	const struct topology_node *n = &how->topology->node[node];

	for (unsigned int i = 0; i < n->cpus; i++)
		if (n->mib && !(how->isolated && how->isolated[first + i]))
			return true;
	return false;
}

static struct work_machine machine_of(const struct simulate *how)
{
	const struct topology *t = how->topology;
	struct work_machine m = { .nodes = t->nr_nodes };
	unsigned int first = 0;

	for (unsigned int n = 0; n < t->nr_nodes; first += t->node[n++].cpus)
		m.homes += has_home(how, n, first);
	for (unsigned int c = 0; c < t->cpus; c++)
		m.cpus += !(how->isolated && how->isolated[c]);
	return m;
}

struct work_plan *simulate_plan(const struct simulate *how,
				const char *workload, struct sim_error *e)
{
	struct work_machine m = machine_of(how);

	if (!m.cpus || !m.homes) {
		sim_fail(e, "no node has both memory and CPUs that are not isolated");
		return NULL;
	}
	return work_load(workload, &m, e);
}

int simulate_check(const struct simulate *how, const char *workload,
		   const char *policy)
{
	struct sim_error e;
	struct work_plan *w;

	if (sim_check_policy(policy, &e))
		return fail("%s", e.text);
	w = simulate_plan(how, workload, &e);
	if (!w)
		return fail("%s", e.text);
	work_plan_free(w);
	return 0;
}

/* ------------------------------------------------------------------ watching */

struct watched {
	const struct simulate *how;
	struct run *run;
	struct sample sum;
	int err;
};

static void second(void *data, const struct sim_second *s)
{
	struct watched *w = data;

	w->sum.t = (double)s->t_ns / 1e9;
	w->sum.local += s->local;
	w->sum.accesses += s->accesses;
	w->sum.user += (double)s->user_ns;
	w->sum.kernel += (double)s->kernel_ns;
	w->err |= run_add_sample(w->run, &w->sum);
	if (w->how->progress)
		progress_update(w->how->progress);
}

static bool stop(void *data)
{
	const struct watched *w = data;

	return w->err || signals_note();
}

/* ------------------------------------------------------- what a guest would say */

static json_t *per_task_json(const struct sim_result *r)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < r->nr_tasks; i++)
		json_array_append_new(list, json_real(r->task_work[i]));
	return list;
}

static json_t *work_json(const struct sim_result *r, const char *unit)
{
	return json_pack("{s:f, s:s, s:o, s:f, s:f}", "work", r->work,
			 "unit", unit, "per_task", per_task_json(r),
			 "fairness", r->fairness,
			 "worst_share", r->worst_share);
}

static json_t *counter(const struct sim_result *r, enum np_counter i)
{
	return json_integer((json_int_t)r->counter[i]);
}

static json_t *vmstat_json(const struct sim_result *r)
{
	return json_pack("{s:o, s:o, s:o, s:o}",
			 "numa_pte_updates", counter(r, NP_C_SCAN_MARKED),
			 "numa_hint_faults", counter(r, NP_C_FAULTS),
			 "numa_hint_faults_local",
			 counter(r, NP_C_LOCAL_FAULTS),
			 "numa_pages_migrated",
			 json_integer((json_int_t)r->pages_moved));
}

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static json_t *sim_json(const struct simulate *how, const struct sim_result *r,
			uint64_t seed)
{
	double mean = r->wakeups ? ms(r->wake_ns) / (double)r->wakeups : 0;

	return json_pack("{s:I, s:s, s:s, s:f, s:b, s:f, s:f, s:f, s:I, s:I, s:I,"
			 " s:I, s:I, s:f, s:f, s:I}",
			 "seed", (json_int_t)seed,
			 "costs", how->costs.name,
			 "preempt", preempt_name(how->preempt),
			 "elapsed_s", ms(r->ended_ns) / 1000,
			 "finished", r->finished,
			 "user_s", ms(r->user_ns) / 1000,
			 "kernel_s", ms(r->kernel_ns) / 1000,
			 "balancer_s", ms(r->balancer_ns) / 1000,
			 "ping_pongs", (json_int_t)r->ping_pongs,
			 "task_moves", (json_int_t)r->task_moves,
			 "cpu_looks", (json_int_t)r->looks,
			 "context_switches", (json_int_t)r->switches,
			 "wakeups", (json_int_t)r->wakeups,
			 "wakeup_latency_mean_ms", mean,
			 "wakeup_latency_max_ms", ms(r->wake_max_ns),
			 "state_bytes", (json_int_t)r->peak_bytes);
}

static json_t *summary(const struct sim_result *r)
{
	struct np_ioc_status s = { .size = sizeof(s) };

	memcpy(s.counter, r->counter, sizeof(r->counter));
	memcpy(s.reason, r->reason, sizeof(r->reason));
	return summary_json(&s);
}

static bool is_managed(const struct run *run)
{
	return strcmp(run->policy, "off") && strcmp(run->policy, "hand") &&
	       strcmp(run->policy, "inverse");
}

static int take_result(const struct simulate *how, struct run *run,
		       struct sim_result *r, const char *unit, uint64_t seed)
{
	run->matrix = r->matrix;
	run->nr_nodes = r->nr_nodes;
	r->matrix = NULL;
	run->complete = true;
	run->guest = json_pack("{s:o, s:o, s:o, s:o}",
			       "work", work_json(r, unit),
			       "vmstat", vmstat_json(r),
			       "sim", sim_json(how, r, seed),
			       "numaplace",
			       is_managed(run) ? summary(r) : json_null());
	return run->guest ? 0 : fail("out of memory");
}

/* ---------------------------------------------------------------------- a run */

struct sim_config simulate_config(const struct simulate *how,
				  const struct work_plan *work,
				  const char *policy)
{
	return (struct sim_config){
		.topology = how->topology,
		.work = work,
		.policy = policy,
		.costs = &how->costs,
		.isolated = how->isolated,
		.preempt = how->preempt,
		.seed = how->seed,
		.run_ns = how->seconds * 1000000000ULL,
		.thp = how->thp,
	};
}

static int run_plan(const struct simulate *how, struct run *run,
		    const struct work_plan *work)
{
	struct sim_config c = simulate_config(how, work, run->policy);
	struct watched w = { .how = how, .run = run };
	struct sim_result r;
	struct sim_error e;
	int ret;

	c.seed += run->round ? run->round - 1 : 0;
	c.watch = (struct sim_watch){
		.data = &w, .stop = stop, .second = second,
	};
	if (run_add_sample(run, &w.sum))
		return -1;
	if (sim_run(&c, &r, &e))
		return stopped_by ? -1 : fail("%s under %s: %s", run->workload, run->policy,
			    e.text);
	ret = w.err ? -1 : take_result(how, run, &r, work->unit, c.seed);
	sim_result_free(&r);
	return ret;
}

int simulate_run(const struct simulate *how, struct run *run)
{
	struct sim_error e;
	struct work_plan *work = simulate_plan(how, run->workload, &e);
	int ret;

	if (!work)
		return fail("%s", e.text);
	ret = run_plan(how, run, work);
	work_plan_free(work);
	return ret;
}
