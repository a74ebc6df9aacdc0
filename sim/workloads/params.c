// SPDX-License-Identifier: GPL-2.0
/* Statements that declare what the caller may choose. */
#include "text.h"

#include <string.h>

/* Those that follow see it, those before do not. */
static int new_param(struct work_parser *p, struct work_param **ret)
{
	const struct work_scope s = { p->w->param, p->w->nr_params, 0 };
	struct work_word name;

	if (!work_lex_name(&p->lex, &name))
		return work_fail(&p->lex.at, "the parameter needs a name");
	if (work_var_find(name) >= 0 || work_word_is(name, "min") ||
	    work_word_is(name, "max") || work_word_is(name, "yes") ||
	    work_word_is(name, "no") || work_param_find(&s, name) >= 0)
		return work_fail(&p->lex.at, "'%.*s' has a meaning already",
				 name.len, name.text);
	if (s.nr_params == WORK_MAX_PARAMS)
		return work_fail(&p->lex.at, "more than %d parameters",
				 WORK_MAX_PARAMS);
	*ret = &p->w->param[s.nr_params];
	**ret = (struct work_param){ .line = p->lex.at.line };
	(*ret)->name = work_keep(p, name);
	return (*ret)->name ? 0 : -1;
}

static int read_sign(struct work_parser *p)
{
	if (!work_lex_sign(&p->lex, "="))
		return work_fail(&p->lex.at, "the parameter needs a default, "
				 "'= VALUE'");
	return 0;
}

static int read_summary(struct work_parser *p, struct work_param *param)
{
	struct work_word summary;

	if (work_lex_string(&p->lex, &summary))
		return -1;
	param->summary = work_keep(p, summary);
	if (!param->summary)
		return -1;
	p->w->nr_params++;
	return 0;
}

static bool word_follows(struct work_parser *p, const char *text)
{
	struct work_lex before = p->lex;
	struct work_word w;

	if (work_lex_name(&p->lex, &w) && work_word_is(w, text))
		return true;
	p->lex = before;
	return false;
}

static int read_param_expr(struct work_parser *p, struct work_statement *st,
			   struct work_expr *ret)
{
	if (work_read_expr(p, st, WORK_A_VALUE))
		return -1;
	*ret = st->expr[WORK_A_VALUE];
	return 0;
}

/* "param NAME = EXPR [from EXPR] [to EXPR] TEXT" */
int work_head_param(struct work_parser *p, struct work_statement *st)
{
	struct work_param *param;

	if (new_param(p, &param) || read_sign(p) ||
	    read_param_expr(p, st, &param->value))
		return -1;
	if (word_follows(p, "from") && read_param_expr(p, st, &param->low))
		return -1;
	if (word_follows(p, "to") && read_param_expr(p, st, &param->high))
		return -1;
	return read_summary(p, param);
}

static int add_choice(struct work_parser *p, struct work_param *param,
		      struct work_word word)
{
	if (work_choice_find(param, word) >= 0)
		return work_fail(&p->lex.at, "'%.*s' is listed twice",
				 word.len, word.text);
	if (param->nr_choices == WORK_MAX_CHOICES)
		return work_fail(&p->lex.at, "more than %d choices",
				 WORK_MAX_CHOICES);
	param->choice[param->nr_choices] = work_keep(p, word);
	return param->choice[param->nr_choices++] ? 0 : -1;
}

static int read_choices(struct work_parser *p, struct work_param *param)
{
	struct work_word w;

	param->choice = work_alloc(&p->w->arena, WORK_MAX_CHOICES,
				   sizeof(*param->choice));
	if (!param->choice)
		return work_no_memory(p->lex.at.e);
	if (!word_follows(p, "of"))
		return work_fail(&p->lex.at, "a choice reads 'choice NAME = "
				 "WORD of WORD WORD.. TEXT'");
	while (work_lex_name(&p->lex, &w))
		if (add_choice(p, param, w))
			return -1;
	return 0;
}

/* The default, as the number of the word. */
static int keep_default(struct work_parser *p, struct work_param *param,
			struct work_word word)
{
	struct work_item *item;
	int i = work_choice_find(param, word);

	if (i < 0)
		return work_fail(&p->lex.at, "'%.*s' is not among the choices",
				 word.len, word.text);
	item = work_alloc(&p->w->arena, 1, sizeof(*item));
	if (!item)
		return work_no_memory(p->lex.at.e);
	*item = (struct work_item){ WORK_EVAL_NUMBER, i };
	param->value = (struct work_expr){ item, 1 };
	return 0;
}

/* "choice NAME = WORD of WORD WORD.. TEXT" */
int work_head_choice(struct work_parser *p, struct work_statement *st)
{
	struct work_word word = { 0, "" };
	struct work_param *param;

	(void)st;
	if (new_param(p, &param) || read_sign(p))
		return -1;
	work_lex_name(&p->lex, &word);
	if (read_choices(p, param) || keep_default(p, param, word))
		return -1;
	return read_summary(p, param);
}
