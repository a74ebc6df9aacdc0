// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel's scanner runs, and how far.
 */
#include <stdlib.h>

#include "../../policy/mainline.h"
#include "../engine.h"
#include "../rng.h"
#include "stock.h"

#define VIRTUAL_SHIFT	3	/* empty space costs 1/8 of what is marked */
#define RUN_PER_SCAN	32	/* a thread scans for at most 3 % of its time */
#define LOOK_ACCESSES	4096	/* npwork looks at its board after so many */

/**
 * struct walk - one call of the scanner
 * @page:	where it is in the area under way
 * @left, @space: pages it may still mark, and still walk
 * @forced:	it has found no area that it wanted, and takes the next
 * @skipped:	some were not wanted
 * @mark_ns:	what a page takes
 * @spent:	ns that it takes
 * @rest:	of those, when all but pages of the program's own are marked, and one
 *		of these, too
 * @own:	it has marked one since
 */
struct walk {
	struct sim *s;
	struct task *t;
	struct stock *st;
	struct np_ctx c;
	struct np_scan_plan plan;
	uint32_t page;
	int64_t left, space;
	bool forced, skipped;
	double mark_ns, spent, rest;
	bool own;
};

enum step { STEP_ON, STEP_STOP };

static void pay(struct walk *w, uint32_t pages, uint32_t marked)
{
	double ns = pages * w->mark_ns +
		    (marked ? scan_flush_ns(w->s, w->t->cpu) : 0);

	w->spent += ns;
	w->rest = w->own ? w->rest + ns : 0;
}

static void go_on_at(struct stock *st, unsigned int area, uint32_t page)
{
	st->at = area;
	st->page = page;
}

static void put_off(struct walk *w, struct mapping *m, uint32_t first,
		    uint32_t pages)
{
	struct stock *st = w->st;
	struct stock_range *due = realloc(st->due, (st->nr_due + 1) *
					  sizeof(*due));

	if (!due) {
		w->s->oom = true;
		return;
	}
	st->due = due;
	due[st->nr_due++] = (struct stock_range){ m, first, first + pages };
}

/* What is left of the window, all at once. */
static void mark_window(struct walk *w, struct mapping *m)
{
	uint32_t base = m->region->base, first = w->page;
	uint32_t room = (uint32_t)((w->left + base - 1) / base);
	uint32_t pages = m->region->nr - first < room ? m->region->nr - first :
							room;
	bool marks = scan_would_mark(w->t, m, first, first + pages);

	w->page += pages;
	put_off(w, m, first, pages);
	w->own = false;
	pay(w, pages, marks);
	w->left -= marks ? (int64_t)pages * base : 0;
	w->space -= (int64_t)pages * base;
}

/*
 * A window that ends with the region goes on behind it, and leaves it without
 * a note that this pass is through with it.
 */
static enum step mark_region(struct walk *w, unsigned int i)
{
	struct mapping *m = w->st->area[i].map;

	while (w->page < m->region->nr) {
		mark_window(w, m);
		if (w->left > 0 && w->space > 0)
			continue;
		if (w->page < m->region->nr)
			go_on_at(w->st, i, w->page);
		else
			go_on_at(w->st, i + 1, 0);
		return STEP_STOP;
	}
	return STEP_ON;
}

static enum step mark_area(struct walk *w, unsigned int i)
{
	struct area *a = &w->st->area[i];

	w->page = i == w->st->at ? w->st->page : 0;
	if (a->map)
		return mark_region(w, i);
	pay(w, 1, area_markable(a));
	if (area_markable(a)) {
		w->own = true;
		area_mark(a, w->t->process);
		np_scan_marked(&w->c, 1, 1);
	}
	return STEP_ON;
}

/* The stack of a thread that is not made yet. */
static bool is_to_come(const struct area *a)
{
	return a->owner != AREA_NOBODY && !a->page.node1;
}

/* An area that this pass is through with is never looked at again. */
static bool takes(struct walk *w, unsigned int i)
{
	struct area *a = &w->st->area[i];
	uint32_t pass = w->c.proc->scan.passes;

	if (is_to_come(a) || (a->map && scan_skips(a->map)) ||
	    !area_due(a, pass, w->s->now))
		return false;
	if (a->done == pass) {
		go_on_at(w->st, i + 1, 0);
		return false;
	}
	if (w->forced || area_wanted(w->st, a, w->t))
		return true;
	w->skipped = true;
	return false;
}

static enum step visit(struct walk *w, unsigned int i)
{
	if (!takes(w, i))
		return STEP_ON;
	if (mark_area(w, i) == STEP_STOP)
		return STEP_STOP;
	w->st->area[i].done = w->c.proc->scan.passes;
	if (!w->forced)
		return STEP_ON;
	go_on_at(w->st, i + 1, 0);
	return STEP_STOP;
}

/* Return: true if it came to the end of the address space. */
static bool walk(struct walk *w)
{
	for (unsigned int i = w->st->at; i < w->st->nr; i++)
		if (visit(w, i) == STEP_STOP)
			return false;
	return true;
}

static void end_pass(struct sim *s, struct task *t)
{
	struct np_ctx c = sim_ctx(s, t->process, t);

	np_scan_pass(&c);
	go_on_at(t->process->stock, 0, 0);
}

/*
 * One area that nobody wants, if there was nothing else to do: a pass may take
 * as many calls as there are such areas.  If none is left behind what this pass
 * is through with, it is the first one of the next.
 */
static bool walk_all(struct walk *w)
{
	bool all = walk(w);

	if (!all || !w->skipped)
		return all;
	w->forced = true;
	if (w->st->at >= w->st->nr)
		end_pass(w->s, w->t);
	return walk(w);
}

/* Nobody meets a mark before the TLB flush that comes after those of its area. */
static void mark_due(struct sim *s, struct task *t)
{
	struct stock *st = t->process->stock;
	struct np_ctx c = sim_ctx(s, t->process, t);

	for (unsigned int i = 0; i < st->nr_due; i++) {
		const struct stock_range *r = &st->due[i];
		struct mapping *m = r->map;
		uint32_t marked = scan_mark(t, m, r->first, r->end);

		c.proc->scan.offset =
			m->base + ((uint64_t)r->end << m->region->shift);
		np_scan_marked(&c, (r->end - r->first) * m->region->base,
			       marked);
	}
	st->nr_due = 0;
	scan_tell_runners(s, t->process);
}

/*
 * A fault looks at where the thread should be before it is counted itself; that
 * may take the thread off its CPU, so it comes last.
 */
static void meet(struct sim *s, struct task *t)
{
	struct np_ctx c = sim_ctx(s, t->process, t);
	struct np_task_ask ask;

	np_task_refresh(&t->np);
	ask = np_place(&c);
	stock_touch(s, t);
	home_ask(s, t->process, t, &ask);
}

/* Counts, from 1, the times that a stream looks at something else than its range. */
static uint64_t looks(const struct stream *st)
{
	return 1 + (uint64_t)(st->done / LOOK_ACCESSES);
}

static void let_touch(struct process *p)
{
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		struct task *t = p->task[i];

		if (!(t->stock & STOCK_WILL_TOUCH))
			continue;
		t->stock ^= STOCK_WILL_TOUCH | STOCK_TOUCHES;
		t->stream.shown = looks(&t->stream);
	}
}

/*
 * A program touches its stack and what it shares between two parts of its work: who
 * has to move each page on the way gets there later than who finds them local.
 */
static bool gets_to_touch(const struct task *t)
{
	const struct stream *st = &t->stream;

	if (t->stock & STOCK_CALLS)
		return true;
	return t->stock & STOCK_TOUCHES &&
	       (!st->map || st->touching || looks(st) != st->shown);
}

/* The marks can be met, and the others meet them while it marks the last pages. */
static void show(struct sim *s, struct task *t)
{
	mark_due(s, t);
	t->stock &= ~STOCK_SCANS;
	let_touch(t->process);
	t->kernel_left += t->scan_rest;
}

static void finish(struct sim *s, struct task *t)
{
	if (t->stock & STOCK_PASS_ENDS)
		end_pass(s, t);
	t->stock &= ~STOCK_PASS_ENDS;
}

void stock_catch_up(struct sim *s, struct task *t)
{
	if (t->stock & STOCK_SCANS)
		show(s, t);
	if (t->kernel_left >= 1)
		return;
	finish(s, t);
	if (!gets_to_touch(t))
		return;
	if (t->known && stock_meets(t))
		meet(s, t);
	t->stock &= ~(STOCK_TOUCHES | STOCK_CALLS);
}

/* One call is all fast or all slow: what slows it down lasts for longer. */
static double mark_ns(const struct sim_costs *costs, struct cpu *c)
{
	double luck = costs->numab_luck;

	if (luck <= 0)
		return costs->numab_ns;
	return costs->numab_ns * (1 + (rng_unit(&c->rng) < 0.5 ? luck : -luck));
}

static struct walk begin_walk(struct sim *s, struct task *t)
{
	struct walk w = {
		.s = s, .t = t, .st = t->process->stock,
		.c = sim_ctx(s, t->process, t),
		.mark_ns = mark_ns(&s->costs, t->cpu),
	};

	sim_remember_moves(s, t->process);
	w.plan = np_scan_begin(&w.c);
	w.left = w.plan.pages;
	w.space = w.left << VIRTUAL_SHIFT;
	return w;
}

/* Walks now, marks when that is paid for (stock_catch_up()). */
static void work(struct sim *s, struct task *t)
{
	struct stock *st = t->process->stock;
	struct walk w;

	np_task_refresh(&t->np);
	if (st->at >= st->nr)
		end_pass(s, t);
	w = begin_walk(s, t);
	t->stock |= STOCK_SCANS | (walk_all(&w) ? STOCK_PASS_ENDS : 0);
	s->result->balancer_ns += (uint64_t)w.spent;
	t->kernel_left += w.spent - w.rest;
	t->scan_rest = w.rest;
	np_scan_end(&w.c, &w.plan, true, (u64)by_clock(s, w.spent));
	t->stamp_ns += RUN_PER_SCAN * (uint64_t)by_clock(s, w.spent);
}

/*
 * init_numa_balancing(): who makes a thread or forks while it is alone is not
 * scanned for a while, and counts its passes from 0 again; what the last one was
 * through with is then left out of the next.  (Meant for what is made.)
 */
void stock_makes(struct sim *s, struct process *p)
{
	if (!p->stock || p->nr_born != 1)
		return;
	p->np.scan.passes = 0;
	*np_mainline_next_scan(&p->np) = s->now +
		(uint64_t)p->inst->param[NP_P_SCAN_DELAY] * NS_PER_MS;
}

/*
 * Whoever is first takes the window, and lets others win the next.  Threads
 * have their state from the beginning, not from their first fault.
 */
void stock_tick(struct sim *s, struct task *t)
{
	uint64_t period = np_mainline_period(t->process->inst, &t->np) *
			  NS_PER_MS;
	uint64_t *next = np_mainline_next_scan(&t->process->np);

	sim_know(s, t);
	if (t->stock & (STOCK_SCANS | STOCK_PASS_ENDS) ||
	    !scan_has_run(t, period))
		return;
	t->stamp_ns += period;
	if (s->now < *next)
		return;
	*next = s->now + period;
	t->stamp_ns += 2 * TICK_NS;
	work(s, t);
}
