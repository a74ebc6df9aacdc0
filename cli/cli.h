/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every file of the command line shares.
 *
 * Functions that can fail return 0 or -1 and have said why through fail()
 * before they return; the caller only undoes its own work.
 */
#ifndef CLI_H
#define CLI_H

#include <stddef.h>

#ifndef NP_VERSION
#define NP_VERSION "0.1.0"
#endif

/* Exit codes; EXIT_SUCCESS and EXIT_FAILURE come from the C library. */
#define EXIT_USAGE	2
#define EXIT_CANNOT_RUN	126	/* as a shell: found, but not executable */
#define EXIT_NOT_FOUND	127	/* as a shell: no such command */
#define EXIT_SIGNAL	128	/* plus the signal's number */

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct command - one word behind `numaplace`
 * @name:	the word
 * @summary:	one line for --help
 * @main:	as main(); argv[0] is "numaplace NAME"
 */
struct command {
	const char *name;
	const char *summary;
	int (*main)(int argc, char **argv);
};

int cmd_compare(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_group(int argc, char **argv);
int cmd_pressure(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_policies(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_explain(int argc, char **argv);

/* fail() - one line on stderr, "numaplace: ...".  Return: -1, always. */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* finish() - flush stdout; the exit code, or EXIT_FAILURE if that failed. */
int finish(int code);

#endif
