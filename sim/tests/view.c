// SPDX-License-Identifier: GPL-2.0
/* How accesses are spread, held against sums page by page. */
#include <math.h>

#include "common.h"

#define NODES	4

struct room {
	struct work_region plan;
	struct region region;
	struct bitmap marked;
	struct views views;
	struct mix scratch;
	struct rng rng;
};

static void open_room(struct room *r, uint32_t pages)
{
	*r = (struct room){ .rng = { pages } };
	r->plan.bytes = (uint64_t)pages << PAGE_SHIFT_BASE;
	assert_true(region_init(&r->region, &r->plan, 1, false));
	assert_true(bitmap_init(&r->marked, pages));
	for (uint32_t i = 0; i < pages; i++)
		region_place(&r->region, i, (int)rng_below(&r->rng, NODES));
}

static void close_room(struct room *r)
{
	views_free(&r->views);
	bitmap_free(&r->marked);
	region_free(&r->region);
	mix_free(&r->scratch);
}

static struct view *view(struct room *r, uint32_t first, uint32_t nr, double z)
{
	struct view *v = view_find(&r->views, first, nr, z);

	assert_non_null(v);
	return v;
}

/* How often page @i of @nr is accessed. */
static double popularity(double z, uint32_t i, uint32_t nr)
{
	double sum = 0;

	for (uint32_t k = 1; k <= nr; k++)
		sum += pow(k, -z);
	return pow(i + 1, -z) / sum;
}

static void the_same_range_has_the_same_view(void **state)
{
	struct view *all[500];
	struct room r;

	(void)state;
	open_room(&r, 1000);
	for (uint32_t i = 0; i < 500; i++)
		all[i] = view(&r, i, 1000 - 2 * i, i % 3 * 0.5);
	for (uint32_t i = 0; i < 500; i++)
		assert_ptr_equal(view(&r, i, 1000 - 2 * i, i % 3 * 0.5),
				 all[i]);
	assert_int_equal(r.views.nr, 500);
	assert_true(view(&r, 0, 1000, 0.1) != all[0]);
	close_room(&r);
}

static void weights_are_those_of_zipfs_law(void **state)
{
	static const double zipf[] = { 0.3, 0.9, 1, 1.7, 10 };
	struct room r;

	(void)state;
	open_room(&r, 3000);
	for (unsigned int i = 0; i < ARRAY_SIZE(zipf); i++) {
		struct view *v = view(&r, 0, 3000, zipf[i]);
		double sum = 0;

		for (unsigned int k = 0; k < v->strata; k++) {
			double should = 0;

			for (uint32_t p = (1U << k) - 1;
			     p < (2U << k) - 1 && p < 3000; p++)
				should += popularity(zipf[i], p, 3000);
			if (should > 1e-6)
				assert_near(v->stratum[k].weight, should, 0.01);
			sum += v->stratum[k].weight;
		}
		assert_near(sum, 1, 1e-9);
	}
	close_room(&r);
}

static void the_mix_is_where_pages_are(void **state)
{
	struct room r;
	struct view *v;

	(void)state;
	open_room(&r, 3000);
	for (uint32_t first = 0; first < 3000; first += 777) {
		double is[NODES] = { 0 };
		uint32_t nr = 3000 - first;

		v = view(&r, first, nr, 0);
		assert_true(view_mix(v, &r.region, 0, &r.scratch));
		for (uint32_t i = first; i < 3000; i++)
			is[page_node(&r.region.page[i])] += 1.0 / nr;
		for (int n = 0; n < NODES; n++)
			assert_near(mix_of(&v->mix, n), is[n], 1e-9);
	}
	close_room(&r);
}

static void a_stale_mix_is_found_out_in_time(void **state)
{
	struct room r;
	struct view *v;

	(void)state;
	open_room(&r, 1000);
	v = view(&r, 0, 1000, 0);
	assert_true(view_mix(v, &r.region, 0, &r.scratch));
	for (uint32_t i = 0; i < 1000; i++)
		region_place(&r.region, i, 0);
	assert_true(view_mix(v, &r.region, 10 * NS_PER_MS, &r.scratch));
	assert_near(mix_of(&v->mix, 0), 1, 1e-9);
	region_place(&r.region, 7, 1);
	assert_true(view_mix(v, &r.region, 110 * NS_PER_MS, &r.scratch));
	assert_near(mix_of(&v->mix, 1), 0.001, 1e-9);
	close_room(&r);
}

static double naive_meet(const struct room *r, double z, uint32_t nr)
{
	double sum = 0, met = 0;

	for (uint32_t i = 0; i < nr; i++) {
		sum += pow(i + 1, -z);
		met += bitmap_test(&r->marked, i) ? pow(i + 1, -z) : 0;
	}
	return met / sum;
}

/* As marks go one by one: the guess is kept without counting again. */
static void meet(double z)
{
	struct room r;
	struct view *v;

	open_room(&r, 2048);
	for (uint32_t i = 0; i < 2048; i++)
		if (rng_below(&r.rng, 3))
			bitmap_set(&r.marked, i);
	v = view(&r, 0, 2048, z);
	view_marks(v, &r.marked, 1, 0);
	while (r.marked.members > 20) {
		uint32_t page = view_pick(v, &r.marked, rng_unit(&r.rng),
					  rng_unit(&r.rng));

		assert_true(bitmap_clear(&r.marked, page));
		view_met(v, page);
		assert_true(v->meet > -1e-9);
		if (r.marked.members > 200)
			assert_near(v->meet, naive_meet(&r, z, 2048), 0.4);
	}
	close_room(&r);
}

static void marks_that_are_met_count_no_more(void **state)
{
	(void)state;
	meet(0);
	meet(0.5);
	meet(0.9);
}

/* Of pages in the first and in the last stratum, as often as they are popular. */
static void popular_marks_are_picked_first(void **state)
{
	unsigned int hot = 0;
	struct room r;
	struct view *v;

	(void)state;
	open_room(&r, 1023);
	bitmap_set(&r.marked, 0);
	bitmap_set(&r.marked, 700);
	v = view(&r, 0, 1023, 0.5);
	view_marks(v, &r.marked, 1, 0);
	for (unsigned int i = 0; i < 10000; i++)
		hot += !view_pick(v, &r.marked, rng_unit(&r.rng),
				  rng_unit(&r.rng));
	/* All pages of a stratum, here those from 511 on, are alike. */
	assert_near(hot, 10000 / (1 + 1 / sqrt(760)), 0.01);
	close_room(&r);
}

static void rare_marks_in_long_ranges_are_found(void **state)
{
	struct room r;
	struct view *v;

	(void)state;
	open_room(&r, 1 << 20);
	bitmap_set(&r.marked, 777777);
	v = view(&r, 5, (1 << 20) - 5, 0);
	view_marks(v, &r.marked, 1, 0);
	assert_near(v->meet, 1.0 / ((1 << 20) - 5), 1e-9);
	assert_int_equal(view_pick(v, &r.marked, 0.5, 0.9), 777777);
	view_met(v, 777777);
	bitmap_clear(&r.marked, 777777);
	assert_int_equal(view_pick(v, &r.marked, 0.5, 0.9), BITMAP_NONE);
	close_room(&r);
}

static void many_marks_are_estimated(void **state)
{
	struct room r;
	struct view *v;

	(void)state;
	open_room(&r, 1 << 20);
	for (uint32_t i = 0; i < 1 << 20; i++)
		if (rng_below(&r.rng, 4) == 0)
			bitmap_set(&r.marked, i);
	v = view(&r, 1, (1 << 20) - 1, 0);
	view_marks(v, &r.marked, 1, 0);
	assert_near(v->meet, 0.25, 0.02);
	close_room(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_range_has_the_same_view),
		cmocka_unit_test(weights_are_those_of_zipfs_law),
		cmocka_unit_test(the_mix_is_where_pages_are),
		cmocka_unit_test(a_stale_mix_is_found_out_in_time),
		cmocka_unit_test(marks_that_are_met_count_no_more),
		cmocka_unit_test(popular_marks_are_picked_first),
		cmocka_unit_test(rare_marks_in_long_ranges_are_found),
		cmocka_unit_test(many_marks_are_estimated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
