// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of numaplace report.
 */
#include "report_args.h"

#include <argp.h>
#include <stddef.h>

enum {
	OPT_JSON = 0x100, OPT_HTML, OPT_PNG,
};

static const struct argp_option options[] = {
	{ "by", 'b', "COLUMN[,COLUMN..]", 0,
	  "what the rows of a table differ in (default policy); there is a "
	  "table for each combination of the others but seed: on, topology, "
	  "workload, policy, thp, costs, preempt, memory, seconds, seed", 0 },
	{ "json", OPT_JSON, "FILE", 0, "write every point and the tables (- is "
	  "stdout, and then no tables are printed)", 0 },
	{ "html", OPT_HTML, "FILE", 0, "write a page with charts", 0 },
	{ "png", OPT_PNG, "FILE", 0, "write a chart of all tables", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *args = state->input;

	switch (key) {
	case 'b':
		args->by = arg;
		return 0;
	case OPT_JSON:
		args->json = arg;
		return 0;
	case OPT_HTML:
		args->html = arg;
		return 0;
	case OPT_PNG:
		args->png = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (args->file)
			argp_error(state, "one file at a time, not also '%s'",
				   arg);
		args->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->file)
			argp_error(state, "which file? one that numaplace "
				   "sweep has written");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Print what is in the database of a sweep as tables: means over "
	       "the seeds, with the least and the most.\v"
	       "Example:\n"
	       "  numaplace report sweep.sqlite --html sweep.html\n"
	       "  numaplace report sweep.sqlite --by topology",
};

void report_args_parse(struct report_args *args, int argc, char **argv)
{
	*args = (struct report_args){ 0 };
	argp_parse(&argp, argc, argv, 0, NULL, args);
}
