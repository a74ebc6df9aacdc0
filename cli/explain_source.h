/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the records come from that are explained: a trace file, or a simulation,
 * which is run again for each look at them and is the same each time.
 */
#ifndef CLI_EXPLAIN_SOURCE_H
#define CLI_EXPLAIN_SOURCE_H

#include <stdio.h>

#include "explain_args.h"
#include "explain_progress.h"
#include "simulate.h"
#include "topology.h"

/**
 * struct source - one source
 * @f:		the file, or NULL
 * @size:	of the file in bytes
 * @title:	"" until the first run
 */
struct source {
	const struct explain_args *args;
	FILE *f;
	long size;
	struct topology topology;
	struct work_plan *work;
	struct simulate how;
	struct explain_progress progress;
	char title[1024];
};

/**
 * struct source_record - one record
 * @m:		the machine; gone when the run is
 * @rec:	its seq is its number
 */
struct source_record {
	const struct np_machine *m;
	const struct np_record *rec;
};

/* Return: 0, or -1 with a message, which ends the run. */
typedef int (*source_taker)(void *data, const struct source_record *r);

/* source_open() - Return: 0, or the exit code of the program. */
int source_open(struct source *s, const struct explain_args *args);

/* source_run() - give all records to @take; @what is shown if it takes long. */
int source_run(struct source *s, const char *what, source_taker take,
	       void *data);

void source_close(struct source *s);

#endif
