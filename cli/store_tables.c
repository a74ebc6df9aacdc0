// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: does it have our tables?
 *
 * Statements rely on the order of columns, and on what the tables refuse.  So
 * they must have been made by the words that we make them by.  What somebody
 * has added beside them, such as an index, does no harm.
 */
#include "store.h"
#include "cli.h"

#include <stdlib.h>

/* Tables in memory, to compare with; NULL without a message. */
static sqlite3 *make_ours(void)
{
	char *sql = store_schema();
	sqlite3 *db = NULL;

	if (!sql || sqlite3_open(":memory:", &db) ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL)) {
		sqlite3_close(db);
		db = NULL;
	}
	free(sql);
	return db;
}

/* Has @s the table whose name and words are the columns of @ours? */
static int compare(struct store *s, sqlite3_stmt *theirs, sqlite3_stmt *ours)
{
	int got;

	sqlite3_bind_value(theirs, 1, sqlite3_column_value(ours, 0));
	sqlite3_bind_value(theirs, 2, sqlite3_column_value(ours, 1));
	got = store_next(s, theirs);
	sqlite3_reset(theirs);
	if (got)
		return got < 0 ? -1 : 0;
	return fail("%s: is damaged (table %s is another); nothing in it was "
		    "changed", s->path, sqlite3_column_text(ours, 0));
}

static int compare_all(struct store *s, sqlite3_stmt *ours)
{
	sqlite3_stmt *theirs = store_prepare(s, "SELECT 1 FROM sqlite_schema "
		"WHERE type = 'table' AND name = ? AND sql = ?");
	int ret = theirs ? 0 : -1;

	while (!ret && sqlite3_step(ours) == SQLITE_ROW)
		ret = compare(s, theirs, ours);
	sqlite3_finalize(theirs);
	return ret;
}

int store_has_tables(struct store *s)
{
	sqlite3 *db = make_ours();
	sqlite3_stmt *ours = NULL;
	int ret;

	if (db)
		sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_schema "
				   "WHERE type = 'table'", -1, &ours, NULL);
	ret = ours ? compare_all(s, ours) : fail("out of memory");
	sqlite3_finalize(ours);
	sqlite3_close(db);
	return ret;
}
