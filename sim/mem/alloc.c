// SPDX-License-Identifier: GPL-2.0
/*
 * Pages come to nodes, change them, and go.
 */
#include <stdlib.h>

#include "../engine.h"

/* ------------------------------------------------------------------ which node */

static bool has_room(const struct sim *s, int node, uint32_t base)
{
	return s->node[node].free >= base;
}

/* As a zone list: the nearest node with room, the lowest of equals. */
static int nearest_with_room(const struct sim *s, int from, uint32_t base)
{
	int best = NP_NO_NODE, best_distance = 0;

	if (has_room(s, from, base))
		return from;
	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		int d = np_distance(&s->machine, from, (int)n);

		if (has_room(s, (int)n, base) &&
		    (best == NP_NO_NODE || d < best_distance)) {
			best = (int)n;
			best_distance = d;
		}
	}
	return best;
}

static int next_in_turn(struct sim *s, struct region *r)
{
	for (unsigned int i = 0; i < s->nr_nodes; i++) {
		int n = (int)(r->turn++ % s->nr_nodes);

		if (has_room(s, n, r->base))
			return n;
	}
	return NP_NO_NODE;
}

static int home_node(const struct sim *s, unsigned int number)
{
	return s->homes[number % s->nr_homes];
}

/* Placed by hand, a page belongs where its slice does. */
static int hand_node(const struct region *r, uint32_t i)
{
	uint64_t slices = r->plan->slices ? r->plan->slices : 1;

	return r->bound[(uint64_t)i * slices / r->nr];
}

static int home_or_here(const struct task *t)
{
	int home = task_home(t);

	return home != NP_NO_NODE ? home : t->cpu->node;
}

/* By a policy that has new pages come from home. */
static bool allocates_at_home(const struct task *t)
{
	return t->process->inst && t->process->inst->param[NP_P_HOME_ALLOC];
}

static int choose_node(struct sim *s, const struct task *t, struct region *r,
		       uint32_t i)
{
	if (r->bound)
		return hand_node(r, i);
	switch (r->plan->alloc) {
	case WORK_ON_NODE:
	case WORK_BOUND:
	case WORK_PREFERRED:
		return home_node(s, r->plan->node);
	case WORK_INTERLEAVE:
		return next_in_turn(s, r);
	case WORK_HOME_NODE:
		return home_or_here(t);
	default:
		return allocates_at_home(t) ? home_or_here(t) : t->cpu->node;
	}
}

/* -------------------------------------------------------------- come, move, go */

/* Where a page goes whose @wanted node may be full, or NP_NO_NODE. */
static int node_with_room(const struct sim *s, const struct region *r,
			  int wanted)
{
	bool bound = r->plan->alloc == WORK_BOUND && !r->bound;

	if (wanted < 0 || has_room(s, wanted, r->base))
		return wanted;
	return bound ? NP_NO_NODE : nearest_with_room(s, wanted, r->base);
}

/* Neighbours go to the same node, unless each has its own or takes turns. */
static uint32_t how_many(const struct sim *s, const struct region *r, int node,
			 uint32_t nr)
{
	uint64_t room = s->node[node].free / r->base;

	if (r->bound || r->plan->alloc == WORK_INTERLEAVE)
		return 1;
	return room < nr ? (uint32_t)room : nr;
}

/* A huge page goes to the lists at once, and takes the others along. */
static void arrive(struct cpu *by, struct region *r, uint32_t i, uint32_t nr)
{
	if (r->base > 1)
		batch_empty(&by->batch);
	else
		batch_add(&by->batch, &r->page[i], nr);
}

static uint32_t alloc_some(struct sim *s, const struct task *t,
			   struct region *r, uint32_t i, uint32_t nr)
{
	int wanted = choose_node(s, t, r, i);
	int node = node_with_room(s, r, wanted);

	if (node < 0)
		return 0;
	nr = how_many(s, r, node, nr);
	if (node != wanted)
		s->node[wanted].foreign += nr * r->base;
	s->node[node].free -= nr * r->base;
	if (!region_fill(r, i, nr, node))
		s->oom = true;
	arrive(t->cpu, r, i, nr);
	return nr;
}

bool alloc_pages(struct sim *s, const struct task *t, struct region *r,
		 uint32_t i, uint32_t nr)
{
	uint32_t n;

	for (; nr; i += n, nr -= n) {
		n = alloc_some(s, t, r, i, nr);
		if (!n)
			return false;
	}
	return true;
}

/* The kernel does not fill a node up to the last page by migrating to it. */
bool alloc_full(const struct sim *s, int node, uint32_t base_pages)
{
	return s->node[node].free < base_pages + s->node[node].reserve;
}

static void count_move(struct sim *s, struct page *p, int from, int node,
		       uint32_t base)
{
	s->result->pages_moved += base;
	if (p->left1 == node + 1)
		s->result->ping_pongs += base;
	p->left1 = (uint16_t)(from + 1) & 0x7fff;
}

bool alloc_move(struct sim *s, struct region *r, uint32_t i, int node,
		struct cpu *by)
{
	struct page *p = &r->page[i];
	int from = page_node(p);

	if (node == from || p->waits || alloc_full(s, node, r->base))
		return false;
	s->node[from].free += r->base;
	s->node[node].free -= r->base;
	if (!region_place(r, i, node))
		s->oom = true;
	count_move(s, p, from, node, r->base);
	if (by)
		arrive(by, r, i, 1);
	return true;
}

bool alloc_move_lone(struct sim *s, struct page *p, int node, struct cpu *by)
{
	if (p->waits)
		return false;
	count_move(s, p, page_node(p), node, 1);
	p->node1 = (uint16_t)(node + 1);
	batch_add(&by->batch, p, 1);
	return true;
}

/* There are fewer batches than pages, or all pages have been looked at. */
static bool may_wait(const struct sim *s, const struct region *r)
{
	if (r->nr > s->nr_cpus)
		return true;
	for (uint32_t i = 0; i < r->nr; i++)
		if (r->page[i].waits)
			return true;
	return false;
}

void alloc_free_region(struct sim *s, struct region *r)
{
	if (may_wait(s, r))
		batch_forget(s, r->page, r->page + r->nr);
	for (uint32_t b = 0; b < r->nr_blocks; b++)
		for (unsigned int i = 0; i < r->block[b].nr; i++)
			s->node[r->block[b].share[i].node].free +=
				(uint64_t)(r->block[b].share[i].part + 0.5) *
				r->base;
	region_free(r);
}

/* ------------------------------------------------------------------ by hand */

/* Inverse: the next node with memory, as the lab's workloads do. */
static int node_after(const struct sim *s, int node)
{
	for (unsigned int i = 1; i <= s->nr_nodes; i++) {
		unsigned int n = ((unsigned int)node + i) % s->nr_nodes;

		if (s->node[n].pages)
			return (int)n;
	}
	return node;
}

int *alloc_bind_by_hand(struct sim *s, const struct work_region *plan)
{
	unsigned int slices = plan->slices ? plan->slices : 1;
	int *bound = calloc(slices, sizeof(*bound));

	if (!bound)
		return NULL;
	for (unsigned int i = 0; i < slices; i++) {
		bound[i] = home_node(s, plan->slices ? plan->slice_home[i] : 0);
		if (s->place == 'i')
			bound[i] = node_after(s, bound[i]);
	}
	return bound;
}
