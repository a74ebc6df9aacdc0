// SPDX-License-Identifier: GPL-2.0
/* Pages and threads that come back are counted, and held when that is wanted. */
#include "common.h"

#include <stdio.h>

static struct {
	u64 bits;
	u64 entry[1 << NP_MOVES_MIN_BITS];
} moves;

/* moron, holding after @hold returns; the process has been scanned. */
static struct home *mover(int hold)
{
	static char spec[32];
	struct home *h;

	snprintf(spec, sizeof(spec), "moron:hold=%d", hold);
	h = home_open(NULL, spec);
	memset(&moves, 0, sizeof(moves));
	moves.bits = NP_MOVES_MIN_BITS;
	h->proc.moves = (struct np_moves *)&moves;
	return h;
}

/* The page is on node @from, and used on node @to. Return: it moved. */
static bool move(struct home *h, u64 addr, int from, int to)
{
	struct np_fault f = {
		.addr = addr, .pages = 1, .cpu = 0, .node = (s16)to,
		.page_node = (s16)from, .last_cpu = NP_NO_CPU,
		.last_node = NP_NO_NODE, .flags = NP_FAULT_FIRST,
	};
	struct np_decision d = np_decide(&h->c, &f);
	struct np_outcome o = {
		.node = d.verdict == NP_MOVE ? (s16)to : (s16)from,
		.moved = d.verdict == NP_MOVE,
	};

	np_account(&h->c, &f, &d, &o);
	return o.moved;
}

/* Groups of pages. */
static u64 returned(const struct home *h)
{
	return np_counter_read(&h->proc.counter[NP_C_RETURNED]) /
	       NP_MOVES_SAMPLE;
}

static u64 held(const struct home *h)
{
	return np_counter_read(&h->proc.reason[NP_R_PINGPONG]);
}

#define ADDR	0x7f0000008000ULL	/* of a page that stands for its neighbours */
#define PAGE	0x1000
#define LATELY	8	/* passes */
#define HOLD	64

static void a_page_that_comes_back_is_counted(void **state)
{
	struct home *h = mover(0);

	(void)state;
	assert_true(move(h, ADDR, 0, 1));
	assert_int_equal(returned(h), 0);
	assert_true(move(h, ADDR, 1, 0));
	assert_int_equal(returned(h), 1);
	assert_true(move(h, ADDR, 0, 1));
	assert_int_equal(returned(h), 2);
	assert_int_equal(held(h), 0);
}

static void going_on_is_not_coming_back(void **state)
{
	struct home *h = mover(0);

	(void)state;
	move(h, ADDR, 0, 1);
	move(h, ADDR, 1, 2);
	assert_int_equal(returned(h), 0);
	move(h, ADDR + NP_MOVES_SAMPLE * PAGE, 1, 0);
	assert_int_equal(returned(h), 0);
}

static void it_is_held_after_so_many_returns(void **state)
{
	struct home *h = mover(2);

	(void)state;
	assert_true(move(h, ADDR, 0, 1));
	assert_true(move(h, ADDR, 1, 0));
	assert_true(move(h, ADDR, 0, 1));
	assert_int_equal(returned(h), 2);
	assert_false(move(h, ADDR, 1, 0));
	assert_int_equal(held(h), 1);
	assert_true(move(h, ADDR + NP_MOVES_SAMPLE * PAGE, 1, 0));
}

static void what_is_long_ago_is_forgotten(void **state)
{
	struct home *h = mover(1);

	(void)state;
	move(h, ADDR, 0, 1);
	move(h, ADDR, 1, 0);
	h->proc.scan.passes += HOLD;
	assert_false(move(h, ADDR, 0, 1));
	h->proc.scan.passes++;
	assert_true(move(h, ADDR, 0, 1));
	assert_int_equal(returned(h), 1);
}

/* Who asks for two accesses needs a pass for each, there and back again. */
static void a_two_stage_filter_is_quick_enough_to_count(void **state)
{
	struct home *h = mover(0);

	(void)state;
	move(h, ADDR, 0, 1);
	h->proc.scan.passes += 2 + 2;
	move(h, ADDR, 1, 0);
	assert_int_equal(returned(h), 1);
	h->proc.scan.passes += LATELY;
	move(h, ADDR, 0, 1);
	assert_int_equal(returned(h), 2);
	h->proc.scan.passes += LATELY + 1;
	move(h, ADDR, 1, 0);
	assert_int_equal(returned(h), 2);
}

static void neighbours_are_held_along(void **state)
{
	struct home *h = mover(1);

	(void)state;
	move(h, ADDR, 0, 1);
	move(h, ADDR + PAGE, 0, 1);
	move(h, ADDR, 1, 0);
	assert_int_equal(returned(h), 1);
	move(h, ADDR + PAGE, 1, 0);
	assert_int_equal(returned(h), 1);
	assert_false(move(h, ADDR + 7 * PAGE, 0, 1));
	assert_true(move(h, ADDR + 8 * PAGE, 0, 1));
}

static void larger_processes_have_more_room(void **state)
{
	(void)state;
	assert_int_equal(np_moves_bits(0), NP_MOVES_MIN_BITS);
	assert_int_equal(np_moves_bits(4096), NP_MOVES_MIN_BITS);
	assert_int_equal(np_moves_bits(4097), NP_MOVES_MIN_BITS + 1);
	assert_int_equal(np_moves_bits(1 << 20), NP_MOVES_MAX_BITS);
	assert_int_equal(np_moves_bits(~0ULL), NP_MOVES_MAX_BITS);
	assert_int_equal(np_moves_bytes(9), 8 + 4096);
}

/* Also what a worker moves. */
static void queued_pages_count(void **state)
{
	struct home *h = mover(0);

	(void)state;
	np_worked(&h->c, ADDR, 1, 0, 1, NP_R_NONE);
	np_worked(&h->c, ADDR, 1, 1, 0, NP_R_MOVE_FAILED);
	assert_int_equal(returned(h), 0);
	np_worked(&h->c, ADDR, 1, 1, 0, NP_R_NONE);
	assert_int_equal(returned(h), 1);
}

static void without_memory_nothing_is_counted(void **state)
{
	struct home *h = mover(1);

	(void)state;
	h->proc.moves = NULL;
	move(h, ADDR, 0, 1);
	assert_true(move(h, ADDR, 1, 0));
	assert_true(move(h, ADDR, 0, 1));
	assert_int_equal(returned(h), 0);
}

static void another_policy_begins_anew(void **state)
{
	struct home *h = mover(1);

	(void)state;
	move(h, ADDR, 0, 1);
	np_proc_start(&h->proc, &h->inst);
	assert_true(move(h, ADDR, 1, 0));
	assert_int_equal(returned(h), 0);
}

/* ------------------------------------------------------------------- threads */

static const struct np_param no_params[1];
static struct np_task_ask wish;

static void wish_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)c;
	*ask = wish;
}

static const struct np_policy_ops wisher = {
	.place = wish_place,
	.name = "wisher",
	.summary = "test: wants to move",
	.need = NP_CAN_MOVE | NP_CAN_SWAP,
	.params = no_params,
};

static bool may_move_to(struct home *h, int nid)
{
	wish = (struct np_task_ask){ .verb = NP_TASK_MOVE, .nid = (s16)nid,
				     .cpu = NP_NO_CPU };
	h->c.now_ns++;
	h->task.place_ns = 1;
	return np_place(&h->c).verb == NP_TASK_MOVE;
}

static void a_thread_that_comes_back_is_held(void **state)
{
	struct home *h = home_open(&wisher, "wisher:hold=1");

	(void)state;
	np_came(&h->c, 0, 1);
	assert_true(may_move_to(h, 0));
	np_came(&h->c, 1, 0);
	assert_int_equal(np_counter_read(&h->proc.counter[NP_C_TASK_RETURNED]),
			 1);
	assert_false(may_move_to(h, 1));
	h->proc.scan.passes += HOLD + 1;
	assert_true(may_move_to(h, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_comes_back_is_counted),
		cmocka_unit_test(going_on_is_not_coming_back),
		cmocka_unit_test(it_is_held_after_so_many_returns),
		cmocka_unit_test(what_is_long_ago_is_forgotten),
		cmocka_unit_test(a_two_stage_filter_is_quick_enough_to_count),
		cmocka_unit_test(neighbours_are_held_along),
		cmocka_unit_test(larger_processes_have_more_room),
		cmocka_unit_test(queued_pages_count),
		cmocka_unit_test(without_memory_nothing_is_counted),
		cmocka_unit_test(another_policy_begins_anew),
		cmocka_unit_test(a_thread_that_comes_back_is_held),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
