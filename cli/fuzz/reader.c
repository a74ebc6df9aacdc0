// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the database of a sweep as the program does: numaplace report in all
 * of its forms, then what numaplace sweep reads and writes when it goes on.
 *
 * Two calls are not made (--wrap in the Makefile): gnuplot's, whose script is
 * looked at instead, and reading the whole program for its digest.
 */
#include "reader.h"
#include "cli.h"
#include "derive.h"
#include "signals.h"
#include "store.h"
#include "tmpdir.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static int back = -1;

void reader_enter(void)
{
	/* nothing is worth a disk */
	if (!access("/dev/shm", W_OK))
		setenv("TMPDIR", "/dev/shm", 0);
	dir = tmpdir_make();
	back = open(".", O_DIRECTORY | O_CLOEXEC);
	assert(dir && back >= 0 && !chdir(dir));
}

void reader_leave(void)
{
	assert(!fchdir(back));
	close(back);
	tmpdir_remove(dir);
}

/* --------------------------------------------------------------------- files */

/* Return: all of it with a NUL behind, to be freed, or NULL if there is none. */
static char *contents(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *text;

	if (!f)
		return NULL;
	assert(!fstat(fileno(f), &st));
	text = malloc((size_t)st.st_size + 1);
	assert(text);
	*ret_len = fread(text, 1, (size_t)st.st_size, f);
	text[*ret_len] = '\0';
	fclose(f);
	return text;
}

/* --------------------------------------------------------- what others would do */

/* A name that ends where it should not is a command to gnuplot. */
static void check_script(const char *path)
{
	size_t len;
	char *script = contents(path, &len), *rest = script, *line;

	assert(script);
	assert(strlen(script) == len);
	while ((line = strsep(&rest, "\n"))) {
		unsigned int quotes = 0;

		for (char *c = line; *c; c++)
			quotes += *c == '\'';
		assert(quotes % 2 == 0);
	}
	free(script);
}

int __wrap_tool_run(char *const argv[], const char *out);
bool __wrap_tool_exists(const char *name);
int __wrap_digest_file(uint64_t *ret_digest, const char *path);

int __wrap_tool_run(char *const argv[], const char *out)
{
	FILE *f;

	assert(!strcmp(argv[0], "gnuplot"));
	check_script(argv[1]);
	f = fopen(out, "we");
	assert(f);
	fputs("<svg>\n</svg>\n", f);
	fclose(f);
	return 0;
}

bool __wrap_tool_exists(const char *name)
{
	(void)name;
	return true;
}

int __wrap_digest_file(uint64_t *ret_digest, const char *path)
{
	(void)path;
	*ret_digest = 1;
	return 0;
}

/* ------------------------------------------------------------------ listening */

static FILE *real_stderr, *real_stdout;
static char *complaint, *tables;
static size_t complaint_len, tables_len;

static void listen(void)
{
	real_stderr = stderr;
	real_stdout = stdout;
	stderr = open_memstream(&complaint, &complaint_len);
	stdout = open_memstream(&tables, &tables_len);
	assert(stderr && stdout);
}

/* Nothing from a file may steer a terminal. */
static void check_printable(const char *text, size_t len)
{
	assert(strlen(text) == len);
	for (; *text; text++)
		assert((unsigned char)*text >= ' ' || *text == '\n');
}

/* @refused: then, and only then, something was complained about. */
static void check_heard(bool refused)
{
	fclose(stderr);
	fclose(stdout);
	stderr = real_stderr;
	stdout = real_stdout;
	check_printable(complaint, complaint_len);
	check_printable(tables, tables_len);
	assert(refused == !!complaint_len);
	if (refused)
		assert(!tables_len);
	free(complaint);
	free(tables);
}

/* --------------------------------------------------------------------- report */

static size_t number_of(const json_t *o, const char *list)
{
	return json_array_size(json_object_get(o, list));
}

/* Every point has every figure, be it null. */
static void check_json(void)
{
	json_t *j = json_load_file("json", 0, NULL), *point, *missing;
	size_t i, keys = NR_KEYS + NR_FIGURES + 3;

	assert(j && number_of(j, "points"));
	missing = json_object_get(j, "missing");
	assert(json_is_integer(missing));
	json_array_foreach(json_object_get(j, "points"), i, point) {
		assert(json_object_size(point) == keys);
		assert(json_is_array(json_object_get(point, "curve")));
	}
	json_decref(j);
}

static void check_form(const char *path, bool refused)
{
	assert(!access(path, F_OK) == !refused);
	if (!refused && !strcmp(path, "json"))
		check_json();
	unlink(path);
}

static bool report(void)
{
	static char *argv[] = {
		"report", READER_FILE, "--json", "json", "--html", "html",
		"--png", "png", NULL
	};
	bool refused;

	listen();
	refused = cmd_report(ARRAY_SIZE(argv) - 1, argv);
	signals_release();
	check_heard(refused);
	check_form("json", refused);
	check_form("html", refused);
	check_form("png", refused);
	return !refused;
}

/* ---------------------------------------------------------------------- sweep */

static const struct sweep_args asked = {
	.topologies = "2x2", .workloads = "numa02", .policies = "off,moron",
	.thp = "never", .costs = "server", .preempt = "voluntary",
	.seconds = 3, .seeds = 2,
};

static int put(struct store *s, const struct sweep_key *k)
{
	struct runs runs = { 0 };
	struct run *run = runs_add(&runs, "numa02", k->of[KEY_POLICY]);
	struct sample sample = { 0 };
	int ret;

	assert(run);
	for (int i = 0; i < 4; i++) {
		assert(!run_add_sample(run, &sample));
		sample.t += 1;
		sample.accesses += 100;
		sample.local += 10 * i;
	}
	ret = derive_run(run) || store_put(s, k, run);
	runs_free(&runs);
	return ret;
}

/* Return: 0 if all points are there then. */
static int put_all(struct store *s, const struct sweep_plan *plan)
{
	int ret = store_begin(s, plan);

	for (size_t i = 0; !ret && i < plan->nr; i++) {
		int there = store_has(s, &plan->point[i].key);

		ret = there ? there < 0 : put(s, &plan->point[i].key);
	}
	return ret ? -1 : 0;
}

/* @ret_opened: it was taken for one to go on with, and may have changed. */
static bool go_on(bool *ret_opened)
{
	struct sweep_plan plan;
	struct store s;
	int ret;

	assert(!sweep_plan_init(&plan, &asked));
	listen();
	ret = store_make(&s, READER_FILE);
	*ret_opened = !ret;
	if (!ret) {
		ret = put_all(&s, &plan);
		store_pack(&s);
		store_close(&s);
	}
	check_heard(ret);
	sweep_plan_free(&plan);
	return !ret;
}

/* ----------------------------------------------------------------------- both */

static void check_unchanged(const char *before, size_t len)
{
	size_t now_len;
	char *now = contents(READER_FILE, &now_len);

	assert(now && now_len == len && !memcmp(now, before, len));
	free(now);
}

void reader_try(void)
{
	size_t len;
	char *before = contents(READER_FILE, &len);
	bool readable, opened;

	assert(before);
	readable = report();
	check_unchanged(before, len);
	/* what can be read still can be; a sweep may make it so, too */
	if (go_on(&opened))
		assert(report() || !readable);
	if (!opened)
		check_unchanged(before, len);
	free(before);
}
