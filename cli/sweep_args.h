/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of numaplace sweep. */
#ifndef CLI_SWEEP_ARGS_H
#define CLI_SWEEP_ARGS_H

#include <stdbool.h>

/**
 * struct sweep_args - as numaplace(1) explains them; NULL and 0 = not given
 * @thp:	"never", "always" or "both"
 */
struct sweep_args {
	const char *topologies;
	const char *workloads;
	const char *policies;
	const char *thp;
	const char *costs;
	const char *preempt;
	const char *file;
	unsigned int memory;
	unsigned int seconds;
	unsigned int seeds;
	unsigned int jobs;
	bool quiet;
};

/* sweep_args_parse() - ends the program where argp(3) does. */
void sweep_args_parse(struct sweep_args *args, int argc, char **argv);

#endif
