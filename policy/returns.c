// SPDX-License-Identifier: GPL-2.0
/*
 * The ping-pong guard: pages and threads that come back to a node they have left
 * a moment ago are counted and, after so many times, held where they are.
 *
 * For pages a process has a table of its latest moves: from which node, in which
 * pass, and how often the page has come back.  What does not find its move there
 * any more is not counted: what is counted did happen.
 */
#include <numaplace/policy.h>

#include "internal.h"

/*
 * An entry: the page's number (44 bits: 56 bits of address), the node it left
 * (10 bits: NP_MAX_NODES), how often it has come back (4), the pass (6).
 */
#define PASS_BITS	6
#define TIMES_BITS	4
#define NODE_BITS	10
#define TIMES_AT	PASS_BITS
#define NODE_AT		(TIMES_AT + TIMES_BITS)
#define PAGE_AT		(NODE_AT + NODE_BITS)
#define MASK(bits)	((1ULL << (bits)) - 1)

/* A moment: this pass over the address space and the one before. */
#define RECENT_PASSES	1

_Static_assert(NP_MAX_NODES <= 1 << NODE_BITS, "a node fits an entry");

struct left {
	bool known;	/* the page has moved, lately */
	int node;	/* which it left then */
	u32 times;	/* it had come back by then */
};

static u64 *entry_of(const struct np_proc *p, u64 page)
{
	u64 hash = page * 0x9e3779b97f4a7c15ULL;

	return &p->moves->entry[hash >> (64 - NP_MOVES_BITS)];
}

static bool is_recent(u32 now, u32 then)
{
	return ((now - then) & MASK(PASS_BITS)) <= RECENT_PASSES;
}

static struct left find(const struct np_proc *p, u64 page)
{
	u64 e = *entry_of(p, page);

	return (struct left){
		.known = e && (e >> PAGE_AT) == (page & MASK(64 - PAGE_AT)) &&
			 is_recent(p->scan.passes, (u32)e),
		.node = (int)(e >> NODE_AT & MASK(NODE_BITS)),
		.times = (u32)(e >> TIMES_AT & MASK(TIMES_BITS)),
	};
}

bool np_held(const struct np_ctx *c, u64 addr, int nid)
{
	s64 hold = c->inst->param[NP_P_HOLD];
	struct left l;

	if (!hold || !c->proc->moves)
		return false;
	l = find(c->proc, addr >> NP_PAGE_SHIFT);
	return l.known && l.node == nid && l.times >= hold;
}

void np_note_move(const struct np_ctx *c, u64 addr, u32 pages, int from, int to)
{
	struct np_proc *p = c->proc;
	u64 page = addr >> NP_PAGE_SHIFT;
	struct left l;

	if (!p->moves || !addr || from == NP_NO_NODE)
		return;
	l = find(p, page);
	if (!l.known)
		l.times = 0;
	else if (l.node == to) {
		np_tick(c, NP_C_RETURNED, pages);
		l.times += l.times < MASK(TIMES_BITS);
	}
	*entry_of(p, page) = page << PAGE_AT | (u64)from << NODE_AT |
			     (u64)l.times << TIMES_AT |
			     (p->scan.passes & MASK(PASS_BITS));
}

/* ------------------------------------------------------------------- threads */

static bool came_lately(const struct np_task *t)
{
	return t->left != NP_NO_NODE &&
	       is_recent(t->proc->scan.passes, t->left_pass);
}

bool np_task_held(const struct np_ctx *c, int nid)
{
	s64 hold = c->inst->param[NP_P_HOLD];
	const struct np_task *t = c->task;

	return hold && t && came_lately(t) && t->left == nid &&
	       t->returns >= hold;
}

void np_note_came(const struct np_ctx *c, int from, int to)
{
	struct np_task *t = c->task;

	if (!came_lately(t))
		t->returns = 0;
	else if (t->left == to) {
		np_tick(c, NP_C_TASK_RETURNED, 1);
		t->returns += t->returns < U8_MAX;
	}
	t->left = (s16)from;
	t->left_pass = t->proc->scan.passes;
}
