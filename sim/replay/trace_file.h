/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace files: the machine, then records.  What comes from a reader can be
 * relied on: every field of every record was checked against the machine.
 */
#ifndef SIM_REPLAY_TRACE_FILE_H
#define SIM_REPLAY_TRACE_FILE_H

#include <stdio.h>

#include <numaplace/policy.h>

#include "../error.h"
#include "format.h"

/**
 * struct trace_info - what a trace is about
 * @origin:	what wrote it, such as "Linux 6.12.1" or "simulation"
 * @command:	what ran, or ""
 */
struct trace_info {
	char origin[TRACE_TEXT];
	char command[TRACE_TEXT];
};

/* ------------------------------------------------------------------ writing */

struct trace_writer;

/*
 * trace_writer_open() - begin a trace in @f, which stays the caller's.
 * Return: NULL with a message.
 */
struct trace_writer *trace_writer_open(FILE *f, const struct np_machine *m,
				       const struct trace_info *info,
				       struct sim_error *e);

/* trace_writer_add() - one more; its np_record.seq becomes its number here. */
int trace_writer_add(struct trace_writer *w, const struct np_record *rec,
		     struct sim_error *e);

uint64_t trace_writer_records(const struct trace_writer *w);

/* trace_writer_close() - the end; without it no reader accepts the file. */
int trace_writer_close(struct trace_writer *w, struct sim_error *e);

void trace_writer_free(struct trace_writer *w);

/* ------------------------------------------------------------------ reading */

struct trace_reader;

/* trace_reader_open() - @name is for messages.  Return: NULL with a message. */
struct trace_reader *trace_reader_open(FILE *f, const char *name,
				       struct sim_error *e);

const struct np_machine *trace_reader_machine(const struct trace_reader *r);
const struct trace_info *trace_reader_info(const struct trace_reader *r);

/* trace_reader_next() - Return: 1; 0 at the end; -1 with a message. */
int trace_reader_next(struct trace_reader *r, struct np_record *ret,
		      struct sim_error *e);

void trace_reader_free(struct trace_reader *r);

/* ----------------------------------------------------------------- checking */

/* trace_check() - is it possible on this machine?  Return: what is wrong. */
const char *trace_check(const struct np_machine *m,
			const struct np_record *rec);

/* trace_check_machine() - is it one that policies may be shown? */
const char *trace_check_machine(const struct np_machine *m);

#endif
