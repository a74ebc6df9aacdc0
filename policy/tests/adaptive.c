// SPDX-License-Identifier: GPL-2.0
/* adaptive: private or shared by last CPU, and who gives way to whom. */
#include "common.h"

static struct home *open_adaptive(const char *spec)
{
	struct home *h = home_open(NULL, spec);

	h->c.cpu = 0;		/* node A */
	return h;
}

/* @n faults on node B's memory, seen last by @last_cpu. */
static void fault(struct home *h, u32 n, int last_cpu)
{
	struct np_fault f = home_refault(NODE_B, NODE_A, last_cpu);
	struct np_outcome o = { .node = NODE_B };
	struct np_decision d = np_stay(NP_R_FILTERED);

	while (n--)
		np_account(&h->c, &f, &d, &o);
}

/* -------------------------------------------------------------------- pages */

static void pages_follow_two_accesses_from_one_node(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_fault again = home_refault(NODE_B, NODE_A, 1);
	struct np_fault other = home_refault(NODE_B, NODE_A, 2);

	(void)state;
	assert_int_equal(np_decide(&h->c, &again).verdict, NP_MOVE);
	assert_int_equal(np_decide(&h->c, &other).reason, NP_R_FILTERED);
}

/* ------------------------------------------------------------------- threads */

static void an_idle_cpu_of_the_ideal_node_is_taken(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_task_ask ask;

	(void)state;
	fault(h, 100, 0);
	home_runs(h, 3, NULL);
	ask = home_pass(h);
	assert_int_equal(ask.verb, NP_TASK_MOVE);
	assert_int_equal(ask.cpu, 3);
}

/* Another thread of this policy on B, of a class, whose ideal node is @ideal. */
static void occupy(struct home *h, struct np_task *other, int ideal, bool shared)
{
	struct np_fault f = home_refault(ideal, NODE_B, shared ? 0 : 2);
	struct np_outcome o = { .node = (s16)ideal };
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct np_ctx c = h->c;
	int i;

	home_second_task(h, other);
	home_runs(h, 2, other);
	home_runs(h, 3, other);
	c.task = other;
	c.tid = other->tid;
	c.cpu = 2;
	for (i = 0; i < 8; i++)
		np_account(&c, &f, &d, &o);
	np_scan_pass(&c);
	np_task_refresh(other);
	np_place(&c);
}

/* How often must the thread try before somebody gives way? */
static int tries(struct home *h)
{
	int n;

	fault(h, 100, 0);
	if (home_pass(h).verb == NP_TASK_SWAP)
		return 0;
	for (n = 1; n < 10; n++) {
		h->c.now_ns += 500 * NS_PER_MS;
		if (np_place(&h->c).verb == NP_TASK_SWAP)
			return n;
	}
	return -1;
}

static void who_is_not_on_its_ideal_node_gives_way_first(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_task other;

	(void)state;
	occupy(h, &other, NODE_FAR, true);
	assert_int_equal(tries(h), 1);
}

static void then_private_threads(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_task other;

	(void)state;
	occupy(h, &other, NODE_B, false);
	assert_int_equal(tries(h), 2);
}

static void shared_threads_last(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_task other;

	(void)state;
	occupy(h, &other, NODE_B, true);
	assert_int_equal(tries(h), 3);
}

static void at_its_ideal_node_a_thread_stays(void **state)
{
	struct home *h = open_adaptive("adaptive");
	struct np_task_ask ask;

	(void)state;
	fault(h, 100, 0);
	h->c.cpu = 2;
	ask = home_pass(h);
	assert_int_equal(ask.verb, NP_TASK_HOME);
	assert_int_equal(ask.nid, NODE_B);
}

/* -------------------------------------------------------------------- class */

/*
 * Is the second thread, on its ideal node, private (it gives way at the second
 * try) or shared (at the third), after @private and @shared faults in a pass?
 */
static bool is_shared(const char *spec, u32 private, u32 shared)
{
	struct np_fault p = home_refault(NODE_B, NODE_B, 2);
	struct np_fault s = home_refault(NODE_B, NODE_B, 0);
	struct np_outcome o = { .node = NODE_B };
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct home *h = open_adaptive(spec);
	struct np_task other;
	struct np_ctx c;

	home_second_task(h, &other);
	home_runs(h, 2, &other);
	c = h->c;
	c.task = &other;
	c.cpu = 2;
	while (private--)
		np_account(&c, &p, &d, &o);
	while (shared--)
		np_account(&c, &s, &d, &o);
	np_scan_pass(&c);
	np_task_refresh(&other);
	np_place(&c);
	return tries(h) == 3;
}

static void a_quarter_of_shared_faults_makes_it_shared(void **state)
{
	(void)state;
	assert_false(is_shared("adaptive", 100, 24));
	assert_true(is_shared("adaptive", 100, 25));
	assert_false(is_shared("adaptive:ratio=2", 100, 49));
	assert_true(is_shared("adaptive:ratio=2", 100, 50));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_two_accesses_from_one_node),
		cmocka_unit_test(an_idle_cpu_of_the_ideal_node_is_taken),
		cmocka_unit_test(who_is_not_on_its_ideal_node_gives_way_first),
		cmocka_unit_test(then_private_threads),
		cmocka_unit_test(shared_threads_last),
		cmocka_unit_test(at_its_ideal_node_a_thread_stays),
		cmocka_unit_test(a_quarter_of_shared_faults_makes_it_shared),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
