// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of policies with parameters, and numbers for people.
 */
#include "common.h"
#include "human.h"
#include "names.h"
#include "spec.h"

#include <string.h>

static void a_list_is_split_between_policies(void **state)
{
	struct words w;

	(void)state;
	assert_int_equal(specs_split(&w, "off,moron:scan_size=64MiB,"
				     "scan_delay=0,hand", "policy"), 0);
	assert_int_equal(w.nr, 3);
	assert_string_equal(w.item[0], "off");
	assert_string_equal(w.item[1], "moron:scan_size=64MiB,scan_delay=0");
	assert_string_equal(w.item[2], "hand");
	assert_null(w.item[3]);
	assert_true(words_have(&w, "hand"));
	assert_false(words_have(&w, "moron"));
	words_free(&w);
}

static void refused(const char *text, const char *why)
{
	struct words w;

	hush();
	assert_int_equal(specs_split(&w, text, "policy"), -1);
	assert_said(why);
	assert_int_equal(w.nr, 0);
}

static void malformed_lists_are_refused(void **state)
{
	(void)state;
	refused("", "empty policy in the list");
	refused("off,,hand", "empty policy in the list");
	refused("off,", "empty policy in the list");
	refused("off,off", "policy 'off' is listed twice");
	refused("a=1", "is not NAME");
	refused("Off", "is not NAME");
	refused("off hand", "is not NAME");
	refused("off;reboot", "is not NAME");
	refused(":a=1", "is not NAME");
	refused("a_name_of_16_chars", "at most 15 characters");
}

/* Who takes files knows best which names are good. */
static void words_may_be_anything_but_empty(void **state)
{
	struct words w;

	(void)state;
	assert_int_equal(words_split(&w, "./My Work.work:a=1,b=2,mesh:2x2",
				     "workload"), 0);
	assert_int_equal(w.nr, 2);
	assert_string_equal(w.item[0], "./My Work.work:a=1,b=2");
	assert_string_equal(w.item[1], "mesh:2x2");
	words_free(&w);
	hush();
	assert_int_equal(words_split(&w, "a,", "topology"), -1);
	assert_said("empty topology in the list");
}

static void malformed_parameters_are_refused(void **state)
{
	(void)state;
	refused("moron:", "'' is not key=value");
	refused("moron:a", "'a' is not key=value");
	refused("moron:=1", "'=1' is not key=value");
	refused("moron:a=", "has no value");
	refused("moron:a=1,", "empty policy");
	refused("moron:a=$(x)", "has no value");
	refused("moron:a=1'", "has no value");
}

static void overlong_specs_are_refused(void **state)
{
	char text[400] = "moron:a=";

	(void)state;
	memset(text + strlen(text), '1', 300);
	hush();
	assert_int_equal(spec_check(text), -1);
	assert_said("at most 255 characters");
	text[255] = '\0';
	assert_int_equal(spec_check(text), 0);
}

static void numbers_are_readable(void **state)
{
	char buf[HUMAN_LEN];

	(void)state;
	assert_string_equal(human_count(buf, 0), "0");
	assert_string_equal(human_count(buf, 999), "999");
	assert_string_equal(human_count(buf, 1234567), "1,234,567");
	assert_string_equal(human_count(buf, UINT64_MAX),
			    "18,446,744,073,709,551,615");
	assert_string_equal(human_ns(buf, 999), "999 ns");
	assert_string_equal(human_ns(buf, 12345678), "12.3 ms");
	assert_string_equal(human_bytes(buf, 1536), "1.5 KiB");
	assert_string_equal(human_share(buf, 1, 3), "33.3 %");
	assert_string_equal(human_share(buf, 0, 0), "-");
}

static void names_come_from_the_contract(void **state)
{
	(void)state;
	assert_string_equal(counter_name(NP_C_FAULTS), "hint_faults");
	assert_string_equal(counter_unit(NP_C_SCAN_NS), "ns");
	assert_string_equal(reason_name(NP_R_CPUSET), "cpuset");
	assert_string_equal(verdict_name(NP_REFUSED), "refused");
	assert_string_equal(record_name(NP_REC_TASK), "task");
	assert_string_equal(record_name(NP_REC_END_DECISIONS), "?");
	assert_string_equal(record_name(NP_REC_KEPT), "kept");
	for (unsigned int i = NP_REC_FEED; i < NP_REC_END_FEED; i++)
		assert_string_not_equal(record_name(i), "?");
	assert_string_equal(record_name(NP_REC_END_FEED), "?");
	assert_string_equal(effective_name(NP_EFF_EJECTED), "ejected");
	assert_int_equal(reason_find("cpuset"), NP_R_CPUSET);
	assert_int_equal(reason_find("x"), -1);
}

static void unknown_numbers_have_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(counter_name(NP_NR_COUNTERS), "?");
	assert_string_equal(reason_text(NP_NR_REASONS), "?");
	assert_string_equal(verdict_name(NP_NR_VERDICTS), "?");
	assert_string_equal(record_name(0), "?");
	assert_string_equal(record_name(255), "?");
	assert_string_equal(effective_name(UINT32_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_split_between_policies),
		cmocka_unit_test(malformed_lists_are_refused),
		cmocka_unit_test(words_may_be_anything_but_empty),
		cmocka_unit_test(malformed_parameters_are_refused),
		cmocka_unit_test(overlong_specs_are_refused),
		cmocka_unit_test(numbers_are_readable),
		cmocka_unit_test(names_come_from_the_contract),
		cmocka_unit_test(unknown_numbers_have_a_name_too),
	};

	return tap_tests(tests);
}
