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
	progress(s, c->curr, (double)(int64_t)ns / s->slow);
}

static unsigned int busy_cpus(const struct sim *s)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < s->nr_cpus; i++)
		n += s->cpu[i].curr != NULL;
	return n;
}

/*
 * An emulated machine has more CPUs than its host gives it: the more of them
 * are busy, the slower is each.
 */
void cpu_share_host(struct sim *s)
{
	double slow = 1;

	if (s->costs.host_cpus > 0)
		slow = busy_cpus(s) / s->costs.host_cpus;
	slow = slow > 1 ? slow : 1;
	if (slow == s->slow)
		return;
	for (unsigned int i = 0; i < s->nr_cpus; i++)
		cpu_settle(s, &s->cpu[i]);
	s->slow = slow;
	for (unsigned int i = 0; i < s->nr_cpus; i++)
		if (s->cpu[i].curr)
			cpu_plan(s, &s->cpu[i]);
}

void cpu_settle_all(struct sim *s)
{
	for (unsigned int c = 0; c < s->nr_cpus; c++)
		if (s->cpu[c].curr)
			cpu_settle(s, &s->cpu[c]);
}

/* ------------------------------------------------------------------- future */

/* CPU time until its task needs attention. */
static double until_event(const struct sim *s, const struct task *t)
{
	if (t->stream.map)
		return s->slow * (t->kernel_left + stream_next(s, t));
	return s->slow * (t->kernel_left + t->user_left);
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

void cpu_plan(struct sim *s, struct cpu *c)
{
	uint64_t next = c->tick_ns, done, end;

	if (c->curr) {
		done = after(s->now, until_event(s, c->curr));
		end = budget_end(s, c->curr);
		next = done < next ? done : next;
		next = end < next ? end : next;
	}
	next = c->resched_ns < next ? c->resched_ns : next;
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

void cpu_event(struct sim *s, struct cpu *c)
{
	cpu_settle(s, c);
	if (c->curr)
		attend(s, c->curr);
	if (s->now >= c->tick_ns)
		sched_tick(s, c);
	if (s->now >= c->resched_ns || !c->curr || task_spent(c->curr))
		sched_pick(s, c);
	cpu_plan(s, c);
}
