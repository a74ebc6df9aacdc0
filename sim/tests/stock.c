// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own scanner, restated: what it marks and when, and what it does
 * not remember.
 */
#include "common.h"
#include "../../policy/mainline.h"
#include "stock/stock.h"

static u64 count(struct run *r, enum np_counter i)
{
	return np_counter_read(&r->s.processes->np.counter[i]);
}

/* Data, bss, heap, two stacks, and what all share; they are marked at once. */
#define OWN_PAGES 6

/* Which area that is, beside one region and two threads. */
#define SHARED 5

#define SWEEPER \
	"thread cpu=%u\n%sloop\n" \
	"sweep m slice=%u of=2 passes=1 think_ps=10000 %s\nend\nend\n"

/*
 * A thread on each of two nodes, both go through all of @mib MiB on node 0; what
 * they share with who started them is on the third.
 */
static struct run *sweepers(unsigned int mib, const char *attrs)
{
	struct run *r;
	char text[400];

	snprintf(text, sizeof(text),
		 "process p\nregion m size=%u * 1M\n" SWEEPER SWEEPER "end\n",
		 mib, 0, "touch m\nstart\n", 0, "", 1, "", 1, attrs);
	r = run_new("3x1", text, "stock");
	r->c.run_ns = 60 * NS_PER_SEC;
	run_begin(r);
	r->s.processes->stock->area[SHARED].page.node1 = 3;
	return r;
}

/* The same: each page can be moved from the beginning. */
static struct run *drained(unsigned int mib, const char *attrs)
{
	struct run *r = sweepers(mib, attrs);

	run_to(r, 500 * NS_PER_MS);
	run_drain(r);
	return r;
}

static u32 noted(struct run *r, uint32_t first, uint32_t end)
{
	const struct region *m = run_map(r, 0, 0)->region;
	u32 n = 0;

	for (uint32_t i = first; i < end; i++)
		n += m->page[i].last_cpu1 != 0;
	return n;
}

/* Of all pages of the region. */
static u32 on_node(struct run *r, int node)
{
	const struct region *m = run_map(r, 0, 0)->region;
	u32 n = 0;

	for (uint32_t i = 0; i < m->nr; i++)
		n += page_node(&m->page[i]) == node;
	return n;
}

static void until_passes(struct run *r, u64 passes)
{
	while (count(r, NP_C_SCAN_PASSES) < passes)
		assert_true(sim_step(&r->s));
}

/* TLBs are flushed at the end: until then nobody meets a mark. */
static void marks_are_met_when_the_work_is_done(void **state)
{
	struct run *r = sweepers(64, "");

	(void)state;
	while (!count(r, NP_C_SCAN_WINDOWS))
		assert_true(sim_step(&r->s));
	assert_int_equal(count(r, NP_C_SCAN_MARKED), OWN_PAGES);
	assert_int_equal(run_map(r, 0, 0)->marked.members, 0);
	until_passes(r, 1);
	assert_int_equal(count(r, NP_C_SCAN_MARKED), OWN_PAGES + 64 * 256);
	run_free(r);
}

/*
 * A main thread that takes its time is scanned before there is a second one: all
 * is local, and nothing marked.  Then the second begins the same pass anew,
 * which the region is done with.
 */
static void the_first_thread_puts_off_what_was_scanned(void **state)
{
	struct run *r;
	struct mapping *m;

	(void)state;
	r = run_new("2x1", "process p\nregion m size=64M\n"
		    "thread cpu=0\ntouch m\nstart\nsleep 1000s\nend\n"
		    "thread cpu=1\nloop\nsweep m passes=1 think_ps=10000\n"
		    "end\nend\nend\n", "stock");
	r->costs.touch_ns = 75000;	/* 1.2 s for all */
	r->c.run_ns = 60 * NS_PER_SEC;
	run_begin(r);
	m = run_map(r, 0, 0);
	until_passes(r, 1);
	assert_in_range(r->s.now, NS_PER_SEC, 1200 * NS_PER_MS);
	assert_int_equal(m->marked.members, 0);
	until_passes(r, 2);
	assert_in_range(r->s.now, 2200 * NS_PER_MS, 2400 * NS_PER_MS);
	assert_int_equal(m->marked.members, 0);
	until_passes(r, 3);	/* some are met while the last ones are marked */
	assert_in_range(m->marked.members, 64 * 256 - 16, 64 * 256);
	run_free(r);
}

/* Its main thread does nothing: data, the vdso and its stack are nobody's. */
static struct run *idle_main(void)
{
	struct run *r;
	char text[400];

	snprintf(text, sizeof(text),
		 "process p\nregion m size=64M\n"
		 "thread cpu=0\ntouch m\nstart\nsleep 1000s\nend\n"
		 SWEEPER SWEEPER "end\n", 0, "", 0, "", 1, "", 1, "");
	r = run_new("2x1", text, "stock");
	r->c.run_ns = 200 * NS_PER_SEC;	/* its scans come ever later */
	run_begin(r);
	return r;
}

/*
 * Twice all is marked.  Then what nobody touched takes a call for each area, as the
 * data does, if there is no area behind it that is done with: others, as the vdso,
 * are left out, for whoever scans has met the main stack's marks.
 */
static void untouched_areas_take_a_call_or_are_left_out(void **state)
{
	struct run *r = idle_main();
	const struct stock *st;
	u64 calls;

	(void)state;
	until_passes(r, 2);
	assert_int_equal(count(r, NP_C_SCAN_WINDOWS), 2);
	until_passes(r, 3);
	calls = count(r, NP_C_SCAN_WINDOWS) - 2;
	st = r->s.processes->stock;
	assert_int_equal(calls, 2);
	assert_int_equal(st->area[0].done, 3);	/* the next has begun */
	assert_int_equal(st->area[1].done, 1);
	assert_int_equal(st->area[2].done, 1);
	assert_int_equal(st->area[st->nr - 2].done, 1);
	assert_int_equal(st->area[st->nr - 1].done, 2);
	run_free(r);
}

/* The last area is somebody's: what else is nobody's begins the next pass. */
static void one_that_nobody_wants_may_begin_the_next_pass(void **state)
{
	struct run *r = sweepers(64, "");

	(void)state;
	/* The main thread is the first to scan, as if it had not made the other. */
	run_to(r, 500 * NS_PER_MS);
	*np_mainline_next_scan(&r->s.processes->np) = NS_PER_SEC;
	until_passes(r, 3);
	assert_int_equal(count(r, NP_C_SCAN_WINDOWS), 4);
	run_to(r, r->s.now + 500 * NS_PER_MS);
	assert_int_equal(r->s.processes->stock->area[0].done, 3);
	assert_int_equal(r->s.processes->stock->area[1].done, 1);
	run_free(r);
}

/* 256 MiB are a window: what is behind them comes a period later. */
static void a_window_may_end_with_the_region(void **state)
{
	struct run *r = sweepers(256, "");
	struct stock *st;
	uint64_t reset;

	(void)state;
	while (!count(r, NP_C_SCAN_WINDOWS))
		assert_true(sim_step(&r->s));
	st = r->s.processes->stock;
	assert_int_equal(st->at, 4);
	assert_int_equal(st->page, 0);
	reset = st->area[3].reset_ns;
	until_passes(r, 1);
	assert_int_equal(count(r, NP_C_SCAN_WINDOWS), 2);
	assert_int_equal(st->area[3].reset_ns, reset);
	run_free(r);
}

/* An area is forgotten by who has not met a mark there for 4 to 8 s. */
static void an_area_is_wanted_by_who_touched_it(void **state)
{
	struct run *r = sweepers(8, "");
	struct task *t;
	struct stock *st;
	struct area *a;

	(void)state;
	until_passes(r, 2);
	t = run_task(r, 0, 1);
	st = t->process->stock;
	a = &st->area[3];
	assert_ptr_equal(a->map, run_map(r, 0, 0));
	a->active[0] = a->active[1] = 0;
	assert_false(area_wanted(st, a, t));
	stock_touched(t->process, a->map, t);
	assert_true(area_wanted(st, a, t));
	assert_true(area_due(a, 2, a->reset_ns + 1));
	assert_true(area_wanted(st, a, t));
	assert_true(area_due(a, 2, a->reset_ns + 1));
	assert_false(area_wanted(st, a, t));
	run_free(r);
}

/* Or by anybody, if nobody has scanned it for a pass per thread. */
static void no_area_is_forgotten_for_ever(void **state)
{
	struct run *r = sweepers(8, "");
	struct task *t;
	struct area a = { .first = 0, .done = 4 };

	(void)state;
	until_passes(r, 1);
	t = run_task(r, 0, 1);
	t->process->np.scan.passes = 6;
	assert_false(area_wanted(t->process->stock, &a, t));
	t->process->np.scan.passes = 7;
	assert_true(area_wanted(t->process->stock, &a, t));
	run_free(r);
}

/* mpol_misplaced() has its answer before it looks who was there last. */
static void who_touches_local_pages_is_not_noted(void **state)
{
	struct run *r = sweepers(8, "");

	(void)state;
	until_passes(r, 2);
	run_to(r, r->s.now + 500 * NS_PER_MS);
	assert_true(count(r, NP_C_LOCAL_FAULTS) >= 1024);
	assert_int_equal(noted(r, 0, 1024), 0);
	run_free(r);
}

/* The store that follows a move finds the page read-only, and wipes it clean. */
static void a_store_after_a_move_forgets_the_toucher(void **state)
{
	struct run *writer = drained(8, "write=yes");
	struct run *reader = drained(8, "write=no");

	(void)state;
	until_passes(writer, 1);
	run_to(writer, writer->s.now + 500 * NS_PER_MS);
	assert_int_equal(on_node(writer, 1), 1024);
	assert_int_equal(noted(writer, 1024, 2048), 0);
	until_passes(reader, 1);
	run_to(reader, reader->s.now + 500 * NS_PER_MS);
	assert_int_equal(on_node(reader, 1), 1024);
	assert_int_equal(noted(reader, 1024, 2048), 1024);
	run_free(writer);
	run_free(reader);
}

static uint64_t bit_of(const struct task *t)
{
	return 1ULL << (t->tid * 0x61C88647U >> 26);	/* hash_32(tid, 6) */
}

/* Both share a page: who moves each page on the way gets there later. */
static void who_has_nothing_to_move_meets_shared_marks_first(void **state)
{
	struct run *r = drained(64, "");
	struct area *shared = &r->s.processes->stock->area[SHARED];

	(void)state;
	until_passes(r, 1);
	assert_true(shared->marked);
	run_to(r, r->s.now + 500 * NS_PER_MS);
	assert_false(shared->marked);
	assert_int_equal(shared->active[0] | shared->active[1],
			 bit_of(run_task(r, 0, 0)));
	run_free(r);
}

/*
 * A thread that saw only remote pages of its own puts off everybody's scan; the
 * other one's period grew by 30 % twice: what it saw was private.
 */
static void nothing_local_doubles_the_period(void **state)
{
	struct run *r = drained(8, "");
	struct task *t;

	(void)state;
	until_passes(r, 2);
	run_to(r, r->s.now + 100 * NS_PER_MS);
	t = run_task(r, 0, 1);
	assert_int_equal(np_mainline_period(t->process->inst, &t->np), 4000);
	t = run_task(r, 0, 0);
	assert_int_equal(np_mainline_period(t->process->inst, &t->np), 1690);
	assert_true(*np_mainline_next_scan(&t->process->np) > r->s.now +
		    3800 * NS_PER_MS);
	run_free(r);
}

/* What the last page of the slice does, whoever else is content. */
static void a_page_that_waits_doubles_the_period(void **state)
{
	struct run *r = sweepers(8, "");
	const struct task *t;

	(void)state;
	until_passes(r, 1);
	assert_true(r->s.cpu[0].batch.nr > 0);
	until_passes(r, 2);
	assert_true(np_counter_read(&r->s.processes->np.reason[NP_R_MOVE_FAILED]) >
		    0);
	run_to(r, r->s.now + 100 * NS_PER_MS);
	t = run_task(r, 0, 1);
	assert_int_equal(np_mainline_period(t->process->inst, &t->np), 4000);
	run_free(r);
}

/* The main thread has made it on its CPU, where nothing else comes. */
static void a_stack_stays_where_the_thread_was_made(void **state)
{
	struct run *r = idle_main();
	const struct stock *st;

	(void)state;
	until_passes(r, 3);
	st = r->s.processes->stock;
	assert_int_equal(page_node(&st->area[4].page), 0);
	assert_int_equal(page_node(&st->area[5].page), 0);
	assert_true(st->area[5].page.waits);
	run_drain(r);
	until_passes(r, 4);
	assert_int_equal(page_node(&st->area[5].page), 1);
	run_free(r);
}

static void leaving_the_preferred_node_starts_anew(void **state)
{
	struct run *r = sweepers(8, "");
	struct np_ctx c;
	struct task *t;

	(void)state;
	until_passes(r, 2);
	run_to(r, r->s.now + 100 * NS_PER_MS);
	t = run_task(r, 0, 1);
	c = sim_ctx(&r->s, t->process, t);
	np_came(&c, 0, 1);
	assert_int_equal(np_mainline_period(t->process->inst, &t->np), 4000);
	np_came(&c, 1, 0);
	assert_int_equal(np_mainline_period(t->process->inst, &t->np), 1000);
	run_free(r);
}

/* Of one call that goes through the region, and what else there is. */
static u64 long_call_ns(struct run *r, u64 pages)
{
	u64 before, ns;

	do {
		before = count(r, NP_C_SCAN_NS);
		assert_true(sim_step(&r->s));
		ns = count(r, NP_C_SCAN_NS) - before;
	} while (ns < pages * 600);
	return ns / pages;
}

static void how_long_a_call_takes_may_be_luck(void **state)
{
	struct run *r = sweepers(8, "");
	unsigned int slow = 0, calls = 4;

	(void)state;
	r->s.costs.flush_ns = 0;
	r->s.costs.numab_ns = 900;
	r->s.costs.numab_luck = 1.0 / 3;
	for (unsigned int i = 0; i < calls; i++) {
		u64 ns = long_call_ns(r, 8 << 8);

		assert_true(ns / 10 == 60 || ns / 10 == 120);
		slow += ns / 10 == 120;
	}
	assert_in_range(slow, 1, calls - 1);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_met_when_the_work_is_done),
		cmocka_unit_test(the_first_thread_puts_off_what_was_scanned),
		cmocka_unit_test(untouched_areas_take_a_call_or_are_left_out),
		cmocka_unit_test(one_that_nobody_wants_may_begin_the_next_pass),
		cmocka_unit_test(a_window_may_end_with_the_region),
		cmocka_unit_test(a_page_that_waits_doubles_the_period),
		cmocka_unit_test(a_stack_stays_where_the_thread_was_made),
		cmocka_unit_test(an_area_is_wanted_by_who_touched_it),
		cmocka_unit_test(no_area_is_forgotten_for_ever),
		cmocka_unit_test(who_touches_local_pages_is_not_noted),
		cmocka_unit_test(a_store_after_a_move_forgets_the_toucher),
		cmocka_unit_test(who_has_nothing_to_move_meets_shared_marks_first),
		cmocka_unit_test(nothing_local_doubles_the_period),
		cmocka_unit_test(leaving_the_preferred_node_starts_anew),
		cmocka_unit_test(how_long_a_call_takes_may_be_luck),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
