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

/* base_slice_ns of 6.12: 0.75 ms times (1 + log2 of up to 8 CPUs). */
#define SLICE_NS	750000ULL

/* A sleeper comes back this far ahead of the others, as in CFS, not more. */
#define CREDIT_NS	(3 * NS_PER_MS)

/* A woken task preempts if it has had this much less: wakeup_granularity. */
#define WAKEUP_NS	(1 * NS_PER_MS)

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
	if (cpu_idle(c))
		was_idle(s, c, false);
	if (t->cpu)
		carry(t, c);
	t->cpu = c;
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

/* It ran; now it is nowhere, and its CPU needs another. */
void sched_leave(struct sim *s, struct task *t)
{
	struct cpu *c = t->cpu;

	cpu_settle(s, c);
	c->curr = NULL;
	c->load -= t->weight;
	c->resched_ns = s->now;
	if (cpu_idle(c))
		was_idle(s, c, true);
}

/* --------------------------------------------------------------------- pick */

static bool eligible(const struct task *t)
{
	return !t->throttled;
}

/* Does @a go before @b?  Ties are broken by who is older. */
static bool before(const struct task *a, const struct task *b)
{
	if (a->plan->class != b->plan->class)
		return a->plan->class > b->plan->class;
	if (a->plan->class == WORK_DEADLINE && a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	if (a->plan->class == WORK_RT && a->plan->prio != b->plan->prio)
		return a->plan->prio > b->plan->prio;
	if (a->plan->class == WORK_FAIR && a->vruntime != b->vruntime)
		return a->vruntime < b->vruntime;
	return a->tid < b->tid;
}

static struct task *best_waiting(const struct cpu *c)
{
	struct task *best = NULL;

	for (unsigned int i = 0; i < c->nr; i++)
		if (eligible(c->rq[i]) && (!best || before(c->rq[i], best)))
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

/* Ticks of CPUs are a little apart, or the lowest would always be first. */
static void start_tick(const struct sim *s, struct cpu *c)
{
	uint64_t skew = (uint64_t)(c->id % 1000) * NS_PER_US;

	if (c->tick_ns == NEVER_NS)
		c->tick_ns = (s->now / TICK_NS + 1) * TICK_NS + skew;
}

static void run(struct sim *s, struct cpu *c, struct task *t, bool switched)
{
	unqueue(s, t);
	c->curr = t;
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
	start_tick(s, c);
}

void sched_pick(struct sim *s, struct cpu *c)
{
	struct task *prev = c->curr, *next;

	cpu_settle(s, c);
	c->resched_ns = NEVER_NS;
	if (prev) {
		c->curr = NULL;
		queue(s, c, prev);
	}
	next = best_waiting(c);
	if (!next && !c->nr && balance_idle(s, c))
		next = best_waiting(c);
	if (next)
		run(s, c, next, next != prev);
	else
		c->tick_ns = NEVER_NS;
	cpu_plan(s, c);
}

/* --------------------------------------------------------------- preemption */

static bool should_preempt(const struct task *curr, const struct task *t)
{
	if (!eligible(t))
		return false;
	if (curr->plan->class != WORK_FAIR || t->plan->class != WORK_FAIR)
		return before(t, curr);
	return t->vruntime + WAKEUP_NS * 1024 / t->weight < curr->vruntime;
}

/* How long the running task may go on, by the preemption model. */
static uint64_t grace(const struct sim *s, const struct cpu *c,
		      const struct task *t)
{
	enum sim_preempt model = s->config->preempt;
	uint64_t left = c->curr->syscall ? (uint64_t)c->curr->kernel_left : 0;

	if (model == SIM_PREEMPT_NONE)
		return left;
	if (model == SIM_PREEMPT_VOLUNTARY)
		return left < VOLUNTARY_NS ? left : VOLUNTARY_NS;
	if (model == SIM_PREEMPT_LAZY && t->plan->class == WORK_FAIR)
		return c->tick_ns - s->now;
	return 0;
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
		resched_at(s, c, s->now + grace(s, c, t));
}

static void out_of_budget(struct sim *s, struct cpu *c, struct task *t)
{
	if (t->plan->class != WORK_DEADLINE || t->budget_ns || t->throttled)
		return;
	t->throttled = true;
	timer_add(s, t->deadline_ns > s->now ? t->deadline_ns : s->now + 1,
		  TIMER_REFILL, t);
	c->resched_ns = s->now;
}

static void end_of_slice(const struct sim *s, struct cpu *c, struct task *t)
{
	struct task *next = best_waiting(c);

	if (!next || t->plan->class != WORK_FAIR)
		return;
	if (t->exec_ns - t->stint_ns >= slice(s) && before(next, t))
		c->resched_ns = s->now;
}

void sched_tick(struct sim *s, struct cpu *c)
{
	struct task *t = c->curr;

	c->tick_ns += TICK_NS;
	c->ticks++;
	if (!t)
		return;
	out_of_budget(s, c, t);
	end_of_slice(s, c, t);
	stream_price(s, t);
	scan_tick(s, t);
	balance_tick(s, c);
}

/* ------------------------------------------------------------ sleep and wake */

void sched_block(struct sim *s, struct task *t)
{
	sched_leave(s, t);
	t->state = TASK_BLOCKED;
	t->slept = true;
}

/* A new period begins if the last one is over (constant bandwidth server). */
static void refresh_deadline(const struct sim *s, struct task *t)
{
	if (t->plan->class != WORK_DEADLINE || t->throttled ||
	    s->now < t->deadline_ns)
		return;
	t->deadline_ns = s->now + t->plan->period_ns;
	t->budget_ns = t->plan->runtime_ns;
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
	t->vruntime = c->min_vruntime;
	refresh_deadline(s, t);
	sched_enqueue(s, c, t);
	sched_check_preempt(s, c, t);
}
