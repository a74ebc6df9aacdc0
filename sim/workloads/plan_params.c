// SPDX-License-Identifier: GPL-2.0
/* What the parameters are: the defaults, and "key=value,..". */
#include "plan.h"

#include <stdio.h>
#include <string.h>

/* The value that was asked for; without text: none was. */
struct asked {
	const char *p;
	const char *end;
};

static int unknown(struct work_planner *p, struct work_word key)
{
	char known[160] = "none";
	size_t len = 0;

	for (unsigned int i = 0; i < p->w->nr_params; i++) {
		int n = snprintf(known + len, sizeof(known) - len, "%s%s",
				 i ? ", " : "", p->w->param[i].name);

		if ((size_t)n >= sizeof(known) - len)
			break;
		len += (size_t)n;
	}
	return work_fail(&p->at, "no parameter '%.*s'; there are: %s", key.len,
			 key.text, known);
}

/* To the comma that is not within parentheses. */
static const char *end_of_value(const char *text)
{
	int depth = 0;

	for (; *text && (*text != ',' || depth > 0); text++)
		depth += (*text == '(') - (*text == ')');
	return text;
}

static int split_one(struct work_planner *p, struct work_lex *l,
		     struct asked *asked)
{
	const struct work_scope s = { p->w->param, p->w->nr_params, 0 };
	struct work_word key = work_lex_here(l);
	int i;

	if (!work_lex_name(l, &key) || !work_lex_sign(l, "="))
		return work_fail(&p->at, "parameters read 'KEY=VALUE,..', not "
				 "'%.*s'", key.len, key.text);
	i = work_param_find(&s, key);
	if (i < 0)
		return unknown(p, key);
	if (asked[i].p)
		return work_fail(&p->at, "%s= is given twice",
				 p->w->param[i].name);
	asked[i].p = l->p;
	l->p = asked[i].end = end_of_value(l->p);
	return 0;
}

static int split(struct work_planner *p, const char *args, struct asked *asked)
{
	struct work_lex l = { p->at, args, args + strlen(args) };

	if (!*args)
		return 0;
	do
		if (split_one(p, &l, asked))
			return -1;
	while (work_lex_sign(&l, ","));
	return 0;
}

static int read_choice(struct work_planner *p, const struct work_param *param,
		       struct work_lex *l, int64_t *ret)
{
	struct work_word word = work_lex_here(l);

	work_lex_name(l, &word);
	*ret = work_choice_find(param, word);
	if (*ret < 0)
		return work_fail(&p->at, "%s has no choice '%.*s'",
				 param->name, word.len, word.text);
	return 0;
}

static int read_number(struct work_planner *p, unsigned int i,
		       struct work_lex *l, int64_t *ret)
{
	const struct work_scope s = {
		p->w->param, i, WORK_BIT(WORK_CPUS) | WORK_BIT(WORK_NODES) |
		WORK_BIT(WORK_HOMES)
	};
	struct work_expr x;

	return work_expr_read(l, &s, &p->scratch, &x) ||
	       work_plan_eval(p, &x, ret) ? -1 : 0;
}

static int read_asked(struct work_planner *p, unsigned int i,
		      const struct asked *asked, int64_t *ret)
{
	const struct work_param *param = &p->w->param[i];
	struct work_lex l = { p->at, asked->p, asked->end };
	struct work_word here;

	if (param->nr_choices ? read_choice(p, param, &l, ret) :
	    read_number(p, i, &l, ret))
		return -1;
	if (l.p == l.end)
		return 0;
	here = work_lex_here(&l);
	return work_fail(&p->at, "'%.*s' is too much for %s", here.len,
			 here.text, param->name);
}

static int limit(struct work_planner *p, const struct work_expr *x,
		 int64_t none, int64_t *ret)
{
	*ret = none;
	return x->nr ? work_plan_eval(p, x, ret) : 0;
}

static int check_range(struct work_planner *p, const struct work_param *param,
		       int64_t value)
{
	struct work_range range;

	if (limit(p, &param->low, 0, &range.low) ||
	    limit(p, &param->high, INT64_MAX, &range.high))
		return -1;
	if (value < range.low)
		return work_fail(&p->at, "%s must be at least %lld, not %lld",
				 param->name, (long long)range.low,
				 (long long)value);
	if (value > range.high)
		return work_fail(&p->at, "%s must be at most %lld, not %lld",
				 param->name, (long long)range.high,
				 (long long)value);
	return 0;
}

static int plan_param(struct work_planner *p, unsigned int i,
		      const struct asked *asked)
{
	const struct work_param *param = &p->w->param[i];
	int64_t *value = &p->value[WORK_NR_VARS + i];
	struct work_at file = { p->w->file, param->line, p->at.e };
	struct work_at caller = { p->w->name, 0, p->at.e };

	p->at = asked->p ? caller : file;
	if (asked->p ? read_asked(p, i, asked, value) :
	    work_plan_eval(p, &param->value, value))
		return -1;
	return param->nr_choices ? 0 : check_range(p, param, *value);
}

/* In the order of the text: a default may build on what stands above it. */
int work_plan_params(struct work_planner *p, const char *args)
{
	struct asked asked[WORK_MAX_PARAMS] = { 0 };

	p->at = (struct work_at){ p->w->name, 0, p->at.e };
	if (split(p, args, asked))
		return -1;
	for (unsigned int i = 0; i < p->w->nr_params; i++)
		if (plan_param(p, i, &asked[i]))
			return -1;
	p->at.name = p->w->file;
	return 0;
}
