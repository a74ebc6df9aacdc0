/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of numaplace report. */
#ifndef CLI_REPORT_ARGS_H
#define CLI_REPORT_ARGS_H

/* struct report_args - as numaplace(1) explains them; NULL = not given */
struct report_args {
	const char *file;
	const char *by;
	const char *json;
	const char *html;
	const char *png;
};

/* report_args_parse() - ends the program where argp(3) does. */
void report_args_parse(struct report_args *args, int argc, char **argv);

#endif
