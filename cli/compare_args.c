// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of numaplace compare.  Names that only the lab or the
 * module can judge are left to them.
 */
#include "compare_args.h"
#include "args.h"
#include "cli.h"

#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SECONDS	30
#define MAX_SECONDS	86400
#define MAX_REPEAT	1000
#define MAX_MEMORY	(1024 * 1024)

static void parse_thp(struct compare_args *args, const char *text,
		      struct argp_state *state)
{
	if (strcmp(text, "always") && strcmp(text, "never"))
		argp_error(state, "--thp is always or never, not '%s'", text);
	args->thp = text;
}

static void parse_on(struct compare_args *args, const char *text,
		     struct argp_state *state)
{
	if (!strcmp(text, "host"))
		argp_failure(state, EXIT_USAGE, 0,
			     "--on host is not available in this version; "
			     "there are --on vm and --on sim");
	else if (strcmp(text, "vm") && strcmp(text, "sim"))
		argp_error(state, "--on is vm, host or sim, not '%s'", text);
	args->on = text;
}

static void check_args(const struct compare_args *args,
		       struct argp_state *state)
{
	if (!args->on)
		argp_error(state, "where? --on vm or --on sim");
	if (!args->topology)
		argp_error(state, "which machine? --topology NxC or FILE");
	if (!args->workloads)
		argp_error(state, "what is run? --workload W[,W..]");
	if (!args->policies)
		argp_error(state, "which policies? --policies P[,P..]");
}

enum {
	OPT_THP = 0x100, OPT_JSON, OPT_HTML, OPT_LAB, OPT_KERNEL, OPT_MEMORY,
	OPT_KEEP, OPT_REPEAT, OPT_COSTS, OPT_PREEMPT, OPT_ISOLATED, OPT_SEED,
};

static const struct argp_option options[] = {
	{ "on", 'o', "vm|sim|host", 0,
	  "vm: a stock kernel in an emulated machine; sim: the simulated "
	  "machine; host is not available in this version", 1 },
	{ "topology", 't', "NxC|FILE", 0,
	  "the machine: N nodes with C CPUs each, or a description; sim also "
	  "takes mesh:NxC and backplane:NxC", 1 },
	{ "workload", 'w', "W[:KEY=VALUE,..][,W..]", 0,
	  "workloads and their options; sim also takes files", 1 },
	{ "policies", 'p', "P[:KEY=VALUE,..][,P..]", 0,
	  "off (no balancing), stock (the kernel's balancer), hand (threads "
	  "and memory bound by hand: the limit), or policies of numaplace", 1 },
	{ "seconds", 's', "S", 0, "of each run (default 30)", 2 },
	{ "repeat", OPT_REPEAT, "N", 0,
	  "rounds: all policies in turn, N times (default 1)", 2 },
	{ "thp", OPT_THP, "always|never", 0,
	  "transparent huge pages (default never)", 2 },
	{ "memory", OPT_MEMORY, "MIB", 0,
	  "of each node, instead of the topology's", 2 },
	{ "costs", OPT_COSTS, "server|emulated[:slower=K,wait=W]", 0,
	  "sim: what things cost (default server; emulated is as --on vm)", 2 },
	{ "preempt", OPT_PREEMPT, "none|voluntary|full|lazy", 0,
	  "sim: preemption model (default voluntary)", 2 },
	{ "isolated", OPT_ISOLATED, "CPUS", 0,
	  "sim: CPUs that only bound threads use, such as 2-3,7", 2 },
	{ "seed", OPT_SEED, "N", 0,
	  "sim: of the first round; each round adds 1 (default 1)", 2 },
	{ "kernel", OPT_KERNEL, "DIR|NAME", 0,
	  "vm: a directory with vmlinuz, or its name below build/kernels (default "
	  "cloud-6.12, or the only one)", 2 },
	{ "json", OPT_JSON, "FILE", 0, "write all figures (- is stdout, "
	  "and then there is no table)", 3 },
	{ "html", OPT_HTML, "FILE", 0, "write a page with curves", 3 },
	{ "keep", OPT_KEEP, "DIR", 0, "leave the guest's raw files there", 3 },
	{ "quiet", 'q', NULL, 0, "show no progress", 3 },
	{ "lab", OPT_LAB, "DIR", 0, "where the lab is (default: $NUMAPLACE_LAB, "
	  "or beside the program, or installed)", 4 },
	{ 0 }
};

/* Where the text of an option goes that is taken as it is, or NULL. */
static const char **plain_text(struct compare_args *args, int key)
{
	switch (key) {
	case 't':
		return &args->topology;
	case 'w':
		return &args->workloads;
	case 'p':
		return &args->policies;
	case OPT_JSON:
		return &args->json;
	case OPT_HTML:
		return &args->html;
	case OPT_KEEP:
		return &args->keep;
	case OPT_LAB:
		return &args->lab;
	case OPT_KERNEL:
		return &args->kernel;
	case OPT_COSTS:
		return &args->costs;
	case OPT_PREEMPT:
		return &args->preempt;
	case OPT_ISOLATED:
		return &args->isolated;
	default:
		return NULL;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_args *args = state->input;
	const char **text = plain_text(args, key);

	if (text) {
		*text = arg;
		return 0;
	}
	switch (key) {
	case 'o':
		parse_on(args, arg, state);
		return 0;
	case 's':
		args->seconds = arg_number(state, arg, MAX_SECONDS, "--seconds");
		return 0;
	case OPT_REPEAT:
		args->repeat = arg_number(state, arg, MAX_REPEAT, "--repeat");
		return 0;
	case OPT_SEED:
		args->seed = arg_number(state, arg, INT_MAX, "--seed");
		return 0;
	case OPT_MEMORY:
		args->memory = arg_number(state, arg, MAX_MEMORY, "--memory");
		return 0;
	case OPT_THP:
		parse_thp(args, arg, state);
		return 0;
	case 'q':
		args->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is too much", arg);
		return 0;
	case ARGP_KEY_END:
		check_args(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Measure workloads under several policies, side by side, on the "
	       "same machine, and print a table.\v"
	       "Example:\n"
	       "  numaplace compare --on vm --topology 2x2 --workload numa02 "
	       "--policies off,stock,moron,hand --html report.html\n\n"
	       "Locality is counted from outside the guest. Nothing is "
	       "reported unless every run is complete, the witness is "
	       "calibrated and the guest's kernel log is clean.",
};

/* The command line as it could be typed again. */
static char *join(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (int i = 0; i < argc; i++)
		fprintf(f, "%s%s", i ? " " : "", argv[i]);
	fclose(f);
	return text;
}

int compare_args_parse(struct compare_args *args, int argc, char **argv)
{
	*args = (struct compare_args){
		.thp = "never",
		.seconds = DEFAULT_SECONDS,
		.repeat = 1,
		.command = join(argc, argv),
	};
	argp_parse(&argp, argc, argv, 0, NULL, args);
	return args->command ? 0 : fail("out of memory");
}
