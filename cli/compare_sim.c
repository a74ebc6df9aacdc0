// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace compare --on sim: all runs on the simulated machine.
 */
#include "cli.h"
#include "compare.h"
#include "signals.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static int choose_costs(struct job *job)
{
	const char *name = job->args->costs ? job->args->costs : "server";

	return sim_costs_read(&job->sim.costs, name) ? 0 :
		fail(COSTS_WANTED, name);
}

static int choose_preempt(struct job *job)
{
	const char *name = job->args->preempt ? job->args->preempt :
						"voluntary";
	int model = preempt_find(name);

	if (model < 0)
		return fail("--preempt is none, voluntary, full or lazy, not "
			    "'%s'", name);
	job->sim.preempt = (enum sim_preempt)model;
	return 0;
}

static int choose_isolated(struct job *job)
{
	if (!job->args->isolated)
		return 0;
	job->isolated = cpu_list(job->args->isolated, job->topology.cpus);
	job->sim.isolated = job->isolated;
	return job->isolated ? 0 : -1;
}

static int check_words(struct job *job)
{
	const struct compare_args *args = job->args;

	if (args->kernel || args->lab || args->keep)
		return fail("--kernel, --lab and --keep are for --on vm");
	job->sim.topology = &job->topology;
	job->sim.seconds = args->seconds;
	job->sim.seed = args->seed ? args->seed : 1;
	job->sim.thp = !strcmp(args->thp, "always");
	return choose_costs(job) || choose_preempt(job) ||
	       choose_isolated(job) ? -1 : 0;
}

/* Curves in HTML are drawn by gnuplot; nothing else is needed. */
static int check_surroundings(struct job *job)
{
	if (job->args->html && !tool_exists("gnuplot"))
		return fail("--html needs gnuplot; as root: apt-get install "
			    "gnuplot-nox");
	return 0;
}

static int check_names(struct job *job)
{
	for (char **w = job->workloads.item; *w; w++)
		for (char **p = job->policies.item; *p; p++)
			if (simulate_check(&job->sim, *w, *p))
				return -1;
	return 0;
}

static int make_runs(struct job *job, struct progress *progress)
{
	struct runs *runs = &job->report.runs;

	for (size_t i = 0; i < runs->nr; i++) {
		if (simulate_run(&job->sim, &runs->run[i]))
			return -1;
		progress_update(progress);
		if (stopped_by)
			return -1;
	}
	return 0;
}

static int measure(struct job *job)
{
	struct progress progress;
	int ret;

	progress_init(&progress, &job->report.runs, job->args->seconds,
		      job->args->quiet);
	job->sim.progress = &progress;
	ret = make_runs(job, &progress);
	progress_end(&progress);
	job->report.kernel = "simulated";
	job->report.engine = "numaplace " NP_VERSION;
	return ret;
}

static void leave(struct job *job)
{
	free(job->isolated);
}

const struct where compare_sim = {
	.name = "sim",
	.split_workloads = words_split,
	.check_words = check_words,
	.check_surroundings = check_surroundings,
	.check_names = check_names,
	.measure = measure,
	.exit = leave,
};
