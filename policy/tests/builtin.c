// SPDX-License-Identifier: GPL-2.0
/* The policies of this tree: stock, none, app and moron. */
#include "common.h"

static const int with_cpus[] = { NODE_A, NODE_B, NODE_CPU, NODE_FAR };
static const int with_memory[] = { NODE_A, NODE_B, NODE_MEM, NODE_FAR };

/* The decision of a policy about one access, on a fresh process. */
static struct np_decision decide(const char *spec, struct np_fault f)
{
	struct home *h = home_open(NULL, spec);

	return np_decide(&h->c, &f);
}

/* For every pair of nodes that can have a page and an access. */
static void for_each_access(void (*check)(int page_node, int node))
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(with_memory); i++)
		for (k = 0; k < ARRAY_SIZE(with_cpus); k++)
			check(with_memory[i], with_cpus[k]);
}

static bool decided(struct np_decision d, enum np_verdict verdict,
		    enum np_reason why, int nid)
{
	return d.verdict == verdict && d.reason == why && d.nid == nid;
}

/* ----------------------------------------------------------------- moron */

static struct np_decision moron_says(int page_node, int node)
{
	return decide("moron", home_fault(page_node, node));
}

/* P == C stays; P != C moves to C, if C can hold pages. */
static void check_rule(int page_node, int node)
{
	struct np_decision d = moron_says(page_node, node);

	if (page_node == node)
		assert_true(decided(d, NP_STAY, NP_R_LOCAL, NP_NO_NODE));
	else if (node == NODE_CPU)
		assert_true(decided(d, NP_REFUSED, NP_R_OFFLINE, NP_NO_NODE));
	else
		assert_true(decided(d, NP_MOVE, NP_R_REMOTE_REF, node));
}

static void moron_moves_every_remote_page_to_its_access(void **state)
{
	(void)state;
	for_each_access(check_rule);
}

/* By itself: the core would also keep a page that is to move to where it is. */
static void moron_itself_leaves_local_pages_alone(void **state)
{
	struct home *h = home_open(NULL, "moron");
	struct np_fault f = home_fault(NODE_B, NODE_B);
	struct np_decision d = np_moron.page(&h->c, &f);

	(void)state;
	assert_true(decided(d, NP_STAY, NP_R_LOCAL, NP_NO_NODE));
}

static void moron_does_not_ask_who_was_there_before(void **state)
{
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	for (f.last_node = NP_NO_NODE; f.last_node < HOME_NODES; f.last_node++)
		assert_true(decided(decide("moron", f), NP_MOVE,
				    NP_R_REMOTE_REF, NODE_B));
}

static void moron_does_not_care_what_page_it_is(void **state)
{
	struct np_fault f = home_fault(NODE_A, NODE_B);
	int flags;

	(void)state;
	for (flags = 0; flags < NP_FAULT_POLICY; flags++) {
		f.flags = flags;
		f.pages = flags & NP_FAULT_HUGE ? 512 : 1;
		assert_true(decided(decide("moron", f), NP_MOVE,
				    NP_R_REMOTE_REF, NODE_B));
	}
}

/* Shared memory bounces with every fault: its known weakness. */
static void moron_moves_a_page_back_and_forth(void **state)
{
	struct home *h = home_open(NULL, "moron");
	struct np_fault there = home_fault(NODE_A, NODE_B);
	struct np_fault back = home_fault(NODE_B, NODE_A);
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		assert_int_equal(np_decide(&h->c, &there).nid, NODE_B);
		assert_int_equal(np_decide(&h->c, &back).nid, NODE_A);
	}
	assert_int_equal(counter(h, NP_C_MOVES_ASKED), 200);
	assert_int_equal(h->inst.strikes, 0);
}

static void moron_works_for_a_thread_without_state(void **state)
{
	struct home *h = home_open(NULL, "moron");
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	h->c.task = NULL;
	assert_int_equal(np_decide(&h->c, &f).verdict, NP_MOVE);
}

static void moron_remembers_nothing(void **state)
{
	static const struct home blank;
	struct home *h = home_open(NULL, "moron");
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	np_decide(&h->c, &f);
	assert_memory_equal(h->proc.slot, blank.proc.slot, NP_PROC_SLOT);
	assert_memory_equal(h->task.slot, blank.task.slot, NP_TASK_SLOT);
	assert_int_equal(np_moron.need, 0);
}

static void moron_wishes_nothing_for_tasks(void **state)
{
	struct home *h = home_open(NULL, "moron");

	(void)state;
	np_fork(&h->c, NULL);
	np_exec(&h->c);
	np_scan_pass(&h->c);
	np_exit(&h->c, true);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 0);
}

static void moron_is_scanned(void **state)
{
	struct home *h = home_open(NULL, "moron");

	(void)state;
	assert_true(np_scan_due(&h->c, ~0ULL));
}

/* ------------------------------------------------------------------ none */

static void check_none(int page_node, int node)
{
	struct np_decision d = decide("none", home_fault(page_node, node));

	assert_true(decided(d, NP_STAY, NP_R_OBSERVE, NP_NO_NODE));
}

static void none_never_moves(void **state)
{
	(void)state;
	for_each_access(check_none);
}

static void none_counts_what_it_sees(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_fault near = home_fault(NODE_B, NODE_B);
	struct np_fault far = home_fault(NODE_A, NODE_B);

	(void)state;
	np_decide(&h->c, &near);
	np_decide(&h->c, &far);
	np_decide(&h->c, &far);
	assert_int_equal(counter(h, NP_C_FAULTS), 3);
	assert_int_equal(counter(h, NP_C_LOCAL_FAULTS), 1);
	assert_int_equal(counter(h, NP_C_MOVES_ASKED), 0);
}

/* Sensing is the whole point of it. */
static void none_is_scanned(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_false(np_left_to_stock(&h->inst));
	assert_true(np_scan_due(&h->c, ~0ULL));
}

/* ----------------------------------------------------------------- stock */

static void check_stock(int page_node, int node)
{
	struct np_decision d = decide("stock", home_fault(page_node, node));

	assert_true(decided(d, NP_STAY, NP_R_STOCK, NP_NO_NODE));
}

static void stock_has_no_opinion_on_any_page(void **state)
{
	(void)state;
	for_each_access(check_stock);
}

static void stock_is_the_kernel_s_own_business(void **state)
{
	struct home *h = home_open(NULL, "stock:scan_delay=0");

	(void)state;
	assert_true(np_left_to_stock(&h->inst));
	assert_false(np_scan_due(&h->c, ~0ULL));
}

/* "Nobody pays who did not ask." */
static void stock_keeps_no_statistics(void **state)
{
	(void)state;
	assert_int_equal(np_stock.need, 0);
	assert_int_equal(np_stock.task_size, 0);
	assert_int_equal(np_stock.proc_size, 0);
	assert_int_equal(np_stock.node_size, 0);
}

static void only_stock_is_left_to_the_kernel(void **state)
{
	const struct np_policy_ops *ops;
	unsigned int i;

	(void)state;
	home_open(NULL, "stock");
	for (i = 0; (ops = np_policy_at(i)); i++)
		assert_int_equal(ops->flags, ops == &np_stock ? NP_POLICY_STOCK : 0);
}

/* ------------------------------------------------------------------- all */

static void every_builtin_says_what_it_is(void **state)
{
	const struct np_policy_ops *ops;
	unsigned int i;

	(void)state;
	home_open(NULL, "stock");
	for (i = 0; (ops = np_policy_at(i)); i++)
		assert_one_line(ops->summary);
	assert_true(i >= 3);
}

static void every_builtin_obeys_memory_policies(void **state)
{
	const struct np_policy_ops *ops;
	struct np_fault f = home_fault(NODE_A, NODE_B);
	unsigned int i;

	(void)state;
	f.flags |= NP_FAULT_POLICY;
	home_open(NULL, "stock");
	for (i = 0; (ops = np_policy_at(i)); i++)
		assert_true(decided(decide(ops->name, f), NP_STAY,
				    NP_R_MEMPOLICY, NP_NO_NODE));
}

/* ------------------------------------------------------------------- app */

static void app_takes_pages_to_who_touches_them(void **state)
{
	(void)state;
	assert_true(decided(decide("app", home_fault(NODE_A, NODE_B)), NP_MOVE,
			    NP_R_LAZY, NODE_B));
	assert_true(decided(decide("app", home_fault(NODE_B, NODE_B)), NP_STAY,
			    NP_R_LAZY, NP_NO_NODE));
}

static void app_takes_pages_home(void **state)
{
	struct home *h = home_open(NULL, "app");
	struct np_fault f = home_fault(NODE_A, NODE_A);

	(void)state;
	np_set_home(&h->c, NODE_B);
	assert_true(decided(np_decide(&h->c, &f), NP_MOVE, NP_R_LAZY, NODE_B));
	f = home_fault(NODE_B, NODE_A);
	assert_true(decided(np_decide(&h->c, &f), NP_STAY, NP_R_LAZY,
			    NP_NO_NODE));
}

static void app_marks_nothing_itself(void **state)
{
	struct home *h = home_open(NULL, "app");

	(void)state;
	assert_true(np_scan_due(&h->c, 0));
	assert_int_equal(np_scan_begin(&h->c).pages, 0);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest builtin[] = {
		T(moron_moves_every_remote_page_to_its_access),
		T(moron_itself_leaves_local_pages_alone),
		T(moron_does_not_ask_who_was_there_before),
		T(moron_does_not_care_what_page_it_is),
		T(moron_moves_a_page_back_and_forth),
		T(moron_works_for_a_thread_without_state),
		T(moron_remembers_nothing),
		T(moron_wishes_nothing_for_tasks),
		T(moron_is_scanned),
		T(none_never_moves),
		T(none_counts_what_it_sees),
		T(none_is_scanned),
		T(stock_has_no_opinion_on_any_page),
		T(stock_is_the_kernel_s_own_business),
		T(stock_keeps_no_statistics),
		T(only_stock_is_left_to_the_kernel),
		T(app_takes_pages_to_who_touches_them),
		T(app_takes_pages_home),
		T(app_marks_nothing_itself),
		T(every_builtin_says_what_it_is),
		T(every_builtin_obeys_memory_policies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(builtin, NULL, NULL);
}
