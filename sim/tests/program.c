// SPDX-License-Identifier: GPL-2.0
/* What threads do, op by op: time, loops, messages, barriers, processes. */
#include "common.h"

/* The run of a workload that comes to an end, without costs but of work. */
static struct run *finished(const char *topology, const char *text)
{
	struct run *r = run_new(topology, text, "off");

	r->costs.switch_ns = r->costs.wake_ns = r->costs.cold_ns = 0;
	r->costs.fork_ns = r->costs.exec_ns = r->costs.exit_ns = 0;
	r->c.run_ns = 100 * NS_PER_SEC;
	run_all(r);
	assert_true(r->r.finished);
	return r;
}

/* Work done and time taken, within a us. */
static void does(const char *topology, const char *text, double work,
		 uint64_t ns)
{
	struct run *r = finished(topology, text);

	assert_true(r->r.work == work);
	assert_in_range(r->r.ended_ns, ns, ns + 1000);
	run_free(r);
}

#define ONE(ops) "process p\nthread\n" ops "\nend\nend\n"

static void ops_take_their_time(void **state)
{
	(void)state;
	does("1x1", ONE("compute 5ms"), 0, 5000000);
	does("1x1", ONE("kernel 5ms"), 0, 5000000);
	does("1x1", ONE("sleep 5ms"), 0, 5000000);
	does("1x1", ONE("compute 1ms\nkernel 2ms\nsleep 3ms\ncompute 4ms"), 0,
	     10000000);
	does("1x1", ONE("count 7\ncount"), 8, 0);
}

static void user_and_kernel_time_are_told_apart(void **state)
{
	struct run *r = finished("1x1",
		ONE("loop 100\ncompute 3001ns\nkernel 1999ns\nsleep 1us\nend"));

	(void)state;
	assert_near((double)r->r.user_ns, 300100, 0.001);
	assert_near((double)r->r.kernel_ns, 199900, 0.001);
	run_free(r);
}

/* Nothing is lost or won by looking at it often. */
static void cpu_time_is_user_or_kernel_time(void **state)
{
	struct run *r = run_new("2x2",
		"process p count=2\nregion m size=8M\nthread count=3\nloop\n"
		"sweep m passes=1\nrandom m accesses=777 zipf=0.9\n"
		"kernel 12345ns\ncompute 54321ns\nsleep 9999ns\nend\nend\nend\n",
		"moron:scan_delay=1");
	uint64_t exec = 0;

	(void)state;
	run_begin(r);
	run_to(r, r->c.run_ns);
	cpu_settle_all(&r->s);
	for (const struct task *t = r->s.tasks; t; t = t->next)
		exec += t->exec_ns;
	assert_int_equal(exec, r->r.user_ns + r->r.kernel_ns);
	run_free(r);
}

static void loops_go_round_as_often_as_they_say(void **state)
{
	(void)state;
	does("1x1", ONE("loop 1000\ncompute 1us\ncount\nend"), 1000, 1000000);
	does("1x1", ONE("loop 3\ncount 100\nloop 4\ncount 10\nloop 5\ncount\n"
			"compute 1us\nend\nend\nend\ncount 1000"),
	     1000 + 3 * (100 + 4 * (10 + 5)), 60000);
	does("1x1", ONE("loop 2\nloop 3\ncount\ncompute 1us\nend\n"
			"loop 4\ncount 10\ncompute 1us\nend\nend"),
	     2 * (3 + 40), 14000);
}

/* A thread goes on for ever; the run does not. */
static void a_loop_without_number_never_ends(void **state)
{
	struct run *r = run_new("1x1", ONE("loop\ncompute 1ms\ncount\nend"),
				"off");

	(void)state;
	run_all(r);
	assert_false(r->r.finished);
	assert_int_equal(r->r.ended_ns, NS_PER_SEC);
	assert_in_range((int)r->r.work, 998, 1000);
	run_free(r);
}

/* -------------------------------------------------------------------- messages */

static void a_message_waits_for_its_receiver(void **state)
{
	(void)state;
	does("1x2", "channel c\nprocess p\n"
	     "thread\nsend c\nsend c\ncompute 1ms\nsend c\nend\n"
	     "thread\nsleep 500us\nloop 3\nrecv c\ncount\ncompute 1us\nend\nend\nend\n",
	     3, 1001000);
}

static void receivers_are_served_in_order(void **state)
{
	struct run *r = finished("1x4",
		"channel c\nprocess p\n"
		"thread\nsleep 1ms\nrecv c\ncount 1\nsleep 1s\ncount 10\nend\n"
		"thread\nsleep 2ms\nrecv c\ncount 2\nsleep 1s\ncount 20\nend\n"
		"thread\nsleep 3ms\nsend c\nsleep 2s\nsend c\nend\nend\n");

	(void)state;
	assert_in_range(r->r.ended_ns, 3003000000, 3003001000);
	assert_true(r->r.task_work[0] == 11);
	assert_true(r->r.task_work[1] == 22);
	run_free(r);
}

/* Rounds of a ring of four, each handing on what it got. */
static void a_ring_passes_on_a_message(void **state)
{
	(void)state;
	does("2x2", "channel c count=4\nprocess p count=4\nthread\n"
	     "if process == 0\nsend c[0]\nend\n"
	     "loop 50\nrecv c[process]\ncompute 10us\ncount\n"
	     "send c[(process + 1) % 4]\nend\nend\nend\n", 200, 2000000);
}

static void who_waits_for_nobody_waits_for_ever(void **state)
{
	struct run *r = run_new("1x1", "channel c\n" ONE("recv c\ncount"), "off");

	(void)state;
	run_all(r);
	assert_false(r->r.finished);
	assert_true(r->r.work == 0);
	run_free(r);
}

/* -------------------------------------------------------------------- barriers */

static void a_barrier_waits_for_the_last(void **state)
{
	(void)state;
	does("1x4", "barrier b\nprocess p\nthread count=4\n"
	     "loop 10\ncompute 1ms * (thread + 1)\nbarrier b\ncount\nend\n"
	     "end\nend\n", 40, 40000000);
}

static void barriers_join_processes(void **state)
{
	(void)state;
	does("2x2", "barrier b count=2\nprocess p count=2\nthread count=2\n"
	     "compute 1ms * (process + 1)\nbarrier b[thread]\ncompute 1ms\n"
	     "count\nend\nend\n", 4, 3000000);
}

static void alone_at_a_barrier_nobody_waits(void **state)
{
	(void)state;
	does("1x1", "barrier b\n" ONE("loop 5\nbarrier b\ncompute 1ms\nend"), 0,
	     5000000);
}

/* ------------------------------------------------------------------- processes */

static void a_parent_waits_for_its_child(void **state)
{
	(void)state;
	does("1x4", "template t count=2\nthread count=2\ncompute 1ms * (thread + 1)\n"
	     "count\nend\nend\n" ONE("loop 3\nspawn t[1]\ncount 100\nend"),
	     306, 6000000);
}

static void children_may_have_children(void **state)
{
	(void)state;
	does("1x2", "template leaf\nthread\ncompute 1ms\ncount\nend\nend\n"
	     "template branch\nthread\nloop 3\nspawn leaf\nend\nend\nend\n"
	     ONE("spawn branch\nspawn branch\nspawn leaf"), 7, 7000000);
}

static void threads_wait_for_the_start(void **state)
{
	(void)state;
	does("1x4", "process p\nthread\ncompute 5ms\nstart\ncompute 1ms\nend\n"
	     "thread count=3\ncompute 2ms\ncount\nend\nend\n", 3, 7000000);
	does("1x4", "process p\nthread\ncompute 5ms\nend\n"
	     "thread count=3\ncompute 2ms\ncount\nend\nend\n", 3, 5000000);
}

/*
 * When the child begins there is no idle CPU; when it is executed there is.
 * Return: the node of what it touches then, with @more on the machine.
 */
static int node_after_exec(const char *more)
{
	char text[1024];
	struct run *r;
	struct process *child;
	int node;

	snprintf(text, sizeof(text),
		 "template t\nregion stack size=4K\nregion heap size=4K\n"
		 "thread\ntouch stack\ncompute 2ms\nexec\ntouch heap\n"
		 "compute 5ms\nend\nend\n"
		 "process p\nthread cpu=0\nsleep 60ms\ncompute 1ms\nspawn t\n"
		 "end\nend\n"
		 "process q\nthread cpu=1\ncompute 62ms\nend\nend\n%s", more);
	r = run_new("2x1", text, "off");
	run_begin(r);
	run_to(r, 66 * NS_PER_MS);
	for (child = r->s.processes; child->nr_maps != 2; child = child->next)
		assert_non_null(child->next);
	assert_int_equal(child->map[0].region->page[0].node1, 1);
	node = child->map[1].region->page[0].node1 - 1;
	run_free(r);
	return node;
}

/* By then somebody waits for the CPU who is too nice to take it. */
static void exec_leaves_behind_what_was_touched_before(void **state)
{
	(void)state;
	assert_int_equal(node_after_exec("process r\nthread cpu=0 nice=19\n"
					 "sleep 62900us\ncompute 9ms\nend\nend\n"),
			 1);
}

static void exec_stays_where_nobody_else_wants_to_run(void **state)
{
	(void)state;
	assert_int_equal(node_after_exec(""), 0);
}

/* The end of a process is its last thread's. */
static void the_first_thread_may_end_first(void **state)
{
	(void)state;
	does("1x2", "template t\nthread\nstart\nend\nthread\ncompute 3ms\nend\nend\n"
	     ONE("spawn t\ncount"), 1, 3000000);
}

static void bind_moves_to_the_home(void **state)
{
	struct run *r = run_new("4x1",
		ONE("loop\nbind 1 of=4 step=1\ncompute 10ms\nend"), "off");

	(void)state;
	run_begin(r);
	for (uint64_t i = 0; i < 20; i++) {
		run_to(r, i * 10 * NS_PER_MS + 5 * NS_PER_MS);
		assert_int_equal(run_task(r, 0, 0)->cpu->node, (1 + i) % 4);
	}
	run_free(r);
}

static void a_bound_cpu_wins_over_bind(void **state)
{
	struct run *r = run_new("2x2",
		"process p\nthread cpu=3\nbind 0\nloop\ncompute 1ms\nend\nend\nend\n",
		"off");

	(void)state;
	run_begin(r);
	run_to(r, 100 * NS_PER_MS);
	assert_int_equal(run_task(r, 0, 0)->cpu->id, 3);
	run_free(r);
}

/* -------------------------------------------------------------- endless nothing */

/* The planner refuses them; the engine does not rely on it. */
static void loops_that_take_no_time_are_an_error(void **state)
{
	struct run *r = run_new("1x1", ONE("loop\ncompute 1ms\nend"), "off");

	(void)state;
	r->plan->process[0].thread[0].op[1].kind = WORK_COUNT;
	run_fails(r, "takes no time");
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ops_take_their_time),
		cmocka_unit_test(user_and_kernel_time_are_told_apart),
		cmocka_unit_test(cpu_time_is_user_or_kernel_time),
		cmocka_unit_test(loops_go_round_as_often_as_they_say),
		cmocka_unit_test(a_loop_without_number_never_ends),
		cmocka_unit_test(a_message_waits_for_its_receiver),
		cmocka_unit_test(receivers_are_served_in_order),
		cmocka_unit_test(a_ring_passes_on_a_message),
		cmocka_unit_test(who_waits_for_nobody_waits_for_ever),
		cmocka_unit_test(a_barrier_waits_for_the_last),
		cmocka_unit_test(barriers_join_processes),
		cmocka_unit_test(alone_at_a_barrier_nobody_waits),
		cmocka_unit_test(a_parent_waits_for_its_child),
		cmocka_unit_test(children_may_have_children),
		cmocka_unit_test(threads_wait_for_the_start),
		cmocka_unit_test(exec_leaves_behind_what_was_touched_before),
		cmocka_unit_test(exec_stays_where_nobody_else_wants_to_run),
		cmocka_unit_test(the_first_thread_may_end_first),
		cmocka_unit_test(bind_moves_to_the_home),
		cmocka_unit_test(a_bound_cpu_wins_over_bind),
		cmocka_unit_test(loops_that_take_no_time_are_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
