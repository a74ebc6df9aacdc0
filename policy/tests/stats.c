// SPDX-License-Identifier: GPL-2.0
/* Statistics of faults per node, their decay, and the two-stage filter. */
#include <stdlib.h>

#include "common.h"

#define NODES 4

/* On the heap and to the byte, so that the sanitizer sees one step too far. */
static int open_stats(void **state)
{
	struct np_stats *s = malloc(np_stats_bytes(NODES));

	memset(s, 0xa5, np_stats_bytes(NODES));
	np_stats_init(s, NODES);
	*state = s;
	return 0;
}

static int close_stats(void **state)
{
	free(*state);
	return 0;
}

static void assert_adds_up(const struct np_stats *s)
{
	u64 sum = 0;
	u32 nid;

	for (nid = 0; nid < s->nr_nodes; nid++)
		sum += np_stats_node(s, nid);
	assert_true(sum == s->total);
}

/* -------------------------------------------------------------------- adding */

static void new_statistics_are_empty(void **state)
{
	const struct np_stats *s = *state;
	int nid;

	assert_int_equal(s->nr_nodes, NODES);
	assert_int_equal(s->total, 0);
	for (nid = 0; nid < NODES; nid++)
		assert_int_equal(np_stats_node(s, nid), 0);
}

static void faults_by_cpus_are_apart_from_those_by_memory(void **state)
{
	struct np_stats *s = *state;

	np_stats_add_cpu(s, 2, 7);
	np_stats_add_cpu(s, 2, 2);
	np_stats_add_cpu(s, NODES, 5);
	np_stats_add_cpu(s, NP_NO_NODE, 5);
	assert_int_equal(np_stats_cpu(s, 2), 9);
	assert_int_equal(np_stats_cpu(s, 1), 0);
	assert_int_equal(np_stats_cpu(s, NODES), 0);
	assert_int_equal(np_stats_cpu(s, NP_NO_NODE), 0);
	assert_int_equal(np_stats_node(s, 2), 0);
	assert_int_equal(s->total, 0);
	np_stats_halve(s);
	assert_int_equal(np_stats_cpu(s, 2), 4);
	np_stats_add_cpu(s, 2, U32_MAX - 1);
	assert_int_equal(np_stats_cpu(s, 2), U32_MAX);
}

static void pages_are_added_to_their_node_and_kind(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 3, true, 5);
	np_stats_add(s, 3, false, 2);
	np_stats_add(s, 0, false, 512);
	assert_int_equal(np_stats_count(s, 3, NP_STATS_PRIVATE), 5);
	assert_int_equal(np_stats_count(s, 3, NP_STATS_SHARED), 2);
	assert_int_equal(np_stats_count(s, 0, NP_STATS_SHARED), 512);
	assert_int_equal(np_stats_count(s, 0, NP_STATS_PRIVATE), 0);
	assert_int_equal(np_stats_node(s, 3), 7);
	assert_int_equal(s->total, 519);
}

static void nodes_out_of_range_are_ignored(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, NODES, true, 1);
	np_stats_add(s, NP_NO_NODE, true, 1);
	np_stats_add(s, INT32_MAX, false, 1);
	np_stats_add(s, INT32_MIN, false, 1);
	assert_int_equal(s->total, 0);
	assert_int_equal(np_stats_node(s, NODES), 0);
	assert_int_equal(np_stats_node(s, NP_NO_NODE), 0);
	assert_int_equal(np_stats_weight(s, NODES), 0);
}

static void sums_saturate_instead_of_wrapping(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, false, U32_MAX - 5);
	np_stats_add(s, 1, true, 100);
	assert_int_equal(s->total, U32_MAX);
	assert_int_equal(np_stats_node(s, 1), 5);
	np_stats_add(s, 1, true, U32_MAX);
	assert_int_equal(np_stats_node(s, 1), 5);
	assert_adds_up(s);
}

static void one_node_can_hold_all_there_is(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 2, false, 0x80000000);
	np_stats_add(s, 2, true, 0x80000000);
	assert_int_equal(np_stats_node(s, 2), U32_MAX);
	assert_int_equal(np_stats_weight(s, 2), NP_SCALE);
	assert_int_equal(np_stats_max(s), 2);
}

/* --------------------------------------------------------------------- decay */

static void halving_halves_every_count(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, true, 10);
	np_stats_add(s, 1, false, 6);
	np_stats_halve(s);
	assert_int_equal(np_stats_count(s, 0, NP_STATS_PRIVATE), 5);
	assert_int_equal(np_stats_count(s, 1, NP_STATS_SHARED), 3);
	assert_int_equal(s->total, 8);
}

/* Rounding down loses pages; the total must not keep them. */
static void odd_counts_round_down_and_still_add_up(void **state)
{
	struct np_stats *s = *state;
	int nid;

	for (nid = 0; nid < NODES; nid++) {
		np_stats_add(s, nid, true, 1);
		np_stats_add(s, nid, false, 3);
	}
	np_stats_halve(s);
	assert_int_equal(s->total, NODES);
	assert_adds_up(s);
}

static void what_is_not_renewed_fades_away(void **state)
{
	struct np_stats *s = *state;
	int i;

	np_stats_add(s, 1, true, U32_MAX);
	for (i = 0; i < 32; i++)
		np_stats_halve(s);
	assert_int_equal(s->total, 0);
	assert_int_equal(np_stats_max(s), NP_NO_NODE);
}

static void a_pass_weighs_twice_the_one_before(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, true, 100);
	np_stats_halve(s);
	np_stats_add(s, 1, true, 100);
	assert_int_equal(np_stats_node(s, 1), 2 * np_stats_node(s, 0));
}

static void saturated_statistics_recover(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, true, U32_MAX);
	np_stats_halve(s);
	np_stats_add(s, 1, true, 7);
	assert_int_equal(np_stats_node(s, 1), 7);
	assert_adds_up(s);
}

static void fill_at_random(struct np_stats *s, u64 seed)
{
	struct dice d = { seed };
	int nid;

	np_stats_init(s, NODES);
	for (nid = 0; nid < NODES; nid++) {
		np_stats_add(s, nid, true, roll(&d, 1 << 29));
		np_stats_add(s, nid, false, roll(&d, 1 << 29));
	}
}

/* Catching up with n passes is n times the decay of one. */
static void decay_is_as_many_halvings(void **state)
{
	struct np_stats *s = *state, *slow = malloc(np_stats_bytes(NODES));
	u32 passes, i;

	for (passes = 0; passes < 40; passes++) {
		fill_at_random(s, passes);
		fill_at_random(slow, passes);
		np_stats_decay(s, passes);
		for (i = 0; i < passes; i++)
			np_stats_halve(slow);
		assert_memory_equal(s, slow, np_stats_bytes(NODES));
	}
	free(slow);
}

static void any_number_of_passes_can_be_caught_up_with(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 1, true, U32_MAX);
	np_stats_decay(s, U32_MAX);
	assert_int_equal(s->total, 0);
	assert_int_equal(s->nr_nodes, NODES);
	assert_adds_up(s);
}

/* ------------------------------------------------------------------- reading */

static void weights_are_shares_in_thousandths(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, true, 1);
	np_stats_add(s, 1, false, 3);
	assert_int_equal(np_stats_weight(s, 0), 250);
	assert_int_equal(np_stats_weight(s, 1), 750);
	assert_int_equal(np_stats_weight(s, 2), 0);
}

static void no_faults_have_no_weight(void **state)
{
	assert_int_equal(np_stats_weight(*state, 0), 0);
}

static void weights_never_exceed_the_whole(void **state)
{
	struct np_stats *s = *state;
	int nid, sum = 0;

	np_stats_add(s, 0, true, 1);
	np_stats_add(s, 1, true, 1);
	np_stats_add(s, 2, true, 1);
	for (nid = 0; nid < NODES; nid++)
		sum += np_stats_weight(s, nid);
	assert_in_range(sum, NP_SCALE - NODES, NP_SCALE);
}

static void the_node_with_most_faults_is_found(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 1, true, 5);
	np_stats_add(s, 3, true, 3);
	np_stats_add(s, 3, false, 3);
	assert_int_equal(np_stats_max(s), 3);
}

static void a_single_page_on_the_first_node_is_most(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 0, false, 1);
	assert_int_equal(np_stats_max(s), 0);
}

static void the_lowest_node_wins_a_tie(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 3, true, 5);
	np_stats_add(s, 1, false, 5);
	np_stats_add(s, 2, true, 5);
	assert_int_equal(np_stats_max(s), 1);
}

static void no_faults_have_no_node(void **state)
{
	assert_int_equal(np_stats_max(*state), NP_NO_NODE);
}

static void the_largest_machine_fits(void **state)
{
	struct np_stats *s = malloc(np_stats_bytes(NP_MAX_NODES));

	(void)state;
	np_stats_init(s, NP_MAX_NODES);
	np_stats_add(s, NP_MAX_NODES - 1, true, 9);
	np_stats_add(s, NP_MAX_NODES, true, 9);
	np_stats_halve(s);
	assert_int_equal(np_stats_max(s), NP_MAX_NODES - 1);
	assert_int_equal(s->total, 4);
	free(s);
}

static void a_single_node_fits(void **state)
{
	struct np_stats *s = malloc(np_stats_bytes(1));

	(void)state;
	np_stats_init(s, 1);
	np_stats_add(s, 0, false, 1);
	np_stats_add(s, 1, false, 1);
	assert_int_equal(np_stats_weight(s, 0), NP_SCALE);
	free(s);
}

static void random_use_always_adds_up(void **state)
{
	struct np_stats *s = *state;
	struct dice d = { 42 };
	int i;

	for (i = 0; i < 100000; i++) {
		np_stats_add(s, (int)roll(&d, NODES + 2) - 1, roll(&d, 2),
			     roll(&d, 1 << 24));
		if (!roll(&d, 1000))
			np_stats_halve(s);
		assert_adds_up(s);
	}
}

/* -------------------------------------------------------------------- filter */

static struct np_fault access_after(int last_node, int node)
{
	struct np_fault f = home_fault(NODE_A, node);

	f.last_node = last_node;
	return f;
}

static void a_first_access_passes(void **state)
{
	struct np_fault f = access_after(NP_NO_NODE, NODE_B);

	(void)state;
	assert_true(np_two_stage(&f));
}

static void two_accesses_of_one_node_pass(void **state)
{
	struct np_fault f = access_after(NODE_B, NODE_B);

	(void)state;
	assert_true(np_two_stage(&f));
}

static void accesses_of_two_nodes_do_not_pass(void **state)
{
	struct np_fault f = access_after(NODE_A, NODE_B);

	(void)state;
	assert_false(np_two_stage(&f));
	f = access_after(NODE_B, NODE_A);
	assert_false(np_two_stage(&f));
}

/* It is about who accesses, not about where the page is. */
static void the_filter_does_not_look_at_the_page(void **state)
{
	struct np_fault f = access_after(NODE_B, NODE_B);
	int page_node;

	(void)state;
	for (page_node = 0; page_node < HOME_NODES; page_node++) {
		f.page_node = page_node;
		assert_true(np_two_stage(&f));
	}
}

/*
 * "A share p passes with p squared": 30 % of the accesses, 9 % of the passes.
 * Fixed dice, so the bounds are those of this one sequence, not of luck.
 */
static void small_shares_are_pressed_towards_nothing(void **state)
{
	struct dice d = { 7 };
	int i, last = NODE_A, passed = 0;

	(void)state;
	for (i = 0; i < 100000; i++) {
		int node = roll(&d, 10) < 3 ? NODE_B : NODE_A;
		struct np_fault f = access_after(last, node);

		passed += node == NODE_B && np_two_stage(&f);
		last = node;
	}
	assert_in_range(passed, 8700, 9300);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_stats, close_stats)

int main(void)
{
	const struct CMUnitTest stats[] = {
		T(new_statistics_are_empty),
		T(pages_are_added_to_their_node_and_kind),
		T(faults_by_cpus_are_apart_from_those_by_memory),
		T(nodes_out_of_range_are_ignored),
		T(sums_saturate_instead_of_wrapping),
		T(one_node_can_hold_all_there_is),
		T(halving_halves_every_count),
		T(odd_counts_round_down_and_still_add_up),
		T(what_is_not_renewed_fades_away),
		T(a_pass_weighs_twice_the_one_before),
		T(saturated_statistics_recover),
		T(decay_is_as_many_halvings),
		T(any_number_of_passes_can_be_caught_up_with),
		T(weights_are_shares_in_thousandths),
		T(no_faults_have_no_weight),
		T(weights_never_exceed_the_whole),
		T(the_node_with_most_faults_is_found),
		T(a_single_page_on_the_first_node_is_most),
		T(the_lowest_node_wins_a_tie),
		T(no_faults_have_no_node),
		T(the_largest_machine_fits),
		T(a_single_node_fits),
		T(random_use_always_adds_up),
		cmocka_unit_test(a_first_access_passes),
		cmocka_unit_test(two_accesses_of_one_node_pass),
		cmocka_unit_test(accesses_of_two_nodes_do_not_pass),
		cmocka_unit_test(the_filter_does_not_look_at_the_page),
		cmocka_unit_test(small_shares_are_pressed_towards_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(stats, NULL, NULL);
}
