/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A description as it was read: statements in the order of the text, with the
 * names of what they refer to resolved, and nothing counted yet.
 */
#ifndef SIM_WORK_TEXT_H
#define SIM_WORK_TEXT_H

#include "expr.h"
#include "work.h"

/* Generous for people; they bound what a hostile text can cost. */
#define WORK_MAX_TEXT		65536
#define WORK_MAX_STATEMENTS	4096
#define WORK_MAX_BLOCKS		16	/* within each other */
#define WORK_MAX_NAME		64	/* letters; each process has copies */
#define WORK_MAX_CHOICES	16	/* words of a choice */

enum work_kind {
	WORK_ST_WORKLOAD,
	WORK_ST_UNIT,
	WORK_ST_PARAM,
	WORK_ST_CHOICE,
	WORK_ST_REQUIRE,
	WORK_ST_CHANNEL,
	WORK_ST_BARRIER,
	WORK_ST_OBJECT,
	WORK_ST_PROCESS,
	WORK_ST_TEMPLATE,
	WORK_ST_REGION,
	WORK_ST_THREAD,
	WORK_ST_IF,
	WORK_ST_END,
	WORK_ST_OP,
};

/* What a statement may say, by position or as KEY=VALUE. */
enum work_attr {
	WORK_A_VALUE,	/* the expression after the word */
	WORK_A_INDEX,	/* in brackets, after a name */
	WORK_A_COUNT,
	WORK_A_SIZE,
	WORK_A_ALLOC,
	WORK_A_NODE,
	WORK_A_HUGE,
	WORK_A_SLICES,
	WORK_A_HOME,
	WORK_A_OBJECT,
	WORK_A_CPU,
	WORK_A_NICE,
	WORK_A_RT,
	WORK_A_RUNTIME,
	WORK_A_PERIOD,
	WORK_A_SLICE,
	WORK_A_OF,
	WORK_A_STEP,
	WORK_A_STRIDE,
	WORK_A_PASSES,
	WORK_A_ACCESSES,
	WORK_A_TIME,
	WORK_A_THINK_PS,
	WORK_A_ZIPF,
	WORK_A_WRITE,
	WORK_NR_ATTRS
};

#define WORK_BIT(n)	(1u << (n))

/* Where a statement may stand, and what its block is. */
enum work_place {
	WORK_AT_TOP = 1,
	WORK_IN_PROCESS = 2,
	WORK_IN_THREAD = 4,
};

struct work_parser;
struct work_statement;

/**
 * struct work_form - what statements of a word look like
 * @in:		mask of enum work_place
 * @opens:	enum work_place of the block that it begins, or 0
 * @op:		for WORK_ST_OP
 * @vars:	mask of enum work_var that its own attributes may use
 * @attrs:	mask of enum work_attr that may be given
 * @needed:	of those, what must be
 * @head:	reads what stands between the word and the attributes
 * @check:	looks at the whole; NULL if any combination makes sense
 */
struct work_form {
	const char *word;
	enum work_kind kind;
	unsigned int in;
	unsigned int opens;
	enum work_op_kind op;
	unsigned int vars;
	unsigned int attrs;
	unsigned int needed;
	int (*head)(struct work_parser *p, struct work_statement *st);
	int (*check)(struct work_parser *p, const struct work_statement *st);
};

/**
 * struct work_statement - one line
 * @end:	of a block: the statement that ends it; of END: the beginning
 * @name:	that it declares; of an op: of its region
 * @target:	statement that declares what this one refers to
 * @given:	mask of enum work_attr
 */
struct work_statement {
	const struct work_form *form;
	unsigned int line;
	unsigned int end;
	const char *name;
	unsigned int target;
	unsigned int given;
	enum work_alloc alloc;
	double zipf;
	struct work_expr expr[WORK_NR_ATTRS];
};

struct work {
	const char *file;
	const char *name;
	const char *summary;
	const char *unit;
	struct work_param param[WORK_MAX_PARAMS];
	unsigned int nr_params;
	struct work_statement *st;
	unsigned int nr;
	struct work_arena arena;
};

struct work_parser {
	struct work *w;
	struct work_lex lex;
	unsigned int block[WORK_MAX_BLOCKS];
	unsigned int depth;
};

/* The enum work_place that the next line is in. */
unsigned int work_place_of(const struct work_parser *p);

/* work_form_find() - or NULL, with the message that fits. */
const struct work_form *work_form_find(const struct work_parser *p,
				       struct work_word word);

/* attrs.c: everything that reads KEY=VALUE, and expressions by position. */
const char *work_attr_name(enum work_attr a);
int work_read_attrs(struct work_parser *p, struct work_statement *st);
int work_read_expr(struct work_parser *p, struct work_statement *st,
		   enum work_attr a);

/* heads.c: readers of what stands before the attributes. */
int work_head_none(struct work_parser *p, struct work_statement *st);
int work_head_workload(struct work_parser *p, struct work_statement *st);
int work_head_unit(struct work_parser *p, struct work_statement *st);
int work_head_param(struct work_parser *p, struct work_statement *st);
int work_head_choice(struct work_parser *p, struct work_statement *st);
int work_head_require(struct work_parser *p, struct work_statement *st);
int work_head_name(struct work_parser *p, struct work_statement *st);
int work_head_region(struct work_parser *p, struct work_statement *st);
int work_head_value(struct work_parser *p, struct work_statement *st);
int work_head_maybe_value(struct work_parser *p, struct work_statement *st);
int work_head_channel(struct work_parser *p, struct work_statement *st);
int work_head_barrier(struct work_parser *p, struct work_statement *st);
int work_head_template(struct work_parser *p, struct work_statement *st);

/* Reads "NAME[INDEX]" of something declared above with @kind. */
int work_read_ref(struct work_parser *p, struct work_statement *st,
		  enum work_kind kind);

/* Copies into the description, or NULL with the message. */
const char *work_keep(struct work_parser *p, struct work_word word);

#endif
