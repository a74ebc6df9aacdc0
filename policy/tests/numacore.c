// SPDX-License-Identifier: GPL-2.0
/* numacore: compress, spread, twice the same answer, buddies, interleave. */
#include "common.h"

static struct home *open_numacore(const char *spec)
{
	struct home *h = home_open(NULL, spec);

	h->c.cpu = 0;		/* node A */
	return h;
}

static void fault(struct home *h, struct np_task *t, int cpu, int last_cpu)
{
	int node = h->m.cpu_node[cpu];
	struct np_fault f = home_refault(node, node, last_cpu);
	struct np_outcome o = { .node = (s16)node };
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct np_ctx c = h->c;

	f.cpu = (s16)cpu;
	c.task = t;
	c.tid = t->tid;
	c.cpu = (s16)cpu;
	np_account(&c, &f, &d, &o);
}

static struct np_task_ask place(struct home *h, struct np_task *t, int cpu)
{
	struct np_ctx c = h->c;

	c.task = t;
	c.tid = t->tid;
	c.cpu = (s16)cpu;
	np_task_refresh(t);
	return np_place(&c);
}

/* The thread on CPU 0 and @other on CPU 2 share; both know. */
static void share(struct home *h, struct np_task *other)
{
	home_runs(h, 0, &h->task);
	home_runs(h, 2, other);
	fault(h, &h->task, 0, 2);
	fault(h, other, 2, 0);
	np_scan_pass(&h->c);
	place(h, other, 2);
}

static struct np_task_ask pass(struct home *h)
{
	fault(h, &h->task, 0, 2);
	return home_pass(h);
}

/* ------------------------------------------------------------------ threads */

static void shared_threads_are_pressed_together(void **state)
{
	struct home *h = open_numacore("numacore");
	struct np_task_ask ask;
	struct np_task other, third;

	(void)state;
	home_second_task(h, &other);
	third = other;
	share(h, &other);
	memcpy(third.slot, other.slot, sizeof(third.slot));
	np_task_refresh(&third);
	home_runs(h, 6, &other);	/* two of them on FAR */
	home_runs(h, 2, NULL);
	home_runs(h, 3, NULL);
	home_runs(h, 7, NULL);
	place(h, &h->task, 0);
	ask = pass(h);
	if (ask.verb == NP_TASK_NONE || ask.verb == NP_TASK_HOME)
		ask = pass(h);
	/* As many here as there: nobody goes to the higher node. */
	assert_int_not_equal(ask.verb, NP_TASK_MOVE);
	h->c.cpu = 6;
	home_runs(h, 6, &h->task);
	home_runs(h, 0, &other);
	home_runs(h, 1, NULL);
	pass(h);
	ask = pass(h);
	assert_int_equal(ask.verb, NP_TASK_MOVE);
	assert_int_equal(ask.nid, NODE_A);
	assert_int_equal(ask.cpu, 1);
}

static void private_threads_are_spread_out(void **state)
{
	struct home *h = open_numacore("numacore");
	struct np_task_ask ask;

	(void)state;
	home_runs(h, 0, &h->task);
	home_runs(h, 1, &h->task);
	home_runs(h, 2, NULL);
	home_runs(h, 3, NULL);
	fault(h, &h->task, 0, 0);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
	fault(h, &h->task, 0, 0);
	ask = home_pass(h);
	assert_int_equal(ask.verb, NP_TASK_MOVE);
	assert_int_equal(ask.nid, NODE_B);
}

/* Only for more than one idle CPU more than here. */
static void but_not_for_one_idle_cpu_more(void **state)
{
	struct home *h = open_numacore("numacore");
	int i;

	(void)state;
	home_runs(h, 0, &h->task);
	home_runs(h, 1, NULL);
	home_runs(h, 2, NULL);
	home_runs(h, 3, NULL);
	for (i = 0; i < 5; i++) {
		fault(h, &h->task, 0, 0);
		assert_int_not_equal(home_pass(h).verb, NP_TASK_MOVE);
	}
}

static void the_answer_must_be_the_same_twice(void **state)
{
	struct home *h = open_numacore("numacore");

	(void)state;
	home_runs(h, 0, &h->task);
	home_runs(h, 1, &h->task);
	home_runs(h, 2, NULL);
	home_runs(h, 3, NULL);
	fault(h, &h->task, 0, 0);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
	home_runs(h, 2, &h->task);
	home_runs(h, 3, &h->task);
	home_runs(h, 6, NULL);
	home_runs(h, 7, NULL);
	fault(h, &h->task, 0, 0);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
	fault(h, &h->task, 0, 0);
	assert_int_equal(home_pass(h).nid, NODE_FAR);
}

static void the_period_doubles_while_nobody_goes(void **state)
{
	struct home *h = open_numacore("numacore");

	(void)state;
	home_runs(h, 0, &h->task);
	assert_int_equal(np_scan_begin(&h->c).period_ms, 100);
	fault(h, &h->task, 0, 0);
	home_pass(h);
	fault(h, &h->task, 0, 0);
	home_pass(h);
	assert_int_equal(np_scan_begin(&h->c).period_ms, 100);
	fault(h, &h->task, 0, 0);
	home_pass(h);
	assert_int_equal(np_scan_begin(&h->c).period_ms, 200);
}

/* -------------------------------------------------------------------- pages */

static void private_pages_follow_two_accesses(void **state)
{
	struct home *h = open_numacore("numacore");
	struct np_fault again = home_refault(NODE_B, NODE_A, 1);
	struct np_fault other = home_refault(NODE_B, NODE_A, 2);

	(void)state;
	assert_int_equal(np_decide(&h->c, &again).nid, NODE_A);
	assert_int_equal(np_decide(&h->c, &other).reason, NP_R_FILTERED);
}

/*
 * The weakness: two threads that use different halves of each page look as if
 * they shared, and their pages are spread over both their nodes.
 */
static void false_sharing_spreads_pages(void **state)
{
	struct home *h = open_numacore("numacore");
	u32 on[HOME_NODES] = { 0 };
	struct np_task other;
	u32 i;

	(void)state;
	home_second_task(h, &other);
	share(h, &other);
	pass(h);
	for (i = 0; i < 1000; i++) {
		struct np_fault f = home_refault(NODE_FAR, NODE_A, 1);

		f.addr += (u64)i << NP_PAGE_SHIFT;
		on[np_decide(&h->c, &f).nid]++;
	}
	assert_int_equal(on[NODE_A] + on[NODE_B], 1000);
	assert_in_range(on[NODE_A], 450, 550);
}

static void the_same_page_belongs_to_the_same_node(void **state)
{
	struct home *h = open_numacore("numacore");
	struct np_fault f = home_refault(NODE_FAR, NODE_A, 1);
	struct np_task other;
	int nid;

	(void)state;
	home_second_task(h, &other);
	share(h, &other);
	pass(h);
	nid = np_decide(&h->c, &f).nid;
	f.page_node = (s16)nid;
	f.node = NODE_A;
	assert_int_equal(np_decide(&h->c, &f).reason, NP_R_SPREAD);
	assert_int_equal(np_decide(&h->c, &f).verdict, NP_STAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_threads_are_pressed_together),
		cmocka_unit_test(private_threads_are_spread_out),
		cmocka_unit_test(but_not_for_one_idle_cpu_more),
		cmocka_unit_test(the_answer_must_be_the_same_twice),
		cmocka_unit_test(the_period_doubles_while_nobody_goes),
		cmocka_unit_test(private_pages_follow_two_accesses),
		cmocka_unit_test(false_sharing_spreads_pages),
		cmocka_unit_test(the_same_page_belongs_to_the_same_node),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
