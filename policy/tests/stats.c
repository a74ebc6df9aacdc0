// SPDX-License-Identifier: GPL-2.0
/* Statistics of faults per node, their decay, and the two-stage filter. */
#include <stdlib.h>

#include "common.h"

#define NODES 4
#define MANY NP_MAX_NODES

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

static void the_most_faults_by_cpus_of_a_node_are_found(void **state)
{
	struct np_stats *s = *state;

	assert_int_equal(np_stats_max_cpu(s), 0);
	np_stats_add(s, 0, true, 9);
	np_stats_add_cpu(s, 1, 5);
	np_stats_add_cpu(s, 3, 7);
	np_stats_add_cpu(s, 2, 6);
	assert_int_equal(np_stats_max_cpu(s), 7);
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

/* ------------------------------------------------- more nodes than are counted */

/* Nodes whose windows begin at the same slot. */
static int rival(int i)
{
	return 3 + i * NP_STATS_SLOTS;
}

static struct np_stats *stats_for(unsigned int nodes)
{
	struct np_stats *s = malloc(np_stats_bytes(nodes));

	memset(s, 0xa5, np_stats_bytes(nodes));
	np_stats_init(s, nodes);
	return s;
}

static int open_many(void **state)
{
	*state = stats_for(MANY);
	return 0;
}

static unsigned int taken(const struct np_stats *s)
{
	unsigned int nr = 0, i;

	for (i = 0; i <= s->mask; i++)
		nr += s->slot[i].nid != NP_NO_NODE;
	return nr;
}

static void memory_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(np_stats_slots(1), 1);
	assert_int_equal(np_stats_slots(2), 2);
	assert_int_equal(np_stats_slots(3), 4);
	assert_int_equal(np_stats_slots(64), 64);
	assert_int_equal(np_stats_slots(65), 64);
	assert_true(np_stats_bytes(MANY) == np_stats_bytes(NP_STATS_SLOTS));
	assert_true(np_stats_bytes(MANY) <= 1100);
}

/* As many as there is room for, wherever their slots are. */
static void each_node_has_counts_of_its_own(void **state)
{
	static const unsigned int machines[] = { 1, 2, 3, 63, 64, 65, MANY };
	size_t i;
	int nid;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		struct np_stats *s = stats_for(machines[i]);
		int last = (int)machines[i] - 1;
		int first = last < NP_STATS_SLOTS ? 0 : last - NP_STATS_SLOTS + 1;

		for (nid = first; nid <= last; nid++) {
			np_stats_add(s, nid, true, nid + 1);
			np_stats_add_cpu(s, nid, nid + 2);
		}
		for (nid = first; nid <= last; nid++) {
			assert_int_equal(np_stats_node(s, nid), nid + 1);
			assert_int_equal(np_stats_cpu(s, nid), nid + 2);
		}
		assert_int_equal(np_stats_max(s), last);
		assert_int_equal(taken(s), last - first + 1);
		assert_adds_up(s);
		free(s);
	}
}

/* So that it is as fast as an array, and nothing is ever lost. */
static void on_a_small_machine_slots_are_nodes(void **state)
{
	static const unsigned int machines[] = { 1, 2, 3, 64 };
	size_t i;
	int nid;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		struct np_stats *s = stats_for(machines[i]);

		assert_int_equal(s->window, 1);
		for (nid = (int)machines[i] - 1; nid >= 0; nid--)
			np_stats_add(s, nid, false, 1);
		for (nid = 0; nid < (int)machines[i]; nid++)
			assert_int_equal(s->slot[nid].nid, nid);
		free(s);
	}
}

static void rivals_of_one_slot_get_on(void **state)
{
	struct np_stats *s = *state;
	int i;

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, rival(i), true, 10 + i);
	for (i = 0; i < NP_STATS_WINDOW; i++)
		assert_int_equal(np_stats_node(s, rival(i)), 10 + i);
	assert_int_equal(np_stats_node(s, rival(i)), 0);
	assert_int_equal(taken(s), NP_STATS_WINDOW);
	assert_adds_up(s);
}

static void one_too_many_takes_the_place_of_the_least(void **state)
{
	struct np_stats *s = *state;
	int i, late = rival(NP_STATS_WINDOW);

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, rival(i), i & 1, i == 5 ? 2 : 10);
	np_stats_add(s, late, true, 1);
	assert_int_equal(np_stats_node(s, rival(5)), 0);
	assert_int_equal(np_stats_node(s, late), 1);
	assert_int_equal(s->total, (NP_STATS_WINDOW - 1) * 10 + 1);
	assert_adds_up(s);
}

/* Faults by CPUs would be lost, too. */
static void faults_by_cpus_keep_a_place(void **state)
{
	struct np_stats *s = *state;
	int i, late = rival(NP_STATS_WINDOW);

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, rival(i), true, 10);
	np_stats_add_cpu(s, rival(0), 1);
	np_stats_add_cpu(s, late, 3);
	assert_int_equal(np_stats_node(s, rival(0)), 10);
	assert_int_equal(np_stats_node(s, rival(1)), 0);
	assert_int_equal(np_stats_cpu(s, late), 3);
	assert_adds_up(s);
}

static void nothing_added_takes_no_place(void **state)
{
	struct np_stats *s = *state;
	int i;

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, rival(i), true, 1);
	np_stats_add(s, rival(i), true, 0);
	np_stats_add_cpu(s, rival(i), 0);
	for (i = 0; i < NP_STATS_WINDOW; i++)
		assert_int_equal(np_stats_node(s, rival(i)), 1);
}

/* The windows of the last nodes go on at the first slot. */
static void windows_wrap_around(void **state)
{
	struct np_stats *s = *state;
	int i, last = NP_STATS_SLOTS - 1;

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, last + i * NP_STATS_SLOTS, true, 1);
	for (i = 0; i < NP_STATS_WINDOW; i++)
		assert_int_equal(np_stats_node(s, last + i * NP_STATS_SLOTS), 1);
	assert_int_equal(s->slot[NP_STATS_WINDOW - 2].nid,
			 last + (NP_STATS_WINDOW - 1) * NP_STATS_SLOTS);
}

static void what_has_faded_makes_room(void **state)
{
	struct np_stats *s = *state;
	int i, late = rival(NP_STATS_WINDOW);

	for (i = 0; i < NP_STATS_WINDOW; i++)
		np_stats_add(s, rival(i), true, i == 2 ? 1 : 100);
	np_stats_halve(s);
	assert_int_equal(taken(s), NP_STATS_WINDOW - 1);
	np_stats_add(s, late, true, 7);
	assert_int_equal(taken(s), NP_STATS_WINDOW);
	for (i = 0; i < NP_STATS_WINDOW; i++)
		assert_int_equal(np_stats_node(s, rival(i)), i == 2 ? 0 : 50);
	assert_int_equal(np_stats_node(s, late), 7);
	np_stats_decay(s, 32);
	assert_int_equal(taken(s), 0);
	assert_int_equal(s->total, 0);
}

/* A gap before it does not make a node come in a second time. */
static void who_comes_again_is_found_behind_a_gap(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, rival(0), true, 1);
	np_stats_add(s, rival(1), true, 8);
	np_stats_halve(s);
	np_stats_add(s, rival(1), true, 5);
	assert_int_equal(taken(s), 1);
	assert_int_equal(np_stats_node(s, rival(1)), 9);
}

static void of_many_nodes_the_lowest_wins_a_tie_too(void **state)
{
	struct np_stats *s = *state;

	np_stats_add(s, 64, true, 5);
	np_stats_add(s, 63, true, 5);
	np_stats_add(s, 200, true, 5);
	assert_int_equal(np_stats_max(s), 63);
}

/* Saturated counts make room when their node has to go. */
static void a_saturated_total_recovers_with_its_node(void **state)
{
	struct np_stats *s = *state;
	int i;

	for (i = 1; i < NP_STATS_WINDOW; i++)
		np_stats_add_cpu(s, rival(i), U32_MAX);
	np_stats_add(s, rival(0), true, U32_MAX - 1);
	np_stats_add(s, rival(8), true, 9);
	assert_int_equal(np_stats_node(s, rival(0)), 0);
	assert_int_equal(np_stats_node(s, rival(8)), 9);
	assert_int_equal(s->total, 9);
}

/* Against an array over all nodes: the same while nobody is in the way. */
static void check_against_array(const struct np_stats *s, u32 (*all)[NP_NR_STATS])
{
	u32 best = 0;
	int nid, kind, max = NP_NO_NODE;

	for (nid = 0; nid < (int)s->nr_nodes; nid++) {
		for (kind = 0; kind < NP_NR_STATS; kind++)
			assert_int_equal(np_stats_count(s, nid, kind),
					 all[nid][kind]);
		if (all[nid][0] + all[nid][1] > best) {
			best = all[nid][0] + all[nid][1];
			max = nid;
		}
	}
	assert_int_equal(np_stats_max(s), max);
	assert_adds_up(s);
}

static void halve_array(u32 (*all)[NP_NR_STATS], unsigned int nodes)
{
	unsigned int nid, kind;

	for (nid = 0; nid < nodes; nid++)
		for (kind = 0; kind < NP_NR_STATS; kind++)
			all[nid][kind] >>= 1;
}

static void add_to_both(struct np_stats *s, u32 (*all)[NP_NR_STATS], int nid,
			struct dice *d)
{
	u32 kind = roll(d, NP_NR_STATS), pages = roll(d, 64);

	all[nid][kind] += pages;
	if (kind == NP_STATS_CPU)
		np_stats_add_cpu(s, nid, pages);
	else
		np_stats_add(s, nid, kind, pages);
}

/* 64 neighbours have 64 slots, from whichever node on they are used. */
static void like_an_array(unsigned int nodes, unsigned int first)
{
	u32 (*all)[NP_NR_STATS] = calloc(nodes, sizeof(*all));
	unsigned int used = nodes < NP_STATS_SLOTS ? nodes : NP_STATS_SLOTS;
	struct np_stats *s = stats_for(nodes);
	struct dice d = { nodes + first };
	int i;

	for (i = 0; i < 4000; i++) {
		add_to_both(s, all, (int)(first + roll(&d, used)), &d);
		if (!roll(&d, 200)) {
			np_stats_halve(s);
			halve_array(all, nodes);
		}
		if (!roll(&d, 100))
			check_against_array(s, all);
	}
	check_against_array(s, all);
	free(s);
	free(all);
}

static void without_rivals_it_is_like_an_array(void **state)
{
	(void)state;
	like_an_array(1, 0);
	like_an_array(2, 0);
	like_an_array(3, 0);
	like_an_array(64, 0);
	like_an_array(65, 0);
	like_an_array(65, 1);
	like_an_array(MANY, 0);
	like_an_array(MANY, 37);
	like_an_array(MANY, MANY - NP_STATS_SLOTS);
}

static void assert_sound(const struct np_stats *s)
{
	u32 i, j, at;

	assert_adds_up(s);
	for (i = 0; i <= s->mask; i++) {
		int nid = s->slot[i].nid;

		assert_in_range(nid + 1, 0, s->nr_nodes);
		if (nid == NP_NO_NODE)
			continue;
		at = (i - (u32)nid) & s->mask;
		assert_true(at < s->window);
		for (j = 0; j < i; j++)
			assert_int_not_equal(s->slot[j].nid, nid);
	}
}

/* Whatever is lost on the way. */
static void a_crowd_leaves_it_sound(void **state)
{
	struct np_stats *s = *state;
	struct dice d = { 11 };
	int i;

	for (i = 0; i < 50000; i++) {
		int nid = (int)roll(&d, MANY + 2) - 1;

		if (roll(&d, 3))
			np_stats_add(s, nid, roll(&d, 2), roll(&d, 1 << 24));
		else
			np_stats_add_cpu(s, nid, roll(&d, 1 << 24));
		if (!roll(&d, 500))
			np_stats_decay(s, roll(&d, 3));
		if (!roll(&d, 50))
			assert_sound(s);
	}
}

/* Few nodes with much stay, however many others come by with little. */
static void homes_outlast_passers_by(void **state)
{
	struct np_stats *s = *state;
	struct dice d = { 12 };
	int i;

	for (i = 0; i < 20; i++)
		np_stats_add(s, i * 51, true, 1 << 20);
	for (i = 0; i < 20000; i++)
		np_stats_add(s, (int)roll(&d, MANY), true, 1);
	for (i = 0; i < 20; i++)
		assert_true(np_stats_node(s, i * 51) >= 1 << 20);
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
#define M(name) cmocka_unit_test_setup_teardown(name, open_many, close_stats)

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
		T(the_most_faults_by_cpus_of_a_node_are_found),
		T(the_largest_machine_fits),
		T(a_single_node_fits),
		T(random_use_always_adds_up),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(each_node_has_counts_of_its_own),
		cmocka_unit_test(on_a_small_machine_slots_are_nodes),
		M(rivals_of_one_slot_get_on),
		M(one_too_many_takes_the_place_of_the_least),
		M(faults_by_cpus_keep_a_place),
		M(nothing_added_takes_no_place),
		M(windows_wrap_around),
		M(what_has_faded_makes_room),
		M(who_comes_again_is_found_behind_a_gap),
		M(of_many_nodes_the_lowest_wins_a_tie_too),
		M(a_saturated_total_recovers_with_its_node),
		cmocka_unit_test(without_rivals_it_is_like_an_array),
		M(a_crowd_leaves_it_sound),
		M(homes_outlast_passers_by),
		cmocka_unit_test(a_first_access_passes),
		cmocka_unit_test(two_accesses_of_one_node_pass),
		cmocka_unit_test(accesses_of_two_nodes_do_not_pass),
		cmocka_unit_test(the_filter_does_not_look_at_the_page),
		cmocka_unit_test(small_shares_are_pressed_towards_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(stats, NULL, NULL);
}
