// SPDX-License-Identifier: GPL-2.0
/*
 * What each policy is known to be bad at (the head of its file names it) can be
 * seen on the simulated machine, beside one that is not.
 */
#include "common.h"

#define SECONDS		30

static struct run *under(const char *work, const char *policy)
{
	struct run *r = run_load("2x2", 0, work, policy);

	r->c.run_ns = SECONDS * NS_PER_SEC;
	run_all(r);
	return r;
}

/* Share of accesses that were local, from the first second on. */
static double local(const struct run *r)
{
	unsigned int n = r->r.nr_nodes;
	double here = 0, all = 0;

	for (unsigned int i = 0; i < n * n; i++) {
		all += r->r.matrix[i];
		here += i % (n + 1) ? 0 : r->r.matrix[i];
	}
	return here / all;
}

static double local_of(const char *work, const char *policy)
{
	struct run *r = under(work, policy);
	double ret = local(r);

	run_free(r);
	return ret;
}

/* The same, of the last ten seconds of 40. */
static double settled_of(const char *work, const char *policy)
{
	struct run *r = run_load("2x2", 0, work, policy);
	double ret;

	r->c.run_ns = 40 * NS_PER_SEC;
	run_begin(r);
	ret = run_local(r, 30 * NS_PER_SEC, 40 * NS_PER_SEC);
	run_free(r);
	return ret;
}

static double balancing_of(const char *work, const char *policy)
{
	struct run *r = under(work, policy);
	double ret = (double)r->r.balancer_ns;

	run_free(r);
	return ret;
}

static u64 returned_of(const char *work, const char *policy)
{
	struct run *r = under(work, policy);
	u64 ret = r->r.counter[NP_C_RETURNED];

	run_free(r);
	return ret;
}

/* All threads of a process use all of its memory. */
static void moron_never_settles_on_shared_memory(void **state)
{
	(void)state;
	assert_true(local_of("numa01", "moron") < 0.6);
	assert_true(returned_of("numa01", "moron") >
		    20 * returned_of("numa01", "mainline"));
}

/*
 * Two threads on two nodes that use the same memory in turns: by the time that
 * a worker brings it, the other one's turn has begun.
 */
static struct run *turns(const char *policy)
{
	struct run *r = run_new("2x2",
		"channel go count=2\nprocess p\nregion memory size=16M\n"
		"thread home=0\ntouch memory\nstart\nbind 0\nloop\n"
		"sweep memory time=400ms\nsend go[1]\nrecv go[0]\nend\nend\n"
		"thread home=1\nbind 1\nloop\nrecv go[1]\n"
		"sweep memory time=400ms\nsend go[0]\nend\nend\nend\n", policy);

	r->c.run_ns = SECONDS * NS_PER_SEC;
	run_all(r);
	return r;
}

#define OFTEN	"scan_sleep_pass=100"

static void a_worker_of_autonuma_comes_too_late(void **state)
{
	struct run *fault = turns("autonuma:" OFTEN);
	struct run *async = turns("autonuma:migrate=async," OFTEN);

	(void)state;
	assert_true(local(fault) > 0.6);
	assert_true(local(async) < 0.5);
	assert_true(async->r.counter[NP_C_RETURNED] >
		    async->r.counter[NP_C_MOVED] / 2);
	run_free(fault);
	run_free(async);
}

/* ..and the guard holds them where they are. */
static void what_comes_back_again_and_again_can_be_held(void **state)
{
	struct run *async = turns("autonuma:migrate=async," OFTEN);
	struct run *held = turns("autonuma:migrate=async,hold=2," OFTEN);

	(void)state;
	assert_int_equal(async->r.reason[NP_R_PINGPONG], 0);
	assert_true(held->r.reason[NP_R_PINGPONG] > 1000);
	assert_true(held->r.pages_moved < async->r.pages_moved / 2);
	assert_true(local(held) > local(async));
	run_free(async);
	run_free(held);
}

static void autonuma_looks_at_all_cpus(void **state)
{
	struct run *small = run_load("2x2", 0, "numa01:threads=2", "autonuma");
	struct run *large = run_load("2x32", 0, "numa01:threads=2", "autonuma");

	(void)state;
	small->c.run_ns = large->c.run_ns = SECONDS * NS_PER_SEC;
	run_all(small);
	run_all(large);
	assert_true(large->r.looks > 8 * small->r.looks);
	run_free(small);
	run_free(large);
}

static void schednuma_has_one_home_for_a_job_larger_than_a_node(void **state)
{
	(void)state;
	assert_true(local_of("numa02", "schednuma") < 0.75);
	assert_true(local_of("numa02", "balancenuma") > 0.95);
	assert_true(local_of("mixed", "schednuma") >
		    local_of("numa02", "schednuma") + 0.2);
}

/*
 * It gives a home to who is gone before it was any use.  (autonuma, which takes
 * processes as they come, marks what the scheduler has taken them away from.)
 */
static void schednuma_does_not_leave_the_short_lived_alone(void **state)
{
	static const char *const others[] = {
		"moron", "adaptive", "numacore", "balancenuma", "mainline",
	};
	struct run *r = under("forkstorm", "schednuma");

	(void)state;
	assert_true(r->r.task_moves > 0);
	run_free(r);
	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		r = under("forkstorm", others[i]);
		assert_int_equal(r->r.task_moves, 0);
		assert_int_equal(r->r.counter[NP_C_SCAN_MARKED], 0);
		run_free(r);
	}
}

/* In a process that all of its threads sweep, no page is anybody's. */
static void numacore_takes_false_sharing_for_sharing(void **state)
{
	struct run *shared = under("numa01:processes=1,threads=4", "numacore");
	struct run *apart = under("numa02:threads=4", "numacore");

	(void)state;
	assert_true(shared->r.reason[NP_R_SPREAD] > 100000);
	assert_true(local(shared) < 0.6);
	assert_int_equal(apart->r.reason[NP_R_SPREAD], 0);
	assert_true(local(apart) > 0.9);
	run_free(shared);
	run_free(apart);
}

static void numacore_costs_more_than_balancenuma(void **state)
{
	(void)state;
	assert_true(balancing_of("numa02", "numacore") >
		    2 * balancing_of("numa02", "balancenuma"));
}

/* Sharing threads that could be brought together stay where they are. */
static void balancenuma_tells_the_scheduler_nothing(void **state)
{
	struct run *r = under("numa01", "balancenuma");

	(void)state;
	assert_int_equal(r->r.task_moves, 0);
	assert_true(local(r) < 0.65);
	run_free(r);
	assert_true(settled_of("numa01", "mainline") > 0.9);
}

/* What all of a process share counts as shared, or not, from pass to pass. */
static void adaptive_does_not_bring_sharers_together(void **state)
{
	(void)state;
	assert_true(local_of("numa01", "adaptive") < 0.7);
	assert_true(local_of("numa01_thread", "adaptive") > 0.9);
}

static void mainline_has_no_place_for_a_group_larger_than_a_node(void **state)
{
	(void)state;
	assert_true(settled_of("numa01:processes=1,threads=4", "mainline") < 0.6);
	assert_true(settled_of("numa01:processes=2,threads=2", "mainline") > 0.9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moron_never_settles_on_shared_memory),
		cmocka_unit_test(a_worker_of_autonuma_comes_too_late),
		cmocka_unit_test(what_comes_back_again_and_again_can_be_held),
		cmocka_unit_test(autonuma_looks_at_all_cpus),
		cmocka_unit_test(
			schednuma_has_one_home_for_a_job_larger_than_a_node),
		cmocka_unit_test(schednuma_does_not_leave_the_short_lived_alone),
		cmocka_unit_test(numacore_takes_false_sharing_for_sharing),
		cmocka_unit_test(numacore_costs_more_than_balancenuma),
		cmocka_unit_test(balancenuma_tells_the_scheduler_nothing),
		cmocka_unit_test(adaptive_does_not_bring_sharers_together),
		cmocka_unit_test(
			mainline_has_no_place_for_a_group_larger_than_a_node),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
