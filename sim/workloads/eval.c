// SPDX-License-Identifier: GPL-2.0
#include "expr.h"

static const char too_large[] = "a number does not fit in 64 bits";

/* Division, and what goes with it; rounds to zero, as C does. */
static const char *divide(enum work_eval op, int64_t a, int64_t b, int64_t *ret)
{
	if (!b)
		return "division by zero";
	if (a == INT64_MIN && b == -1)
		return too_large;
	*ret = op == WORK_EVAL_DIV ? a / b : a % b;
	return NULL;
}

static bool compare(enum work_eval op, int64_t a, int64_t b)
{
	switch (op) {
	case WORK_EVAL_EQ:
		return a == b;
	case WORK_EVAL_NE:
		return a != b;
	case WORK_EVAL_LT:
		return a < b;
	case WORK_EVAL_LE:
		return a <= b;
	case WORK_EVAL_GT:
		return a > b;
	default:
		return a >= b;
	}
}

static const char *combine(enum work_eval op, int64_t a, int64_t b,
			   int64_t *ret)
{
	switch (op) {
	case WORK_EVAL_ADD:
		return __builtin_add_overflow(a, b, ret) ? too_large : NULL;
	case WORK_EVAL_SUB:
		return __builtin_sub_overflow(a, b, ret) ? too_large : NULL;
	case WORK_EVAL_MUL:
		return __builtin_mul_overflow(a, b, ret) ? too_large : NULL;
	case WORK_EVAL_DIV:
	case WORK_EVAL_MOD:
		return divide(op, a, b, ret);
	case WORK_EVAL_MIN:
		*ret = a < b ? a : b;
		return NULL;
	case WORK_EVAL_MAX:
		*ret = a > b ? a : b;
		return NULL;
	default:
		*ret = compare(op, a, b);
		return NULL;
	}
}

/* What the topmost one or two numbers become. */
static const char *apply(const struct work_item *it, int64_t *stack,
			 unsigned int *top)
{
	int64_t last = stack[*top - 1];

	if (it->op == WORK_EVAL_NEG)
		return combine(WORK_EVAL_SUB, 0, last, &stack[*top - 1]);
	(*top)--;
	return combine(it->op, stack[*top - 1], last, &stack[*top - 1]);
}

/* An item pushes at most one number, so the stack cannot overflow. */
const char *work_expr_eval(const struct work_expr *x, const int64_t *value,
			   int64_t *ret)
{
	int64_t stack[WORK_MAX_ITEMS];
	const char *why = NULL;
	unsigned int top = 0;

	for (unsigned int i = 0; i < x->nr && !why; i++)
		if (x->item[i].op == WORK_EVAL_NUMBER)
			stack[top++] = x->item[i].value;
		else if (x->item[i].op == WORK_EVAL_VALUE)
			stack[top++] = value[x->item[i].value];
		else
			why = apply(&x->item[i], stack, &top);
	*ret = why ? 0 : stack[0];
	return why;
}
