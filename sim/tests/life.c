// SPDX-License-Identifier: GPL-2.0
/* Processes come and go and leave nothing behind. */
#include "common.h"

static unsigned int processes(const struct sim *s)
{
	unsigned int n = 0;

	for (const struct process *p = s->processes; p; p = p->next)
		n++;
	return n;
}

static uint64_t free_pages(const struct sim *s)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < s->nr_nodes; i++)
		n += s->node[i].free;
	return n;
}

static struct run *storm(const char *policy)
{
	struct run *r = run_load("2x4", 256, "forkstorm:mb=1", policy);

	r->costs.exec_ns = r->costs.fork_ns = r->costs.exit_ns = 1000;
	r->c.run_ns = 5 * NS_PER_SEC;
	run_begin(r);
	return r;
}

static void thousands_of_children_leave_nothing_behind(void **state)
{
	static const char *const policies[] = { "off", "moron:scan_delay=1", "stock" };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct run *r = storm(policies[i]);
		uint64_t early;

		run_to(r, r->c.run_ns / 2);
		early = r->r.peak_bytes;
		run_to(r, r->c.run_ns);
		assert_true(r->s.next_id > 3000);
		assert_true(processes(&r->s) <= 16);
		assert_true(r->s.timers.nr < 50);
		/* A few more children may overlap than did before. */
		assert_true(r->r.peak_bytes <= early + early / 2);
		assert_int_equal(sim_end(&r->s, &r->e), 0);
		assert_int_equal(free_pages(&r->s), 2 * 256 * 256);
		run_free(r);
	}
}

/* The deepest heap of memory is what counts, not all that ever was. */
static void the_peak_is_that_of_what_lives_together(void **state)
{
	struct run *one = run_new("1x1",
		"template t\nregion m size=8M\nthread\ntouch m\nend\nend\n"
		"process p\nthread\nloop 1\nspawn t\nend\nend\nend\n", "off");
	struct run *many = run_new("1x1",
		"template t\nregion m size=8M\nthread\ntouch m\nend\nend\n"
		"process p\nthread\nloop 50\nspawn t\nend\nend\nend\n", "off");

	(void)state;
	run_all(one);
	many->c.run_ns = 10 * NS_PER_SEC;
	run_all(many);
	assert_true(one->r.peak_bytes > 2048 * 8);
	assert_int_equal(many->r.peak_bytes, one->r.peak_bytes);
	assert_int_equal(many->s.bytes, one->s.bytes);
	run_free(one);
	run_free(many);
}

static void shared_memory_lives_as_long_as_somebody_has_it(void **state)
{
	struct run *r = run_new("1x2",
		"object o size=4M\n"
		"process p\nregion m object=o\nthread\ntouch m\nsleep 10ms\nend\nend\n"
		"process q\nregion m object=o\nthread\nsleep 100ms\nend\nend\n"
		"process s\nthread\nsleep 200ms\nend\nend\n", "off");
	uint64_t all;

	(void)state;
	run_begin(r);
	all = free_pages(&r->s);
	run_to(r, 50 * NS_PER_MS);
	assert_int_equal(processes(&r->s), 2);
	assert_int_equal(all - free_pages(&r->s), 1024);
	run_to(r, 150 * NS_PER_MS);
	assert_int_equal(free_pages(&r->s), all);
	run_to(r, r->c.run_ns);
	assert_int_equal(r->s.living, 0);
	run_free(r);
}

static void a_new_user_of_an_old_object_finds_it_empty(void **state)
{
	struct run *r = run_new("1x2",
		"object o size=4M\n"
		"template t\nregion m object=o\nthread\ntouch m\nend\nend\n"
		"process p\nthread\nspawn t\nspawn t\nend\nend\n", "off");

	(void)state;
	run_all(r);
	/* Twice the cost of first touches. */
	assert_near((double)(r->r.kernel_ns - 2 * 370000), 2 * 1024 * 600, 0.05);
	run_free(r);
}

static void children_of_managed_processes_are_managed(void **state)
{
	struct run *r = run_new("2x1",
		"template t\nregion m size=4M\nthread\nloop\nsweep m passes=1\nend\nend\nend\n"
		"process p\nthread\nspawn t\nend\nend\n", "moron:scan_delay=1");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(processes(&r->s), 2);
	for (struct process *p = r->s.processes; p; p = p->next)
		assert_ptr_equal(p->inst, &r->s.instance);
	run_free(r);
}

/* Every second the watcher is told, and what it is told adds up. */
struct heard {
	unsigned int n;
	struct sim_second sum;
	uint64_t last;
};

static void hear(void *data, const struct sim_second *now)
{
	struct heard *h = data;

	assert_true(now->t_ns > h->last);
	/* Two sums, each rounded on its own. */
	assert_true(now->local <= now->accesses * (1 + 1e-9));
	h->last = now->t_ns;
	h->sum.accesses += now->accesses;
	h->sum.user_ns += now->user_ns;
	h->sum.kernel_ns += now->kernel_ns;
	h->n++;
}

static void every_second_is_told(void **state)
{
	struct run *r = run_load("2x2", 64, "numa02:mb=16", "stock");
	struct heard h = { 0 };

	(void)state;
	r->c.run_ns = 3500 * NS_PER_MS;
	r->c.watch.data = &h;
	r->c.watch.second = hear;
	run_all(r);
	assert_int_equal(h.n, 4);
	assert_int_equal(h.last, r->c.run_ns);
	assert_int_equal(h.sum.user_ns, r->r.user_ns);
	assert_int_equal(h.sum.kernel_ns, r->r.kernel_ns);
	assert_near(h.sum.accesses, r->s.accesses, 1e-9);
	run_free(r);
}

static void a_machine_without_homes_is_an_error(void **state)
{
	static const bool isolated[2] = { true, true };
	struct run *r = run_new("2x1", "process p\nthread\ncompute 1ms\nend\nend\n",
				"off");

	(void)state;
	r->c.isolated = isolated;
	assert_int_equal(sim_begin(&r->s, &r->c, &r->r, &r->e), -1);
	assert_non_null(strstr(r->e.text, "no node"));
	run_free(r);
}

static void unknown_policies_are_an_error(void **state)
{
	struct sim_error e;

	(void)state;
	assert_int_equal(sim_check_policy("stock", &e), 0);
	assert_int_equal(sim_check_policy("off", &e), 0);
	assert_int_equal(sim_check_policy("moron:scan_size=1", &e), 0);
	assert_int_equal(sim_check_policy("clever", &e), -1);
	assert_int_equal(sim_check_policy("moron:cleverness=1", &e), -1);
	assert_int_equal(sim_check_policy("offline", &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousands_of_children_leave_nothing_behind),
		cmocka_unit_test(the_peak_is_that_of_what_lives_together),
		cmocka_unit_test(shared_memory_lives_as_long_as_somebody_has_it),
		cmocka_unit_test(a_new_user_of_an_old_object_finds_it_empty),
		cmocka_unit_test(children_of_managed_processes_are_managed),
		cmocka_unit_test(every_second_is_told),
		cmocka_unit_test(a_machine_without_homes_is_an_error),
		cmocka_unit_test(unknown_policies_are_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
