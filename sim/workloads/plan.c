// SPDX-License-Identifier: GPL-2.0
/* The plan as a whole: what is declared, then process by process. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What work_plan() hands out, with the memory that it is made of. */
struct planned {
	struct work_plan plan;
	struct work_arena arena;
};

static int plan_instances(struct work_planner *p,
			  const struct work_statement *st, unsigned int *all,
			  const char *what)
{
	const struct work_range range = { 0, WORK_MAX_INSTANCES };
	unsigned int i = (unsigned int)(st - p->w->st);
	int64_t count;

	if (work_plan_value(p, st, WORK_A_COUNT, range, 1, &count))
		return -1;
	p->base[i] = *all;
	p->count[i] = (unsigned int)count;
	return work_plan_room(p, all, p->count[i], WORK_MAX_INSTANCES,
			      what);
}

static int require(struct work_planner *p, const struct work_statement *st)
{
	int64_t yes;

	if (work_plan_eval(p, &st->expr[WORK_A_VALUE], &yes))
		return -1;
	return yes ? 0 : work_fail(&p->at, "%s", st->name);
}

static int declare(struct work_planner *p, const struct work_statement *st)
{
	switch (st->form->kind) {
	case WORK_ST_REQUIRE:
		return require(p, st);
	case WORK_ST_CHANNEL:
		return plan_instances(p, st, &p->plan->nr_channels,
				      "channels");
	case WORK_ST_BARRIER:
		return plan_instances(p, st, &p->plan->nr_barriers,
				      "barriers");
	case WORK_ST_OBJECT:
		return plan_instances(p, st, &p->plan->nr_objects,
				      "objects");
	case WORK_ST_PROCESS:
	case WORK_ST_TEMPLATE:
		return plan_instances(p, st, &p->plan->nr_processes,
				      "processes");
	default:
		return 0;
	}
}

/* Each statement outside of processes, with its line at hand for messages. */
static int each_at_top(struct work_planner *p,
		       int (*visit)(struct work_planner *p,
				    const struct work_statement *st))
{
	const struct work_statement *st = p->w->st;

	for (unsigned int i = 0; i < p->w->nr;) {
		p->at.line = st[i].line;
		if (visit(p, &st[i]))
			return -1;
		i = (st[i].form->opens ? st[i].end : i) + 1;
	}
	return 0;
}

static int plan_object(struct work_planner *p, const struct work_statement *st)
{
	unsigned int i = (unsigned int)(st - p->w->st);

	if (st->form->kind != WORK_ST_OBJECT)
		return 0;
	for (unsigned int n = 0; n < p->count[i]; n++) {
		p->value[WORK_OBJECT] = n;
		if (work_plan_region(p, st, &p->object[p->base[i] + n]))
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------- processes */

static int prepare(struct work_planner *p, const struct work_statement *st)
{
	const struct work_range range = { 0, WORK_MAX_INSTANCES };
	int64_t count;

	if (st->form->kind == WORK_ST_REGION)
		return work_plan_add_region(p, st);
	if (st->form->kind != WORK_ST_THREAD)
		return 0;
	if (work_plan_value(p, st, WORK_A_COUNT, range, 1, &count))
		return -1;
	p->proc->nr_threads += (unsigned int)count;
	return work_plan_room(p, &p->all_threads, (unsigned int)count,
			      WORK_MAX_INSTANCES, "threads");
}

static int plan_threads(struct work_planner *p, const struct work_statement *st)
{
	struct work_process *proc = p->proc;
	int64_t count = 1;

	if (st->form->kind != WORK_ST_THREAD)
		return 0;
	if (st->given & WORK_BIT(WORK_A_COUNT) &&
	    work_plan_eval(p, &st->expr[WORK_A_COUNT], &count))
		return -1;
	for (int64_t i = 0; i < count; i++) {
		p->value[WORK_THREAD] = i;
		p->first = !proc->nr_threads;
		p->thread++;
		if (work_plan_thread(p, st, &proc->thread[proc->nr_threads]))
			return -1;
		proc->nr_threads++;
	}
	return 0;
}

/* Before its threads: ops name regions. */
static int keep_regions(struct work_planner *p)
{
	struct work_process *proc = p->proc;

	proc->region = work_alloc(p->arena, p->nr_regions,
				  sizeof(*proc->region));
	if (!proc->region)
		return work_no_memory(p->at.e);
	memcpy(proc->region, p->region, p->nr_regions * sizeof(*proc->region));
	proc->nr_regions = p->nr_regions;
	return 0;
}

static int make_room(struct work_planner *p, const struct work_statement *st)
{
	struct work_process *proc = p->proc;

	p->at.line = st->line;
	if (!proc->nr_threads)
		return work_fail(&p->at, "'%s' has no thread", st->name);
	proc->thread = work_alloc(p->arena, proc->nr_threads,
				  sizeof(*proc->thread));
	if (!proc->thread)
		return work_no_memory(p->at.e);
	proc->nr_threads = 0;
	return keep_regions(p);
}

static int plan_process(struct work_planner *p, const struct work_statement *st)
{
	unsigned int i = (unsigned int)(st - p->w->st);

	p->nr_regions = 0;
	p->proc->template = st->form->kind == WORK_ST_TEMPLATE;
	return work_plan_walk(p, i, prepare) || make_room(p, st) ||
	       work_plan_walk(p, i, plan_threads) ? -1 : 0;
}

static int plan_processes(struct work_planner *p,
			  const struct work_statement *st)
{
	unsigned int i = (unsigned int)(st - p->w->st);
	char *name;

	if (st->form->kind != WORK_ST_PROCESS &&
	    st->form->kind != WORK_ST_TEMPLATE)
		return 0;
	name = work_copy(p->arena, st->name, strlen(st->name));
	if (!name)
		return work_no_memory(p->at.e);
	for (unsigned int n = 0; n < p->count[i]; n++) {
		p->value[WORK_PROCESS] = n;
		p->proc = &p->plan->process[p->base[i] + n];
		p->proc->name = name;
		if (plan_process(p, st))
			return -1;
	}
	return 0;
}

/* ----------------------------------------------------------------- whole */

static int set_machine(struct work_planner *p)
{
	if (!p->m->cpus || !p->m->nodes || !p->m->homes)
		return sim_fail(p->at.e, "no node of the machine has CPUs and "
				"memory");
	p->value[WORK_CPUS] = p->m->cpus;
	p->value[WORK_NODES] = p->m->nodes;
	p->value[WORK_HOMES] = p->m->homes;
	return 0;
}

static int alloc_by_statement(struct work_planner *p)
{
	p->base = work_alloc(&p->scratch, p->w->nr, sizeof(*p->base));
	p->count = work_alloc(&p->scratch, p->w->nr, sizeof(*p->count));
	return p->base && p->count ? 0 : work_no_memory(p->at.e);
}

static int alloc_declared(struct work_planner *p)
{
	struct work_plan *plan = p->plan;

	p->object = work_alloc(&p->scratch, plan->nr_objects,
			       sizeof(*p->object));
	p->met = work_alloc(&p->scratch, plan->nr_barriers, sizeof(*p->met));
	plan->parties = work_alloc(p->arena, plan->nr_barriers,
				   sizeof(*plan->parties));
	plan->process = work_alloc(p->arena, plan->nr_processes,
				   sizeof(*plan->process));
	return p->object && p->met && plan->parties && plan->process ? 0 :
	       work_no_memory(p->at.e);
}

static int check_begins(struct work_planner *p)
{
	for (unsigned int i = 0; i < p->plan->nr_processes; i++)
		if (!p->plan->process[i].template)
			return 0;
	p->at.line = 0;
	return work_fail(&p->at, "there is no process");
}

static int set_names(struct work_planner *p, const char *name,
		     const char *args)
{
	size_t room = strlen(name) + strlen(args) + 2;

	p->plan->unit = work_copy(p->arena, p->w->unit, strlen(p->w->unit));
	p->plan->spec = work_alloc(p->arena, room, 1);
	if (!p->plan->unit || !p->plan->spec)
		return work_no_memory(p->at.e);
	snprintf(p->plan->spec, room, "%s%s%s", name, *args ? ":" : "", args);
	return 0;
}

static int plan(struct work_planner *p, const char *name, const char *args)
{
	return set_machine(p) || set_names(p, name, args) ||
	       work_plan_params(p, args) || alloc_by_statement(p) ||
	       each_at_top(p, declare) || alloc_declared(p) ||
	       each_at_top(p, plan_object) || each_at_top(p, plan_processes) ||
	       check_begins(p) ? -1 : 0;
}

static void free_planned(struct planned *planned)
{
	struct work_arena arena = planned->arena;

	free(planned);
	work_arena_free(&arena);
}

struct work_plan *work_plan_as(const struct work *w, const char *name,
			       const struct work_machine *m, const char *args,
			       struct sim_error *e)
{
	struct planned *planned = calloc(1, sizeof(*planned));
	struct work_planner *p = calloc(1, sizeof(*p));
	int ret = -1;

	if (planned && p) {
		p->w = w;
		p->m = m;
		p->at = (struct work_at){ w->file, 0, e };
		p->plan = &planned->plan;
		p->arena = &planned->arena;
		ret = plan(p, name, args ? args : "");
		work_arena_free(&p->scratch);
	} else {
		work_no_memory(e);
	}
	free(p);
	if (!ret)
		return &planned->plan;
	if (planned)
		free_planned(planned);
	return NULL;
}

struct work_plan *work_plan(const struct work *w, const struct work_machine *m,
			    const char *args, struct sim_error *e)
{
	return work_plan_as(w, w->name, m, args, e);
}

void work_plan_free(struct work_plan *p)
{
	/* The plan is the first member of what was allocated. */
	if (p)
		free_planned((struct planned *)p);
}
