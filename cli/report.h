/* SPDX-License-Identifier: GPL-2.0 */
/* A finished comparison and its three forms. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdio.h>

#include "run.h"

/**
 * struct report - everything a reader needs to judge and to repeat it
 * @command:	the command line that made it
 * @on:		where: "vm" or "sim"
 * @topology:	as given: NODESxCPUS or the name of a file
 * @machine:	the same in words
 * @thp:	"always" or "never"
 * @kernel:	release of the guest's kernel, or "simulated"
 * @engine:	what made the machine, and its version
 * @date:	when it ended, ISO 8601 in UTC
 * @workloads:	in the order asked for, ended by NULL
 */
struct report {
	const char *command;
	const char *on;
	const char *topology;
	const char *machine;
	const char *thp;
	const char *kernel;
	const char *engine;
	const char *date;
	unsigned int seconds;
	char *const *workloads;
	struct runs runs;
};

/* What the three forms share. */
double run_hint_faults(const struct run *run);
double run_pages_migrated(const struct run *run);
double run_cost(const struct run *run);
double run_kernel_per_user(const struct run *run);
double run_work_done(const struct run *run);
const char *run_work_unit(const struct run *run);

/* report_table() - the table for people, on stdout. */
int report_table(const struct report *r);

/* report_json() - all of it; NULL when out of memory. */
json_t *report_json(const struct report *r);

/*
 * report_html() - one page without references to anything outside; the curves
 * are drawn by gnuplot with temporary files in @dir.
 */
int report_html(const struct report *r, const char *dir, FILE *f);

#endif
