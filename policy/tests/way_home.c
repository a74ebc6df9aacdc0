// SPDX-License-Identifier: GPL-2.0
/* The way back to the home node. */
#include "common.h"

static const struct np_policy_ops homely = {
	.name = "homely",
	.summary = "test: has homes",
	.need = NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP | NP_CAN_RUNNING,
};

/* At home on B, running on A. */
static struct home *open_away(const char *spec)
{
	struct home *h = home_open(&homely, spec);

	h->c.cpu = 0;
	np_set_home(&h->c, NODE_B);
	return h;
}

static void it_goes_to_an_idle_cpu(void **state)
{
	struct home *h = open_away("homely:home_pull=yes");
	struct np_task_ask ask;

	(void)state;
	home_runs(h, 3, NULL);
	ask = np_way_home(&h->c);
	assert_int_equal(ask.verb, NP_TASK_MOVE);
	assert_int_equal(ask.nid, NODE_B);
	assert_int_equal(ask.cpu, 3);
}

static void or_trades_with_who_is_at_home_here(void **state)
{
	struct home *h = open_away("homely:home_pull=yes");
	struct np_task_ask ask;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
	s.proc.home = NODE_A;
	ask = np_way_home(&h->c);
	assert_int_equal(ask.verb, NP_TASK_SWAP);
	assert_int_equal(ask.cpu, 2);
	s.task.home = NODE_B;	/* its own home counts more than its process's */
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
}

static void the_home_of_the_process_is_the_threads(void **state)
{
	struct home *h = home_open(&homely, "homely:home_pull=yes");

	(void)state;
	h->c.cpu = 0;
	h->proc.home = NODE_B;
	home_runs(h, 3, NULL);
	assert_int_equal(np_way_home(&h->c).nid, NODE_B);
}

static void who_is_in_a_group_goes_under_any_policy(void **state)
{
	struct home *h = open_away("homely");

	(void)state;
	np_bind(&h->c, true, NODE_B);
	home_runs(h, 3, NULL);
	assert_int_equal(np_way_home(&h->c).nid, NODE_B);
}

static void a_group_may_trade_with_who_is_at_home_nowhere(void **state)
{
	struct home *h = open_away("homely:home_pull=yes");

	(void)state;
	h->runs[3] = (struct np_running){ .movable = true, .homeless = true };
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
	np_bind(&h->c, true, NODE_B);
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_SWAP);
	assert_int_equal(np_way_home(&h->c).cpu, 3);
	h->runs[3].movable = false;
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
}

static void nobody_goes_who_is_there_or_is_not_to(void **state)
{
	struct home *h = open_away("homely");

	(void)state;
	home_runs(h, 3, NULL);
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
	h = open_away("homely:home_pull=yes");
	home_runs(h, 3, NULL);
	h->c.cpu = 2;
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
	h->c.cpu = 0;
	h->runs[3].movable = false;
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
	h->task.home = NP_NO_NODE;
	h->runs[3].movable = true;
	assert_int_equal(np_way_home(&h->c).verb, NP_TASK_NONE);
}

static void in_shadow_mode_it_is_only_told(void **state)
{
	struct home *h = open_away("homely:home_pull=yes");
	struct np_task_ask ask;

	(void)state;
	home_runs(h, 3, NULL);
	ask = np_way_home(&h->c);
	assert_true(np_go_home(&h->c, &ask));
	h->proc.flags = NP_PROC_SHADOW;
	h->nr_rec = 0;
	assert_false(np_go_home(&h->c, &ask));
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(h->rec[0].type, NP_REC_BROUGHT);
	assert_int_equal(h->rec[0].verdict, NP_SHADOW);
}

static void who_has_gone_home_is_recorded_for_a_replay(void **state)
{
	struct home *h = open_away("homely");

	(void)state;
	h->m.mute = NP_MUTE_NOTHING;
	h->nr_rec = 0;
	np_set_home(&h->c, NODE_FAR);
	assert_int_equal(h->task.home, NODE_FAR);
	assert_int_equal(h->proc.home, NP_NO_NODE);
	assert_int_equal(h->rec[0].type, NP_REC_HOME);
	assert_int_equal(h->rec[0].dst, NODE_FAR);
	h->c.task = NULL;
	np_set_home(&h->c, NODE_A);
	assert_int_equal(h->proc.home, NODE_A);
	assert_int_equal(h->nr_rec, 2);
}

/* A peer is of the same policy, and has not yet to forget another one's state. */
static void only_peers_are_looked_into(void **state)
{
	struct home *h = open_away("homely");
	struct np_instance other;
	struct np_running r;
	struct stranger s;

	(void)state;
	home_stranger(h, &s);
	home_runs(h, 2, &s.task);
	assert_ptr_equal(np_peer(&h->c, 2, &r), &s.task);
	assert_true(r.movable);
	s.proc.generation++;
	assert_null(np_peer(&h->c, 2, &r));
	np_task_refresh(&s.task);
	assert_non_null(np_peer(&h->c, 2, &r));
	assert_int_equal(np_instance_init(&other, "moron", NULL), 0);
	s.proc.inst = &other;
	assert_null(np_peer(&h->c, 2, &r));
	home_runs(h, 2, NULL);
	assert_null(np_peer(&h->c, 2, &r));
	assert_true(r.idle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_to_an_idle_cpu),
		cmocka_unit_test(or_trades_with_who_is_at_home_here),
		cmocka_unit_test(the_home_of_the_process_is_the_threads),
		cmocka_unit_test(who_is_in_a_group_goes_under_any_policy),
		cmocka_unit_test(a_group_may_trade_with_who_is_at_home_nowhere),
		cmocka_unit_test(nobody_goes_who_is_there_or_is_not_to),
		cmocka_unit_test(in_shadow_mode_it_is_only_told),
		cmocka_unit_test(who_has_gone_home_is_recorded_for_a_replay),
		cmocka_unit_test(only_peers_are_looked_into),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
