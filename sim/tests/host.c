// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs of an emulated machine take turns on those of its host.
 */
#include "common.h"

#define HOGS(n) "process p\nthread count=" #n "\nloop\ncompute 9ms\nend\nend\nend\n"

static struct run *on_host(const char *topology, const char *text, double cpus)
{
	struct run *r = run_new(topology, text, "off");

	r->costs.host_cpus = cpus;
	r->c.run_ns = 10 * NS_PER_SEC;
	run_begin(r);
	return r;
}

static void busy_cpus_share_the_host(void **state)
{
	struct run *r = on_host("1x4", HOGS(4), 2);

	(void)state;
	run_to(r, 10 * NS_PER_SEC);
	assert_near((double)r->r.user_ns, 20e9, 0.02);
	run_free(r);
}

static void each_has_its_share(void **state)
{
	struct run *r = on_host("1x4", HOGS(4), 2);
	unsigned int held[4] = { 0 };

	(void)state;
	for (uint64_t ms = 1; ms <= 4000; ms++) {
		run_to(r, ms * NS_PER_MS);
		for (unsigned int i = 0; i < 4; i++)
			held[i] += host_holds(&r->s.cpu[i]);
	}
	for (unsigned int i = 0; i < 4; i++)
		assert_near(held[i], 2000, 0.1);
	run_free(r);
}

/* For that, too: a child is through at once or after some ms more. */
static void who_is_not_held_runs_at_full_speed(void **state)
{
	struct run *r = on_host("1x4", HOGS(4), 2);
	const struct cpu *c = &r->s.cpu[0];
	uint64_t since, ran;
	uint64_t at = 0;

	(void)state;
	run_to(r, at = NS_PER_SEC);
	while (c->held || c->host_ns < r->s.now + NS_PER_MS)
		run_to(r, at += 10000);
	cpu_settle_all(&r->s);
	since = r->s.now;
	ran = r->r.user_ns + r->r.kernel_ns;
	for (unsigned int i = 1; i < 4; i++)
		sched_block(&r->s, r->s.cpu[i].curr);
	run_to(r, c->host_ns - 1);
	cpu_settle_all(&r->s);
	ran = r->r.user_ns + r->r.kernel_ns - ran;
	assert_near((double)ran, (double)(r->s.now - since), 0.01);
	run_free(r);
}

static void no_tick_comes_while_a_cpu_is_held(void **state)
{
	struct run *r = on_host("1x4", HOGS(4), 1);
	const struct cpu *c = &r->s.cpu[0];
	unsigned int ticks;
	uint64_t at = 0;

	(void)state;
	run_to(r, at = NS_PER_SEC);
	while (!c->held || c->host_ns < r->s.now + 2 * TICK_NS)
		run_to(r, at += 10000);
	ticks = c->ticks;
	run_to(r, c->host_ns - 1);
	assert_int_equal(c->ticks, ticks);
	run_to(r, c->host_ns + 1);
	assert_int_equal(c->ticks, ticks + 1);
	run_free(r);
}

static void with_cpus_to_spare_nobody_is_held(void **state)
{
	struct run *r = on_host("1x4", HOGS(2), 2);

	(void)state;
	for (uint64_t ms = 1; ms <= 200; ms++) {
		run_to(r, ms * NS_PER_MS);
		for (unsigned int i = 0; i < 4; i++)
			assert_false(host_holds(&r->s.cpu[i]));
	}
	run_free(r);
}

/* Of three, two end: whoever was held goes on at once. */
static void when_others_end_nobody_is_held(void **state)
{
	struct run *r = on_host("1x3",
		"process p\nthread count=2\ncompute 300ms\nend\nend\n"
		"process q\nthread\nloop\ncompute 9ms\nend\nend\nend\n", 1);
	uint64_t at = 0;

	(void)state;
	while (r->s.living > 1)
		run_to(r, at += 10000);
	run_to(r, at += 10000);
	for (unsigned int i = 0; i < 3; i++)
		assert_false(host_holds(&r->s.cpu[i]));
	run_free(r);
}

/* Of two threads that read the same, on so many CPUs of a host. */
static double ns_per_fault(const char *policy, double cpus)
{
	struct run *r = run_new("2x1",
		"process p\nregion m size=8M\nthread count=2\n"
		"loop\nsweep m\nend\nend\nend\n", policy);
	double ns;

	r->costs.host_cpus = cpus;
	r->costs.fault_wait_ns = 1000000;
	r->c.run_ns = 10 * NS_PER_SEC;
	run_begin(r);
	run_to(r, 10 * NS_PER_SEC);
	ns = (double)r->r.balancer_ns / (double)np_counter_read(
		&r->s.processes->np.counter[NP_C_FAULTS]);
	run_free(r);
	return ns;
}

static void faults_wait_for_who_is_held(void **state)
{
	(void)state;
	assert_true(ns_per_fault("moron", 2) < 100000);
	assert_true(ns_per_fault("moron", 1) > 900000);
	assert_true(ns_per_fault("stock", 1) < 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_cpus_share_the_host),
		cmocka_unit_test(each_has_its_share),
		cmocka_unit_test(who_is_not_held_runs_at_full_speed),
		cmocka_unit_test(no_tick_comes_while_a_cpu_is_held),
		cmocka_unit_test(with_cpus_to_spare_nobody_is_held),
		cmocka_unit_test(when_others_end_nobody_is_held),
		cmocka_unit_test(faults_wait_for_who_is_held),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
