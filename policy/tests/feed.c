// SPDX-License-Identifier: GPL-2.0
/*
 * The feed: what the policy was called with, told so that all its calls can be
 * made again (numaplace/record.h).
 */
#include "common.h"

static struct home *listen(const struct np_policy_ops *ops, const char *spec)
{
	struct home *h = home_open(ops, spec);

	h->m.mute = NP_MUTE_NOTHING;
	return h;
}

static const struct np_record *last(const struct home *h)
{
	assert_true(h->nr_rec > 0 && h->nr_rec <= h->room);
	return &h->rec[h->nr_rec - 1];
}

/* The only record so far, of this type, about this thread at this time. */
static const struct np_record *only(const struct home *h, int type)
{
	const struct np_record *rec = last(h);

	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(rec->type, type);
	assert_int_equal(rec->pid, HOME_PID);
	assert_int_equal(rec->tid, HOME_TID);
	assert_int_equal(rec->time_ns, HOME_TIME);
	return rec;
}

/* ------------------------------------------------------------------- pages */

static void a_page_that_stayed_is_told_with_its_whole_sample(void **state)
{
	struct home *h = listen(NULL, "none");
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_stay(NP_R_OBSERVE);
	struct np_outcome o = { .node = NODE_A, .ns = 77 };
	const struct np_record *rec;

	(void)state;
	f.last_cpu = 7;
	f.last_node = NODE_FAR;
	np_account(&h->c, &f, &d, &o);
	rec = only(h, NP_REC_KEPT);
	assert_int_equal(rec->addr, f.addr);
	assert_int_equal(rec->pages, f.pages);
	assert_int_equal(rec->cpu, f.cpu);
	assert_int_equal(rec->node, NODE_B);
	assert_int_equal(rec->last_cpu, 7);
	assert_int_equal(rec->last_node, NODE_FAR);
	assert_int_equal(rec->src, NODE_A);
	assert_int_equal(rec->dst, NODE_A);
	assert_int_equal(rec->flags, f.flags);
	assert_int_equal(rec->reason, NP_R_OBSERVE);
	assert_int_equal(rec->value, 77);
	assert_int_equal(rec->state, NP_STATE_TASK);
}

static void every_outcome_is_told_exactly_once(void **state)
{
	struct home *h = listen(NULL, "moron");
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_decide(&h->c, &f);
	struct np_outcome o = { .node = NODE_B, .moved = true, .ns = 1 };

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(last(h)->type, NP_REC_MOVED);
	assert_int_equal(last(h)->value, 1);
	o = (struct np_outcome){ .node = NODE_A, .failed = true, .ns = 2 };
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(h->nr_rec, 3);
	assert_int_equal(last(h)->type, NP_REC_FAILED);
	assert_int_equal(last(h)->value, 2);
}

/* The state before the answer: this answer ejects, the next one is not asked. */
static void a_decision_is_told_with_the_state_it_was_made_in(void **state)
{
	struct home *h = listen(&np_test_rogue, "rogue:mode=0");
	struct np_fault f = home_fault(NODE_A, NODE_B);
	int i;

	(void)state;
	for (i = 0; i < NP_EJECT_STRIKES; i++)
		np_decide(&h->c, &f);
	assert_true(h->inst.ejected);
	assert_int_equal(last(h)->state, NP_STATE_TASK);
	assert_int_equal(last(h)->reason, NP_R_BAD_NODE);
	np_decide(&h->c, &f);
	assert_int_equal(last(h)->state, NP_STATE_TASK | NP_STATE_EJECTED);
	assert_int_equal(last(h)->reason, NP_R_EJECTED);
}

/* -------------------------------------------------------------------- scan */

static void a_scan_call_is_told_from_begin_to_end(void **state)
{
	struct home *h = listen(NULL, "none");
	struct np_scan_plan plan;

	(void)state;
	h->proc.scan.offset = 0x1000;
	plan = np_scan_begin(&h->c);
	h->proc.scan.offset = 0x9000;
	np_scan_marked(&h->c, 8, 5);
	np_scan_end(&h->c, &plan, false, 4321);
	assert_int_equal(h->nr_rec, 3);
	assert_int_equal(h->rec[0].type, NP_REC_PLAN);
	assert_int_equal(h->rec[0].addr, 0x1000);
	assert_int_equal(h->rec[0].pages, plan.pages);
	assert_int_equal(h->rec[0].value >> 32, plan.period_ms);
	assert_int_equal((u32)h->rec[0].value, plan.budget_us);
	assert_int_equal(h->rec[1].type, NP_REC_MARKED);
	assert_int_equal(h->rec[1].addr, 0x9000);
	assert_int_equal(h->rec[1].pages, 5);
	assert_int_equal(h->rec[1].value, 8);
	assert_int_equal(h->rec[2].type, NP_REC_SCANNED);
	assert_int_equal(h->rec[2].flags, false);
	assert_int_equal(h->rec[2].value, 4321);
}

static void a_window_ends_after_the_call_that_ended_it(void **state)
{
	struct home *h = listen(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	np_scan_end(&h->c, &plan, true, 1);
	assert_int_equal(h->nr_rec, 3);
	assert_int_equal(h->rec[1].type, NP_REC_SCANNED);
	assert_int_equal(h->rec[1].flags, true);
	assert_int_equal(h->rec[2].type, NP_REC_WINDOW);
}

/* -------------------------------------------------------------------- life */

/* The text that the first @nr records spell. */
static void read_spec(const struct home *h, size_t nr, char *text)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct np_record *rec = &h->rec[i];

		assert_int_equal(rec->type, NP_REC_SPEC);
		assert_int_equal(rec->pages, i * NP_SPEC_PIECE);
		memcpy(text + rec->pages, &rec->addr, 8);
		memcpy(text + rec->pages + 8, &rec->value, 8);
	}
}

static void assert_spelt(const char *spec, size_t pieces)
{
	struct home *h = listen(NULL, spec);
	char text[NP_SPEC_LEN];

	np_fork(&h->c, NULL);
	assert_int_equal(h->nr_rec, pieces + 1);
	read_spec(h, pieces, text);
	assert_string_equal(text, spec);
	assert_int_equal(last(h)->type, NP_REC_ATTACH);
	assert_int_equal(last(h)->value, NP_CAN_ALL);
}

static void a_takeover_spells_the_policy_first(void **state)
{
	(void)state;
	assert_spelt("none", 1);
	assert_spelt("none:scan_size=8", 2);	/* 16 letters and the end */
	assert_spelt("moron:scan_delay=0,scan_period=100", 3);
}

static void a_birth_names_the_parent(void **state)
{
	struct home *h = listen(NULL, "none");
	struct np_proc parent = { .pid = 12 };

	(void)state;
	np_fork(&h->c, &parent);
	assert_int_equal(only(h, NP_REC_FORK)->value, 12);
}

static void exec_exit_threads_and_the_end_are_told(void **state)
{
	struct home *h = listen(NULL, "none");

	(void)state;
	np_exec(&h->c);
	only(h, NP_REC_EXEC);
	h->nr_rec = 0;
	np_exit(&h->c, false);
	assert_int_equal(only(h, NP_REC_EXIT)->flags, false);
	h->nr_rec = 0;
	np_exit(&h->c, true);
	assert_int_equal(only(h, NP_REC_EXIT)->flags, true);
	h->nr_rec = 0;
	np_task_start(&h->c);
	assert_int_equal(only(h, NP_REC_THREAD)->state, NP_STATE_TASK);
	h->nr_rec = 0;
	np_proc_end(&h->c);
	only(h, NP_REC_GONE);
}

/* Once per thread and pass, however often it is asked. */
static void a_thread_s_turn_to_wish_is_told_once(void **state)
{
	struct home *h = listen(NULL, "none");

	(void)state;
	np_place(&h->c);
	assert_int_equal(h->nr_rec, 0);
	np_scan_pass(&h->c);
	np_place(&h->c);
	np_place(&h->c);
	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(last(h)->type, NP_REC_PLACE);
}

/* The event comes before what the policy makes of it. */
static void a_wish_comes_after_what_caused_it(void **state)
{
	struct home *h = listen(&np_test_maximal_all, "maximal_all");

	(void)state;
	np_stats_add(h->task.stats, NODE_B, true, 9);
	np_scan_pass(&h->c);
	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(h->rec[0].type, NP_REC_PASS);
	assert_int_equal(h->rec[1].type, NP_REC_TASK);
}

/* Nothing of all this counts anything: sums with and without are the same. */
static void life_counts_nothing(void **state)
{
	struct home *h = listen(NULL, "none");
	int i;

	(void)state;
	np_fork(&h->c, NULL);
	np_task_start(&h->c);
	np_exec(&h->c);
	np_exit(&h->c, true);
	np_proc_end(&h->c);
	for (i = 0; i < NP_NR_COUNTERS; i++)
		assert_int_equal(counter(h, i), 0);
	assert_int_equal(all_reasons(h), 0);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest feed[] = {
		T(a_page_that_stayed_is_told_with_its_whole_sample),
		T(every_outcome_is_told_exactly_once),
		T(a_decision_is_told_with_the_state_it_was_made_in),
		T(a_scan_call_is_told_from_begin_to_end),
		T(a_window_ends_after_the_call_that_ended_it),
		T(a_takeover_spells_the_policy_first),
		T(a_birth_names_the_parent),
		T(exec_exit_threads_and_the_end_are_told),
		T(a_thread_s_turn_to_wish_is_told_once),
		T(a_wish_comes_after_what_caused_it),
		T(life_counts_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(feed, NULL, NULL);
}
