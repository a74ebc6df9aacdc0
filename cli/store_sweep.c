// SPDX-License-Identifier: GPL-2.0
/*
 * The database of a sweep: what was asked for, and with which program and
 * files.  Points of two programs, or of two files of one name, must not be
 * taken for the same thing.
 */
#include "store.h"
#include "cli.h"
#include "digest.h"
#include "sim.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------- inputs */

/* Return: 1 if @name has @digest, 0 if it is not known, 2 if it has another. */
static int known_input(struct store *s, const char *name, const char *digest)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT digest = ?2 FROM inputs "
					"WHERE name = ?1");
	int got = -1;

	if (!q)
		return -1;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, digest, -1, SQLITE_STATIC);
	got = store_next(s, q);
	if (got > 0 && !sqlite3_column_int(q, 0))
		got = 2;
	sqlite3_finalize(q);
	return got;
}

static int write_input(struct store *s, const char *name, const char *digest)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT OR REPLACE INTO inputs "
					"VALUES (?, ?)");

	if (!q)
		return -1;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, digest, -1, SQLITE_STATIC);
	return store_finish(s, q);
}

/* As long as there are no points, nothing depends on it. */
static int check_input(struct store *s, const char *name, uint64_t digest)
{
	char text[32];
	int64_t points;
	int known;

	snprintf(text, sizeof(text), "%016" PRIx64, digest);
	known = known_input(s, name, text);
	if (known == 1)
		return 0;
	if (known < 0 ||
	    store_number(s, "SELECT count(*) FROM points", &points))
		return -1;
	if (known && points)
		return fail("%s: its points are of another '%s'; go on with "
			    "that one, or begin a new file", s->path, name);
	return write_input(s, name, text);
}

/* What is no file comes with the program. */
static int check_path(struct store *s, const char *kind, const char *path)
{
	uint64_t digest;
	char *name;
	int ret;

	if (digest_file(&digest, path))
		return errno == ENOENT ? 0 :
		       fail("%s: %s", path, strerror(errno));
	if (asprintf(&name, "%s %s", kind, path) < 0)
		return fail("out of memory");
	ret = check_input(s, name, digest);
	free(name);
	return ret;
}

static bool is_builtin(const char *workload, size_t len)
{
	const char *name, *summary;

	for (unsigned int i = 0; (name = work_builtin_at(i, &summary)); i++)
		if (strlen(name) == len && !strncmp(name, workload, len))
			return true;
	return false;
}

static int check_workload(struct store *s, const char *workload)
{
	size_t len = strcspn(workload, ":");
	char *path;
	int ret;

	if (is_builtin(workload, len))
		return 0;
	path = strndup(workload, len);
	ret = path ? check_path(s, "workload", path) : fail("out of memory");
	free(path);
	return ret;
}

static int check_inputs(struct store *s, const struct sweep_plan *plan)
{
	uint64_t digest;

	if (digest_file(&digest, "/proc/self/exe"))
		return fail("/proc/self/exe: %s", strerror(errno));
	if (check_input(s, "program numaplace", digest))
		return -1;
	for (char **t = plan->topologies.item; *t; t++)
		if (check_path(s, "topology", *t))
			return -1;
	for (char **w = plan->workloads.item; *w; w++)
		if (check_workload(s, *w))
			return -1;
	return 0;
}

/* ------------------------------------------------------------------- sweeps */

static void bind_words(sqlite3_stmt *q, const struct sweep_args *args)
{
	const char *const words[] = {
		args->topologies, args->workloads, args->policies, args->thp,
		args->costs, args->preempt,
	};
	uint64_t digest = DIGEST_START;

	for (int i = 0; i < (int)ARRAY_SIZE(words); i++) {
		sqlite3_bind_text(q, i + 2, words[i], -1, SQLITE_STATIC);
		digest = digest_text(digest, words[i]);
	}
	digest = digest_bytes(digest, &args->memory, sizeof(args->memory));
	digest = digest_bytes(digest, &args->seconds, sizeof(args->seconds));
	digest = digest_bytes(digest, &args->seeds, sizeof(args->seeds));
	sqlite3_bind_int64(q, 1, (int64_t)(digest >> 1));
}

static int write_sweep(struct store *s, const struct sweep_args *args)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT OR IGNORE INTO sweeps "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	if (!q)
		return -1;
	bind_words(q, args);
	sqlite3_bind_int64(q, 8, args->memory);
	sqlite3_bind_int64(q, 9, args->seconds);
	sqlite3_bind_int64(q, 10, args->seeds);
	return store_finish(s, q);
}

int store_begin(struct store *s, const struct sweep_plan *plan)
{
	if (store_exec(s, "BEGIN IMMEDIATE"))
		return -1;
	if (!check_inputs(s, plan) && !write_sweep(s, plan->args) &&
	    !store_exec(s, "COMMIT"))
		return 0;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

static struct sweep_args sweep_of(sqlite3_stmt *q)
{
	return (struct sweep_args){
		.topologies = (const char *)sqlite3_column_text(q, 1),
		.workloads = (const char *)sqlite3_column_text(q, 2),
		.policies = (const char *)sqlite3_column_text(q, 3),
		.thp = (const char *)sqlite3_column_text(q, 4),
		.costs = (const char *)sqlite3_column_text(q, 5),
		.preempt = (const char *)sqlite3_column_text(q, 6),
		.memory = (unsigned int)sqlite3_column_int64(q, 7),
		.seconds = (unsigned int)sqlite3_column_int64(q, 8),
		.seeds = (unsigned int)sqlite3_column_int64(q, 9),
	};
}

int store_sweeps(struct store *s,
		 int (*look)(void *data, const struct sweep_args *args),
		 void *data)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT * FROM sweeps ORDER BY "
					"2, 3, 4, 5, 6, 7, 8, 9, 10");
	int ret = 0, got = q ? 1 : -1;

	while (!ret && got > 0) {
		got = store_next(s, q);
		if (got > 0) {
			struct sweep_args args = sweep_of(q);

			ret = look(data, &args);
		}
	}
	sqlite3_finalize(q);
	return got < 0 ? -1 : ret;
}
