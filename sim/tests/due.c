// SPDX-License-Identifier: GPL-2.0
/* Who is next, held against a look at all. */
#include "common.h"

#include "due.h"

static uint32_t naive_first(const struct due *d, uint32_t nr)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < nr; i++)
		if (d->ns[i] < d->ns[best])
			best = i;
	return best;
}

static void behaves(uint32_t nr)
{
	struct rng rng = { nr };
	struct due d;

	assert_true(due_init(&d, nr));
	assert_true(due_ns(&d) == NEVER_NS);
	for (unsigned int i = 0; i < 3000; i++) {
		uint64_t ns = rng_below(&rng, 50);

		due_set(&d, (uint32_t)rng_below(&rng, nr),
			ns == 49 ? NEVER_NS : ns);
		assert_int_equal(due_first(&d), naive_first(&d, nr));
	}
	due_free(&d);
}

static void the_first_is_the_first_of_all(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 24, 100, 129 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		behaves(sizes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_the_first_of_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
