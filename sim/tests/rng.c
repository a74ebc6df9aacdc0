// SPDX-License-Identifier: GPL-2.0
/* Chance: the same everywhere, as even as it should be, and good logarithms. */
#include <math.h>

#include "common.h"

#define DRAWS 200000

static void numbers_never_change(void **state)
{
	struct rng r = { 0 };

	(void)state;
	/* splitmix64's own first outputs for state 0. */
	assert_true(rng_next(&r) == 0xe220a8397b1dcdafULL);
	assert_true(rng_next(&r) == 0x6e789e6aa1b965f4ULL);
	assert_true(rng_next(&r) == 0x06c45d188009454fULL);
}

static void log_is_right(void **state)
{
	struct rng r = { 7 };

	(void)state;
	assert_true(sim_log(1) == 0);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_unit(&r) * exp(rng_unit(&r) * 600 - 300);

		assert_true(fabs(sim_log(x) - log(x)) <
			    1e-12 * (1 + fabs(log(x))));
	}
}

static void exp_is_right(void **state)
{
	struct rng r = { 8 };

	(void)state;
	assert_true(sim_exp(0) == 1);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_unit(&r) * 1398 - 699;

		assert_true(fabs(sim_exp(x) / exp(x) - 1) < 1e-12);
	}
}

static void exp_undoes_log(void **state)
{
	struct rng r = { 9 };

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_unit(&r) * 1e6;

		assert_true(fabs(sim_exp(sim_log(x)) / x - 1) < 1e-11);
	}
}

static void units_are_spread_evenly(void **state)
{
	struct rng r = { 1 };
	unsigned int box[100] = { 0 };
	double sum = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_unit(&r);

		assert_true(x > 0 && x <= 1);
		sum += x;
		box[(int)ceil(x * 100) - 1]++;
	}
	assert_near(sum / DRAWS, 0.5, 0.01);
	for (int i = 0; i < 100; i++)
		assert_near(box[i], DRAWS / 100.0, 0.12);
}

static void below_reaches_all_and_no_more(void **state)
{
	struct rng r = { 2 };
	unsigned int box[7] = { 0 };

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		box[rng_below(&r, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_near(box[i], DRAWS / 7.0, 0.03);
	assert_int_equal(rng_below(&r, 1), 0);
}

/* Mean and deviation of an exponential distribution are both 1 / rate. */
static void waits_are_exponential(void **state)
{
	struct rng r = { 3 };
	double sum = 0, squares = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_wait(&r, 0.25);

		assert_true(x >= 0);
		sum += x;
		squares += x * x;
	}
	assert_near(sum / DRAWS, 4, 0.01);
	assert_near(sqrt(squares / DRAWS - 16), 4, 0.02);
}

static void neighbours_have_nothing_in_common(void **state)
{
	unsigned int same = 0;

	(void)state;
	for (uint64_t i = 0; i < DRAWS; i++) {
		struct rng a = rng_for(1, i), b = rng_for(1, i + 1);
		struct rng c = rng_for(2, i);
		uint64_t x = rng_next(&a);

		assert_true(x != rng_next(&b) && x != rng_next(&c));
		same += (x >> 63) == (rng_next(&b) >> 63);
	}
	assert_near(same, DRAWS / 2.0, 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_never_change),
		cmocka_unit_test(log_is_right),
		cmocka_unit_test(exp_is_right),
		cmocka_unit_test(exp_undoes_log),
		cmocka_unit_test(units_are_spread_evenly),
		cmocka_unit_test(below_reaches_all_and_no_more),
		cmocka_unit_test(waits_are_exponential),
		cmocka_unit_test(neighbours_have_nothing_in_common),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
