/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The database of a sweep: docs/sweep.md is its description for readers.
 *
 * A point, its curve and what follows from both are one transaction, so that
 * whatever is killed at whatever moment, each point is there whole or not at
 * all.  Numbers of points come from their keys alone: what the file says does
 * not depend on who wrote first.
 */
#ifndef CLI_STORE_H
#define CLI_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "figures.h"
#include "run.h"
#include "sweep_key.h"
#include "sweep_plan.h"

#define STORE_APPLICATION	0x6e706c53	/* "nplS" */
#define STORE_VERSION		2

/**
 * struct store - an open database
 * @claims:	claim_open(), or -1 if it is only read
 */
struct store {
	sqlite3 *db;
	const char *path;
	int claims;
};

/* ---------------------------------------------------- opening and checking */

/* store_make() - open @path to write; made if it is new, else looked at. */
int store_make(struct store *s, const char *path);

/* store_add_to() - open what store_make() has made, without another look. */
int store_add_to(struct store *s, const char *path);

/* store_read() - open @path to read. */
int store_read(struct store *s, const char *path);

/* store_check() - is all of it as it was written? */
int store_check(struct store *s);

/* store_pack() - leave one file, nothing beside it, unless others need it. */
void store_pack(struct store *s);

void store_close(struct store *s);

/* ------------------------------------------------------------------- points */

/**
 * struct stored - a point as it is in the file; valid while it is looked at
 * @figure:	NAN where there is none
 */
struct stored {
	int64_t id;
	struct sweep_key key;
	double figure[NR_FIGURES];
	const char *unit;
};

/* store_has() - 1, 0, or -1 with a message. */
int store_has(struct store *s, const struct sweep_key *k);

/**
 * store_put() - a point that derive_run() has seen, unless it is there already
 *
 * As soon as the same point by hand is there, too, it is told how near both
 * are.
 */
int store_put(struct store *s, const struct sweep_key *k,
	      const struct run *run);

/* store_each() - all points by key, until @look is not 0; that is returned. */
int store_each(struct store *s, int (*look)(void *data, const struct stored *p),
	       void *data);

/* store_curve() - the samples of a point are added to @run. */
int store_curve(struct store *s, int64_t id, struct run *run);

/* ------------------------------------------------------------------- sweeps */

/**
 * store_begin() - note the sweep, and what it depends on beside its key
 * Return: 0, or -1 if the points in the file are of another program, or of
 *	other files of the same names.
 */
int store_begin(struct store *s, const struct sweep_plan *plan);

/* store_sweeps() - all that were ever asked for, until @look is not 0. */
int store_sweeps(struct store *s,
		 int (*look)(void *data, const struct sweep_args *args),
		 void *data);

/* ------------------------------------------------- for the store_*.c alone */

/* store_fail() - why the last call of SQLite failed.  Return: -1. */
int store_fail(const struct store *s);

int store_exec(struct store *s, const char *sql);
sqlite3_stmt *store_prepare(struct store *s, const char *sql);

/* store_next() - 1 if there is a row, 0 if there is none, or -1. */
int store_next(struct store *s, sqlite3_stmt *q);

/* store_finish() - run to the end and free.  Return: 0 or -1. */
int store_finish(struct store *s, sqlite3_stmt *q);

/* store_number() - the first column of the first row. */
int store_number(struct store *s, const char *sql, int64_t *ret);

/* store_schema() - SQL that makes all tables, to be freed, or NULL. */
char *store_schema(void);

/* store_has_tables() - does the file have just these?  0, or -1 with a message. */
int store_has_tables(struct store *s);

/* store_has_values() - is each value what its column is for?  0, or -1 ... */
int store_has_values(struct store *s);

/* Columns of SELECT * FROM points. */
enum {
	COL_ID,
	COL_KEY,
	COL_FIGURE = COL_KEY + NR_KEYS,
	COL_UNIT = COL_FIGURE + NR_FIGURES,
	COL_SEAL,
	NR_COLS
};

/*
 * store_where() - @head, then columns equal to ?1 .. in the order of keys,
 * @policy as given if it is not NULL, then @tail; to be freed, or NULL.
 */
char *store_where(const char *head, const char *policy, const char *tail);
void store_bind_key(sqlite3_stmt *q, const struct sweep_key *k);

/* store_settle() - tell the points like @k how near placement by hand is. */
int store_settle(struct store *s, const struct sweep_key *k);

/* store_seal() - after every change of a point.  store_sealed() - still so? */
int store_seal(struct store *s, int64_t id);
int store_sealed(struct store *s);

#endif
