// SPDX-License-Identifier: GPL-2.0
/* Counters and records tick together. */
#include "common.h"

static struct np_record page_record(struct home *h)
{
	struct np_record rec = np_record_init(&h->c, NP_REC_PAGE);

	rec.pages = 3;
	rec.reason = NP_R_SHARED;
	return rec;
}

static void a_counter_may_tick_without_a_record(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	np_event(&h->c, NP_C_SCAN_BUSY, 2, NULL);
	np_event(&h->c, NP_C_SCAN_BUSY, 5, NULL);
	assert_int_equal(counter(h, NP_C_SCAN_BUSY), 7);
	assert_int_equal(h->nr_rec, 0);
}

static void one_counter_ticks_and_no_other(void **state)
{
	int i, k;

	(void)state;
	for (i = 0; i < NP_NR_COUNTERS; i++) {
		struct home *h = home_open(NULL, "none");

		np_event(&h->c, i, 9, NULL);
		for (k = 0; k < NP_NR_COUNTERS; k++)
			assert_int_equal(counter(h, k), k == i ? 9 : 0);
		assert_int_equal(all_reasons(h), 0);
	}
}

static void a_record_is_shown_as_it_is(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = page_record(h);

	(void)state;
	np_event(&h->c, NP_C_FAULTS, 1, &rec);
	assert_int_equal(h->nr_rec, 1);
	assert_memory_equal(&h->rec[0], &rec, sizeof(rec));
}

static void nobody_has_to_watch(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_home_ops blind = { .refusal = h->m.home->refusal };
	struct np_record rec = page_record(h);

	(void)state;
	h->m.home = &blind;
	np_event(&h->c, NP_C_FAULTS, 1, &rec);
	assert_int_equal(counter(h, NP_C_FAULTS), 1);
	assert_int_equal(reason(h, NP_R_SHARED), 3);
	assert_int_equal(h->nr_rec, 0);
}

/* Reasons are of page decisions, in pages; an arrival repeats its decision's. */
static void only_page_decisions_and_failures_count_as_reasons(void **state)
{
	int type;

	(void)state;
	for (type = NP_REC_PAGE; type <= NP_REC_TASK; type++) {
		struct home *h = home_open(NULL, "none");
		struct np_record rec = page_record(h);
		bool counts = type == NP_REC_PAGE || type == NP_REC_FAILED;

		rec.type = type;
		np_event(&h->c, NP_C_FAULTS, 1, &rec);
		assert_int_equal(reason(h, NP_R_SHARED), counts ? 3 : 0);
		assert_int_equal(all_reasons(h), counts ? 3 : 0);
		assert_int_equal(h->nr_rec, 1);
	}
}

static void a_fresh_record_says_who_and_when(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = np_record_init(&h->c, NP_REC_PASS);

	(void)state;
	assert_int_equal(rec.time_ns, HOME_TIME);
	assert_int_equal(rec.pid, HOME_PID);
	assert_int_equal(rec.tid, HOME_TID);
	assert_int_equal(rec.type, NP_REC_PASS);
}

/* All that is not known is the documented "none", not node 0 or CPU 0. */
static void a_fresh_record_claims_nothing_else(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = np_record_init(&h->c, NP_REC_PASS);
	static const u16 zero[ARRAY_SIZE(rec.reserved)];

	(void)state;
	assert_int_equal(rec.cpu, NP_NO_CPU);
	assert_int_equal(rec.last_cpu, NP_NO_CPU);
	assert_int_equal(rec.src, NP_NO_NODE);
	assert_int_equal(rec.asked, NP_NO_NODE);
	assert_int_equal(rec.dst, NP_NO_NODE);
	assert_int_equal(rec.addr, 0);
	assert_int_equal(rec.pages, 0);
	assert_int_equal(rec.reason, NP_R_NONE);
	assert_int_equal(rec.seq, 0);
	assert_memory_equal(rec.reserved, zero, sizeof(zero));
}

static void a_thread_without_state_is_named_all_the_same(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec;

	(void)state;
	h->c.task = NULL;
	rec = np_record_init(&h->c, NP_REC_WINDOW);
	assert_int_equal(rec.tid, HOME_TID);
}

int main(void)
{
	const struct CMUnitTest event[] = {
		cmocka_unit_test(a_counter_may_tick_without_a_record),
		cmocka_unit_test(one_counter_ticks_and_no_other),
		cmocka_unit_test(a_record_is_shown_as_it_is),
		cmocka_unit_test(nobody_has_to_watch),
		cmocka_unit_test(only_page_decisions_and_failures_count_as_reasons),
		cmocka_unit_test(a_fresh_record_says_who_and_when),
		cmocka_unit_test(a_fresh_record_claims_nothing_else),
		cmocka_unit_test(a_thread_without_state_is_named_all_the_same),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(event, NULL, NULL);
}
