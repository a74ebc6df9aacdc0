// SPDX-License-Identifier: GPL-2.0
/*
 * Which areas the kernel's scanner may scan: the delay of new ones and the
 * filter by who touched them (vma_is_accessed(), Linux 6.4 to 6.12).
 */
#include <stdlib.h>

#include "../engine.h"
#include "stock.h"

#define DELAY_NS	NS_PER_SEC	/* sysctl scan_delay_ms, for new areas */
#define RESET_NS	(4 * DELAY_NS)	/* VMA_PID_RESET_PERIOD */
#define FREE_PASSES	2		/* so many are scanned whoever touched it */

/*
 * What a program has besides its regions, as npwork has it (/proc/PID/maps of
 * a static program): data, bss and heap below them; above a page that all
 * threads share, the vdso, and the stack of the main thread.
 */
#define AREAS_BELOW	3
#define AREAS_ABOVE	3

/* hash_32(pid, 6): threads share bits, as in the kernel. */
static uint64_t thread_bit(uint32_t tid)
{
	return 1ULL << (tid * 0x61C88647U >> 26);
}

/* Stacks of threads lie between the regions and what is above. */
static void lay_out(struct stock *st, struct process *p)
{
	struct area *a = &st->area[AREAS_BELOW];

	for (unsigned int i = 0; i < p->nr_maps; i++)
		(a++)->map = &p->map[i];
	for (unsigned int i = 1; i < p->nr_tasks; i++)
		(a++)->owner = p->task[i]->tid;
	a->owner = AREA_EVERYBODY;
}

struct stock *stock_areas(struct sim *s, struct process *p)
{
	unsigned int nr = AREAS_BELOW + p->nr_maps + p->nr_tasks - 1 +
			  AREAS_ABOVE;

	if (p->stock)
		return p->stock;
	p->stock = calloc(1, sizeof(*p->stock) + nr * sizeof(struct area));
	if (!p->stock) {
		s->oom = true;
		return NULL;
	}
	p->stock->nr = nr;
	lay_out(p->stock, p);
	return p->stock;
}

void stock_free(struct process *p)
{
	if (p->stock)
		free(p->stock->due);
	free(p->stock);
}

void stock_touched(struct process *p, const struct mapping *m,
		   const struct task *t)
{
	size_t i = AREAS_BELOW + (size_t)(m - p->map);

	if (p->stock)
		p->stock->area[i].active[1] |= thread_bit(t->tid);
}

static void begin(struct area *a, uint32_t pass, uint64_t now)
{
	a->begun = true;
	a->first = pass;
	a->done = pass - 1;
	a->scan_ns = now + DELAY_NS;
	a->reset_ns = a->scan_ns + RESET_NS;
}

/* One step for each look at it, however late that comes. */
static void grow_older(struct area *a, uint64_t now)
{
	if (now <= a->reset_ns)
		return;
	a->reset_ns += RESET_NS;
	a->active[0] = a->active[1];
	a->active[1] = 0;
}

bool area_due(struct area *a, uint32_t pass, uint64_t now)
{
	if (!a->begun)
		begin(a, pass, now);
	if (!pass)
		return true;
	if (now < a->scan_ns)
		return false;
	grow_older(a, now);
	return true;
}

/* What has been begun is finished; and nothing is forgotten for ever. */
bool area_wanted(const struct stock *st, const struct area *a,
		 const struct task *t)
{
	uint32_t pass = t->process->np.scan.passes;

	if (pass - a->first < FREE_PASSES)
		return true;
	if ((a->active[0] | a->active[1]) & thread_bit(t->tid))
		return true;
	if (a == &st->area[st->at] && st->page)
		return true;
	return pass > a->done + t->process->nr_tasks;
}

static bool touches(const struct area *a, const struct task *t)
{
	return a->owner == AREA_EVERYBODY || a->owner == t->tid;
}

/* Whoever runs will touch his own in no time. */
void area_marked(struct area *a, const struct process *p)
{
	a->marked = a->owner == AREA_NOBODY;
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		struct task *t = p->task[i];

		if (!touches(a, t) || (t->state != TASK_RUNNING &&
				       t->state != TASK_READY))
			continue;
		t->stock |= STOCK_WILL_TOUCH;
		a->active[1] |= thread_bit(t->tid);
	}
}
