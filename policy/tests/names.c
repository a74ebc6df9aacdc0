// SPDX-License-Identifier: GPL-2.0
/*
 * Names of reasons, counters and verdicts, and what of them is ABI: their
 * numbers, and the bytes of a record.
 */
#include <numaplace/uapi.h>

#include "common.h"

typedef const char *(*name_fn)(unsigned int i);

static void assert_plain(const char *name, const char *allowed)
{
	assert_true(name[0]);
	assert_int_equal(strspn(name, allowed), strlen(name));
}

static void assert_unique(name_fn name, unsigned int nr)
{
	unsigned int i, k;

	for (i = 0; i < nr; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(name(i), name(k));
}

/* Out of range is an answer too: a reader may be older than the numbers. */
static void assert_unknown(name_fn name, unsigned int nr)
{
	assert_string_equal(name(nr), "?");
	assert_string_equal(name(~0U), "?");
}

/* --------------------------------------------------------------- reasons */

static void reasons_have_unique_plain_names(void **state)
{
	unsigned int i;

	(void)state;
	assert_unique(np_reason_name, NP_NR_REASONS);
	for (i = 0; i < NP_NR_REASONS; i++)
		assert_plain(np_reason_name(i), "abcdefghijklmnopqrstuvwxyz-");
}

static void reasons_are_explained(void **state)
{
	unsigned int i;

	(void)state;
	assert_unique(np_reason_text, NP_NR_REASONS);
	for (i = 0; i < NP_NR_REASONS; i++)
		assert_one_line(np_reason_text(i));
}

static void unknown_reasons_are_marked(void **state)
{
	(void)state;
	assert_unknown(np_reason_name, NP_NR_REASONS);
	assert_unknown(np_reason_text, NP_NR_REASONS);
}

/* -------------------------------------------------------------- counters */

static void counters_have_unique_plain_names(void **state)
{
	unsigned int i;

	(void)state;
	assert_unique(np_counter_name, NP_NR_COUNTERS);
	for (i = 0; i < NP_NR_COUNTERS; i++)
		assert_plain(np_counter_name(i), "abcdefghijklmnopqrstuvwxyz_");
}

static void counters_say_when_they_tick(void **state)
{
	unsigned int i;

	(void)state;
	assert_unique(np_counter_text, NP_NR_COUNTERS);
	for (i = 0; i < NP_NR_COUNTERS; i++)
		assert_one_line(np_counter_text(i));
}

static bool known_unit(const char *unit)
{
	static const char *const units[] = {
		"calls", "passes", "pages", "ns", "faults", "tasks",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(units[i], unit))
			return true;
	return false;
}

static void counters_have_one_of_few_units(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < NP_NR_COUNTERS; i++)
		assert_true(known_unit(np_counter_unit(i)));
}

static void unknown_counters_are_marked(void **state)
{
	(void)state;
	assert_unknown(np_counter_name, NP_NR_COUNTERS);
	assert_unknown(np_counter_unit, NP_NR_COUNTERS);
	assert_unknown(np_counter_text, NP_NR_COUNTERS);
}

/* -------------------------------------------------------------- verdicts */

static void verdicts_have_unique_plain_names(void **state)
{
	unsigned int i;

	(void)state;
	assert_unique(np_verdict_name, NP_NR_VERDICTS);
	for (i = 0; i < NP_NR_VERDICTS; i++)
		assert_plain(np_verdict_name(i), "abcdefghijklmnopqrstuvwxyz");
	assert_unknown(np_verdict_name, NP_NR_VERDICTS);
}

/* ------------------------------------------------------------------- ABI */

/*
 * The lists as first published.  Entries are appended to headers and, with a
 * release, to these; whoever has to change a line here breaks recorded traces
 * and older tools.
 */
static const char *const published_reasons[] = {
	"none", "local", "observe", "remote-reference", "two-stage-filter",
	"home-node", "shared", "stock", "bad-node", "node-offline", "cpuset",
	"memory-policy", "node-full", "mlocked", "pinned", "shared-exec",
	"dirty-file", "move-failed", "no-state", "no-mechanism", "bad-answer",
	"ejected", "no-cpu", "migrate-limit", "spread", "exchange", "room",
	"unseen", "queue-full",
};

static const char *const published_counters[] = {
	"scan_windows", "scan_passes", "scanned", "marked",
	"scan_budget_stops", "scan_lock_busy", "scan_time", "hint_faults",
	"hint_pages", "hint_faults_local", "moves_asked", "pages_migrated",
	"pages_refused", "pages_shadowed", "fault_time", "task_moves_asked",
	"task_moves_refused",
};

static const char *const published_verdicts[] = {
	"stay", "move", "queue", "shadow", "refused",
};

static void assert_published(name_fn name, const char *const *list, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		assert_string_equal(name(i), list[i]);
}

static void published_numbers_never_change(void **state)
{
	(void)state;
	assert_published(np_reason_name, published_reasons,
			 ARRAY_SIZE(published_reasons));
	assert_published(np_counter_name, published_counters,
			 ARRAY_SIZE(published_counters));
	assert_published(np_verdict_name, published_verdicts,
			 ARRAY_SIZE(published_verdicts));
}

static void record_types_never_change(void **state)
{
	(void)state;
	assert_int_equal(NP_REC_PAGE, 1);
	assert_int_equal(NP_REC_MOVED, 2);
	assert_int_equal(NP_REC_FAILED, 3);
	assert_int_equal(NP_REC_WINDOW, 4);
	assert_int_equal(NP_REC_PASS, 5);
	assert_int_equal(NP_REC_TASK, 6);
	assert_int_equal(NP_REC_WORKED, 7);
	assert_int_equal(NP_REC_PULLED, 8);
	assert_int_equal(NP_REC_BROUGHT, 9);
	assert_int_equal(NP_REC_KEPT, 64);
	assert_int_equal(NP_REC_PLAN, 65);
	assert_int_equal(NP_REC_MARKED, 66);
	assert_int_equal(NP_REC_SCANNED, 67);
	assert_int_equal(NP_REC_THREAD, 68);
	assert_int_equal(NP_REC_SPEC, 69);
	assert_int_equal(NP_REC_ATTACH, 70);
	assert_int_equal(NP_REC_FORK, 71);
	assert_int_equal(NP_REC_EXEC, 72);
	assert_int_equal(NP_REC_EXIT, 73);
	assert_int_equal(NP_REC_GONE, 74);
	assert_int_equal(NP_REC_PLACE, 75);
	assert_int_equal(NP_REC_HOME, 76);
}

static void the_bytes_of_a_record_never_move(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct np_record), 64);
	assert_int_equal(offsetof(struct np_record, seq), 0);
	assert_int_equal(offsetof(struct np_record, time_ns), 8);
	assert_int_equal(offsetof(struct np_record, addr), 16);
	assert_int_equal(offsetof(struct np_record, pid), 24);
	assert_int_equal(offsetof(struct np_record, tid), 28);
	assert_int_equal(offsetof(struct np_record, pages), 32);
	assert_int_equal(offsetof(struct np_record, cpu), 36);
	assert_int_equal(offsetof(struct np_record, last_cpu), 38);
	assert_int_equal(offsetof(struct np_record, src), 40);
	assert_int_equal(offsetof(struct np_record, asked), 42);
	assert_int_equal(offsetof(struct np_record, dst), 44);
	assert_int_equal(offsetof(struct np_record, type), 46);
	assert_int_equal(offsetof(struct np_record, verdict), 47);
	assert_int_equal(offsetof(struct np_record, reason), 48);
	assert_int_equal(offsetof(struct np_record, flags), 49);
	assert_int_equal(offsetof(struct np_record, node), 50);
	assert_int_equal(offsetof(struct np_record, last_node), 52);
	assert_int_equal(offsetof(struct np_record, state), 54);
	assert_int_equal(offsetof(struct np_record, value), 56);
}

/* A record carries a reason and a verdict in a byte each. */
static void numbers_fit_their_bytes(void **state)
{
	(void)state;
	assert_true(NP_NR_REASONS <= 255);
	assert_true(NP_NR_VERDICTS <= 255);
}

static void the_device_has_room_for_all_of_them(void **state)
{
	(void)state;
	assert_true(NP_NR_COUNTERS <= NP_UAPI_SLOTS);
	assert_true(NP_NR_REASONS <= NP_UAPI_SLOTS);
	assert_int_equal(NP_NAME_LEN, NP_UAPI_NAME);
	assert_int_equal(NP_SPEC_LEN, NP_UAPI_SPEC);
}

static void assert_param_fits(const struct np_param *p)
{
	struct np_ioc_param room;

	assert_true(strlen(p->key) < sizeof(room.key));
	assert_true(strlen(p->unit) < sizeof(room.unit));
	assert_true(strlen(p->text) < sizeof(room.text));
	assert_true(strlen(p->source) < sizeof(room.source));
}

static void the_device_has_room_for_every_parameter(void **state)
{
	const struct np_policy_ops *ops;
	const struct np_param *p;
	unsigned int i, k;

	(void)state;
	home_open(&np_test_maximal_all, "stock");
	for (i = 0; (ops = np_policy_at(i)); i++)
		for (k = 0; (p = np_param_at(ops, k)); k++)
			assert_param_fits(p);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest names[] = {
		T(reasons_have_unique_plain_names),
		T(reasons_are_explained),
		T(unknown_reasons_are_marked),
		T(counters_have_unique_plain_names),
		T(counters_say_when_they_tick),
		T(counters_have_one_of_few_units),
		T(unknown_counters_are_marked),
		T(verdicts_have_unique_plain_names),
		T(published_numbers_never_change),
		T(record_types_never_change),
		T(the_bytes_of_a_record_never_move),
		T(numbers_fit_their_bytes),
		T(the_device_has_room_for_all_of_them),
		T(the_device_has_room_for_every_parameter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(names, NULL, NULL);
}
