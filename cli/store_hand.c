// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: how near points are to placement by hand.
 *
 * Points come in any order.  Whichever of a combination is written after the
 * one by hand is, computes this for itself; that one for all before it.  Both
 * from what is in the file, so that the order leaves no trace.
 */
#include "store.h"
#include "cli.h"
#include "derive.h"

#include <math.h>
#include <stdlib.h>

/* local_final by hand; 0 if it is not there, or there were no accesses. */
static int find_hand(struct store *s, const struct sweep_key *k,
		     double *ret_local)
{
	char *sql = store_where("SELECT local_final FROM points", "= 'hand'",
				"");
	sqlite3_stmt *q = sql ? store_prepare(s, sql) : NULL;
	int got = sql ? -1 : fail("out of memory");

	*ret_local = 0;
	if (q) {
		store_bind_key(q, k);
		got = store_next(s, q);
	}
	if (got > 0)
		*ret_local = sqlite3_column_double(q, 0);
	sqlite3_finalize(q);
	free(sql);
	return got < 0 ? -1 : 0;
}

static int write_near(struct store *s, int64_t id, double of_hand, double near)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE points SET "
		"local_of_hand = ?2, seconds_to_90pct_of_hand = ?3 "
		"WHERE id = ?1");

	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_double(q, 2, isfinite(of_hand) ? of_hand : NAN);
	sqlite3_bind_double(q, 3, near < 0 ? NAN : near);
	return store_finish(s, q) || store_seal(s, id) ? -1 : 0;
}

static int settle_one(struct store *s, int64_t id, double local, double hand)
{
	struct runs runs = { 0 };
	struct run *run = runs_add(&runs, "", "");
	int ret = run ? store_curve(s, id, run) : -1;

	if (!ret)
		ret = write_near(s, id, local / hand, derive_near(run, hand));
	runs_free(&runs);
	return ret;
}

/* One at a time: a table that is read should not change at the same time. */
static int next_open(struct store *s, sqlite3_stmt *q, int64_t *ret_id,
		     double *ret_local)
{
	int got = store_next(s, q);

	if (got > 0) {
		*ret_id = sqlite3_column_int64(q, 0);
		*ret_local = sqlite3_column_double(q, 1);
	}
	sqlite3_reset(q);
	return got;
}

/* In order: whatever comes of one, it is not met again. */
static int settle_all(struct store *s, sqlite3_stmt *q, double hand)
{
	int64_t id = INT64_MIN;
	double local;
	int got;

	while (sqlite3_bind_int64(q, NR_KEYS + 1, id), (got = next_open(s, q, &id, &local)) > 0)
		if (settle_one(s, id, local, hand))
			return -1;
	return got;
}

int store_settle(struct store *s, const struct sweep_key *k)
{
	char *sql = store_where("SELECT id, local_final FROM points",
				"IS NOT NULL", " AND local_of_hand IS NULL "
				"AND local_final IS NOT NULL AND id > ?11 "
				"ORDER BY id LIMIT 1");
	sqlite3_stmt *q = NULL;
	double hand = 0;
	int ret = sql ? find_hand(s, k, &hand) : fail("out of memory");

	if (!ret && hand > 0) {
		q = store_prepare(s, sql);
		store_bind_key(q, k);
		ret = q ? settle_all(s, q, hand) : -1;
	}
	sqlite3_finalize(q);
	free(sql);
	return ret;
}
