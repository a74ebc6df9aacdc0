// SPDX-License-Identifier: GPL-2.0
/* One op of a thread. */
#include "plan.h"

#include <string.h>

#define CACHE_LINE	64

static const struct work_range yes_no = { 0, 1 };
static const struct work_range counts = { 0, WORK_MAX_COUNT };
static const struct work_range some = { 1, WORK_MAX_COUNT };
static const struct work_range times = { 1, WORK_MAX_NS };
static const struct work_range thoughts = { 0, UINT32_MAX };

static int find_region(struct work_planner *p, const struct work_statement *st,
		       struct work_op *op)
{
	for (unsigned int i = 0; i < p->proc->nr_regions; i++)
		if (!strcmp(p->proc->region[i].name, st->name)) {
			op->region = i;
			return 0;
		}
	return work_fail(&p->at, "process '%s' has no region '%s'",
			 p->proc->name, st->name);
}

static int slice_part(struct work_planner *p, const struct work_statement *st,
		      enum work_attr a, uint32_t of, uint32_t *ret)
{
	const struct work_range range = { 0, (int64_t)of - 1 };
	int64_t value;

	if (work_plan_value(p, st, a, range, 0, &value))
		return -1;
	*ret = (uint32_t)value;
	return 0;
}

static int plan_slice(struct work_planner *p, const struct work_statement *st,
		      struct work_op *op)
{
	int64_t pages = p->proc->region[op->region].bytes / WORK_PAGE, of;
	const struct work_range range = {
		1, pages < UINT32_MAX ? pages : UINT32_MAX
	};

	if (work_plan_value(p, st, WORK_A_OF, range, 1, &of))
		return -1;
	op->slice.slices = (uint32_t)of;
	return slice_part(p, st, WORK_A_SLICE, op->slice.slices,
			  &op->slice.base) ||
	       slice_part(p, st, WORK_A_STEP, op->slice.slices,
			  &op->slice.step) ? -1 : 0;
}

/* The smallest slice must have room for a stride. */
static int plan_stride(struct work_planner *p, const struct work_statement *st,
		       struct work_op *op)
{
	uint64_t pages = p->proc->region[op->region].bytes / WORK_PAGE;
	int64_t least = pages / op->slice.slices * WORK_PAGE, stride;
	const struct work_range range = {
		8, least < UINT32_MAX ? least : UINT32_MAX
	};

	if (work_plan_value(p, st, WORK_A_STRIDE, range, CACHE_LINE, &stride))
		return -1;
	if (stride % 8)
		return work_fail(&p->at, "stride must be a multiple of 8, not "
				 "%lld", (long long)stride);
	op->stride = (uint32_t)stride;
	return 0;
}

static int plan_memory(struct work_planner *p, const struct work_statement *st,
		       struct work_op *op)
{
	return find_region(p, st, op) || plan_slice(p, st, op) ? -1 : 0;
}

static int plan_touch(struct work_planner *p, const struct work_statement *st,
		      struct work_op *op)
{
	op->write = true;
	return plan_memory(p, st, op);
}

/* What sweeps and random accesses have in common. */
static int plan_access(struct work_planner *p, const struct work_statement *st,
		       enum work_attr count, bool write, struct work_op *op)
{
	int64_t nr, ns, think, store;

	if (work_plan_value(p, st, count, counts, 0, &nr) ||
	    work_plan_value(p, st, WORK_A_TIME, times, 0, &ns) ||
	    work_plan_value(p, st, WORK_A_THINK_PS, thoughts, 0, &think) ||
	    work_plan_value(p, st, WORK_A_WRITE, yes_no, write, &store))
		return -1;
	op->count = (uint64_t)nr;
	op->ns = (uint64_t)ns;
	op->think_ps = (uint32_t)think;
	op->write = store;
	return 0;
}

static int plan_sweep(struct work_planner *p, const struct work_statement *st,
		      struct work_op *op)
{
	return plan_memory(p, st, op) || plan_stride(p, st, op) ||
	       plan_access(p, st, WORK_A_PASSES, true, op) ? -1 : 0;
}

static int plan_random(struct work_planner *p, const struct work_statement *st,
		       struct work_op *op)
{
	op->zipf = st->zipf;
	return plan_memory(p, st, op) ||
	       plan_access(p, st, WORK_A_ACCESSES, false, op) ? -1 : 0;
}

static int plan_ns(struct work_planner *p, const struct work_statement *st,
		   struct work_op *op)
{
	int64_t ns;

	if (work_plan_value(p, st, WORK_A_VALUE, times, 0, &ns))
		return -1;
	op->ns = (uint64_t)ns;
	return 0;
}

static int plan_count(struct work_planner *p, const struct work_statement *st,
		      struct work_range range, int64_t fallback,
		      struct work_op *op)
{
	int64_t count;

	if (work_plan_value(p, st, WORK_A_VALUE, range, fallback, &count))
		return -1;
	op->count = (uint64_t)count;
	return 0;
}

/* A thread is one party, however often it comes to the barrier. */
static int plan_barrier(struct work_planner *p, const struct work_statement *st,
			struct work_op *op)
{
	if (p->proc->template)
		return work_fail(&p->at, "how many of a template would meet "
				 "here is not known");
	if (work_plan_ref(p, st, &op->target))
		return -1;
	if (p->met[op->target] != p->thread)
		p->plan->parties[op->target]++;
	p->met[op->target] = p->thread;
	return 0;
}

/* Elsewhere nobody has forked. */
static int plan_exec(struct work_planner *p)
{
	if (!p->proc->template || !p->first)
		return work_fail(&p->at, "only the first thread of a template "
				 "executes a program");
	return 0;
}

static int plan_start(struct work_planner *p)
{
	if (!p->first)
		return work_fail(&p->at, "only the first thread of a process "
				 "starts the others");
	return 0;
}

/* Without of= the home stays the same, whatever the round. */
static int plan_bind(struct work_planner *p, const struct work_statement *st,
		     struct work_op *op)
{
	const struct work_range homes = { 1, p->m->homes };
	struct work_range range = { 0, 0 };
	int64_t of, home;

	if (work_plan_value(p, st, WORK_A_OF, homes, p->m->homes, &of))
		return -1;
	range.high = of - 1;
	if (work_plan_value(p, st, WORK_A_VALUE, range, 0, &home))
		return -1;
	op->slice.slices = (uint32_t)of;
	op->slice.base = (uint32_t)home;
	return slice_part(p, st, WORK_A_STEP, op->slice.slices,
			  &op->slice.step);
}

static int plan_by_kind(struct work_planner *p,
			const struct work_statement *st, struct work_op *op)
{
	switch (op->kind) {
	case WORK_TOUCH:
		return plan_touch(p, st, op);
	case WORK_SWEEP:
		return plan_sweep(p, st, op);
	case WORK_RANDOM:
		return plan_random(p, st, op);
	case WORK_COMPUTE:
	case WORK_KERNEL:
	case WORK_SLEEP:
		return plan_ns(p, st, op);
	case WORK_SEND:
	case WORK_RECV:
	case WORK_SPAWN:
		return work_plan_ref(p, st, &op->target);
	case WORK_BARRIER:
		return plan_barrier(p, st, op);
	case WORK_EXEC:
		return plan_exec(p);
	case WORK_START:
		return plan_start(p);
	case WORK_BIND:
		return plan_bind(p, st, op);
	case WORK_COUNT:
		return plan_count(p, st, some, 1, op);
	case WORK_LOOP:
		return plan_count(p, st, counts, 0, op);
	default:
		return 0;
	}
}

int work_plan_op(struct work_planner *p, const struct work_statement *st,
		 struct work_op *ret)
{
	bool end = st->form->kind == WORK_ST_END;

	*ret = (struct work_op){
		.kind = end ? WORK_END : st->form->op,
		.region = WORK_NO_INDEX,
		.target = WORK_NO_INDEX,
		.slice.slices = 1,
	};
	return plan_by_kind(p, st, ret);
}
