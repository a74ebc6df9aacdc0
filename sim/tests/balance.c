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

/* Of two CPUs one has two tasks, and the other's is gone. */
static struct cpu *one_idle(struct run *r, struct cpu **ret_full)
{
	struct cpu *idle = &r->s.cpu[r->s.cpu[0].nr ? 1 : 0];

	*ret_full = &r->s.cpu[1 - idle->id];
	assert_int_equal((*ret_full)->nr, 1);
	sched_block(&r->s, idle->curr);
	return idle;
}

/* The only one of its node. */
static void set_util(struct run *r, struct cpu *c, uint32_t util)
{
	c->util = util;
	r->s.node[c->node].util = util;
}

/* A CPU that was busy until now looks as if it had no room for what is busy. */
static void a_cpu_just_become_idle_takes_little_from_other_nodes(void **state)
{
	struct run *r = begun("2x1", HOGS(3));
	struct cpu *full, *idle = one_idle(r, &full);

	(void)state;
	assert_false(balance_idle(&r->s, idle));
	set_util(r, idle, UTIL_ONE / 3);
	assert_true(balance_idle(&r->s, idle));
	run_free(r);
}

/* Two tasks on one CPU and none on the other are let be while they are young. */
static void two_young_tasks_may_share_a_node(void **state)
{
	struct run *r = run_new("2x1", HOGS(3), "none");
	struct cpu *full, *idle;

	(void)state;
	run_begin(r);
	run_to(r, 5 * NS_PER_MS);
	idle = one_idle(r, &full);
	set_util(r, idle, 0);
	assert_false(balance_idle(&r->s, idle));
	run_free(r);
}

static void who_is_about_to_run_is_left_there(void **state)
{
	struct run *r = begun("2x1", HOGS(3));
	struct cpu *full, *idle = one_idle(r, &full);

	(void)state;
	set_util(r, idle, 0);
	full->resched_ns = r->s.now;
	assert_false(balance_idle(&r->s, idle));
	full->resched_ns = NEVER_NS;
	assert_true(balance_idle(&r->s, idle));
	run_free(r);
}

/* They take turns at each tick, so that who waits has always just run. */
static void who_has_just_run_is_left_there_for_two_ticks(void **state)
{
	struct run *r = begun("2x1", HOGS(3));
	struct cpu *full, *idle = one_idle(r, &full);

	(void)state;
	set_util(r, idle, 0);
	for (unsigned int tick = 0; tick < 3; tick++) {
		assert_true(cpu_idle(idle));
		full->resched_ns = r->s.now;
		balance_tick(&r->s, full);
	}
	assert_false(cpu_idle(idle));
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
		cmocka_unit_test(others_come_when_a_nodes_tasks_end),
		cmocka_unit_test(homes_resist_for_a_while),
		cmocka_unit_test(homes_do_not_keep_cpus_idle),
		cmocka_unit_test(a_cpu_just_become_idle_takes_little_from_other_nodes),
		cmocka_unit_test(two_young_tasks_may_share_a_node),
		cmocka_unit_test(who_is_about_to_run_is_left_there),
		cmocka_unit_test(who_has_just_run_is_left_there_for_two_ticks),
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
