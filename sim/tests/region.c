// SPDX-License-Identifier: GPL-2.0
/* Memory objects: counts by blocks are those of a walk over all pages. */
#include <math.h>

#include "common.h"

#define NODES 5

static void open_region(struct region *r, struct work_region *plan,
			uint64_t pages)
{
	*plan = (struct work_region){ .bytes = pages << PAGE_SHIFT_BASE };
	assert_true(region_init(r, plan, 1, false));
	assert_int_equal(r->nr, pages);
}

static void naive_mix(const struct region *r, uint32_t first, uint32_t nr,
		      double *ret)
{
	memset(ret, 0, NODES * sizeof(*ret));
	for (uint32_t i = first; i < first + nr; i++)
		if (r->page[i].node1 != PAGE_ABSENT)
			ret[page_node(&r->page[i])]++;
}

static void compare(const struct region *r, uint32_t first, uint32_t nr,
		    double slack)
{
	struct mix m = { 0 };
	double is[NODES], sum = 0;

	naive_mix(r, first, nr, is);
	assert_true(region_mix(r, first, nr, &m));
	for (int n = 0; n < NODES; n++)
		assert_true(fabs(mix_of(&m, n) - is[n]) <= slack);
	for (unsigned int i = 0; i < m.nr; i++)
		sum += m.share[i].part;
	assert_true(m.nr <= NODES);
	assert_true(sum <= nr + slack);
	mix_free(&m);
}

static void move_randomly(uint64_t pages, unsigned int moves, double slack)
{
	struct rng rng = { pages };
	struct work_region plan;
	struct region r;

	open_region(&r, &plan, pages);
	for (unsigned int i = 0; i < moves; i++) {
		uint32_t page = (uint32_t)rng_below(&rng, pages);
		uint32_t first = (uint32_t)rng_below(&rng, pages);

		assert_true(region_place(&r, page, (int)rng_below(&rng, NODES)));
		if (i % 50 == 0)
			compare(&r, first,
				(uint32_t)rng_below(&rng, pages - first) + 1,
				slack);
	}
	compare(&r, 0, r.nr, 0);
	region_free(&r);
}

static void random_moves_are_counted(void **state)
{
	(void)state;
	move_randomly(1, 500, 0);
	move_randomly(63, 2000, 0);
	move_randomly(64, 2000, 0);
	move_randomly(65, 2000, 0);
	move_randomly(70000, 20000, 0);
}

/* Touched in runs of any length, as one by one. */
static void filled_pages_are_counted(void **state)
{
	struct work_region plan;
	struct rng rng = { 1 };
	uint32_t at = 0, nr;
	struct region r;

	(void)state;
	open_region(&r, &plan, 70000);
	for (; at < r.nr; at += nr) {
		nr = (uint32_t)rng_below(&rng, 512) + 1;
		nr = nr < r.nr - at ? nr : r.nr - at;
		assert_true(region_fill(&r, at, nr,
					(int)rng_below(&rng, NODES)));
		compare(&r, at / 2, at / 2 + nr, 0);
		assert_int_equal(r.present, at + nr);
		assert_int_equal(r.version, at + nr);
	}
	region_free(&r);
}

/* Both ends of a range are guessed from their blocks, of 4096 pages here. */
static void large_regions_are_close(void **state)
{
	(void)state;
	move_randomly(4 << 20, 20000, 2 * 200);
}

static void nobody_there_is_no_share(void **state)
{
	struct work_region plan;
	struct mix m = { 0 };
	struct region r;

	(void)state;
	open_region(&r, &plan, 100);
	region_place(&r, 5, 3);
	region_place(&r, 5, 1);
	assert_true(region_mix(&r, 0, 100, &m));
	assert_int_equal(m.nr, 1);
	assert_int_equal(m.share[0].node, 1);
	assert_int_equal(r.present, 1);
	mix_free(&m);
	region_free(&r);
}

static void every_change_is_a_new_version(void **state)
{
	struct work_region plan;
	struct region r;
	uint64_t before;

	(void)state;
	open_region(&r, &plan, 10);
	before = r.version;
	region_place(&r, 1, 0);
	assert_true(r.version != before);
	before = r.version;
	region_place(&r, 1, 2);
	assert_true(r.version != before);
	region_free(&r);
}

static void huge_pages_are_for_regions_that_may(void **state)
{
	struct work_region plan = { .bytes = (5 << 20) + 1, .huge = true };
	struct region r;

	(void)state;
	assert_true(region_init(&r, &plan, 1, true));
	assert_int_equal(r.base, 512);
	assert_int_equal(r.nr, 3);
	region_free(&r);
	assert_true(region_init(&r, &plan, 1, false));
	assert_int_equal(r.base, 1);
	assert_int_equal(r.nr, 1281);
	region_free(&r);
	plan.bytes = 1 << 20;
	assert_true(region_init(&r, &plan, 1, true));
	assert_int_equal(r.base, 1);
	region_free(&r);
}

static void a_mix_names_each_node_once(void **state)
{
	struct mix m = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_true(mix_add(&m, i % 7, 0.5));
	assert_int_equal(m.nr, 7);
	assert_true(mix_of(&m, 0) == 71.5);
	assert_true(mix_of(&m, 6) == 71);
	assert_true(mix_of(&m, 7) == 0);
	mix_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_moves_are_counted),
		cmocka_unit_test(filled_pages_are_counted),
		cmocka_unit_test(large_regions_are_close),
		cmocka_unit_test(nobody_there_is_no_share),
		cmocka_unit_test(every_change_is_a_new_version),
		cmocka_unit_test(huge_pages_are_for_regions_that_may),
		cmocka_unit_test(a_mix_names_each_node_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
