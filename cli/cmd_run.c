// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace run: run a command and all its descendants under a policy, then
 * sum up what happened, as `perf stat' does: the module is asked for the sum of
 * the session after the end.
 */
#include "cli.h"
#include "device.h"
#include "groups.h"
#include "json.h"
#include "launch.h"
#include "outfile.h"
#include "signals.h"
#include "spec.h"
#include "summary.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_POLICY "moron"
#define GROUP_POLICY "app"	/* of who only wants to be in a group */

struct run_args {
	struct launch launch;
	const char *json;
};

struct outcome {
	int status;	/* as of wait(2) */
	double seconds;
	struct rusage usage;
};

static void wait_for(pid_t pid, struct outcome *o)
{
	siginfo_t info;

	while (wait4(pid, &o->status, WNOHANG, &o->usage) == 0)
		if (signals_next(&info) > 0)
			launch_pass_on(pid, &info);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int start_and_wait(int dev, const struct run_args *args,
			  struct launch_trouble *t, struct outcome *o)
{
	double begin = now();
	pid_t pid = launch_start(dev, &args->launch, t);

	if (pid < 0)
		return -1;
	wait_for(pid, o);
	o->seconds = now() - begin;
	return 0;
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void print_command(FILE *f, char *const *cmd)
{
	for (; *cmd; cmd++)
		fprintf(f, "%s%s", *cmd, cmd[1] ? " " : "");
}

static void print_summary(FILE *f, const struct run_args *args,
			  const struct np_ioc_status *s,
			  const struct outcome *o)
{
	fputs("\n Placement of '", f);
	print_command(f, args->launch.cmd);
	fprintf(f, "' under '%s'%s:\n\n", args->launch.policy,
		args->launch.shadow ? ", shadow mode (nothing was moved)" : "");
	summary_text(f, s);
	fprintf(f, "\n%20.6f  seconds elapsed\n%20.6f  seconds user\n"
		"%20.6f  seconds system\n\n", o->seconds,
		seconds(&o->usage.ru_utime), seconds(&o->usage.ru_stime));
}

static json_t *command_json(char *const *cmd)
{
	json_t *j = json_array();

	for (; *cmd; cmd++)
		json_array_append_new(j, json_text(*cmd));
	return j;
}

static json_t *outcome_json(const struct run_args *args,
			    const struct np_ioc_status *s,
			    const struct outcome *o)
{
	json_t *run = json_pack("{s:s, s:o, s:s, s:i, s:f, s:f, s:f}",
				"version", NP_VERSION,
				"command", command_json(args->launch.cmd),
				"policy", args->launch.policy,
				"exit_status", launch_exit_code(o->status),
				"seconds", o->seconds,
				"user_seconds", seconds(&o->usage.ru_utime),
				"system_seconds", seconds(&o->usage.ru_stime));

	return json_join(run, summary_json(s));
}

static int sum_up(int dev, const struct run_args *args,
		  const struct outcome *o)
{
	struct np_ioc_status s;

	if (device_status(dev, NP_STATUS_SESSION, 0, &s))
		return -1;
	s.shadow = args->launch.shadow;
	print_summary(stderr, args, &s, o);
	return args->json ? json_save(args->json, outcome_json(args, &s, o))
			  : 0;
}

static int run(const struct run_args *args)
{
	struct outcome o = { 0 };
	struct launch_trouble t;
	int dev, code;

	if (args->json && outfile_check(args->json))
		return EXIT_FAILURE;
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	signals_hold();
	if (start_and_wait(dev, args, &t, &o))
		code = EXIT_FAILURE;
	else if (launch_failed(&t))
		code = launch_explain(&args->launch, &t);
	else if (sum_up(dev, args, &o) && !launch_exit_code(o.status))
		code = EXIT_FAILURE;
	else
		code = launch_exit_code(o.status);
	close(dev);
	return code;
}

static const struct argp_option options[] = {
	{ "policy", 'p', "NAME[:KEY=VALUE,..]", 0,
	  "place by this policy (default " DEFAULT_POLICY
	  "); `numaplace policies' lists them", 0 },
	{ "group", 'g', "NAME", 0,
	  "put it into the NUMA group of this name, which is made if there is "
	  "none; without --policy, \"" GROUP_POLICY "\" is the policy then", 0 },
	{ "shadow", 's', NULL, 0,
	  "decide, record and count, but move nothing", 0 },
	{ "json", 'j', "FILE", 0,
	  "write the summary as JSON into FILE too (- is stdout)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *args = state->input;

	switch (key) {
	case 'p':
		args->launch.policy = arg;
		return 0;
	case 'g':
		args->launch.group = arg;
		return 0;
	case 's':
		args->launch.shadow = true;
		return 0;
	case 'j':
		args->json = arg;
		return 0;
	case ARGP_KEY_ARG:
		args->launch.cmd = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no command to run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "-- COMMAND [ARGUMENT...]",
	.doc = "Run COMMAND and all its descendants under a placement policy, "
	       "then print a summary on stderr.\v"
	       "The exit status is COMMAND's own: 128 plus the signal's number "
	       "if one ended it, 127 if there is no such command, 126 if it "
	       "cannot be executed.",
};

int cmd_run(int argc, char **argv)
{
	struct run_args args = { 0 };
	struct launch *l = &args.launch;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	if (!l->policy)
		l->policy = l->group ? GROUP_POLICY : DEFAULT_POLICY;
	if (spec_check(l->policy) || (l->group && group_name_ok(l->group)))
		return EXIT_USAGE;
	return run(&args);
}
