// SPDX-License-Identifier: GPL-2.0
/* Sets of pages, held against an array of bytes. */
#include "common.h"

struct model {
	struct bitmap b;
	uint8_t *is;
	struct rng rng;
};

static void open_model(struct model *m, uint32_t nr)
{
	assert_true(bitmap_init(&m->b, nr) >= nr / 8);
	m->is = calloc(nr + 1, 1);
	assert_non_null(m->is);
	m->rng = (struct rng){ nr };
}

static void close_model(struct model *m)
{
	bitmap_free(&m->b);
	free(m->is);
}

static void change_one(struct model *m)
{
	uint32_t i = (uint32_t)rng_below(&m->rng, m->b.nr);

	if (rng_below(&m->rng, 2)) {
		assert_int_equal(bitmap_set(&m->b, i), !m->is[i]);
		m->is[i] = 1;
	} else {
		assert_int_equal(bitmap_clear(&m->b, i), m->is[i]);
		m->is[i] = 0;
	}
}

static void set_some(struct model *m)
{
	uint32_t word = (uint32_t)rng_below(&m->rng, (m->b.nr + 63) / 64);
	uint64_t some = 0;
	uint32_t fresh = 0;

	for (uint32_t i = word * 64; i < m->b.nr && i < word * 64 + 64; i++) {
		if (rng_below(&m->rng, 40))
			continue;
		some |= 1ULL << (i % 64);
		fresh += !m->is[i];
		m->is[i] = 1;
	}
	assert_int_equal(bitmap_set_some(&m->b, word, some), fresh);
}

static uint32_t naive_next(const struct model *m, uint32_t i)
{
	for (; i < m->b.nr; i++)
		if (m->is[i])
			return i;
	return BITMAP_NONE;
}

static uint32_t naive_count(const struct model *m, uint32_t first, uint32_t nr)
{
	uint32_t n = 0;

	for (uint32_t i = first; i < first + nr; i++)
		n += m->is[i];
	return n;
}

static void compare_somewhere(struct model *m)
{
	uint32_t first = (uint32_t)rng_below(&m->rng, m->b.nr);
	uint32_t nr = (uint32_t)rng_below(&m->rng, m->b.nr - first + 1);

	assert_int_equal(bitmap_test(&m->b, first), m->is[first]);
	assert_int_equal(bitmap_next(&m->b, first), naive_next(m, first));
	assert_int_equal(bitmap_count(&m->b, first, nr),
			 naive_count(m, first, nr));
	if (m->b.nr - first >= 64)
		assert_int_equal(bitmap_count_64(&m->b, first),
				 naive_count(m, first, 64));
}

static void behaves_as(uint32_t nr, unsigned int rounds)
{
	struct model m;

	open_model(&m, nr);
	for (unsigned int i = 0; i < rounds; i++) {
		change_one(&m);
		if (i % 16 == 0)
			set_some(&m);
		compare_somewhere(&m);
	}
	assert_int_equal(m.b.members, naive_count(&m, 0, nr));
	close_model(&m);
}

static void random_changes_are_those_of_an_array(void **state)
{
	static const uint32_t sizes[] = {
		1, 2, 63, 64, 65, 127, 128, 1000, 4095, 4096, 4097, 5000,
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		behaves_as(sizes[i], 2000);
}

static void next_crosses_all_levels(void **state)
{
	const uint32_t nr = 64 * 64 * 64 * 2 + 3;
	struct bitmap b;

	(void)state;
	assert_true(bitmap_init(&b, nr));
	assert_int_equal(bitmap_next(&b, 0), BITMAP_NONE);
	bitmap_set(&b, nr - 1);
	assert_int_equal(bitmap_next(&b, 0), nr - 1);
	assert_int_equal(bitmap_next(&b, nr - 1), nr - 1);
	assert_int_equal(bitmap_next(&b, nr), BITMAP_NONE);
	bitmap_set(&b, 64 * 64 * 64 - 1);
	assert_int_equal(bitmap_next(&b, 5), 64 * 64 * 64 - 1);
	assert_int_equal(bitmap_next(&b, 64 * 64 * 64), nr - 1);
	bitmap_clear(&b, nr - 1);
	assert_int_equal(bitmap_next(&b, 64 * 64 * 64), BITMAP_NONE);
	bitmap_free(&b);
}

/* All set, all cleared in another order: nothing may be left on any level. */
static void clearing_all_leaves_it_empty(void **state)
{
	const uint32_t nr = 10007;
	struct bitmap b;

	(void)state;
	assert_true(bitmap_init(&b, nr));
	for (uint32_t i = 0; i < nr; i++)
		bitmap_set(&b, i);
	assert_int_equal(bitmap_count(&b, 0, nr), nr);
	for (uint32_t i = 0; i < nr; i++)
		assert_true(bitmap_clear(&b, (uint32_t)((uint64_t)i * 4999 % nr)));
	assert_int_equal(b.members, 0);
	assert_int_equal(bitmap_next(&b, 0), BITMAP_NONE);
	bitmap_free(&b);
}

static void an_empty_range_has_no_members(void **state)
{
	struct bitmap b;

	(void)state;
	assert_true(bitmap_init(&b, 64));
	bitmap_set(&b, 63);
	assert_int_equal(bitmap_count(&b, 63, 0), 0);
	assert_int_equal(bitmap_count(&b, 63, 1), 1);
	assert_int_equal(bitmap_count(&b, 0, 64), 1);
	bitmap_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes_are_those_of_an_array),
		cmocka_unit_test(next_crosses_all_levels),
		cmocka_unit_test(clearing_all_leaves_it_empty),
		cmocka_unit_test(an_empty_range_has_no_members),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
