// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace compare --on vm: all runs one after the other in one boot of an
 * emulated machine.
 */
#include "cli.h"
#include "compare.h"
#include "guest.h"
#include "outfile.h"
#include "scenario.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a boot and a run take beyond the workload's own time, at the worst. */
#define BOOT_SECONDS	180
#define RUN_SECONDS	30

/* What the lab can boot; lab/topologies/README.md says so. */
#define LAB_MAX_NODES	64
#define LAB_MAX_CPUS	256

/* ------------------------------------------------------------------ before */

/* The lab reads the same files, but of what has a name it knows only NxC. */
static bool lab_knows(const char *what)
{
	return !strchr(what, ':') || !access(what, F_OK);
}

/* A machine may be well formed, and still none that the lab can boot. */
static int check_bootable(const struct topology *t, const char *what)
{
	if (!lab_knows(what))
		return fail("%s: --on vm takes NxC or a file", what);
	if (t->nr_nodes > LAB_MAX_NODES || t->cpus > LAB_MAX_CPUS)
		return fail("%s: --on vm takes at most %u nodes and %u CPUs, "
			    "not %u and %u", what, LAB_MAX_NODES, LAB_MAX_CPUS,
			    t->nr_nodes, t->cpus);
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		if (!t->node[i].mib)
			return fail("%s: node %u has no memory, which --on vm "
				    "cannot boot", what, i);
	return 0;
}

static int check_words(struct job *job)
{
	const struct compare_args *args = job->args;

	if (args->costs || args->preempt || args->isolated || args->seed)
		return fail("--costs, --preempt, --isolated and --seed are "
			    "for --on sim");
	return check_bootable(&job->topology, args->topology);
}

static bool need_module(const struct job *job)
{
	for (char **p = job->policies.item; *p; p++)
		if (scenario_is_ours(*p))
			return true;
	return false;
}

static int check_surroundings(struct job *job)
{
	const struct compare_args *args = job->args;
	struct lab_needs needs = {
		.module = need_module(job), .gnuplot = args->html,
	};

	if (lab_find(&job->lab, args->lab, args->kernel))
		return -1;
	return lab_check(&job->lab, &needs);
}

static int check_names(struct job *job)
{
	for (char **w = job->workloads.item; *w; w++)
		if (lab_check_workload(&job->lab, *w))
			return -1;
	return 0;
}

/* --------------------------------------------------------------- the guest */

static int write_scenario(const struct job *job)
{
	struct outfile o;
	char *path;
	int ret;

	if (asprintf(&path, "%s/scenario", job->dir) < 0)
		return fail("out of memory");
	ret = outfile_open(&o, path);
	free(path);
	if (ret)
		return -1;
	scenario_write(o.f, &job->report.runs, job->args->thp,
		       job->args->seconds);
	ret = outfile_commit(&o);
	outfile_discard(&o);
	return ret;
}

static unsigned int time_limit(const struct job *job)
{
	unsigned int runs = (unsigned int)job->report.runs.nr;

	return BOOT_SECONDS + runs * (job->args->seconds * 5 / 4 + RUN_SECONDS);
}

static int prepare_and_run(struct job *job, struct guest *g)
{
	progress_stage(g->progress, "preparing the guest");
	if (write_scenario(job) || guest_prepare(g, need_module(job)))
		return -1;
	progress_stage(g->progress, "booting the guest");
	return guest_run(g);
}

/* Was it the machine and the kernel that the report will name? */
static int check_guest(const struct job *job, const struct guest *g)
{
	if (g->witness.nr_nodes != job->topology.nr_nodes)
		return fail("the guest had %u nodes instead of %u",
			    g->witness.nr_nodes, job->topology.nr_nodes);
	if (strcmp(g->results.kernel, job->lab.release))
		return fail("the guest ran kernel '%s' instead of '%s'",
			    g->results.kernel, job->lab.release);
	return 0;
}

static int run_guest(struct job *job)
{
	struct progress progress;
	struct guest g = {
		.lab = &job->lab,
		.dir = job->dir,
		.topology = job->args->topology,
		.memory = job->args->memory,
		.timeout = time_limit(job),
		.progress = &progress,
		.results.runs = &job->report.runs,
		.witness.runs = &job->report.runs,
	};
	int ret;

	progress_init(&progress, &job->report.runs, job->args->seconds,
		      job->args->quiet);
	ret = prepare_and_run(job, &g);
	progress_end(&progress);
	job->usage = g.results.usage;
	return ret ? ret : check_guest(job, &g);
}

/* ---------------------------------------------------------------- afterwards */

static char *qemu_version(void)
{
	char *const argv[] = { "qemu-system-x86_64", "--version", NULL };
	char *text;

	if (tool_text(argv, &text)) {
		free(text);
		return NULL;
	}
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static int measure(struct job *job)
{
	if (run_guest(job))
		return -1;
	job->engine = qemu_version();
	job->report.kernel = job->lab.release;
	job->report.engine = job->engine ? job->engine : "unknown QEMU";
	return 0;
}

static void leave(struct job *job)
{
	lab_exit(&job->lab);
}

const struct where compare_vm = {
	.name = "vm",
	.split_workloads = specs_split,
	.check_words = check_words,
	.check_surroundings = check_surroundings,
	.check_names = check_names,
	.measure = measure,
	.exit = leave,
};
