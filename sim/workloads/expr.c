// SPDX-License-Identifier: GPL-2.0
/* Reading expressions: a function per level of precedence. */
#include "expr.h"

#include <string.h>

struct reader {
	struct work_lex *l;
	const struct work_scope *s;
	struct work_item item[WORK_MAX_ITEMS];
	unsigned int nr;
	unsigned int nested;
};

static const char *const var_names[WORK_NR_VARS] = {
	[WORK_CPUS] = "cpus",
	[WORK_NODES] = "nodes",
	[WORK_HOMES] = "homes",
	[WORK_PROCESS] = "process",
	[WORK_THREAD] = "thread",
	[WORK_OBJECT] = "object",
	[WORK_SLICE] = "slice",
};

int work_var_find(struct work_word name)
{
	for (int i = 0; i < WORK_NR_VARS; i++)
		if (work_word_is(name, var_names[i]))
			return i;
	return -1;
}

int work_param_find(const struct work_scope *s, struct work_word name)
{
	for (unsigned int i = 0; i < s->nr_params; i++)
		if (work_word_is(name, s->param[i].name))
			return (int)i;
	return -1;
}

int work_choice_find(const struct work_param *p, struct work_word word)
{
	for (unsigned int i = 0; i < p->nr_choices; i++)
		if (work_word_is(word, p->choice[i]))
			return (int)i;
	return -1;
}

static int emit(struct reader *r, enum work_eval op, int64_t value)
{
	if (r->nr == WORK_MAX_ITEMS)
		return work_fail(&r->l->at, "the expression is too long");
	r->item[r->nr++] = (struct work_item){ op, value };
	return 0;
}

static int read_comparison(struct reader *r);

/* "min(A, B)", behind its name. */
static int read_pair(struct reader *r, enum work_eval op)
{
	struct work_lex *l = r->l;

	if (!work_lex_sign(l, "("))
		return work_fail(&l->at, "min and max read 'min(A, B)'");
	if (read_comparison(r))
		return -1;
	if (!work_lex_sign(l, ","))
		return work_fail(&l->at, "min and max read 'min(A, B)'");
	if (read_comparison(r))
		return -1;
	if (!work_lex_sign(l, ")"))
		return work_fail(&l->at, "a ')' is missing");
	return emit(r, op, 0);
}

/* "init.main": 1 if that was chosen, or else 0. */
static int read_choice(struct reader *r, unsigned int i)
{
	const struct work_param *p = &r->s->param[i];
	struct work_word w = { 0, "" };
	int word;

	if (!work_lex_sign(r->l, ".") || !work_lex_name(r->l, &w))
		return work_fail(&r->l->at, "'%s' is a choice: ask '%s.%s'",
				 p->name, p->name, p->choice[0]);
	word = work_choice_find(p, w);
	if (word < 0)
		return work_fail(&r->l->at, "'%s' has no choice '%.*s'",
				 p->name, w.len, w.text);
	return emit(r, WORK_EVAL_VALUE, WORK_NR_VARS + i) ||
	       emit(r, WORK_EVAL_NUMBER, word) || emit(r, WORK_EVAL_EQ, 0) ?
	       -1 : 0;
}

static int read_variable(struct reader *r, struct work_word name)
{
	int i = work_var_find(name);

	if (i >= 0 && !(r->s->vars & 1u << i))
		return work_fail(&r->l->at, "'%s' means nothing here",
				 var_names[i]);
	if (i >= 0)
		return emit(r, WORK_EVAL_VALUE, i);
	i = work_param_find(r->s, name);
	if (i < 0)
		return work_fail(&r->l->at, "'%.*s' is unknown", name.len,
				 name.text);
	if (r->s->param[i].nr_choices)
		return read_choice(r, (unsigned int)i);
	return emit(r, WORK_EVAL_VALUE, WORK_NR_VARS + i);
}

static int read_name(struct reader *r, struct work_word name)
{
	if (work_word_is(name, "min"))
		return read_pair(r, WORK_EVAL_MIN);
	if (work_word_is(name, "max"))
		return read_pair(r, WORK_EVAL_MAX);
	if (work_word_is(name, "yes"))
		return emit(r, WORK_EVAL_NUMBER, 1);
	if (work_word_is(name, "no"))
		return emit(r, WORK_EVAL_NUMBER, 0);
	return read_variable(r, name);
}

static int read_parentheses(struct reader *r)
{
	if (read_comparison(r))
		return -1;
	if (!work_lex_sign(r->l, ")"))
		return work_fail(&r->l->at, "a ')' is missing");
	return 0;
}

static int read_unary(struct reader *r);

static int read_plain(struct reader *r)
{
	struct work_word here, name;
	int64_t n;

	if (work_lex_at_digit(r->l))
		return work_lex_number(r->l, &n) ? -1 :
		       emit(r, WORK_EVAL_NUMBER, n);
	if (work_lex_sign(r->l, "("))
		return read_parentheses(r);
	if (work_lex_sign(r->l, "-"))
		return read_unary(r) ? -1 : emit(r, WORK_EVAL_NEG, 0);
	if (work_lex_name(r->l, &name))
		return read_name(r, name);
	here = work_lex_here(r->l);
	return work_fail(&r->l->at, "a number or a name belongs here, not "
			 "'%.*s'", here.len, here.text);
}

/* All that nests passes here, so this alone bounds the recursion. */
static int read_unary(struct reader *r)
{
	int ret;

	if (r->nested == WORK_MAX_NESTED)
		return work_fail(&r->l->at, "the expression nests too deep");
	r->nested++;
	ret = read_plain(r);
	r->nested--;
	return ret;
}

struct sign {
	const char *text;
	enum work_eval op;
};

static const struct sign *find_sign(struct reader *r, const struct sign *s)
{
	for (; s->text; s++)
		if (work_lex_sign(r->l, s->text))
			return s;
	return NULL;
}

static int read_product(struct reader *r)
{
	static const struct sign signs[] = {
		{ "*", WORK_EVAL_MUL }, { "/", WORK_EVAL_DIV },
		{ "%", WORK_EVAL_MOD }, { NULL, 0 },
	};
	const struct sign *s;
	int ret = read_unary(r);

	while (!ret && (s = find_sign(r, signs)))
		ret = read_unary(r) ? -1 : emit(r, s->op, 0);
	return ret;
}

static int read_sum(struct reader *r)
{
	static const struct sign signs[] = {
		{ "+", WORK_EVAL_ADD }, { "-", WORK_EVAL_SUB }, { NULL, 0 },
	};
	const struct sign *s;
	int ret = read_product(r);

	while (!ret && (s = find_sign(r, signs)))
		ret = read_product(r) ? -1 : emit(r, s->op, 0);
	return ret;
}

/* Long signs first: "<" would take the half of "<=". */
static int read_comparison(struct reader *r)
{
	static const struct sign signs[] = {
		{ "==", WORK_EVAL_EQ }, { "!=", WORK_EVAL_NE },
		{ "<=", WORK_EVAL_LE }, { ">=", WORK_EVAL_GE },
		{ "<", WORK_EVAL_LT }, { ">", WORK_EVAL_GT }, { NULL, 0 },
	};
	const struct sign *s;
	int ret = read_sum(r);

	if (!ret && (s = find_sign(r, signs)))
		ret = read_sum(r) ? -1 : emit(r, s->op, 0);
	return ret;
}

static int keep(struct work_arena *a, const struct work_item *item,
		unsigned int nr, struct sim_error *e, struct work_expr *ret)
{
	struct work_item *copy = work_alloc(a, nr, sizeof(*copy));

	if (!copy)
		return work_no_memory(e);
	memcpy(copy, item, nr * sizeof(*copy));
	*ret = (struct work_expr){ copy, nr };
	return 0;
}

int work_expr_read(struct work_lex *l, const struct work_scope *s,
		   struct work_arena *a, struct work_expr *ret)
{
	struct reader r = { .l = l, .s = s };

	if (read_comparison(&r))
		return -1;
	return keep(a, r.item, r.nr, l->at.e, ret);
}
