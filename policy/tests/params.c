// SPDX-License-Identifier: GPL-2.0
/* Policy texts, "name:key=value[unit],...": what they mean and what is wrong. */
#include <stdlib.h>

#include "common.h"

enum { P_PLAIN = NP_P_OWN, P_DELTA, P_WIDE };

enum { P_WORD = P_WIDE + 1 };

static const struct np_param knob_params[] = {
	{ "plain", "", 5, -10, 10, "no unit", "test" },
	{ "delta", "%", -3, -100, 100, "signed, with a unit", "test" },
	{ "wide", "ns", 0, -S64_MAX, S64_MAX, "any number", "test" },
	{ "word", "soon|later|never", 2, 1, 3, "has names", "test" },
};

/* Core parameters as this policy would have them. */
static const struct np_param knob_core[] = {
	{ "migrate_limit", "MiB/s", 64, 32, 128, "less", "test" },
};

static const struct np_policy_ops knobs = {
	.name = "knobs",
	.summary = "test: nothing but parameters",
	.params = knob_params,
	.nr_params = ARRAY_SIZE(knob_params),
	.core = knob_core,
	.nr_core = ARRAY_SIZE(knob_core),
};

static struct np_instance inst;

static int open_registry(void **state)
{
	(void)state;
	np_unregister_all();
	return np_register_builtin(NP_CAN_ALL, NULL) ||
	       np_register(&knobs, NP_CAN_ALL, NULL);
}

/* The instance comes with garbage in it: the parser must not rely on zeroes. */
static int parse(const char *spec, const char **why)
{
	memset(&inst, 0xa5, sizeof(inst));
	return np_instance_init(&inst, spec, why);
}

static void assert_error(const char *spec, int err)
{
	const char *why = NULL;

	if (parse(spec, &why) != err)
		print_error("# %s\n", spec);
	assert_int_equal(parse(spec, &why), err);
	assert_one_line(why);
}

static void assert_value(const char *spec, int param, s64 value)
{
	assert_int_equal(parse(spec, NULL), 0);
	assert_true(inst.param[param] == value);
	assert_string_equal(inst.spec, spec);
}

/* -------------------------------------------------------------- what works */

static void a_name_alone_means_the_defaults(void **state)
{
	const struct np_param *p;
	int i;

	(void)state;
	assert_int_equal(parse("knobs", NULL), 0);
	assert_ptr_equal(inst.ops, &knobs);
	for (i = 0; (p = np_param_at(&knobs, i)); i++)
		assert_true(inst.param[i] == p->def);
	assert_int_equal(i, NP_P_OWN + 4);
	assert_string_equal(inst.spec, "knobs");
}

static void a_new_instance_has_a_clean_record(void **state)
{
	(void)state;
	assert_int_equal(parse("knobs", NULL), 0);
	assert_int_equal(inst.strikes, 0);
	assert_false(inst.ejected);
}

static void a_value_may_come_with_its_unit_or_bare(void **state)
{
	(void)state;
	assert_value("knobs:scan_period=20ms", NP_P_SCAN_PERIOD, 20);
	assert_value("knobs:scan_period=20", NP_P_SCAN_PERIOD, 20);
	assert_value("knobs:scan_size=7MiB", NP_P_SCAN_SIZE, 7);
	assert_value("knobs:scan_budget=30us", NP_P_SCAN_BUDGET, 30);
	assert_value("knobs:plain=7", P_PLAIN, 7);
}

static void negative_numbers_are_numbers(void **state)
{
	(void)state;
	assert_value("knobs:plain=-7", P_PLAIN, -7);
	assert_value("knobs:delta=-7%", P_DELTA, -7);
	assert_value("knobs:plain=-0", P_PLAIN, 0);
}

static void leading_zeros_do_not_mean_octal(void **state)
{
	(void)state;
	assert_value("knobs:plain=010", P_PLAIN, 10);
}

static void several_parameters_may_be_given_in_any_order(void **state)
{
	(void)state;
	assert_value("knobs:delta=9%,plain=1,scan_delay=0ms", P_DELTA, 9);
	assert_true(inst.param[P_PLAIN] == 1);
	assert_true(inst.param[NP_P_SCAN_DELAY] == 0);
	assert_true(inst.param[P_WIDE] == 0);
	assert_value("knobs:plain=1,scan_delay=0ms,delta=9%", P_DELTA, 9);
}

static void every_policy_has_the_core_parameters(void **state)
{
	(void)state;
	assert_value("stock:scan_size=3", NP_P_SCAN_SIZE, 3);
	assert_value("none:scan_size=3", NP_P_SCAN_SIZE, 3);
	assert_value("moron:scan_size=3", NP_P_SCAN_SIZE, 3);
}

static void a_policy_reads_its_own_parameters_from_zero(void **state)
{
	struct np_ctx c = { .inst = &inst };

	(void)state;
	assert_value("knobs:plain=8,delta=-8", P_PLAIN, 8);
	assert_true(np_own_param(&c, 0) == 8);
	assert_true(np_own_param(&c, 1) == -8);
}

static void both_ends_of_a_range_are_in_it(void **state)
{
	(void)state;
	assert_value("knobs:plain=10", P_PLAIN, 10);
	assert_value("knobs:plain=-10", P_PLAIN, -10);
}

static void the_largest_numbers_fit(void **state)
{
	(void)state;
	assert_value("knobs:wide=9223372036854775807", P_WIDE, S64_MAX);
	assert_value("knobs:wide=-9223372036854775807ns", P_WIDE, -S64_MAX);
}

static void the_longest_text_fits(void **state)
{
	char spec[NP_SPEC_LEN];

	(void)state;
	memset(spec, '0', sizeof(spec));
	memcpy(spec, "knobs:plain=", 12);
	spec[NP_SPEC_LEN - 2] = '7';
	spec[NP_SPEC_LEN - 1] = '\0';
	assert_value(spec, P_PLAIN, 7);
}

/* --------------------------------------------------------- what is refused */

static void an_unknown_policy_is_ENOENT(void **state)
{
	(void)state;
	assert_error("", -ENOENT);
	assert_error(":", -ENOENT);
	assert_error(":plain=1", -ENOENT);
	assert_error("knob", -ENOENT);
	assert_error("knobsx", -ENOENT);
	assert_error("KNOBS", -ENOENT);
	assert_error(" knobs", -ENOENT);
	assert_error("knobs,plain=1", -ENOENT);
	assert_error("nobody:plain=1", -ENOENT);
}

static void a_name_too_long_to_exist_is_ENOENT(void **state)
{
	(void)state;
	assert_error("abcdefghijklmno", -ENOENT);
	assert_error("abcdefghijklmnop", -ENOENT);
	assert_error("knobsknobsknobsknobsknobsknobsknobs:plain=1", -ENOENT);
}

static void a_text_too_long_is_EINVAL(void **state)
{
	char spec[NP_SPEC_LEN + 1];

	(void)state;
	memset(spec, '0', sizeof(spec));
	memcpy(spec, "knobs:plain=", 12);
	spec[NP_SPEC_LEN] = '\0';
	assert_error(spec, -EINVAL);
}

static void an_unknown_parameter_is_EINVAL(void **state)
{
	(void)state;
	assert_error("knobs:nosuch=1", -EINVAL);
	assert_error("knobs:plai=1", -EINVAL);
	assert_error("knobs:plainx=1", -EINVAL);
	assert_error("knobs:PLAIN=1", -EINVAL);
	assert_error("knobs: plain=1", -EINVAL);
	assert_error("stock:plain=1", -EINVAL);
}

static void a_part_without_key_or_equals_is_EINVAL(void **state)
{
	(void)state;
	assert_error("knobs:plain", -EINVAL);
	assert_error("knobs:=5", -EINVAL);
	assert_error("knobs:=", -EINVAL);
	assert_error("knobs:plain,delta=5", -EINVAL);
}

static void an_empty_part_is_EINVAL(void **state)
{
	(void)state;
	assert_error("knobs:", -EINVAL);
	assert_error("knobs:,", -EINVAL);
	assert_error("knobs:plain=5,", -EINVAL);
	assert_error("knobs:,plain=5", -EINVAL);
	assert_error("knobs:plain=5,,delta=1", -EINVAL);
}

static void a_value_that_is_no_whole_number_is_EINVAL(void **state)
{
	static const char *const specs[] = {
		"knobs:plain=", "knobs:plain=x", "knobs:plain=-",
		"knobs:plain=--5", "knobs:plain=- 5", "knobs:plain=+5",
		"knobs:plain= 5", "knobs:delta=%", "knobs:plain==5",
		"knobs:wide=ns", "knobs:wide=-ns",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(specs); i++)
		assert_error(specs[i], -EINVAL);
}

static void a_wrong_unit_is_EINVAL(void **state)
{
	static const char *const specs[] = {
		"knobs:scan_period=20s", "knobs:scan_period=20m",
		"knobs:scan_period=20msx", "knobs:scan_period=20MS",
		"knobs:scan_period=20 ms", "knobs:scan_size=1GiB",
		"knobs:scan_size=1MB", "knobs:plain=5%", "knobs:plain=5 ",
		"knobs:plain=0x5", "knobs:plain=5.0", "knobs:plain=5=5",
		"knobs:plain=1e1", "knobs:delta=5%%", "knobs:plain=5:5",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(specs); i++)
		assert_error(specs[i], -EINVAL);
}

static void a_value_out_of_range_is_ERANGE(void **state)
{
	(void)state;
	assert_error("knobs:plain=11", -ERANGE);
	assert_error("knobs:plain=-11", -ERANGE);
	assert_error("knobs:delta=101%", -ERANGE);
	assert_error("knobs:scan_period=9ms", -ERANGE);
	assert_error("knobs:scan_period=-1", -ERANGE);
	assert_error("knobs:scan_size=0", -ERANGE);
	assert_error("knobs:scan_budget=1000001us", -ERANGE);
}

static void each_core_parameter_keeps_its_range(void **state)
{
	(void)state;
	assert_error("none:scan_delay=-1ms", -ERANGE);
	assert_error("none:scan_delay=3600001ms", -ERANGE);
	assert_error("none:scan_period_max=9ms", -ERANGE);
	assert_error("none:scan_size=1048577MiB", -ERANGE);
	assert_error("none:scan_budget=9us", -ERANGE);
	assert_value("none:scan_size=1048576MiB", NP_P_SCAN_SIZE, 1048576);
}

/* Whatever it is called, a number too large for the machine is no number. */
static void a_number_too_large_is_refused(void **state)
{
	(void)state;
	assert_int_not_equal(parse("knobs:wide=9223372036854775808", NULL), 0);
	assert_int_not_equal(parse("knobs:wide=-9223372036854775809", NULL), 0);
	assert_int_not_equal(parse("knobs:wide=18446744073709551617", NULL), 0);
	assert_int_not_equal(parse("knobs:plain=18446744073709551617", NULL), 0);
}

/* It is a whole number, and out of range: the contract says -ERANGE for that. */
static void a_number_too_large_is_out_of_range(void **state)
{
	(void)state;
	assert_error("knobs:wide=9223372036854775808", -ERANGE);
	assert_error("knobs:plain=99999999999999999999999", -ERANGE);
	assert_error("knobs:scan_period=-99999999999999999999ms", -ERANGE);
}

static void an_error_is_found_in_every_part(void **state)
{
	(void)state;
	assert_error("knobs:plain=1,delta=1,wide=x", -EINVAL);
	assert_error("knobs:plain=1,delta=x,wide=1", -EINVAL);
	assert_error("knobs:plain=99,delta=1,wide=1", -ERANGE);
}

static void the_first_error_is_the_one_reported(void **state)
{
	(void)state;
	assert_error("knobs:plain=99,nosuch=1", -ERANGE);
	assert_error("knobs:nosuch=1,plain=99", -EINVAL);
}

static void an_error_may_go_unexplained(void **state)
{
	(void)state;
	assert_int_equal(parse("knobs:plain=99", NULL), -ERANGE);
	assert_int_equal(parse("nobody", NULL), -ENOENT);
}

/* --------------------------------------------------------- taken together */

static void the_period_cannot_exceed_its_maximum(void **state)
{
	(void)state;
	assert_error("knobs:scan_period=501,scan_period_max=500", -ERANGE);
	assert_error("knobs:scan_period_max=500,scan_period=501", -ERANGE);
	assert_value("knobs:scan_period=500,scan_period_max=500",
		     NP_P_SCAN_PERIOD_MAX, 500);
}

static void the_period_is_compared_with_defaults_too(void **state)
{
	(void)state;
	assert_error("knobs:scan_period=10001", -ERANGE);
	assert_value("knobs:scan_period=10000", NP_P_SCAN_PERIOD, 10000);
	assert_error("knobs:scan_period_max=999", -ERANGE);
	assert_value("knobs:scan_period_max=1000", NP_P_SCAN_PERIOD_MAX, 1000);
}

static void core_parameters_are_sound(void **state)
{
	const struct np_param *core = np_core_params;
	int i;

	(void)state;
	for (i = 0; i < NP_P_OWN; i++) {
		assert_true(core[i].min <= core[i].def);
		assert_true(core[i].def <= core[i].max);
		assert_true(core[i].min >= 0);
		assert_one_line(core[i].text);
		assert_one_line(core[i].source);
	}
	assert_true(core[NP_P_SCAN_PERIOD].def <= core[NP_P_SCAN_PERIOD_MAX].def);
}

static void values_may_have_names(void **state)
{
	(void)state;
	assert_value("knobs:word=soon", P_WORD, 1);
	assert_value("knobs:word=later", P_WORD, 2);
	assert_value("knobs:word=never,plain=1", P_WORD, 3);
	assert_value("knobs:word=3", P_WORD, 3);
	assert_error("knobs:word=4", -ERANGE);
	assert_error("knobs:word=nev", -EINVAL);
	assert_error("knobs:word=neverr", -EINVAL);
	assert_error("knobs:word=soon|later", -EINVAL);
	assert_error("knobs:word=", -EINVAL);
	assert_error("knobs:plain=soon", -EINVAL);
}

static void a_policy_may_restate_core_parameters(void **state)
{
	(void)state;
	assert_value("knobs", NP_P_MIGRATE_LIMIT, 64);
	assert_value("knobs:migrate_limit=128MiB/s", NP_P_MIGRATE_LIMIT, 128);
	assert_error("knobs:migrate_limit=256", -ERANGE);
	assert_value("none:migrate_limit=256", NP_P_MIGRATE_LIMIT, 256);
	assert_ptr_equal(np_param_at(&knobs, NP_P_MIGRATE_LIMIT), &knob_core[0]);
}

static void the_limit_is_a_time_per_page(void **state)
{
	(void)state;
	assert_int_equal(parse("none", NULL), 0);
	assert_int_equal(inst.page_ns, 0);
	assert_int_equal(parse("none:migrate_limit=1MiB/s", NULL), 0);
	assert_in_range(inst.page_ns, 3906250 - 100, 3906250 + 100);
	assert_int_equal(parse("none:migrate_limit=1048576", NULL), 0);
	assert_in_range(inst.page_ns, 3, 4);
}

/* -------------------------------------------------------------------- fuzz */

static const char *const words[] = {
	"knobs", "stock", ":", ":", ",", ",", "=", "=", "plain", "delta",
	"wide", "scan_period", "scan_period_max", "-", "0", "7", "99",
	"9223372036854775807", "ms", "%", "ns", " ", "x", "\xff",
};

/* On the heap and of exact length: reading past the end is seen. */
static char *random_text(struct dice *d)
{
	char text[1024] = "";
	u32 nr = roll(d, 16);

	if (roll(d, 4))
		strcat(text, "knobs:");
	while (nr--)
		strcat(text, words[roll(d, ARRAY_SIZE(words))]);
	return strdup(text);
}

static void assert_in_range_or_error(int err)
{
	const struct np_param *p;
	int i;

	if (err) {
		assert_true(err == -EINVAL || err == -ENOENT || err == -ERANGE);
		return;
	}
	for (i = 0; (p = np_param_at(inst.ops, i)); i++)
		assert_true(inst.param[i] >= p->min && inst.param[i] <= p->max);
	assert_true(inst.param[NP_P_SCAN_PERIOD] <=
		    inst.param[NP_P_SCAN_PERIOD_MAX]);
}

static void any_text_gives_sound_values_or_an_error(void **state)
{
	struct dice d = { 2012 };
	int i, good = 0;

	(void)state;
	for (i = 0; i < 100000; i++) {
		char *text = random_text(&d);
		int err = parse(text, NULL);

		assert_in_range_or_error(err);
		good += !err;
		free(text);
	}
	assert_true(good > 100);	/* else the dice only ever made rubbish */
}

#define T(name) cmocka_unit_test_setup(name, open_registry)

int main(void)
{
	const struct CMUnitTest params[] = {
		T(a_name_alone_means_the_defaults),
		T(a_new_instance_has_a_clean_record),
		T(a_value_may_come_with_its_unit_or_bare),
		T(negative_numbers_are_numbers),
		T(leading_zeros_do_not_mean_octal),
		T(several_parameters_may_be_given_in_any_order),
		T(every_policy_has_the_core_parameters),
		T(a_policy_reads_its_own_parameters_from_zero),
		T(both_ends_of_a_range_are_in_it),
		T(the_largest_numbers_fit),
		T(the_longest_text_fits),
		T(an_unknown_policy_is_ENOENT),
		T(a_name_too_long_to_exist_is_ENOENT),
		T(a_text_too_long_is_EINVAL),
		T(an_unknown_parameter_is_EINVAL),
		T(a_part_without_key_or_equals_is_EINVAL),
		T(an_empty_part_is_EINVAL),
		T(a_value_that_is_no_whole_number_is_EINVAL),
		T(a_wrong_unit_is_EINVAL),
		T(a_value_out_of_range_is_ERANGE),
		T(each_core_parameter_keeps_its_range),
		T(a_number_too_large_is_refused),
		T(a_number_too_large_is_out_of_range),
		T(an_error_is_found_in_every_part),
		T(the_first_error_is_the_one_reported),
		T(an_error_may_go_unexplained),
		T(the_period_cannot_exceed_its_maximum),
		T(the_period_is_compared_with_defaults_too),
		T(core_parameters_are_sound),
		T(values_may_have_names),
		T(a_policy_may_restate_core_parameters),
		T(the_limit_is_a_time_per_page),
		T(any_text_gives_sound_values_or_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(params, NULL, NULL);
}
