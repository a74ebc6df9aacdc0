// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses without looking at each: where sweeps meet marks, how often chance
 * does, how much is local, first touch, slices, and when they end.
 */
#include <math.h>

#include "common.h"

/* ----------------------------------------------------------------- meeting marks */

/* A process of two threads that a policy watches; nobody scans. */
static struct run *watched(const char *op, unsigned int mib)
{
	struct run *r;
	char text[400];

	snprintf(text, sizeof(text),
		 "process p\nregion m size=%u * 1M\n"
		 "thread cpu=0\ntouch m\n%s\nend\n"
		 "thread cpu=1\nsleep 1000s\nend\nend\n", mib, op);
	r = run_new("2x1", text, "none:scan_delay=1000000");
	r->c.run_ns = 4 * NS_PER_SEC;
	run_begin(r);
	run_to(r, 200 * NS_PER_MS);
	assert_int_equal(run_map(r, 0, 0)->region->present, mib * 256);
	return r;
}

static u64 faults(struct run *r)
{
	return np_counter_read(&r->s.processes->np.counter[NP_C_FAULTS]);
}

static void mark(struct run *r, uint32_t page)
{
	struct task *t = run_task(r, 0, 0);

	bitmap_set(&run_map(r, 0, 0)->marked, page);
	run_map(r, 0, 0)->marks++;
	cpu_settle(&r->s, t->cpu);
	stream_aim(&r->s, t);
	cpu_plan(&r->s, t->cpu);
}

/* Time until page @page is met for the first time. */
static uint64_t time_to_meet(struct run *r, uint32_t page)
{
	uint64_t begin = r->s.now;

	mark(r, page);
	while (bitmap_test(&run_map(r, 0, 0)->marked, page)) {
		assert_true(sim_step(&r->s));
		check_quick(&r->s);
	}
	return r->s.now - begin;
}

/* From wherever it is, forward, or once round. */
static void a_sweep_meets_a_mark_when_it_gets_there(void **state)
{
	struct run *r = watched("sweep m think_ps=10000", 1);
	const struct stream *st = &run_task(r, 0, 0)->stream;
	struct rng rng = { 4 };

	(void)state;
	for (unsigned int i = 0; i < 300; i++) {
		uint32_t page = (uint32_t)rng_below(&rng, 256);
		double ahead, ns;

		run_to(r, r->s.now + rng_below(&rng, 1000000));
		cpu_settle(&r->s, run_task(r, 0, 0)->cpu);
		ahead = page - st->pos;
		if (ahead < 0)
			ahead += ahead > -1 ? -ahead : 256;
		ns = ahead * 64 * st->ns;
		/* A tick may come in between, and take time. */
		assert_in_range(time_to_meet(r, page), (uint64_t)ns,
				(uint64_t)(ns * 1.001) + 5000);
	}
	run_free(r);
}

static void a_sweep_meets_each_mark_once(void **state)
{
	struct run *r = watched("sweep m", 2);
	struct rng rng = { 5 };
	unsigned int marked = 0;
	u64 before = faults(r);

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		uint32_t page = (uint32_t)rng_below(&rng, 512);

		marked += !bitmap_test(&run_map(r, 0, 0)->marked, page);
		mark(r, page);
	}
	run_to(r, r->s.now + 50 * NS_PER_MS);
	assert_int_equal(faults(r) - before, marked);
	assert_int_equal(run_map(r, 0, 0)->marked.members, 0);
	run_free(r);
}

/* All pages marked: a sweep of a MiB faults 256 times, in order. */
static void a_sweep_through_marks_meets_them_in_order(void **state)
{
	struct run *r = watched("sweep m think_ps=10000", 1);
	struct mapping *m = run_map(r, 0, 0);
	uint32_t last = BITMAP_NONE, turns = 0;

	(void)state;
	for (uint32_t i = 0; i < 256; i++)
		mark(r, i);
	for (u64 before = faults(r); m->marked.members; ) {
		uint32_t at;

		assert_true(sim_step(&r->s));
		if (faults(r) == before)
			continue;
		before = faults(r);
		at = (uint32_t)run_task(r, 0, 0)->stream.target % 256;
		turns += last != BITMAP_NONE && at < last;
		last = at;
	}
	assert_true(turns <= 1);
	run_free(r);
}

/* Marks all pages, waits, and says how many of them were met. */
static double part_met(struct run *r, uint64_t ns)
{
	struct mapping *m = run_map(r, 0, 0);

	for (uint32_t i = 0; i < m->region->nr; i++)
		bitmap_set(&m->marked, i);
	mark(r, 0);
	run_to(r, r->s.now + ns);
	return 1 - (double)m->marked.members / m->region->nr;
}

/* Accesses of the first thread from now on. */
static double accesses(const struct run *r)
{
	return r->s.accesses;
}

/* After n accesses a page is still marked with (1 - 1/pages)^n. */
static void random_accesses_meet_marks_by_chance(void **state)
{
	struct run *r = watched("random m think_ps=100000", 16);

	(void)state;
	for (unsigned int ms = 1; ms <= 8; ms++) {
		double before = accesses(r);
		double met = part_met(r, ms * NS_PER_MS);
		double n = accesses(r) - before;

		assert_near(met, 1 - exp(-n / 4096), 0.05);
	}
	run_free(r);
}

/* What Zipf's law gives, page by page. */
static double zipf_met(double z, unsigned int pages, double n)
{
	double sum = 0, met = 0;

	for (unsigned int k = 1; k <= pages; k++)
		sum += pow(k, -z);
	for (unsigned int k = 1; k <= pages; k++)
		met += 1 - exp(-n * pow(k, -z) / sum);
	return met / pages;
}

static void zipf(const char *op, double z)
{
	struct run *r = watched(op, 16);

	for (unsigned int ms = 1; ms <= 20; ms += 3) {
		double before = accesses(r);
		double met = part_met(r, ms * NS_PER_MS);
		double n = accesses(r) - before;

		assert_near(met, zipf_met(z, 4096, n), 0.12);
	}
	run_free(r);
}

static void popular_pages_are_met_first(void **state)
{
	(void)state;
	zipf("random m think_ps=100000 zipf=0.5", 0.5);
	zipf("random m think_ps=100000 zipf=0.9", 0.9);
	zipf("random m think_ps=100000 zipf=1", 1);
	zipf("random m think_ps=100000 zipf=1.5", 1.5);
}

/* ------------------------------------------------------------------ how local */

static void place(struct run *r, bool (*far)(uint32_t page))
{
	struct region *m = run_map(r, 0, 0)->region;

	for (uint32_t i = 0; i < m->nr; i++)
		if (far(i))
			alloc_move(&r->s, m, i, 1, NULL);
}

static double part_local(struct run *r)
{
	uint64_t from = r->s.now + 20 * NS_PER_MS;

	return run_local(r, from, from + 500 * NS_PER_MS);
}

static bool every_third(uint32_t page)
{
	return page % 3 == 0;
}

static bool every_other(uint32_t page)
{
	return page % 2 == 0;
}

static bool upper_half(uint32_t page)
{
	return page >= 2048;
}

static bool the_hottest(uint32_t page)
{
	return page < 64;
}

static void local(const char *op, bool (*far)(uint32_t page), double part)
{
	struct run *r = watched(op, 16);

	place(r, far);
	assert_near(part_local(r), part, 0.02);
	run_free(r);
}

/* What Zipf's law gives, page by page. */
static double zipf_local(double z, bool (*far)(uint32_t page))
{
	double sum = 0, part = 0;

	for (uint32_t i = 0; i < 4096; i++) {
		sum += pow(i + 1, -z);
		part += far(i) ? 0 : pow(i + 1, -z);
	}
	return part / sum;
}

static void accesses_are_as_local_as_their_pages(void **state)
{
	(void)state;
	local("sweep m", every_third, 2.0 / 3);
	local("random m", every_third, 2.0 / 3);
	local("sweep m", upper_half, 0.5);
	local("sweep m slice=0 of=2", upper_half, 1);
	local("random m slice=1 of=4", upper_half, 1);
	local("sweep m slice=5 of=8", every_third, 2.0 / 3);
}

/* A pass of 2 s: not what its range is like, but what it passes. */
static void a_slow_sweep_is_where_it_is(void **state)
{
	struct run *r = watched("sweep m think_ps=8000000", 16);

	(void)state;
	place(r, upper_half);
	run_to(r, 300 * NS_PER_MS);
	assert_near(run_local(r, r->s.now, 1000 * NS_PER_MS), 1, 1e-9);
	run_to(r, 1300 * NS_PER_MS);
	assert_true(run_local(r, r->s.now, 2000 * NS_PER_MS) < 1e-9);
	run_free(r);
}

/* What is looked at must not keep step with what is interleaved. */
static void a_slow_sweep_sees_all_that_is_interleaved(void **state)
{
	static bool (*const far[])(uint32_t page) = { every_third, every_other };
	static const double part[] = { 2.0 / 3, 0.5 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(far); i++) {
		struct run *r = watched("sweep m think_ps=8000000", 16);

		place(r, far[i]);
		run_to(r, 300 * NS_PER_MS);
		assert_near(run_local(r, r->s.now, 1900 * NS_PER_MS), part[i],
			    0.05);
		run_free(r);
	}
}

/* Each page comes in the fault, and then the sweep goes through it. */
static void what_a_fault_brings_is_local(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=16M\nthread\nbind 0\ntouch m\n"
		"bind 1\nsweep m stride=256\nend\n"
		"thread cpu=1\nsleep 1000s\nend\nend\n",
		"moron:scan_delay=1000000");
	struct mapping *m;

	(void)state;
	r->costs.move_ns = 100000;
	r->c.run_ns = 4 * NS_PER_SEC;
	run_begin(r);
	run_to(r, 200 * NS_PER_MS);
	run_drain(r);
	m = run_map(r, 0, 0);
	for (uint32_t i = 0; i < m->region->nr; i++)
		bitmap_set(&m->marked, i);
	mark(r, 0);
	assert_true(run_local(r, r->s.now + NS_PER_MS, r->s.now + 300 * NS_PER_MS) > 0.98);
	assert_true(m->marked.members > 0);
	run_free(r);
}

static void popular_pages_count_for_more(void **state)
{
	(void)state;
	local("random m zipf=0.9", upper_half, zipf_local(0.9, upper_half));
	local("random m zipf=0.9", the_hottest, zipf_local(0.9, the_hottest));
	local("random m zipf=1.2", the_hottest, zipf_local(1.2, the_hottest));
	local("random m zipf=0.9", every_third, zipf_local(0.9, every_third));
}

/* Latency 85 ns and 178.5 ns, 4 at once, 0.5 ns of its own. */
static void remote_accesses_take_longer(void **state)
{
	struct run *r = watched("random m", 16);
	struct task *t = run_task(r, 0, 0);

	(void)state;
	assert_near(t->stream.ns, 0.5 + 85 / 4.0, 0.03);
	place(r, upper_half);
	run_to(r, r->s.now + 20 * NS_PER_MS);
	assert_near(t->stream.ns, 0.5 + (85 + 178.5) / 8, 0.04);
	run_free(r);
}

/* -------------------------------------------------------------- when they end */

/* When a thread of @ops ended that touched its memory first. */
static double took(const char *ops)
{
	struct run *r;
	char text[400];
	double ns;

	snprintf(text, sizeof(text),
		 "process p\nregion m size=4M\nthread\n"
		 "touch m\nsleep 1ms\n%s\nend\nend\n", ops);
	r = run_new("1x1", text, "off");
	r->costs.touch_ns = 0;
	r->costs.switch_ns = 0;
	r->c.run_ns = 100 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.finished);
	ns = (double)r->r.ended_ns;
	run_free(r);
	return ns;
}

#define SWEEP_NS	(65536 * (0.5 + 8.5))	/* one pass of 4 MiB by 64 bytes */

static void passes_and_accesses_are_counted(void **state)
{
	double empty = took("");

	(void)state;
	assert_near(took("sweep m passes=1") - empty, SWEEP_NS, 0.03);
	assert_near(took("sweep m passes=7") - empty, 7 * SWEEP_NS, 0.03);
	assert_near(took("sweep m passes=8 slice=1 of=4") - empty, 2 * SWEEP_NS,
		    0.03);
	assert_near(took("random m accesses=100000") - empty,
		    100000 * (0.5 + 85 / 4.0), 0.03);
	assert_near(took("sweep m passes=3 stride=256 think_ps=1000000") - empty,
		    3 * 16384 * (1000.5 + 8.5), 0.03);
}

static void a_pass_under_way_is_finished(void **state)
{
	double empty = took("");

	(void)state;
	assert_near(took("sweep m time=100us") - empty, SWEEP_NS, 0.03);
	assert_near(took("sweep m time=1ms") - empty, 2 * SWEEP_NS, 0.03);
	assert_near(took("sweep m time=10s passes=2") - empty, 2 * SWEEP_NS,
		    0.03);
}

static void random_accesses_end_in_time(void **state)
{
	double empty = took("");

	(void)state;
	assert_near(took("random m time=50ms") - empty, 50e6, 0.001);
	assert_near(took("random m time=50ms accesses=1000") - empty,
		    1000 * 21.75, 0.1);
}

/* Every page once, also when it was touched before: that takes time, too. */
static void touching_again_is_an_access_to_each_page(void **state)
{
	double empty = took("");

	(void)state;
	assert_near(took("loop 100\ntouch m\nend") - empty,
		    100 * 1024 * (0.5 + 85 / 4.0), 0.05);
}

static void a_first_touch_costs_what_it_costs(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nregion m size=40M\nthread\ntouch m\nend\nend\n",
		"off");

	(void)state;
	run_all(r);
	assert_near((double)r->r.kernel_ns, 10240 * 600, 0.01);
	assert_near((double)r->r.ended_ns, 10240 * (600 + 0.5 + 85 / 4.0), 0.01);
	run_free(r);
}

/* ----------------------------------------------------------------------- slices */

static void check_touched(const char *op, uint32_t first, uint32_t nr)
{
	struct run *r;
	char text[300];

	snprintf(text, sizeof(text),
		 "process p\nregion m size=1000 * 4K\nthread\n%s\n"
		 "sleep 100s\nend\nend\n", op);
	r = run_new("1x1", text, "off");
	run_begin(r);
	run_to(r, r->c.run_ns);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(run_map(r, 0, 0)->region->page[i].node1 != 0,
				 i - first < nr);
	run_free(r);
}

static void slices_are_parts_of_the_region(void **state)
{
	(void)state;
	check_touched("touch m", 0, 1000);
	check_touched("touch m slice=0 of=4", 0, 250);
	check_touched("touch m slice=3 of=4", 750, 250);
	check_touched("touch m slice=1 of=3", 333, 333);
	check_touched("touch m slice=2 of=3", 666, 334);
	check_touched("sweep m passes=1 slice=9 of=10", 900, 100);
	check_touched("random m accesses=1 slice=1 of=2", 500, 500);
}

static void steps_go_round_the_slices(void **state)
{
	(void)state;
	check_touched("loop 3\ntouch m slice=1 of=10 step=1\nend", 100, 300);
	check_touched("loop 10\ntouch m slice=3 of=10 step=3\nend", 0, 1000);
	check_touched("loop 2\nloop 2\ntouch m slice=0 of=10 step=1\nend\nend",
		      0, 200);
}

static void work_in_mib_is_what_was_swept(void **state)
{
	struct run *r = run_new("1x1",
		"unit MiB\nprocess p\nregion m size=4M\nthread\ntouch m\n"
		"sweep m passes=3\nsweep m passes=2 stride=256\n"
		"random m accesses=16384\ncount 1000\nend\nend\n", "off");

	(void)state;
	run_all(r);
	assert_near(r->r.work, 12 + 8 + 1, 1e-6);
	assert_near(r->r.task_work[0], 21, 1e-6);
	run_free(r);
}

static void the_matrix_has_all_accesses(void **state)
{
	struct run *r = run_load("2x2", 0, "warehouse", "moron");
	double sum = 0, local = 0;

	(void)state;
	run_all(r);
	for (unsigned int i = 0; i < 4; i++)
		sum += r->r.matrix[i];
	local = r->r.matrix[0] + r->r.matrix[3];
	assert_near(sum, r->s.accesses, 1e-9);
	assert_near(local, r->s.local, 1e-9);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sweep_meets_a_mark_when_it_gets_there),
		cmocka_unit_test(a_sweep_meets_each_mark_once),
		cmocka_unit_test(a_sweep_through_marks_meets_them_in_order),
		cmocka_unit_test(random_accesses_meet_marks_by_chance),
		cmocka_unit_test(popular_pages_are_met_first),
		cmocka_unit_test(accesses_are_as_local_as_their_pages),
		cmocka_unit_test(a_slow_sweep_is_where_it_is),
		cmocka_unit_test(a_slow_sweep_sees_all_that_is_interleaved),
		cmocka_unit_test(what_a_fault_brings_is_local),
		cmocka_unit_test(popular_pages_count_for_more),
		cmocka_unit_test(remote_accesses_take_longer),
		cmocka_unit_test(passes_and_accesses_are_counted),
		cmocka_unit_test(a_pass_under_way_is_finished),
		cmocka_unit_test(random_accesses_end_in_time),
		cmocka_unit_test(touching_again_is_an_access_to_each_page),
		cmocka_unit_test(a_first_touch_costs_what_it_costs),
		cmocka_unit_test(slices_are_parts_of_the_region),
		cmocka_unit_test(steps_go_round_the_slices),
		cmocka_unit_test(work_in_mib_is_what_was_swept),
		cmocka_unit_test(the_matrix_has_all_accesses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
