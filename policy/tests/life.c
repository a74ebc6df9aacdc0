// SPDX-License-Identifier: GPL-2.0
/*
 * Life cycle: taking over, being born, exec and the end; and what becomes of
 * the wishes a policy may have for a task.
 */
#include "common.h"

/* ------------------------------------------------------------- the puppet */

static struct np_task_ask wish;		/* what it asks for next */
static unsigned int forks, execs, exits, places;
static const struct np_proc *fork_parent;
static bool exit_last;

static void puppet_fork(const struct np_ctx *c, const struct np_proc *parent,
			struct np_task_ask *ask)
{
	(void)c;
	forks++;
	fork_parent = parent;
	*ask = wish;
}

static void puppet_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)c;
	execs++;
	*ask = wish;
}

static void puppet_exit(const struct np_ctx *c, bool last)
{
	(void)c;
	exits++;
	exit_last = last;
}

static void puppet_pass(const struct np_ctx *c, const struct np_scan *scan,
			struct np_task_ask *ask)
{
	(void)c;
	(void)scan;
	*ask = wish;
}

static void puppet_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)c;
	places++;
	*ask = wish;
}

#define PUPPET(needs) {				\
	.pass_done = puppet_pass,		\
	.place = puppet_place,			\
	.fork = puppet_fork,			\
	.exec = puppet_exec,			\
	.exit = puppet_exit,			\
	.name = "puppet",			\
	.summary = "test: wishes what the test wants", \
	.need = (needs),			\
}

#define CAN_TASKS (NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP)

static const struct np_policy_ops modest = PUPPET(0);
static const struct np_policy_ops puppet = PUPPET(CAN_TASKS);

static struct home *open_puppet(const struct np_policy_ops *ops)
{
	forks = execs = exits = places = 0;
	fork_parent = NULL;
	wish = (struct np_task_ask){ 0 };
	return home_open(ops, "puppet");
}

static struct np_task_ask home_wish(int nid)
{
	return (struct np_task_ask){
		.verb = NP_TASK_HOME, .reason = NP_R_HOME,
		.nid = nid, .cpu = NP_NO_CPU,
	};
}

static struct np_task_ask move_wish(int nid, int cpu)
{
	return (struct np_task_ask){
		.verb = NP_TASK_MOVE, .reason = NP_R_HOME,
		.nid = nid, .cpu = cpu,
	};
}

static struct np_task_ask swap_wish(int cpu)
{
	return (struct np_task_ask){
		.verb = NP_TASK_SWAP, .reason = NP_R_HOME,
		.nid = NP_NO_NODE, .cpu = cpu,
	};
}

/* ------------------------------------------------------------ taking over */

static void a_policy_takes_over_a_blank_process(void **state)
{
	struct home *h = home_open(NULL, "none");
	static const u64 zero[NP_PROC_SLOT / 8];

	(void)state;
	home_give_stats(h);
	memset(h->proc.slot, 0xff, sizeof(h->proc.slot));
	np_stats_add(h->proc.stats, NODE_B, true, 5);
	h->proc.home = NODE_B;
	np_proc_start(&h->proc, &h->inst);
	assert_memory_equal(h->proc.slot, zero, sizeof(zero));
	assert_int_equal(h->proc.stats->total, 0);
	assert_int_equal(h->proc.stats->nr_nodes, HOME_NODES);
	assert_int_equal(h->proc.home, NP_NO_NODE);
	assert_ptr_equal(h->proc.inst, &h->inst);
}

static void taking_over_needs_no_statistics(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_null(h->proc.stats);
	np_proc_start(&h->proc, &h->inst);
	assert_null(h->proc.stats);
}

/* Who manages the process changes; who it is and how it is run do not. */
static void taking_over_keeps_identity_and_flags(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	h->proc.flags = NP_PROC_SHADOW;
	np_proc_start(&h->proc, &h->inst);
	assert_int_equal(h->proc.pid, HOME_PID);
	assert_int_equal(h->proc.flags, NP_PROC_SHADOW);
}

static void soil(struct np_task *task)
{
	memset(task->slot, 0xff, sizeof(task->slot));
	task->home = NODE_B;
	if (task->stats)
		np_stats_add(task->stats, NODE_B, true, 5);
}

static void assert_blank(const struct np_task *task)
{
	static const u64 zero[NP_TASK_SLOT / 8];

	assert_memory_equal(task->slot, zero, sizeof(zero));
	assert_int_equal(task->home, NP_NO_NODE);
	if (task->stats)
		assert_int_equal(task->stats->total, 0);
}

static void a_thread_of_the_former_policy_is_blanked(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	soil(&h->task);
	np_proc_start(&h->proc, &h->inst);
	np_task_refresh(&h->task);
	assert_blank(&h->task);
	assert_int_equal(h->task.stats->nr_nodes, HOME_NODES);
}

static void a_new_thread_is_blanked_whatever_it_held(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_task task = { .tid = 1, .proc = &h->proc };

	(void)state;
	soil(&task);
	np_task_refresh(&task);
	assert_blank(&task);
}

static void a_thread_of_this_policy_is_left_alone(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	soil(&h->task);
	np_task_refresh(&h->task);
	np_task_refresh(&h->task);
	assert_int_equal(h->task.home, NODE_B);
	assert_int_equal(h->task.slot[0], ~0ULL);
	assert_int_equal(h->task.stats->total, 5);
}

static void each_thread_is_blanked_once_per_policy(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_task other;

	(void)state;
	home_second_task(h, &other);
	np_proc_start(&h->proc, &h->inst);
	soil(&h->task);
	soil(&other);
	np_task_refresh(&h->task);
	assert_blank(&h->task);
	assert_int_equal(other.home, NODE_B);
	np_task_refresh(&other);
	assert_blank(&other);
}

static struct home *with_idle_thread(struct np_task *idle, u32 pages)
{
	struct home *h = home_open(NULL, "none");

	home_give_stats(h);
	home_second_task(h, idle);
	np_stats_add(idle->stats, NODE_B, true, pages);
	return h;
}

static void a_thread_catches_up_with_every_pass_it_missed(void **state)
{
	struct np_task idle;
	struct home *h = with_idle_thread(&idle, 80);

	(void)state;
	np_scan_pass(&h->c);
	np_scan_pass(&h->c);
	np_scan_pass(&h->c);
	np_task_refresh(&idle);
	assert_int_equal(idle.stats->total, 80 / 8);
	np_task_refresh(&idle);
	assert_int_equal(idle.stats->total, 80 / 8);
}

/* It may be looked at between any two passes, or not: the same comes out. */
static void looking_at_a_thread_does_not_age_it(void **state)
{
	struct np_task idle;
	struct home *h = with_idle_thread(&idle, 80);

	(void)state;
	np_task_refresh(&idle);
	np_scan_pass(&h->c);
	np_task_refresh(&idle);
	np_task_refresh(&idle);
	np_scan_pass(&h->c);
	np_task_refresh(&idle);
	assert_int_equal(idle.stats->total, 80 / 4);
}

static void the_thread_that_ends_a_pass_is_aged_once(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	np_stats_add(h->task.stats, NODE_B, true, 80);
	np_scan_pass(&h->c);
	np_task_refresh(&h->task);
	assert_int_equal(h->task.stats->total, 80 / 2);
}

static void a_thread_forgets_what_was_before_an_exec(void **state)
{
	struct np_task idle;
	struct home *h = with_idle_thread(&idle, 80);

	(void)state;
	idle.home = NODE_B;
	idle.slot[0] = 7;
	np_scan_pass(&h->c);
	np_exec(&h->c);
	np_task_refresh(&idle);
	assert_int_equal(idle.stats->total, 0);
	assert_int_equal(idle.home, NODE_B);
	assert_int_equal(idle.slot[0], 7);
	np_stats_add(idle.stats, NODE_B, true, 80);
	np_scan_pass(&h->c);
	np_task_refresh(&idle);
	assert_int_equal(idle.stats->total, 80 / 2);
}

static void a_thread_born_late_owes_no_passes(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_task late;

	(void)state;
	home_give_stats(h);
	np_scan_pass(&h->c);
	np_scan_pass(&h->c);
	home_second_task(h, &late);
	np_stats_add(late.stats, NODE_B, true, 80);
	np_task_refresh(&late);
	assert_int_equal(late.stats->total, 80);
}

/* ------------------------------------------------------------- the verbs */

static void fork_is_told_of_the_parent(void **state)
{
	struct home *h = open_puppet(&modest);
	struct np_proc parent = { .pid = 1 };

	(void)state;
	np_fork(&h->c, &parent);
	assert_int_equal(forks, 1);
	assert_ptr_equal(fork_parent, &parent);
}

static void a_takeover_is_a_fork_without_parent(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	fork_parent = &h->proc;
	np_fork(&h->c, NULL);
	assert_int_equal(forks, 1);
	assert_null(fork_parent);
}

static void exec_forgets_the_old_address_space(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	home_give_stats(h);
	np_stats_add(h->proc.stats, NODE_B, true, 5);
	h->proc.scan.offset = 0x1000;
	np_exec(&h->c);
	assert_int_equal(execs, 1);
	assert_int_equal(h->proc.stats->total, 0);
	assert_int_equal(h->proc.stats->nr_nodes, HOME_NODES);
	assert_int_equal(h->proc.scan.offset, 0);
}

/* Its faults were on pages that are gone, as the process's were. */
static void exec_forgets_the_faults_of_the_thread_too(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	home_give_stats(h);
	np_stats_add(h->task.stats, NODE_B, true, 5);
	np_exec(&h->c);
	assert_int_equal(h->task.stats->total, 0);
}

static void exec_keeps_the_policy_s_own_state(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	h->proc.slot[0] = 1;
	h->task.slot[0] = 2;
	np_exec(&h->c);
	np_task_refresh(&h->task);
	assert_int_equal(h->proc.slot[0], 1);
	assert_int_equal(h->task.slot[0], 2);
}

static void exit_is_told_whether_it_is_the_last(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	np_exit(&h->c, false);
	assert_int_equal(exits, 1);
	assert_false(exit_last);
	np_exit(&h->c, true);
	assert_int_equal(exits, 2);
	assert_true(exit_last);
}

static void verbs_may_be_left_out(void **state)
{
	struct home *h = home_open(&np_test_minimal, "minimal");

	(void)state;
	assert_int_equal(np_fork(&h->c, NULL).verb, NP_TASK_NONE);
	assert_int_equal(np_exec(&h->c).verb, NP_TASK_NONE);
	assert_int_equal(np_scan_pass(&h->c).verb, NP_TASK_NONE);
	np_exit(&h->c, true);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 0);
}

static void an_ejected_policy_hears_of_nothing(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	wish = home_wish(NODE_B);
	h->inst.ejected = true;
	assert_int_equal(np_fork(&h->c, NULL).verb, NP_TASK_NONE);
	assert_int_equal(np_exec(&h->c).verb, NP_TASK_NONE);
	np_exit(&h->c, true);
	assert_int_equal(forks + execs + exits, 0);
}

/* Its address space is gone all the same. */
static void exec_resets_the_scan_of_an_ejected_policy(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	h->inst.ejected = true;
	h->proc.scan.offset = 0x1000;
	np_exec(&h->c);
	assert_int_equal(h->proc.scan.offset, 0);
}

/* ----------------------------------------------------------------- wishes */

static void no_wish_costs_nothing(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	assert_int_equal(np_fork(&h->c, NULL).verb, NP_TASK_NONE);
	assert_int_equal(h->nr_rec, 0);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 0);
	assert_int_equal(h->inst.strikes, 0);
}

static void assert_task_record(const struct home *h, struct np_task_ask ask,
			       enum np_verdict verdict, enum np_reason why)
{
	const struct np_record *rec = &h->rec[0];

	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(rec->type, NP_REC_TASK);
	assert_int_equal(rec->pid, HOME_PID);
	assert_int_equal(rec->tid, HOME_TID);
	assert_int_equal(rec->asked, ask.nid);
	assert_int_equal(rec->cpu, ask.cpu);
	assert_int_equal(rec->flags, ask.verb);
	assert_int_equal(rec->verdict, verdict);
	assert_int_equal(rec->reason, why);
	assert_int_equal(all_reasons(h), 0);	/* those count pages */
}

static void assert_granted(struct np_task_ask ask)
{
	struct home *h = open_puppet(&puppet);
	struct np_task_ask got = np_clamp_task_ask(&h->c, ask);

	assert_memory_equal(&got, &ask, sizeof(ask));
	assert_task_record(h, ask, NP_MOVE, ask.reason);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 1);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 0);
	assert_int_equal(h->inst.strikes, 0);
}

static void assert_denied_to(const struct np_policy_ops *ops,
			     struct np_task_ask ask, enum np_reason why)
{
	struct home *h = open_puppet(ops);

	assert_int_equal(np_clamp_task_ask(&h->c, ask).verb, NP_TASK_NONE);
	assert_task_record(h, ask, NP_REFUSED, why);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 1);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 1);
	assert_int_equal(h->inst.strikes, 1);
}

static void assert_denied(struct np_task_ask ask, enum np_reason why)
{
	assert_denied_to(&puppet, ask, why);
}

static void a_home_may_be_wished_for(void **state)
{
	(void)state;
	assert_granted(home_wish(NODE_A));
	assert_granted(home_wish(NODE_FAR));
}

static void a_move_may_be_wished_for(void **state)
{
	(void)state;
	assert_granted(move_wish(NODE_B, NP_NO_CPU));
	assert_granted(move_wish(NODE_B, 3));
}

static void a_swap_may_be_wished_for(void **state)
{
	(void)state;
	assert_granted(swap_wish(0));
	assert_granted(swap_wish(HOME_CPUS - 1));
}

static void each_wish_must_have_been_declared(void **state)
{
	static const struct np_policy_ops homes = PUPPET(CAN_TASKS & ~NP_CAN_HOME);
	static const struct np_policy_ops moves = PUPPET(CAN_TASKS & ~NP_CAN_MOVE);
	static const struct np_policy_ops swaps = PUPPET(CAN_TASKS & ~NP_CAN_SWAP);

	(void)state;
	assert_denied_to(&homes, home_wish(NODE_B), NP_R_BAD_ANSWER);
	assert_denied_to(&moves, move_wish(NODE_B, 3), NP_R_BAD_ANSWER);
	assert_denied_to(&swaps, swap_wish(3), NP_R_BAD_ANSWER);
}

static void a_wish_that_does_not_exist_is_a_strike(void **state)
{
	struct np_task_ask ask = home_wish(NODE_B);

	(void)state;
	ask.verb = NP_TASK_SWAP_HOMES + 1;
	assert_denied(ask, NP_R_BAD_ANSWER);
	ask.verb = 255;
	assert_denied(ask, NP_R_BAD_ANSWER);
}

static void a_wish_needs_a_reason_that_exists(void **state)
{
	struct np_task_ask ask = home_wish(NODE_B);

	(void)state;
	ask.reason = NP_NR_REASONS;
	assert_denied(ask, NP_R_BAD_ANSWER);
	ask.reason = 255;
	assert_denied(ask, NP_R_BAD_ANSWER);
}

static void a_wish_for_a_node_out_of_range_is_a_strike(void **state)
{
	(void)state;
	assert_denied(home_wish(HOME_NODES), NP_R_BAD_NODE);
	assert_denied(home_wish(NP_NO_NODE), NP_R_BAD_NODE);
	assert_denied(home_wish(INT16_MIN), NP_R_BAD_NODE);
	assert_denied(move_wish(INT16_MAX, 3), NP_R_BAD_NODE);
}

static void a_wish_for_a_cpu_out_of_range_is_a_strike(void **state)
{
	(void)state;
	assert_denied(move_wish(NODE_B, HOME_CPUS), NP_R_BAD_ANSWER);
	assert_denied(move_wish(NODE_B, -2), NP_R_BAD_ANSWER);
	assert_denied(swap_wish(HOME_CPUS), NP_R_BAD_ANSWER);
	assert_denied(swap_wish(INT16_MIN), NP_R_BAD_ANSWER);
}

static void a_swap_with_nobody_is_a_strike(void **state)
{
	(void)state;
	assert_denied(swap_wish(NP_NO_CPU), NP_R_BAD_ANSWER);
}

/* Whom it would swap with is on the CPU; the node is not part of the wish. */
static void a_swap_does_not_depend_on_a_node(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_task_ask ask = swap_wish(3);

	(void)state;
	ask.nid = INT16_MAX;
	assert_int_equal(np_clamp_task_ask(&h->c, ask).verb, NP_TASK_SWAP);
}

static bool granted(struct np_task_ask ask)
{
	struct home *h = open_puppet(&puppet);

	return np_clamp_task_ask(&h->c, ask).verb != NP_TASK_NONE;
}

/* "Node ids may have holes": such a node exists as little as one beyond. */
static void nobody_lives_on_a_hole(void **state)
{
	(void)state;
	assert_false(granted(home_wish(NODE_HOLE)));
	assert_false(granted(move_wish(NODE_HOLE, NP_NO_CPU)));
}

static void nobody_runs_where_there_is_no_cpu(void **state)
{
	(void)state;
	assert_false(granted(move_wish(NODE_MEM, NP_NO_CPU)));
	assert_false(granted(move_wish(NODE_B, CPU_ABSENT)));
	assert_false(granted(swap_wish(CPU_ABSENT)));
}

/* "This CPU rather than any of the node": it has to be one of the node. */
static void a_move_cannot_name_a_cpu_of_another_node(void **state)
{
	(void)state;
	assert_false(granted(move_wish(NODE_A, 3)));
}

static void a_home_needs_memory_and_a_move_needs_cpus(void **state)
{
	(void)state;
	assert_granted(home_wish(NODE_MEM));
	assert_false(granted(home_wish(NODE_CPU)));
	assert_granted(move_wish(NODE_CPU, NP_NO_CPU));
	assert_false(granted(move_wish(NODE_MEM, NP_NO_CPU)));
}

/* ------------------------------------------------- groups of applications */

/* At home on A, with others. */
static struct home *open_bound(void)
{
	struct home *h = open_puppet(&puppet);

	np_bind(&h->c, true, NODE_A);
	return h;
}

static void assert_of_bound(struct np_task_ask ask, bool settle,
			    enum np_reason refused)
{
	struct home *h = open_bound();

	ask.settle = settle;
	assert_int_equal(np_clamp_task_ask(&h->c, ask).verb,
			 refused ? NP_TASK_NONE : ask.verb);
	if (refused)
		assert_int_equal(h->rec[h->nr_rec - 1].reason, refused);
	assert_int_equal(h->inst.strikes, 0);
}

static void nobody_leaves_a_group_behind(void **state)
{
	(void)state;
	assert_of_bound(move_wish(NODE_B, 3), false, NP_R_GROUP);
	assert_of_bound(swap_wish(3), false, NP_R_GROUP);
	assert_of_bound(move_wish(NODE_A, 0), false, NP_R_NONE);
	assert_of_bound(swap_wish(0), false, NP_R_NONE);
}

static void a_whole_group_may_go(void **state)
{
	(void)state;
	assert_of_bound(move_wish(NODE_B, 3), true, NP_R_NONE);
	assert_of_bound(swap_wish(3), true, NP_R_NONE);
	assert_of_bound(home_wish(NODE_B), false, NP_R_NONE);
}

static void a_group_has_its_home_under_any_policy(void **state)
{
	struct home *h = open_bound();

	(void)state;
	h->m.mute = NP_MUTE_NOTHING;
	np_proc_start(&h->proc, &h->inst);
	np_task_refresh(&h->task);
	assert_true(h->task.bound);
	assert_int_equal(np_home_of(&h->task), NODE_A);
	np_bind(&h->c, false, NP_NO_NODE);
	assert_false(h->task.bound);
	assert_int_equal(h->task.home, NP_NO_NODE);
	assert_int_equal(h->rec[h->nr_rec - 1].type, NP_REC_BOUND);
	assert_int_equal(h->rec[h->nr_rec - 1].flags, 0);
}

/* As for pages: the node is defined, it just cannot be used (any more). */
static void an_offline_node_costs_a_wish_but_no_strike(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_clamp_task_ask(&h->c, home_wish(NODE_CPU));
	assert_int_equal(h->rec[0].reason, NP_R_OFFLINE);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 1);
	assert_int_equal(h->inst.strikes, 0);
}

/* NP_R_OFFLINE tells people that "the target node has no online memory". */
static void a_node_with_memory_is_never_called_offline(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_clamp_task_ask(&h->c, move_wish(NODE_MEM, NP_NO_CPU));
	assert_int_equal(h->rec[0].verdict, NP_REFUSED);
	assert_int_not_equal(h->rec[0].reason, NP_R_OFFLINE);
}

static void bad_wishes_eject_after_exactly_the_strikes(void **state)
{
	struct home *h = open_puppet(&puppet);
	int i;

	(void)state;
	wish = home_wish(HOME_NODES);
	for (i = 1; i < NP_EJECT_STRIKES; i++)
		np_fork(&h->c, NULL);
	assert_false(h->inst.ejected);
	np_fork(&h->c, NULL);
	assert_true(h->inst.ejected);
	np_fork(&h->c, NULL);
	assert_int_equal(forks, NP_EJECT_STRIKES);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), NP_EJECT_STRIKES);
}

static void strikes_of_wishes_and_of_pages_add_up(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue:mode=0");
	struct np_fault f = home_fault(NODE_A, NODE_B);
	int i;

	(void)state;
	for (i = 1; i < NP_EJECT_STRIKES; i++)
		np_decide(&h->c, &f);
	assert_false(h->inst.ejected);
	np_clamp_task_ask(&h->c, home_wish(NODE_B));
	assert_true(h->inst.ejected);
}

static void fork_exec_and_pass_done_may_wish(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	wish = home_wish(NODE_B);
	assert_int_equal(np_fork(&h->c, NULL).nid, NODE_B);
	assert_int_equal(np_exec(&h->c).nid, NODE_B);
	assert_int_equal(np_scan_pass(&h->c).nid, NODE_B);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 3);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 0);
}

static void fork_exec_and_pass_done_are_clamped(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	wish = home_wish(NODE_B);
	assert_int_equal(np_fork(&h->c, NULL).verb, NP_TASK_NONE);
	assert_int_equal(np_exec(&h->c).verb, NP_TASK_NONE);
	assert_int_equal(np_scan_pass(&h->c).verb, NP_TASK_NONE);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 3);
}

/* ------------------------------------------------------------------- place */

static void a_thread_is_placed_once_after_each_pass(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_place(&h->c);
	assert_int_equal(places, 0);
	np_scan_pass(&h->c);
	wish = home_wish(NODE_B);
	assert_int_equal(np_place(&h->c).nid, NODE_B);
	assert_int_equal(np_place(&h->c).verb, NP_TASK_NONE);
	assert_int_equal(places, 1);
	np_scan_pass(&h->c);
	np_scan_pass(&h->c);
	np_place(&h->c);
	np_place(&h->c);
	assert_int_equal(places, 2);
}

static void each_thread_is_placed_for_itself(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_task other;
	struct np_ctx c = h->c;

	(void)state;
	home_second_task(h, &other);
	np_task_refresh(&other);
	c.task = &other;
	np_scan_pass(&h->c);
	np_place(&h->c);
	np_place(&c);
	np_place(&c);
	assert_int_equal(places, 2);
}

/* What was learnt about another address space places nobody. */
static void an_exec_leaves_nothing_to_place(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_scan_pass(&h->c);
	np_exec(&h->c);
	np_place(&h->c);
	assert_int_equal(places, 0);
}

static void a_thread_without_state_is_not_placed(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_scan_pass(&h->c);
	h->c.task = NULL;
	np_place(&h->c);
	assert_int_equal(places, 0);
}

static void what_place_wishes_is_clamped(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	np_scan_pass(&h->c);
	wish = home_wish(NODE_B);
	assert_int_equal(np_place(&h->c).verb, NP_TASK_NONE);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 1);
}

static void a_pull_is_a_wish_of_its_own_kind(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	assert_true(np_pulled(&h->c, NODE_B, NP_R_HOME));
	assert_false(np_pulled(&h->c, HOME_NODES, NP_R_HOME));
	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(h->rec[0].type, NP_REC_PULLED);
	assert_int_equal(h->rec[0].dst, NODE_B);
	assert_int_equal(h->rec[0].reason, NP_R_HOME);
	assert_int_equal(h->rec[1].verdict, NP_REFUSED);
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 2);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 1);
	h->proc.flags = NP_PROC_SHADOW;
	assert_false(np_pulled(&h->c, NODE_B, NP_R_HOME));
	assert_int_equal(h->rec[2].verdict, NP_SHADOW);
}

/* ----------------------------------------------------------------- shadow */

static struct home *wish_in_shadow(struct np_task_ask ask)
{
	struct home *h = open_puppet(&puppet);

	h->proc.flags = NP_PROC_SHADOW;
	assert_int_equal(np_clamp_task_ask(&h->c, ask).verb, NP_TASK_NONE);
	return h;
}

static void shadow_mode_grants_no_wish_and_refuses_none(void **state)
{
	struct home *h = wish_in_shadow(home_wish(NODE_B));

	(void)state;
	assert_int_equal(counter(h, NP_C_TASK_ASKED), 1);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 0);
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(h->inst.strikes, 0);
}

/* A trace must tell a task that moved from one that would have. */
static void a_wish_in_shadow_is_recorded_as_shadow(void **state)
{
	struct home *h = wish_in_shadow(home_wish(NODE_B));

	(void)state;
	assert_int_equal(h->rec[0].verdict, NP_SHADOW);
}

static void shadow_mode_does_not_excuse_bad_wishes(void **state)
{
	struct home *h = wish_in_shadow(home_wish(HOME_NODES));

	(void)state;
	assert_int_equal(h->inst.strikes, 1);
	assert_int_equal(counter(h, NP_C_TASK_REFUSED), 1);
	assert_int_equal(h->rec[0].verdict, NP_REFUSED);
}

/* ----------------------------------------------------------------- records */

/* @dst: "node the core settled on, or -1"; as page decisions do. */
static void the_record_of_a_granted_wish_says_where_to(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_clamp_task_ask(&h->c, home_wish(NODE_B));
	assert_int_equal(h->rec[0].dst, NODE_B);
}

static void the_record_of_a_refused_wish_goes_nowhere(void **state)
{
	struct home *h = open_puppet(&modest);

	(void)state;
	np_clamp_task_ask(&h->c, home_wish(NODE_B));
	assert_int_equal(h->rec[0].dst, NP_NO_NODE);
}

/* Written the plain way, with what a swap needs, the node is 0: not asked for. */
static void the_record_of_a_swap_names_no_node_unasked(void **state)
{
	struct np_task_ask ask = {
		.verb = NP_TASK_SWAP, .reason = NP_R_HOME, .cpu = 3,
	};
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_clamp_task_ask(&h->c, ask);
	assert_int_not_equal(h->rec[0].asked, NODE_A);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest life[] = {
		T(a_policy_takes_over_a_blank_process),
		T(taking_over_needs_no_statistics),
		T(taking_over_keeps_identity_and_flags),
		T(a_thread_of_the_former_policy_is_blanked),
		T(a_new_thread_is_blanked_whatever_it_held),
		T(a_thread_of_this_policy_is_left_alone),
		T(each_thread_is_blanked_once_per_policy),
		T(a_thread_catches_up_with_every_pass_it_missed),
		T(looking_at_a_thread_does_not_age_it),
		T(the_thread_that_ends_a_pass_is_aged_once),
		T(a_thread_forgets_what_was_before_an_exec),
		T(a_thread_born_late_owes_no_passes),
		T(fork_is_told_of_the_parent),
		T(a_takeover_is_a_fork_without_parent),
		T(exec_forgets_the_old_address_space),
		T(exec_forgets_the_faults_of_the_thread_too),
		T(exec_keeps_the_policy_s_own_state),
		T(exit_is_told_whether_it_is_the_last),
		T(verbs_may_be_left_out),
		T(an_ejected_policy_hears_of_nothing),
		T(exec_resets_the_scan_of_an_ejected_policy),
		T(no_wish_costs_nothing),
		T(a_home_may_be_wished_for),
		T(a_move_may_be_wished_for),
		T(a_swap_may_be_wished_for),
		T(each_wish_must_have_been_declared),
		T(a_wish_that_does_not_exist_is_a_strike),
		T(a_wish_needs_a_reason_that_exists),
		T(a_wish_for_a_node_out_of_range_is_a_strike),
		T(a_wish_for_a_cpu_out_of_range_is_a_strike),
		T(a_swap_with_nobody_is_a_strike),
		T(a_swap_does_not_depend_on_a_node),
		T(nobody_leaves_a_group_behind),
		T(a_whole_group_may_go),
		T(a_group_has_its_home_under_any_policy),
		T(nobody_lives_on_a_hole),
		T(nobody_runs_where_there_is_no_cpu),
		T(a_move_cannot_name_a_cpu_of_another_node),
		T(a_home_needs_memory_and_a_move_needs_cpus),
		T(an_offline_node_costs_a_wish_but_no_strike),
		T(a_node_with_memory_is_never_called_offline),
		T(bad_wishes_eject_after_exactly_the_strikes),
		T(strikes_of_wishes_and_of_pages_add_up),
		T(fork_exec_and_pass_done_may_wish),
		T(fork_exec_and_pass_done_are_clamped),
		T(a_thread_is_placed_once_after_each_pass),
		T(each_thread_is_placed_for_itself),
		T(an_exec_leaves_nothing_to_place),
		T(a_thread_without_state_is_not_placed),
		T(what_place_wishes_is_clamped),
		T(a_pull_is_a_wish_of_its_own_kind),
		T(shadow_mode_grants_no_wish_and_refuses_none),
		T(a_wish_in_shadow_is_recorded_as_shadow),
		T(shadow_mode_does_not_excuse_bad_wishes),
		T(the_record_of_a_granted_wish_says_where_to),
		T(the_record_of_a_refused_wish_goes_nowhere),
		T(the_record_of_a_swap_names_no_node_unasked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(life, NULL, NULL);
}
