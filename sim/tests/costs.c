// SPDX-License-Identifier: GPL-2.0
/* What things cost, as it is asked for. */
#include "common.h"

static void kinds_have_names(void **state)
{
	struct sim_costs server, emulated;

	(void)state;
	assert_true(sim_costs_read(&server, "server"));
	assert_true(sim_costs_read(&emulated, "emulated"));
	assert_string_equal(emulated.name, "emulated");
	assert_true(emulated.move_ns > server.move_ns);
}

static void a_slower_host_works_longer(void **state)
{
	struct sim_costs one, three;

	(void)state;
	assert_true(sim_costs_read(&one, "emulated"));
	assert_true(sim_costs_read(&three, "emulated:slower=3.5"));
	assert_string_equal(three.name, "emulated:slower=3.5");
	assert_true(three.move_ns == 3.5 * one.move_ns);
	assert_true(three.access_ns == 3.5 * one.access_ns);
	assert_true(three.fault_wait_ns == 3.5 * one.fault_wait_ns);
	assert_true(three.numab_move_ns == 3.5 * one.numab_move_ns);
	assert_true(three.numab_ns == 3.5 * one.numab_ns);
	assert_true(three.numab_luck == one.numab_luck);
	assert_true(three.flush_wait_ns == one.flush_wait_ns);
	assert_true(three.host_cpus == one.host_cpus);
}

static void who_marks_may_wait_longer(void **state)
{
	struct sim_costs one, busy, both;

	(void)state;
	assert_true(sim_costs_read(&one, "emulated"));
	assert_true(sim_costs_read(&busy, "emulated:wait=2"));
	assert_true(busy.lock_wait_ns == 2 * one.lock_wait_ns);
	assert_true(busy.move_ns == one.move_ns);
	assert_true(sim_costs_read(&both, "emulated:slower=3,wait=2"));
	assert_true(both.lock_wait_ns == busy.lock_wait_ns);
	assert_true(both.move_ns == 3 * one.move_ns);
}

static void its_memory_is_as_fast(void **state)
{
	struct sim_costs one, half;

	(void)state;
	assert_true(sim_costs_read(&one, "server"));
	assert_true(sim_costs_read(&half, "server:slower=0.5"));
	assert_true(half.local_ns == one.local_ns);
	assert_true(half.node_bytes == one.node_bytes);
	assert_true(half.fault_ns == one.fault_ns / 2);
}

static void what_is_neither_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "moon", "serve", "servers", ":slower=2", "server:", "server:2",
		"server:slower=", "server:slower=x", "server:slower=0",
		"server:slower=0.09", "server:slower=100.1", "server:slower=-1",
		"server:slower=1e1", "server:slower=0x10", "server:slower=nan",
		"server:slower=inf", "server:slower=2 ", "server:slower=1.2.3",
		"server:slower=2:slower=2", "server:faster=2", "server:wait",
		"server:slower=2,", "server:,slower=2", "server:slower=2,wait=0",
		"server:wait=2 ,slower=2",
		"server:slower=1.00000000000000000000000000000000000",
	};
	struct sim_costs costs;

	(void)state;
	strcpy(costs.name, "as it was");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(sim_costs_read(&costs, wrong[i]));
	assert_string_equal(costs.name, "as it was");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(a_slower_host_works_longer),
		cmocka_unit_test(who_marks_may_wait_longer),
		cmocka_unit_test(its_memory_is_as_fast),
		cmocka_unit_test(what_is_neither_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
