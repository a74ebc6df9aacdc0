// SPDX-License-Identifier: GPL-2.0
/*
 * Where tasks are: spread over the machine, drawn to where there is room, held
 * back by their homes, moved and swapped as policies ask.
 */
#include "common.h"

#define HOGS(n) "process p\nthread count=" #n "\nloop\ncompute 9ms\nend\nend\nend\n"

static unsigned int tasks_on(const struct sim *s, unsigned int node)
{
	unsigned int n = s->node[node].waiting;

	for (unsigned int i = 0; i < s->node[node].nr_cpus; i++)
		n += s->node[node].cpu[i].curr != NULL;
	return n;
}

static struct run *begun(const char *topology, const char *text)
{
	struct run *r = run_new(topology, text, "none");

	r->c.run_ns = 10 * NS_PER_SEC;
	run_begin(r);
	run_to(r, 500 * NS_PER_MS);
	return r;
}

static void newborn_tasks_are_spread_over_nodes(void **state)
{
	struct run *r = begun("4x2", HOGS(8));

	(void)state;
	for (unsigned int n = 0; n < 4; n++)
		assert_int_equal(tasks_on(&r->s, n), 2);
	assert_int_equal(r->s.waiting, 0);
	run_free(r);
}

/* They sleep when the next is forked: to each, all CPUs are idle alike. */
static void who_sleeps_first_begins_anywhere(void **state)
{
	unsigned int used = 0, shared = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct run *r = run_new("4x1", "barrier go\nprocess p count=4\n"
			"thread\nbarrier go\ncompute 9ms\nend\nend\n", "off");
		unsigned int here = 0, all = 0;

		r->c.seed = seed;
		run_begin(r);
		for (unsigned int i = 0; i < 4; i++) {
			here = 1U << run_task(r, i, 0)->cpu->id;
			shared += !!(all & here);
			all |= here;
		}
		used |= all;
		run_free(r);
	}
	assert_int_equal(used, 15);
	assert_in_range(shared, 10, 40);	/* 1.27 of four are expected */
}

/* Where a child begins, at @ms on two CPUs that are both busy from 0 ms on. */
static int node_of_child_at(unsigned int ms)
{
	char text[512];
	struct run *r;
	int node;

	snprintf(text, sizeof(text),
		 "template t\nthread\nloop\ncompute 9ms\nend\nend\nend\n"
		 "process p\nthread cpu=0\nsleep %ums\nspawn t\nend\nend\n"
		 "process q\nthread cpu=1\nloop\ncompute 9ms\nend\nend\nend\n",
		 ms);
	r = run_new("2x1", text, "off");
	r->c.run_ns = NS_PER_SEC;
	run_begin(r);
	for (uint64_t us = ms * 1000; r->s.living < 3; us += 10)
		run_to(r, us * 1000);
	node = r->s.processes->task[0]->cpu->node;
	run_free(r);
	return node;
}

/* Its parent's CPU still has the utilization of what ended there. */
static void a_child_begins_where_the_other_one_is_young(void **state)
{
	(void)state;
	assert_int_equal(node_of_child_at(41), 1);
	assert_int_equal(node_of_child_at(61), 0);
}

/* Node 0 ends; those who wait on node 1 come. */
static void others_come_when_a_nodes_tasks_end(void **state)
{
	struct run *r = begun("2x2",
		"process p\nthread count=4\nbind 0\nloop 10\ncompute 60ms\nend\n"
		"end\nend\n"
		"process q\nthread count=4\nloop\ncompute 9ms\nend\nend\nend\n");

	(void)state;
	assert_int_equal(r->s.living, 8);
	run_to(r, 4 * NS_PER_SEC);
	assert_int_equal(r->s.living, 4);
	assert_int_equal(tasks_on(&r->s, 0), 2);
	assert_int_equal(tasks_on(&r->s, 1), 2);
	assert_int_equal(r->s.waiting, 0);
	run_free(r);
}

static void set_home(struct run *r, unsigned int thread, int node)
{
	struct task *t = run_task(r, 0, thread);

	sim_know(&r->s, t);
	t->np.home = (s16)node;
}

/* What is busier only a little does not break up a home. */
static void homes_resist_for_a_while(void **state)
{
	struct run *r = begun("2x4", HOGS(6));
	unsigned int at_home = 0;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		struct task *t = run_task(r, 0, i);

		set_home(r, i, t->cpu->node);
	}
	run_to(r, 6 * NS_PER_SEC);
	for (unsigned int i = 0; i < 6; i++) {
		struct task *t = run_task(r, 0, i);

		at_home += t->cpu->node == t->np.home;
	}
	assert_int_equal(at_home, 6);
	run_free(r);
}

/* An idle CPU is worse than a remote access. */
static void homes_do_not_keep_cpus_idle(void **state)
{
	struct run *r = begun("2x2", HOGS(4));

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		set_home(r, i, 0);
	run_to(r, 3 * NS_PER_SEC);
	assert_int_equal(r->s.waiting, 0);
	assert_int_equal(r->s.idle, 0);
	run_free(r);
}

/* What is 32 ms older counts half; a CPU never goes beyond all or nothing. */
static void utilization_has_a_half_life(void **state)
{
	struct cpu c = { 0 };

	(void)state;
	util_change(&c, 32 * NS_PER_MS, true);
	assert_int_equal(c.util, UTIL_ONE / 2);
	assert_int_equal(util_of_idle(&c, 48 * NS_PER_MS), UTIL_ONE * 3 / 8);
	util_change(&c, 64 * NS_PER_MS, false);
	assert_int_equal(c.util, UTIL_ONE / 4);
	util_change(&c, 96 * NS_PER_MS, true);
	assert_int_equal(c.util, UTIL_ONE * 5 / 8);
	assert_int_equal(util_of_idle(&c, 10 * NS_PER_SEC), 0);
	util_change(&c, 10 * NS_PER_SEC, false);
	util_change(&c, 20 * NS_PER_SEC, true);
	assert_int_equal(c.util, UTIL_ONE);
}

/* Of two CPUs one has two tasks, and the other's is gone. */
static struct cpu *one_idle(struct run *r, struct cpu **ret_full)
{
	struct cpu *idle = &r->s.cpu[r->s.cpu[0].nr ? 1 : 0];

	*ret_full = &r->s.cpu[1 - idle->id];
	assert_int_equal((*ret_full)->nr, 1);
	sched_block(&r->s, idle->curr);
	return idle;
}

/* A CPU that was busy until now hardly looks as if it had room. */
static void a_cpu_that_becomes_idle_seldom_takes_from_other_nodes(void **state)
{
	unsigned int came = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct run *r = run_new("2x1", HOGS(3), "none");
		struct cpu *full, *idle;

		r->c.seed = seed;
		run_begin(r);
		run_to(r, 50 * NS_PER_MS);
		idle = one_idle(r, &full);
		came += balance_idle(&r->s, idle);
		run_free(r);
	}
	assert_in_range(came, 5, 40);	/* 20 are expected */
}

static void who_is_about_to_run_is_left_there(void **state)
{
	struct run *r = begun("2x1", HOGS(3));
	struct cpu *full, *idle = one_idle(r, &full);
	unsigned int came = 0;

	(void)state;
	full->resched_ns = r->s.now;
	for (unsigned int i = 0; i < 40; i++)
		came += balance_idle(&r->s, idle);
	assert_int_equal(came, 0);
	full->resched_ns = NEVER_NS;
	idle->util = UTIL_ONE / 3;
	assert_true(balance_idle(&r->s, idle));
	run_free(r);
}

/* Only if the policy says so: it was far too aggressive. */
static void who_wakes_up_may_go_home(void **state)
{
	struct run *r = begun("2x4",
		"process p\nthread\nloop\ncompute 1ms\nsleep 5ms\nend\nend\nend\n");
	struct task *t = run_task(r, 0, 0);

	(void)state;
	set_home(r, 0, 1 - t->cpu->node);
	run_to(r, r->s.now + 20 * NS_PER_MS);
	assert_int_not_equal(t->cpu->node, t->np.home);
	r->s.instance.param[NP_P_HOME_WAKE] = 1;
	run_to(r, r->s.now + 20 * NS_PER_MS);
	assert_int_equal(t->cpu->node, t->np.home);
	run_free(r);
}

/* All CPUs are busy: only a trade can bring the two home. */
static void threads_are_brought_home(void **state)
{
	struct run *r = begun("2x1", HOGS(2));
	int node = run_task(r, 0, 0)->cpu->node;

	(void)state;
	set_home(r, 0, 1 - node);
	set_home(r, 1, node);
	run_to(r, r->s.now + NS_PER_SEC);
	assert_int_equal(run_task(r, 0, 0)->cpu->node, node);
	r->s.instance.param[NP_P_HOME_PULL] = 1;
	run_to(r, r->s.now + NS_PER_SEC);
	assert_int_equal(run_task(r, 0, 0)->cpu->node, 1 - node);
	assert_int_equal(run_task(r, 0, 1)->cpu->node, node);
	run_free(r);
}

/* Also a thread of which the policy core knows nothing yet. */
static void a_process_has_its_threads_at_home(void **state)
{
	struct run *r = begun("2x4",
		"process p\nthread\nloop\ncompute 1ms\nsleep 5ms\nend\nend\nend\n");
	struct task *t = run_task(r, 0, 0);

	(void)state;
	assert_false(t->known);
	t->process->np.home = (s16)(1 - t->cpu->node);
	r->s.instance.param[NP_P_HOME_WAKE] = 1;
	run_to(r, r->s.now + 20 * NS_PER_MS);
	assert_int_equal(t->cpu->node, t->process->np.home);
	run_free(r);
}

/* ----------------------------------------------------------- moves and swaps */

static bool ask(struct run *r, struct task *t, enum np_task_verb verb, int nid,
		int cpu)
{
	const struct np_task_ask wish = {
		.verb = verb, .reason = NP_R_HOME, .nid = (s16)nid,
		.cpu = (s16)cpu,
	};
	np_counter_t *refused =
		&t->process->np.counter[NP_C_TASK_REFUSED];
	u64 before = np_counter_read(refused);

	home_ask(&r->s, t->process, t, &wish);
	check_all(&r->s);
	return np_counter_read(refused) == before;
}

static void a_move_goes_to_the_node(void **state)
{
	struct run *r = begun("2x2", HOGS(2));
	struct task *t = run_task(r, 0, 0);
	int to = 1 - t->cpu->node;

	(void)state;
	assert_true(ask(r, t, NP_TASK_MOVE, to, NP_NO_CPU));
	assert_int_equal(t->cpu->node, to);
	assert_int_equal(r->r.task_moves, 1);
	run_to(r, r->s.now + NS_PER_MS);
	assert_int_equal(t->state, TASK_RUNNING);
	run_free(r);
}

static void a_move_goes_to_the_very_cpu(void **state)
{
	struct run *r = begun("2x2", HOGS(1));
	struct task *t = run_task(r, 0, 0);

	(void)state;
	for (int cpu = 0; cpu < 4; cpu++) {
		assert_true(ask(r, t, NP_TASK_MOVE, cpu / 2, cpu));
		assert_int_equal(t->cpu->id, cpu);
		run_to(r, r->s.now + 10000);
		assert_ptr_equal(r->s.cpu[cpu].curr, t);
	}
	run_free(r);
}

/* On a busy CPU the one who moved there waits its turn, but not long. */
static void a_move_to_a_busy_cpu_shares_it(void **state)
{
	struct run *r = begun("2x1", HOGS(2));
	struct task *a = run_task(r, 0, 0), *b = run_task(r, 0, 1);

	(void)state;
	assert_true(ask(r, a, NP_TASK_MOVE, b->cpu->node, b->cpu->id));
	assert_true(a->cpu != b->cpu || a->state == TASK_READY);
	run_to(r, r->s.now + 100 * NS_PER_MS);
	assert_int_equal(r->s.waiting, 0);
	run_free(r);
}

static void a_swap_exchanges_two_running_tasks(void **state)
{
	struct run *r = begun("2x1", HOGS(2));
	struct task *a = run_task(r, 0, 0), *b = run_task(r, 0, 1);
	struct cpu *at_a = a->cpu, *at_b = b->cpu;

	(void)state;
	assert_true(at_a != at_b);
	assert_true(ask(r, a, NP_TASK_SWAP, NP_NO_NODE, at_b->id));
	assert_ptr_equal(a->cpu, at_b);
	assert_ptr_equal(b->cpu, at_a);
	run_to(r, r->s.now + NS_PER_MS);
	assert_int_equal(a->state, TASK_RUNNING);
	assert_int_equal(b->state, TASK_RUNNING);
	assert_int_equal(r->r.task_moves, 2);
	run_free(r);
}

static void a_swap_needs_somebody_to_swap_with(void **state)
{
	struct run *r = begun("2x2",
		"process p\nthread\nloop\ncompute 9ms\nend\nend\n"
		"thread cpu=2\nloop\ncompute 9ms\nend\nend\n"
		"thread rt=1\nloop\ncompute 9ms\nend\nend\nend\n");
	struct task *t = run_task(r, 0, 0);
	struct task *rt = run_task(r, 0, 2);

	(void)state;
	assert_false(ask(r, t, NP_TASK_SWAP, NP_NO_NODE, t->cpu->id));
	assert_false(ask(r, t, NP_TASK_SWAP, NP_NO_NODE, 2));
	assert_false(ask(r, t, NP_TASK_SWAP, NP_NO_NODE, rt->cpu->id));
	for (int i = 0; i < 4; i++)
		if (!r->s.cpu[i].curr)
			assert_false(ask(r, t, NP_TASK_SWAP, NP_NO_NODE, i));
	run_free(r);
}

static void a_bound_task_is_not_moved(void **state)
{
	struct run *r = begun("2x2",
		"process p\nthread cpu=1\nloop\ncompute 9ms\nend\nend\nend\n");
	struct task *t = run_task(r, 0, 0);

	(void)state;
	assert_false(ask(r, t, NP_TASK_MOVE, 1, NP_NO_CPU));
	assert_false(ask(r, t, NP_TASK_MOVE, 0, 0));
	assert_true(ask(r, t, NP_TASK_MOVE, 0, 1));
	assert_int_equal(t->cpu->id, 1);
	run_free(r);
}

static void nobody_is_moved_to_isolated_cpus(void **state)
{
	static const bool isolated[4] = { [2] = true, [3] = true };
	struct run *r = run_new("2x2", HOGS(1), "none");
	struct task *t;

	(void)state;
	r->c.isolated = isolated;
	run_begin(r);
	run_to(r, 10 * NS_PER_MS);
	t = run_task(r, 0, 0);
	assert_false(ask(r, t, NP_TASK_MOVE, 1, NP_NO_CPU));
	assert_false(ask(r, t, NP_TASK_MOVE, 1, 3));
	assert_int_equal(t->cpu->node, 0);
	run_free(r);
}

/* Moves of tasks in any state, at any time: the checks of run_to() see to it. */
static void random_wishes_leave_the_machine_whole(void **state)
{
	struct run *r = run_load("3x2", 64, "messages", "none");
	struct rng rng = { 5 };

	(void)state;
	r->c.run_ns = 10 * NS_PER_SEC;
	run_begin(r);
	for (unsigned int i = 0; i < 2000; i++) {
		enum np_task_verb verb = (enum np_task_verb)rng_below(&rng, 4);
		struct task *t = r->s.tasks;
		int cpu = (int)rng_below(&rng, 6);
		bool any = verb == NP_TASK_MOVE && rng_below(&rng, 2);

		run_to(r, r->s.now + rng_below(&rng, 200000));
		for (uint64_t n = rng_below(&rng, r->s.living); n; n--)
			t = t->next;
		sim_know(&r->s, t);
		ask(r, t, verb, cpu / 2, any ? NP_NO_CPU : cpu);
	}
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newborn_tasks_are_spread_over_nodes),
		cmocka_unit_test(who_sleeps_first_begins_anywhere),
		cmocka_unit_test(a_child_begins_where_the_other_one_is_young),
		cmocka_unit_test(others_come_when_a_nodes_tasks_end),
		cmocka_unit_test(homes_resist_for_a_while),
		cmocka_unit_test(homes_do_not_keep_cpus_idle),
		cmocka_unit_test(utilization_has_a_half_life),
		cmocka_unit_test(a_cpu_that_becomes_idle_seldom_takes_from_other_nodes),
		cmocka_unit_test(who_is_about_to_run_is_left_there),
		cmocka_unit_test(who_wakes_up_may_go_home),
		cmocka_unit_test(threads_are_brought_home),
		cmocka_unit_test(a_process_has_its_threads_at_home),
		cmocka_unit_test(a_move_goes_to_the_node),
		cmocka_unit_test(a_move_goes_to_the_very_cpu),
		cmocka_unit_test(a_move_to_a_busy_cpu_shares_it),
		cmocka_unit_test(a_swap_exchanges_two_running_tasks),
		cmocka_unit_test(a_swap_needs_somebody_to_swap_with),
		cmocka_unit_test(a_bound_task_is_not_moved),
		cmocka_unit_test(nobody_is_moved_to_isolated_cpus),
		cmocka_unit_test(random_wishes_leave_the_machine_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
