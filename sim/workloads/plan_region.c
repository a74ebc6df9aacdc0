// SPDX-License-Identifier: GPL-2.0
/* Memory: objects, and the regions of a process. */
#include "plan.h"

#include <string.h>

/* Processes take the homes in turn, and so do objects. */
static int64_t default_home(const struct work_planner *p,
			    const struct work_statement *st)
{
	bool object = st->form->kind == WORK_ST_OBJECT;

	return p->value[object ? WORK_OBJECT : WORK_PROCESS] % p->m->homes;
}

static int plan_homes(struct work_planner *p, const struct work_statement *st,
		      struct work_region *r)
{
	const int64_t fallback = default_home(p, st);
	const struct work_range homes = { 0, p->m->homes - 1 };
	int64_t home;

	r->slice_home = work_alloc(p->arena, r->slices,
				   sizeof(*r->slice_home));
	if (!r->slice_home)
		return work_no_memory(p->at.e);
	for (unsigned int i = 0; i < r->slices; i++) {
		p->value[WORK_SLICE] = i;
		if (work_plan_value(p, st, WORK_A_HOME, homes, fallback,
				    &home))
			return -1;
		r->slice_home[i] = (unsigned int)home;
	}
	return 0;
}

/* No more slices than pages: an empty one could be swept for ever. */
static int plan_slices(struct work_planner *p, const struct work_statement *st,
		       struct work_region *r)
{
	const int64_t pages = r->bytes / WORK_PAGE;
	const struct work_range range = {
		1, pages < WORK_MAX_SLICES ? pages : WORK_MAX_SLICES
	};
	int64_t slices;

	if (work_plan_value(p, st, WORK_A_SLICES, range, 1, &slices) ||
	    work_plan_room(p, &p->all_slices, (unsigned int)slices,
			   WORK_MAX_SLICES, "slices placed by hand"))
		return -1;
	r->slices = (unsigned int)slices;
	return plan_homes(p, st, r);
}

static int plan_size(struct work_planner *p, const struct work_statement *st,
		     struct work_region *r)
{
	const struct work_range range = { WORK_PAGE, WORK_MAX_BYTES };
	int64_t bytes;

	if (work_plan_value(p, st, WORK_A_SIZE, range, 0, &bytes))
		return -1;
	if (bytes > WORK_MAX_BYTES - p->all_bytes)
		return work_fail(&p->at, "more than %lld bytes of memory",
				 (long long)WORK_MAX_BYTES);
	p->all_bytes += bytes;
	r->bytes = (uint64_t)bytes;
	return 0;
}

int work_plan_region(struct work_planner *p, const struct work_statement *st,
		     struct work_region *ret)
{
	const struct work_range homes = { 0, p->m->homes - 1 };
	const struct work_range yes_no = { 0, 1 };
	int64_t node, huge;

	*ret = (struct work_region){
		.shared = WORK_NO_INDEX, .alloc = st->alloc
	};
	if (plan_size(p, st, ret) || plan_slices(p, st, ret) ||
	    work_plan_value(p, st, WORK_A_NODE, homes, 0, &node) ||
	    work_plan_value(p, st, WORK_A_HUGE, yes_no, 1, &huge))
		return -1;
	ret->node = (unsigned int)node;
	ret->huge = huge;
	return 0;
}

static int plan_shared(struct work_planner *p, const struct work_statement *st,
		       struct work_region *ret)
{
	unsigned int i;

	if (work_plan_ref(p, st, &i))
		return -1;
	*ret = p->object[i];
	ret->shared = i;
	return 0;
}

static int check_new(struct work_planner *p, const char *name)
{
	for (unsigned int i = 0; i < p->nr_regions; i++)
		if (!strcmp(p->region[i].name, name))
			return work_fail(&p->at, "this process has a region "
					 "'%s' already", name);
	return 0;
}

int work_plan_add_region(struct work_planner *p,
			 const struct work_statement *st)
{
	struct work_region *r = &p->region[p->nr_regions];
	bool shared = st->given & WORK_BIT(WORK_A_OBJECT);

	if (p->nr_regions == WORK_MAX_REGIONS)
		return work_fail(&p->at, "more than %d regions in a process",
				 WORK_MAX_REGIONS);
	if (work_plan_room(p, &p->all_regions, 1, WORK_MAX_ALL_REGIONS,
			   "regions") || check_new(p, st->name))
		return -1;
	if (shared ? plan_shared(p, st, r) : work_plan_region(p, st, r))
		return -1;
	r->name = work_copy(p->arena, st->name, strlen(st->name));
	if (!r->name)
		return work_no_memory(p->at.e);
	p->nr_regions++;
	return 0;
}
