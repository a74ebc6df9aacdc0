// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace: choose, explain and compare the placement of memory and tasks on
 * machines with several memory nodes.  This file only finds the command.
 */
#include "cli.h"

#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *argp_program_version = "numaplace " NP_VERSION;

static const struct command commands[] = {
	{ "compare",  "measure policies side by side", cmd_compare },
	{ "sweep",    "simulate all combinations of many machines and policies",
	  cmd_sweep },
	{ "report",   "print what a sweep has found", cmd_report },
	{ "run",      "run a command under a policy, then sum up", cmd_run },
	{ "attach",   "put running processes under a policy", cmd_attach },
	{ "detach",   "give processes back to the stock kernel", cmd_detach },
	{ "group",    "NUMA groups: threads and memory with one home node",
	  cmd_group },
	{ "pressure", "who runs short of memory: the machine, a node, a cgroup",
	  cmd_pressure },
	{ "status",   "what is managed, and what it really gets", cmd_status },
	{ "policies", "the policies and their parameters", cmd_policies },
	{ "trace",    "print each decision with its reason", cmd_trace },
	{ "record",   "write all decisions, and what led to them, into a file",
	  cmd_record },
	{ "replay",   "make recorded decisions again, or by another policy",
	  cmd_replay },
	{ "explain",  "tell step by step what became of a page or a thread",
	  cmd_explain },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int finish(int code)
{
	int earlier = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !earlier)
		return code;
	if (errno != EPIPE)
		fail("standard output: %s", errno ? strerror(errno) :
		     "cannot be written");
	return EXIT_FAILURE;
}

/* Run @name with the rest of the words; its own parser takes over. */
static int dispatch(const char *name, int argc, char **argv)
{
	const struct command *cmd = find_command(name);
	char full[32];

	if (!cmd) {
		fail("unknown command '%s'; see numaplace --help", name);
		return EXIT_USAGE;
	}
	snprintf(full, sizeof(full), "numaplace %s", name);
	argv[0] = full;
	return finish(cmd->main(argc, argv));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	int *code = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		*code = dispatch(arg, state->argc - state->next + 1,
				 state->argv + state->next - 1);
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The list of commands under the options of `numaplace --help`. */
static char *list_commands(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return NULL;
	fputs("Commands:\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-10s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n`numaplace COMMAND --help' tells more, numaplace(1) all.", f);
	fclose(f);
	return list;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "Place the memory and the tasks of chosen programs on a machine "
	       "with several memory nodes, explain each decision, and compare "
	       "policies.\v ",
	.help_filter = list_commands,
};

int main(int argc, char **argv)
{
	int code = EXIT_SUCCESS;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_DFL);
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &code))
		return EXIT_USAGE;
	return code;
}
