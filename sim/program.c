// SPDX-License-Identifier: GPL-2.0
/*
 * What a task does next, op by op, until something takes time.
 */
#include <stdlib.h>

#include "engine.h"
#include "stock/stock.h"

/* So many ops that take no time are a loop that never will. */
#define TIMELESS_OPS	100000

/* Does the task go on to the next op at once? */
enum step { NEXT, TAKES_TIME, GONE };

/* -------------------------------------------------------------------- loops */

/* The loop around op @i, or WORK_NO_INDEX. */
static uint32_t enclosing(const struct task *t, uint32_t i)
{
	while (i--)
		if (t->plan->op[i].kind == WORK_LOOP &&
		    t->plan->op[i].target > t->pc)
			return i;
	return WORK_NO_INDEX;
}

static void begin_loop(struct task *t, uint32_t i)
{
	t->round[i] = 0;
	t->loop = i;
}

/* At its end: once more, or on to what is behind. */
static void end_loop(struct task *t, const struct work_op *op)
{
	const struct work_op *loop = &t->plan->op[op->target];

	t->round[op->target]++;
	if (!loop->count || t->round[op->target] < loop->count) {
		t->pc = op->target + 1;
		t->loop = op->target;
	} else {
		t->loop = enclosing(t, op->target);
	}
}

/* ----------------------------------------------------------------- messages */

static void append(struct channel *c, struct task *t)
{
	t->queue_next = NULL;
	if (c->last)
		c->last->queue_next = t;
	else
		c->first = t;
	c->last = t;
}

static struct task *take_first(struct channel *c)
{
	struct task *t = c->first;

	c->first = t->queue_next;
	if (!c->first)
		c->last = NULL;
	return t;
}

static enum step send(struct sim *s, struct task *t, struct channel *c)
{
	t->kernel_left += s->costs.wake_ns;
	t->syscall = true;
	if (c->first)
		sched_wake(s, take_first(c), t->cpu);
	else
		c->messages++;
	return TAKES_TIME;
}

static enum step receive(struct sim *s, struct task *t, struct channel *c)
{
	if (c->messages) {
		c->messages--;
		return NEXT;
	}
	append(c, t);
	sched_block(s, t);
	return GONE;
}

static enum step meet(struct sim *s, struct task *t, const struct work_op *op)
{
	struct barrier *b = &s->barrier[op->target];
	struct task *other;

	if (++b->here < s->config->work->parties[op->target]) {
		t->queue_next = b->first;
		b->first = t;
		sched_block(s, t);
		return GONE;
	}
	b->here = 0;
	while ((other = b->first)) {
		b->first = other->queue_next;
		t->kernel_left += s->costs.wake_ns;
		sched_wake(s, other, t->cpu);
	}
	return TAKES_TIME;
}

/* ---------------------------------------------------------------- processes */

static enum step work_in_kernel(struct task *t, uint64_t ns)
{
	t->turn_ns = 0;
	t->kernel_left += (double)ns;
	t->syscall = true;
	return TAKES_TIME;
}

/* The child begins when fork() is through, its parent still on the CPU. */
static enum step spawn(struct sim *s, struct task *t, const struct work_op *op)
{
	const struct work_process *plan =
		&s->config->work->process[op->target];

	t->forking = !t->forking;
	if (t->forking) {
		t->pc--;
		return work_in_kernel(t, (uint64_t)s->costs.fork_ns);
	}
	if (!process_start(s, plan, t)) {
		sim_stop(s, "out of memory");
		return GONE;
	}
	sched_block(s, t);
	return GONE;
}

/* One thread after the other; the first run while others are being made. */
static enum step start(struct sim *s, struct task *t)
{
	if (!process_begin_thread(s, t->process))
		return NEXT;
	t->pc--;
	return work_in_kernel(t, (uint64_t)s->costs.clone_ns);
}

/* sched_exec(): a task is never cheaper to move than now. */
static enum step exec(struct sim *s, struct task *t)
{
	struct cpu *to = place_exec(s, t);

	t->kernel_left += s->costs.exec_ns;
	if (to == t->cpu || !cpu_idle(to))
		return TAKES_TIME;
	move_task(s, t, to);
	return GONE;
}

static enum step bind(struct sim *s, struct task *t, const struct work_op *op)
{
	uint64_t home = op->slice.slices ? slice_of(t, &op->slice) :
					   op->slice.base;

	t->bind_node = s->homes[home % s->nr_homes];
	if (t->process->stock)
		t->stock |= STOCK_CALLS;
	if (sched_allowed(t, t->cpu))
		return NEXT;
	move_task(s, t, place_on_node(s, t, t->bind_node));
	return GONE;
}

/* ---------------------------------------------------------------------- ops */

static enum step nap(struct sim *s, struct task *t, uint64_t ns)
{
	timer_add(s, s->now + (ns ? ns : 1), TIMER_WAKE, t);
	sched_block(s, t);
	return GONE;
}

static enum step count(struct sim *s, struct task *t, uint64_t n)
{
	if (!s->work_is_bytes)
		t->work += (double)n;
	return NEXT;
}

/*
 * Placed by hand a task is where its memory is bound; if it turns from slice to
 * slice it follows (lab/workloads/phases.c).
 */
static void follow_by_hand(struct sim *s, struct task *t,
			   const struct work_op *op)
{
	const struct work_region *r = &t->process->plan->region[op->region];
	const struct work_slice *slice = &op->slice;

	if (!s->place || !slice->step || slice->slices != r->slices)
		return;
	t->bind_node = s->homes[r->slice_home[slice_of(t, slice)] %
				s->nr_homes];
	if (!sched_allowed(t, t->cpu))
		move_task(s, t, place_on_node(s, t, t->bind_node));
}

static enum step do_op(struct sim *s, struct task *t, const struct work_op *op)
{
	switch (op->kind) {
	case WORK_TOUCH:
	case WORK_SWEEP:
	case WORK_RANDOM:
		stream_begin(s, t, op);
		follow_by_hand(s, t, op);
		return TAKES_TIME;
	case WORK_COMPUTE:
		t->turn_ns = 0;
		t->user_left = s->costs.compute * (double)op->ns;
		return TAKES_TIME;
	case WORK_KERNEL:
		return work_in_kernel(t, op->ns);
	case WORK_SLEEP:
		return nap(s, t, op->ns);
	case WORK_SEND:
		return send(s, t, &s->channel[op->target]);
	case WORK_RECV:
		return receive(s, t, &s->channel[op->target]);
	case WORK_BARRIER:
		return meet(s, t, op);
	case WORK_SPAWN:
		return spawn(s, t, op);
	case WORK_EXEC:
		return exec(s, t);
	case WORK_START:
		return start(s, t);
	case WORK_BIND:
		return bind(s, t, op);
	case WORK_COUNT:
		return count(s, t, op->count);
	case WORK_LOOP:
		begin_loop(t, t->pc - 1);
		return NEXT;
	default:
		end_loop(t, op);
		return NEXT;
	}
}

void program_advance(struct sim *s, struct task *t)
{
	for (unsigned int i = 0; i < TIMELESS_OPS; i++) {
		if (t->pc >= t->plan->nr_ops)
			return task_exit(s, t);
		if (do_op(s, t, &t->plan->op[t->pc++]) != NEXT)
			return;
	}
	sim_stop(s, "a thread goes round in a loop that takes no time");
}
