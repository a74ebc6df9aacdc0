// SPDX-License-Identifier: GPL-2.0
/*
 * The witness's lines: what is believed, and what is not.
 */
#include "common.h"
#include "witness.h"

#include <stdio.h>
#include <string.h>

#define HEADER	"{\"witness\":1,\"nodes\":2,\"cpus\":[1,1],\"mib\":[64,64]}"
#define GOOD	"{\"calibrated\":\"plain\",\"pages\":64}"
#define REFUSED	"{\"error\":\"calibration failed: two maps fit\"}"

struct fixture {
	struct runs runs;
	struct witness w;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .w.runs = &f.runs };
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
	assert_int_equal(witness_line(&f->w, line), 0);
}

static void refused(struct fixture *f, const char *line, const char *why)
{
	hush();
	assert_int_equal(witness_line(&f->w, line), -1);
	assert_said(why);
}

static void not_trusted(struct fixture *f, const char *why)
{
	hush();
	assert_int_equal(witness_check(&f->w), -1);
	assert_said(why);
}

static const char *counts(double t, int local, int remote, const char *end)
{
	static char line[256];

	snprintf(line, sizeof(line), "{\"run\":1,\"t\":%.3f,\"access\":"
		 "[[%d,%d],[0,0]],\"unknown\":0,\"user\":%d,\"kernel\":%d%s}",
		 t, local, remote, 10 * (local + remote), local, end);
	return line;
}

#define FINAL	",\"final\":true"

static void takes_a_whole_run(void **state)
{
	struct fixture *f = *state;
	const struct run *run = f->runs.run;

	accepted(f, HEADER);
	accepted(f, GOOD);
	accepted(f, counts(1, 30, 70, ""));
	accepted(f, counts(2, 90, 110, FINAL));
	assert_int_equal(witness_check(&f->w), 0);
	assert_int_equal(run->nr_samples, 3);
	assert_true(run->sample[0].t == 0 && run->sample[0].accesses == 0);
	assert_true(run->sample[2].local == 90);
	assert_true(run->sample[2].accesses == 200);
	assert_true(run->sample[2].user == 2000);
	assert_true(run->matrix[0] == 90 && run->matrix[1] == 110);
}

static void joins_the_scrap_at_the_end(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, GOOD);
	accepted(f, counts(1, 30, 70, ""));
	accepted(f, counts(1.004, 31, 70, FINAL));
	assert_int_equal(f->runs.run->nr_samples, 2);
	assert_true(f->runs.run->sample[1].local == 31);
}

static void refuses_cut_off_lines(void **state)
{
	struct fixture *f = *state;
	const char *whole = counts(1, 30, 70, FINAL);
	char line[256];

	accepted(f, HEADER);
	for (size_t len = 0; len < strlen(whole); len++) {
		snprintf(line, len + 1, "%s", whole);
		refused(f, line, "not JSON; is it cut off?");
	}
	assert_int_equal(f->w.line, 1 + strlen(whole));
}

static void refuses_garbage(void **state)
{
	struct fixture *f = *state;

	refused(f, "\001\002", "line 1: not JSON");
	refused(f, "[]", "neither header");
	refused(f, "{}", "neither header");
	refused(f, "{\"witness\":2,\"nodes\":2}", "does not know");
	refused(f, "{\"witness\":1}", "without the number of nodes");
	refused(f, "{\"witness\":1,\"nodes\":0}", "impossible number");
	refused(f, "{\"witness\":1,\"nodes\":99999}", "impossible number");
	refused(f, "{\"error\":7}", "an error without a text");
	refused(f, "{\"run\":0}", "a run that nobody asked for");
	refused(f, "{\"run\":2}", "a run that nobody asked for");
	refused(f, "{\"run\":\"1\"}", "a run that nobody asked for");
	refused(f, "{\"run\":1,\"run\":1}", "not JSON");
	refused(f, "{\"run\":1,\"t\":1}", "something missing");
	not_trusted(f, "has written nothing");
}

static void refuses_bad_matrices(void **state)
{
	struct fixture *f = *state;

	refused(f, counts(1, 30, 70, ""), "counts before the header");
	f->w.nr_nodes = 0;
	runs_free(&f->runs);
	assert_non_null(runs_add(&f->runs, "numa02", "off"));
	accepted(f, HEADER);
#define MATRIX(m) "{\"run\":1,\"t\":1,\"access\":" m \
	",\"unknown\":0,\"user\":1,\"kernel\":1}"
	refused(f, MATRIX("[]"), "matrix of the wrong size");
	refused(f, MATRIX("[[1,2]]"), "matrix of the wrong size");
	refused(f, MATRIX("[[1,2],[3]]"), "matrix of the wrong size");
	refused(f, MATRIX("[[1,2],[3,-4]]"), "other than counts");
	refused(f, MATRIX("[[1,2],[3,\"4\"]]"), "other than counts");
	refused(f, MATRIX("7"), "matrix of the wrong size");
}

static void refuses_counts_that_go_backwards(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, counts(1, 30, 70, ""));
	refused(f, counts(2, 20, 90, ""), "backwards");
	refused(f, counts(0.5, 40, 90, ""), "backwards");
}

static void refuses_counts_after_the_end(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, counts(1, 30, 70, FINAL));
	refused(f, counts(2, 40, 80, ""), "a run that was over");
}

static void does_not_trust_a_failed_calibration(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	not_trusted(f, "never calibrated");
	accepted(f, REFUSED);
	accepted(f, counts(1, 30, 70, FINAL));
	not_trusted(f, "refuses to vouch for its numbers: calibration failed: "
		    "two maps fit");
}

static void a_later_calibration_counts(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, REFUSED);
	accepted(f, GOOD);
	accepted(f, counts(1, 30, 70, FINAL));
	assert_int_equal(witness_check(&f->w), 0);
	accepted(f, "{\"error\":\"run 2 not recorded\"}");
	not_trusted(f, "run 2 not recorded");
}

static void does_not_trust_half_a_run(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, GOOD);
	not_trusted(f, "no complete record");
	accepted(f, counts(1, 30, 70, ""));
	not_trusted(f, "run 1 (numa02 under off)");
	accepted(f, counts(1.5, 30, 80, ",\"aborted\":true"));
	not_trusted(f, "guest died");
}

static void does_not_trust_unknown_memory(void **state)
{
	struct fixture *f = *state;

	accepted(f, HEADER);
	accepted(f, GOOD);
	accepted(f, "{\"run\":1,\"t\":1,\"access\":[[97,0],[0,0]],"
		 "\"unknown\":3,\"user\":1,\"kernel\":1" FINAL "}");
	not_trusted(f, "cannot tell the node of 3.0 %");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_a_whole_run),
		TEST(joins_the_scrap_at_the_end),
		TEST(refuses_cut_off_lines),
		TEST(refuses_garbage),
		TEST(refuses_bad_matrices),
		TEST(refuses_counts_that_go_backwards),
		TEST(refuses_counts_after_the_end),
		TEST(does_not_trust_a_failed_calibration),
		TEST(a_later_calibration_counts),
		TEST(does_not_trust_half_a_run),
		TEST(does_not_trust_unknown_memory),
	};

	return tap_tests(tests);
}
