/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of numaplace compare. */
#ifndef CLI_COMPARE_ARGS_H
#define CLI_COMPARE_ARGS_H

#include <stdbool.h>

/**
 * struct compare_args - as numaplace(1) explains them; NULL and 0 = not given
 * @command:	the whole command line as text, to be freed
 */
struct compare_args {
	const char *on;
	const char *topology;
	const char *workloads;
	const char *policies;
	const char *thp;
	const char *json;
	const char *html;
	const char *lab;
	const char *kernel;
	const char *keep;
	const char *costs;
	const char *preempt;
	const char *isolated;
	unsigned int seconds;
	unsigned int repeat;
	unsigned int memory;
	unsigned int seed;
	bool quiet;
	char *command;
};

/* compare_args_parse() - ends the program where argp(3) does. */
int compare_args_parse(struct compare_args *args, int argc, char **argv);

#endif
