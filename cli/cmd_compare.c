// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace compare: the same workloads under several policies, side by side.
 *
 * How runs are made is the business of compare_vm.c and compare_sim.c; nothing
 * is reported unless all of them can be trusted.
 */
#include "cli.h"
#include "compare.h"
#include "derive.h"
#include "json.h"
#include "outfile.h"
#include "signals.h"
#include "tmpdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static int find_machine(struct job *job)
{
	const struct compare_args *args = job->args;
	struct sim_error e;

	if (topology_load(&job->topology, args->topology, &e))
		return fail("%s", e.text);
	if (args->memory)
		topology_set_memory(&job->topology, args->memory);
	return job->where->check_words(job);
}

/* Everything the command line says, as far as it can be judged by itself. */
static int understand(struct job *job)
{
	const struct compare_args *args = job->args;

	if (find_machine(job) ||
	    job->where->split_workloads(&job->workloads, args->workloads,
					"workload") ||
	    specs_split(&job->policies, args->policies, "policy"))
		return -1;
	return add_runs(job);
}

/* Everything that would only be found missing minutes later, all at once. */
static int check_surroundings(struct job *job)
{
	const struct compare_args *args = job->args;
	int bad = job->where->check_surroundings(job);

	if (args->json)
		bad |= outfile_check(args->json);
	if (args->html)
		bad |= outfile_check(args->html);
	return bad;
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
	if (job->args->keep)
		return keep_directory(job, job->args->keep);
	job->dir = tmpdir_make();
	return job->dir ? 0 : -1;
}

static void remove_directory(struct job *job)
{
	if (job->keep)
		free(job->dir);
	else
		tmpdir_remove(job->dir);
}

/* -------------------------------------------------------------- the report */

static int describe(struct job *job)
{
	struct report *r = &job->report;
	time_t now = time(NULL);

	job->machine = topology_text(&job->topology);
	strftime(job->date, sizeof(job->date), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime(&now));
	r->command = job->args->command;
	r->on = job->args->on;
	r->topology = job->args->topology;
	r->machine = job->machine;
	r->thp = job->args->thp;
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
	job->where->exit(job);
	free(job->machine);
	free(job->engine);
}

static int do_job(struct job *job)
{
	if (understand(job))
		return EXIT_USAGE;
	if (check_surroundings(job))
		return EXIT_FAILURE;
	if (job->where->check_names(job))
		return EXIT_USAGE;
	if (make_directory(job) || job->where->measure(job) || report(job))
		return job->usage ? EXIT_USAGE : EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int compare(const struct compare_args *args)
{
	struct job job = {
		.args = args,
		.where = strcmp(args->on, "sim") ? &compare_vm : &compare_sim,
	};
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
