// SPDX-License-Identifier: GPL-2.0
/* All statements there are. */
#include "text.h"

#define A(name)		WORK_BIT(WORK_A_ ## name)
#define V(name)		WORK_BIT(WORK_ ## name)

#define MEMORY		(A(SIZE) | A(ALLOC) | A(NODE) | A(HUGE) | \
			 A(SLICES) | A(HOME))
#define SLICE		(A(SLICE) | A(OF) | A(STEP))
#define ACCESS		(SLICE | A(TIME) | A(THINK_PS) | A(WRITE))

static bool has(const struct work_statement *st, enum work_attr a)
{
	return st->given & WORK_BIT(a);
}

static int check_memory(struct work_parser *p, const struct work_statement *st)
{
	bool wants_node = st->alloc == WORK_ON_NODE ||
			  st->alloc == WORK_BOUND ||
			  st->alloc == WORK_PREFERRED;

	if (wants_node != has(st, WORK_A_NODE))
		return work_fail(&p->lex.at, "alloc=on-node, bound and "
				 "preferred need node=, the others take none");
	if (has(st, WORK_A_SLICES) && !has(st, WORK_A_HOME))
		return work_fail(&p->lex.at, "slices= needs home=");
	return 0;
}

static int check_region(struct work_parser *p, const struct work_statement *st)
{
	if (has(st, WORK_A_SIZE) == has(st, WORK_A_OBJECT))
		return work_fail(&p->lex.at, "a region has size= or object=");
	if (has(st, WORK_A_OBJECT) && st->given & MEMORY)
		return work_fail(&p->lex.at, "what object= is like stands "
				 "where it is declared");
	return check_memory(p, st);
}

static int check_thread(struct work_parser *p, const struct work_statement *st)
{
	int classes = has(st, WORK_A_NICE) + has(st, WORK_A_RT) +
		      has(st, WORK_A_RUNTIME);

	if (classes > 1)
		return work_fail(&p->lex.at, "nice=, rt= and runtime= exclude "
				 "each other");
	if (has(st, WORK_A_RUNTIME) != has(st, WORK_A_PERIOD))
		return work_fail(&p->lex.at, "runtime= and period= need each "
				 "other");
	return 0;
}

static int check_slice(struct work_parser *p, const struct work_statement *st)
{
	if ((has(st, WORK_A_SLICE) || has(st, WORK_A_STEP)) &&
	    !has(st, WORK_A_OF))
		return work_fail(&p->lex.at, "slice= and step= need of=");
	return 0;
}

static int check_bind(struct work_parser *p, const struct work_statement *st)
{
	if (has(st, WORK_A_STEP) != has(st, WORK_A_OF))
		return work_fail(&p->lex.at, "of= and step= need each other");
	return 0;
}

#define TOP(text, k, ...) \
	{ .word = text, .kind = WORK_ST_ ## k, .in = WORK_AT_TOP, __VA_ARGS__ }
#define OP(text, k, ...) \
	{ .word = text, .kind = WORK_ST_OP, .in = WORK_IN_THREAD, \
	  .op = WORK_ ## k, __VA_ARGS__ }

static const struct work_form forms[] = {
	TOP("workload", WORKLOAD, .head = work_head_workload),
	TOP("unit", UNIT, .head = work_head_unit),
	TOP("param", PARAM, .head = work_head_param),
	TOP("choice", CHOICE, .head = work_head_choice),
	TOP("require", REQUIRE, .head = work_head_require),
	TOP("channel", CHANNEL, .head = work_head_name, .attrs = A(COUNT)),
	TOP("barrier", BARRIER, .head = work_head_name, .attrs = A(COUNT)),
	TOP("object", OBJECT, .head = work_head_name, .vars = V(OBJECT) |
	    V(SLICE), .attrs = A(COUNT) | MEMORY, .needed = A(SIZE),
	    .check = check_memory),
	TOP("process", PROCESS, .head = work_head_name, .attrs = A(COUNT),
	    .opens = WORK_IN_PROCESS),
	TOP("template", TEMPLATE, .head = work_head_name, .attrs = A(COUNT),
	    .opens = WORK_IN_PROCESS),
	{ .word = "region", .kind = WORK_ST_REGION, .in = WORK_IN_PROCESS,
	  .head = work_head_region, .vars = V(SLICE),
	  .attrs = MEMORY | A(OBJECT), .check = check_region },
	{ .word = "thread", .kind = WORK_ST_THREAD, .in = WORK_IN_PROCESS,
	  .head = work_head_none, .vars = V(THREAD), .opens = WORK_IN_THREAD,
	  .attrs = A(COUNT) | A(HOME) | A(CPU) | A(NICE) | A(RT) | A(RUNTIME) |
	  A(PERIOD), .check = check_thread },
	{ .word = "if", .kind = WORK_ST_IF, .in = WORK_IN_PROCESS,
	  .head = work_head_value, .opens = WORK_IN_PROCESS },
	{ .word = "if", .kind = WORK_ST_IF, .in = WORK_IN_THREAD,
	  .head = work_head_value, .opens = WORK_IN_THREAD },
	{ .word = "end", .kind = WORK_ST_END,
	  .in = WORK_IN_PROCESS | WORK_IN_THREAD, .head = work_head_none },
	OP("touch", TOUCH, .head = work_head_region, .attrs = SLICE,
	   .check = check_slice),
	OP("sweep", SWEEP, .head = work_head_region,
	   .attrs = ACCESS | A(STRIDE) | A(PASSES), .check = check_slice),
	OP("random", RANDOM, .head = work_head_region,
	   .attrs = ACCESS | A(ACCESSES) | A(ZIPF), .check = check_slice),
	OP("compute", COMPUTE, .head = work_head_value),
	OP("kernel", KERNEL, .head = work_head_value),
	OP("sleep", SLEEP, .head = work_head_value),
	OP("send", SEND, .head = work_head_channel),
	OP("recv", RECV, .head = work_head_channel),
	OP("barrier", BARRIER, .head = work_head_barrier),
	OP("spawn", SPAWN, .head = work_head_template),
	OP("exec", EXEC, .head = work_head_none),
	OP("start", START, .head = work_head_none),
	OP("bind", BIND, .head = work_head_value, .attrs = A(OF) | A(STEP),
	   .check = check_bind),
	OP("count", COUNT, .head = work_head_maybe_value),
	OP("loop", LOOP, .head = work_head_maybe_value,
	   .opens = WORK_IN_THREAD),
};

#define NR_FORMS	(sizeof(forms) / sizeof(forms[0]))

static const char *place_text(unsigned int in)
{
	if (in & WORK_AT_TOP)
		return "outside of processes";
	return in & WORK_IN_PROCESS ? "into a process" : "into a thread";
}

const struct work_form *work_form_find(const struct work_parser *p,
				       struct work_word word)
{
	unsigned int in = work_place_of(p), elsewhere = 0;

	for (size_t i = 0; i < NR_FORMS; i++) {
		if (!work_word_is(word, forms[i].word))
			continue;
		if (forms[i].in & in)
			return &forms[i];
		elsewhere |= forms[i].in;
	}
	if (elsewhere)
		work_fail(&p->lex.at, "'%.*s' belongs %s", word.len, word.text,
			  place_text(elsewhere));
	else
		work_fail(&p->lex.at, "unknown statement '%.*s'", word.len,
			  word.text);
	return NULL;
}
