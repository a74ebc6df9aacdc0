// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: what is in it.
 */
#include "store.h"
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *text(sqlite3_stmt *q, int column)
{
	const char *t = (const char *)sqlite3_column_text(q, column);

	return t ? t : "";
}

static double number(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL ?
	       NAN : sqlite3_column_double(q, column);
}

static struct stored point_of(sqlite3_stmt *q)
{
	struct stored p = {
		.id = sqlite3_column_int64(q, COL_ID),
		.unit = text(q, COL_UNIT),
	};

	for (int i = 0; i < NR_KEYS; i++)
		p.key.of[i] = text(q, COL_KEY + i);
	for (int i = 0; i < NR_FIGURES; i++)
		p.figure[i] = number(q, COL_FIGURE + i);
	return p;
}

/* Sorted by all columns of the key. */
static const char *select_all(void)
{
	static char sql[64 + 4 * NR_KEYS];
	int len = sprintf(sql, "SELECT * FROM points ORDER BY %d", COL_KEY + 1);

	for (int i = 1; i < NR_KEYS; i++)
		len += sprintf(sql + len, ",%d", COL_KEY + 1 + i);
	return sql;
}

int store_each(struct store *s, int (*look)(void *data, const struct stored *p),
	       void *data)
{
	sqlite3_stmt *q = store_prepare(s, select_all());
	int ret = 0, got = q ? 1 : -1;

	while (!ret && got > 0) {
		got = store_next(s, q);
		if (got > 0) {
			struct stored p = point_of(q);

			ret = look(data, &p);
		}
	}
	sqlite3_finalize(q);
	return got < 0 ? -1 : ret;
}

static int add_second(struct run *run, struct sample *sum, sqlite3_stmt *q)
{
	sum->t = sqlite3_column_double(q, 0);
	sum->accesses += sqlite3_column_double(q, 1);
	sum->local += sqlite3_column_double(q, 2);
	return run_add_sample(run, sum);
}

int store_curve(struct store *s, int64_t id, struct run *run)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT t, accesses, local "
		"FROM curve WHERE point = ? ORDER BY t");
	struct sample sum = { 0 };
	int ret = q ? run_add_sample(run, &sum) : -1;
	int got = 1;

	sqlite3_bind_int64(q, 1, id);
	while (!ret && (got = store_next(s, q)) > 0)
		ret = add_second(run, &sum, q);
	sqlite3_finalize(q);
	return ret || got < 0 ? -1 : 0;
}
