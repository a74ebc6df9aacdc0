// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace compare: the same workloads under several policies, side by side.
 *
 * All runs are made one after the other in one boot of a guest, and nothing
 * is reported unless all of them can be trusted.
 */
#include "cli.h"
#include "compare_args.h"
#include "derive.h"
#include "guest.h"
#include "json.h"
#include "lab.h"
#include "outfile.h"
#include "report.h"
#include "scenario.h"
#include "signals.h"
#include "spec.h"
#include "tool.h"
#include "topology.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What a boot and a run take beyond the workload's own time, at the worst. */
#define BOOT_SECONDS	180
#define RUN_SECONDS	30

/* What the lab can boot; lab/topologies/README.md says so. */
#define LAB_MAX_NODES	64
#define LAB_MAX_CPUS	256

/**
 * struct job - one comparison
 * @dir:	for the guest's files
 * @keep:	leave them there
 * @usage:	the guest has found out that the command line makes no sense
 */
struct job {
	const struct compare_args *args;
	struct topology topology;
	struct words workloads;
	struct words policies;
	struct lab lab;
	char *dir;
	bool keep;
	bool usage;
	struct report report;
	char *machine;
	char *qemu;
	char date[32];
};

/* ------------------------------------------------- before anything is done */

static int add_round(struct job *job, const char *workload, unsigned int round)
{
	struct run *run;

	for (char **p = job->policies.item; *p; p++) {
		run = runs_add(&job->report.runs, workload, *p);
		if (!run)
			return -1;
		run->round = round;
	}
	return 0;
}

/* Policies take turns, so that what drifts meets all of them alike. */
static int add_runs(struct job *job)
{
	for (char **w = job->workloads.item; *w; w++)
		for (unsigned int i = 1; i <= job->args->repeat; i++)
			if (add_round(job, *w, i))
				return -1;
	return 0;
}

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

static int find_machine(struct job *job)
{
	const struct compare_args *args = job->args;
	struct sim_error e;

	if (topology_load(&job->topology, args->topology, &e))
		return fail("%s", e.text);
	if (args->memory)
		topology_set_memory(&job->topology, args->memory);
	return check_bootable(&job->topology, args->topology);
}

/* Everything the command line says, as far as it can be judged by itself. */
static int understand(struct job *job)
{
	const struct compare_args *args = job->args;

	if (find_machine(job) ||
	    specs_split(&job->workloads, args->workloads, "workload") ||
	    specs_split(&job->policies, args->policies, "policy"))
		return -1;
	return add_runs(job);
}

static bool need_module(const struct job *job)
{
	for (char **p = job->policies.item; *p; p++)
		if (scenario_is_ours(*p))
			return true;
	return false;
}

/* Everything that would only be found missing minutes later, all at once. */
static int check_surroundings(struct job *job)
{
	const struct compare_args *args = job->args;
	struct lab_needs needs = {
		.module = need_module(job), .gnuplot = args->html,
	};
	int bad = lab_check(&job->lab, &needs);

	if (args->json)
		bad |= outfile_check(args->json);
	if (args->html)
		bad |= outfile_check(args->html);
	return bad;
}

static int check_workloads(const struct job *job)
{
	for (char **w = job->workloads.item; *w; w++)
		if (lab_check_workload(&job->lab, *w))
			return -1;
	return 0;
}

/* ----------------------------------------------------------- the directory */

static int keep_directory(struct job *job, const char *dir)
{
	if (mkdir(dir, 0777) && errno != EEXIST)
		return fail("%s: %s", dir, strerror(errno));
	job->keep = true;
	job->dir = realpath(dir, NULL);
	return job->dir ? 0 : fail("%s: %s", dir, strerror(errno));
}

static int make_directory(struct job *job)
{
	const char *tmp = getenv("TMPDIR");

	if (job->args->keep)
		return keep_directory(job, job->args->keep);
	if (asprintf(&job->dir, "%s/numaplace-XXXXXX",
		     tmp && *tmp ? tmp : "/tmp") < 0) {
		job->dir = NULL;
		return fail("out of memory");
	}
	if (mkdtemp(job->dir))
		return 0;
	fail("%s: %s", job->dir, strerror(errno));
	job->keep = true;	/* there is none to remove */
	return -1;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_directory(struct job *job)
{
	if (job->dir && !job->keep &&
	    nftw(job->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		fail("%s: %s", job->dir, strerror(errno));
	free(job->dir);
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

static int measure(struct job *job)
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

/* -------------------------------------------------------------- the report */

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

static int describe(struct job *job)
{
	struct report *r = &job->report;
	time_t now = time(NULL);

	job->machine = topology_text(&job->topology);
	job->qemu = qemu_version();
	strftime(job->date, sizeof(job->date), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime(&now));
	r->command = job->args->command;
	r->on = job->args->on;
	r->topology = job->args->topology;
	r->machine = job->machine;
	r->thp = job->args->thp;
	r->kernel = job->lab.release;
	r->qemu = job->qemu ? job->qemu : "unknown";
	r->date = job->date;
	r->seconds = job->args->seconds;
	r->workloads = job->workloads.item;
	return job->machine ? 0 : fail("out of memory");
}

static int write_json(const struct job *job, struct outfile *o)
{
	if (!job->args->json)
		return 0;
	if (outfile_open(o, job->args->json) ||
	    json_write(o->f, report_json(&job->report)))
		return -1;
	return outfile_sync(o);
}

static int write_html(const struct job *job, struct outfile *o)
{
	if (!job->args->html)
		return 0;
	if (outfile_open(o, job->args->html) ||
	    report_html(&job->report, job->dir, o->f))
		return -1;
	return outfile_sync(o);
}

/* Both or none: a file gets its name only when the other is on the disk. */
static int write_files(const struct job *job)
{
	struct outfile json = { 0 }, html = { 0 };
	int ret = -1;

	if (!write_json(job, &json) && !write_html(job, &html) &&
	    !signals_note() && !outfile_commit(&json))
		ret = outfile_commit(&html);
	outfile_discard(&json);
	outfile_discard(&html);
	return ret;
}

/* A table in the middle of a report would spoil it. */
static bool on_stdout(const struct compare_args *args)
{
	return (args->json && !strcmp(args->json, "-")) ||
	       (args->html && !strcmp(args->html, "-"));
}

static int report(struct job *job)
{
	if (derive_all(&job->report.runs) || describe(job) || write_files(job))
		return -1;
	return on_stdout(job->args) ? 0 : report_table(&job->report);
}

/* ------------------------------------------------------------- the command */

static void job_exit(struct job *job)
{
	remove_directory(job);
	topology_free(&job->topology);
	runs_free(&job->report.runs);
	words_free(&job->workloads);
	words_free(&job->policies);
	lab_exit(&job->lab);
	free(job->machine);
	free(job->qemu);
}

static int do_job(struct job *job)
{
	const struct compare_args *args = job->args;

	if (understand(job))
		return EXIT_USAGE;
	if (lab_find(&job->lab, args->lab, args->kernel) ||
	    check_surroundings(job))
		return EXIT_FAILURE;
	if (check_workloads(job))
		return EXIT_USAGE;
	if (make_directory(job) || measure(job) || report(job))
		return job->usage ? EXIT_USAGE : EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int compare(const struct compare_args *args)
{
	struct job job = { .args = args };
	int code;

	signals_hold();
	signal(SIGPIPE, SIG_IGN);	/* there is a directory to remove */
	code = do_job(&job);
	job_exit(&job);
	if (signals_note()) {
		fail("stopped; nothing was written");
		return EXIT_SIGNAL + stopped_by;
	}
	return code;
}

int cmd_compare(int argc, char **argv)
{
	struct compare_args args;
	int code;

	if (compare_args_parse(&args, argc, argv))
		return EXIT_FAILURE;
	code = compare(&args);
	free(args.command);
	return code;
}
