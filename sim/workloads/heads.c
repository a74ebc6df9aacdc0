// SPDX-License-Identifier: GPL-2.0
/* What stands between the word of a statement and its attributes. */
#include "text.h"

#include <string.h>

const char *work_keep(struct work_parser *p, struct work_word word)
{
	const char *copy = work_copy(&p->w->arena, word.text, word.len);

	if (!copy)
		work_no_memory(p->lex.at.e);
	return copy;
}

static int read_name(struct work_parser *p, struct work_word *ret)
{
	struct work_word here = work_lex_here(&p->lex);

	if (!work_lex_name(&p->lex, ret))
		return work_fail(&p->lex.at, "a name belongs here, not '%.*s'",
				 here.len, here.text);
	if (ret->len > WORK_MAX_NAME)
		return work_fail(&p->lex.at, "the name has more than %d "
				 "letters", WORK_MAX_NAME);
	return 0;
}

int work_head_none(struct work_parser *p, struct work_statement *st)
{
	(void)p;
	(void)st;
	return 0;
}

int work_head_workload(struct work_parser *p, struct work_statement *st)
{
	struct work_word name, summary;

	(void)st;
	if (p->w->name)
		return work_fail(&p->lex.at, "one workload per text");
	if (read_name(p, &name) || work_lex_string(&p->lex, &summary))
		return -1;
	p->w->name = work_keep(p, name);
	p->w->summary = work_keep(p, summary);
	return p->w->name && p->w->summary ? 0 : -1;
}

int work_head_unit(struct work_parser *p, struct work_statement *st)
{
	struct work_word unit;

	(void)st;
	if (p->w->unit)
		return work_fail(&p->lex.at, "the unit is given twice");
	if (read_name(p, &unit))
		return -1;
	p->w->unit = work_keep(p, unit);
	return p->w->unit ? 0 : -1;
}

int work_head_require(struct work_parser *p, struct work_statement *st)
{
	struct work_word why;

	if (work_read_expr(p, st, WORK_A_VALUE) ||
	    work_lex_string(&p->lex, &why))
		return -1;
	st->name = work_keep(p, why);
	return st->name ? 0 : -1;
}

/* Processes and templates are told apart by what may be done to them only. */
static bool same_space(enum work_kind a, enum work_kind b)
{
	if (a == WORK_ST_TEMPLATE)
		a = WORK_ST_PROCESS;
	if (b == WORK_ST_TEMPLATE)
		b = WORK_ST_PROCESS;
	return a == b;
}

static const struct work_statement *find(const struct work *w,
					 enum work_kind kind,
					 struct work_word name)
{
	for (unsigned int i = 0; i < w->nr; i++)
		if (same_space(w->st[i].form->kind, kind) &&
		    work_word_is(name, w->st[i].name))
			return &w->st[i];
	return NULL;
}

int work_head_name(struct work_parser *p, struct work_statement *st)
{
	const struct work_statement *other;
	struct work_word name;

	if (read_name(p, &name))
		return -1;
	other = find(p->w, st->form->kind, name);
	if (other)
		return work_fail(&p->lex.at, "'%s' is declared in line %u "
				 "already", other->name, other->line);
	st->name = work_keep(p, name);
	return st->name ? 0 : -1;
}

/* Which regions a process has depends on the machine: that is checked later. */
int work_head_region(struct work_parser *p, struct work_statement *st)
{
	struct work_word name;

	if (read_name(p, &name))
		return -1;
	st->name = work_keep(p, name);
	return st->name ? 0 : -1;
}

int work_head_value(struct work_parser *p, struct work_statement *st)
{
	return work_read_expr(p, st, WORK_A_VALUE);
}

int work_head_maybe_value(struct work_parser *p, struct work_statement *st)
{
	return work_lex_ended(&p->lex) ? 0 :
	       work_read_expr(p, st, WORK_A_VALUE);
}

static int read_index(struct work_parser *p, struct work_statement *st)
{
	if (!work_lex_sign(&p->lex, "["))
		return 0;
	if (work_read_expr(p, st, WORK_A_INDEX))
		return -1;
	if (!work_lex_sign(&p->lex, "]"))
		return work_fail(&p->lex.at, "a ']' is missing");
	return 0;
}

static const char *kind_text(enum work_kind kind)
{
	switch (kind) {
	case WORK_ST_CHANNEL:
		return "channel";
	case WORK_ST_BARRIER:
		return "barrier";
	case WORK_ST_OBJECT:
		return "object";
	default:
		return "template";
	}
}

/* Declared above and complete: so no template can spawn itself, ever. */
int work_read_ref(struct work_parser *p, struct work_statement *st,
		  enum work_kind kind)
{
	const struct work_statement *target;
	struct work_word name;

	if (read_name(p, &name))
		return -1;
	target = find(p->w, kind, name);
	if (!target || target->form->kind != kind ||
	    (target->form->opens && !target->end))
		return work_fail(&p->lex.at, "there is no %s '%.*s' above",
				 kind_text(kind), name.len, name.text);
	st->target = (unsigned int)(target - p->w->st);
	return read_index(p, st);
}

int work_head_channel(struct work_parser *p, struct work_statement *st)
{
	return work_read_ref(p, st, WORK_ST_CHANNEL);
}

int work_head_barrier(struct work_parser *p, struct work_statement *st)
{
	return work_read_ref(p, st, WORK_ST_BARRIER);
}

int work_head_template(struct work_parser *p, struct work_statement *st)
{
	return work_read_ref(p, st, WORK_ST_TEMPLATE);
}
