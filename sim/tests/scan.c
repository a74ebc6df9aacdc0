// SPDX-License-Identifier: GPL-2.0
/*
 * Marks come and go: windows and budgets, what is left out, one fault for each
 * mark, and workers that move what was queued.
 */
#include "common.h"
#include "stock/stock.h"

static u64 count(struct run *r, enum np_counter i)
{
	return np_counter_read(&r->s.processes->np.counter[i]);
}

/* Two threads of a process of @mib MiB, who go through it for ever. */
static struct run *sweepers(const char *attrs, unsigned int mib,
			    const char *policy)
{
	struct run *r;
	char text[400];

	snprintf(text, sizeof(text),
		 "process p\nregion m size=%u * 1M %s\n"
		 "thread\ntouch m\nstart\nsweep m think_ps=10000\nend\n"
		 "thread\nsweep m think_ps=10000\nend\nend\n", mib, attrs);
	r = run_new("2x2", text, policy);
	r->c.run_ns = 10 * NS_PER_SEC;
	return r;
}

static void nothing_is_marked_before_the_delay(void **state)
{
	struct run *r = sweepers("", 64, "none:scan_delay=500");

	(void)state;
	run_begin(r);
	run_to(r, 480 * NS_PER_MS);
	assert_int_equal(count(r, NP_C_SCAN_MARKED), 0);
	run_to(r, 600 * NS_PER_MS);
	assert_true(count(r, NP_C_SCAN_MARKED) > 0);
	run_free(r);
}

static void a_window_is_no_larger_than_asked(void **state)
{
	struct run *r = sweepers("", 64,
				 "none:scan_size=16,scan_period=1000,scan_budget=100000");

	(void)state;
	run_begin(r);
	for (u64 last = 0, now; r->s.now < 5 * NS_PER_SEC; last = now) {
		run_to(r, r->s.now + 10 * NS_PER_MS);
		now = count(r, NP_C_SCAN_MARKED);
		assert_true(now - last <= 16 * 256);
	}
	assert_in_range(count(r, NP_C_SCAN_WINDOWS), 4, 5);
	assert_int_equal(count(r, NP_C_SCAN_BUDGET), 0);
	assert_in_range(count(r, NP_C_SCAN_PASSES), 0, 2);
	run_free(r);
}

/* 2048 pages take 45 us: of a budget of 100 us two chunks fit. */
static void a_call_keeps_its_budget(void **state)
{
	struct run *r = sweepers("", 64, "none:scan_size=64,scan_budget=100");
	u64 ns, last = 0, calls = 0, now;

	(void)state;
	run_begin(r);
	while (r->s.now < 2 * NS_PER_SEC && sim_step(&r->s)) {
		now = count(r, NP_C_SCAN_NS);
		calls += now != last;
		ns = now - last;
		assert_true(ns <= 100000);
		last = now;
	}
	assert_true(calls >= 4);
	assert_true(count(r, NP_C_SCAN_BUDGET) >= 3);
	run_free(r);
}

static void the_whole_space_is_walked(void **state)
{
	struct run *r = sweepers("", 64, "none:scan_size=64,scan_budget=100000");

	(void)state;
	run_begin(r);
	while (!count(r, NP_C_SCAN_PASSES))
		assert_true(sim_step(&r->s));
	assert_int_equal(count(r, NP_C_SCAN_MARKED), 64 * 256);
	/* and data, bss, heap, and two stacks */
	assert_int_equal(count(r, NP_C_SCAN_PAGES), 64 * 256 + 5 * 64);
	run_free(r);
}

/* Of one thread: the kernel leaves alone what is local already. */
static void a_single_thread_has_only_remote_pages_marked(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion near size=8M\n"
		"region far size=4M alloc=on-node node=1\n"
		"thread cpu=0\ntouch near\ntouch far\n"
		"loop\nsweep near passes=1\nsweep far passes=1\nend\nend\nend\n",
		"none:scan_delay=1");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(run_map(r, 0, 0)->marked.members, 0);
	assert_int_equal(run_map(r, 0, 0)->marks > 0, 1);
	assert_true(count(r, NP_C_SCAN_MARKED) >= 1024);
	assert_int_equal(count(r, NP_C_LOCAL_FAULTS), 0);
	run_free(r);
}

/* task_tick_numa(): after more than so much run time, of which none is whole. */
static void a_wait_of_whole_ticks_takes_one_more(void **state)
{
	struct task t = { .stamp_ns = 5 * NS_PER_MS };

	(void)state;
	t.exec_ns = t.stamp_ns + 2 * TICK_NS + TICK_LATE_NS;
	assert_false(scan_has_run(&t, 2 * TICK_NS));
	t.exec_ns += TICK_NS;
	assert_true(scan_has_run(&t, 2 * TICK_NS));
}

/* A call per chunk, each @ms long, and four times as long between them. */
static struct run *slow_calls(const char *policy, unsigned int ms)
{
	struct run *r = sweepers("", 64, policy);

	r->costs.flush_ns = ms * (double)NS_PER_MS;
	return r;
}

static void to_the_next_call(struct run *r)
{
	u64 stops = count(r, NP_C_SCAN_BUDGET);

	for (uint64_t us = r->s.now / 1000; count(r, NP_C_SCAN_BUDGET) == stops;
	     us += 100)
		run_to(r, us * 1000);
}

static void a_wait_begins_when_the_call_is_over(void **state)
{
	struct run *r = slow_calls("none:scan_delay=100", 20);
	unsigned int waiting = 0;

	(void)state;
	run_begin(r);
	to_the_next_call(r);
	for (unsigned int i = 0; i < 2; i++) {
		struct task *t = run_task(r, 0, i);

		if (t->scan_ms != 81)
			continue;
		assert_in_range(t->stamp_ns - t->exec_ns, 19 * NS_PER_MS,
				21 * NS_PER_MS);
		waiting++;
	}
	assert_int_equal(waiting, 1);
	run_free(r);
}

/* Data, bss and heap, then what is simulated, then stacks. */
static void all_areas_come_in_order_of_addresses(void **state)
{
	struct run *r = run_new("2x2",
		"process p\nregion m size=64M\nthread\ntouch m\n"
		"sweep m think_ps=10000\nend\nend\n", "none:scan_delay=100");
	uint64_t base, last = 0, at;
	unsigned int below = 0, above = 0;

	(void)state;
	r->costs.flush_ns = NS_PER_MS;
	r->c.run_ns = 10 * NS_PER_SEC;
	run_begin(r);
	base = run_map(r, 0, 0)->base;
	for (;;) {
		to_the_next_call(r);
		at = r->s.processes->np.scan.offset;
		if (at < last)
			break;
		below += at < base;
		above += at > base + (64 << 20);
		last = at;
	}
	assert_int_equal(below, 3);
	assert_in_range(above, 0, 1);	/* the stack ends the pass */
	run_free(r);
}

static void a_busy_host_holds_up_flushes_by_chance(void **state)
{
	struct run *r = slow_calls("none:scan_delay=100", 0);
	double calls;

	(void)state;
	r->costs.host_cpus = 1;
	r->costs.flush_wait_ns = 4.0 * NS_PER_MS;
	run_begin(r);
	run_to(r, 9 * NS_PER_SEC);
	calls = (double)(count(r, NP_C_SCAN_BUDGET) +
			 count(r, NP_C_SCAN_WINDOWS));
	assert_true(calls > 40);
	/* both threads run: the clock goes on twice as fast as their work */
	assert_near((double)count(r, NP_C_SCAN_NS), calls * 8 * NS_PER_MS, 0.25);
	run_free(r);
}

static void never_marked(const char *attrs)
{
	struct run *r = sweepers(attrs, 8, "moron:scan_delay=1");

	run_begin(r);
	run_to(r, 3 * NS_PER_SEC);
	assert_int_equal(count(r, NP_C_SCAN_MARKED), 0);
	assert_int_equal(count(r, NP_C_FAULTS), 0);
	assert_true(count(r, NP_C_SCAN_WINDOWS) > 0);
	run_free(r);
}

static void memory_with_a_policy_of_its_own_is_left_out(void **state)
{
	(void)state;
	never_marked("alloc=bound node=1");
	never_marked("alloc=preferred node=1");
	never_marked("alloc=interleave");
}

static void absent_pages_are_not_marked(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=8M\n"
		"thread\ntouch m slice=1 of=4\nloop\ncompute 1ms\nend\nend\n"
		"thread\nloop\ncompute 1ms\nend\nend\nend\n",
		"none:scan_delay=1");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(run_map(r, 0, 0)->marked.members, 512);
	run_free(r);
}

static void unmanaged_processes_pay_nothing(void **state)
{
	static const char *const policies[] = { "off", "hand", "inverse", "stock" };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct run *r = sweepers("", 8, policies[i]);

		run_all(r);
		assert_int_equal(r->r.balancer_ns, 0);
		assert_int_equal(r->r.counter[NP_C_FAULTS], 0);
		run_free(r);
	}
}

/* ---------------------------------------------------------------------- faults */

static void conserve(const char *work, const char *policy)
{
	struct run *r = run_load("2x3", 256, work, policy);
	u64 last = 0;

	r->c.run_ns = 4 * NS_PER_SEC;
	run_begin(r);
	while (r->s.now < r->c.run_ns && sim_step(&r->s)) {
		u64 marked = 0, met = 0;

		if (r->s.now < last + 50 * NS_PER_MS || !r->s.processes)
			continue;
		last = r->s.now;
		check_all(&r->s);
		for (struct process *p = r->s.processes; p; p = p->next) {
			marked += np_counter_read(
				&p->np.counter[NP_C_SCAN_MARKED]);
			met += np_counter_read(
				&p->np.counter[NP_C_FAULT_PAGES]);
			for (unsigned int i = 0; p->stock && i < p->stock->nr; i++)
				met += p->stock->area[i].marked;
			for (unsigned int i = 0; i < p->nr_maps; i++)
				met += (u64)p->map[i].marked.members *
				       p->map[i].region->base;
		}
		assert_int_equal(marked, met);
	}
	run_free(r);
}

/* What was marked was met by a fault, once, or is still marked. */
static void each_mark_is_one_fault(void **state)
{
	static const char *const work[] = {
		"numa01:mb=48", "numa02:mb=48", "warehouse:old_mb=32,young_mb=1",
		"phases:mb=32,phase_seconds=1", "pingpong",
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(work); i++) {
		conserve(work[i], "moron:scan_delay=10");
		conserve(work[i], "stock:scan_delay=10");
	}
}

static void counters_add_up(void **state)
{
	struct run *r = run_load("2x3", 256, "warehouse:old_mb=32,young_mb=1",
				 "moron:scan_delay=10");
	u64 reasons = 0;

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	run_all(r);
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		reasons += r->r.reason[i];
	assert_true(r->r.counter[NP_C_FAULTS] > 1000);
	assert_int_equal(reasons, r->r.counter[NP_C_FAULT_PAGES]);
	assert_int_equal(r->r.counter[NP_C_MOVED], r->r.pages_moved);
	assert_true(r->r.counter[NP_C_LOCAL_FAULTS] <= r->r.counter[NP_C_FAULTS]);
	assert_int_equal(r->r.balancer_ns, r->r.counter[NP_C_FAULT_NS] +
			 r->r.counter[NP_C_SCAN_NS]);
	run_free(r);
}

static void huge_pages_fault_and_move_whole(void **state)
{
	struct run *r = sweepers("huge=yes alloc=on-node node=1", 64,
				 "moron:scan_delay=1");

	(void)state;
	r->c.thp = true;
	run_begin(r);
	run_to(r, 3 * NS_PER_SEC);
	assert_true(count(r, NP_C_FAULTS) > 0);
	assert_int_equal(count(r, NP_C_FAULT_PAGES),
			 512 * count(r, NP_C_FAULTS));
	assert_int_equal(count(r, NP_C_MOVED) % 512, 0);
	run_free(r);
}

/* The samples: who, where, and who was there before. */
struct seen {
	struct np_record rec[8];
	unsigned int nr;
};

static void keep(void *data, const struct np_ctx *c,
		 const struct np_record *rec)
{
	struct seen *seen = data;

	(void)c;
	if (rec->type == NP_REC_PAGE && seen->nr < ARRAY_SIZE(seen->rec))
		seen->rec[seen->nr++] = *rec;
}

static void a_sample_says_who_was_there_before(void **state)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=4K\n"
		"thread cpu=0\ntouch m\nstart\nloop\nsweep m time=1ms\nend\nend\n"
		"thread cpu=1\nsleep 2s\nloop\nsweep m time=1ms\nend\nend\nend\n",
		"none:scan_delay=1,scan_period=100,scan_period_max=100");
	struct seen seen = { .nr = 0 };

	(void)state;
	r->c.run_ns = 2 * NS_PER_SEC - 1;
	r->c.watch.data = &seen;
	r->c.watch.record = keep;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_true(seen.nr >= 2);
	assert_true(seen.rec[0].flags & NP_FAULT_FIRST);
	assert_int_equal(seen.rec[0].last_cpu, NP_NO_CPU);
	assert_false(seen.rec[1].flags & NP_FAULT_FIRST);
	assert_true(seen.rec[1].flags & NP_FAULT_PRIVATE);
	assert_int_equal(seen.rec[1].last_cpu, 0);
	assert_int_equal(seen.rec[1].last_node, 0);
	assert_int_equal(seen.rec[1].node, 0);
	assert_true(seen.rec[1].addr == run_map(r, 0, 0)->base);
	run_free(r);
}

/* --------------------------------------------------------------------- workers */

static void queued_pages_are_moved_later(void **state)
{
	struct run *r = sweepers("", 16, "none");
	struct process *p;
	struct region *m;

	(void)state;
	run_begin(r);
	run_to(r, 100 * NS_PER_MS);
	p = r->s.processes;
	m = p->map[0].region;
	for (uint32_t i = 0; i < 100; i++)
		worker_queue(&r->s, p, m, i, 1 - page_node(&m->page[i]));
	worker_queue(&r->s, p, m, 5, 1 - page_node(&m->page[5]));
	check_all(&r->s);
	assert_int_equal(r->r.pages_moved, 0);
	run_to(r, 150 * NS_PER_MS);
	assert_int_equal(r->r.pages_moved, 0);
	run_to(r, 300 * NS_PER_MS);
	assert_int_equal(r->r.pages_moved, 100);
	assert_int_equal(count(r, NP_C_MOVED), 100);
	assert_false(m->page[5].queued);
	run_free(r);
}

static void what_was_queued_dies_with_its_process(void **state)
{
	struct run *r = run_new("2x1",
		"object o size=4M\n"
		"process p\nregion own size=1M\nregion m object=o\n"
		"thread\ntouch own\ntouch m\nsleep 50ms\nend\nend\n"
		"process q\nregion m object=o\nthread\nsleep 10ms\ntouch m\nsleep 10s\nend\nend\n",
		"none");
	struct process *p;

	(void)state;
	run_begin(r);
	run_to(r, 20 * NS_PER_MS);
	for (p = r->s.processes; p->plan != r->plan->process; )
		p = p->next;
	for (uint32_t i = 0; i < 200; i++) {
		worker_queue(&r->s, p, p->map[i % 2].region, i, 0);
		worker_queue(&r->s, p, p->map[i % 2].region, i + 1, 1);
	}
	check_all(&r->s);
	run_to(r, 90 * NS_PER_MS);
	assert_int_equal(r->s.living, 1);
	assert_int_equal(r->s.node[0].backlog->pages, 0);
	assert_int_equal(r->s.node[1].backlog->pages, 0);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->r.pages_moved, 0);
	run_free(r);
}

static void a_full_node_takes_nothing_from_its_queue(void **state)
{
	struct run *r = sweepers("alloc=on-node node=0", 12, "none");
	struct process *p;

	(void)state;
	topology_set_memory(&r->topology, 16);
	run_begin(r);
	run_to(r, 100 * NS_PER_MS);
	p = r->s.processes;
	r->s.node[1].reserve = r->s.node[1].pages - 10;
	for (uint32_t i = 0; i < 100; i++)
		worker_queue(&r->s, p, p->map[0].region, i, 1);
	run_to(r, 500 * NS_PER_MS);
	assert_int_equal(r->r.pages_moved, 10);
	assert_int_equal(count(r, NP_C_MOVED), 10);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_marked_before_the_delay),
		cmocka_unit_test(a_window_is_no_larger_than_asked),
		cmocka_unit_test(a_call_keeps_its_budget),
		cmocka_unit_test(the_whole_space_is_walked),
		cmocka_unit_test(a_single_thread_has_only_remote_pages_marked),
		cmocka_unit_test(memory_with_a_policy_of_its_own_is_left_out),
		cmocka_unit_test(absent_pages_are_not_marked),
		cmocka_unit_test(unmanaged_processes_pay_nothing),
		cmocka_unit_test(a_wait_of_whole_ticks_takes_one_more),
		cmocka_unit_test(a_wait_begins_when_the_call_is_over),
		cmocka_unit_test(all_areas_come_in_order_of_addresses),
		cmocka_unit_test(a_busy_host_holds_up_flushes_by_chance),
		cmocka_unit_test(each_mark_is_one_fault),
		cmocka_unit_test(counters_add_up),
		cmocka_unit_test(huge_pages_fault_and_move_whole),
		cmocka_unit_test(a_sample_says_who_was_there_before),
		cmocka_unit_test(queued_pages_are_moved_later),
		cmocka_unit_test(what_was_queued_dies_with_its_process),
		cmocka_unit_test(a_full_node_takes_nothing_from_its_queue),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
