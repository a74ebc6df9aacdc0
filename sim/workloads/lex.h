/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words, numbers, strings and signs of one line.  Readers skip the blanks
 * before what they read, and leave the line alone if it is not there.
 */
#ifndef SIM_WORK_LEX_H
#define SIM_WORK_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../error.h"

/* Where a message belongs; @line 0: not in a file. */
struct work_at {
	const char *name;
	unsigned int line;
	struct sim_error *e;
};

/* work_fail() - "name:line: ...", printable whatever it quotes.  Return: -1. */
int work_fail(const struct work_at *at, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

int work_no_memory(struct sim_error *e);

/* What is left of a line. */
struct work_lex {
	struct work_at at;
	const char *p;
	const char *end;
};

/* Part of a line; %.*s takes both. */
struct work_word {
	int len;
	const char *text;
};

bool work_word_is(struct work_word w, const char *text);

/* At the end, or at a comment. */
bool work_lex_ended(struct work_lex *l);

/* Letters, digits and '_', not beginning with a digit. */
bool work_lex_name(struct work_lex *l, struct work_word *ret);

/* As a name, but '-' is part of it. */
bool work_lex_mode(struct work_lex *l, struct work_word *ret);

bool work_lex_sign(struct work_lex *l, const char *sign);

bool work_lex_at_digit(struct work_lex *l);

/* A number with its suffix.  Return: 0 or -1. */
int work_lex_number(struct work_lex *l, int64_t *ret);

/* A number with up to six decimals, of at most @most.  Return: 0 or -1. */
int work_lex_decimal(struct work_lex *l, unsigned int most, double *ret);

/* Between double quotes, on one line.  Return: 0 or -1. */
int work_lex_string(struct work_lex *l, struct work_word *ret);

/* What stands here, to be named in a message. */
struct work_word work_lex_here(struct work_lex *l);

#endif
