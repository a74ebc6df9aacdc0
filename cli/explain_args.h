/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of numaplace explain. */
#ifndef CLI_EXPLAIN_ARGS_H
#define CLI_EXPLAIN_ARGS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct explain_args - as numaplace(1) explains them; NULL and 0 = not given
 * @file:	a trace, or NULL for a simulation
 */
struct explain_args {
	const char *file;
	const char *on;
	const char *topology;
	const char *workload;
	const char *policy;
	const char *costs;
	const char *thp;
	unsigned int seconds;
	unsigned int seed;
	bool has_page;
	uint64_t page;
	unsigned int tid;
	unsigned int pid;
	unsigned int limit;
	bool all;
	bool json;
	bool quiet;
};

/* explain_args_parse() - ends the program where argp(3) does. */
void explain_args_parse(struct explain_args *args, int argc, char **argv);

#endif
