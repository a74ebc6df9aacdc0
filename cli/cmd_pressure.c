// SPDX-License-Identifier: GPL-2.0
/* numaplace pressure: who runs short of memory, the machine, a node or a cgroup. */
#include "cli.h"
#include "pressure.h"
#include "timer.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_SECONDS 1

struct args {
	struct pressure_watch watch;
	enum { NOTHING, WATCH, STATUS } verb;
	bool for_watch;		/* something that status does not take */
};

static void take_verb(struct argp_state *state, struct args *args,
		      const char *name)
{
	if (args->verb != NOTHING)
		argp_error(state, "too many arguments");
	if (!strcmp(name, "watch"))
		args->verb = WATCH;
	else if (!strcmp(name, "status"))
		args->verb = STATUS;
	else
		argp_error(state, "pressure cannot '%s'", name);
}

static void check(struct argp_state *state, const struct args *args)
{
	if (args->verb == NOTHING)
		argp_usage(state);
	if (args->verb == STATUS && args->for_watch)
		argp_error(state, "status takes --seconds and --json only");
	if (args->watch.scope.cgroup && args->watch.scope.node >= 0)
		argp_error(state, "name either a node or a cgroup");
}

static int parse_node(struct argp_state *state, const char *text)
{
	char *end;
	long node = strtol(text, &end, 10);

	if (*end || end == text || node < 0 || node > 0xffff)
		argp_error(state, "'%s' is not a node", text);
	return (int)node;
}

static void parse_option(int key, char *arg, struct argp_state *state,
			 struct pressure_watch *w)
{
	switch (key) {
	case 'n':
		w->scope.node = parse_node(state, arg);
		break;
	case 'g':
		w->scope.cgroup = arg;
		break;
	case 'l':
		if (pressure_level(arg, &w->threshold))
			argp_error(state, "a level is low, medium or oom");
		break;
	case 'i':
		if (seconds_parse(arg, &w->interval) || w->interval > 3600)
			argp_error(state, "an interval is up to 3600 seconds");
		break;
	case 'e':
		w->exec = arg;
		break;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'n':
	case 'g':
	case 'l':
	case 'i':
	case 'e':
		parse_option(key, arg, state, &args->watch);
		args->for_watch = true;
		return 0;
	case 's':
		if (seconds_parse(arg, &args->watch.seconds))
			argp_error(state, "'%s' is not a number of seconds", arg);
		return 0;
	case 'j':
		args->watch.json = true;
		return 0;
	case ARGP_KEY_ARG:
		take_verb(state, args, arg);
		return 0;
	case ARGP_KEY_END:
		check(state, args);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "node", 'n', "N", 0, "this memory node (default: the machine)", 0 },
	{ "cgroup", 'g', "PATH", 0, "this cgroup and those below it; relative "
	  "to the current directory or /sys/fs/cgroup", 0 },
	{ "level", 'l', "LEVEL", 0, "from this level on: low, medium or oom "
	  "(default low)", 0 },
	{ "interval", 'i', "S", 0, "again every S seconds, as long as it lasts "
	  "(default: when the level changes)", 0 },
	{ "exec", 'e', "CMD", 0, "run this shell command each time, with "
	  "NUMAPLACE_PRESSURE and NUMAPLACE_SCOPE set", 0 },
	{ "seconds", 's', "S", 0, "end after S seconds (status: look for so "
	  "long, default 1)", 0 },
	{ "json", 'j', NULL, 0, "print JSON; watch: one object per line", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "watch\nstatus",
	.doc = "Memory pressure: `watch' tells when memory gets short, `status' "
	       "how it is with the machine and each node.\v"
	       "low: memory is being reclaimed; medium: with trouble; oom: the "
	       "OOM killer is near; none: it is over. Needs vmpressure.ko and "
	       "no privileges. watch ends by Ctrl-C or after S seconds.",
};

int cmd_pressure(int argc, char **argv)
{
	struct args args = {
		.watch = {
			.scope.node = -1, .threshold = VMPRESSURE_LOW,
			.interval = -1,
		},
	};
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (args.verb == WATCH)
		ret = pressure_follow(&args.watch);
	else
		ret = pressure_status(args.watch.seconds > 0 ?
				      args.watch.seconds : STATUS_SECONDS,
				      args.watch.json);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
