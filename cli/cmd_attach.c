// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace attach, numaplace detach: running processes, one by one or a
 * whole cgroup.
 *
 * A cgroup is walked again until a pass finds nobody new: who was forked
 * before its parent was attached is caught by the next pass, who was forked
 * after it inherits.
 */
#include "cli.h"
#include "device.h"
#include "json.h"
#include "pids.h"
#include "spec.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_POLICY "moron"
#define MAX_PASSES 100

enum { OPT_ALL = 0x100 };

struct args {
	const char *policy;
	const char *cgroup;
	unsigned int flags;
	bool all;
	bool json;
	char **pids;	/* words, ended by NULL */
};

/**
 * struct job - one attach or detach under way
 * @one:	what is done with one process; 0 or -errno
 * @done:	processes it was done with
 * @already:	processes that were in that state before
 * @failed:	processes it failed with; each was told about
 * @seen:	[PID_LIMIT / 8] a bit per process already dealt with
 */
struct job {
	int dev;
	const struct args *args;
	int (*one)(struct job *job, pid_t pid);
	unsigned int done;
	unsigned int already;
	unsigned int failed;
	bool bad_spec;
	unsigned char *seen;
};

static bool first_sight(struct job *job, pid_t pid)
{
	unsigned char bit = (unsigned char)(1 << (pid % 8));
	bool seen = job->seen[pid / 8] & bit;

	job->seen[pid / 8] |= bit;
	return !seen;
}

static int attach_one(struct job *job, pid_t pid)
{
	struct np_ioc_attach a = {
		.size = sizeof(a), .flags = job->args->flags, .pid = pid,
	};
	int ret;

	strncpy(a.spec, job->args->policy, sizeof(a.spec) - 1);
	ret = device_call(job->dev, NP_IOC_ATTACH, &a);
	if (ret && a.why[0]) {
		fail("process %d: %.*s", pid, (int)sizeof(a.why), a.why);
		job->bad_spec = true;
	}
	return ret;
}

static int detach_one(struct job *job, pid_t pid)
{
	struct np_ioc_pid p = { .size = sizeof(p), .pid = pid };

	return device_call(job->dev, NP_IOC_DETACH, &p);
}

/* ----------------------------------------------------- processes by number */

static void explain(const struct job *job, pid_t pid, int error)
{
	if (error == -EINVAL && job->one == attach_one)
		fail("process %d is a kernel thread", pid);
	else
		device_fail(pid, error);
}

static void named_process(struct job *job, pid_t pid)
{
	int ret = job->one(job, pid);

	if (!ret) {
		job->done++;
		return;
	}
	if (!job->bad_spec)
		explain(job, pid, ret);
	job->failed++;
}

static int named_processes(struct job *job)
{
	for (char **word = job->args->pids; *word && !job->bad_spec; word++)
		named_process(job, pid_parse(*word));
	return 0;
}

/* ------------------------------------------------------------ whole groups */

/*
 * Nobody asked for this very process: that it ended meanwhile, or that it is a
 * kernel thread of the root cgroup, is no error.
 */
static int met_process(pid_t pid, void *data)
{
	struct job *job = data;
	int ret;

	if (!first_sight(job, pid))
		return 0;
	ret = job->one(job, pid);
	if (job->bad_spec)
		return -1;
	if (!ret) {
		job->done++;
	} else if (ret == -EALREADY || ret == -ENOENT) {
		job->already++;
	} else if (ret != -ESRCH && ret != -EINVAL) {
		device_fail(pid, ret);
		job->failed++;
	}
	return 0;
}

static int walk_managed(struct job *job)
{
	pid_t pid = 0;

	while ((pid = device_next(job->dev, pid)) > 0)
		if (met_process(pid, job))
			return -1;
	return pid;
}

static int one_pass(struct job *job)
{
	if (job->args->all)
		return walk_managed(job);
	return cgroup_walk(job->args->cgroup, met_process, job);
}

static int whole_group(struct job *job)
{
	unsigned int before;

	for (int pass = 0; pass < MAX_PASSES; pass++) {
		before = job->done;
		if (one_pass(job))
			return -1;
		if (job->done == before)
			return 0;
	}
	return fail("processes are created faster than they can be reached");
}

/* ------------------------------------------------------------------ report */

static int report(const struct job *job, const char *verb)
{
	if (job->args->json)
		return json_emit(json_pack("{s:i, s:i, s:i}",
					   verb, (int)job->done,
					   "already", (int)job->already,
					   "failed", (int)job->failed));
	printf("%s %u process%s", verb, job->done, job->done == 1 ? "" : "es");
	if (job->already)
		printf("; %u %s", job->already, job->one == attach_one ?
		       "managed already" : "not managed");
	if (job->failed)
		printf("; %u failed", job->failed);
	putchar('\n');
	return 0;
}

static int work(struct job *job, const char *verb)
{
	bool group = job->args->cgroup || job->args->all;
	int ret = group ? whole_group(job) : named_processes(job);

	if (job->bad_spec)
		return EXIT_USAGE;
	if (ret && !job->done)
		return EXIT_FAILURE;
	if (report(job, verb) || job->failed || ret)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int do_job(const struct args *args, const char *verb,
		  int (*one)(struct job *job, pid_t pid))
{
	struct job job = { .args = args, .one = one };
	int code = EXIT_FAILURE;

	job.seen = calloc(PID_LIMIT / 8 + 1, 1);
	if (!job.seen) {
		fail("out of memory");
		return EXIT_FAILURE;
	}
	job.dev = device_open();
	if (job.dev >= 0) {
		code = work(&job, verb);
		close(job.dev);
	}
	free(job.seen);
	return code;
}

/* --------------------------------------------------------------- arguments */

static void check_pids(char *const *word)
{
	for (; *word; word++)
		if (pid_parse(*word) < 0)
			exit(EXIT_USAGE);
}

static int nr_ways(const struct args *args)
{
	return !!args->pids + !!args->cgroup + args->all;
}

/* What both commands understand. */
static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'g':
		args->cgroup = arg;
		return 0;
	case 'j':
		args->json = true;
		return 0;
	case ARGP_KEY_ARGS:
		args->pids = &state->argv[state->next];
		check_pids(args->pids);
		return 0;
	case ARGP_KEY_END:
		if (nr_ways(args) != 1)
			argp_error(state, "name either processes or one group "
				   "of them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_attach(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'p':
		args->policy = arg;
		return 0;
	case 's':
		args->flags |= NP_ATTACH_SHADOW;
		return 0;
	case 'r':
		args->flags |= NP_ATTACH_REPLACE;
		return 0;
	default:
		return parse_common(key, arg, state);
	}
}

static error_t parse_detach(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	if (key != OPT_ALL)
		return parse_common(key, arg, state);
	args->all = true;
	return 0;
}

#define COMMON_OPTIONS							\
	{ "cgroup", 'g', "PATH", 0, "all processes of this cgroup and of "	\
	  "those below it; relative paths are also looked for in "	\
	  "/sys/fs/cgroup", 0 },					\
	{ "json", 'j', NULL, 0, "print the result as JSON", 0 },	\
	{ 0 }

static const struct argp_option attach_options[] = {
	{ "policy", 'p', "NAME[:KEY=VALUE,..]", 0,
	  "place by this policy (default " DEFAULT_POLICY
	  "); `numaplace policies' lists them", 0 },
	{ "shadow", 's', NULL, 0,
	  "decide, record and count, but move nothing", 0 },
	{ "replace", 'r', NULL, 0,
	  "change the policy of processes that are managed already", 0 },
	COMMON_OPTIONS
};

static const struct argp_option detach_options[] = {
	{ "all", OPT_ALL, NULL, 0, "all managed processes", 0 },
	COMMON_OPTIONS
};

static const struct argp attach_argp = {
	.options = attach_options,
	.parser = parse_attach,
	.args_doc = "PID...\n--cgroup PATH",
	.doc = "Put running processes under a placement policy; their future "
	       "children inherit it.",
};

static const struct argp detach_argp = {
	.options = detach_options,
	.parser = parse_detach,
	.args_doc = "PID...\n--cgroup PATH\n--all",
	.doc = "Give processes back to the stock kernel.",
};

int cmd_attach(int argc, char **argv)
{
	struct args args = { .policy = DEFAULT_POLICY };

	argp_parse(&attach_argp, argc, argv, 0, NULL, &args);
	if (spec_check(args.policy))
		return EXIT_USAGE;
	return do_job(&args, "attached", attach_one);
}

int cmd_detach(int argc, char **argv)
{
	struct args args = { 0 };

	argp_parse(&detach_argp, argc, argv, 0, NULL, &args);
	return do_job(&args, "detached", detach_one);
}
