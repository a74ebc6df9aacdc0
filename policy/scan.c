// SPDX-License-Identifier: GPL-2.0
/*
 * Scan planning: when an address space is marked, how much at a time, and how
 * fast the next time.
 *
 * Windows of constant size at a constant rate of run time (Ingo Molnar's
 * constant-rate working-set sampling of November 2012, kept by mainline).  A
 * call never holds its task up longer than the latency budget: it stops, and
 * this or another thread goes on a little later.  Over a whole window and the
 * time to the next, a process whose threads all run spends about 1/32 of its
 * time marking (mainline's limit of 3 %), unless marking is so slow that the
 * longest period would be exceeded.
 *
 * Back-off as numa/core v16 did it: the period doubles after a pass that found
 * nearly everything in place and returns to the minimum after one that did not.
 */
#include <numaplace/policy.h>

#include "internal.h"

#define RUN_PER_SCAN	32	/* run time per time spent marking, on average */
#define RUN_PER_CALL	4	/* the same between the calls of one window */
#define TURN_MS		8	/* others scan the next window: mainline's 2 ticks */
#define SETTLED_SHIFT	3	/* settled: at most 1/8 of the faults remote */
#define EMPTY_SHIFT	3	/* walking nothing uses up 1/8 (mainline's 8x) */

static u64 ms_to_ns(u64 ms)
{
	return ms * 1000000;
}

static void pass_begin(struct np_proc *proc)
{
	struct np_scan *s = &proc->scan;

	s->offset = 0;
	s->faults = np_counter_read(&proc->counter[NP_C_FAULTS]);
	s->local = np_counter_read(&proc->counter[NP_C_LOCAL_FAULTS]);
}

void np_scan_reset(struct np_proc *proc)
{
	memset(&proc->scan, 0, sizeof(proc->scan));
	if (proc->inst)
		proc->scan.period_ms = proc->inst->param[NP_P_SCAN_PERIOD];
	pass_begin(proc);
}

bool np_scan_due(const struct np_ctx *c, u64 task_runtime_ns)
{
	if (np_left_to_stock(c->inst))
		return false;
	if (task_runtime_ns < ms_to_ns(c->inst->param[NP_P_SCAN_DELAY]))
		return false;
	return c->now_ns >= c->proc->scan.next_ns;
}

static struct np_scan_plan default_plan(const struct np_ctx *c)
{
	const s64 *param = c->inst->param;

	return (struct np_scan_plan){
		.pages = param[NP_P_SCAN_SIZE] << (20 - NP_PAGE_SHIFT),
		.period_ms = c->proc->scan.period_ms,
		.budget_us = param[NP_P_SCAN_BUDGET],
	};
}

/* What a policy may not plan: no pause, longer stalls, work no one does. */
static void clamp_plan(const struct np_ctx *c, struct np_scan_plan *plan)
{
	if (!plan->period_ms)
		plan->period_ms = 1;
	if (plan->budget_us > c->inst->param[NP_P_SCAN_BUDGET])
		plan->budget_us = c->inst->param[NP_P_SCAN_BUDGET];
}

static void show_plan(const struct np_ctx *c, const struct np_scan_plan *plan)
{
	struct np_record rec = np_record_init(c, NP_REC_PLAN);

	rec.addr = c->proc->scan.offset;
	rec.pages = plan->pages;
	rec.flags = c->proc->moves ? c->proc->moves->bits : 0;
	rec.value = (u64)plan->period_ms << 32 | plan->budget_us;
	np_show(c, &rec);
}

struct np_scan_plan np_scan_begin(const struct np_ctx *c)
{
	struct np_scan *s = &c->proc->scan;
	struct np_scan_plan plan = default_plan(c);

	if (c->inst->ops->scan_plan)
		c->inst->ops->scan_plan(c, s, &plan);
	clamp_plan(c, &plan);
	if (!s->left) {
		s->window_ns = c->now_ns;
		s->left = plan.pages;
		s->marked = 0;
		s->spent_ns = 0;
	}
	plan.pages = s->left;
	show_plan(c, &plan);
	return plan;
}

static void count_walk(const struct np_ctx *c, u32 walked, u32 marked)
{
	struct np_record rec = np_record_init(c, NP_REC_MARKED);

	rec.addr = c->proc->scan.offset;
	rec.pages = marked;
	rec.value = walked;
	np_event(c, NP_C_SCAN_PAGES, walked, &rec);
}

void np_scan_marked(const struct np_ctx *c, u32 walked, u32 marked)
{
	struct np_scan *s = &c->proc->scan;
	u32 used = marked ? walked : (walked >> EMPTY_SHIFT) + 1;

	count_walk(c, walked, marked);
	s->left -= used < s->left ? used : s->left;
	if (!marked)
		return;
	np_event(c, NP_C_SCAN_MARKED, marked, NULL);
	s->marked += marked;
}

/*
 * The period, or what the time spent asks for if marking is that slow; but no
 * more than the longest period: time measured includes what a hypervisor took
 * away, and one bad moment must not stop the scan for a minute.
 */
static u64 window_length(const struct np_ctx *c,
			 const struct np_scan_plan *plan)
{
	u32 threads = c->proc->threads ? c->proc->threads : 1;
	u64 owed = np_div64(c->proc->scan.spent_ns * RUN_PER_SCAN, threads);
	u64 most = ms_to_ns(c->inst->param[NP_P_SCAN_PERIOD_MAX]);
	u64 period = ms_to_ns(plan->period_ms);

	if (owed > most)
		owed = most;
	return period > owed ? period : owed;
}

static u32 window_done(const struct np_ctx *c, const struct np_scan_plan *plan)
{
	struct np_scan *s = &c->proc->scan;
	struct np_record rec = np_record_init(c, NP_REC_WINDOW);
	u64 length = window_length(c, plan);

	rec.pages = s->marked;
	s->left = 0;
	s->next_ns = s->window_ns + length;
	np_event(c, NP_C_SCAN_WINDOWS, 1, &rec);
	return np_div64(length, 1000000);
}

static void count_call(const struct np_ctx *c, bool done, u64 spent_ns)
{
	struct np_record rec = np_record_init(c, NP_REC_SCANNED);

	rec.flags = done;
	rec.value = spent_ns;
	np_event(c, NP_C_SCAN_NS, spent_ns, &rec);
}

u32 np_scan_end(const struct np_ctx *c, const struct np_scan_plan *plan,
		bool done, u64 spent_ns)
{
	struct np_scan *s = &c->proc->scan;

	s->spent_ns += spent_ns;
	count_call(c, done, spent_ns);
	if (done || !s->left)
		return window_done(c, plan) + TURN_MS;
	np_event(c, NP_C_SCAN_BUDGET, 1, NULL);
	return np_div64(spent_ns * RUN_PER_CALL, 1000000) + 1;
}

/* Did this pass find (nearly) everything in place? */
static bool settled(const struct np_proc *proc)
{
	const struct np_scan *s = &proc->scan;
	/* Faults go on meanwhile: local ones are read first, or there are more. */
	u64 local = np_counter_read(&proc->counter[NP_C_LOCAL_FAULTS]) -
		    s->local;
	u64 faults = np_counter_read(&proc->counter[NP_C_FAULTS]) - s->faults;

	return faults - local <= faults >> SETTLED_SHIFT;
}

static void adapt_period(const struct np_ctx *c)
{
	struct np_scan *s = &c->proc->scan;
	u32 max = c->inst->param[NP_P_SCAN_PERIOD_MAX];

	if (!settled(c->proc))
		s->period_ms = c->inst->param[NP_P_SCAN_PERIOD];
	else
		s->period_ms = s->period_ms < max / 2 ? s->period_ms * 2 : max;
}

/* Threads other than this one catch up when their next verb comes. */
static void halve_stats(const struct np_ctx *c)
{
	if (c->proc->group)
		np_group_pass(c->m, c->proc->group);
	else if (c->proc->stats)
		np_stats_halve(c->proc->stats);
	if (c->task)
		np_task_refresh(c->task);
}

struct np_task_ask np_scan_pass(const struct np_ctx *c)
{
	struct np_scan *s = &c->proc->scan;
	struct np_record rec = np_record_init(c, NP_REC_PASS);
	struct np_task_ask ask = { 0 };

	if (c->inst->ops->pass_done && !(rec.state & NP_STATE_EJECTED))
		c->inst->ops->pass_done(c, s, &ask);
	np_event(c, NP_C_SCAN_PASSES, 1, &rec);
	s->passes++;
	halve_stats(c);
	adapt_period(c);
	pass_begin(c->proc);
	return np_clamp_task_ask(c, ask);
}
