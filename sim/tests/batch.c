// SPDX-License-Identifier: GPL-2.0
/* Pages on their way to the LRU lists: which, and for how long. */
#include "common.h"

#define PAGES 200

static struct batch b;
static struct page page[PAGES];

static int setup(void **state)
{
	(void)state;
	memset(&b, 0, sizeof(b));
	memset(page, 0, sizeof(page));
	return 0;
}

/* Exactly [first, end) wait. */
static void wait_only(unsigned int first, unsigned int end)
{
	for (unsigned int i = 0; i < PAGES; i++)
		assert_int_equal(page[i].waits, i >= first && i < end);
	assert_int_equal(b.nr, end - first);
}

static void a_full_batch_is_emptied(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < BATCH_PAGES - 1; i++)
		batch_add(&b, &page[i], 1);
	wait_only(0, BATCH_PAGES - 1);
	batch_add(&b, &page[BATCH_PAGES - 1], 1);
	wait_only(0, 0);
}

/* As if they had come one after the other, for each number already there. */
static void of_many_the_last_wait(void **state)
{
	(void)state;
	for (unsigned int there = 0; there < BATCH_PAGES; there++) {
		unsigned int left = (there + 150) % BATCH_PAGES;

		setup(NULL);
		batch_add(&b, page, there);
		batch_add(&b, page + there, 150);
		wait_only(there + 150 - left, there + 150);
	}
}

/* ------------------------------------------------------------- on a machine */

static struct run *touched(const char *attrs, const char *more)
{
	struct run *r;
	char text[300];

	snprintf(text, sizeof(text), "process p\nregion m size=1M %s\n"
		 "thread cpu=0\ntouch m\nsleep 100s\nend\nend\n%s", attrs, more);
	r = run_new("2x1", text, "off");
	r->c.thp = true;
	run_begin(r);
	return r;
}

static void what_waits_cannot_be_moved(void **state)
{
	struct run *r = touched("", "");
	struct region *m;

	(void)state;
	run_to(r, r->c.run_ns);
	m = run_map(r, 0, 0)->region;
	assert_int_equal(r->s.cpu[0].batch.nr, 256 % BATCH_PAGES);
	assert_true(alloc_move(&r->s, m, 0, 1, NULL));
	assert_false(alloc_move(&r->s, m, 255, 1, NULL));
	assert_int_equal(page_node(&m->page[255]), 0);
	run_drain(r);
	assert_true(alloc_move(&r->s, m, 255, 1, NULL));
	run_free(r);
}

static void what_was_moved_waits_where_it_came(void **state)
{
	struct run *r = touched("", "");
	struct region *m;

	(void)state;
	run_to(r, r->c.run_ns);
	m = run_map(r, 0, 0)->region;
	assert_true(alloc_move(&r->s, m, 7, 1, &r->s.cpu[1]));
	assert_ptr_equal(r->s.cpu[1].batch.page[0], &m->page[7]);
	assert_false(alloc_move(&r->s, m, 7, 0, &r->s.cpu[0]));
	check_all(&r->s);
	run_free(r);
}

static void a_huge_page_does_not_wait(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion s size=16K\nregion h size=2M huge=yes\n"
		"thread cpu=0\ntouch s\nsleep 10ms\ntouch h\nsleep 100s\n"
		"end\nend\n", "off");

	(void)state;
	r->c.thp = true;
	run_begin(r);
	run_to(r, 5 * NS_PER_MS);
	assert_int_equal(r->s.cpu[0].batch.nr, 4);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->s.cpu[0].batch.nr, 0);
	run_free(r);
}

/* exit_mmap() of any process, on the CPU where it ends. */
static void the_end_of_a_process_empties_its_batch(void **state)
{
	struct run *r = touched("", "process q\nregion m size=64K\n"
				"thread cpu=0\ntouch m\nsleep 100ms\n"
				"compute 1ms\nend\nend\n");

	(void)state;
	run_to(r, 50 * NS_PER_MS);
	assert_true(r->s.cpu[0].batch.nr > 0);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->s.cpu[0].batch.nr, 0);
	run_free(r);
}

/* Its pages may be in batches of CPUs that it has left. */
static void a_freed_page_is_forgotten(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=64K\n"
		"thread\nbind 0\ntouch m\nbind 1\ncompute 50ms\nend\nend\n"
		"process q\nthread\nsleep 100s\nend\nend\n", "off");

	(void)state;
	run_begin(r);
	run_to(r, 30 * NS_PER_MS);
	assert_int_equal(r->s.cpu[0].batch.nr, 16);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->s.cpu[0].batch.nr, 0);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_full_batch_is_emptied, setup),
		cmocka_unit_test_setup(of_many_the_last_wait, setup),
		cmocka_unit_test(what_waits_cannot_be_moved),
		cmocka_unit_test(what_was_moved_waits_where_it_came),
		cmocka_unit_test(a_huge_page_does_not_wait),
		cmocka_unit_test(the_end_of_a_process_empties_its_batch),
		cmocka_unit_test(a_freed_page_is_forgotten),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
