// SPDX-License-Identifier: GPL-2.0
/*
 * A database that SQLite finds nothing wrong with, sealed as it should be, from
 * somebody who means harm: every value may be what its column is not for, and
 * the tables may be others.
 *
 * Behind seals, which are digests, mutations of a file do not get far.
 */
#include "fuzz/replay.h"
#include "reader.h"
#include "store.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The rest of the input; behind its end there are zeros. */
struct input {
	const uint8_t *at, *end;
};

static uint8_t byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* --------------------------------------------------------------------- values */

static const double reals[] = {
	0, -0.0, 0.5, 1, -1, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 1e19,
	9.3e18, -9.3e18, 1e-300, 1e15, 3,
};

static const int64_t wholes[] = {
	0, 1, 2, 3, -1, INT64_MAX, INT64_MIN, UINT32_MAX, 1LL << 32, 1000000,
	1000001, 65536, 86400, 4, 10, 100,
};

static const char *const texts[] = {
	"", "sim", "2x2", "numa02", "off", "hand", "moron", "never", "server",
	"voluntary", "MiB", "a,b,c", ",", "'", "'; system 'x'; #", "\"`x`$(y)",
	"\x1b[2J\r\n\t", "\xff\xfe", "\xc3\xa9", "<b>&amp;", "{\"a\":[1e999]}",
	"nan", "1e999", "99999999999999999999", "../../etc/passwd", "%s%n%d",
	"always", "both", "2x2,2x2", "numa02:threads=1,mb=2", "moron:a=b,c=d",
	"x\\",
};

static void bind_text(sqlite3_stmt *q, int column, struct input *in)
{
	uint8_t len = byte(in);

	if (len > in->end - in->at)
		len = (uint8_t)(in->end - in->at);
	sqlite3_bind_text(q, column, (const char *)in->at, len,
			  SQLITE_TRANSIENT);
	in->at += len;
}

static void bind_huge(sqlite3_stmt *q, int column, uint8_t letter)
{
	size_t len = 40000;
	char *text = malloc(len);

	assert(text);
	memset(text, letter ? letter : ',', len);
	sqlite3_bind_text(q, column, text, (int)len, free);
}

static void bind_odd(sqlite3_stmt *q, int column, struct input *in)
{
	uint8_t which = byte(in);

	switch (byte(in) % 8) {
	case 0:
		sqlite3_bind_null(q, column);
		return;
	case 1:
	case 2:
		sqlite3_bind_double(q, column, reals[which % 16]);
		return;
	case 3:
		sqlite3_bind_int64(q, column, wholes[which % 16]);
		return;
	case 4:
		sqlite3_bind_blob(q, column, "\0\x01x", which % 4, NULL);
		return;
	case 5:
		bind_text(q, column, in);
		return;
	case 6:
		bind_huge(q, column, which);
		return;
	default:
		sqlite3_bind_text(q, column, texts[which % 32], -1, NULL);
	}
}

/* ----------------------------------------------------------------------- rows */

/* What the columns are for: a letter each, as good_text() reads them. */
static char kind_of(const char *table, int column)
{
	if (!strcmp(table, "sweeps"))
		return "itwpnsvizz"[column];
	if (!strcmp(table, "curve"))
		return "izff"[column];
	if (!strcmp(table, "inputs"))
		return 't';
	if (column < COL_FIGURE)
		return "imtwPnsvizz"[column];
	if (column == COL_UNIT)
		return 'u';
	return column == COL_SEAL ||
	       figure_info[column - COL_FIGURE].whole ? 'i' : 'f';
}

static const char *good_text(char kind, uint8_t choice)
{
	static const char *const policies[] = { "off", "hand", "moron" };

	switch (kind) {
	case 'm':
		return "sim";
	case 't':
		return choice & 1 ? "2x2" : "4x2";
	case 'w':
		return "numa02";
	case 'P':
		return policies[choice % 3];
	case 'p':
		return "off,moron";
	case 'n':
		return "never";
	case 's':
		return "server";
	case 'v':
		return "voluntary";
	case 'u':
		return "MiB";
	default:
		return NULL;
	}
}

static void bind_good(sqlite3_stmt *q, int column, char kind, uint8_t choice)
{
	const char *text = good_text(kind, choice);

	if (text)
		sqlite3_bind_text(q, column, text, -1, NULL);
	else if (kind == 'f')
		sqlite3_bind_double(q, column, choice / 64.0);
	else
		sqlite3_bind_int64(q, column, kind == 'z' ? choice % 4 : choice);
}

/* Most values are good, so that the odd ones are met one by one. */
static void put_row(sqlite3 *db, const char *table, int columns,
		    struct input *in)
{
	char sql[128];
	sqlite3_stmt *q;
	int len = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table);

	for (int i = 1; i < columns; i++)
		len += snprintf(sql + len, sizeof(sql) - (size_t)len, ",?");
	snprintf(sql + len, sizeof(sql) - (size_t)len, ")");
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL))
		return;
	for (int i = 0; i < columns; i++) {
		uint8_t choice = byte(in);

		if (choice >= 240)
			bind_odd(q, i + 1, in);
		else
			bind_good(q, i + 1, kind_of(table, i), choice);
	}
	sqlite3_step(q);	/* what the tables refuse is not in them */
	sqlite3_finalize(q);
}

static void put_rows(sqlite3 *db, const char *table, int columns,
		     struct input *in, unsigned int most)
{
	for (unsigned int nr = byte(in) % (most + 1); nr; nr--)
		put_row(db, table, columns, in);
}

/* --------------------------------------------------------------------- tables */

/* What somebody else would add, and what was there before. */
static const char *const changes[] = {
	"",
	"CREATE TRIGGER a AFTER UPDATE ON points BEGIN "
	"UPDATE points SET local_of_hand = NULL WHERE id = new.id; END",
	"ALTER TABLE points ADD COLUMN more",
	"DROP TABLE sweeps; CREATE TABLE sweeps (id, topologies)",
	"DROP TABLE curve; CREATE VIEW curve AS "
	"SELECT id AS point, 1 AS t, 2 AS accesses, 1 AS local FROM points",
	"DROP TABLE inputs",
	"DROP TABLE sweeps; CREATE TABLE sweeps (id, topologies, workloads, "
	"policies, thp, costs, preempt, memory, seconds, seeds)",
	"CREATE TRIGGER b BEFORE INSERT ON points BEGIN SELECT raise(IGNORE); "
	"END",
};

static void make_tables(sqlite3 *db)
{
	char *sql = store_schema();

	assert(sql);
	sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA page_size = 1024;"
		     "PRAGMA journal_mode = OFF", NULL, NULL, NULL);
	assert(!sqlite3_exec(db, sql, NULL, NULL, NULL));
	free(sql);
}

static int seal_one(void *data, int nr, char **value, char **name)
{
	struct store *s = data;

	(void)nr, (void)name;
	if (value[0])
		store_seal(s, strtoll(value[0], NULL, 10));
	return 0;
}

static void make_file(struct input *in)
{
	struct store s = { .path = READER_FILE, .claims = -1 };
	uint8_t change = byte(in);

	assert(!sqlite3_open(READER_FILE, &s.db));
	make_tables(s.db);
	sqlite3_exec(s.db, "BEGIN", NULL, NULL, NULL);
	put_rows(s.db, "points", NR_COLS, in, 6);
	put_rows(s.db, "curve", 4, in, 6);
	put_rows(s.db, "sweeps", 10, in, 3);
	put_rows(s.db, "inputs", 2, in, 1);
	sqlite3_exec(s.db, "UPDATE curve SET point = (SELECT id FROM points "
		     "WHERE id >= curve.point LIMIT 1)", NULL, NULL, NULL);
	sqlite3_exec(s.db, "SELECT id FROM points", seal_one, &s, NULL);
	sqlite3_exec(s.db, "COMMIT", NULL, NULL, NULL);
	if (change >= 240)
		sqlite3_exec(s.db, changes[change % 8], NULL, NULL, NULL);
	sqlite3_close(s.db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	reader_enter();
	make_file(&in);
	reader_try();
	reader_leave();
	return 0;
}
