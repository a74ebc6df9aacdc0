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
	for (type = NP_REC_PAGE; type < NP_REC_END_FEED; type++) {
		struct home *h = home_open(NULL, "none");
		struct np_record rec = page_record(h);
		bool counts = type == NP_REC_PAGE || type == NP_REC_FAILED ||
			      type == NP_REC_WORKED;

		h->m.mute = NP_MUTE_NOTHING;
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
	h->c.cpu = 3;
	assert_int_equal(np_record_init(&h->c, NP_REC_PASS).cpu, 3);
}

/* All that is not known is the documented "none", not node 0 or CPU 0. */
static void a_fresh_record_claims_nothing_else(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = np_record_init(&h->c, NP_REC_PASS);

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
	assert_int_equal(rec.node, NP_NO_NODE);
	assert_int_equal(rec.last_node, NP_NO_NODE);
	assert_int_equal(rec.value, 0);
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

static u16 state_with(bool task, bool shadow, bool ejected)
{
	struct home *h = home_open(NULL, "none");

	if (!task)
		h->c.task = NULL;
	h->proc.flags = shadow ? NP_PROC_SHADOW : 0;
	h->inst.ejected = ejected;
	return np_record_init(&h->c, NP_REC_PASS).state;
}

/* What the policy's answer depends on besides the sample. */
static void a_fresh_record_says_in_which_state(void **state)
{
	(void)state;
	assert_int_equal(state_with(false, false, false), 0);
	assert_int_equal(state_with(true, false, false), NP_STATE_TASK);
	assert_int_equal(state_with(false, true, false), NP_STATE_SHADOW);
	assert_int_equal(state_with(false, false, true), NP_STATE_EJECTED);
	assert_int_equal(state_with(true, true, true), NP_STATE_TASK |
			 NP_STATE_SHADOW | NP_STATE_EJECTED);
}

/* ------------------------------------------------------------------- muted */

/* Return: records of @type that were shown, counted all the same. */
static size_t shown(u8 mute, enum np_record_type type)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = page_record(h);

	h->m.mute = mute;
	rec.type = type;
	np_event(&h->c, NP_C_FAULTS, 1, &rec);
	assert_int_equal(counter(h, NP_C_FAULTS), 1);
	np_show(&h->c, &rec);
	assert_int_equal(counter(h, NP_C_FAULTS), 1);
	return h->nr_rec;
}

static void what_nobody_wants_to_see_is_not_shown(void **state)
{
	(void)state;
	assert_int_equal(shown(NP_MUTE_NOTHING, NP_REC_TASK), 2);
	assert_int_equal(shown(NP_MUTE_NOTHING, NP_REC_FEED), 2);
	assert_int_equal(shown(NP_MUTE_FEED, NP_REC_TASK), 2);
	assert_int_equal(shown(NP_MUTE_FEED, NP_REC_FEED), 0);
	assert_int_equal(shown(NP_MUTE_ALL, NP_REC_TASK), 0);
	assert_int_equal(shown(NP_MUTE_ALL, NP_REC_FEED), 0);
}

static void a_failure_that_nobody_sees_has_its_reason(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_record rec = page_record(h);

	(void)state;
	h->m.mute = NP_MUTE_ALL;
	np_event(&h->c, NP_C_FAULTS, 1, &rec);
	assert_int_equal(reason(h, NP_R_SHARED), 3);
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
		cmocka_unit_test(a_fresh_record_says_in_which_state),
		cmocka_unit_test(what_nobody_wants_to_see_is_not_shown),
		cmocka_unit_test(a_failure_that_nobody_sees_has_its_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(event, NULL, NULL);
}
