/* SPDX-License-Identifier: GPL-2.0 */
/* What numaplace explain tells of: one page or one thread, and its steps. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <numaplace/policy.h>

/**
 * struct subject - what the story is about
 * @thread:	@tid of @pid; else the page at @addr
 * @pages:	base pages
 */
struct subject {
	bool thread;
	uint32_t pid;
	uint32_t tid;
	uint64_t addr;
	uint32_t pages;
};

/**
 * struct tally - what happened to the subject in some time
 * @moved:	base pages that changed node; @moves: times that one did
 * @back:	of those, back to the node it had left last
 * @memory:	[nr_nodes] faults by node of the page, as it was found
 * @cpu:	[nr_nodes] faults by node of the CPU
 */
struct tally {
	uint64_t faults;
	uint64_t local;
	uint64_t private;
	uint64_t refused;
	uint64_t moved;
	uint64_t moves;
	uint64_t back;
	uint64_t *memory;
	uint64_t *cpu;
	unsigned int nr_nodes;
};

/**
 * struct numbers - what the policy code knew
 * @policy:	its name, "" if there is none
 * @faults, @local, @moved: of the process since the policy took over
 * @home:	of the process; @task_home: of the thread
 * @proc, @task: statistics, NULL if the policy has none
 */
struct numbers {
	char policy[NP_NAME_LEN];
	uint64_t faults;
	uint64_t local;
	uint64_t moved;
	uint32_t passes;
	uint32_t period_ms;
	uint32_t marked;
	int16_t home;
	int16_t task_home;
	struct np_stats *proc;
	struct np_stats *task;
};

enum step_kind {
	STEP_FAULT,	/* a sampled access and what came of it */
	STEP_FOUND,	/* the page is elsewhere, and no fault has moved it */
	STEP_ASK,	/* a wish about a thread */
	STEP_DONE,	/* where the thread was seen next after its wish */
	STEP_WENT,	/* the thread is on another node, and wished nothing */
	STEP_PASS,	/* the scan came to the end of the address space */
	STEP_LIFE,	/* a beginning or an end */
};

/**
 * struct step - one step of the story
 * @rec:	the record that it is about
 * @end:	FAULT: what came of it; its type is 0 if that was never told
 * @call:	ASK: type of the record of the call that it was made in
 * @from, @to:	FOUND, WENT: nodes; DONE: node the thread is on, and the one
 *		that was wanted; ASK: node the thread was seen on last
 * @partner:	WENT: thread that was to be exchanged with it, or 0
 * @since:	PASS: what the thread did in it; NULL in stories of pages
 * @text:	LIFE
 */
struct step {
	enum step_kind kind;
	struct np_record rec;
	struct np_record end;
	uint8_t call;
	int16_t from;
	int16_t to;
	uint32_t partner;
	const struct tally *since;
	const char *text;
	struct numbers n;
};

#define REPEATED_KINDS 8

/**
 * struct repeated - steps that were not shown, for they are like others
 * @passes:	of the scan, without a fault of the thread
 * @like:	[nr] one of each kind, and how @often it came again
 */
struct repeated {
	uint64_t times;
	uint64_t passes;
	uint64_t first_ns, last_ns;
	struct step like[REPEATED_KINDS];
	uint64_t often[REPEATED_KINDS];
	unsigned int nr;
};

/**
 * struct ending - the summary
 * @at_ns:	[all.nr_nodes] how long the page was on each node
 * @asked, @agreed, @done: wishes about the thread
 * @went:	times the thread was seen on another node than before
 * @hidden:	steps beyond --limit
 */
struct ending {
	struct tally all;
	uint64_t *at_ns;
	uint64_t asked;
	uint64_t agreed;
	uint64_t done;
	uint64_t went;
	uint64_t hidden;
	uint64_t first_ns, last_ns;
};

struct census;
struct source;

/* How all that is told. */
struct teller {
	int (*begin)(const struct source *s, const struct census *c,
		     const struct subject *about, bool chosen);
	int (*step)(const struct subject *about, const struct step *s);
	int (*repeated)(const struct subject *about, const struct repeated *r);
	int (*end)(const struct subject *about, const struct ending *e,
		   const struct census *c);
};

extern const struct teller explain_text, explain_json;

/* filter_passes() - would a two-stage filter let this sample through? */
static inline bool filter_passes(const struct np_record *r)
{
	return r->last_node == NP_NO_NODE || r->last_node == r->node;
}

#endif
