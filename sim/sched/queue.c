// SPDX-License-Identifier: GPL-2.0
/*
 * Who runs on a CPU.
 *
 * Deadline tasks before realtime tasks before fair ones; of those the one that
 * has had the least CPU time for its weight.  A CPU keeps who waits in a plain
 * array: it is short, or the machine is lost anyway.
 */
#include <stdlib.h>

#include "../engine.h"
#include "../stock/stock.h"

/* base_slice_ns of 6.12: 0.75 ms times (1 + log2 of up to 8 CPUs). */
#define SLICE_NS	750000ULL

/* A sleeper comes back this far ahead of the others, as in CFS, not more. */
#define CREDIT_NS	(3 * NS_PER_MS)

/* A woken task preempts if it has had this much less: wakeup_granularity. */
#define WAKEUP_NS	(1 * NS_PER_MS)

/* Who wants the CPU for less is not asked whether it was fair. */
#define LONG_NS		NS_PER_SEC

/* With voluntary preemption the kernel offers the CPU about this often. */
#define VOLUNTARY_NS	50000

static uint64_t slice(const struct sim *s)
{
	unsigned int log = 0;

	while (log < 3 && s->nr_cpus >> (log + 1))
		log++;
	return SLICE_NS * (1 + log);
}

/* -------------------------------------------------------------------- queue */

static bool grow(struct cpu *c)
{
	unsigned int room = c->room ? c->room * 2 : 4;
	struct task **rq = realloc(c->rq, room * sizeof(*rq));

	if (!rq)
		return false;
	c->rq = rq;
	c->room = room;
	return true;
}

static void was_idle(struct sim *s, struct cpu *c, bool idle)
{
	if (c->isolated)
		return;
	s->node[c->node].idle += idle ? 1 : -1U;
	s->idle += idle ? 1 : -1U;
}

static void queue(struct sim *s, struct cpu *c, struct task *t)
{
	if (c->nr == c->room && !grow(c)) {
		s->oom = true;
		return;
	}
	t->rq_index = c->nr;
	c->rq[c->nr++] = t;
	s->node[c->node].waiting++;
	s->waiting++;
	t->state = TASK_READY;
}

static void unqueue(struct sim *s, struct task *t)
{
	struct cpu *c = t->cpu;
	struct task *last = c->rq[--c->nr];

	c->rq[t->rq_index] = last;
	last->rq_index = t->rq_index;
	s->node[c->node].waiting--;
	s->waiting--;
}

/* Virtual time is relative to the queue; between queues it is carried over. */
static void carry(struct task *t, const struct cpu *to)
{
	uint64_t ahead = t->vruntime > t->cpu->min_vruntime ?
		t->vruntime - t->cpu->min_vruntime : 0;

	if (t->cpu != to)
		t->vruntime = to->min_vruntime + ahead;
}

void sched_enqueue(struct sim *s, struct cpu *c, struct task *t)
{
	int from = t->cpu ? t->cpu->node : c->node;

	if (cpu_idle(c))
		was_idle(s, c, false);
	if (t->cpu != c)
		util_attach(s, c, t);
	if (t->cpu)
		carry(t, c);
	t->cpu = c;
	if (from != c->node)
		home_came(s, t, from);
	t->order = s->next_order++;
	c->load += t->weight;
	queue(s, c, t);
}

/* It waited; now it is nowhere. */
void sched_dequeue(struct sim *s, struct task *t)
{
	struct cpu *c = t->cpu;

	unqueue(s, t);
	c->load -= t->weight;
	if (cpu_idle(c))
		was_idle(s, c, true);
}

static void give_up(struct sim *s, struct cpu *c)
{
	util_switch(s, c, c->curr);
	c->curr = NULL;
	s->node[c->node].running -= !c->isolated;
}

/* It ran; now it is nowhere, and its CPU needs another. */
void sched_leave(struct sim *s, struct task *t)
{
	struct cpu *c = t->cpu;

	cpu_settle(s, c);
	util_miss(s, c);
	give_up(s, c);
	c->load -= t->weight;
	c->resched_ns = s->now;
	if (cpu_idle(c))
		was_idle(s, c, true);
}

/* --------------------------------------------------------------------- pick */

/* Is @a of a better rank than @b, whoever came first? */
static bool outranks(const struct task *a, const struct task *b)
{
	if (a->plan->class != b->plan->class)
		return a->plan->class > b->plan->class;
	if (a->plan->class == WORK_DEADLINE)
		return a->deadline_ns < b->deadline_ns;
	if (a->plan->class == WORK_RT)
		return a->plan->prio > b->plan->prio;
	return a->vruntime < b->vruntime;
}

/* Does @a go before @b?  Of equals, who has waited longer. */
static bool before(const struct task *a, const struct task *b)
{
	return outranks(a, b) || (!outranks(b, a) && a->order < b->order);
}

static struct task *best_waiting(const struct cpu *c)
{
	struct task *best = NULL;

	for (unsigned int i = 0; i < c->nr; i++)
		if (!best || before(c->rq[i], best))
			best = c->rq[i];
	return best;
}

static void count_latency(struct sim *s, struct task *t)
{
	uint64_t ns = s->now - t->woken_ns;

	if (t->woken_ns == NEVER_NS)
		return;
	t->woken_ns = NEVER_NS;
	s->result->wakeups++;
	s->result->wake_ns += ns;
	if (ns > s->result->wake_max_ns)
		s->result->wake_max_ns = ns;
}

/* All CPUs tick at once, but which of them is first is chance. */
static void next_tick(const struct sim *s, struct cpu *c)
{
	c->tick_ns = (s->now / TICK_NS + 1) * TICK_NS +
		     rng_below(&c->rng, TICK_LATE_NS);
}

static void run(struct sim *s, struct cpu *c, struct task *t, bool switched)
{
	unqueue(s, t);
	util_switch(s, c, t);
	c->curr = t;
	s->node[c->node].running += !c->isolated;
	t->state = TASK_RUNNING;
	c->settled_ns = s->now;
	if (t->plan->class == WORK_FAIR && t->vruntime > c->min_vruntime)
		c->min_vruntime = t->vruntime;
	if (switched) {
		s->result->switches++;
		t->kernel_left += s->costs.switch_ns;
		t->stint_ns = t->exec_ns;
		stream_price(s, t);
	}
	count_latency(s, t);
	if (c->tick_ns == NEVER_NS) {
		next_tick(s, c);
		host_begin(s, c);
	}
}

/* Off the CPU until its next period. */
static void throttle(struct sim *s, struct task *t)
{
	sched_leave(s, t);
	t->state = TASK_BLOCKED;
	timer_add(s, t->deadline_ns > s->now ? t->deadline_ns : s->now + 1,
		  TIMER_REFILL, t);
}

static void put_back(struct sim *s, struct cpu *c, struct task *t)
{
	give_up(s, c);
	queue(s, c, t);
}

void sched_pick(struct sim *s, struct cpu *c)
{
	struct task *prev = c->curr, *next;

	cpu_settle(s, c);
	if (prev && task_spent(prev))
		throttle(s, prev);
	else if (prev)
		put_back(s, c, prev);
	c->resched_ns = NEVER_NS;
	next = best_waiting(c);
	if (!next && !c->nr && balance_idle(s, c))
		next = best_waiting(c);
	if (next)
		run(s, c, next, next != prev);
	else
		c->tick_ns = NEVER_NS;
	cpu_plan(s, c);
	host_share(s);
}

/* --------------------------------------------------------------- preemption */

static bool should_preempt(const struct task *curr, const struct task *t)
{
	if (curr->plan->class != WORK_FAIR || t->plan->class != WORK_FAIR)
		return outranks(t, curr);
	return t->vruntime + WAKEUP_NS * 1024 / t->weight < curr->vruntime;
}

/* How long the running task may stay in the kernel. */
static uint64_t grace(const struct sim *s, const struct task *curr)
{
	uint64_t left = curr->syscall ? (uint64_t)curr->kernel_left : 0;

	if (s->config->preempt == SIM_PREEMPT_NONE)
		return left;
	if (s->config->preempt == SIM_PREEMPT_VOLUNTARY)
		return left < VOLUNTARY_NS ? left : VOLUNTARY_NS;
	return 0;
}

/* The same when @t was woken: lazy preemption leaves fair ones to the tick. */
static uint64_t wakeup_grace(const struct sim *s, const struct cpu *c,
			     const struct task *t)
{
	if (s->config->preempt == SIM_PREEMPT_LAZY &&
	    t->plan->class == WORK_FAIR)
		return c->tick_ns - s->now;
	return grace(s, c->curr);
}

static void resched_at(struct sim *s, struct cpu *c, uint64_t ns)
{
	if (ns < c->resched_ns)
		c->resched_ns = ns;
	cpu_plan(s, c);
}

void sched_check_preempt(struct sim *s, struct cpu *c, struct task *t)
{
	if (!c->curr) {
		resched_at(s, c, s->now);
		return;
	}
	cpu_settle(s, c);
	if (should_preempt(c->curr, t))
		resched_at(s, c, s->now + wakeup_grace(s, c, t));
}

/*
 * A new task's first slice is half as long (PLACE_DEADLINE_INITIAL): it goes before
 * one that has more left of a later slice than its first.
 */
static void preempt_by_new(struct sim *s, struct cpu *c)
{
	uint64_t ran = c->curr ? c->curr->exec_ns - c->curr->stint_ns : 0;

	if (ran >= slice(s) && ran % slice(s) < slice(s) / 2)
		resched_at(s, c, s->now + grace(s, c->curr));
}

static void end_of_slice(struct sim *s, struct cpu *c, struct task *t)
{
	struct task *next = best_waiting(c);

	if (!next || !before(next, t))
		return;
	if (t->plan->class != WORK_FAIR || next->plan->class != WORK_FAIR ||
	    t->exec_ns - t->stint_ns >= slice(s))
		resched_at(s, c, s->now + grace(s, t));
}

void sched_tick(struct sim *s, struct cpu *c)
{
	struct task *t = c->curr;

	next_tick(s, c);
	c->ticks++;
	util_miss(s, c);
	if (!t)
		return;
	end_of_slice(s, c, t);
	stream_price(s, t);
	scan_tick(s, t);
	balance_tick(s, c);
}

/* ------------------------------------------------------------ sleep and wake */

static void begin_to_want(const struct sim *s, struct task *t)
{
	t->since_ns = s->now;
	t->since_exec_ns = t->exec_ns;
}

/* Short times say nothing about fairness. */
void sched_end_wanting(const struct sim *s, struct task *t)
{
	uint64_t ns = s->now - t->since_ns;

	if (ns < LONG_NS)
		return;
	t->wanted_ns += ns;
	t->had_ns += t->exec_ns - t->since_exec_ns;
}

void sched_block(struct sim *s, struct task *t)
{
	sched_leave(s, t);
	sched_end_wanting(s, t);
	t->state = TASK_BLOCKED;
	t->turn_ns = 0;
}

/* A new period begins if the last one is over (constant bandwidth server). */
static void refresh_deadline(const struct sim *s, struct task *t)
{
	if (t->plan->class != WORK_DEADLINE || s->now < t->deadline_ns)
		return;
	t->deadline_ns = s->now + t->plan->period_ns;
	t->budget_ns = t->plan->runtime_ns;
}

/* The budget of a new period; the timer may name a task that is gone. */
void sched_refill(struct sim *s, struct task *t)
{
	if (t->state == TASK_DEAD)
		return;
	refresh_deadline(s, t);
	sched_enqueue(s, t->cpu, t);
	sched_check_preempt(s, t->cpu, t);
}

static void limit_credit(const struct cpu *c, struct task *t)
{
	uint64_t least = c->min_vruntime > CREDIT_NS ?
		c->min_vruntime - CREDIT_NS : 0;

	if (t->vruntime < least)
		t->vruntime = least;
}

void sched_wake(struct sim *s, struct task *t, struct cpu *waker)
{
	struct cpu *c = place_wakeup(s, t, waker);

	t->woken_ns = s->now;
	begin_to_want(s, t);
	refresh_deadline(s, t);
	if (c != t->cpu)
		t->kernel_left += s->costs.cold_ns;
	sched_enqueue(s, c, t);
	limit_credit(c, t);
	sched_check_preempt(s, c, t);
}

void sched_birth(struct sim *s, struct task *t, struct cpu *parent)
{
	struct cpu *c = place_birth(s, t, parent);

	t->woken_ns = NEVER_NS;
	begin_to_want(s, t);
	t->vruntime = c->min_vruntime;
	refresh_deadline(s, t);
	sched_enqueue(s, c, t);
	sched_check_preempt(s, c, t);
	if (c != parent)
		preempt_by_new(s, c);
}
