// SPDX-License-Identifier: GPL-2.0
/* KEY=VALUE, behind the head of a statement, in any order, each once. */
#include "text.h"

#include <string.h>

/* Those without a name stand in the head. */
static const char *const names[WORK_NR_ATTRS] = {
	[WORK_A_COUNT] = "count",
	[WORK_A_SIZE] = "size",
	[WORK_A_ALLOC] = "alloc",
	[WORK_A_NODE] = "node",
	[WORK_A_HUGE] = "huge",
	[WORK_A_SLICES] = "slices",
	[WORK_A_HOME] = "home",
	[WORK_A_OBJECT] = "object",
	[WORK_A_CPU] = "cpu",
	[WORK_A_NICE] = "nice",
	[WORK_A_RT] = "rt",
	[WORK_A_RUNTIME] = "runtime",
	[WORK_A_PERIOD] = "period",
	[WORK_A_SLICE] = "slice",
	[WORK_A_OF] = "of",
	[WORK_A_STEP] = "step",
	[WORK_A_STRIDE] = "stride",
	[WORK_A_PASSES] = "passes",
	[WORK_A_ACCESSES] = "accesses",
	[WORK_A_TIME] = "time",
	[WORK_A_THINK_PS] = "think_ps",
	[WORK_A_ZIPF] = "zipf",
	[WORK_A_WRITE] = "write",
};

/* Beyond this nearly all accesses are to the first page. */
#define MAX_ZIPF	10

static const struct {
	const char *name;
	enum work_alloc alloc;
} modes[] = {
	{ "first-touch", WORK_FIRST_TOUCH },
	{ "on-node", WORK_ON_NODE },
	{ "bound", WORK_BOUND },
	{ "preferred", WORK_PREFERRED },
	{ "interleave", WORK_INTERLEAVE },
	{ "home-node", WORK_HOME_NODE },
};

const char *work_attr_name(enum work_attr a)
{
	return names[a] ? names[a] : a == WORK_A_INDEX ? "the index" :
	       "the value";
}

static unsigned int vars_of_place(unsigned int place)
{
	unsigned int vars = WORK_BIT(WORK_CPUS) | WORK_BIT(WORK_NODES) |
			    WORK_BIT(WORK_HOMES);

	if (place != WORK_AT_TOP)
		vars |= WORK_BIT(WORK_PROCESS);
	if (place == WORK_IN_THREAD)
		vars |= WORK_BIT(WORK_THREAD);
	return vars;
}

/* A count is known before its instances, and slices only have homes. */
static unsigned int own_vars(const struct work_form *form, enum work_attr a)
{
	if (a == WORK_A_COUNT)
		return 0;
	return a == WORK_A_HOME ? form->vars :
	       form->vars & ~WORK_BIT(WORK_SLICE);
}

int work_read_expr(struct work_parser *p, struct work_statement *st,
		   enum work_attr a)
{
	struct work_scope s = {
		.param = p->w->param,
		.nr_params = p->w->nr_params,
		.vars = vars_of_place(work_place_of(p)) |
			own_vars(st->form, a),
	};

	st->given |= WORK_BIT(a);
	return work_expr_read(&p->lex, &s, &p->w->arena, &st->expr[a]);
}

static int read_mode(struct work_parser *p, struct work_statement *st)
{
	struct work_word w = { 0, "" };

	work_lex_mode(&p->lex, &w);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (work_word_is(w, modes[i].name)) {
			st->alloc = modes[i].alloc;
			return 0;
		}
	return work_fail(&p->lex.at, "alloc= is first-touch, on-node, bound, "
			 "preferred, interleave or home-node, not '%.*s'",
			 w.len, w.text);
}

static int read_value(struct work_parser *p, struct work_statement *st,
		      enum work_attr a)
{
	st->given |= WORK_BIT(a);
	switch (a) {
	case WORK_A_ALLOC:
		return read_mode(p, st);
	case WORK_A_OBJECT:
		return work_read_ref(p, st, WORK_ST_OBJECT);
	case WORK_A_ZIPF:
		return work_lex_decimal(&p->lex, MAX_ZIPF, &st->zipf);
	default:
		return work_read_expr(p, st, a);
	}
}

static int find(const struct work_form *form, struct work_word key)
{
	for (int a = 0; a < WORK_NR_ATTRS; a++)
		if (names[a] && form->attrs & WORK_BIT(a) &&
		    work_word_is(key, names[a]))
			return a;
	return -1;
}

static int read_attr(struct work_parser *p, struct work_statement *st)
{
	struct work_word here = work_lex_here(&p->lex), key;
	int a;

	if (!work_lex_name(&p->lex, &key))
		return work_fail(&p->lex.at, "'%.*s' is too much", here.len,
				 here.text);
	a = find(st->form, key);
	if (a < 0)
		return work_fail(&p->lex.at, "'%s' takes no '%.*s'",
				 st->form->word, here.len, here.text);
	if (st->given & WORK_BIT(a))
		return work_fail(&p->lex.at, "%s= is given twice", names[a]);
	if (!work_lex_sign(&p->lex, "="))
		return work_fail(&p->lex.at, "'%s' reads '%s=VALUE'", names[a],
				 names[a]);
	return read_value(p, st, (enum work_attr)a);
}

static int check_needed(struct work_parser *p, const struct work_statement *st)
{
	for (int a = 0; a < WORK_NR_ATTRS; a++)
		if (st->form->needed & ~st->given & WORK_BIT(a))
			return work_fail(&p->lex.at, "'%s' needs %s=",
					 st->form->word, names[a]);
	return 0;
}

int work_read_attrs(struct work_parser *p, struct work_statement *st)
{
	while (!work_lex_ended(&p->lex))
		if (read_attr(p, st))
			return -1;
	if (check_needed(p, st))
		return -1;
	return st->form->check ? st->form->check(p, st) : 0;
}
