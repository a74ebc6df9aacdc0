/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expressions, kept in postfix form: nothing recurses when they are evaluated,
 * which is once per thread and more.
 */
#ifndef SIM_WORK_EXPR_H
#define SIM_WORK_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "lex.h"

#define WORK_MAX_PARAMS	64
#define WORK_MAX_ITEMS	256	/* of an expression */
#define WORK_MAX_NESTED	32	/* parentheses */

/* Places of values: the variables, then the parameters. */
enum work_var {
	WORK_CPUS,
	WORK_NODES,
	WORK_HOMES,
	WORK_PROCESS,	/* which instance of a process, .. */
	WORK_THREAD,
	WORK_OBJECT,
	WORK_SLICE,
	WORK_NR_VARS,
	WORK_NR_VALUES = WORK_NR_VARS + WORK_MAX_PARAMS
};

/* What an item does to a stack of numbers. */
enum work_eval {
	WORK_EVAL_NUMBER,	/* push it */
	WORK_EVAL_VALUE,	/* push the one in this place */
	WORK_EVAL_NEG,		/* of the topmost, below: of the two topmost */
	WORK_EVAL_ADD,
	WORK_EVAL_SUB,
	WORK_EVAL_MUL,
	WORK_EVAL_DIV,
	WORK_EVAL_MOD,
	WORK_EVAL_MIN,
	WORK_EVAL_MAX,
	WORK_EVAL_EQ,
	WORK_EVAL_NE,
	WORK_EVAL_LT,
	WORK_EVAL_LE,
	WORK_EVAL_GT,
	WORK_EVAL_GE,
};

struct work_item {
	enum work_eval op;
	int64_t value;
};

/* Without items: not given. */
struct work_expr {
	const struct work_item *item;
	unsigned int nr;
};

/**
 * struct work_param - what the caller may choose
 * @low, @high:	least and most; not given: 0 and no limit
 * @choice:	[nr_choices] words, for a choice; its value is one's index
 */
struct work_param {
	const char *name;
	const char *summary;
	unsigned int line;
	struct work_expr value;
	struct work_expr low;
	struct work_expr high;
	const char **choice;
	unsigned int nr_choices;
};

/**
 * struct work_scope - what an expression may name
 * @vars:	bit mask of enum work_var
 */
struct work_scope {
	const struct work_param *param;
	unsigned int nr_params;
	unsigned int vars;
};

/* work_var_find() - its index, or -1. */
int work_var_find(struct work_word name);

/* work_param_find() - its index, or -1. */
int work_param_find(const struct work_scope *s, struct work_word name);

/* work_choice_find() - index of a word of @p, or -1. */
int work_choice_find(const struct work_param *p, struct work_word word);

/* work_expr_read() - as much of the line as is one.  Return: 0 or -1. */
int work_expr_read(struct work_lex *l, const struct work_scope *s,
		   struct work_arena *a, struct work_expr *ret);

/* work_expr_eval() - Return: NULL, or what is wrong. */
const char *work_expr_eval(const struct work_expr *x, const int64_t *value,
			   int64_t *ret);

#endif
