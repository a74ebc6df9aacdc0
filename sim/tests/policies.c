// SPDX-License-Identifier: GPL-2.0
/*
 * Any policy on the simulated machine: those of this tree, one that asks for
 * all there is, and one that misbehaves.
 */
#include "common.h"

extern const struct np_policy_ops np_test_minimal;
extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_maximal_all;
extern const struct np_policy_ops np_test_rogue;

/* --------------------------------------------------------- all wishes at once */

/*
 * wisher: queues pages, scans with a worker, and asks for a home, a move or a
 * swap wherever it may, with places that come from what it is told.
 */
static struct np_decision wisher_page(const struct np_ctx *c,
				      const struct np_fault *f)
{
	int nid = (int)((f->addr >> 12) % c->m->nr_nodes);

	if (nid == f->page_node)
		return np_stay(NP_R_LOCAL);
	if (f->addr >> 13 & 1)
		return np_queue(nid, NP_R_HOME);
	return np_move(nid, NP_R_HOME);
}

static void wish(const struct np_ctx *c, u64 n, struct np_task_ask *ask)
{
	int cpu = (int)(n / 4 % c->m->nr_cpus);

	*ask = (struct np_task_ask){
		.verb = (u8)(n % 4),
		.reason = NP_R_HOME,
		.nid = c->m->cpu_node[cpu],
		.cpu = (s16)cpu,
	};
	if (ask->verb == NP_TASK_MOVE && n & 64)
		ask->cpu = NP_NO_CPU;
}

static void wisher_scan_plan(const struct np_ctx *c, const struct np_scan *scan,
			     struct np_scan_plan *plan)
{
	(void)c;
	(void)scan;
	plan->period_ms = 20;
}

static void wisher_pass_done(const struct np_ctx *c, const struct np_scan *scan,
			     struct np_task_ask *ask)
{
	wish(c, c->now_ns / 1000 + scan->passes, ask);
}

static void wisher_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	struct np_running r;
	struct np_load load;

	for (int cpu = 0; cpu < c->m->nr_cpus; cpu++)
		c->m->home->running(c, cpu, &r);
	for (int nid = 0; nid < c->m->nr_nodes; nid++)
		c->m->home->load(c, nid, &load);
	wish(c, c->now_ns / 1000 + c->tid, ask);
}

static void wisher_balance(const struct np_ctx *c, struct np_balance *b)
{
	struct np_entity e;

	for (int from = 0; from < c->m->nr_nodes; from++)
		while (from != b->node && b->next(b, from, &e))
			if (!(e.id & 1))
				b->pull(b, &e, NP_R_HOME);
}

static void wisher_fork(const struct np_ctx *c, const struct np_proc *parent,
			struct np_task_ask *ask)
{
	(void)parent;
	*ask = (struct np_task_ask){
		.verb = NP_TASK_HOME,
		.reason = NP_R_HOME,
		.nid = (s16)(c->proc->pid % c->m->nr_nodes),
		.cpu = NP_NO_CPU,
	};
}

static void wisher_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	wish(c, c->proc->pid, ask);
}

static const struct np_policy_ops wisher = {
	.page = wisher_page,
	.scan_plan = wisher_scan_plan,
	.pass_done = wisher_pass_done,
	.place = wisher_place,
	.balance = wisher_balance,
	.fork = wisher_fork,
	.exec = wisher_exec,
	.name = "wisher",
	.summary = "test: wants everything, everywhere",
	.need = NP_CAN_ALL & ~NP_CAN_GROUPS,
};

/* -------------------------------------------------------------------- the runs */

static void know(const struct np_policy_ops *ops)
{
	struct sim_error e;

	/* The first question registers the policies of the tree. */
	assert_int_equal(sim_check_policy("none", &e), 0);
	if (!np_find(ops->name))
		assert_int_equal(np_register(ops, NP_CAN_ALL, NULL), 0);
}

static const char *const works[] = {
	"numa01:mb=24", "numa02:mb=24", "warehouse:old_mb=16,young_mb=1",
	"pingpong", "messages", "forkstorm:mb=1", "latency",
};

static struct run *ran(const char *topology, const char *work,
		       const char *policy)
{
	struct run *r = run_load(topology, 64, work, policy);

	r->c.run_ns = 500 * NS_PER_MS;
	r->check_events = 8;
	r->costs.exec_ns = 20000;
	r->costs.fork_ns = 20000;
	run_all(r);
	return r;
}

static void survives(const char *policy)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(works); i++) {
		struct run *r = ran("3x2", works[i], policy);

		assert_true(r->r.work > 0);
		run_free(r);
	}
}

static void the_machine_stays_whole_under_any_policy(void **state)
{
	struct sim_error e;
	char spec[64];

	(void)state;
	assert_int_equal(sim_check_policy("none", &e), 0);
	for (unsigned int i = 0; np_policy_at(i); i++) {
		snprintf(spec, sizeof(spec), "%s:scan_delay=5",
			 np_policy_at(i)->name);
		survives(spec);
	}
	survives("hand");
	survives("inverse");
}

static void the_machine_stays_whole_under_all_wishes(void **state)
{
	struct run *r;

	(void)state;
	know(&wisher);
	survives("wisher:scan_delay=1,scan_period=20,scan_size=16");
	r = ran("3x2", "warehouse:old_mb=16,young_mb=1",
		"wisher:scan_delay=1,scan_period=20,scan_size=16");
	assert_true(r->r.counter[NP_C_TASK_ASKED] > 20);
	assert_true(r->r.counter[NP_C_TASK_REFUSED] <
		    r->r.counter[NP_C_TASK_ASKED]);
	assert_true(r->r.task_moves > 5);
	assert_true(r->r.pages_moved > 1000);
	assert_true(r->r.counter[NP_C_MOVED] > 1000);
	assert_false(r->s.instance.ejected);
	run_free(r);
}

/* Writers and their readers, on different nodes. */
static const char pairs[] =
	"object buffer count=2 size=16M\n"
	"process p count=4\nregion memory object=buffer[process % 2]\n"
	"thread count=2\n"
	"if process < 2\ntouch memory\nend\nif process >= 2\nsleep 100ms\nend\n"
	"loop\nsweep memory passes=1 write=no\nend\nend\nend\n";

static void count_join(void *data, const struct np_ctx *c,
		       const struct np_record *rec)
{
	(void)c;
	*(unsigned int *)data += rec->type == NP_REC_JOINED;
}

static void processes_that_share_memory_come_together(void **state)
{
	struct run *off = run_new("2x4", pairs, "off");
	struct run *r = run_new("2x4", pairs, "mainline");
	unsigned int joined = 0;

	(void)state;
	off->c.run_ns = r->c.run_ns = 60 * NS_PER_SEC;
	r->c.watch.data = &joined;
	r->c.watch.record = count_join;
	run_all(off);
	run_all(r);
	assert_int_equal(joined, 2);
	assert_true(off->r.matrix[1] > 0);
	assert_true(r->r.matrix[1] + r->r.matrix[2] <
		    (off->r.matrix[1] + off->r.matrix[2]) / 4);
	run_free(off);
	run_free(r);
}

static void shadow_mode_moves_nothing(void **state)
{
	static const char *const policies[] = { "moron", "stock", "wisher" };

	(void)state;
	know(&wisher);
	for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
		char spec[64];
		struct run *r;

		snprintf(spec, sizeof(spec), "%s:scan_delay=1", policies[i]);
		r = run_load("2x2", 64, "numa02:mb=24", spec);
		r->c.shadow = true;
		r->c.run_ns = 3 * NS_PER_SEC;
		run_all(r);
		assert_true(r->r.counter[NP_C_SHADOWED] > 0);
		assert_int_equal(r->r.pages_moved, 0);
		assert_int_equal(r->r.task_moves, 0);
		run_free(r);
	}
}

static void test_policies_live_here_too(void **state)
{
	(void)state;
	know(&np_test_minimal);
	know(&np_test_maximal);
	know(&np_test_maximal_all);
	survives("minimal:scan_delay=1");
	survives("maximal:scan_delay=1");
	survives("maximal_all:scan_delay=1");
}

/* Ejected: its processes are left alone from then on. */
static void a_rogue_is_ejected_and_nothing_moved(void **state)
{
	(void)state;
	know(&np_test_rogue);
	for (unsigned int mode = 0; mode <= 6; mode++) {
		char spec[40];
		struct run *r;

		snprintf(spec, sizeof(spec), "rogue:mode=%u,scan_delay=1", mode);
		r = ran("3x2", "numa02:mb=24", spec);
		assert_int_equal(r->s.instance.ejected, mode != 5);
		assert_int_equal(r->r.pages_moved, 0);
		assert_true(r->r.work > 0);
		if (mode != 5)
			assert_true(r->s.instance.strikes >= NP_EJECT_STRIKES);
		run_free(r);
	}
}

/* Those with an even number, from node to node; the last node has them. */
static void entities_are_pulled_to_a_node(void **state)
{
	struct run *r = run_new("2x2",
		"process p count=4\nregion m size=1M\nthread\ntouch m\n"
		"loop\ncompute 1ms\nend\nend\nend\n", "wisher:scan_delay=1000000");

	(void)state;
	know(&wisher);
	r->c.run_ns = 5 * NS_PER_SEC;
	run_begin(r);
	run_to(r, NS_PER_SEC);
	for (struct process *p = r->s.processes; p; p = p->next)
		assert_int_equal(p->np.home, p->np.pid % 2);
	run_to(r, r->c.run_ns);
	for (struct process *p = r->s.processes; p; p = p->next)
		assert_int_equal(p->np.home, 1);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_stays_whole_under_any_policy),
		cmocka_unit_test(the_machine_stays_whole_under_all_wishes),
		cmocka_unit_test(processes_that_share_memory_come_together),
		cmocka_unit_test(shadow_mode_moves_nothing),
		cmocka_unit_test(test_policies_live_here_too),
		cmocka_unit_test(a_rogue_is_ejected_and_nothing_moved),
		cmocka_unit_test(entities_are_pulled_to_a_node),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
