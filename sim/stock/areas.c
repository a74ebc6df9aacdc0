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
 * threads share, the vdso, and the stack of the main thread, where its options
 * are, which all read.
 */
enum { DATA, BSS, HEAP, AREAS_BELOW };
#define AREAS_ABOVE	3

static struct area *shared_page(struct stock *st)
{
	return &st->area[st->nr - AREAS_ABOVE];
}

static struct area *main_stack(struct stock *st)
{
	return &st->area[st->nr - 1];
}

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
	shared_page(st)->owner = AREA_EVERYBODY;
	main_stack(st)->owner = AREA_EVERYBODY;
}

bool stock_begin(struct process *p)
{
	unsigned int nr = AREAS_BELOW + p->nr_maps + p->nr_tasks - 1 +
			  AREAS_ABOVE;

	if (!p->inst || p->inst->ops != &stock_like)
		return true;
	p->stock = calloc(1, sizeof(*p->stock) + nr * sizeof(struct area));
	if (!p->stock)
		return false;
	p->stock->nr = nr;
	lay_out(p->stock, p);
	return true;
}

static bool any_waits(const struct stock *st)
{
	for (unsigned int i = 0; i < st->nr; i++)
		if (st->area[i].page.waits)
			return true;
	return false;
}

void stock_free(struct sim *s, struct process *p)
{
	struct stock *st = p->stock;

	if (!st)
		return;
	if (any_waits(st))
		batch_forget(s, st->area, st->area + st->nr);
	free(st->due);
	free(st);
}

/* ------------------------------------------------------- pages of its own */

/* Threads are numbered as they lie; the first is the main one. */
static struct area *stack_of(struct process *p, const struct task *t)
{
	uint32_t i = AREAS_BELOW + p->nr_maps + t->tid - p->first_tid;

	return t->tid == p->np.pid ? main_stack(p->stock) : &p->stock->area[i];
}

static void bring(struct area *a, struct cpu *by)
{
	if (a->page.waits)
		return;
	a->page.node1 = (uint16_t)(by->node + 1);
	batch_add(&by->batch, &a->page, 1);
}

/* Whoever started all was elsewhere when it forked. */
static struct cpu *launcher(struct sim *s, const struct task *t)
{
	struct rng rng = rng_for(s->config->seed, RNG_LAUNCHER + t->tid);
	unsigned int other = (unsigned int)rng_below(&rng, s->nr_cpus);

	if (other == (unsigned int)t->cpu->id)
		other = (other + 1) % s->nr_cpus;
	return &s->cpu[other];
}

/*
 * A stack is written by who makes the thread; data are by the main thread, and
 * get pages of their own when it makes the first.
 */
void stock_born(struct sim *s, struct task *t, struct cpu *parent)
{
	struct stock *st = t->process->stock;
	bool main_thread = t->tid == t->process->np.pid;

	if (!st)
		return;
	if (!parent)
		parent = launcher(s, t);
	bring(stack_of(t->process, t), main_thread ? t->cpu : parent);
	if (t->tid == t->process->first_tid)
		bring(&st->area[DATA], parent);
	if (!main_thread)
		return;
	bring(shared_page(st), parent);
	for (unsigned int i = 0; i < AREAS_BELOW; i++)
		bring(&st->area[i], t->cpu);
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

bool area_markable(const struct area *a)
{
	return !a->marked && a->page.node1 != PAGE_ABSENT;
}

/* Whoever runs will touch his own when work allows (scan.c). */
void area_mark(struct area *a, const struct process *p)
{
	a->marked = true;
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		struct task *t = p->task[i];

		if (touches(a, t) && (t->state == TASK_RUNNING ||
				      t->state == TASK_READY))
			t->stock |= STOCK_WILL_TOUCH;
	}
}

static void area_touch(struct sim *s, struct task *t, struct area *a)
{
	uint64_t i = (uint64_t)(a - t->process->stock->area);

	if (!a->marked)
		return;
	a->marked = false;
	a->active[1] |= thread_bit(t->tid);
	fault_lone(s, t, &a->page, OTHER_BASE + i * OTHER_BYTES,
		   a == shared_page(t->process->stock));
}

/**
 * struct touched - what a thread touches of the program's own pages
 * @nr:		three always; all while it is in a call
 */
struct touched {
	struct area *area[5];
	unsigned int nr;
};

static struct touched touched_by(const struct task *t)
{
	struct stock *st = t->process->stock;

	return (struct touched){
		.area = { shared_page(st), stack_of(t->process, t),
			  main_stack(st), &st->area[DATA], &st->area[HEAP] },
		.nr = t->stock & STOCK_CALLS ? 5 : 3,
	};
}

bool stock_meets(const struct task *t)
{
	struct touched touched = touched_by(t);

	for (unsigned int i = 0; i < touched.nr; i++)
		if (touched.area[i]->marked)
			return true;
	return false;
}

void stock_touch(struct sim *s, struct task *t)
{
	struct touched touched = touched_by(t);

	for (unsigned int i = 0; i < touched.nr; i++)
		area_touch(s, t, touched.area[i]);
}
