// SPDX-License-Identifier: GPL-2.0
/* Lines into statements, and blocks. */
#include "text.h"

#include <stdlib.h>
#include <string.h>

unsigned int work_place_of(const struct work_parser *p)
{
	if (!p->depth)
		return WORK_AT_TOP;
	return p->w->st[p->block[p->depth - 1]].form->opens;
}

static int open_block(struct work_parser *p, unsigned int i)
{
	if (p->depth == WORK_MAX_BLOCKS)
		return work_fail(&p->lex.at, "more than %d blocks within each "
				 "other", WORK_MAX_BLOCKS);
	p->block[p->depth++] = i;
	return 0;
}

static void close_block(struct work_parser *p, unsigned int i)
{
	unsigned int begin = p->block[--p->depth];

	p->w->st[begin].end = i;
	p->w->st[i].end = begin;
}

static int follow_blocks(struct work_parser *p, unsigned int i)
{
	const struct work_form *form = p->w->st[i].form;

	if (form->opens)
		return open_block(p, i);
	if (form->kind == WORK_ST_END)
		close_block(p, i);
	return 0;
}

static int check_first(struct work_parser *p, const struct work_form *form)
{
	if (p->w->nr || form->kind == WORK_ST_WORKLOAD)
		return 0;
	return work_fail(&p->lex.at, "a text begins with 'workload NAME "
			 "TEXT'");
}

static int read_statement(struct work_parser *p)
{
	struct work_statement *st = &p->w->st[p->w->nr];
	struct work_word word, here = work_lex_here(&p->lex);

	if (!work_lex_name(&p->lex, &word))
		return work_fail(&p->lex.at, "a statement begins with a word, "
				 "not '%.*s'", here.len, here.text);
	st->form = work_form_find(p, word);
	st->line = p->lex.at.line;
	if (!st->form || check_first(p, st->form) || st->form->head(p, st) ||
	    work_read_attrs(p, st))
		return -1;
	return follow_blocks(p, p->w->nr++);
}

static int read_line(struct work_parser *p)
{
	p->lex.at.line++;
	for (const char *c = p->lex.p; c < p->lex.end; c++)
		if ((*c >= 0 && *c < ' ' && *c != '\t') || *c == 0x7f)
			return work_fail(&p->lex.at, "not a text");
	if (work_lex_ended(&p->lex))
		return 0;
	if (p->w->nr == WORK_MAX_STATEMENTS)
		return work_fail(&p->lex.at, "more than %d statements",
				 WORK_MAX_STATEMENTS);
	return read_statement(p);
}

static int read_lines(struct work_parser *p, const char *text, size_t len)
{
	const char *end = text + len, *newline;

	for (; text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			newline = end;
		p->lex.p = text;
		p->lex.end = newline;
		if (read_line(p))
			return -1;
		if (newline == end)
			break;
	}
	return 0;
}

static int check_whole(const struct work_parser *p)
{
	const struct work_statement *open;

	if (p->depth) {
		open = &p->w->st[p->block[p->depth - 1]];
		return work_fail(&p->lex.at, "the '%s' of line %u has no 'end'",
				 open->form->word, open->line);
	}
	if (!p->w->name)
		return work_fail(&p->lex.at, "there is no workload");
	if (!p->w->unit)
		return work_fail(&p->lex.at, "there is no 'unit'");
	return 0;
}

/* No more statements than lines. */
static unsigned int room(const char *text, size_t len)
{
	unsigned int lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines < WORK_MAX_STATEMENTS ? lines : WORK_MAX_STATEMENTS;
}

static int parse(struct work *w, const char *text, size_t len,
		 struct sim_error *e)
{
	struct work_parser p = {
		.w = w,
		.lex.at = { .name = w->file, .e = e },
	};

	if (len > WORK_MAX_TEXT)
		return work_fail(&p.lex.at, "more than %d bytes",
				 WORK_MAX_TEXT);
	w->st = work_alloc(&w->arena, room(text, len), sizeof(*w->st));
	if (!w->st)
		return work_no_memory(e);
	if (read_lines(&p, text, len))
		return -1;
	return check_whole(&p);
}

struct work *work_parse(const char *name, const char *text, size_t len,
			struct sim_error *e)
{
	struct work *w = calloc(1, sizeof(*w));

	if (w)
		w->file = work_copy(&w->arena, name, strlen(name));
	if (!w || !w->file) {
		work_no_memory(e);
		work_free(w);
		return NULL;
	}
	if (parse(w, text, len, e)) {
		work_free(w);
		return NULL;
	}
	return w;
}

void work_free(struct work *w)
{
	if (w)
		work_arena_free(&w->arena);
	free(w);
}
