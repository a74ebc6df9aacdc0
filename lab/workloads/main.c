// SPDX-License-Identifier: GPL-2.0
#include "npwork.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

/* Large, and the same for every process. */
static struct machine machine;

/* A result that did not reach the reader is no result. */
static void flush_result(void)
{
	if (fflush(stdout) || ferror(stdout))
		err(EXIT_RUNTIME, "cannot write the result");
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct run run = { .machine = &machine, .options = &options };

	if (argc > 1 && !strcmp(argv[1], FORKSTORM_CHILD))
		return forkstorm_child(argv + 2);
	options_parse(&options, argc, argv);
	if (options.list) {
		workload_list();
	} else {
		machine_read(&machine);
		settle(&options, &machine);
		run.board = board_create(nr_tasks(&options));
		if (options.workload->pairs)
			run.shared = memory_of_pairs(&options);
		report(&run, conduct(&run));
	}
	flush_result();
	return 0;
}
