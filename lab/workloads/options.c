// SPDX-License-Identifier: GPL-2.0
/* The command line.  What only the machine can judge is left to settle(). */
#include "npwork.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const place_names[NR_PLACES] = { "none", "hand", "inverse" };
const char *const init_names[NR_INITS] = {
	[INIT_MAIN] = "main", [INIT_THREAD] = "thread", [INIT_NODE0] = "node0",
};
const char *const turn_options[NR_TURNS] = {
	[TURN_PHASE] = "--phase-seconds", [TURN_PASS] = "--pass-ms",
};

/* Limits that no machine needs passed: what is beyond is a slip of the hand. */
#define MAX_MB		((uint64_t)1 << 34)
#define MAX_SECONDS	1e7
#define MAX_LOOPS	((uint64_t)1 << 40)

enum {
	OPT_PROCESSES = 256, OPT_THREADS, OPT_MB, OPT_SECONDS, OPT_LOOPS,
	OPT_STRIDE, OPT_PLACE, OPT_INIT, OPT_PHASE, OPT_PASS, OPT_JSON,
	OPT_LIST,
};

static const struct argp_option option_table[] = {
	{ "processes", OPT_PROCESSES, "P", 0, "Processes (or lanes)", 1 },
	{ "threads", OPT_THREADS, "T", 0, "Threads of each process", 1 },
	{ "mb", OPT_MB, "M", 0,
	  "MiB of each process (forkstorm: of each child)", 1 },
	{ "seconds", OPT_SECONDS, "S", 0, "How long to work (default 10)", 2 },
	{ "loops", OPT_LOOPS, "N", 0,
	  "Work that each task does: passes, children or wakeups", 2 },
	{ "stride", OPT_STRIDE, "BYTES", 0,
	  "From one store to the next (default 256)", 2 },
	{ "place", OPT_PLACE, "none|hand|inverse", 0,
	  "Leave placement to the system (default), bind threads and memory "
	  "together, or bind them apart", 3 },
	{ "init", OPT_INIT, "main|thread|node0", 0,
	  "Who touches the memory first: the main thread, each thread its "
	  "share, or the main thread with the memory on the first node", 3 },
	{ "phase-seconds", OPT_PHASE, "S", 0,
	  "phases: when the threads change their slice (default 4)", 4 },
	{ "pass-ms", OPT_PASS, "MS", 0,
	  "pingpong: when a thread hops to the other node (default 1000)", 4 },
	{ "json", OPT_JSON, NULL, 0, "Print the result as a line of JSON", 5 },
	{ "list", OPT_LIST, NULL, 0, "List the workloads", 5 },
	{ 0 },
};

static uint64_t count_arg(struct argp_state *state, const char *what,
			  const char *arg, uint64_t max)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(arg, &end, 10);
	/* strtoull() takes "-1" and blanks, hence the look at the first. */
	if (!isdigit((unsigned char)*arg) || *end || errno || n < 1 || n > max)
		argp_error(state, "%s must be from 1 to %llu, not '%s'", what,
			   (unsigned long long)max, arg);
	return n;
}

static double seconds_arg(struct argp_state *state, const char *what,
			  const char *arg)
{
	double s;
	char *end;

	s = strtod(arg, &end);
	/* Not a number fails the first comparison. */
	if (!isdigit((unsigned char)*arg) || *end ||
	    !(s >= 0.001) || s > MAX_SECONDS)
		argp_error(state, "%s must be from 0.001 to %.0f, not '%s'",
			   what, MAX_SECONDS, arg);
	return s;
}

static int name_arg(struct argp_state *state, const char *what,
		    const char *arg, const char *const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (names[i] && !strcmp(arg, names[i]))
			return i;
	argp_error(state, "%s does not know '%s'", what, arg);
	return 0;
}

static void workload_arg(struct argp_state *state, struct options *o,
			 const char *arg)
{
	if (o->workload)
		argp_error(state, "one workload at a time, not also '%s'", arg);
	o->workload = workload_find(arg);
	if (!o->workload)
		argp_error(state, "unknown workload '%s' (see --list)", arg);
}

static error_t parse_task_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_PROCESSES:
		o->processes = count_arg(state, "--processes", arg, MAX_TASKS);
		return 0;
	case OPT_THREADS:
		o->threads = count_arg(state, "--threads", arg, MAX_TASKS);
		return 0;
	case OPT_MB:
		o->mb = count_arg(state, "--mb", arg, MAX_MB);
		return 0;
	case OPT_STRIDE:
		o->stride = count_arg(state, "--stride", arg, MAX_MB);
		return 0;
	case OPT_PLACE:
		o->place = name_arg(state, "--place", arg, place_names,
				    NR_PLACES);
		return 0;
	case OPT_INIT:
		o->init = name_arg(state, "--init", arg, init_names, NR_INITS);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_time_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_SECONDS:
		o->seconds = seconds_arg(state, "--seconds", arg);
		return 0;
	case OPT_LOOPS:
		o->loops = count_arg(state, "--loops", arg, MAX_LOOPS);
		return 0;
	case OPT_PHASE:
		o->turn_ms[TURN_PHASE] =
			count_arg(state, "--phase-seconds", arg, 86400) * 1000;
		return 0;
	case OPT_PASS:
		o->turn_ms[TURN_PASS] =
			count_arg(state, "--pass-ms", arg, 86400000);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Errors that need the whole command line. */
static void check_line(struct argp_state *state, const struct options *o)
{
	if (!o->list && !o->workload)
		argp_error(state, "which workload? (see --list)");
	if (o->seconds && o->loops)
		argp_error(state, "--seconds and --loops exclude each other");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_LIST:
		o->list = true;
		return 0;
	case ARGP_KEY_ARG:
		workload_arg(state, o, arg);
		return 0;
	case ARGP_KEY_END:
		check_line(state, o);
		return 0;
	}
	if (parse_task_option(key, arg, state) == 0)
		return 0;
	return parse_time_option(key, arg, state);
}

void options_parse(struct options *o, int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.args_doc = "WORKLOAD",
		.doc = "Run a workload with a known NUMA behaviour and print "
		       "the work done.\vDefaults follow the machine. "
		       "`npwork --list' shows the workloads. Exit status: 0 "
		       "done (or cut short by SIGINT or SIGTERM), 1 failed, "
		       "2 wrong usage.",
	};

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
