// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of numaplace sweep.
 */
#include "sweep_args.h"
#include "args.h"
#include "simulate.h"

#include <string.h>

#define DEFAULT_SECONDS	30
#define MAX_SECONDS	86400
#define MAX_SEEDS	1000000
#define MAX_MEMORY	(1024 * 1024)
#define MAX_JOBS	4096

enum {
	OPT_THP = 0x100, OPT_COSTS, OPT_PREEMPT, OPT_MEMORY, OPT_SEEDS,
};

static const struct argp_option options[] = {
	{ "topologies", 't', "T[,T..]", 0,
	  "machines: NxC, mesh:NxC, backplane:NxC, or files", 1 },
	{ "workloads", 'w', "W[:KEY=VALUE,..][,W..]", 0,
	  "workloads of the simulator, or files, and their parameters", 1 },
	{ "policies", 'p', "P[:KEY=VALUE,..][,P..]", 0,
	  "off, stock, or policies of numaplace; hand is added by itself", 1 },
	{ "seeds", OPT_SEEDS, "N", 0, "each combination with seeds 1 to N "
	  "(default 1)", 1 },
	{ "output", 'o', "FILE", 0, "the database; what it has already is not "
	  "simulated again", 1 },
	{ "seconds", 's', "S", 0, "of each point, simulated (default 30)", 2 },
	{ "thp", OPT_THP, "never|always|both", 0,
	  "transparent huge pages (default never)", 2 },
	{ "memory", OPT_MEMORY, "MIB", 0,
	  "of each node, instead of the topologies'", 2 },
	{ "costs", OPT_COSTS, "server|emulated[:slower=K,wait=W]", 0,
	  "what things cost (default server)", 2 },
	{ "preempt", OPT_PREEMPT, "none|voluntary|full|lazy", 0,
	  "preemption model (default voluntary)", 2 },
	{ "jobs", 'j', "N", 0, "points at the same time (default: as many as "
	  "there are CPUs for this process)", 3 },
	{ "quiet", 'q', NULL, 0, "show no progress", 3 },
	{ 0 }
};

static const char *one_of_thp(struct argp_state *state, const char *text)
{
	if (strcmp(text, "never") && strcmp(text, "always") &&
	    strcmp(text, "both"))
		argp_error(state, "--thp is never, always or both, not '%s'",
			   text);
	return text;
}

static const char *one_of_costs(struct argp_state *state, const char *text)
{
	struct sim_costs costs;

	if (!sim_costs_read(&costs, text))
		argp_error(state, COSTS_WANTED, text);
	return text;
}

static const char *one_of_preempt(struct argp_state *state, const char *text)
{
	if (preempt_find(text) < 0)
		argp_error(state, "--preempt is none, voluntary, full or lazy, "
			   "not '%s'", text);
	return text;
}

static void check_args(const struct sweep_args *args, struct argp_state *state)
{
	if (!args->topologies)
		argp_error(state, "which machines? --topologies T[,T..]");
	if (!args->workloads)
		argp_error(state, "what is run? --workloads W[,W..]");
	if (!args->policies)
		argp_error(state, "which policies? --policies P[,P..]");
	if (!args->file)
		argp_error(state, "into which file? --output FILE");
}

/* What is taken as it is, or is one of a few words. */
static error_t parse_text(struct sweep_args *args, int key, char *arg,
			  struct argp_state *state)
{
	switch (key) {
	case 't':
		args->topologies = arg;
		return 0;
	case 'w':
		args->workloads = arg;
		return 0;
	case 'p':
		args->policies = arg;
		return 0;
	case 'o':
		args->file = arg;
		return 0;
	case OPT_THP:
		args->thp = one_of_thp(state, arg);
		return 0;
	case OPT_COSTS:
		args->costs = one_of_costs(state, arg);
		return 0;
	case OPT_PREEMPT:
		args->preempt = one_of_preempt(state, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sweep_args *args = state->input;

	switch (key) {
	case 's':
		args->seconds = arg_number(state, arg, MAX_SECONDS,
					   "--seconds");
		return 0;
	case OPT_SEEDS:
		args->seeds = arg_number(state, arg, MAX_SEEDS, "--seeds");
		return 0;
	case OPT_MEMORY:
		args->memory = arg_number(state, arg, MAX_MEMORY, "--memory");
		return 0;
	case 'j':
		args->jobs = arg_number(state, arg, MAX_JOBS, "--jobs");
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
		return parse_text(args, key, arg, state);
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Simulate all combinations of machines, workloads, policies and "
	       "seeds, on all CPUs of this machine, into one SQLite database."
	       "\v"
	       "Example:\n"
	       "  numaplace sweep --topologies 2x4,4x8,mesh:16x4 --workloads "
	       "numa02,phases --policies off,stock,moron --seeds 5 -o "
	       "sweep.sqlite\n"
	       "  numaplace report sweep.sqlite --html sweep.html\n\n"
	       "Stopped at any moment and started again, it goes on where it "
	       "was. Under mpirun the ranks share the points.",
};

void sweep_args_parse(struct sweep_args *args, int argc, char **argv)
{
	*args = (struct sweep_args){
		.thp = "never",
		.costs = "server",
		.preempt = "voluntary",
		.seconds = DEFAULT_SECONDS,
		.seeds = 1,
	};
	argp_parse(&argp, argc, argv, 0, NULL, args);
}
