// SPDX-License-Identifier: GPL-2.0
/*
 * How time passes on a CPU: what its task has done since somebody looked last,
 * and when something will happen to it next.
 */
#include "../engine.h"
#include "../stock/stock.h"

/* -------------------------------------------------------------------- past */

/*
 * Virtual time passes at the speed of 1024 / weight, as in CFS since 2.6.23;
 * 1024 is nice 0.
 */
static void charge(struct cpu *c, struct task *t, uint64_t ns)
{
	t->exec_ns += ns;
	t->vruntime += ns * 1024 / t->weight;
	if (t->plan->class == WORK_DEADLINE)
		t->budget_ns -= ns < t->budget_ns ? ns : t->budget_ns;
	if (t->plan->class == WORK_FAIR && t->vruntime > c->min_vruntime &&
	    !c->nr)
		c->min_vruntime = t->vruntime;
}

/* Signed: doubles have no instructions for other whole numbers. */
static uint64_t rounded(double ns)
{
	return (uint64_t)(int64_t)(ns + 0.5);
}

static void progress(struct sim *s, struct task *t, double ns)
{
	double kernel = ns < t->kernel_left ? ns : t->kernel_left;
	double user = ns - kernel;
	uint64_t whole = rounded(kernel);

	t->kernel_left -= kernel;
	s->result->kernel_ns += whole;
	s->result->user_ns += rounded(ns) - whole;
	if (t->stream.map)
		stream_run(s, t, user);
	else
		t->user_left -= user < t->user_left ? user : t->user_left;
}

void cpu_settle(struct sim *s, struct cpu *c)
{
	uint64_t ns = s->now - c->settled_ns;

	c->settled_ns = s->now;
	if (!c->curr || !ns)
		return;
	charge(c, c->curr, ns);
	if (!c->held)
		progress(s, c->curr, (double)(int64_t)ns);
}

void cpu_settle_all(struct sim *s)
{
	for (unsigned int c = 0; c < s->nr_cpus; c++)
		if (s->cpu[c].curr)
			cpu_settle(s, &s->cpu[c]);
}

/* ------------------------------------------------------------------- future */

/* CPU time until its task needs attention. */
static double until_event(const struct task *t)
{
	if (t->stream.map)
		return t->kernel_left + stream_next(t);
	return t->kernel_left + t->user_left;
}

/* Rounded up.  At least one ns: whatever happens, time goes on. */
static uint64_t after(uint64_t now, double ns)
{
	int64_t whole;

	if (!(ns < 1e18))
		return NEVER_NS;
	whole = (int64_t)ns;
	whole += (double)whole < ns;
	return now + (whole > 1 ? (uint64_t)whole : 1);
}

static uint64_t budget_end(const struct sim *s, const struct task *t)
{
	return t->plan->class == WORK_DEADLINE ? s->now + t->budget_ns :
						 NEVER_NS;
}

static uint64_t next_of_task(const struct sim *s, const struct cpu *c)
{
	uint64_t next = after(s->now, until_event(c->curr));
	uint64_t end = budget_end(s, c->curr);

	next = end < next ? end : next;
	return c->host_ns < next ? c->host_ns : next;
}

static uint64_t next_event_of(const struct sim *s, const struct cpu *c)
{
	uint64_t next = c->curr ? next_of_task(s, c) : NEVER_NS;

	if (host_holds(c))
		return c->host_ns;
	next = c->tick_ns < next ? c->tick_ns : next;
	return c->resched_ns < next ? c->resched_ns : next;
}

void cpu_plan(struct sim *s, struct cpu *c)
{
	uint64_t next = next_event_of(s, c);

	due_set(&s->due, (uint32_t)c->id, next > s->now ? next : s->now);
}

/* Time that the kernel takes from whoever runs there. */
void cpu_steal(struct sim *s, struct cpu *c, double ns)
{
	s->result->balancer_ns += (uint64_t)ns;
	if (!c->curr) {
		s->result->kernel_ns += (uint64_t)ns;
		return;
	}
	cpu_settle(s, c);
	c->curr->kernel_left += ns;
	cpu_plan(s, c);
}

/* ------------------------------------------------------------------- present */

/* Nothing is left of what the task was doing. */
static bool idle_hands(const struct sim *s, const struct task *t)
{
	if (t->kernel_left >= 1)
		return false;
	return t->stream.map ? stream_done(s, t) : t->user_left < 1;
}

static void attend(struct sim *s, struct task *t)
{
	t->syscall &= t->kernel_left >= 1;
	if (t->kernel_left < 1 && t->stock & STOCK_TODO)
		stock_catch_up(s, t);
	if (t->kernel_left < 1 && t->stream.map)
		stream_event(s, t);
	if (!idle_hands(s, t))
		return;
	if (t->stream.map)
		stream_end(t);
	program_advance(s, t);
}

static void guest_event(struct sim *s, struct cpu *c)
{
	if (c->curr)
		attend(s, c->curr);
	if (s->now >= c->tick_ns)
		sched_tick(s, c);
	if (s->now >= c->resched_ns || !c->curr || task_spent(c->curr))
		sched_pick(s, c);
}

void cpu_event(struct sim *s, struct cpu *c)
{
	cpu_settle(s, c);
	host_turn(s, c);
	if (!host_holds(c))
		guest_event(s, c);
	cpu_plan(s, c);
}
