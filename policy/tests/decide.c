// SPDX-License-Identifier: GPL-2.0
/*
 * The decision pipeline: who is asked, what the core lets pass, and that the
 * answer, the counters and the record of every fault tell one story.
 */
#include "common.h"

/* ------------------------------------------------------------- the puppet */

static struct np_decision answer;	/* what it says next */
static unsigned int puppet_asked;
static unsigned int puppet_told;
static struct np_outcome puppet_outcome;

static struct np_decision puppet_page(const struct np_ctx *c,
				      const struct np_fault *f)
{
	(void)c;
	(void)f;
	puppet_asked++;
	return answer;
}

static void puppet_account(const struct np_ctx *c, const struct np_fault *f,
			   const struct np_outcome *o)
{
	(void)c;
	(void)f;
	puppet_told++;
	puppet_outcome = *o;
}

static const struct np_policy_ops puppet = {
	.page = puppet_page,
	.account = puppet_account,
	.name = "puppet",
	.summary = "test: says what the test wants",
};

static const struct np_policy_ops queuing_puppet = {
	.page = puppet_page,
	.name = "puppet",
	.summary = "test: may queue",
	.need = NP_CAN_QUEUE,
};

static struct home *open_puppet(const struct np_policy_ops *ops,
				struct np_decision says)
{
	puppet_asked = 0;
	puppet_told = 0;
	answer = says;
	return home_open(ops, "puppet");
}

static struct home *with_answer(struct np_decision says)
{
	return open_puppet(&puppet, says);
}

static struct np_decision raw(u8 verdict, u8 why, s16 asked, s16 nid)
{
	return (struct np_decision){ verdict, why, asked, nid };
}

/* --------------------------------------------------------------- one story */

static void assert_page_record(const struct home *h, const struct np_fault *f,
			       const struct np_decision *d)
{
	const struct np_record *rec = &h->rec[h->nr_rec - 1];

	assert_int_equal(rec->type, NP_REC_PAGE);
	assert_int_equal(rec->time_ns, h->c.now_ns);
	assert_int_equal(rec->pid, HOME_PID);
	assert_int_equal(rec->tid, HOME_TID);
	assert_int_equal(rec->addr, f->addr);
	assert_int_equal(rec->pages, f->pages);
	assert_int_equal(rec->cpu, f->cpu);
	assert_int_equal(rec->last_cpu, f->last_cpu);
	assert_int_equal(rec->src, f->page_node);
	assert_int_equal(rec->flags, f->flags);
	assert_int_equal(rec->node, f->node);
	assert_int_equal(rec->last_node, f->last_node);
	assert_int_equal(rec->asked, d->asked);
	assert_int_equal(rec->dst, d->nid);
	assert_int_equal(rec->verdict, d->verdict);
	assert_int_equal(rec->reason, d->reason);
}

static void assert_counters(const struct home *h, const struct np_fault *f,
			    const struct np_decision *d)
{
	bool refused = d->verdict == NP_REFUSED;
	bool shadowed = d->verdict == NP_SHADOW;

	assert_int_equal(counter(h, NP_C_FAULTS), 1);
	assert_int_equal(counter(h, NP_C_FAULT_PAGES), f->pages);
	assert_int_equal(counter(h, NP_C_LOCAL_FAULTS), f->node == f->page_node);
	assert_int_equal(counter(h, NP_C_REFUSED), refused ? f->pages : 0);
	assert_int_equal(counter(h, NP_C_SHADOWED), shadowed ? f->pages : 0);
	assert_int_equal(counter(h, NP_C_MOVED), 0);
	assert_int_equal(reason(h, d->reason), f->pages);
	assert_int_equal(all_reasons(h), f->pages);
}

static bool goes_somewhere(enum np_verdict verdict)
{
	return verdict == NP_MOVE || verdict == NP_QUEUE ||
	       verdict == NP_SHADOW;
}

/* The first fault of @h ends like this, and everything else agrees. */
static struct np_decision assert_decided(struct home *h, struct np_fault f,
					 enum np_verdict verdict,
					 enum np_reason why)
{
	struct np_decision d = np_decide(&h->c, &f);

	assert_int_equal(d.verdict, verdict);
	assert_int_equal(d.reason, why);
	if (!goes_somewhere(verdict))
		assert_int_equal(d.nid, NP_NO_NODE);
	assert_int_equal(h->nr_rec, 1);
	assert_page_record(h, &f, &d);
	assert_counters(h, &f, &d);
	return d;
}

/* As above, for a policy that asked for node @asked. */
static void assert_asked(struct home *h, struct np_fault f, int asked,
			 enum np_verdict verdict, enum np_reason why)
{
	struct np_decision d = assert_decided(h, f, verdict, why);

	assert_int_equal(d.asked, asked);
	if (goes_somewhere(verdict))
		assert_int_equal(d.nid, asked);
	assert_int_equal(counter(h, NP_C_MOVES_ASKED), f.pages);
}

/* As above, for one that asked for no move. */
static void assert_not_asked(struct home *h, struct np_fault f,
			     enum np_verdict verdict, enum np_reason why)
{
	struct np_decision d = assert_decided(h, f, verdict, why);

	assert_int_equal(d.asked, NP_NO_NODE);
	assert_int_equal(counter(h, NP_C_MOVES_ASKED), 0);
}

/* ---------------------------------------------------------- answers taken */

static void staying_is_taken_with_its_reason(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_FILTERED));

	(void)state;
	assert_not_asked(h, home_fault(NODE_A, NODE_B), NP_STAY, NP_R_FILTERED);
	assert_int_equal(h->inst.strikes, 0);
}

static void moving_is_taken_with_its_reason(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_MOVE,
		     NP_R_REMOTE_REF);
	assert_int_equal(h->inst.strikes, 0);
}

static void queuing_is_taken_from_who_declared_it(void **state)
{
	struct home *h = open_puppet(&queuing_puppet,
				     np_queue(NODE_B, NP_R_HOME));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_QUEUE,
		     NP_R_HOME);
}

static void memory_alone_is_enough_for_a_target(void **state)
{
	struct home *h = with_answer(np_move(NODE_MEM, NP_R_HOME));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_MEM, NP_MOVE,
		     NP_R_HOME);
}

static void a_page_may_go_elsewhere_than_to_its_access(void **state)
{
	struct home *h = with_answer(np_move(NODE_FAR, NP_R_HOME));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_A), NODE_FAR, NP_MOVE,
		     NP_R_HOME);
}

static void without_the_verb_pages_stay_observed(void **state)
{
	struct home *h = home_open(&np_test_minimal, "minimal");

	(void)state;
	assert_not_asked(h, home_fault(NODE_A, NODE_B), NP_STAY, NP_R_OBSERVE);
}

static void a_huge_page_counts_whole(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	f.pages = 512;
	f.flags |= NP_FAULT_HUGE;
	assert_asked(h, f, NODE_B, NP_MOVE, NP_R_REMOTE_REF);
}

static void a_local_fault_is_counted_as_local(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_LOCAL));

	(void)state;
	assert_not_asked(h, home_fault(NODE_B, NODE_B), NP_STAY, NP_R_LOCAL);
	assert_int_equal(counter(h, NP_C_LOCAL_FAULTS), 1);
}

static void a_record_carries_the_access_before(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_SHARED));
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	f.last_cpu = 7;
	f.last_node = NODE_FAR;
	f.flags = NP_FAULT_SHARED | NP_FAULT_PRIVATE;
	assert_not_asked(h, f, NP_STAY, NP_R_SHARED);
	assert_int_equal(h->rec[0].last_cpu, 7);
}

/* Only the verdict and the reason of a stay mean anything. */
static void what_a_stay_says_about_nodes_is_ignored(void **state)
{
	struct home *h = with_answer(raw(NP_STAY, NP_R_SHARED, 30000, NODE_B));

	(void)state;
	assert_not_asked(h, home_fault(NODE_A, NODE_B), NP_STAY, NP_R_SHARED);
}

/* @asked is the core's to write: a policy names its node in @nid. */
static void the_core_says_what_was_asked(void **state)
{
	struct home *h = with_answer(raw(NP_MOVE, NP_R_HOME, 30000, NODE_B));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_MOVE, NP_R_HOME);
}

static void moving_a_page_to_where_it_is_moves_nothing(void **state)
{
	struct home *h = with_answer(np_move(NODE_A, NP_R_HOME));
	struct np_fault f = home_fault(NODE_A, NODE_A);
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	assert_int_equal(d.verdict, NP_STAY);
	assert_int_equal(d.nid, NP_NO_NODE);
	assert_int_equal(h->asked, 0);
	assert_int_equal(counter(h, NP_C_REFUSED), 0);
	assert_int_equal(h->inst.strikes, 0);
}

/*
 * A page on its home node, touched from another node: it stays, but not for
 * being "on the node that uses it", which is what NP_R_LOCAL tells people.
 */
static void a_remote_access_is_never_explained_as_local(void **state)
{
	struct home *h = with_answer(np_move(NODE_A, NP_R_HOME));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	assert_int_equal(d.verdict, NP_STAY);
	assert_int_not_equal(d.reason, NP_R_LOCAL);
}

/* ---------------------------------------------------------------- guards */

static void assert_guarded(struct home *h, struct np_fault f,
			   enum np_reason why)
{
	puppet_asked = 0;
	assert_not_asked(h, f, NP_STAY, why);
	assert_int_equal(puppet_asked, 0);
	assert_int_equal(h->asked, 0);
}

static struct np_fault under_memory_policy(void)
{
	struct np_fault f = home_fault(NODE_A, NODE_B);

	f.flags |= NP_FAULT_POLICY;
	return f;
}

static void a_memory_policy_is_obeyed_unasked(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));

	(void)state;
	assert_guarded(h, under_memory_policy(), NP_R_MEMPOLICY);
}

static void a_memory_policy_goes_before_stock(void **state)
{
	struct home *h = home_open(NULL, "stock");

	(void)state;
	assert_guarded(h, under_memory_policy(), NP_R_MEMPOLICY);
}

/* ------------------------------------------------------------------- lazy */

static struct np_fault lazy_fault(int page_node, int node, int wanted)
{
	struct np_fault f = home_fault(page_node, node);

	f.flags |= NP_FAULT_POLICY | NP_FAULT_LAZY;
	f.wanted = wanted;
	return f;
}

static void assert_follows(struct home *h, const struct np_fault *f, int nid)
{
	struct np_decision d = assert_decided(h, *f, NP_MOVE, NP_R_LAZY);

	assert_int_equal(d.nid, nid);
	assert_int_equal(d.asked, nid);
}

static void what_is_lazy_follows_its_memory_policy(void **state)
{
	struct np_fault f = lazy_fault(NODE_A, NODE_A, NODE_B);
	struct home *h = with_answer(np_stay(NP_R_LOCAL));

	(void)state;
	assert_follows(h, &f, NODE_B);
	assert_int_equal(puppet_asked, 0);
	assert_follows(home_open(NULL, "stock"), &f, NODE_B);
}

static void what_is_lazy_is_nobody_s_to_hold(void **state)
{
	struct np_fault f = lazy_fault(NODE_A, NODE_A, NODE_B);
	struct home *h = with_answer(np_stay(NP_R_LOCAL));

	(void)state;
	h->proc.flags = NP_PROC_SHADOW;
	assert_follows(h, &f, NODE_B);
}

static void what_is_lazy_may_be_there_already(void **state)
{
	const int wanted[] = { NODE_A, NP_NO_NODE, -2, 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_decided(with_answer(np_stay(NP_R_LOCAL)),
			       lazy_fault(NODE_A, NODE_B, wanted[i]), NP_STAY,
			       NP_R_MEMPOLICY);
}

static void what_is_lazy_goes_where_it_can(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_LOCAL));

	(void)state;
	assert_decided(h, lazy_fault(NODE_A, NODE_A, NODE_CPU), NP_REFUSED,
		       NP_R_OFFLINE);
	h = with_answer(np_stay(NP_R_LOCAL));
	h->refuse[NODE_B] = NP_R_FULL;
	assert_decided(h, lazy_fault(NODE_A, NODE_A, NODE_B), NP_REFUSED,
		       NP_R_FULL);
	assert_int_equal(h->inst.strikes, 0);
}

static void stock_leaves_pages_to_the_kernel(void **state)
{
	struct home *h = home_open(NULL, "stock");

	(void)state;
	assert_guarded(h, home_fault(NODE_A, NODE_B), NP_R_STOCK);
}

static void an_ejected_policy_is_not_asked(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));

	(void)state;
	h->inst.ejected = true;
	assert_guarded(h, home_fault(NODE_A, NODE_B), NP_R_EJECTED);
}

static void a_policy_with_task_state_is_not_asked_without_it(void **state)
{
	static const struct np_policy_ops stateful = {
		.page = puppet_page,
		.name = "puppet",
		.summary = "test: has task state",
		.task_size = 1,
	};
	struct home *h = open_puppet(&stateful, np_move(NODE_B, NP_R_HOME));

	(void)state;
	h->c.task = NULL;
	assert_guarded(h, home_fault(NODE_A, NODE_B), NP_R_NO_STATE);
}

static void a_policy_with_task_stats_is_not_asked_without_them(void **state)
{
	static const struct np_policy_ops counting = {
		.page = puppet_page,
		.name = "puppet",
		.summary = "test: needs task statistics",
		.need = NP_CAN_TASK_STATS,
	};
	struct home *h = open_puppet(&counting, np_move(NODE_B, NP_R_HOME));

	(void)state;
	h->c.task = NULL;
	assert_guarded(h, home_fault(NODE_A, NODE_B), NP_R_NO_STATE);
}

static void a_policy_without_task_state_never_waits_for_it(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));

	(void)state;
	h->c.task = NULL;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_MOVE,
		     NP_R_REMOTE_REF);
}

/* ------------------------------------------------------- the home says no */

static void every_refusal_of_the_home_is_passed_on(void **state)
{
	int why;

	(void)state;
	for (why = NP_R_NONE + 1; why < NP_NR_REASONS; why++) {
		struct home *h = with_answer(np_move(NODE_B, NP_R_HOME));

		h->refuse[NODE_B] = why;
		assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_REFUSED,
			     why);
		assert_int_equal(h->inst.strikes, 0);
	}
}

static void a_queued_move_can_be_refused_too(void **state)
{
	struct home *h = open_puppet(&queuing_puppet,
				     np_queue(NODE_B, NP_R_HOME));

	(void)state;
	h->refuse[NODE_B] = NP_R_PINNED;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_REFUSED,
		     NP_R_PINNED);
}

static void the_home_is_asked_once_about_fault_and_node(void **state)
{
	struct home *h = with_answer(np_move(NODE_FAR, NP_R_HOME));
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	np_decide(&h->c, &f);
	assert_int_equal(h->asked, 1);
	assert_int_equal(h->asked_nid, NODE_FAR);
	assert_ptr_equal(h->asked_fault, &f);
}

static void the_home_is_not_asked_about_a_stay(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_SHARED));

	(void)state;
	h->refuse[NODE_A] = h->refuse[NODE_B] = NP_R_FULL;
	assert_not_asked(h, home_fault(NODE_A, NODE_B), NP_STAY, NP_R_SHARED);
	assert_int_equal(h->asked, 0);
}

static void assert_offline(int nid)
{
	struct home *h = with_answer(np_move(nid, NP_R_HOME));

	assert_asked(h, home_fault(NODE_A, NODE_B), nid, NP_REFUSED,
		     NP_R_OFFLINE);
	assert_int_equal(h->asked, 0);
	assert_int_equal(h->inst.strikes, 0);
}

/* Nodes go offline under a policy's feet: no misbehaviour. */
static void a_node_without_memory_is_refused_without_a_strike(void **state)
{
	(void)state;
	assert_offline(NODE_HOLE);
	assert_offline(NODE_CPU);
}

/* ------------------------------------------------------ undefined answers */

static void assert_bad_node(int nid)
{
	struct home *h = with_answer(np_move(nid, NP_R_HOME));
	struct np_decision d;

	d = assert_decided(h, home_fault(NODE_A, NODE_B), NP_REFUSED,
			   NP_R_BAD_NODE);
	assert_int_equal(d.asked, nid);
	assert_int_equal(h->inst.strikes, 1);
	assert_int_equal(h->asked, 0);
}

static void a_node_that_does_not_exist_is_a_strike(void **state)
{
	(void)state;
	assert_bad_node(HOME_NODES);
	assert_bad_node(INT16_MAX);
}

static void a_negative_node_is_a_strike(void **state)
{
	(void)state;
	assert_bad_node(NP_NO_NODE);
	assert_bad_node(-2);
	assert_bad_node(INT16_MIN);
}

/* A wish for node -1 is a wish: "the policy wanted the page elsewhere". */
static void a_move_to_no_node_was_asked_for(void **state)
{
	struct home *h = with_answer(np_move(NP_NO_NODE, NP_R_HOME));
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	np_decide(&h->c, &f);
	assert_int_equal(counter(h, NP_C_REFUSED), 1);
	assert_int_equal(counter(h, NP_C_MOVES_ASKED), 1);
}

static void assert_bad_answer(struct np_decision says)
{
	struct home *h = with_answer(says);

	assert_decided(h, home_fault(NODE_A, NODE_B), NP_REFUSED,
		       NP_R_BAD_ANSWER);
	assert_int_equal(h->inst.strikes, 1);
	assert_int_equal(h->asked, 0);
}

static void a_verdict_that_does_not_exist_is_a_strike(void **state)
{
	(void)state;
	assert_bad_answer(raw(NP_NR_VERDICTS, NP_R_HOME, NODE_B, NODE_B));
	assert_bad_answer(raw(255, NP_R_HOME, NODE_B, NODE_B));
}

static void the_core_s_own_verdicts_are_not_a_policy_s(void **state)
{
	(void)state;
	assert_bad_answer(raw(NP_SHADOW, NP_R_HOME, NODE_B, NODE_B));
	assert_bad_answer(raw(NP_REFUSED, NP_R_HOME, NODE_B, NODE_B));
}

static void a_reason_that_does_not_exist_is_a_strike(void **state)
{
	(void)state;
	assert_bad_answer(np_move(NODE_B, NP_NR_REASONS));
	assert_bad_answer(np_stay(NP_NR_REASONS));
	assert_bad_answer(np_stay(255));
}

static void queuing_undeclared_is_a_strike(void **state)
{
	(void)state;
	assert_bad_answer(np_queue(NODE_B, NP_R_HOME));
}

/* As the_core_says_what_was_asked(), for an answer that is turned down. */
static void an_undeclared_queue_keeps_what_was_asked(void **state)
{
	struct home *h = with_answer(raw(NP_QUEUE, NP_R_HOME, NODE_A, NODE_B));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	assert_int_equal(d.reason, NP_R_BAD_ANSWER);
	assert_int_equal(d.asked, NODE_B);
}

/* --------------------------------------------------------------- ejection */

static void decide_times(struct home *h, unsigned int nr)
{
	struct np_fault f = home_fault(NODE_A, NODE_B);

	while (nr--)
		np_decide(&h->c, &f);
}

static void assert_ejected_after(const char *spec, unsigned int answers,
				 enum np_reason why)
{
	struct home *h = home_open(&np_test_rogue, spec);

	decide_times(h, answers - 1);
	assert_false(h->inst.ejected);
	assert_int_equal(h->inst.strikes, NP_EJECT_STRIKES - 1);
	decide_times(h, 1);
	assert_true(h->inst.ejected);
	assert_int_equal(reason(h, why), NP_EJECT_STRIKES);
	assert_int_equal(reason(h, NP_R_EJECTED), 0);
	decide_times(h, 5);
	assert_int_equal(reason(h, why), NP_EJECT_STRIKES);
	assert_int_equal(reason(h, NP_R_EJECTED), 5);
	assert_int_equal(h->inst.strikes, NP_EJECT_STRIKES);
}

static void bad_nodes_eject_after_exactly_the_strikes(void **state)
{
	(void)state;
	assert_ejected_after("rogue:mode=0", NP_EJECT_STRIKES, NP_R_BAD_NODE);
	assert_ejected_after("rogue:mode=1", NP_EJECT_STRIKES, NP_R_BAD_NODE);
}

static void bad_answers_eject_after_exactly_the_strikes(void **state)
{
	(void)state;
	assert_ejected_after("rogue:mode=2", NP_EJECT_STRIKES, NP_R_BAD_ANSWER);
	assert_ejected_after("rogue:mode=3", NP_EJECT_STRIKES, NP_R_BAD_ANSWER);
	assert_ejected_after("rogue:mode=4", NP_EJECT_STRIKES, NP_R_BAD_ANSWER);
}

static void a_good_answer_does_not_buy_back_a_bad_one(void **state)
{
	(void)state;
	assert_ejected_after("rogue:mode=6", 2 * NP_EJECT_STRIKES,
			     NP_R_BAD_NODE);
}

static void refusals_never_eject(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue:mode=5");

	(void)state;
	decide_times(h, 100 * NP_EJECT_STRIKES);
	assert_int_equal(h->inst.strikes, 0);
	assert_false(h->inst.ejected);
	assert_int_equal(reason(h, NP_R_OFFLINE), 100 * NP_EJECT_STRIKES);
}

static void shadow_mode_does_not_excuse_bad_answers(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue:mode=0");

	(void)state;
	h->proc.flags = NP_PROC_SHADOW;
	decide_times(h, NP_EJECT_STRIKES);
	assert_true(h->inst.ejected);
	assert_int_equal(counter(h, NP_C_SHADOWED), 0);
}

static void ejection_leaves_the_process_to_stock(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue");

	(void)state;
	assert_false(np_left_to_stock(&h->inst));
	decide_times(h, NP_EJECT_STRIKES);
	assert_true(np_left_to_stock(&h->inst));
	assert_false(np_scan_due(&h->c, ~0ULL));
}

/* Strikes belong to the choice, not to the policy: others go on. */
static void ejection_is_of_one_instance(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue");
	struct np_instance other;

	(void)state;
	assert_int_equal(np_instance_init(&other, "rogue", NULL), 0);
	decide_times(h, NP_EJECT_STRIKES);
	assert_false(other.ejected);
	assert_int_equal(other.strikes, 0);
}

static void ejection_is_for_all_processes_of_the_instance(void **state)
{
	struct home *h = home_open(&np_test_rogue, "rogue");
	struct np_proc other = { .pid = 1 };
	struct np_ctx c = h->c;
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	np_proc_start(&other, &h->inst);
	c.proc = &other;
	decide_times(h, NP_EJECT_STRIKES);
	assert_int_equal(np_decide(&c, &f).reason, NP_R_EJECTED);
}

/* ----------------------------------------------------------------- shadow */

static struct home *in_shadow(const struct np_policy_ops *ops,
			      struct np_decision says)
{
	struct home *h = open_puppet(ops, says);

	h->proc.flags = NP_PROC_SHADOW;
	return h;
}

static void shadow_mode_records_the_move_and_makes_none(void **state)
{
	struct home *h = in_shadow(&puppet, np_move(NODE_B, NP_R_REMOTE_REF));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_SHADOW,
		     NP_R_REMOTE_REF);
}

static void shadow_mode_holds_for_queued_moves(void **state)
{
	struct home *h = in_shadow(&queuing_puppet, np_queue(NODE_B, NP_R_HOME));

	(void)state;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_SHADOW,
		     NP_R_HOME);
}

static void shadow_mode_leaves_a_stay_alone(void **state)
{
	struct home *h = in_shadow(&puppet, np_stay(NP_R_FILTERED));

	(void)state;
	assert_not_asked(h, home_fault(NODE_A, NODE_B), NP_STAY, NP_R_FILTERED);
}

/* Else a shadow run would promise moves that a real run cannot make. */
static void shadow_mode_is_refused_what_a_real_run_is(void **state)
{
	struct home *h = in_shadow(&puppet, np_move(NODE_B, NP_R_HOME));

	(void)state;
	h->refuse[NODE_B] = NP_R_CPUSET;
	assert_asked(h, home_fault(NODE_A, NODE_B), NODE_B, NP_REFUSED,
		     NP_R_CPUSET);
}

/* ---------------------------------------------------------------- outcome */

static struct np_decision decide_move(struct home *h, const struct np_fault *f)
{
	struct np_decision d = np_decide(&h->c, f);

	assert_int_equal(d.verdict, NP_MOVE);
	return d;
}

static void assert_outcome_record(const struct home *h,
				  const struct np_fault *f,
				  enum np_record_type type)
{
	const struct np_record *rec = &h->rec[1];

	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(rec->type, type);
	assert_int_equal(rec->addr, f->addr);
	assert_int_equal(rec->pages, f->pages);
	assert_int_equal(rec->src, f->page_node);
	assert_int_equal(rec->asked, NODE_B);
	assert_int_equal(rec->node, f->node);
	assert_int_equal(rec->last_node, f->last_node);
	assert_int_equal(rec->pid, HOME_PID);
	assert_int_equal(rec->tid, HOME_TID);
}

static void an_arrival_is_counted_and_recorded(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_B, .moved = true };
	struct np_decision d;

	(void)state;
	f.pages = 512;
	d = decide_move(h, &f);
	np_account(&h->c, &f, &d, &o);
	assert_outcome_record(h, &f, NP_REC_MOVED);
	assert_int_equal(h->rec[1].dst, NODE_B);
	assert_int_equal(h->rec[1].reason, NP_R_REMOTE_REF);
	assert_int_equal(counter(h, NP_C_MOVED), 512);
	assert_int_equal(counter(h, NP_C_REFUSED), 0);
	assert_int_equal(all_reasons(h), 512);
}

static void what_a_worker_did_is_counted_and_recorded(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	np_worked(&h->c, 0x5000, 2, NODE_A, NODE_B, NP_R_NONE);
	np_worked(&h->c, 0x9000, 4, NODE_A, NODE_B, NP_R_MOVE_FAILED);
	assert_int_equal(h->nr_rec, 2);
	assert_int_equal(h->rec[0].type, NP_REC_WORKED);
	assert_int_equal(h->rec[0].addr, 0x5000);
	assert_int_equal(h->rec[0].src, NODE_A);
	assert_int_equal(h->rec[0].dst, NODE_B);
	assert_int_equal(h->rec[0].verdict, NP_MOVE);
	assert_int_equal(h->rec[1].asked, NODE_B);
	assert_int_equal(h->rec[1].dst, NODE_A);
	assert_int_equal(h->rec[1].verdict, NP_REFUSED);
	assert_int_equal(counter(h, NP_C_MOVED), 2);
	assert_int_equal(counter(h, NP_C_REFUSED), 4);
	assert_int_equal(reason(h, NP_R_MOVE_FAILED), 4);
	assert_int_equal(all_reasons(h), 4);
}

static void a_failed_move_is_a_late_refusal(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_A, .failed = true };
	struct np_decision d = decide_move(h, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_outcome_record(h, &f, NP_REC_FAILED);
	assert_int_equal(h->rec[1].verdict, NP_REFUSED);
	assert_int_equal(h->rec[1].reason, NP_R_MOVE_FAILED);
	assert_int_equal(h->rec[1].dst, NODE_A);	/* where it is */
	assert_int_equal(counter(h, NP_C_MOVED), 0);
	assert_int_equal(counter(h, NP_C_REFUSED), 1);
	assert_int_equal(reason(h, NP_R_REMOTE_REF), 1);
	assert_int_equal(reason(h, NP_R_MOVE_FAILED), 1);
}

static void an_outcome_without_a_move_makes_no_record(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_LOCAL));
	struct np_fault f = home_fault(NODE_A, NODE_A);
	struct np_outcome o = { .node = NODE_A, .ns = 77 };
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(counter(h, NP_C_MOVED), 0);
	assert_int_equal(counter(h, NP_C_REFUSED), 0);
}

static void the_time_of_every_fault_is_added_up(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_B, .moved = true, .ns = 900 };
	struct np_decision d = decide_move(h, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	o = (struct np_outcome){ .node = NODE_A, .ns = 77 };
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(counter(h, NP_C_FAULT_NS), 977);
}

/* The home may learn of an outcome whose decision it never saw. */
static void an_outcome_without_a_decision_counts_no_fault(void **state)
{
	struct home *h = with_answer(np_stay(NP_R_LOCAL));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_stay(NP_R_NONE);
	struct np_outcome o = { .node = NODE_B, .moved = true };

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(counter(h, NP_C_FAULTS), 0);
	assert_int_equal(counter(h, NP_C_MOVED), 1);
	assert_int_equal(all_reasons(h), 0);
}

static void the_policy_is_told_the_outcome(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_B, .moved = true, .ns = 5 };
	struct np_decision d = decide_move(h, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(puppet_told, 1);
	assert_int_equal(puppet_outcome.node, NODE_B);
	assert_true(puppet_outcome.moved);
	assert_false(puppet_outcome.failed);
	assert_int_equal(puppet_outcome.ns, 5);
}

static void an_ejected_policy_is_told_nothing(void **state)
{
	struct home *h = with_answer(np_move(NODE_B, NP_R_REMOTE_REF));
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_B, .moved = true };
	struct np_decision d = decide_move(h, &f);

	(void)state;
	h->inst.ejected = true;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(puppet_told, 0);
	assert_int_equal(counter(h, NP_C_MOVED), 1);
}

static void stock_moves_are_counted_too(void **state)
{
	struct home *h = home_open(NULL, "stock");
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_outcome o = { .node = NODE_B, .moved = true, .ns = 3 };
	struct np_decision d = np_decide(&h->c, &f);

	(void)state;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(counter(h, NP_C_MOVED), 1);
	assert_int_equal(counter(h, NP_C_FAULT_NS), 3);
	assert_int_equal(h->rec[1].type, NP_REC_MOVED);
	assert_int_equal(h->rec[1].dst, NODE_B);
}

/* ----------------------------------------------------------------- credit */

static void account_at(struct home *h, int node, u8 flags, u32 pages)
{
	struct np_fault f = home_fault(NODE_A, NODE_B);
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct np_outcome o = { .node = node };

	f.pages = pages;
	f.flags = flags;
	np_account(&h->c, &f, &d, &o);
}

/* ...and not to where it was: that is where the next access will be. */
static void faults_are_credited_to_where_the_page_is_now(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	account_at(h, NODE_FAR, 0, 512);
	assert_int_equal(np_stats_node(h->task.stats, NODE_FAR), 512);
	assert_int_equal(np_stats_node(h->proc.stats, NODE_FAR), 512);
	assert_int_equal(h->task.stats->total, 512);
	assert_int_equal(h->proc.stats->total, 512);
	assert_int_equal(np_stats_cpu(h->task.stats, NODE_B), 512);
	assert_int_equal(np_stats_cpu(h->proc.stats, NODE_B), 512);
}

static void private_and_shared_faults_are_kept_apart(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	account_at(h, NODE_B, NP_FAULT_PRIVATE, 2);
	account_at(h, NODE_B, NP_FAULT_SHARED, 5);
	assert_int_equal(np_stats_count(h->task.stats, NODE_B,
					NP_STATS_PRIVATE), 2);
	assert_int_equal(np_stats_count(h->task.stats, NODE_B,
					NP_STATS_SHARED), 5);
	assert_int_equal(np_stats_count(h->proc.stats, NODE_B,
					NP_STATS_PRIVATE), 2);
	assert_int_equal(np_stats_count(h->proc.stats, NODE_B,
					NP_STATS_SHARED), 5);
}

static void without_statistics_nothing_is_credited(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	account_at(h, NODE_B, 0, 1);
	assert_null(h->task.stats);
	assert_null(h->proc.stats);
}

static void a_thread_without_state_still_credits_its_process(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	h->c.task = NULL;
	account_at(h, NODE_B, 0, 1);
	assert_int_equal(h->task.stats->total, 0);
	assert_int_equal(h->proc.stats->total, 1);
}

static void a_page_on_no_node_is_credited_to_none(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	account_at(h, NP_NO_NODE, 0, 1);
	account_at(h, HOME_NODES, 0, 1);
	assert_int_equal(h->task.stats->total, 0);
	assert_int_equal(h->proc.stats->total, 0);
}

/* The decision does not credit: that would count each fault twice. */
static void a_decision_alone_credits_nothing(void **state)
{
	struct home *h = home_open(NULL, "moron");
	struct np_fault f = home_fault(NODE_A, NODE_B);

	(void)state;
	home_give_stats(h);
	np_decide(&h->c, &f);
	assert_int_equal(h->task.stats->total, 0);
	assert_int_equal(h->proc.stats->total, 0);
}

/* ---------------------------------------------------------------- machine */

static void only_nodes_with_memory_have_memory(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_true(np_node_has_memory(&h->m, NODE_A));
	assert_true(np_node_has_memory(&h->m, NODE_MEM));
	assert_true(np_node_has_memory(&h->m, NODE_FAR));
	assert_false(np_node_has_memory(&h->m, NODE_HOLE));
	assert_false(np_node_has_memory(&h->m, NODE_CPU));
	assert_false(np_node_has_memory(&h->m, HOME_NODES));
	assert_false(np_node_has_memory(&h->m, NP_NO_NODE));
}

static void distances_are_read_by_row(void **state)
{
	static const u8 skewed[] = { 10, 21, 12, 10 };
	struct np_machine m = { .nr_nodes = 2, .distance = skewed };

	(void)state;
	assert_int_equal(np_distance(&m, 0, 1), 21);
	assert_int_equal(np_distance(&m, 1, 0), 12);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest decide[] = {
		T(staying_is_taken_with_its_reason),
		T(moving_is_taken_with_its_reason),
		T(queuing_is_taken_from_who_declared_it),
		T(memory_alone_is_enough_for_a_target),
		T(a_page_may_go_elsewhere_than_to_its_access),
		T(without_the_verb_pages_stay_observed),
		T(a_huge_page_counts_whole),
		T(a_local_fault_is_counted_as_local),
		T(a_record_carries_the_access_before),
		T(what_a_stay_says_about_nodes_is_ignored),
		T(the_core_says_what_was_asked),
		T(moving_a_page_to_where_it_is_moves_nothing),
		T(a_remote_access_is_never_explained_as_local),
		T(a_memory_policy_is_obeyed_unasked),
		T(a_memory_policy_goes_before_stock),
		T(what_is_lazy_follows_its_memory_policy),
		T(what_is_lazy_is_nobody_s_to_hold),
		T(what_is_lazy_may_be_there_already),
		T(what_is_lazy_goes_where_it_can),
		T(stock_leaves_pages_to_the_kernel),
		T(an_ejected_policy_is_not_asked),
		T(a_policy_with_task_state_is_not_asked_without_it),
		T(a_policy_with_task_stats_is_not_asked_without_them),
		T(a_policy_without_task_state_never_waits_for_it),
		T(every_refusal_of_the_home_is_passed_on),
		T(a_queued_move_can_be_refused_too),
		T(the_home_is_asked_once_about_fault_and_node),
		T(the_home_is_not_asked_about_a_stay),
		T(a_node_without_memory_is_refused_without_a_strike),
		T(a_node_that_does_not_exist_is_a_strike),
		T(a_negative_node_is_a_strike),
		T(a_move_to_no_node_was_asked_for),
		T(a_verdict_that_does_not_exist_is_a_strike),
		T(the_core_s_own_verdicts_are_not_a_policy_s),
		T(a_reason_that_does_not_exist_is_a_strike),
		T(queuing_undeclared_is_a_strike),
		T(an_undeclared_queue_keeps_what_was_asked),
		T(bad_nodes_eject_after_exactly_the_strikes),
		T(bad_answers_eject_after_exactly_the_strikes),
		T(a_good_answer_does_not_buy_back_a_bad_one),
		T(refusals_never_eject),
		T(shadow_mode_does_not_excuse_bad_answers),
		T(ejection_leaves_the_process_to_stock),
		T(ejection_is_of_one_instance),
		T(ejection_is_for_all_processes_of_the_instance),
		T(shadow_mode_records_the_move_and_makes_none),
		T(shadow_mode_holds_for_queued_moves),
		T(shadow_mode_leaves_a_stay_alone),
		T(shadow_mode_is_refused_what_a_real_run_is),
		T(an_arrival_is_counted_and_recorded),
		T(what_a_worker_did_is_counted_and_recorded),
		T(a_failed_move_is_a_late_refusal),
		T(an_outcome_without_a_move_makes_no_record),
		T(the_time_of_every_fault_is_added_up),
		T(an_outcome_without_a_decision_counts_no_fault),
		T(the_policy_is_told_the_outcome),
		T(an_ejected_policy_is_told_nothing),
		T(stock_moves_are_counted_too),
		T(faults_are_credited_to_where_the_page_is_now),
		T(private_and_shared_faults_are_kept_apart),
		T(without_statistics_nothing_is_credited),
		T(a_thread_without_state_still_credits_its_process),
		T(a_page_on_no_node_is_credited_to_none),
		T(a_decision_alone_credits_nothing),
		T(only_nodes_with_memory_have_memory),
		T(distances_are_read_by_row),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(decide, NULL, NULL);
}
