// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: is each value what its column is for?
 *
 * SQLite keeps any kind of value in any column, and a seal tells only that it
 * is the one that was written.  Who reads the file relies on texts that are
 * there and on numbers that stay numbers when they are added up.
 */
#include "store.h"
#include "cli.h"

#include <math.h>
#include <stdio.h>

#define MOST_REAL	1e300		/* a million of them have a sum */
#define MOST_WHOLE	(1LL << 53)	/* a double has all of its digits */

static bool is_text(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_TEXT;
}

static bool is_whole(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_INTEGER;
}

static bool is_real(sqlite3_stmt *q, int column)
{
	return (is_whole(q, column) ||
		sqlite3_column_type(q, column) == SQLITE_FLOAT) &&
	       fabs(sqlite3_column_double(q, column)) <= MOST_REAL;
}

static bool is_between(sqlite3_stmt *q, int column, int64_t least, int64_t most)
{
	int64_t value = sqlite3_column_int64(q, column);

	return is_whole(q, column) && value >= least && value <= most;
}

/* --------------------------------------------------------------------- tables */

static bool is_figure(sqlite3_stmt *q, int figure)
{
	int column = COL_FIGURE + figure;

	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return true;
	return figure_info[figure].whole ?
	       is_between(q, column, -MOST_WHOLE, MOST_WHOLE) :
	       is_real(q, column);
}

static bool is_point(sqlite3_stmt *q)
{
	for (int i = 0; i < NR_KEYS; i++)
		if (!(key_info[i].number ? is_whole(q, COL_KEY + i) :
					   is_text(q, COL_KEY + i)))
			return false;
	for (int i = 0; i < NR_FIGURES; i++)
		if (!is_figure(q, i))
			return false;
	return is_text(q, COL_UNIT) && is_whole(q, COL_SEAL);
}

static bool is_second(sqlite3_stmt *q)
{
	return is_whole(q, 0) && is_real(q, 1) && is_real(q, 2) && is_real(q, 3);
}

static bool is_sweep(sqlite3_stmt *q)
{
	for (int i = 1; i <= 6; i++)
		if (!is_text(q, i))
			return false;
	return is_between(q, 7, 0, UINT32_MAX) &&
	       is_between(q, 8, 1, UINT32_MAX) &&
	       is_between(q, 9, 1, UINT32_MAX);
}

static bool is_input(sqlite3_stmt *q)
{
	return is_text(q, 0) && is_text(q, 1);
}

/* ------------------------------------------------------------------------ all */

static const struct {
	const char *name;
	const char *sql;
	bool (*is_good)(sqlite3_stmt *q);
} tables[] = {
	{ "points", "SELECT * FROM points", is_point },
	{ "curve", "SELECT * FROM curve", is_second },
	{ "sweeps", "SELECT * FROM sweeps", is_sweep },
	{ "inputs", "SELECT * FROM inputs", is_input },
};

static int check_table(struct store *s, int table)
{
	sqlite3_stmt *q = store_prepare(s, tables[table].sql);
	int got = q ? 1 : -1;

	while (got > 0) {
		got = store_next(s, q);
		if (got > 0 && !tables[table].is_good(q))
			got = fail("%s: is damaged (a value in %s is not what "
				   "its column is for); nothing in it was "
				   "changed", s->path, tables[table].name);
	}
	sqlite3_finalize(q);
	return got;
}

int store_has_values(struct store *s)
{
	for (int i = 0; i < (int)ARRAY_SIZE(tables); i++)
		if (check_table(s, i))
			return -1;
	return 0;
}
