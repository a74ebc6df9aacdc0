// SPDX-License-Identifier: GPL-2.0
/* Scan planning: when, how much at a time, and how fast the next time. */
#include "common.h"

#define WINDOW	65536u		/* pages of the default 256 MiB */
#define PERIOD	1000u		/* ms, the default shortest */
#define LONGEST	10000u		/* ms, the default longest */
#define TURN	8u		/* ms that other threads have before this one */

/* ------------------------------------------------------------- the puppet */

static struct np_scan_plan says;	/* what it plans, if @plans */
static bool plans;
static struct np_scan_plan was_offered;
static const struct np_scan *was_shown;
static unsigned int planned, passes_seen;
static struct np_scan scan_at_pass;
static u32 task_total_at_pass, proc_total_at_pass;

static void puppet_plan(const struct np_ctx *c, const struct np_scan *scan,
			struct np_scan_plan *plan)
{
	(void)c;
	planned++;
	was_offered = *plan;
	was_shown = scan;
	if (plans)
		*plan = says;
}

static void puppet_pass(const struct np_ctx *c, const struct np_scan *scan,
			struct np_task_ask *ask)
{
	(void)ask;
	passes_seen++;
	scan_at_pass = *scan;
	task_total_at_pass = c->task->stats ? c->task->stats->total : 0;
	proc_total_at_pass = c->proc->stats ? c->proc->stats->total : 0;
}

static const struct np_policy_ops puppet = {
	.scan_plan = puppet_plan,
	.pass_done = puppet_pass,
	.name = "puppet",
	.summary = "test: plans what the test wants",
};

static struct home *open_puppet(const struct np_policy_ops *ops)
{
	planned = passes_seen = 0;
	plans = false;
	return home_open(ops, "puppet");
}

static struct np_scan_plan plan_of(struct home *h, struct np_scan_plan plan)
{
	plans = true;
	says = plan;
	return np_scan_begin(&h->c);
}

/* A window that is all marked at once. */
static void one_window(struct home *h)
{
	struct np_scan_plan plan = np_scan_begin(&h->c);

	np_scan_marked(&h->c, plan.pages, plan.pages);
	np_scan_end(&h->c, &plan, false, 0);
}

/* ------------------------------------------------------------------ delay */

static void a_young_task_is_not_scanned(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_false(np_scan_due(&h->c, 0));
	assert_false(np_scan_due(&h->c, 1000 * NS_PER_MS - 1));
	assert_true(np_scan_due(&h->c, 1000 * NS_PER_MS));
	assert_true(np_scan_due(&h->c, ~0ULL));
}

static void the_delay_is_a_parameter(void **state)
{
	struct home *h = home_open(NULL, "none:scan_delay=30ms");

	(void)state;
	assert_false(np_scan_due(&h->c, 30 * NS_PER_MS - 1));
	assert_true(np_scan_due(&h->c, 30 * NS_PER_MS));
}

static void no_delay_means_at_once(void **state)
{
	struct home *h = home_open(NULL, "none:scan_delay=0");

	(void)state;
	assert_true(np_scan_due(&h->c, 0));
}

static void stock_is_never_scanned(void **state)
{
	struct home *h = home_open(NULL, "stock:scan_delay=0");

	(void)state;
	assert_false(np_scan_due(&h->c, ~0ULL));
}

static void an_ejected_policy_is_never_scanned(void **state)
{
	struct home *h = home_open(NULL, "none:scan_delay=0");

	(void)state;
	h->inst.ejected = true;
	assert_false(np_scan_due(&h->c, ~0ULL));
}

/* ------------------------------------------------------------------ period */

static void assert_due_from(struct home *h, u64 ns)
{
	u64 now = h->c.now_ns;

	h->c.now_ns = ns - 1;
	assert_false(np_scan_due(&h->c, ~0ULL));
	h->c.now_ns = ns;
	assert_true(np_scan_due(&h->c, ~0ULL));
	h->c.now_ns = now;
}

static void the_next_window_is_a_period_after_this_one_began(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	one_window(h);
	assert_due_from(h, HOME_TIME + PERIOD * NS_PER_MS);
}

static void the_period_is_a_parameter(void **state)
{
	struct home *h = home_open(NULL, "none:scan_period=40ms");

	(void)state;
	one_window(h);
	assert_due_from(h, HOME_TIME + 40 * NS_PER_MS);
}

/* The period counts from the start even if the window took many calls. */
static void a_slow_window_does_not_push_the_next_one_away(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	np_scan_marked(&h->c, 2048, 2048);
	np_scan_end(&h->c, &plan, false, NS_PER_MS);
	h->c.now_ns += 300 * NS_PER_MS;
	one_window(h);
	assert_due_from(h, HOME_TIME + PERIOD * NS_PER_MS);
}

/* -------------------------------------------------------------------- plan */

static void parameters_make_the_default_plan(void **state)
{
	struct home *h = home_open(NULL, "none:scan_size=3,scan_period=50,scan_budget=70");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	assert_int_equal(plan.pages, 3 * 256);
	assert_int_equal(plan.period_ms, 50);
	assert_int_equal(plan.budget_us, 70);
}

static void the_largest_window_is_not_cut_off(void **state)
{
	struct home *h = home_open(NULL, "none:scan_size=1048576MiB");

	(void)state;
	assert_int_equal(np_scan_begin(&h->c).pages, 1u << 28);
}

static void a_policy_starts_from_the_default_plan(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_scan_begin(&h->c);
	assert_int_equal(planned, 1);
	assert_ptr_equal(was_shown, &h->proc.scan);
	assert_int_equal(was_offered.pages, WINDOW);
	assert_int_equal(was_offered.period_ms, PERIOD);
	assert_int_equal(was_offered.budget_us, 1000);
}

static void a_policy_may_plan_less(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_scan_plan plan = plan_of(h, (struct np_scan_plan){
		.pages = 100, .period_ms = 7000, .budget_us = 20,
	});

	(void)state;
	assert_int_equal(plan.pages, 100);
	assert_int_equal(plan.period_ms, 7000);
	assert_int_equal(plan.budget_us, 20);
	np_scan_marked(&h->c, 100, 100);
	np_scan_end(&h->c, &plan, false, 0);
	assert_due_from(h, HOME_TIME + 7000 * NS_PER_MS);
}

static void no_pages_means_no_marking_this_time(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_scan_plan plan = plan_of(h, (struct np_scan_plan){
		.pages = 0, .period_ms = 60,
	});

	(void)state;
	assert_int_equal(plan.pages, 0);
	assert_int_equal(h->proc.scan.left, 0);
	np_scan_end(&h->c, &plan, false, 0);
	assert_due_from(h, HOME_TIME + 60 * NS_PER_MS);
}

static void a_plan_without_a_period_gets_one(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_scan_plan plan = plan_of(h, (struct np_scan_plan){
		.pages = 1, .period_ms = 0,
	});

	(void)state;
	assert_true(plan.period_ms > 0);
}

/* scan_budget is the user's: "longest time one scan call holds its task up". */
static void a_plan_cannot_exceed_the_latency_budget(void **state)
{
	struct home *h = open_puppet(&puppet);
	struct np_scan_plan plan = plan_of(h, (struct np_scan_plan){
		.pages = 1, .period_ms = 1000, .budget_us = 5000000,
	});

	(void)state;
	assert_true(plan.budget_us <= h->inst.param[NP_P_SCAN_BUDGET]);
}

/* ----------------------------------------------------------------- marking */

static void marking_uses_the_window_up(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	np_scan_begin(&h->c);
	np_scan_marked(&h->c, 2048, 1);
	assert_int_equal(h->proc.scan.left, WINDOW - 2048);
	assert_int_equal(h->proc.scan.marked, 1);
	assert_int_equal(counter(h, NP_C_SCAN_PAGES), 2048);
	assert_int_equal(counter(h, NP_C_SCAN_MARKED), 1);
}

static void walking_nothing_uses_up_an_eighth(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	np_scan_begin(&h->c);
	np_scan_marked(&h->c, 2048, 0);
	assert_in_range(WINDOW - h->proc.scan.left, 2048 / 8, 2048 / 8 + 1);
	assert_int_equal(h->proc.scan.marked, 0);
	assert_int_equal(counter(h, NP_C_SCAN_PAGES), 2048);
	assert_int_equal(counter(h, NP_C_SCAN_MARKED), 0);
}

/* Or a walk over single-page mappings would never end. */
static void the_smallest_empty_range_still_uses_something_up(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	np_scan_begin(&h->c);
	np_scan_marked(&h->c, 1, 0);
	assert_int_equal(h->proc.scan.left, WINDOW - 1);
}

static void a_window_of_empty_ranges_ends(void **state)
{
	struct home *h = home_open(NULL, "none:scan_size=1MiB");
	int steps = 0;

	(void)state;
	np_scan_begin(&h->c);
	for (; h->proc.scan.left; steps++)
		np_scan_marked(&h->c, 8, 0);
	assert_int_equal(steps, 256 / 2);
}

static void overshooting_a_window_ends_it(void **state)
{
	struct home *h = home_open(NULL, "none:scan_size=1MiB");

	(void)state;
	np_scan_begin(&h->c);
	np_scan_marked(&h->c, 2048, 2048);
	assert_int_equal(h->proc.scan.left, 0);
	assert_int_equal(h->proc.scan.marked, 2048);
}

/* ------------------------------------------------------------ continuation */

static u32 one_call(struct home *h, u32 pages, u64 spent_ns)
{
	struct np_scan_plan plan = np_scan_begin(&h->c);

	np_scan_marked(&h->c, pages, pages);
	return np_scan_end(&h->c, &plan, false, spent_ns);
}

static void a_spent_budget_leaves_the_window_open(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	one_call(h, 2048, NS_PER_MS);
	assert_int_equal(counter(h, NP_C_SCAN_BUDGET), 1);
	assert_int_equal(counter(h, NP_C_SCAN_WINDOWS), 0);
	assert_int_equal(h->nr_rec, 0);
	assert_int_equal(h->proc.scan.left, WINDOW - 2048);
}

static void an_open_window_is_due_for_any_thread(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	one_call(h, 2048, NS_PER_MS);
	assert_true(np_scan_due(&h->c, ~0ULL));
}

static void the_next_call_goes_on_where_the_last_stopped(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan;

	(void)state;
	one_call(h, 2048, NS_PER_MS);
	h->c.now_ns += 50 * NS_PER_MS;
	plan = np_scan_begin(&h->c);
	assert_int_equal(plan.pages, WINDOW - 2048);
	assert_int_equal(h->proc.scan.window_ns, HOME_TIME);
	assert_int_equal(h->proc.scan.marked, 2048);
}

static void a_window_of_many_calls_is_one_window(void **state)
{
	struct home *h = home_open(NULL, "none");
	int i;

	(void)state;
	for (i = 0; i < 32; i++, h->c.now_ns += NS_PER_MS)
		one_call(h, 2048, NS_PER_MS);
	assert_int_equal(counter(h, NP_C_SCAN_WINDOWS), 1);
	assert_int_equal(counter(h, NP_C_SCAN_BUDGET), 31);
	assert_int_equal(counter(h, NP_C_SCAN_MARKED), WINDOW);
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(h->rec[0].pages, WINDOW);
}

/* Between the calls of one window a task runs four times what it marked. */
static void a_call_owes_run_time_in_proportion(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_in_range(one_call(h, 1, NS_PER_MS), 4, 5);
	assert_in_range(one_call(h, 1, 50 * NS_PER_MS), 200, 201);
}

static void a_call_owes_at_least_a_millisecond(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	assert_int_equal(one_call(h, 1, 0), 1);
	assert_int_equal(one_call(h, 1, 1), 1);
}

static void the_time_of_every_call_is_added_up(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	one_call(h, 1, 300);
	one_call(h, 1, 40);
	assert_int_equal(counter(h, NP_C_SCAN_NS), 340);
}

/* -------------------------------------------------------------- window end */

static void the_end_of_a_window_is_counted_and_recorded(void **state)
{
	struct home *h = home_open(NULL, "none:scan_size=1MiB");

	(void)state;
	one_window(h);
	assert_int_equal(counter(h, NP_C_SCAN_WINDOWS), 1);
	assert_int_equal(counter(h, NP_C_SCAN_BUDGET), 0);
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(h->rec[0].type, NP_REC_WINDOW);
	assert_int_equal(h->rec[0].pages, 256);
	assert_int_equal(h->rec[0].time_ns, HOME_TIME);
	assert_int_equal(all_reasons(h), 0);
}

static void a_window_may_end_before_it_is_used_up(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	np_scan_marked(&h->c, 10, 7);
	np_scan_end(&h->c, &plan, true, 0);
	assert_int_equal(h->proc.scan.left, 0);
	assert_int_equal(h->rec[0].pages, 7);
	assert_int_equal(counter(h, NP_C_SCAN_WINDOWS), 1);
}

static void the_next_window_starts_full_and_empty_handed(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	one_window(h);
	h->c.now_ns += 9999 * NS_PER_MS;
	assert_int_equal(np_scan_begin(&h->c).pages, WINDOW);
	assert_int_equal(h->proc.scan.marked, 0);
	assert_int_equal(h->proc.scan.window_ns, h->c.now_ns);
}

static void after_a_window_a_task_waits_for_the_period(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	assert_int_equal(np_scan_end(&h->c, &plan, true, NS_PER_MS), PERIOD + TURN);
}

/* Time that a hypervisor took away must not stop the scan for a minute. */
static void one_slow_call_waits_no_longer_than_the_longest_period(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	assert_int_equal(np_scan_end(&h->c, &plan, true, 1300 * NS_PER_MS),
			 LONGEST + TURN);
}

/* At most 1/32 of the time goes into marking, however slow marking is. */
static void slow_marking_makes_the_window_longer(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	assert_int_equal(np_scan_end(&h->c, &plan, true, 100 * NS_PER_MS),
			 3200 + TURN);
	assert_due_from(h, HOME_TIME + 3200 * NS_PER_MS);
}

static void all_calls_of_a_window_make_it_longer(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan;

	(void)state;
	one_call(h, 1, 60 * NS_PER_MS);
	plan = np_scan_begin(&h->c);
	assert_int_equal(np_scan_end(&h->c, &plan, true, 40 * NS_PER_MS), 3200 + TURN);
}

static void what_a_window_cost_is_not_charged_to_the_next(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	np_scan_end(&h->c, &plan, true, 100 * NS_PER_MS);
	plan = np_scan_begin(&h->c);
	assert_int_equal(np_scan_end(&h->c, &plan, true, 0), PERIOD + TURN);
}

static void threads_share_the_cost_of_a_window(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	h->proc.threads = 2;
	assert_int_equal(np_scan_end(&h->c, &plan, true, 100 * NS_PER_MS),
			 1600 + TURN);
	h->proc.threads = 4;
	plan = np_scan_begin(&h->c);
	assert_int_equal(np_scan_end(&h->c, &plan, true, 100 * NS_PER_MS),
			 PERIOD + TURN);
}

static void a_process_without_known_threads_has_one(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_scan_plan plan = np_scan_begin(&h->c);

	(void)state;
	h->proc.threads = 0;
	assert_int_equal(np_scan_end(&h->c, &plan, true, 100 * NS_PER_MS),
			 3200 + TURN);
}

/* ---------------------------------------------------------------- pass end */

/* A pass with so many faults, of which so many were remote. */
static void pass_with(struct home *h, u32 faults, u32 remote)
{
	np_event(&h->c, NP_C_FAULTS, faults, NULL);
	np_event(&h->c, NP_C_LOCAL_FAULTS, faults - remote, NULL);
	np_scan_pass(&h->c);
}

static void the_end_of_a_pass_is_counted_and_recorded(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	h->proc.scan.offset = 0x7000;
	np_scan_pass(&h->c);
	assert_int_equal(counter(h, NP_C_SCAN_PASSES), 1);
	assert_int_equal(h->nr_rec, 1);
	assert_int_equal(h->rec[0].type, NP_REC_PASS);
	assert_int_equal(h->proc.scan.passes, 1);
	assert_int_equal(h->proc.scan.offset, 0);
}

static void a_settled_process_is_scanned_half_as_often(void **state)
{
	static const u32 periods[] = { 2000, 4000, 8000, LONGEST, LONGEST };
	struct home *h = home_open(NULL, "none");
	size_t i;

	(void)state;
	assert_int_equal(h->proc.scan.period_ms, PERIOD);
	for (i = 0; i < ARRAY_SIZE(periods); i++) {
		pass_with(h, 1000, 0);
		assert_int_equal(h->proc.scan.period_ms, periods[i]);
	}
}

static void an_unsettled_process_is_back_at_full_rate_at_once(void **state)
{
	struct home *h = home_open(NULL, "none");
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		pass_with(h, 1000, 0);
	pass_with(h, 1000, 1000);
	assert_int_equal(h->proc.scan.period_ms, PERIOD);
}

static void an_eighth_remote_is_settled_and_more_is_not(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	pass_with(h, 800, 100);
	assert_int_equal(h->proc.scan.period_ms, 2 * PERIOD);
	pass_with(h, 800, 101);
	assert_int_equal(h->proc.scan.period_ms, PERIOD);
}

static void a_single_remote_fault_is_not_settled(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	pass_with(h, 1, 1);
	assert_int_equal(h->proc.scan.period_ms, PERIOD);
}

static void a_process_that_touches_nothing_is_settled(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	pass_with(h, 0, 0);
	assert_int_equal(h->proc.scan.period_ms, 2 * PERIOD);
}

static void only_the_faults_of_this_pass_matter(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	pass_with(h, 100000, 100000);
	pass_with(h, 10, 0);
	assert_int_equal(h->proc.scan.period_ms, 2 * PERIOD);
	pass_with(h, 10, 10);
	assert_int_equal(h->proc.scan.period_ms, PERIOD);
}

static void equal_limits_leave_no_choice(void **state)
{
	struct home *h = home_open(NULL, "none:scan_period=300,scan_period_max=300");

	(void)state;
	pass_with(h, 10, 0);
	assert_int_equal(h->proc.scan.period_ms, 300);
	pass_with(h, 10, 10);
	assert_int_equal(h->proc.scan.period_ms, 300);
}

static void the_period_never_leaves_its_limits(void **state)
{
	struct home *h = home_open(NULL, "none:scan_period=70,scan_period_max=999");
	struct dice d = { 1 };
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		u32 faults = roll(&d, 100);

		pass_with(h, faults, roll(&d, 4) ? 0 : roll(&d, faults + 1));
		assert_in_range(h->proc.scan.period_ms, 70, 999);
	}
}

static void the_new_period_is_in_the_next_plan(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	pass_with(h, 10, 0);
	assert_int_equal(np_scan_begin(&h->c).period_ms, 2 * PERIOD);
}

/* pass_done judges the pass that ended: nothing may be forgotten before. */
static void a_policy_sees_the_pass_before_it_is_forgotten(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	home_give_stats(h);
	np_stats_add(h->task.stats, NODE_B, true, 10);
	np_stats_add(h->proc.stats, NODE_B, true, 30);
	pass_with(h, 8, 8);
	assert_int_equal(passes_seen, 1);
	assert_int_equal(scan_at_pass.faults, 0);
	assert_int_equal(scan_at_pass.local, 0);
	assert_int_equal(scan_at_pass.passes, 0);
	assert_int_equal(task_total_at_pass, 10);
	assert_int_equal(proc_total_at_pass, 30);
	assert_int_equal(h->proc.scan.faults, 8);
	assert_int_equal(h->proc.scan.local, 0);
}

static void a_pass_halves_the_statistics(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	np_stats_add(h->task.stats, NODE_B, true, 10);
	np_stats_add(h->proc.stats, NODE_B, true, 30);
	np_scan_pass(&h->c);
	assert_int_equal(h->task.stats->total, 5);
	assert_int_equal(h->proc.stats->total, 15);
}

static void a_thread_without_state_may_finish_a_pass(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	home_give_stats(h);
	np_stats_add(h->proc.stats, NODE_B, true, 30);
	h->c.task = NULL;
	np_scan_pass(&h->c);
	assert_int_equal(h->proc.stats->total, 15);
}

/*
 * "Halved once per pass": also for the threads that did not happen to finish
 * it, at the latest when they are looked at or credited next.
 */
static void a_pass_halves_the_statistics_of_every_thread(void **state)
{
	struct home *h = home_open(NULL, "none");
	struct np_fault f = home_fault(NODE_B, NODE_B);
	struct np_outcome o = { .node = NODE_B };
	struct np_decision d = np_stay(NP_R_LOCAL);
	struct np_task other;

	(void)state;
	home_give_stats(h);
	home_second_task(h, &other);
	np_stats_add(other.stats, NODE_B, true, 8);
	np_scan_pass(&h->c);
	np_task_refresh(&other);
	h->c.task = &other;
	np_account(&h->c, &f, &d, &o);
	assert_int_equal(other.stats->total, 8 / 2 + 1);
}

/* Ejection can come from another thread's fault while this one scans. */
static void an_ejected_policy_does_not_see_the_end_of_the_pass(void **state)
{
	struct home *h = open_puppet(&puppet);

	(void)state;
	np_scan_begin(&h->c);
	h->inst.ejected = true;
	np_scan_pass(&h->c);
	assert_int_equal(passes_seen, 0);
}

/* ------------------------------------------------------------------- reset */

static void assert_scan_is_new(const struct home *h)
{
	const struct np_scan *s = &h->proc.scan;

	assert_int_equal(s->offset, 0);
	assert_int_equal(s->passes, 0);
	assert_int_equal(s->left, 0);
	assert_int_equal(s->marked, 0);
	assert_int_equal(s->spent_ns, 0);
	assert_int_equal(s->next_ns, 0);
	assert_int_equal(s->period_ms, PERIOD);
	assert_int_equal(s->faults, counter(h, NP_C_FAULTS));
	assert_int_equal(s->local, counter(h, NP_C_LOCAL_FAULTS));
}

static void well_into_a_scan(struct home *h)
{
	pass_with(h, 100, 0);
	one_call(h, 2048, NS_PER_MS);
	h->proc.scan.offset = 0x1000;
	np_event(&h->c, NP_C_FAULTS, 40, NULL);
	np_event(&h->c, NP_C_LOCAL_FAULTS, 30, NULL);
}

static void exec_starts_the_scan_over(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	well_into_a_scan(h);
	np_exec(&h->c);
	assert_scan_is_new(h);
}

static void a_new_policy_starts_the_scan_over(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	well_into_a_scan(h);
	np_proc_start(&h->proc, &h->inst);
	assert_scan_is_new(h);
}

static void a_reset_forgets_no_counter(void **state)
{
	struct home *h = home_open(NULL, "none");

	(void)state;
	well_into_a_scan(h);
	np_scan_reset(&h->proc);
	assert_scan_is_new(h);
	assert_int_equal(counter(h, NP_C_FAULTS), 140);
	assert_int_equal(counter(h, NP_C_SCAN_MARKED), 2048);
}

static void a_process_without_policy_can_be_reset(void **state)
{
	struct np_proc proc = { .scan.offset = 5 };

	(void)state;
	np_scan_reset(&proc);
	assert_int_equal(proc.scan.offset, 0);
	assert_int_equal(proc.scan.period_ms, 0);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest scan[] = {
		T(a_young_task_is_not_scanned),
		T(the_delay_is_a_parameter),
		T(no_delay_means_at_once),
		T(stock_is_never_scanned),
		T(an_ejected_policy_is_never_scanned),
		T(the_next_window_is_a_period_after_this_one_began),
		T(the_period_is_a_parameter),
		T(a_slow_window_does_not_push_the_next_one_away),
		T(parameters_make_the_default_plan),
		T(the_largest_window_is_not_cut_off),
		T(a_policy_starts_from_the_default_plan),
		T(a_policy_may_plan_less),
		T(no_pages_means_no_marking_this_time),
		T(a_plan_without_a_period_gets_one),
		T(a_plan_cannot_exceed_the_latency_budget),
		T(marking_uses_the_window_up),
		T(walking_nothing_uses_up_an_eighth),
		T(the_smallest_empty_range_still_uses_something_up),
		T(a_window_of_empty_ranges_ends),
		T(overshooting_a_window_ends_it),
		T(a_spent_budget_leaves_the_window_open),
		T(an_open_window_is_due_for_any_thread),
		T(the_next_call_goes_on_where_the_last_stopped),
		T(a_window_of_many_calls_is_one_window),
		T(a_call_owes_run_time_in_proportion),
		T(a_call_owes_at_least_a_millisecond),
		T(one_slow_call_waits_no_longer_than_the_longest_period),
		T(the_time_of_every_call_is_added_up),
		T(the_end_of_a_window_is_counted_and_recorded),
		T(a_window_may_end_before_it_is_used_up),
		T(the_next_window_starts_full_and_empty_handed),
		T(after_a_window_a_task_waits_for_the_period),
		T(slow_marking_makes_the_window_longer),
		T(all_calls_of_a_window_make_it_longer),
		T(what_a_window_cost_is_not_charged_to_the_next),
		T(threads_share_the_cost_of_a_window),
		T(a_process_without_known_threads_has_one),
		T(the_end_of_a_pass_is_counted_and_recorded),
		T(a_settled_process_is_scanned_half_as_often),
		T(an_unsettled_process_is_back_at_full_rate_at_once),
		T(an_eighth_remote_is_settled_and_more_is_not),
		T(a_single_remote_fault_is_not_settled),
		T(a_process_that_touches_nothing_is_settled),
		T(only_the_faults_of_this_pass_matter),
		T(equal_limits_leave_no_choice),
		T(the_period_never_leaves_its_limits),
		T(the_new_period_is_in_the_next_plan),
		T(a_policy_sees_the_pass_before_it_is_forgotten),
		T(a_pass_halves_the_statistics),
		T(a_thread_without_state_may_finish_a_pass),
		T(a_pass_halves_the_statistics_of_every_thread),
		T(an_ejected_policy_does_not_see_the_end_of_the_pass),
		T(exec_starts_the_scan_over),
		T(a_new_policy_starts_the_scan_over),
		T(a_reset_forgets_no_counter),
		T(a_process_without_policy_can_be_reset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(scan, NULL, NULL);
}
