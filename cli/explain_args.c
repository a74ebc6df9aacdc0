// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of numaplace explain.
 */
#include "explain_args.h"
#include "args.h"
#include "cli.h"
#include "simulate.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SECONDS	30
#define MAX_SECONDS	86400

enum {
	OPT_THP = 0x100, OPT_COSTS, OPT_SEED, OPT_PAGE, OPT_THREAD, OPT_PID,
};

static const struct argp_option options[] = {
	{ "on", 'o', "sim", 0, "explain a simulation instead of a trace", 1 },
	{ "topology", 't', "NxC|FILE", 0,
	  "its machine, as compare --on sim takes it", 1 },
	{ "workload", 'w', "W[:KEY=VALUE,..]", 0, "its workload", 1 },
	{ "policy", 'p', "P[:KEY=VALUE,..]", 0,
	  "stock, or a policy of numaplace", 1 },
	{ "seconds", 's', "S", 0, "its length (default 30)", 1 },
	{ "seed", OPT_SEED, "N", 0, "its seed (default 1)", 1 },
	{ "costs", OPT_COSTS, "server|emulated[:slower=K,wait=W]", 0,
	  "what things cost (default server)", 1 },
	{ "thp", OPT_THP, "always|never", 0,
	  "transparent huge pages (default never)", 1 },
	{ "page", OPT_PAGE, "ADDR", 0, "of the page at this address", 2 },
	{ "thread", OPT_THREAD, "TID", 0, "of this thread", 2 },
	{ "pid", OPT_PID, "PID", 0, "of a page or thread of this process", 2 },
	{ "all", 'a', NULL, 0, "show each step, even if it is like others", 3 },
	{ "limit", 'n', "N", 0, "show at most N steps", 3 },
	{ "json", 'j', NULL, 0, "print one JSON object per line", 3 },
	{ "quiet", 'q', NULL, 0, "show no progress", 3 },
	{ 0 }
};

static void parse_on(struct explain_args *args, const char *text,
		     struct argp_state *state)
{
	if (strcmp(text, "sim"))
		argp_error(state, "--on is sim; what happens on a real machine "
			   "is recorded by numaplace record");
	args->on = text;
}

static const char *parse_costs(struct argp_state *state, const char *text)
{
	struct sim_costs costs;

	if (!sim_costs_read(&costs, text))
		argp_error(state, COSTS_WANTED, text);
	return text;
}

static const char *parse_thp(struct argp_state *state, const char *text)
{
	if (strcmp(text, "always") && strcmp(text, "never"))
		argp_error(state, "--thp is always or never, not '%s'", text);
	return text;
}

static void parse_page(struct explain_args *args, const char *text,
		       struct argp_state *state)
{
	char *end;

	errno = 0;
	args->page = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) || end == text + 2 || *end || errno)
		argp_error(state, "'%s' is not an address such as "
			   "0x7f0000001000", text);
	args->has_page = true;
}

static void check_simulation(const struct explain_args *args,
			     struct argp_state *state)
{
	if (!args->topology)
		argp_error(state, "which machine? --topology NxC or FILE");
	if (!args->workload)
		argp_error(state, "what is run? --workload W");
	if (!args->policy)
		argp_error(state, "which policy? --policy P");
}

static void check_trace(const struct explain_args *args,
			struct argp_state *state)
{
	if (!args->file)
		argp_error(state, "which trace? Or which simulation? --on sim");
	if (args->topology || args->workload || args->policy || args->costs ||
	    args->thp || args->seconds || args->seed)
		argp_error(state, "a trace has its machine and its policy; "
			   "those options are for --on sim");
}

static void check_args(const struct explain_args *args,
		       struct argp_state *state)
{
	if (args->has_page && args->tid)
		argp_error(state, "either a page or a thread");
	if (args->on && args->file)
		argp_error(state, "either a trace or a simulation");
	if (args->on)
		check_simulation(args, state);
	else
		check_trace(args, state);
}

/* Where the text of an option goes that is taken as it is, or NULL. */
static const char **plain_text(struct explain_args *args, int key)
{
	switch (key) {
	case 't':
		return &args->topology;
	case 'w':
		return &args->workload;
	case 'p':
		return &args->policy;
	default:
		return NULL;
	}
}

/* Where a whole number goes, or NULL. */
static unsigned int *number(struct explain_args *args, int key,
			    const char **ret_name, unsigned int *ret_most)
{
	*ret_most = INT_MAX;
	switch (key) {
	case 's':
		*ret_name = "--seconds";
		*ret_most = MAX_SECONDS;
		return &args->seconds;
	case OPT_SEED:
		*ret_name = "--seed";
		return &args->seed;
	case OPT_THREAD:
		*ret_name = "--thread";
		return &args->tid;
	case OPT_PID:
		*ret_name = "--pid";
		return &args->pid;
	case 'n':
		*ret_name = "--limit";
		return &args->limit;
	default:
		return NULL;
	}
}

/* Where a word without a value is noted, or NULL. */
static bool *word(struct explain_args *args, int key)
{
	switch (key) {
	case 'a':
		return &args->all;
	case 'j':
		return &args->json;
	case 'q':
		return &args->quiet;
	default:
		return NULL;
	}
}

static bool parse_simple(struct explain_args *args, int key, char *arg,
			 struct argp_state *state)
{
	const char **text = plain_text(args, key), *name;
	bool *noted = word(args, key);
	unsigned int most, *n = number(args, key, &name, &most);

	if (text)
		*text = arg;
	if (noted)
		*noted = true;
	if (n)
		*n = arg_number(state, arg, most, name);
	return text || noted || n;
}

static void parse_file(struct explain_args *args, char *arg,
		       struct argp_state *state)
{
	if (args->file)
		argp_error(state, "one trace at a time");
	args->file = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explain_args *args = state->input;

	if (parse_simple(args, key, arg, state))
		return 0;
	switch (key) {
	case 'o':
		parse_on(args, arg, state);
		return 0;
	case OPT_COSTS:
		args->costs = parse_costs(state, arg);
		return 0;
	case OPT_THP:
		args->thp = parse_thp(state, arg);
		return 0;
	case OPT_PAGE:
		parse_page(args, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		parse_file(args, arg, state);
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
	.args_doc = "FILE\n--on sim -t T -w W -p P",
	.doc = "Tell step by step what a policy did about one page or one "
	       "thread: who touched it from where, where it was, what the "
	       "policy wanted and why, what the core made of it, what came of "
	       "it, and the numbers that the policy had.\v"
	       "FILE is what numaplace record has written. Without --page and "
	       "--thread it is the page that moved most often, or else the "
	       "thread that was moved most often. Every decision is made again "
	       "on the way; if one is not as it was, that is said and the exit "
	       "status is 1.",
};

void explain_args_parse(struct explain_args *args, int argc, char **argv)
{
	*args = (struct explain_args){ 0 };
	argp_parse(&argp, argc, argv, 0, NULL, args);
	if (!args->on)
		return;
	args->seconds = args->seconds ? args->seconds : DEFAULT_SECONDS;
	args->seed = args->seed ? args->seed : 1;
	args->costs = args->costs ? args->costs : "server";
	args->thp = args->thp ? args->thp : "never";
}
