// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: is every point still what was written?
 *
 * SQLite notices damage to its own structure, but not to a figure.  So each
 * point carries a digest of all of its columns and its curve.
 */
#include "store.h"
#include "cli.h"
#include "digest.h"

#include <inttypes.h>

static uint64_t add_value(uint64_t digest, sqlite3_value *v)
{
	unsigned char type = (unsigned char)sqlite3_value_type(v);
	sqlite3_int64 whole = sqlite3_value_int64(v);
	double real = sqlite3_value_double(v);

	digest = digest_bytes(digest, &type, 1);
	if (type == SQLITE_INTEGER)
		return digest_bytes(digest, &whole, sizeof(whole));
	if (type == SQLITE_FLOAT)
		return digest_bytes(digest, &real, sizeof(real));
	if (type == SQLITE_NULL)
		return digest;
	return digest_bytes(digest, sqlite3_value_blob(v),
			    (size_t)sqlite3_value_bytes(v));
}

static uint64_t add_columns(uint64_t digest, sqlite3_stmt *q, int nr)
{
	for (int i = 0; i < nr; i++)
		digest = add_value(digest, sqlite3_column_value(q, i));
	return digest;
}

static int add_curve(struct store *s, sqlite3_stmt *curve, int64_t id,
		     uint64_t *digest)
{
	int got;

	sqlite3_bind_int64(curve, 1, id);
	while ((got = store_next(s, curve)) > 0)
		*digest = add_columns(*digest, curve, 3);
	sqlite3_reset(curve);
	return got;
}

static sqlite3_stmt *prepare_curve(struct store *s)
{
	return store_prepare(s, "SELECT t, accesses, local FROM curve "
			     "WHERE point = ? ORDER BY t");
}

/* Of the point that @q stands at. */
static int digest_point(struct store *s, sqlite3_stmt *q, sqlite3_stmt *curve,
			int64_t *ret)
{
	uint64_t digest = add_columns(DIGEST_START, q, COL_SEAL);

	if (add_curve(s, curve, sqlite3_column_int64(q, COL_ID), &digest))
		return -1;
	*ret = (int64_t)digest;
	return 0;
}

static int write_seal(struct store *s, int64_t id, int64_t seal)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE points SET seal = ?2 "
					"WHERE id = ?1");

	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, seal);
	return store_finish(s, q);
}

int store_seal(struct store *s, int64_t id)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT * FROM points WHERE id = ?");
	sqlite3_stmt *curve = prepare_curve(s);
	int64_t seal = 0;
	int ret = -1;

	if (q && curve) {
		sqlite3_bind_int64(q, 1, id);
		if (store_next(s, q) > 0)
			ret = digest_point(s, q, curve, &seal);
	}
	sqlite3_finalize(curve);
	sqlite3_finalize(q);
	return ret ? -1 : write_seal(s, id, seal);
}

static int is_sealed(struct store *s, sqlite3_stmt *q, sqlite3_stmt *curve)
{
	int64_t id = sqlite3_column_int64(q, COL_ID), seal;

	if (digest_point(s, q, curve, &seal))
		return -1;
	if (seal == sqlite3_column_int64(q, COL_SEAL))
		return 0;
	return fail("%s: is damaged (point %" PRId64 " is not what was "
		    "written); nothing in it was changed", s->path, id);
}

static int all_sealed(struct store *s, sqlite3_stmt *q, sqlite3_stmt *curve)
{
	int got;

	while ((got = store_next(s, q)) > 0)
		if (is_sealed(s, q, curve))
			return -1;
	return got;
}

int store_sealed(struct store *s)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT * FROM points");
	sqlite3_stmt *curve = q ? prepare_curve(s) : NULL;
	int ret = curve ? all_sealed(s, q, curve) : -1;

	sqlite3_finalize(curve);
	sqlite3_finalize(q);
	return ret;
}
