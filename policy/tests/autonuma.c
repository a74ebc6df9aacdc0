// SPDX-License-Identifier: GPL-2.0
/* autonuma: two faults, exchanges that both gain by, and passes by a worker. */
#include "common.h"

static struct home *open_autonuma(const char *spec)
{
	struct home *h = home_open(NULL, spec);

	h->c.cpu = 0;		/* node A */
	return h;
}

static struct np_decision decide(struct home *h, struct np_fault f)
{
	return np_decide(&h->c, &f);
}

/* -------------------------------------------------------------------- pages */

static void two_faults_from_the_same_node_move_a_page(void **state)
{
	struct home *h = open_autonuma("autonuma");

	(void)state;
	assert_int_equal(decide(h, home_refault(NODE_B, NODE_A, 1)).verdict,
			 NP_MOVE);
	assert_int_equal(decide(h, home_refault(NODE_B, NODE_A, 2)).reason,
			 NP_R_FILTERED);
}

static void the_first_fault_passes_unless_forbidden(void **state)
{
	struct home *h = open_autonuma("autonuma");

	(void)state;
	assert_int_equal(decide(h, home_fault(NODE_B, NODE_A)).verdict, NP_MOVE);
	h = open_autonuma("autonuma:migrate_first=no");
	assert_int_equal(decide(h, home_fault(NODE_B, NODE_A)).reason,
			 NP_R_UNSEEN);
}

static void version_24_leaves_it_to_a_worker(void **state)
{
	struct home *h = open_autonuma("autonuma:migrate=async");

	(void)state;
	assert_int_equal(decide(h, home_fault(NODE_B, NODE_A)).verdict,
			 NP_QUEUE);
}

/* A page that will be here counts as if it were. */
static void faults_are_credited_to_where_a_page_will_be(void **state)
{
	struct home *h = open_autonuma("autonuma:migrate=async");
	struct np_fault f = home_fault(NODE_B, NODE_A);
	struct np_outcome o = { .node = NODE_B };
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(np_stats_node(h->task.stats, NODE_A), 1);
	assert_int_equal(np_stats_node(h->task.stats, NODE_B), 0);
}

/*
 * The adversary of asynchronous migration: who runs elsewhere by the time of its
 * second fault has its page queued for a node it has left.
 */
static void the_worker_may_come_too_late(void **state)
{
	struct home *h = open_autonuma("autonuma:migrate=async");
	struct np_decision d = decide(h, home_fault(NODE_B, NODE_A));

	(void)state;
	assert_int_equal(d.nid, NODE_A);
	h->c.cpu = 2;
	d = decide(h, home_refault(NODE_B, NODE_B, 0));
	assert_int_equal(d.verdict, NP_STAY);	/* and that cancels it */
}

/* ------------------------------------------------------------------ threads */

/* Faults in 1/1000: mine at A and B, theirs at A and B. */
static struct np_task_ask meet(struct home *h, struct np_task *other,
			       const u32 mine[2], const u32 theirs[2])
{
	home_runs(h, 2, other);
	home_faults(&h->task, NODE_A, mine[0]);
	home_faults(&h->task, NODE_B, mine[1]);
	home_faults(other, NODE_A, theirs[0]);
	home_faults(other, NODE_B, theirs[1]);
	return home_pass(h);
}

static void two_change_places_if_both_gain(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct np_task_ask ask;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	ask = meet(h, &s.task, (u32[]){ 200, 800 }, (u32[]){ 700, 300 });
	assert_int_equal(ask.verb, NP_TASK_SWAP);
	assert_int_equal(ask.cpu, 2);
	assert_true(ask.settle);
}

/* this_diff > 0 but other_diff < 0: it would lose more than I would gain. */
static void nobody_is_sent_away_from_where_it_has_more(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	assert_int_equal(meet(h, &s.task, (u32[]){ 300, 700 },
			      (u32[]){ 100, 900 }).verb, NP_TASK_NONE);
}

static void a_thread_with_most_here_stays(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct np_task_ask ask;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	ask = meet(h, &s.task, (u32[]){ 600, 400 }, (u32[]){ 1000, 0 });
	assert_int_equal(ask.verb, NP_TASK_HOME);
	assert_int_equal(ask.nid, NODE_A);
}

/* The process as a whole says one thing, the two threads another. */
static void threads_of_one_process_go_by_their_own_faults(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct np_task other;

	(void)state;
	home_second_task(h, &other);
	assert_int_equal(meet(h, &other, (u32[]){ 100, 900 },
			      (u32[]){ 900, 100 }).verb, NP_TASK_SWAP);
}

static void the_best_of_several_wins(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct np_task_ask ask;
	struct np_task other;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_second_task(h, &other);
	home_runs(h, 3, &s.task);
	home_faults(&s.task, NODE_A, 500);
	home_faults(&s.task, NODE_B, 500);
	ask = meet(h, &other, (u32[]){ 100, 900 }, (u32[]){ 900, 100 });
	assert_int_equal(ask.verb, NP_TASK_SWAP);
	assert_int_equal(ask.cpu, 2);
}

static void who_may_not_run_here_is_not_asked(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	h->runs[2].movable = false;
	home_faults(&h->task, NODE_B, 1000);
	home_faults(&s.task, NODE_A, 1000);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
}

/* Nobody is idle: AutoNUMA considers running threads only. */
static void idle_cpus_are_left_to_the_scheduler(void **state)
{
	struct home *h = open_autonuma("autonuma");

	(void)state;
	home_runs(h, 2, NULL);
	home_faults(&h->task, NODE_B, 1000);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
}

static void a_thread_looks_again_without_a_pass(void **state)
{
	struct home *h = open_autonuma("autonuma:balance=128");
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_faults(&h->task, NODE_B, 1000);
	assert_int_equal(home_pass(h).verb, NP_TASK_NONE);
	home_runs(h, 2, &s.task);
	home_faults(&s.task, NODE_A, 1000);
	assert_int_equal(np_place(&h->c).verb, NP_TASK_NONE);
	h->c.now_ns += 128 * NS_PER_MS;
	assert_int_equal(np_place(&h->c).verb, NP_TASK_SWAP);
}

/* ----------------------------------------------------------------- scanning */

static void a_worker_scans_and_rests_between_passes(void **state)
{
	struct home *h = open_autonuma("autonuma");
	struct np_scan_plan p = np_scan_begin(&h->c);

	(void)state;
	assert_int_equal(p.pages, 32768);
	assert_int_equal(p.period_ms, 100);
	np_scan_pass(&h->c);
	np_scan_end(&h->c, &p, true, 0);
	p = np_scan_begin(&h->c);
	assert_int_equal(p.pages, 0);
	assert_int_equal(p.period_ms, 10000);
	np_scan_end(&h->c, &p, false, 0);
	assert_int_equal(np_scan_begin(&h->c).pages, 32768);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_faults_from_the_same_node_move_a_page),
		cmocka_unit_test(the_first_fault_passes_unless_forbidden),
		cmocka_unit_test(version_24_leaves_it_to_a_worker),
		cmocka_unit_test(faults_are_credited_to_where_a_page_will_be),
		cmocka_unit_test(the_worker_may_come_too_late),
		cmocka_unit_test(two_change_places_if_both_gain),
		cmocka_unit_test(nobody_is_sent_away_from_where_it_has_more),
		cmocka_unit_test(a_thread_with_most_here_stays),
		cmocka_unit_test(threads_of_one_process_go_by_their_own_faults),
		cmocka_unit_test(the_best_of_several_wins),
		cmocka_unit_test(who_may_not_run_here_is_not_asked),
		cmocka_unit_test(idle_cpus_are_left_to_the_scheduler),
		cmocka_unit_test(a_thread_looks_again_without_a_pass),
		cmocka_unit_test(a_worker_scans_and_rests_between_passes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
