// SPDX-License-Identifier: GPL-2.0
/* Numbers for a plan: every one is counted, computed, and held to a range. */
#include "plan.h"

static int step(struct work_planner *p, unsigned int steps)
{
	p->steps += steps;
	if (p->steps > WORK_MAX_STEPS)
		return work_fail(&p->at, "the plan takes more than %d steps",
				 WORK_MAX_STEPS);
	return 0;
}

int work_plan_eval(struct work_planner *p, const struct work_expr *x,
		   int64_t *ret)
{
	const char *why;

	if (step(p, x->nr))
		return -1;
	why = work_expr_eval(x, p->value, ret);
	return why ? work_fail(&p->at, "%s", why) : 0;
}

int work_plan_value(struct work_planner *p, const struct work_statement *st,
		    enum work_attr a, struct work_range range, int64_t fallback,
		    int64_t *ret)
{
	*ret = fallback;
	if (!(st->given & WORK_BIT(a)))
		return 0;
	if (work_plan_eval(p, &st->expr[a], ret))
		return -1;
	if (*ret < range.low || *ret > range.high)
		return work_fail(&p->at, "%s must be from %lld to %lld, not "
				 "%lld", work_attr_name(a),
				 (long long)range.low, (long long)range.high,
				 (long long)*ret);
	return 0;
}

int work_plan_ref(struct work_planner *p, const struct work_statement *st,
		  unsigned int *ret)
{
	unsigned int count = p->count[st->target];
	const char *name = p->w->st[st->target].name;
	int64_t i = 0;

	if (st->given & WORK_BIT(WORK_A_INDEX) &&
	    work_plan_eval(p, &st->expr[WORK_A_INDEX], &i))
		return -1;
	if (i < 0 || i >= count)
		return work_fail(&p->at, "there is no %s[%lld], there are %u",
				 name, (long long)i, count);
	*ret = p->base[st->target] + (unsigned int)i;
	return 0;
}

int work_plan_room(struct work_planner *p, unsigned int *nr, unsigned int more,
		   unsigned int most, const char *what)
{
	if (more > most - *nr)
		return work_fail(&p->at, "more than %u %s", most, what);
	*nr += more;
	return 0;
}

/* Where to go on after statement @i; 0: nowhere, there was an error. */
static unsigned int after(struct work_planner *p, unsigned int i)
{
	const struct work_statement *st = &p->w->st[i];
	int64_t yes = 1;

	if (st->form->kind == WORK_ST_THREAD)
		return st->end + 1;
	if (st->form->kind == WORK_ST_IF &&
	    work_plan_eval(p, &st->expr[WORK_A_VALUE], &yes))
		return 0;
	return yes ? i + 1 : st->end + 1;
}

int work_plan_walk(struct work_planner *p, unsigned int block,
		   int (*visit)(struct work_planner *p,
				const struct work_statement *st))
{
	unsigned int i = block + 1, end = p->w->st[block].end;

	while (i < end) {
		p->at.line = p->w->st[i].line;
		if (step(p, 1) || visit(p, &p->w->st[i]))
			return -1;
		p->at.line = p->w->st[i].line;
		i = after(p, i);
		if (!i)
			return -1;
	}
	return 0;
}
