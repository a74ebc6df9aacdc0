// SPDX-License-Identifier: GPL-2.0
/*
 * Utilization, and where children begin by it when all CPUs are busy.
 */
#include "common.h"

#define HALF_LIFE_NS	(32 * NS_PER_MS)

/* -------------------------------------------------------------- utilization */

/* Within a thousandth of all. */
static void assert_util(uint64_t is, double should)
{
	double off = (double)(int64_t)is / UTIL_ONE - should;

	assert_true(off < 0.001 && off > -0.001);
}

/* A node of two CPUs, and a task. */
struct machine {
	struct sim s;
	struct cpu c[2];
	struct node n;
	struct task t;
};

static struct cpu *machine(struct machine *m, double first)
{
	*m = (struct machine){ .n = { .nr_cpus = 2, .nr_usable = 2 } };
	m->s.cpu = m->n.cpu = m->c;
	m->s.node = &m->n;
	m->c[0].util = (uint32_t)(first * UTIL_ONE);
	m->n.util = m->c[0].util;
	return m->c;
}

static void runs_from(struct machine *m, uint64_t ns)
{
	m->s.now = ns;
	util_switch(&m->s, m->c, &m->t);
	m->t.cpu = m->c;
	m->c[0].curr = &m->t;
	m->n.running = 1;
}

static void sleeps_from(struct machine *m, uint64_t ns)
{
	m->s.now = ns;
	util_switch(&m->s, m->c, &m->t);
	m->c[0].curr = NULL;
	m->n.running = 0;
}

static void what_is_32_ms_older_counts_half(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 0);

	(void)state;
	runs_from(&m, 0);
	sleeps_from(&m, HALF_LIFE_NS);
	assert_util(c->util, 0.5);
	assert_util(m.t.util, 0.5);
	assert_util(m.n.util, 0.5);
	assert_util(util_of(c, 3 * HALF_LIFE_NS / 2), 0.5 * 0.7071);
	assert_util(util_of_task(&m.t, 2 * HALF_LIFE_NS), 0.25);
	assert_util(util_of(c, 10 * NS_PER_SEC), 0);
	runs_from(&m, 10 * NS_PER_SEC);
	assert_util(util_of(c, 20 * NS_PER_SEC), 1);
	assert_util(util_of_node(&m.n, 20 * NS_PER_SEC), 1);
}

static void small_steps_come_to_the_same(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 1);

	(void)state;
	m.t.util = UTIL_ONE;
	for (uint64_t ns = 0; ns <= HALF_LIFE_NS; ns += 100000)
		sleeps_from(&m, ns);
	assert_util(c->util, 0.5);
	assert_util(m.t.util, 0.5);
	assert_util(m.n.util, 0.5);
}

static void who_goes_takes_its_own_along(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 0.75);

	(void)state;
	m.t = (struct task){ .cpu = c, .util = UTIL_ONE / 2 };
	util_attach(&m.s, &c[1], &m.t);
	assert_util(c[0].util, 0.25);
	assert_util(c[1].util, 0.5);
	assert_util(m.t.util, 0.5);
	assert_util(m.n.util, 0.75);
}

static void a_new_task_has_half_of_what_is_left(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 0.5);

	(void)state;
	util_attach(&m.s, c, &m.t);
	assert_util(m.t.util, 0.25);
	assert_util(c->util, 0.75);
	assert_util(m.n.util, 0.75);
}

static void no_cpu_is_used_by_more_than_all_of_the_time(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 0.75);

	(void)state;
	m.t = (struct task){ .cpu = &c[1], .util = UTIL_ONE / 2 };
	util_attach(&m.s, c, &m.t);
	assert_util(c[0].util, 1);
	assert_util(c[1].util, 0);
	assert_util(m.n.util, 1);
}

static void the_dead_are_missed_later(void **state)
{
	struct machine m;
	struct cpu *c = machine(&m, 0.75);

	(void)state;
	c->util_gone = UTIL_ONE / 2;
	assert_util(util_of(c, 0), 0.75);
	util_miss(&m.s, c);
	assert_util(util_of(c, 0), 0.25);
	assert_util(m.n.util, 0.25);
	assert_int_equal(c->util_gone, 0);
}

static void a_node_is_full_by_its_tasks_and_utilization(void **state)
{
	struct node n = { .nr_cpus = 2, .nr_usable = 2 };

	(void)state;
	assert_int_equal(util_load(&n, 1, 2 * UTIL_ONE), LOAD_SPARE);
	assert_int_equal(util_load(&n, 2, 2 * UTIL_ONE), LOAD_FULL);
	assert_int_equal(util_load(&n, 3, 2 * UTIL_ONE), LOAD_OVER);
	assert_int_equal(util_load(&n, 3, 2 * UTIL_ONE / 120 * 100), LOAD_SPARE);
}

/* ------------------------------------------------------------------- children */

static struct task *unbound(struct run *r)
{
	struct task *t = r->s.tasks;

	while (t && t->plan->cpu >= 0)
		t = t->next;
	return t;
}

/*
 * CPU 0's task has had a child there for 150 ms and forks another after @pause; CPU
 * 1's began to be busy at @ms.  Where does the second child begin?
 */
static int node_of_second_child(unsigned int ms, const char *pause)
{
	char text[600];
	struct run *r;
	uint64_t at = 0;
	int node;

	snprintf(text, sizeof(text),
		 "template first\nthread cpu=0\ncompute 150ms\nend\nend\n"
		 "template second\nthread\nloop\ncompute 9ms\nend\nend\nend\n"
		 "process p\nthread cpu=0\nspawn first\n%sspawn second\nend\nend\n"
		 "process q\nthread cpu=1\nsleep %ums\nloop\ncompute 9ms\nend\n"
		 "end\nend\n", pause, ms);
	r = run_new("2x1", text, "off");
	r->c.run_ns = NS_PER_SEC;
	run_begin(r);
	while (!unbound(r))
		run_to(r, at += 10000);
	node = unbound(r)->cpu->node;
	run_free(r);
	return node;
}

/* Its parent's CPU still has the utilization of what has ended there. */
static void a_child_begins_where_the_other_one_is_young(void **state)
{
	(void)state;
	assert_int_equal(node_of_second_child(120, ""), 1);
	assert_int_equal(node_of_second_child(10, ""), 0);
}

static void what_has_ended_is_missed_at_the_next_tick(void **state)
{
	(void)state;
	assert_int_equal(node_of_second_child(120, "compute 5ms\n"), 0);
}

/* CPU 0 is busy; CPU 1's task has slept, and is to have a child. */
static int cpu_of_child(uint32_t gone)
{
	struct run *r = run_new("1x2",
		"process q\nthread cpu=1\nsleep 100ms\ncompute 9ms\nend\nend\n"
		"process r\nthread cpu=0\nloop\ncompute 9ms\nend\nend\nend\n",
		"off");
	struct task child;
	int cpu;

	run_begin(r);
	run_to(r, 105 * NS_PER_MS);
	child = *run_task(r, 1, 0);
	child.bind_cpu = -1;
	r->s.cpu[1].util_gone = gone;
	cpu = place_birth(&r->s, &child, &r->s.cpu[1])->id;
	run_free(r);
	return cpu;
}

/* Beside its parent, but not while what has ended there seems to be there. */
static void with_no_cpu_idle_a_child_begins_beside_its_parent(void **state)
{
	(void)state;
	assert_int_equal(cpu_of_child(0), 1);
	assert_int_equal(cpu_of_child(UTIL_ONE / 2), 0);
}

/*
 * A hog has come to its parent's CPU meanwhile.  The child is still on its own when it
 * wakes its parent, which therefore goes back to where it was.
 */
static void who_has_waited_for_a_child_goes_back(void **state)
{
	struct run *r = run_new("1x2",
		"template t\nthread cpu=1\ncompute 50ms\nend\nend\n"
		"process p\nthread\nspawn t\ncompute 9ms\nend\nend\n"
		"process q\nthread cpu=0\nsleep 10ms\nloop\ncompute 9ms\nend\nend\nend\n",
		"off");
	uint64_t at = 0;

	(void)state;
	r->c.run_ns = NS_PER_SEC;
	run_begin(r);
	run_to(r, at = 20 * NS_PER_MS);
	assert_int_equal(unbound(r)->state, TASK_BLOCKED);
	assert_int_equal(unbound(r)->cpu->id, 0);
	while (unbound(r)->state == TASK_BLOCKED)
		run_to(r, at += 10000);
	assert_int_equal(unbound(r)->cpu->id, 0);
	run_free(r);
}

/* Who is on its CPU has more than half of a slice left, or less. */
static void every_other_child_goes_first(void **state)
{
	unsigned int first = 0;
	uint64_t at = 0;

	(void)state;
	for (unsigned int i = 0; i < 40; i++) {
		char text[300];
		struct run *r;

		snprintf(text, sizeof(text),
			 "template t\nthread cpu=1\nloop\ncompute 9ms\nend\nend\nend\n"
			 "process p\nthread cpu=0\nsleep %uus\nspawn t\nend\nend\n"
			 "process q\nthread cpu=1\nloop\ncompute 9ms\nend\nend\nend\n",
			 50000 + 137 * i);
		r = run_new("1x2", text, "off");
		r->c.run_ns = NS_PER_SEC;
		run_begin(r);
		while (r->s.living < 3)
			run_to(r, at += 10000);
		run_to(r, at += 10000);
		first += r->s.cpu[1].curr->process->waiting != NULL;
		run_free(r);
	}
	assert_in_range(first, 10, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_32_ms_older_counts_half),
		cmocka_unit_test(small_steps_come_to_the_same),
		cmocka_unit_test(who_goes_takes_its_own_along),
		cmocka_unit_test(a_new_task_has_half_of_what_is_left),
		cmocka_unit_test(no_cpu_is_used_by_more_than_all_of_the_time),
		cmocka_unit_test(the_dead_are_missed_later),
		cmocka_unit_test(a_node_is_full_by_its_tasks_and_utilization),
		cmocka_unit_test(a_child_begins_where_the_other_one_is_young),
		cmocka_unit_test(what_has_ended_is_missed_at_the_next_tick),
		cmocka_unit_test(with_no_cpu_idle_a_child_begins_beside_its_parent),
		cmocka_unit_test(who_has_waited_for_a_child_goes_back),
		cmocka_unit_test(every_other_child_goes_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
