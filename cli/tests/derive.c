// SPDX-License-Identifier: GPL-2.0
/*
 * Windows, the last quarter, and the time to nine tenths of the limit.
 */
#include "common.h"
#include "derive.h"

#include <math.h>
#include <string.h>

static int setup(void **state)
{
	static struct runs runs;

	runs = (struct runs){ 0 };
	assert_non_null(runs_add(&runs, "numa02", "moron"));
	*state = &runs;
	return 0;
}

static int teardown(void **state)
{
	runs_free(*state);
	return 0;
}

static struct run *first(void **state)
{
	return ((struct runs *)*state)->run;
}

/* @n seconds with @percent of 1000 accesses local. */
static void seconds(struct run *run, int n, int percent)
{
	while (n--)
		add_second(run, 10 * percent, 1000);
}

static void same(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

static void windows_are_five_seconds(void **state)
{
	struct run *run = first(state);

	seconds(run, 5, 20);
	seconds(run, 5, 80);
	assert_int_equal(derive_run(run), 0);
	assert_int_equal(run->nr_windows, 2);
	same(run->window[0].t, 5);
	same(run->window[0].local, 0.2);
	same(run->window[0].accesses, 5000);
	same(run->window[1].t, 10);
	same(run->window[1].local, 0.8);
	same(run->window[1].user, 5000);
	same(run->window[1].kernel, 500);
}

static void a_short_rest_joins_the_last_window(void **state)
{
	struct run *run = first(state);

	seconds(run, 12, 50);
	assert_int_equal(derive_run(run), 0);
	assert_int_equal(run->nr_windows, 2);
	same(run->window[1].t, 12);
	same(run->window[1].accesses, 7000);
}

static void a_long_rest_is_a_window(void **state)
{
	struct run *run = first(state);

	seconds(run, 8, 50);
	assert_int_equal(derive_run(run), 0);
	assert_int_equal(run->nr_windows, 2);
	same(run->window[1].accesses, 3000);
}

static void samples_are_interpolated(void **state)
{
	struct run *run = first(state);

	seconds(run, 1, 0);
	seconds(run, 1, 100);
	same(sample_at(run, -1).accesses, 0);
	same(sample_at(run, 0.5).accesses, 500);
	same(sample_at(run, 1.5).local, 500);
	same(sample_at(run, 9).accesses, 2000);
	same(window_between(run, 0.5, 1.5).local, 0.5);
}

static void the_final_share_is_of_the_last_quarter(void **state)
{
	struct run *run = first(state);

	seconds(run, 30, 25);
	seconds(run, 10, 99);
	assert_int_equal(derive_run(run), 0);
	same(run->local_final, 0.99);
}

static void a_run_without_accesses_has_no_share(void **state)
{
	struct run *run = first(state);

	for (int i = 0; i < 6; i++)
		add_second(run, 0, 0);
	assert_int_equal(derive_run(run), 0);
	assert_true(isnan(run->local_final));
	assert_true(isnan(run->window[0].local));
	assert_true(derive_near(run, 0.9) == NEVER);
}

static void a_run_without_samples_is_survived(void **state)
{
	struct run *run = first(state);

	assert_int_equal(derive_run(run), 0);
	assert_true(isnan(run->local_final));
	assert_true(derive_near(run, 0.9) == NEVER);
}

static void near_counts_from_the_first_good_window(void **state)
{
	struct run *run = first(state);

	seconds(run, 10, 25);
	seconds(run, 10, 95);
	/* at 11 s the window holds 25 and 95, at 12 s only 95 */
	same(derive_near(run, 1.0), 12);
	/* and 60 % is enough for nine tenths of two thirds */
	same(derive_near(run, 0.66), 11);
}

static void a_relapse_starts_it_again(void **state)
{
	struct run *run = first(state);

	seconds(run, 5, 95);
	seconds(run, 3, 25);
	seconds(run, 5, 95);
	same(derive_near(run, 1.0), 10);
}

static void never_is_never(void **state)
{
	struct run *run = first(state);

	seconds(run, 20, 80);
	assert_true(derive_near(run, 1.0) == NEVER);
	seconds(run, 3, 95);
	seconds(run, 2, 10);
	assert_true(derive_near(run, 1.0) == NEVER);
}

static void good_from_the_start_is_the_first_sample(void **state)
{
	struct run *run = first(state);

	seconds(run, 20, 100);
	same(derive_near(run, 1.0), 1);
}

static void hand_is_the_limit_of_its_own_workload(void **state)
{
	struct runs *runs = *state;

	assert_non_null(runs_add(runs, "numa01", "hand"));
	assert_non_null(runs_add(runs, "numa01", "stock"));
	seconds(&runs->run[0], 20, 100);
	seconds(&runs->run[1], 20, 50);
	seconds(&runs->run[2], 20, 45);
	assert_int_equal(derive_all(runs), 0);
	assert_true(runs->run[0].hand_final == NEVER);
	assert_true(runs->run[0].seconds_to_90 == NEVER);
	same(runs->run[2].hand_final, 0.5);
	same(runs->run[2].seconds_to_90, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(windows_are_five_seconds),
		TEST(a_short_rest_joins_the_last_window),
		TEST(a_long_rest_is_a_window),
		TEST(samples_are_interpolated),
		TEST(the_final_share_is_of_the_last_quarter),
		TEST(a_run_without_accesses_has_no_share),
		TEST(a_run_without_samples_is_survived),
		TEST(near_counts_from_the_first_good_window),
		TEST(a_relapse_starts_it_again),
		TEST(never_is_never),
		TEST(good_from_the_start_is_the_first_sample),
		TEST(hand_is_the_limit_of_its_own_workload),
	};

	return tap_tests(tests);
}
