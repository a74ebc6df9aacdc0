// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: one point.
 */
#include "store.h"
#include "cli.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --------------------------------------------------------------------- keys */

char *store_where(const char *head, const char *policy, const char *tail)
{
	char *sql = NULL;
	size_t size;
	FILE *f = open_memstream(&sql, &size);

	if (!f)
		return NULL;
	fprintf(f, "%s WHERE ", head);
	for (int i = 0; i < NR_KEYS; i++) {
		fprintf(f, "%s\"%s\" ", i ? " AND " : "", key_info[i].name);
		if (i == KEY_POLICY && policy)
			fputs(policy, f);
		else
			fprintf(f, "= ?%d", i + 1);
	}
	fputs(tail, f);
	if (!fclose(f))
		return sql;
	free(sql);
	return NULL;
}

void store_bind_key(sqlite3_stmt *q, const struct sweep_key *k)
{
	for (int i = 0; i < NR_KEYS; i++)
		sqlite3_bind_text(q, i + 1, k->of[i], -1, SQLITE_STATIC);
}

int store_has(struct store *s, const struct sweep_key *k)
{
	char *sql = store_where("SELECT 1 FROM points", NULL, "");
	sqlite3_stmt *q = sql ? store_prepare(s, sql) : NULL;
	int got = sql ? -1 : fail("out of memory");

	if (q) {
		store_bind_key(q, k);
		got = store_next(s, q);
	}
	sqlite3_finalize(q);
	free(sql);
	return got;
}

/* ------------------------------------------------------------------ writing */

static void bind_figure(sqlite3_stmt *q, int figure, double value)
{
	int at = COL_FIGURE + figure + 1;

	if (figure_info[figure].whole && !isnan(value))
		sqlite3_bind_int64(q, at, llround(value));
	else
		sqlite3_bind_double(q, at, value);	/* NAN becomes null */
}

static void bind_point(sqlite3_stmt *q, const struct sweep_key *k,
		       const struct run *run)
{
	double figure[NR_FIGURES];

	sqlite3_bind_int64(q, COL_ID + 1, key_id(k));
	for (int i = 0; i < NR_KEYS; i++)
		sqlite3_bind_text(q, COL_KEY + i + 1, k->of[i], -1,
				  SQLITE_STATIC);
	figures_of(run, figure);
	for (int i = 0; i < NR_FIGURES; i++)
		bind_figure(q, i, figure[i]);
	sqlite3_bind_text(q, COL_UNIT + 1, run_work_unit(run), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(q, COL_SEAL + 1, 0);
}

/* As many question marks as there are columns. */
static const char *insert(void)
{
	static char sql[64 + 2 * NR_COLS];
	int len = sprintf(sql, "INSERT INTO points VALUES (?");

	for (int i = 1; i < NR_COLS; i++)
		len += sprintf(sql + len, ",?");
	sprintf(sql + len, ")");
	return sql;
}

static int put_figures(struct store *s, const struct sweep_key *k,
		       const struct run *run)
{
	sqlite3_stmt *q = store_prepare(s, insert());

	if (!q)
		return -1;
	bind_point(q, k, run);
	return store_finish(s, q);
}

static int put_second(struct store *s, sqlite3_stmt *q,
		      const struct sample *from, const struct sample *to)
{
	sqlite3_bind_double(q, 2, to->t);
	sqlite3_bind_double(q, 3, to->accesses - from->accesses);
	sqlite3_bind_double(q, 4, to->local - from->local);
	return store_next(s, q) < 0 || sqlite3_reset(q) ? -1 : 0;
}

static int put_curve(struct store *s, int64_t id, const struct run *run)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO curve "
					"VALUES (?, ?, ?, ?)");
	int ret = q ? 0 : -1;

	sqlite3_bind_int64(q, 1, id);
	for (size_t i = 1; !ret && i < run->nr_samples; i++)
		ret = put_second(s, q, &run->sample[i - 1], &run->sample[i]);
	sqlite3_finalize(q);
	return ret;
}

static int put(struct store *s, const struct sweep_key *k,
	       const struct run *run)
{
	int64_t id = key_id(k);
	int there = store_has(s, k);

	if (there)
		return there > 0 ? 0 : -1;
	if (put_figures(s, k, run) || put_curve(s, id, run) ||
	    store_seal(s, id) || store_settle(s, k))
		return -1;
	return 0;
}

int store_put(struct store *s, const struct sweep_key *k, const struct run *run)
{
	if (store_exec(s, "BEGIN IMMEDIATE"))
		return -1;
	if (!put(s, k, run) && !store_exec(s, "COMMIT"))
		return 0;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
