// SPDX-License-Identifier: GPL-2.0
/*
 * Who runs: shares of CPU time, classes and priorities, budgets of deadlines,
 * and how long who is woken waits under each model of preemption.
 */
#include "common.h"

/* CPU time of thread @i of process 0. */
static double share(struct run *r, unsigned int i)
{
	const struct task *t = run_task(r, 0, i);

	assert_non_null(t);
	return (double)t->exec_ns;
}

static double jain_of_process(struct run *r, unsigned int nr)
{
	double x[64];

	for (unsigned int i = 0; i < nr; i++)
		x[i] = share(r, i);
	return jain(x, nr);
}

/* ---------------------------------------------------------------- fair shares */

#define HOGS "process p\nthread count=%u\nloop\ncompute 7ms\nend\nend\nend\n"

static double hogs(const char *topology, unsigned int nr, uint64_t ns)
{
	struct run *r;
	char text[200];
	double index;

	snprintf(text, sizeof(text), HOGS, nr);
	r = run_new(topology, text, "off");
	r->c.run_ns = ns;
	run_begin(r);
	run_to(r, ns);
	index = jain_of_process(r, nr);
	run_free(r);
	return index;
}

static void hogs_of_one_cpu_share_it(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= 9; n++)
		assert_true(hogs("1x1", n, 2 * NS_PER_SEC) > 0.99);
}

static void hogs_share_a_node_that_they_do_not_fill_evenly(void **state)
{
	(void)state;
	for (unsigned int cpus = 2; cpus <= 5; cpus++) {
		char topology[8];

		snprintf(topology, sizeof(topology), "1x%u", cpus);
		for (unsigned int n = cpus; n <= 2 * cpus + 1; n++)
			assert_true(hogs(topology, n, 20 * NS_PER_SEC) > 0.99);
	}
}

static void hogs_share_two_nodes(void **state)
{
	(void)state;
	assert_true(hogs("2x2", 4, 10 * NS_PER_SEC) > 0.99);
	assert_true(hogs("2x2", 8, 10 * NS_PER_SEC) > 0.99);
	assert_true(hogs("2x2", 5, 40 * NS_PER_SEC) > 0.98);
	assert_true(hogs("2x3", 7, 40 * NS_PER_SEC) > 0.98);
	assert_true(hogs("4x2", 11, 40 * NS_PER_SEC) > 0.98);
}

/* As long as there is somebody to run, a CPU is not idle for long. */
static void no_cpu_is_idle_while_somebody_waits(void **state)
{
	char text[200];
	struct run *r;

	(void)state;
	snprintf(text, sizeof(text), HOGS, 8);
	r = run_new("4x2", text, "off");
	run_all(r);
	assert_near((double)(r->r.user_ns + r->r.kernel_ns), 8e9, 0.005);
	run_free(r);
}

static void the_result_says_how_fair_it_was(void **state)
{
	char text[200];
	struct run *r;

	(void)state;
	snprintf(text, sizeof(text), HOGS, 4);
	r = run_new("1x2", text, "off");
	r->c.run_ns = 4 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.fairness > 0.99 && r->r.fairness <= 1.0000001);
	run_free(r);
}

/* Two on one CPU, one alone on the other: 0.25 + 0.25 + 1. */
static void what_was_unfair_is_told_after_a_barrier_too(void **state)
{
	struct run *r = run_new("1x2",
		"barrier b\nprocess p\n"
		"thread cpu=0\nbarrier b\nloop\ncompute 1s\nend\nend\n"
		"thread cpu=0\nbarrier b\nloop\ncompute 1s\nend\nend\n"
		"thread cpu=1\nbarrier b\nloop\ncompute 1s\nend\nend\nend\n",
		"off");

	(void)state;
	r->c.run_ns = 4 * NS_PER_SEC;
	run_all(r);
	assert_near(r->r.fairness, 4 / (3 * 1.5), 0.01);
	assert_near(r->r.worst_share, 0.5 * 3 / 2, 0.01);
	run_free(r);
}

/* It could not have had what it did not want: it waits to be started. */
static void who_has_not_begun_is_not_treated_unfairly(void **state)
{
	struct run *r = run_new("1x2",
		"process p\nthread\ncompute 3s\nstart\nloop\ncompute 1s\nend\nend\n"
		"thread\nloop\ncompute 1s\nend\nend\nend\n", "off");

	(void)state;
	r->c.run_ns = 6 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.fairness > 0.99);
	run_free(r);
	r = run_new("1x2",
		    "process p\nthread\ncompute 100s\nstart\nend\n"
		    "thread\ncompute 1s\nend\nend\n", "off");
	r->c.run_ns = 6 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.fairness > 0.99);
	run_free(r);
}

static void weigh(int a, int b, double ratio)
{
	struct run *r;
	char text[200];

	snprintf(text, sizeof(text), "process p\n"
		 "thread nice=%d\nloop\ncompute 3us\nend\nend\n"
		 "thread nice=%d\nloop\ncompute 3us\nend\nend\nend\n", a, b);
	r = run_new("1x1", text, "off");
	r->c.run_ns = 4 * NS_PER_SEC;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 0) / share(r, 1), ratio, 0.05);
	run_free(r);
}

/* One level is a factor of 1.25: the kernel's promise. */
static void shares_follow_nice_levels(void **state)
{
	(void)state;
	weigh(0, 0, 1);
	weigh(0, 5, 3.0518);
	weigh(-5, 0, 3.0518);
	weigh(-1, 1, 1.5625);
	weigh(10, 15, 3.05);
	weigh(-20, -15, 3.0518);
}

static void a_sleeper_gets_no_more_than_its_share(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread\nloop\ncompute 1s\nend\nend\n"
		"thread\nsleep 2s\nloop\ncompute 1s\nend\nend\nend\n", "off");

	(void)state;
	r->c.run_ns = 6 * NS_PER_SEC;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 0), 4e9, 0.01);
	assert_near(share(r, 1), 2e9, 0.01);
	run_free(r);
}

/* -------------------------------------------------------------------- classes */

static void rt_keeps_fair_out(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread rt=1\nloop\ncompute 1ms\nend\nend\n"
		"thread nice=-20\nloop\ncompute 1ms\nend\nend\nend\n", "off");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_true(share(r, 1) < 1e7);
	run_free(r);
}

static void the_higher_rt_priority_keeps_the_lower_out(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread rt=10\nloop\ncompute 1ms\nend\nend\n"
		"thread rt=11\nloop\ncompute 1ms\nsleep 1ms\nend\nend\nend\n",
		"off");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 1), 5e8, 0.01);
	assert_near(share(r, 0), 5e8, 0.02);
	run_free(r);
}

/* FIFO: of the same priority, who came first goes on until it sleeps. */
static void equal_rt_priorities_do_not_preempt_each_other(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread rt=10\nloop\nsleep 3ms\ncompute 1ms\nend\nend\n"
		"thread rt=10\nsleep 1ms\ncompute 900ms\nend\nend\n", "off");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns / 2);
	assert_true(share(r, 0) < 1e6);
	run_free(r);
}

static void rt_of_equal_priority_take_turns_in_order(void **state)
{
	struct run *r = run_new("1x1",
		"process p\n"
		"thread rt=5\nloop\ncompute 10ms\nsleep 1ms\nend\nend\n"
		"thread rt=5\nloop\ncompute 10ms\nsleep 1ms\nend\nend\n"
		"thread rt=5\nloop\ncompute 10ms\nsleep 1ms\nend\nend\nend\n",
		"off");

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_true(jain_of_process(r, 3) > 0.99);
	run_free(r);
}

static void a_deadline_keeps_rt_out(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread rt=99\nloop\ncompute 1ms\nend\nend\n"
		"thread runtime=2ms period=10ms\nloop\ncompute 1ms\nsleep 4ms\nend\nend\nend\n",
		"off");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 1), 2e8, 0.02);
	assert_true(r->s.result->wake_max_ns < 10000);
	run_free(r);
}

static void a_deadline_gets_its_budget_and_no_more(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread runtime=2ms period=10ms\nloop\ncompute 1s\nend\nend\n"
		"thread\nloop\ncompute 1ms\nend\nend\nend\n", "off");

	(void)state;
	r->c.run_ns = 2 * NS_PER_SEC;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 0), 4e8, 0.02);
	assert_near(share(r, 1), 16e8, 0.02);
	run_free(r);
}

/* It is the CPU's business, not the waiting one's: others may have it. */
static void a_cpu_whose_deadline_has_no_budget_is_free(void **state)
{
	struct run *r = run_new("1x2",
		"process p\nthread cpu=0 runtime=1ms period=10ms\nloop\ncompute 1s\nend\nend\n"
		"thread\nloop\ncompute 1ms\nend\nend\n"
		"thread\nloop\ncompute 1ms\nend\nend\nend\n", "off");

	(void)state;
	r->c.run_ns = 2 * NS_PER_SEC;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 0), 2e8, 0.02);
	assert_near(share(r, 1) + share(r, 2), 38e8, 0.01);
	run_free(r);
}

static void the_earlier_deadline_goes_first(void **state)
{
	struct run *r = run_new("1x1",
		"process p\nthread runtime=5ms period=50ms\nloop\ncompute 4ms\nsleep 46ms\nend\nend\n"
		"thread runtime=1ms period=5ms\nloop\ncompute 900us\nsleep 4100us\nend\nend\nend\n",
		"off");

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 1), 1.8e8, 0.02);
	run_free(r);
}

/* ----------------------------------------------------------------- preemption */

/* Worst latency of a sleeper of class @class beside a hog in the kernel. */
static uint64_t worst(enum sim_preempt model, const char *class, const char *hog)
{
	struct run *r;
	char text[300];
	uint64_t ns;

	snprintf(text, sizeof(text),
		 "process p\nthread\nloop\n%s\nend\nend\n"
		 "thread %s\nloop\nsleep 4300us\ncompute 10us\nend\nend\nend\n",
		 hog, class);
	r = run_new("1x1", text, "off");
	r->c.preempt = model;
	r->c.run_ns = 2 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.wakeups > 50);
	ns = r->r.wake_max_ns;
	run_free(r);
	return ns;
}

#define SYSCALL	"kernel 20ms"
#define USER	"compute 20ms"

static void without_preemption_the_kernel_is_waited_for(void **state)
{
	(void)state;
	assert_in_range(worst(SIM_PREEMPT_NONE, "rt=1", SYSCALL),
			10000000, 20100000);
	assert_in_range(worst(SIM_PREEMPT_NONE, "", SYSCALL),
			10000000, 24100000);
	assert_in_range(worst(SIM_PREEMPT_NONE, "rt=1", USER), 0, 10000);
}

static void voluntary_preemption_waits_for_an_offer(void **state)
{
	(void)state;
	assert_in_range(worst(SIM_PREEMPT_VOLUNTARY, "rt=1", SYSCALL),
			10000, 60000);
	assert_in_range(worst(SIM_PREEMPT_VOLUNTARY, "", SYSCALL),
			10000, 60000);
}

static void full_preemption_is_at_once(void **state)
{
	(void)state;
	assert_in_range(worst(SIM_PREEMPT_FULL, "rt=1", SYSCALL), 0, 10000);
	assert_in_range(worst(SIM_PREEMPT_FULL, "", SYSCALL), 0, 10000);
}

static void lazy_preemption_lets_fair_tasks_wait_for_the_tick(void **state)
{
	(void)state;
	assert_in_range(worst(SIM_PREEMPT_LAZY, "rt=1", SYSCALL), 0, 10000);
	assert_in_range(worst(SIM_PREEMPT_LAZY, "", USER),
			1000000, TICK_NS + 10000);
}

/* ------------------------------------------------------------------ isolation */

static void nobody_is_on_isolated_cpus(void **state)
{
	static const bool isolated[6] = { [1] = true, [2] = true };
	struct run *r = run_load("2x3", 0, "messages", "moron");

	(void)state;
	r->c.isolated = isolated;
	run_begin(r);
	while (r->s.now < r->c.run_ns / 4 && sim_step(&r->s)) {
		check_quick(&r->s);
		assert_null(r->s.cpu[1].curr);
		assert_null(r->s.cpu[2].curr);
	}
	run_free(r);
}

static void who_is_bound_to_an_isolated_cpu_has_it(void **state)
{
	static const bool isolated[2] = { [1] = true };
	struct run *r = run_new("1x2",
		"process p\nthread cpu=1\nloop\ncompute 1ms\nend\nend\n"
		"thread count=3\nloop\ncompute 1ms\nend\nend\nend\n", "off");

	(void)state;
	r->c.isolated = isolated;
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_near(share(r, 0), 1e9, 0.01);
	assert_near(share(r, 1), 1e9 / 3, 0.03);
	run_free(r);
}

/* Ticks come at once; who is first is chance, and nobody is often. */
static void which_cpu_ticks_first_is_chance(void **state)
{
	struct run *r = run_new("1x2", "process p\nthread count=2\nloop\n"
				"compute 1ms\nend\nend\nend\n", "off");
	const struct cpu *c;
	unsigned int first = 0;

	(void)state;
	run_begin(r);
	c = r->s.cpu;
	for (uint64_t tick = 2; tick < 202; tick++) {
		run_to(r, tick * TICK_NS - NS_PER_MS);
		assert_int_equal(c[0].tick_ns / TICK_NS, tick);
		assert_int_equal(c[1].tick_ns / TICK_NS, tick);
		assert_true(c[0].tick_ns % TICK_NS < TICK_LATE_NS);
		first += c[0].tick_ns < c[1].tick_ns;
	}
	assert_in_range(first, 60, 140);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hogs_of_one_cpu_share_it),
		cmocka_unit_test(hogs_share_a_node_that_they_do_not_fill_evenly),
		cmocka_unit_test(hogs_share_two_nodes),
		cmocka_unit_test(no_cpu_is_idle_while_somebody_waits),
		cmocka_unit_test(the_result_says_how_fair_it_was),
		cmocka_unit_test(what_was_unfair_is_told_after_a_barrier_too),
		cmocka_unit_test(who_has_not_begun_is_not_treated_unfairly),
		cmocka_unit_test(shares_follow_nice_levels),
		cmocka_unit_test(a_sleeper_gets_no_more_than_its_share),
		cmocka_unit_test(rt_keeps_fair_out),
		cmocka_unit_test(the_higher_rt_priority_keeps_the_lower_out),
		cmocka_unit_test(equal_rt_priorities_do_not_preempt_each_other),
		cmocka_unit_test(rt_of_equal_priority_take_turns_in_order),
		cmocka_unit_test(a_deadline_keeps_rt_out),
		cmocka_unit_test(a_deadline_gets_its_budget_and_no_more),
		cmocka_unit_test(a_cpu_whose_deadline_has_no_budget_is_free),
		cmocka_unit_test(the_earlier_deadline_goes_first),
		cmocka_unit_test(without_preemption_the_kernel_is_waited_for),
		cmocka_unit_test(voluntary_preemption_waits_for_an_offer),
		cmocka_unit_test(full_preemption_is_at_once),
		cmocka_unit_test(lazy_preemption_lets_fair_tasks_wait_for_the_tick),
		cmocka_unit_test(nobody_is_on_isolated_cpus),
		cmocka_unit_test(who_is_bound_to_an_isolated_cpu_has_it),
		cmocka_unit_test(which_cpu_ticks_first_is_chance),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
