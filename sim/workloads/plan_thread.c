// SPDX-License-Identifier: GPL-2.0
/* One thread: how it is scheduled, and the list of its ops. */
#include "plan.h"

#include <string.h>

#define MS	1000000
#define US	1000

/* What the kernel takes: sched_setattr(2), sched_dl_period_max. */
static const struct work_range nices = { -20, 19 };
static const struct work_range prios = { 1, 99 };
static const struct work_range periods = { 100 * US, (int64_t)4000 * MS };

static int plan_deadline(struct work_planner *p,
			 const struct work_statement *st,
			 struct work_thread *t)
{
	struct work_range runtimes = { 1 * US, 0 };
	int64_t period, runtime;

	if (work_plan_value(p, st, WORK_A_PERIOD, periods, 0, &period))
		return -1;
	runtimes.high = period;
	if (work_plan_value(p, st, WORK_A_RUNTIME, runtimes, 0, &runtime))
		return -1;
	t->class = WORK_DEADLINE;
	t->period_ns = (uint64_t)period;
	t->runtime_ns = (uint64_t)runtime;
	return 0;
}

static int plan_class(struct work_planner *p, const struct work_statement *st,
		      struct work_thread *t)
{
	int64_t nice, prio;

	if (st->given & WORK_BIT(WORK_A_PERIOD))
		return plan_deadline(p, st, t);
	if (work_plan_value(p, st, WORK_A_NICE, nices, 0, &nice) ||
	    work_plan_value(p, st, WORK_A_RT, prios, 0, &prio))
		return -1;
	t->class = prio ? WORK_RT : WORK_FAIR;
	t->nice = (int)nice;
	t->prio = (int)prio;
	return 0;
}

static int plan_where(struct work_planner *p, const struct work_statement *st,
		      struct work_thread *t)
{
	const struct work_range homes = { 0, p->m->homes - 1 };
	const struct work_range cpus = { 0, WORK_MAX_CPU };
	int64_t home, cpu;

	if (work_plan_value(p, st, WORK_A_HOME, homes,
			    p->value[WORK_PROCESS] % p->m->homes, &home) ||
	    work_plan_value(p, st, WORK_A_CPU, cpus, -1, &cpu))
		return -1;
	t->home = (unsigned int)home;
	t->cpu = (int)cpu;
	return 0;
}

/* ------------------------------------------------------------------- ops */

static bool takes_time(const struct work_op *op)
{
	switch (op->kind) {
	case WORK_TOUCH:
	case WORK_SWEEP:
	case WORK_RANDOM:
	case WORK_COMPUTE:
	case WORK_KERNEL:
	case WORK_SLEEP:
	case WORK_SPAWN:
		return true;
	default:
		return false;
	}
}

static void open_loop(struct work_planner *p, const struct work_statement *st)
{
	p->loop[p->nr_loops++] = (struct work_open_loop){
		.op = p->nr_ops - 1, .line = st->line
	};
}

/* One that takes no time at all might spin for ever within an instant. */
static int close_loop(struct work_planner *p)
{
	struct work_open_loop *loop = &p->loop[--p->nr_loops];
	unsigned int end = p->nr_ops - 1;

	p->op[end].target = loop->op;
	p->op[loop->op].target = end;
	if (!loop->takes_time)
		return work_fail(&p->at, "nothing in the loop of line %u "
				 "takes time", loop->line);
	if (p->nr_loops)
		p->loop[p->nr_loops - 1].takes_time = true;
	return 0;
}

static int follow_loops(struct work_planner *p,
			const struct work_statement *st,
			const struct work_op *op)
{
	if (op->kind == WORK_LOOP)
		open_loop(p, st);
	else if (op->kind == WORK_END)
		return close_loop(p);
	else if (p->nr_loops && takes_time(op))
		p->loop[p->nr_loops - 1].takes_time = true;
	return 0;
}

/* The "if" of ops, and its end, leave no op. */
static bool is_op(const struct work_planner *p, const struct work_statement *st)
{
	if (st->form->kind == WORK_ST_END)
		st = &p->w->st[st->end];
	return st->form->kind == WORK_ST_OP;
}

static int add_op(struct work_planner *p, const struct work_statement *st)
{
	struct work_op *op = &p->op[p->nr_ops];

	if (!is_op(p, st))
		return 0;
	if (work_plan_op(p, st, op))
		return -1;
	p->nr_ops++;
	return follow_loops(p, st, op);
}

static int keep_ops(struct work_planner *p, struct work_thread *t)
{
	if (work_plan_room(p, &p->all_ops, p->nr_ops, WORK_MAX_ALL_OPS,
			   "ops in all threads"))
		return -1;
	t->op = work_alloc(p->arena, p->nr_ops, sizeof(*t->op));
	if (!t->op)
		return work_no_memory(p->at.e);
	memcpy(t->op, p->op, p->nr_ops * sizeof(*t->op));
	t->nr_ops = p->nr_ops;
	return 0;
}

int work_plan_thread(struct work_planner *p, const struct work_statement *st,
		     struct work_thread *ret)
{
	p->at.line = st->line;
	p->nr_ops = p->nr_loops = 0;
	if (plan_class(p, st, ret) || plan_where(p, st, ret) ||
	    work_plan_walk(p, (unsigned int)(st - p->w->st), add_op))
		return -1;
	p->at.line = st->line;
	return keep_ops(p, ret);
}
