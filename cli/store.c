// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: opening, checking, closing.
 */
#include "store.h"
#include "claim.h"
#include "cli.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As long as a crowd of ranks may take to write a point each. */
#define BUSY_MS	300000

/* The claim for what is done once; points have other numbers. */
#define MAKING	0

/* ------------------------------------------------------------------ failing */

static const char *system_error(const struct store *s, const char *otherwise)
{
	int err = sqlite3_system_errno(s->db);

	return err ? strerror(err) : otherwise;
}

/* A file that is there has a log beside it that is not read without memory. */
static int cannot_open(const struct store *s)
{
	if (access(s->path, F_OK))
		return fail("%s: %s", s->path, strerror(errno));
	return fail("%s: a sweep of it has not ended, and nothing can be "
		    "written beside it", s->path);
}

int store_fail(const struct store *s)
{
	const char *text = sqlite3_errmsg(s->db);

	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_NOTADB:
		return fail("%s: is no database of SQLite", s->path);
	case SQLITE_CORRUPT:
		return fail("%s: is damaged (%s); nothing in it was changed",
			    s->path, text);
	case SQLITE_FULL:
		return fail("%s: no space left; what is finished is kept",
			    s->path);
	case SQLITE_READONLY:
		return fail("%s: cannot be written", s->path);
	case SQLITE_BUSY:
		return fail("%s: another program keeps it locked", s->path);
	case SQLITE_CANTOPEN:
		return cannot_open(s);
	case SQLITE_IOERR:
		return fail("%s: %s", s->path, system_error(s, text));
	default:
		return fail("%s: %s", s->path, text);
	}
}

/* --------------------------------------------------------------- statements */

int store_exec(struct store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) ? store_fail(s) : 0;
}

sqlite3_stmt *store_prepare(struct store *s, const char *sql)
{
	sqlite3_stmt *q;

	if (!sqlite3_prepare_v2(s->db, sql, -1, &q, NULL))
		return q;
	store_fail(s);
	return NULL;
}

int store_next(struct store *s, sqlite3_stmt *q)
{
	switch (sqlite3_step(q)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return store_fail(s);
	}
}

int store_finish(struct store *s, sqlite3_stmt *q)
{
	int ret = store_next(s, q);

	sqlite3_finalize(q);
	return ret < 0 ? -1 : 0;
}

int store_number(struct store *s, const char *sql, int64_t *ret)
{
	sqlite3_stmt *q = store_prepare(s, sql);
	int got = q ? store_next(s, q) : -1;

	if (got > 0)
		*ret = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return got > 0 ? 0 : -1;
}

/* ------------------------------------------------------------------ whose? */

/* Return: 1 if it is ours, 0 if nothing is in it, -1 with a message. */
static int identify(struct store *s)
{
	int64_t application, version, things;

	if (store_number(s, "PRAGMA application_id", &application) ||
	    store_number(s, "PRAGMA user_version", &version) ||
	    store_number(s, "SELECT count(*) FROM sqlite_schema", &things))
		return -1;
	if (!application && !version && !things)
		return 0;
	if (application != STORE_APPLICATION)
		return fail("%s: is a database of something else", s->path);
	if (version != STORE_VERSION)
		return fail("%s: has the format %lld, this program knows only "
			    "%d", s->path, (long long)version, STORE_VERSION);
	return 1;
}

/* Anything but a file, such as a device, SQLite would take, and spoil. */
static int check_file(const char *path)
{
	struct stat st;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return fail("%s: is no file", path);
	return 0;
}

/* What somebody has added to the file does not run because it is read. */
static void distrust(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
}

static int open_as(struct store *s, int flags)
{
	if (sqlite3_open_v2(s->path, &s->db, flags, NULL))
		return store_fail(s);
	distrust(s->db);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return 0;
}

static int open_to_write(struct store *s, const char *path)
{
	*s = (struct store){ .path = path, .claims = -1 };
	if (check_file(path))
		return -1;
	s->claims = claim_open(path);
	return s->claims < 0 ? -1 : open_as(s, SQLITE_OPEN_READWRITE);
}

/* ------------------------------------------------------------------ making */

/*
 * A log beside the file makes a point cheap to write: no waiting for the disk.
 * It needs memory that all its users share, so they must be on one machine;
 * that is certain only on file systems that no other machine can have.
 */
static bool is_local(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return false;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/*
 * With the log no finished point is lost but by a failure of power, and then
 * only the last few.  Where it does not work SQLite stays with its journal.
 */
static int choose_journal(struct store *s)
{
	return store_exec(s, is_local(s->path) ?
			  "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL" :
			  "PRAGMA synchronous = FULL");
}

static int make_tables(struct store *s)
{
	char *sql = store_schema();
	int ret = sql ? store_exec(s, sql) : fail("out of memory");

	free(sql);
	return ret;
}

static int make_or_look(struct store *s)
{
	int ours;

	if (sqlite3_db_readonly(s->db, "main"))
		return fail("%s: cannot be written", s->path);
	ours = identify(s);
	if (ours > 0)
		ours = store_check(s) ? -1 : 1;
	if (ours < 0 || choose_journal(s))
		return -1;
	return ours ? 0 : make_tables(s);
}

/* Before the first table and the kind of journal are certain: one at a time. */
static int alone(struct store *s, int (*what)(struct store *s))
{
	int ret;

	claim_take(s->claims, MAKING, true);
	ret = what(s);
	claim_drop(s->claims, MAKING);
	return ret;
}

int store_make(struct store *s, const char *path)
{
	if (!open_to_write(s, path) && !alone(s, make_or_look))
		return 0;
	store_close(s);
	return -1;
}

/* To copy the log into the file is left to who writes much, and to the last. */
int store_add_to(struct store *s, const char *path)
{
	if (!open_to_write(s, path) && !alone(s, choose_journal)) {
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
				  NULL);
		return 0;
	}
	store_close(s);
	return -1;
}

int store_read(struct store *s, const char *path)
{
	int ours = -1;

	*s = (struct store){ .path = path, .claims = -1 };
	if (!check_file(path) && !open_as(s, SQLITE_OPEN_READONLY))
		ours = identify(s);
	if (!ours)
		fail("%s: there is nothing in it", path);
	if (ours > 0 && !store_check(s))
		return 0;
	store_close(s);
	return -1;
}

/* ------------------------------------------------------------------ the rest */

static int check_structure(struct store *s)
{
	sqlite3_stmt *q = store_prepare(s, "PRAGMA integrity_check(1)");
	int got = q ? store_next(s, q) : -1;
	const char *text = got > 0 ? (const char *)sqlite3_column_text(q, 0) :
				     NULL;

	if (text && strcmp(text, "ok"))
		got = fail("%s: is damaged (%s); nothing in it was changed",
			   s->path, text);
	sqlite3_finalize(q);
	return text && got > 0 ? 0 : -1;
}

int store_check(struct store *s)
{
	return check_structure(s) || store_has_tables(s) || store_sealed(s) ||
	       store_has_values(s) ? -1 : 0;
}

static int pack(struct store *s)
{
	sqlite3_busy_timeout(s->db, 0);
	return sqlite3_exec(s->db, "PRAGMA journal_mode = DELETE", NULL, NULL,
			    NULL);
}

/* It fails while others have the file open; then they will do it. */
void store_pack(struct store *s)
{
	alone(s, pack);
}

/* Claims last: to close their descriptor takes SQLite's locks away. */
void store_close(struct store *s)
{
	sqlite3_close(s->db);
	s->db = NULL;
	if (s->claims >= 0)
		close(s->claims);
	s->claims = -1;
}
