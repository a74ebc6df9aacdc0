// SPDX-License-Identifier: GPL-2.0
/* NUMA groups: who joins whom, what is brought along, and what stays. */
#include "common.h"

#include <stdlib.h>

/* Of all test homes here; what they have handed out and not got back. */
static struct np_home_ops ops;
static int groups;
static struct np_proc *sharer;

static struct np_group *group_new(const struct np_machine *m)
{
	groups++;
	return calloc(1, np_group_bytes(m->nr_nodes));
}

static struct np_group *no_group(const struct np_machine *m)
{
	(void)m;
	return NULL;
}

static void group_free(struct np_group *g)
{
	groups--;
	free(g);
}

/* As in a kernel whose readers have not all gone on. */
static void kept(struct np_group *g)
{
	(void)g;
}

static struct np_proc *who_shares(const struct np_ctx *c,
				  const struct np_fault *f)
{
	(void)c;
	(void)f;
	return sharer;
}

/* Another process, and the surroundings of calls about it. */
struct other {
	struct np_proc proc;
	struct np_ctx c;
};

static void give_group(struct home *h, struct np_proc *p)
{
	struct np_group *g = np_group_new(&h->m, p->pid);

	assert_non_null(g);
	np_group_set(p, g);
}

static struct home *home(void)
{
	struct home *h = home_open(NULL, "mainline");

	ops = *h->m.home;
	ops.group_new = group_new;
	ops.group_free = group_free;
	ops.sharer = who_shares;
	h->m.home = &ops;
	h->m.mute = NP_MUTE_NOTHING;
	groups = 0;
	give_group(h, &h->proc);
	return h;
}

static struct other other(struct home *h, u32 pid)
{
	struct other o = { .proc.pid = pid, .c = h->c };

	give_group(h, &o.proc);
	np_proc_start(&o.proc, &h->inst);
	o.c.task = NULL;
	return o;
}

static void close_all(struct home *h, struct other *o, int n)
{
	np_group_leave(&h->m, &h->proc);
	while (n--)
		np_group_leave(&h->m, &o[n].proc);
	assert_int_equal(groups, 0);
}

/* A fault on a page that a thread of @of touched last. */
static struct np_fault shared(struct np_proc *of)
{
	struct np_fault f = home_refault(NODE_A, NODE_A, 2);

	f.flags |= NP_FAULT_SHARED;
	sharer = of;
	return f;
}

static void fault(struct np_ctx *c, const struct np_fault *f)
{
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct np_outcome o = { .node = f->page_node };

	np_account(c, f, &d, &o);
}

static void met(struct home *h, struct np_proc *of)
{
	struct np_fault f = shared(of);

	fault(&h->c, &f);
}

#define SMALLER	(HOME_PID - 1)
#define LARGER	(HOME_PID + 1)

static void of_two_alike_one_goes_over(void **state)
{
	struct home *h = home();
	struct other o[2] = { other(h, LARGER), other(h, SMALLER) };

	(void)state;
	met(h, &o[0].proc);
	assert_int_equal(h->proc.group->id, HOME_PID);
	met(h, &o[1].proc);
	assert_ptr_equal(h->proc.group, o[1].proc.group);
	assert_int_equal(h->proc.group->id, SMALLER);
	assert_int_equal(h->proc.group->procs, 2);
	assert_int_equal(groups, 2);
	close_all(h, o, 2);
}

static void the_larger_one_wins(void **state)
{
	struct home *h = home();
	struct other o[2] = { other(h, LARGER), other(h, LARGER + 1) };

	(void)state;
	o[1].c.proc = &o[1].proc;
	assert_true(np_group_join(&o[1].c, &o[0].proc));
	met(h, &o[1].proc);
	assert_int_equal(h->proc.group->id, LARGER);
	assert_int_equal(h->proc.group->procs, 3);
	met(h, &o[0].proc);
	assert_int_equal(h->proc.group->procs, 3);
	close_all(h, o, 2);
}

static void the_join_is_shown(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);

	(void)state;
	met(h, &o.proc);
	assert_int_equal(h->rec[0].type, NP_REC_JOINED);
	assert_int_equal(h->rec[0].value, SMALLER);
	assert_int_equal(h->rec[0].pid, HOME_PID);
	close_all(h, &o, 1);
}

static void only_shared_writable_memory_brings_together(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);
	struct np_fault f = shared(&o.proc);

	(void)state;
	f.flags &= (u8)~NP_FAULT_WRITABLE;
	fault(&h->c, &f);
	f = shared(&o.proc);
	f.flags |= NP_FAULT_PRIVATE;
	fault(&h->c, &f);
	f = shared(&o.proc);
	f.flags |= NP_FAULT_FIRST;
	fault(&h->c, &f);
	f = shared(&o.proc);
	f.flags &= (u8)~NP_FAULT_SHARED;
	fault(&h->c, &f);
	f = shared(NULL);
	fault(&h->c, &f);
	assert_int_equal(h->proc.group->procs, 1);
	close_all(h, &o, 1);
}

static void a_lone_process_brings_what_it_knows(void **state)
{
	struct home *h = home();
	struct other o[2] = { other(h, SMALLER), other(h, SMALLER - 1) };

	(void)state;
	np_stats_add(h->proc.stats, NODE_B, true, 10);
	np_stats_add(h->proc.stats, NODE_FAR, false, 20);
	np_stats_add_cpu(h->proc.stats, NODE_A, 30);
	np_stats_add(o[0].proc.stats, NODE_B, true, 5);
	assert_true(np_group_join(&h->c, &o[0].proc));
	assert_ptr_equal(h->proc.stats, o[0].proc.stats);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_B), 15);
	assert_int_equal(np_stats_count(h->proc.stats, NODE_FAR,
					NP_STATS_SHARED), 20);
	assert_int_equal(np_stats_cpu(h->proc.stats, NODE_A), 30);
	assert_int_equal(h->proc.stats->total, 35);
	/* ..but out of company it takes nothing along. */
	assert_true(np_group_join(&h->c, &o[1].proc));
	assert_int_equal(h->proc.stats->total, 0);
	assert_int_equal(o[0].proc.stats->total, 35);
	close_all(h, o, 2);
}

static void all_count_for_it(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);
	struct np_fault f = home_fault(NODE_A, NODE_A);

	(void)state;
	np_group_join(&h->c, &o.proc);
	o.c.proc = &o.proc;
	fault(&h->c, &f);
	fault(&o.c, &f);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_A), 2);
	close_all(h, &o, 1);
}

/* Or what many have seen would be forgotten so many times as fast. */
static void a_pass_of_each_is_one_of_the_group(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);

	(void)state;
	np_group_join(&h->c, &o.proc);
	np_stats_add(h->proc.stats, NODE_A, true, 8);
	np_scan_pass(&h->c);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_A), 8);
	np_scan_pass(&h->c);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_A), 4);
	close_all(h, &o, 1);
}

static void a_new_program_shares_nothing(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);

	(void)state;
	np_stats_add(h->proc.stats, NODE_A, true, 8);
	np_exec(&h->c);
	assert_int_equal(h->proc.stats->total, 0);
	np_group_join(&h->c, &o.proc);
	np_stats_add(h->proc.stats, NODE_A, true, 8);
	np_exec(&h->c);
	assert_int_equal(h->proc.group->id, HOME_PID);
	assert_int_equal(h->proc.group->procs, 1);
	assert_int_equal(h->proc.stats->total, 0);
	assert_int_equal(o.proc.stats->total, 8);
	close_all(h, &o, 1);
}

static void without_memory_it_stays_with_the_others(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);

	(void)state;
	np_group_join(&h->c, &o.proc);
	ops.group_new = no_group;
	assert_null(np_group_new(&h->m, 1));
	np_exec(&h->c);
	assert_ptr_equal(h->proc.group, o.proc.group);
	close_all(h, &o, 1);
}

/* A scan may end after its process was let go, and its group freed. */
static void who_has_left_may_still_be_called(void **state)
{
	struct home *h = home();
	struct np_fault f = home_fault(NODE_A, NODE_A);

	(void)state;
	np_group_leave(&h->m, &h->proc);
	assert_int_equal(groups, 0);
	fault(&h->c, &f);
	np_scan_pass(&h->c);
	np_place(&h->c);
	assert_int_equal(h->proc.stats->total, 0);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_A), 0);
	assert_int_equal(np_stats_max(h->proc.stats), NP_NO_NODE);
}

static void it_outlives_who_founded_it(void **state)
{
	struct home *h = home();
	struct other o[2] = { other(h, SMALLER), other(h, LARGER) };

	(void)state;
	np_group_join(&h->c, &o[0].proc);
	np_group_leave(&h->m, &o[0].proc);
	assert_int_equal(h->proc.group->id, SMALLER);
	assert_int_equal(h->proc.group->procs, 1);
	assert_int_equal(groups, 2);
	close_all(h, o, 2);
}

/* Between the look at its process and the join the last one may have left. */
static void nobody_joins_what_has_ended(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);
	struct np_group *g = o.proc.group;

	(void)state;
	ops.group_free = kept;
	np_group_leave(&h->m, &o.proc);
	o.proc.group = g;
	assert_false(np_group_join(&h->c, &o.proc));
	o.proc.group = NULL;
	assert_int_equal(h->proc.group->id, HOME_PID);
	assert_int_equal(h->nr_rec, 0);
	group_free(g);
	ops.group_free = group_free;
	close_all(h, &o, 0);
}

static u32 joined, left;

static void note_join(const struct np_ctx *c, u32 id)
{
	(void)c;
	joined = id;
}

static void note_leave(const struct np_ctx *c, u32 id)
{
	(void)c;
	left = id;
}

static void policies_are_told(void **state)
{
	struct home *h = home();
	struct other o = other(h, SMALLER);
	struct np_policy_ops teller = *h->inst.ops;

	(void)state;
	teller.group_join = note_join;
	teller.group_leave = note_leave;
	h->inst.ops = &teller;
	np_group_join(&h->c, &o.proc);
	assert_int_equal(left, HOME_PID);
	assert_int_equal(joined, SMALLER);
	close_all(h, &o, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_alike_one_goes_over),
		cmocka_unit_test(the_larger_one_wins),
		cmocka_unit_test(the_join_is_shown),
		cmocka_unit_test(only_shared_writable_memory_brings_together),
		cmocka_unit_test(a_lone_process_brings_what_it_knows),
		cmocka_unit_test(all_count_for_it),
		cmocka_unit_test(a_pass_of_each_is_one_of_the_group),
		cmocka_unit_test(a_new_program_shares_nothing),
		cmocka_unit_test(without_memory_it_stays_with_the_others),
		cmocka_unit_test(who_has_left_may_still_be_called),
		cmocka_unit_test(it_outlives_who_founded_it),
		cmocka_unit_test(nobody_joins_what_has_ended),
		cmocka_unit_test(policies_are_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
