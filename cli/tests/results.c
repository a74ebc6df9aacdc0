// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest says about itself, and files that are still being written.
 */
#include "common.h"
#include "lines.h"
#include "results.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN "run {\"run\":1,\"status\":0,\"work\":{\"work\":1}}"

struct fixture {
	struct runs runs;
	struct results r;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .r.runs = &f.runs };
	assert_non_null(runs_add(&f.runs, "numa02", "off"));
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	runs_free(&f->runs);
	return 0;
}

static void accepted(struct fixture *f, const char *line)
{
	assert_int_equal(results_line(&f->r, line), 0);
}

static void refused(struct fixture *f, const char *line)
{
	hush();
	assert_int_equal(results_line(&f->r, line), -1);
	assert_said("makes no sense");
}

static void failed(struct fixture *f, const char *why)
{
	hush();
	assert_int_equal(results_check(&f->r), -1);
	assert_said(why);
}

static void takes_its_own_lines(void **state)
{
	struct fixture *f = *state;

	accepted(f, "calibrate: showed 2 CPUs and 2 nodes");
	accepted(f, "kernel 6.12.1");
	accepted(f, RUN);
	accepted(f, "verdict: clean");
	assert_int_equal(results_check(&f->r), 0);
	assert_string_equal(f->r.kernel, "6.12.1");
	assert_true(run_number(f->runs.run, "work.work") == 1);
	assert_true(run_number(f->runs.run, "work.x.y") == 0);
}

static void refuses_runs_that_make_no_sense(void **state)
{
	struct fixture *f = *state;

	refused(f, "run ");
	refused(f, "run {\"run\":1");
	refused(f, "run {\"run\":2}");
	refused(f, "run {\"run\":-1}");
	refused(f, "run [1]");
	accepted(f, RUN);
	refused(f, RUN);
}

static void tells_what_is_missing(void **state)
{
	struct fixture *f = *state;

	failed(f, "run 1 (numa02 under off) is missing");
	accepted(f, "run {\"run\":1,\"status\":0,\"work\":null}");
	failed(f, "did not say what it has done");
}

static void tells_what_failed(void **state)
{
	struct fixture *f = *state;

	accepted(f, "run {\"run\":1,\"status\":3,\"work\":{}}");
	failed(f, "failed with status 3");
	assert_false(f->r.usage);
	accepted(f, "wrong usage");
	assert_true(f->r.usage);
	accepted(f, "error: the module cannot be loaded");
	failed(f, "in the guest: the module cannot be loaded");
}

/* ----------------------------------------------------------------- lines.c */

static int collect(void *data, const char *line)
{
	strcat(data, line);
	strcat(data, "|");
	return 0;
}

static void append(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fwrite(text, 1, len, f);
	fclose(f);
}

static void lines_come_whole(void **state)
{
	char dir[] = "/tmp/numaplace-test-XXXXXX", seen[64] = "";
	struct lines l;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(lines_init(&l, dir, "f"), 0);
	assert_int_equal(lines_follow(&l, collect, seen), 0);
	append(l.path, "one\r\ntw", 7);
	assert_int_equal(lines_follow(&l, collect, seen), 0);
	assert_string_equal(seen, "one|");
	assert_true(lines_cut(&l));
	append(l.path, "o\nth\0ree\n", 9);
	assert_int_equal(lines_follow(&l, collect, seen), 0);
	assert_string_equal(seen, "one|two|th?ree|");
	assert_false(lines_cut(&l));
	unlink(l.path);
	rmdir(dir);
	lines_exit(&l);
}

static void follows_what_replaces_a_file(void **state)
{
	char dir[] = "/tmp/numaplace-test-XXXXXX", seen[64] = "";
	struct lines l;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(lines_init(&l, dir, "f"), 0);
	assert_false(lines_replaced(&l));
	append(l.path, "one\n", 4);
	assert_int_equal(lines_follow(&l, collect, seen), 0);
	unlink(l.path);
	assert_false(lines_replaced(&l));
	append(l.path, "two\n", 4);
	assert_true(lines_replaced(&l));
	lines_restart(&l);
	assert_int_equal(lines_follow(&l, collect, seen), 0);
	assert_string_equal(seen, "one|two|");
	assert_false(lines_replaced(&l));
	unlink(l.path);
	rmdir(dir);
	lines_exit(&l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_its_own_lines),
		TEST(refuses_runs_that_make_no_sense),
		TEST(tells_what_is_missing),
		TEST(tells_what_failed),
		TEST(lines_come_whole),
		TEST(follows_what_replaces_a_file),
	};

	return tap_tests(tests);
}
