// SPDX-License-Identifier: GPL-2.0
/* witness-mark - starts and stops the recording of a run */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "witness.h"

static const char usage[] =
"Usage: witness-mark start|stop RUN\n"
"\n"
"Tells the witness outside this guest to start or stop recording run RUN\n"
"(0 to 2097151). Does nothing in a guest that was booted without it.\n";

static int complain(const char *what, const char *arg)
{
	fprintf(stderr, "witness-mark: %s '%s'\nTry 'witness-mark --help'.\n",
		what, arg);
	return 2;
}

int main(int argc, char **argv)
{
	enum np_witness_command command;
	unsigned long run;
	char *end;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(usage, stdout) < 0;
	if (argc != 3)
		return fputs(usage, stderr), 2;
	if (!strcmp(argv[1], "start"))
		command = NP_WITNESS_START;
	else if (!strcmp(argv[1], "stop"))
		command = NP_WITNESS_STOP;
	else
		return complain("no such command", argv[1]);
	run = strtoul(argv[2], &end, 10);
	if (end == argv[2] || *end || run > NP_WITNESS_ARG_MAX)
		return complain("not a run number:", argv[2]);
	if (np_witness_tell(command, run)) {
		perror("witness-mark: mapping the agreed page");
		return 1;
	}
	return 0;
}
