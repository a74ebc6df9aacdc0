// SPDX-License-Identifier: GPL-2.0
/* balancenuma: what its versions decide, and where they are weak. */
#include "common.h"

static struct home *open_version(const char *spec)
{
	struct home *h = home_open(NULL, spec);

	h->c.cpu = 0;		/* node A */
	return h;
}

static void assert_page(struct home *h, const struct np_fault *f,
			enum np_verdict verdict, enum np_reason why)
{
	struct np_decision d = np_decide(&h->c, f);

	assert_int_equal(d.verdict, verdict);
	assert_int_equal(d.reason, why);
}

static struct np_scan_plan plan(struct home *h)
{
	return np_scan_begin(&h->c);
}

/* -------------------------------------------------------------------- pages */

static void version_1_moves_on_any_reference(void **state)
{
	struct home *h = open_version("balancenuma:version=1");
	struct np_fault from_b = home_refault(NODE_B, NODE_A, 2);

	(void)state;
	assert_page(h, &from_b, NP_MOVE, NP_R_REMOTE_REF);
}

static void later_versions_want_two_from_the_same_node(void **state)
{
	struct home *h = open_version("balancenuma:version=4");
	struct np_fault from_b = home_refault(NODE_B, NODE_A, 2);
	struct np_fault from_a = home_refault(NODE_B, NODE_A, 1);
	struct np_fault local = home_fault(NODE_A, NODE_A);

	(void)state;
	assert_page(h, &from_b, NP_STAY, NP_R_FILTERED);
	assert_page(h, &from_a, NP_MOVE, NP_R_REMOTE_REF);
	assert_page(h, &local, NP_STAY, NP_R_LOCAL);
}

static void so_much_may_move_at_once_and_no_more(void **state)
{
	struct np_fault f = home_fault(NODE_B, NODE_A);
	struct home *h = open_version("balancenuma");
	np_counter_t booked = { 0 };
	u32 pages = 0;

	(void)state;
	while (np_paced(&h->c, &booked, 512))
		pages += 512;
	/* 128 MB in 100 ms, and the huge page that is under way. */
	assert_in_range(pages, 32768 - 512, 32768 + 1024);
	h->c.now_ns += 1000 * NS_PER_MS;
	assert_true(np_paced(&h->c, &booked, 512));
	h->refuse[NODE_A] = NP_R_RATE;
	assert_page(h, &f, NP_REFUSED, NP_R_RATE);
}

/* ----------------------------------------------------------------- scanning */

static void version_11_waits_for_a_second_node(void **state)
{
	struct home *h = open_version("balancenuma");

	(void)state;
	assert_int_equal(plan(h).pages, 0);
	assert_int_equal(plan(h).pages, 0);
	h->c.cpu = 2;		/* node B */
	assert_int_not_equal(plan(h).pages, 0);
	h->c.cpu = 0;
	assert_int_not_equal(plan(h).pages, 0);
}

static void version_4_does_not_wait(void **state)
{
	struct home *h = open_version("balancenuma:version=4");

	(void)state;
	assert_int_not_equal(plan(h).pages, 0);
}

/* The weakness: a process that shares on one node only is never looked at. */
static void a_process_on_one_node_is_never_scanned(void **state)
{
	struct home *h = open_version("balancenuma");
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		h->c.now_ns += 100 * NS_PER_MS;
		assert_int_equal(plan(h).pages, 0);
	}
}

static void stay(struct home *h, u32 faults)
{
	struct np_outcome o = { .node = NODE_A };
	struct np_fault f = home_fault(NODE_A, NODE_A);
	struct np_decision d = np_stay(NP_R_LOCAL);

	while (faults--)
		np_account(&h->c, &f, &d, &o);
}

static void faults_that_move_nothing_slow_it_down(void **state)
{
	struct home *h = open_version("balancenuma");

	(void)state;
	h->c.cpu = 2;
	plan(h);
	h->c.cpu = 0;
	assert_int_equal(plan(h).period_ms, 100);
	stay(h, 10);
	assert_int_equal(plan(h).period_ms, 500);
	stay(h, 1000);
	assert_int_equal(plan(h).period_ms, 5000);
}

static void it_is_fast_again_after_a_minute(void **state)
{
	struct home *h = open_version("balancenuma");

	(void)state;
	plan(h);
	stay(h, 1000);
	assert_int_equal(plan(h).period_ms, 5000);
	h->c.now_ns += 60000 * NS_PER_MS;
	assert_int_equal(plan(h).period_ms, 100);
}

/* ------------------------------------------------------------------- threads */

static void version_4_exchanges_homes_if_both_gain(void **state)
{
	struct home *h = open_version("balancenuma:version=4");
	struct np_task_ask ask;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	home_faults(&h->task, NODE_B, 1000);
	home_faults(&s.task, NODE_A, 1000);
	ask = home_pass(h);
	assert_int_equal(ask.verb, NP_TASK_SWAP_HOMES);
	assert_int_equal(ask.cpu, 2);
}

static void it_leaves_a_thread_that_has_more_there(void **state)
{
	struct home *h = open_version("balancenuma:version=4");
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	home_faults(&h->task, NODE_A, 400);
	home_faults(&h->task, NODE_B, 600);
	home_faults(&s.task, NODE_B, 1000);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
}

static void a_settled_thread_is_at_home_and_scanned_less(void **state)
{
	struct home *h = open_version("balancenuma:version=4");
	struct np_task_ask ask;

	(void)state;
	home_faults(&h->task, NODE_A, 1000);
	ask = home_pass(h);
	assert_int_equal(ask.verb, NP_TASK_HOME);
	assert_int_equal(ask.nid, NODE_A);
	assert_int_equal(plan(h).period_ms, 200);
}

static void version_11_tells_the_scheduler_nothing(void **state)
{
	struct home *h = open_version("balancenuma");
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	home_faults(&h->task, NODE_B, 1000);
	home_faults(&s.task, NODE_A, 1000);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_1_moves_on_any_reference),
		cmocka_unit_test(later_versions_want_two_from_the_same_node),
		cmocka_unit_test(so_much_may_move_at_once_and_no_more),
		cmocka_unit_test(version_11_waits_for_a_second_node),
		cmocka_unit_test(version_4_does_not_wait),
		cmocka_unit_test(a_process_on_one_node_is_never_scanned),
		cmocka_unit_test(faults_that_move_nothing_slow_it_down),
		cmocka_unit_test(it_is_fast_again_after_a_minute),
		cmocka_unit_test(version_4_exchanges_homes_if_both_gain),
		cmocka_unit_test(it_leaves_a_thread_that_has_more_there),
		cmocka_unit_test(a_settled_thread_is_at_home_and_scanned_less),
		cmocka_unit_test(version_11_tells_the_scheduler_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
