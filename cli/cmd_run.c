// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace run: run a command and all its descendants under a policy, then
 * sum up what happened, as `perf stat' does.
 *
 * The child attaches itself through the descriptor it inherits, so that the
 * module knows it and its descendants as the session of that descriptor; the
 * parent keeps it open and asks for the sum after the end.
 */
#include "cli.h"
#include "device.h"
#include "json.h"
#include "outfile.h"
#include "signals.h"
#include "spec.h"
#include "summary.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_POLICY "moron"

struct run_args {
	const char *policy;
	const char *json;
	bool shadow;
	char **cmd;
};

/* What the child tells before it becomes the command; silence is success. */
struct trouble {
	int attach;	/* -errno of the attachment, or 0 */
	int exec;	/* errno of the execution, or 0 */
	char why[NP_UAPI_TEXT];
};

struct outcome {
	int status;	/* as of wait(2) */
	double seconds;
	struct rusage usage;
};

/* What was inherited from a managed caller belongs to another session. */
static void leave(int dev)
{
	struct np_ioc_pid self = { .size = sizeof(self) };

	device_call(dev, NP_IOC_DETACH, &self);
}

static int attach_self(int dev, const struct run_args *args,
		       struct trouble *t)
{
	struct np_ioc_attach a = {
		.size = sizeof(a),
		.flags = args->shadow ? NP_ATTACH_SHADOW : 0,
	};

	strncpy(a.spec, args->policy, sizeof(a.spec) - 1);
	leave(dev);
	t->attach = device_call(dev, NP_IOC_ATTACH, &a);
	memcpy(t->why, a.why, sizeof(t->why));
	return t->attach;
}

static void child(int dev, int report, const struct run_args *args)
{
	struct trouble t = { 0 };

	if (!attach_self(dev, args, &t)) {
		execvp(args->cmd[0], args->cmd);
		t.exec = errno;
	}
	if (write(report, &t, sizeof(t)) != sizeof(t))
		abort();
	_exit(EXIT_FAILURE);
}

/* A terminal has sent it to the child already; a kill(1) meant both. */
static void pass_on(pid_t pid, const siginfo_t *info)
{
	if (info->si_signo != SIGCHLD && info->si_code != SI_KERNEL)
		kill(pid, info->si_signo);
}

static void wait_for(pid_t pid, struct outcome *o)
{
	siginfo_t info;

	while (wait4(pid, &o->status, WNOHANG, &o->usage) == 0)
		if (signals_next(&info) > 0)
			pass_on(pid, &info);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static pid_t start(int dev, int report, const struct run_args *args)
{
	pid_t pid = fork();

	if (!pid) {
		signals_release();
		child(dev, report, args);
	}
	return pid < 0 ? fail("fork: %s", strerror(errno)) : pid;
}

static int start_and_wait(int dev, const struct run_args *args,
			  struct trouble *t, struct outcome *o)
{
	double begin = now();
	int report[2];
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return fail("pipe: %s", strerror(errno));
	pid = start(dev, report[1], args);
	close(report[1]);
	if (pid > 0) {
		if (read(report[0], t, sizeof(*t)) != sizeof(*t))
			*t = (struct trouble){ 0 };
		wait_for(pid, o);
		o->seconds = now() - begin;
	}
	close(report[0]);
	return pid < 0 ? -1 : 0;
}

static int exit_code(int status)
{
	if (WIFSIGNALED(status))
		return EXIT_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status);
}

/* The command never ran.  Return: the exit code that tells so. */
static int explain(const struct run_args *args, const struct trouble *t)
{
	int bad_spec = t->attach == -EINVAL || t->attach == -ENOENT ||
		       t->attach == -ERANGE;

	if (t->exec) {
		fail("%s: %s", args->cmd[0], strerror(t->exec));
		return t->exec == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
	}
	if (t->why[0])
		fail("policy '%s': %.*s", args->policy,
		     (int)sizeof(t->why), t->why);
	else
		device_fail(0, t->attach);
	return bad_spec ? EXIT_USAGE : EXIT_FAILURE;
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
	print_command(f, args->cmd);
	fprintf(f, "' under '%s'%s:\n\n", args->policy, args->shadow ?
		", shadow mode (nothing was moved)" : "");
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
				"command", command_json(args->cmd),
				"policy", args->policy,
				"exit_status", exit_code(o->status),
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
	s.shadow = args->shadow;
	print_summary(stderr, args, &s, o);
	return args->json ? json_save(args->json, outcome_json(args, &s, o))
			  : 0;
}

static int run(const struct run_args *args)
{
	struct outcome o = { 0 };
	struct trouble t;
	int dev, code;

	if (args->json && outfile_check(args->json))
		return EXIT_FAILURE;
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	signals_hold();
	if (start_and_wait(dev, args, &t, &o))
		code = EXIT_FAILURE;
	else if (t.attach || t.exec)
		code = explain(args, &t);
	else if (sum_up(dev, args, &o) && !exit_code(o.status))
		code = EXIT_FAILURE;
	else
		code = exit_code(o.status);
	close(dev);
	return code;
}

static const struct argp_option options[] = {
	{ "policy", 'p', "NAME[:KEY=VALUE,..]", 0,
	  "place by this policy (default " DEFAULT_POLICY
	  "); `numaplace policies' lists them", 0 },
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
		args->policy = arg;
		return 0;
	case 's':
		args->shadow = true;
		return 0;
	case 'j':
		args->json = arg;
		return 0;
	case ARGP_KEY_ARG:
		args->cmd = &state->argv[state->next - 1];
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
	struct run_args args = { .policy = DEFAULT_POLICY };

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	if (spec_check(args.policy))
		return EXIT_USAGE;
	return run(&args);
}
