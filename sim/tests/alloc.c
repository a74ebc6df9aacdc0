// SPDX-License-Identifier: GPL-2.0
/* Which node a page comes to, and that none is ever lost or found. */
#include "common.h"

#define MIB_PAGES 256

static unsigned int pages_on(struct run *r, int node)
{
	const struct region *region = run_map(r, 0, 0)->region;
	unsigned int n = 0;

	for (uint32_t i = 0; i < region->nr; i++)
		n += region->page[i].node1 == node + 1;
	return n;
}

/* One thread on CPU @cpu touches @mib MiB, allocated as @attrs says. */
static struct run *touched(const char *topology, unsigned int node_mib, int cpu,
			   unsigned int mib, const char *attrs)
{
	struct run *r;
	char text[300];

	snprintf(text, sizeof(text), "process p\nregion m size=%u * 1M %s\n"
		 "thread cpu=%d\ntouch m\nsleep 100s\nend\nend\n",
		 mib, attrs, cpu);
	r = run_new(topology, text, "off");
	if (node_mib)
		topology_set_memory(&r->topology, node_mib);
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(run_map(r, 0, 0)->region->present, mib * MIB_PAGES);
	return r;
}

static void first_touch_is_local(void **state)
{
	(void)state;
	for (int cpu = 0; cpu < 4; cpu++) {
		struct run *r = touched("2x2", 0, cpu, 4, "");

		assert_int_equal(pages_on(r, cpu / 2), 4 * MIB_PAGES);
		run_free(r);
	}
}

/* In a mesh of 2 x 2 the next nodes are beside, the last is across. */
static void a_full_node_lends_from_the_nearest(void **state)
{
	struct run *r = touched("mesh:4x1", 16, 1, 60, "");

	(void)state;
	assert_int_equal(pages_on(r, 1), 16 * MIB_PAGES);
	assert_int_equal(pages_on(r, 0), 16 * MIB_PAGES);
	assert_int_equal(pages_on(r, 3), 16 * MIB_PAGES);
	assert_int_equal(pages_on(r, 2), 12 * MIB_PAGES);
	assert_int_equal(r->s.node[1].free, 0);
	assert_int_equal(r->s.node[1].foreign, 44 * MIB_PAGES);
	assert_int_equal(r->s.node[2].foreign, 0);
	run_free(r);
}

static void a_full_machine_is_an_error(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=33M\nthread\ntouch m\nend\nend\n",
		"off");

	(void)state;
	topology_set_memory(&r->topology, 16);
	run_fails(r, "memory is full");
	run_free(r);
}

static void interleaved_memory_takes_nodes_in_turn(void **state)
{
	struct run *r = touched("4x1", 0, 2, 4, "alloc=interleave");

	(void)state;
	for (int n = 0; n < 4; n++)
		assert_int_equal(pages_on(r, n), MIB_PAGES);
	run_free(r);
	r = touched("2x1", 16, 0, 24, "alloc=interleave");
	assert_int_equal(pages_on(r, 0), 12 * MIB_PAGES);
	run_free(r);
}

static void on_node_is_there_whoever_touches(void **state)
{
	struct run *r = touched("2x1", 16, 0, 20, "alloc=on-node node=1");

	(void)state;
	assert_int_equal(pages_on(r, 1), 16 * MIB_PAGES);
	assert_int_equal(pages_on(r, 0), 4 * MIB_PAGES);
	run_free(r);
}

static void preferred_memory_goes_elsewhere_if_need_be(void **state)
{
	struct run *r = touched("2x1", 16, 0, 20, "alloc=preferred node=1");

	(void)state;
	assert_int_equal(pages_on(r, 1), 16 * MIB_PAGES);
	assert_int_equal(pages_on(r, 0), 4 * MIB_PAGES);
	run_free(r);
}

static void bound_memory_goes_nowhere_else(void **state)
{
	struct run *r = touched("2x1", 16, 0, 15, "alloc=bound node=1");

	(void)state;
	assert_int_equal(pages_on(r, 1), 15 * MIB_PAGES);
	run_free(r);
	r = run_new("2x1", "process p\nregion m size=17M alloc=bound node=1\n"
		    "thread\ntouch m\nend\nend\n", "off");
	topology_set_memory(&r->topology, 16);
	run_fails(r, "memory is full");
	run_free(r);
}

static void home_node_memory_goes_home(void **state)
{
	struct run *r = run_new("2x2",
		"process p\nregion m size=4M alloc=home-node\n"
		"thread cpu=0\nsleep 10ms\ntouch m\nsleep 100s\nend\nend\n",
		"none");

	(void)state;
	run_begin(r);
	r->s.processes->np.home = 1;
	run_to(r, r->c.run_ns);
	assert_int_equal(pages_on(r, 1), 4 * MIB_PAGES);
	run_free(r);
}

/* ------------------------------------------------------------------ by hand */

#define SLICED	"process p\nregion m size=8M slices=4 home=slice / 2\n" \
		"thread home=0\ntouch m\nsleep 100s\nend\n" \
		"thread home=1\nloop\ncompute 1ms\nend\nend\nend\n"

static struct run *by_hand(const char *how)
{
	struct run *r = run_new("2x2", SLICED, how);

	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(run_task(r, 0, 0)->cpu->node, 0);
	assert_int_equal(run_task(r, 0, 1)->cpu->node, 1);
	return r;
}

static void by_hand_slices_are_at_their_homes(void **state)
{
	struct run *r = by_hand("hand");
	const struct region *m = run_map(r, 0, 0)->region;

	(void)state;
	for (uint32_t i = 0; i < m->nr; i++)
		assert_int_equal(page_node(&m->page[i]), i >= m->nr / 2);
	run_free(r);
}

static void inverse_is_the_other_way_round(void **state)
{
	struct run *r = by_hand("inverse");
	const struct region *m = run_map(r, 0, 0)->region;

	(void)state;
	for (uint32_t i = 0; i < m->nr; i++)
		assert_int_equal(page_node(&m->page[i]), i < m->nr / 2);
	run_free(r);
}

/* --------------------------------------------------------------------- moves */

static void a_move_leaves_the_reserve_free(void **state)
{
	struct run *r = touched("2x1", 16, 0, 16, "");
	struct region *m = run_map(r, 0, 0)->region;
	unsigned int moved = 0;

	(void)state;
	for (uint32_t i = 0; i < m->nr; i++)
		moved += alloc_move(&r->s, m, i, 1, NULL);
	assert_int_equal(moved, 16 * MIB_PAGES - r->s.node[1].reserve);
	assert_int_equal(r->s.node[1].free, r->s.node[1].reserve);
	assert_true(alloc_full(&r->s, 1, 1));
	assert_false(alloc_full(&r->s, 0, 1));
	assert_int_equal(r->r.pages_moved, moved);
	check_all(&r->s);
	run_free(r);
}

static void there_and_back_is_ping_pong(void **state)
{
	struct run *r = touched("3x1", 0, 0, 4, "");
	struct region *m = run_map(r, 0, 0)->region;

	(void)state;
	assert_false(alloc_move(&r->s, m, 0, 0, NULL));
	assert_true(alloc_move(&r->s, m, 0, 1, NULL));
	assert_true(alloc_move(&r->s, m, 0, 2, NULL));
	assert_int_equal(r->r.ping_pongs, 0);
	assert_true(alloc_move(&r->s, m, 0, 1, NULL));
	assert_int_equal(r->r.ping_pongs, 1);
	run_free(r);
}

static void random_moves_lose_no_page(void **state)
{
	struct run *r = touched("5x1", 16, 2, 70, "");
	struct region *m = run_map(r, 0, 0)->region;
	struct rng rng = { 3 };

	(void)state;
	for (unsigned int i = 0; i < 50000; i++) {
		alloc_move(&r->s, m, (uint32_t)rng_below(&rng, m->nr),
			   (int)rng_below(&rng, 5), NULL);
		if (i % 2000 == 0)
			check_all(&r->s);
	}
	check_all(&r->s);
	run_free(r);
}

static void huge_pages_are_taken_whole(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=15M huge=yes\n"
		"thread cpu=0\ntouch m\nsleep 100s\nend\nend\n", "off");

	(void)state;
	topology_set_memory(&r->topology, 17);
	r->c.thp = true;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->s.node[0].free, MIB_PAGES);
	assert_true(alloc_move(&r->s, run_map(r, 0, 0)->region, 1, 1,
			       NULL));
	assert_int_equal(r->s.node[1].free, 15 * MIB_PAGES);
	assert_int_equal(r->r.pages_moved, 512);
	check_all(&r->s);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_touch_is_local),
		cmocka_unit_test(a_full_node_lends_from_the_nearest),
		cmocka_unit_test(a_full_machine_is_an_error),
		cmocka_unit_test(interleaved_memory_takes_nodes_in_turn),
		cmocka_unit_test(on_node_is_there_whoever_touches),
		cmocka_unit_test(preferred_memory_goes_elsewhere_if_need_be),
		cmocka_unit_test(bound_memory_goes_nowhere_else),
		cmocka_unit_test(home_node_memory_goes_home),
		cmocka_unit_test(by_hand_slices_are_at_their_homes),
		cmocka_unit_test(inverse_is_the_other_way_round),
		cmocka_unit_test(a_move_leaves_the_reserve_free),
		cmocka_unit_test(there_and_back_is_ping_pong),
		cmocka_unit_test(random_moves_lose_no_page),
		cmocka_unit_test(huge_pages_are_taken_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
