// SPDX-License-Identifier: GPL-2.0
/*
 * The ping-pong guard: pages and threads that come back to a node they have left
 * a moment ago are counted and, after so many times, held where they are.
 *
 * For pages a process has a table of its latest moves: from which node, in which
 * pass, and how often the page has come back.  One of NP_MOVES_SAMPLE base pages
 * stands for its neighbours, and a huge page for itself: it counts for them, and
 * is held with them.  What does not find its move in the table any more is not
 * counted.
 */
#include <numaplace/policy.h>

#include "internal.h"

/*
 * An entry: the number of the page's group (42 bits), the node it left (10 bits:
 * NP_MAX_NODES), how often it has come back (4), the pass (8).
 */
#define PASS_BITS	8
#define TIMES_BITS	4
#define NODE_BITS	10
#define TIMES_AT	PASS_BITS
#define NODE_AT		(TIMES_AT + TIMES_BITS)
#define PAGE_AT		(NODE_AT + NODE_BITS)
#define MASK(bits)	((1ULL << (bits)) - 1)

/*
 * A moment, in passes over the address space: a two-stage filter takes two to
 * send a page away and two to call it back; twice that.
 */
#define RECENT_PASSES	8

/* What is held stays so long, then it may try again: eight returns would fit. */
#define HOLD_PASSES	(8 * RECENT_PASSES)

_Static_assert(NP_MAX_NODES <= 1 << NODE_BITS, "a node fits an entry");

struct left {
	bool known;	/* the page has moved */
	int node;	/* which it left then */
	u32 times;	/* it had come back by then */
	u32 passes;	/* ago */
};

static u64 group_of(u64 addr)
{
	return (addr >> NP_PAGE_SHIFT) / NP_MOVES_SAMPLE;
}

static bool stands_for_others(u64 addr)
{
	return !((addr >> NP_PAGE_SHIFT) % NP_MOVES_SAMPLE);
}

static u64 *entry_of(const struct np_proc *p, u64 group)
{
	u64 hash = group * 0x9e3779b97f4a7c15ULL;

	return &p->moves->entry[hash >> (64 - p->moves->bits)];
}

static struct left find(const struct np_proc *p, u64 group)
{
	u64 e = *entry_of(p, group);

	return (struct left){
		.known = e && (e >> PAGE_AT) == (group & MASK(64 - PAGE_AT)),
		.node = (int)(e >> NODE_AT & MASK(NODE_BITS)),
		.times = (u32)(e >> TIMES_AT & MASK(TIMES_BITS)),
		.passes = (p->scan.passes - (u32)e) & MASK(PASS_BITS),
	};
}

bool np_held(const struct np_ctx *c, u64 addr, int nid)
{
	s64 hold = c->inst->param[NP_P_HOLD];
	struct left l;

	if (!hold || !c->proc->moves)
		return false;
	l = find(c->proc, group_of(addr));
	return l.known && l.passes <= HOLD_PASSES && l.node == nid &&
	       l.times >= hold;
}

void np_note_move(const struct np_ctx *c, u64 addr, u32 pages, int from, int to)
{
	struct np_proc *p = c->proc;
	u64 group = group_of(addr);
	struct left l;

	if (!p->moves || !addr || from == NP_NO_NODE || !stands_for_others(addr))
		return;
	l = find(p, group);
	if (!l.known || l.passes > HOLD_PASSES)
		l.times = 0;
	else if (l.node == to && l.passes <= RECENT_PASSES) {
		np_tick(c, NP_C_RETURNED,
			pages > NP_MOVES_SAMPLE ? pages : NP_MOVES_SAMPLE);
		l.times += l.times < MASK(TIMES_BITS);
	}
	*entry_of(p, group) = group << PAGE_AT | (u64)from << NODE_AT |
			     (u64)l.times << TIMES_AT |
			     (p->scan.passes & MASK(PASS_BITS));
}

/* ------------------------------------------------------------------- threads */

static bool left_within(const struct np_task *t, u32 passes)
{
	return t->left != NP_NO_NODE &&
	       t->proc->scan.passes - t->left_pass <= passes;
}

bool np_task_held(const struct np_ctx *c, int nid)
{
	s64 hold = c->inst->param[NP_P_HOLD];
	const struct np_task *t = c->task;

	return hold && t && left_within(t, HOLD_PASSES) && t->left == nid &&
	       t->returns >= hold;
}

void np_note_came(const struct np_ctx *c, int from, int to)
{
	struct np_task *t = c->task;

	if (!left_within(t, HOLD_PASSES))
		t->returns = 0;
	else if (t->left == to && left_within(t, RECENT_PASSES)) {
		np_tick(c, NP_C_TASK_RETURNED, 1);
		t->returns += t->returns < U8_MAX;
	}
	t->left = (s16)from;
	t->left_pass = t->proc->scan.passes;
}
