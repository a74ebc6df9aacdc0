// SPDX-License-Identifier: GPL-2.0
/*
 * The test policies themselves: both ends of the contract work, and the fakes
 * do what other tests (here and in the kernel) take for granted.
 */
#include "common.h"

static struct np_decision one_fault(struct home *h, int page_node, int node)
{
	struct np_fault f = home_fault(page_node, node);
	struct np_decision d = np_decide(&h->c, &f);
	struct np_outcome o = { .node = page_node };

	if (d.verdict == NP_MOVE) {
		o.node = d.nid;
		o.moved = true;
	}
	np_account(&h->c, &f, &d, &o);
	return d;
}

static void one_window(struct home *h)
{
	struct np_scan_plan plan = np_scan_begin(&h->c);

	np_scan_marked(&h->c, plan.pages, plan.pages);
	np_scan_end(&h->c, &plan, false, 0);
}

/* A whole life: born, scanned, faulting, a pass, exec, the end. */
static void live(struct home *h)
{
	np_fork(&h->c, NULL);
	one_window(h);
	one_fault(h, NODE_A, NODE_B);
	np_scan_pass(&h->c);
	np_exec(&h->c);
	np_exit(&h->c, true);
}

/* --------------------------------------------------------------- minimal */

static void minimal_lives_and_moves_nothing(void **state)
{
	struct home *h = home_open(&np_test_minimal, "minimal");

	(void)state;
	live(h);
	assert_int_equal(counter(h, NP_C_FAULTS), 1);
	assert_int_equal(counter(h, NP_C_SCAN_WINDOWS), 1);
	assert_int_equal(counter(h, NP_C_SCAN_PASSES), 1);
	assert_int_equal(reason(h, NP_R_OBSERVE), 1);
	assert_int_equal(counter(h, NP_C_MOVED), 0);
	assert_int_equal(h->inst.strikes, 0);
}

static void minimal_has_only_what_is_required(void **state)
{
	static const struct np_policy_ops required;
	struct np_policy_ops ops = np_test_minimal;

	(void)state;
	ops.name = NULL;
	ops.summary = NULL;
	assert_memory_equal(&ops, &required, sizeof(ops));
}

/* --------------------------------------------------------------- maximal */

/* Every verb the core calls is called once, with process and thread. */
static void assert_verbs_called_once(const u64 *slot)
{
	assert_int_equal(CALLS(slot, page), 1);
	assert_int_equal(CALLS(slot, account), 1);
	assert_int_equal(CALLS(slot, scan_plan), 1);
	assert_int_equal(CALLS(slot, pass_done), 1);
	assert_int_equal(CALLS(slot, fork), 1);
	assert_int_equal(CALLS(slot, exec), 1);
	assert_int_equal(CALLS(slot, exit), 1);
}

static void maximal_counts_every_verb_once_in_a_life(void **state)
{
	struct home *h = home_open(&np_test_maximal, "maximal");

	(void)state;
	live(h);
	assert_verbs_called_once(h->proc.slot);
	assert_verbs_called_once(h->task.slot);
	assert_int_equal(h->inst.strikes, 0);
}

static void maximal_all_counts_every_verb_once_in_a_life(void **state)
{
	struct home *h = home_open(&np_test_maximal_all, "maximal_all");

	(void)state;
	live(h);
	assert_verbs_called_once(h->proc.slot);
	assert_verbs_called_once(h->task.slot);
	assert_int_equal(h->inst.strikes, 0);
}

static void maximal_lives_without_a_thread_state(void **state)
{
	struct home *h = home_open(&np_test_maximal, "maximal");

	(void)state;
	h->c.task = NULL;
	live(h);
	assert_int_equal(CALLS(h->proc.slot, page), 0);
	assert_int_equal(CALLS(h->proc.slot, account), 1);
	assert_int_equal(reason(h, NP_R_NO_STATE), 1);
}

/* To the last word, and no further: the sanitizer watches what is behind. */
static void maximal_fills_its_slots_to_the_brim(void **state)
{
	struct home *h = home_open(&np_test_maximal, "maximal");
	u32 *proc = (u32 *)h->proc.slot, *task = (u32 *)h->task.slot;

	(void)state;
	assert_int_equal(np_test_maximal.task_size, NP_TASK_SLOT);
	assert_int_equal(np_test_maximal.proc_size, NP_PROC_SLOT);
	one_fault(h, NODE_A, NODE_B);
	assert_int_equal(proc[NP_PROC_SLOT / 4 - 1], ~0U);
	assert_int_equal(task[NP_TASK_SLOT / 4 - 1], ~0U);
	assert_int_equal(counter(h, NP_C_FAULTS), 1);
}

static void a_new_policy_finds_no_counts_of_the_last(void **state)
{
	struct home *h = home_open(&np_test_maximal, "maximal");

	(void)state;
	one_fault(h, NODE_A, NODE_B);
	np_proc_start(&h->proc, &h->inst);
	np_task_refresh(&h->task);
	one_fault(h, NODE_A, NODE_B);
	assert_int_equal(CALLS(h->proc.slot, page), 1);
	assert_int_equal(CALLS(h->task.slot, page), 1);
}

static void maximal_moves_as_its_parameter_says(void **state)
{
	struct home *h = home_open(&np_test_maximal, "maximal:moving=0,bias=-7%");

	(void)state;
	assert_int_equal(one_fault(h, NODE_A, NODE_B).verdict, NP_STAY);
	h = home_open(&np_test_maximal, "maximal:moving=1");
	assert_int_equal(one_fault(h, NODE_A, NODE_B).verdict, NP_MOVE);
	assert_int_equal(one_fault(h, NODE_B, NODE_B).verdict, NP_STAY);
}

static void maximal_all_queues(void **state)
{
	struct home *h = home_open(&np_test_maximal_all, "maximal_all");

	(void)state;
	assert_int_equal(one_fault(h, NODE_A, NODE_B).verdict, NP_QUEUE);
}

static void maximal_all_asks_for_the_node_of_most_faults(void **state)
{
	struct home *h = home_open(&np_test_maximal_all, "maximal_all");
	struct np_task_ask ask;

	(void)state;
	one_fault(h, NODE_A, NODE_B);	/* queued for B */
	one_fault(h, NODE_A, NODE_B);
	one_fault(h, NODE_A, NODE_A);
	ask = np_scan_pass(&h->c);
	assert_int_equal(ask.verb, NP_TASK_HOME);
	assert_int_equal(ask.nid, NODE_B);
}

/* The core calls these three for no home yet: called as a home would. */
static void maximal_all_hears_of_groups_and_memory_policies(void **state)
{
	struct home *h = home_open(&np_test_maximal_all, "maximal_all");

	(void)state;
	h->inst.ops->group_join(&h->c, 1);
	h->inst.ops->group_leave(&h->c, 1);
	h->inst.ops->mem_policy(&h->c, NP_MEM_POLICY_SET);
	assert_int_equal(CALLS(h->proc.slot, group_join), 1);
	assert_int_equal(CALLS(h->proc.slot, group_leave), 1);
	assert_int_equal(CALLS(h->proc.slot, mem_policy), 1);
}

/* ---------------------------------------------------------------- balance */

static unsigned int waiting[HOME_NODES], pulled;

static bool next_entity(struct np_balance *b, int from, struct np_entity *e)
{
	(void)b;
	if (!waiting[from])
		return false;
	waiting[from]--;
	*e = (struct np_entity){ .id = 1, .home = from };
	return true;
}

static bool pull_entity(struct np_balance *b, const struct np_entity *e,
			enum np_reason why)
{
	(void)b;
	(void)e;
	(void)why;
	pulled++;
	return true;
}

/* The only verb without a process. */
static void maximal_all_balances_what_is_elsewhere(void **state)
{
	struct home *h = home_open(&np_test_maximal_all, "maximal_all");
	struct np_balance b = { NODE_A, next_entity, pull_entity };

	(void)state;
	waiting[NODE_A] = 5;
	waiting[NODE_B] = 2;
	waiting[NODE_FAR] = 1;
	pulled = 0;
	h->c.proc = NULL;
	h->c.task = NULL;
	h->inst.ops->balance(&h->c, &b);
	assert_int_equal(pulled, 3);
	assert_int_equal(waiting[NODE_A], 5);
}

/* ------------------------------------------------------------------ rogue */

static void assert_first_answer(const char *spec, enum np_verdict verdict,
				enum np_reason why)
{
	struct home *h = home_open(&np_test_rogue, spec);
	struct np_decision d = one_fault(h, NODE_A, NODE_B);

	assert_int_equal(d.verdict, verdict);
	assert_int_equal(d.reason, why);
}

static void every_mode_of_rogue_is_bad_in_its_way(void **state)
{
	(void)state;
	assert_first_answer("rogue", NP_REFUSED, NP_R_BAD_NODE);
	assert_first_answer("rogue:mode=0", NP_REFUSED, NP_R_BAD_NODE);
	assert_first_answer("rogue:mode=1", NP_REFUSED, NP_R_BAD_NODE);
	assert_first_answer("rogue:mode=2", NP_REFUSED, NP_R_BAD_ANSWER);
	assert_first_answer("rogue:mode=3", NP_REFUSED, NP_R_BAD_ANSWER);
	assert_first_answer("rogue:mode=4", NP_REFUSED, NP_R_BAD_ANSWER);
	assert_first_answer("rogue:mode=5", NP_REFUSED, NP_R_OFFLINE);
	assert_first_answer("rogue:mode=6", NP_STAY, NP_R_OBSERVE);
}

static void rogue_takes_turns_from_good_to_bad(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue:mode=6");
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		assert_int_equal(one_fault(h, NODE_A, NODE_B).verdict, NP_STAY);
		assert_int_equal(one_fault(h, NODE_A, NODE_B).reason,
				 NP_R_BAD_NODE);
	}
}

static void rogue_survives_a_machine_full_of_memory(void **state)
{
	static const u8 flags[] = { NP_NODE_MEMORY | NP_NODE_CPU };
	struct home *h = home_open(&np_test_rogue, "rogue:mode=5");

	(void)state;
	h->m.nr_nodes = 1;
	h->m.node_flags = flags;
	assert_int_equal(one_fault(h, NODE_A, NODE_A).verdict, NP_STAY);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest policies[] = {
		T(minimal_lives_and_moves_nothing),
		T(minimal_has_only_what_is_required),
		T(maximal_counts_every_verb_once_in_a_life),
		T(maximal_all_counts_every_verb_once_in_a_life),
		T(maximal_lives_without_a_thread_state),
		T(maximal_fills_its_slots_to_the_brim),
		T(a_new_policy_finds_no_counts_of_the_last),
		T(maximal_moves_as_its_parameter_says),
		T(maximal_all_queues),
		T(maximal_all_asks_for_the_node_of_most_faults),
		T(maximal_all_hears_of_groups_and_memory_policies),
		T(maximal_all_balances_what_is_elsewhere),
		T(every_mode_of_rogue_is_bad_in_its_way),
		T(rogue_takes_turns_from_good_to_bad),
		T(rogue_survives_a_machine_full_of_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(policies, NULL, NULL);
}
