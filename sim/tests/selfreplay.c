// SPDX-License-Identifier: GPL-2.0
/*
 * What the simulator says that the policy code did is all there is to it: fed to
 * a replay, it gives the same, record for record.
 */
#include "common.h"
#include "history.h"
#include "replay/replay.h"
#include "replay/trace_file.h"

/**
 * struct beside - a replay beside a simulation
 * @born, @gone: processes
 * @failed:	at the first record that is not the same
 */
struct beside {
	struct replay *replay;
	struct sim_error e;
	uint64_t records;
	uint64_t born, gone;
	bool failed;
};

static int begin(struct beside *b, const struct np_ctx *c)
{
	if (!b->replay)
		b->replay = replay_new(c->m, &b->e);
	return b->replay ? 0 : -1;
}

static void tell(const struct beside *b)
{
	const struct replay_difference *d = replay_difference(b->replay);

	if (!d) {
		print_message("%s\n", b->e.text);
		return;
	}
	print_message("record %llu, type %u, time %llu, pid %u, tid %u, state "
		      "%u, value %llx, addr %llx; here: %stype %u, state %u, "
		      "value %llx, addr %llx\n",
		      (unsigned long long)b->records, d->recorded.type,
		      (unsigned long long)d->recorded.time_ns,
		      d->recorded.pid, d->recorded.tid, d->recorded.state,
		      (unsigned long long)d->recorded.value,
		      (unsigned long long)d->recorded.addr,
		      d->nothing ? "nothing, " : "", d->here.type,
		      d->here.state, (unsigned long long)d->here.value,
		      (unsigned long long)d->here.addr);
}

static void follow(void *data, const struct np_ctx *c,
		   const struct np_record *rec)
{
	struct beside *b = data;

	if (b->failed)
		return;
	b->failed = begin(b, c);
	if (b->failed)
		return;
	assert_null(trace_check(c->m, rec));
	b->born += rec->type == NP_REC_ATTACH || rec->type == NP_REC_FORK;
	b->gone += rec->type == NP_REC_GONE;
	b->failed = replay_record(b->replay, rec, &b->e);
	if (b->failed)
		tell(b);
	b->records++;
}

static struct replay_counts reproduce_run(struct run *r)
{
	struct beside b = { 0 };
	struct replay_counts n;

	r->c.watch.data = &b;
	r->c.watch.record = follow;
	run_all(r);
	if (b.failed)
		fail_msg("%s under %s: record %llu differs", r->plan->spec,
			 r->c.policy, (unsigned long long)b.records);
	assert_true(b.records > 0);
	assert_int_equal(b.born, b.gone);
	n = replay_counts(b.replay);
	assert_int_equal(n.decisions, r->r.counter[NP_C_FAULTS]);
	assert_int_equal(n.asks, r->r.counter[NP_C_TASK_ASKED]);
	assert_int_equal(n.passes, r->r.counter[NP_C_SCAN_PASSES]);
	assert_int_equal(n.moved, r->r.counter[NP_C_MOVED]);
	replay_free(b.replay);
	run_free(r);
	return n;
}

/* Little memory and frequent scans, so that a lot happens in little time. */
#define OFTEN	":scan_delay=50,scan_period=100"

static const char *const works[] = {
	"numa02:mb=4", "numa01:mb=4", "pingpong:mb=4", "phases:mb=4",
	"forkstorm", "latency", "messages", "kernbuild:mb=3,cache_mb=4",
};

static void reproduce(const char *policy)
{
	for (size_t i = 0; i < ARRAY_SIZE(works); i++) {
		struct run *r = run_load("2x2", 256, works[i], policy);

		reproduce_run(r);
	}
}

static void every_policy_is_reproduced(void **state)
{
	char spec[NP_SPEC_LEN];

	(void)state;
	for (unsigned int i = 0; np_policy_at(i); i++) {
		snprintf(spec, sizeof(spec), "%s" OFTEN, np_policy_at(i)->name);
		reproduce(spec);
	}
}

/*
 * Pulls whatever is at home elsewhere, tries each node in turn, and lets pages
 * follow the home of their process.
 */
static struct np_decision puller_page(const struct np_ctx *c,
				      const struct np_fault *f)
{
	(void)f;
	return c->proc->home == NP_NO_NODE ? np_stay(NP_R_SHARED) :
					     np_move(c->proc->home, NP_R_HOME);
}

static void puller_balance(const struct np_ctx *c, struct np_balance *b)
{
	struct np_entity e;

	if (c->now_ns / (2 * NS_PER_SEC) % 2 == (u64)b->node)
		while (b->next(b, 1 - b->node, &e))
			b->pull(b, &e, NP_R_HOME);
}

static void puller_fork(const struct np_ctx *c, const struct np_proc *parent,
			struct np_task_ask *ask)
{
	(void)c;
	(void)parent;
	*ask = (struct np_task_ask){ .verb = NP_TASK_HOME, .nid = 0 };
}

static const struct np_policy_ops puller = {
	.page = puller_page,
	.balance = puller_balance,
	.fork = puller_fork,
	.name = "puller",
	.summary = "test: homes change between the calls",
	.need = NP_CAN_HOME | NP_CAN_BALANCE,
};

static void homes_that_change_between_calls_are_reproduced(void **state)
{
	struct run *r = run_load("2x2", 256, "numa01:mb=8", "puller");

	(void)state;
	r->c.run_ns = 7 * NS_PER_SEC;
	assert_true(reproduce_run(r).moved > 2 * 2048);
}

/* Lets workers move what is remote. */
static struct np_decision queuer_page(const struct np_ctx *c,
				      const struct np_fault *f)
{
	(void)c;
	return f->page_node == f->node ? np_stay(NP_R_LOCAL) :
					 np_queue(f->node, NP_R_REMOTE_REF);
}

static const struct np_policy_ops queuer = {
	.page = queuer_page,
	.name = "queuer",
	.summary = "test: workers move pages",
	.need = NP_CAN_QUEUE,
};

static void moves_of_workers_are_reproduced(void **state)
{
	struct run *r = run_load("2x2", 256, "numa02:mb=8", "queuer");

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	assert_true(reproduce_run(r).moved >= 1024);
}

/* What the kernel does by itself is told through "stock" only here. */
static void the_kernel_s_own_balancer_is_reproduced(void **state)
{
	(void)state;
	reproduce("stock");
	reproduce("stock" OFTEN);
}

/* What a thread has learnt is caught up with even at its end. */
static void threads_that_end_early_are_reproduced(void **state)
{
	struct run *r = run_new("2x2",
		"process p\nregion m size=2M\nthread\ntouch m\nstart\n"
		"loop\nsweep m time=1ms\nend\nend\n"
		"thread count=3\nloop 300\nsweep m time=1ms\nend\n"
		"sleep 400ms\ncompute 1ms\nend\nend\n", "chaos" OFTEN);

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	assert_true(reproduce_run(r).passes > 5);
}

static void shadows_are_reproduced(void **state)
{
	struct run *r = run_load("3x2", 256, "numa02:mb=8", "moron");

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	r->c.shadow = true;
	reproduce_run(r);
}

static void huge_pages_are_reproduced(void **state)
{
	struct run *r = run_load("2x2", 256, "numa02:mb=32", "chaos_all");

	(void)state;
	r->c.run_ns = 3 * NS_PER_SEC;
	r->c.thp = true;
	reproduce_run(r);
}

/* A full node refuses, and that is a fact of the machine. */
static void full_nodes_are_reproduced(void **state)
{
	struct run *r = run_load("2x2", 24, "numa01:mb=10", "moron");

	(void)state;
	r->c.run_ns = 4 * NS_PER_SEC;
	reproduce_run(r);
}

/* Without asking, who runs where cannot be known. */
static int register_all(void **state)
{
	struct sim_error e;

	(void)state;
	history_policies();
	return np_register(&puller, NP_CAN_ALL, NULL) ||
	       np_register(&queuer, NP_CAN_ALL, NULL) ||
	       sim_check_policy("stock", &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy_is_reproduced),
		cmocka_unit_test(the_kernel_s_own_balancer_is_reproduced),
		cmocka_unit_test(homes_that_change_between_calls_are_reproduced),
		cmocka_unit_test(moves_of_workers_are_reproduced),
		cmocka_unit_test(threads_that_end_early_are_reproduced),
		cmocka_unit_test(shadows_are_reproduced),
		cmocka_unit_test(huge_pages_are_reproduced),
		cmocka_unit_test(full_nodes_are_reproduced),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, register_all, NULL);
}
