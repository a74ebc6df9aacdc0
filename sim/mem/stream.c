// SPDX-License-Identifier: GPL-2.0
/*
 * What a task accesses, without looking at each access.
 *
 * A sweep goes through its range at a speed that follows from the price of an
 * access; the next hinting fault is where it meets the next marked page.
 * Random accesses meet marked pages by chance, at a rate that follows from how
 * many of the pages are marked.  Either way the price comes from how the range's
 * pages are spread over the nodes, and so does where random accesses go; those
 * of a sweep go to the pages it passes.
 */
#include <math.h>
#include <string.h>

#include "../engine.h"

#define LINE		64	/* bytes that one access to memory brings */
#define PRICE_NS	(10 * NS_PER_MS)	/* how long a price is good */

/* With fewer events than this in a pass, a sweep is everywhere at once. */
#define PASS_EVENTS	16

/* The golden ratio: steps that never keep step with how pages are interleaved. */
#define GOLDEN		0.6180339887498949

/* First touch in steps of this many base pages, one huge page. */
#define TOUCH_STEP	512

/* Sweeps, and touching: each page after the other. */
static bool in_order(const struct stream *st)
{
	return st->op->kind != WORK_RANDOM;
}

/* -------------------------------------------------------------------- price */

static double memory_ns(const struct sim *s, const struct task *t)
{
	const struct mix *m = &t->stream.view->mix;
	double ns = 0;

	for (unsigned int i = 0; i < m->nr; i++)
		ns += m->share[i].part *
		      contention_latency(s, t->cpu->node, m->share[i].node);
	return ns;
}

/* Small strides hit the same line several times. */
static double access_ns(const struct sim *s, const struct task *t)
{
	const struct work_op *op = t->stream.op;
	bool sweep = op->kind == WORK_SWEEP;
	double overlap = sweep ? s->costs.sweep_overlap :
				 s->costs.random_overlap;
	double lines = sweep && op->stride < LINE ?
		(double)op->stride / LINE : 1;

	return s->costs.access_ns +
	       s->costs.compute * op->think_ps / 1000.0 +
	       lines * memory_ns(s, t) / overlap;
}

void stream_price(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;

	if (!st->map || st->touching)
		return;
	if (!view_mix(st->view, st->map->region, s->now, &s->scratch))
		s->oom = true;
	st->ns = access_ns(s, t);
	st->priced_ns = s->now;
	stream_aim(s, t);
}

/* ----------------------------------------------------------- hinting faults */

/* It will be looked at when the fault comes, much else later. */
static void expect(const struct stream *st, uint32_t page)
{
	__builtin_prefetch(&st->map->region->page[page], 1);
}

static void aim_sweep(struct stream *st)
{
	uint32_t at = (uint32_t)st->pos, page;

	page = bitmap_next(&st->map->marked, st->first + at);
	if (page - st->first >= st->nr) {
		page = bitmap_next(&st->map->marked, st->first);
		if (page - st->first >= at || page - st->first >= st->nr) {
			st->fault_in = INFINITY;
			return;
		}
		st->target = (double)st->nr + (page - st->first);
	} else {
		st->target = page - st->first;
	}
	expect(st, page);
	st->fault_in = st->target <= st->pos ? 0 :
		(st->target - st->pos) * st->page_accesses * st->ns;
}

/* The wait follows from how many are marked; of them any will do. */
static void aim_random(struct task *t, uint64_t now)
{
	struct stream *st = &t->stream;
	struct view *v = st->view;
	double stratum = rng_unit(&t->rng), page = rng_unit(&t->rng);
	uint32_t target;

	view_marks(v, &st->map->marked, st->map->marks, now);
	target = v->meet > 0 ? view_pick(v, &st->map->marked, stratum, page) :
			       BITMAP_NONE;
	st->fault_in = INFINITY;
	if (target == BITMAP_NONE)
		return;
	st->target = target - st->first;
	st->fault_in = rng_wait(&t->rng, v->meet) * st->ns;
	expect(st, target);
}

void stream_aim(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;

	if (!st->map || st->touching)
		return;
	if (!st->map->marked.members)
		st->fault_in = INFINITY;
	else if (in_order(st))
		aim_sweep(st);
	else
		aim_random(t, s->now);
}

static uint32_t target(const struct stream *st)
{
	double at = st->target >= st->nr ? st->target - st->nr : st->target;

	return st->first + (uint32_t)at;
}

/* Somebody else may have been first: then there is nothing to fault on. */
static void meet_mark(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;
	uint32_t page = target(st);

	if (bitmap_clear(&st->map->marked, page)) {
		view_met(st->view, page);
		fault_take(s, t, page);
	}
	if (s->now - st->priced_ns >= PRICE_NS)
		stream_price(s, t);
	else
		stream_aim(s, t);
}

/* -------------------------------------------------------------- first touch */

static bool is_absent(const struct stream *st, uint32_t at)
{
	return st->map->region->page[st->first + at].node1 == PAGE_ABSENT;
}

static bool absent_ahead(struct stream *st)
{
	const struct region *r = st->map->region;
	uint32_t at = (uint32_t)st->pos;

	if (r->present == r->nr || st->view->touched)
		return false;
	while (at < st->nr && !is_absent(st, at))
		at++;
	st->pos = at;
	st->view->touched = at >= st->nr;
	return !st->view->touched;
}

/* Absent pages from @at on, @most at most. */
static uint32_t count_absent(const struct stream *st, uint32_t at,
			     uint32_t most)
{
	uint32_t n = 0;

	if (most > st->nr - at)
		most = st->nr - at;
	while (n < most && is_absent(st, at + n))
		n++;
	return n;
}

static void touch_some(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;
	struct region *r = st->map->region;
	double ns = r->base > 1 ? s->costs.touch_huge_ns : s->costs.touch_ns;
	uint32_t steps = TOUCH_STEP / r->base, at, n;

	while (steps && absent_ahead(st)) {
		at = (uint32_t)st->pos;
		n = count_absent(st, at, steps);
		if (!alloc_pages(s, t, r, st->first + at, n))
			return sim_stop(s, "all memory is full");
		for (uint32_t i = 0; i < n; i++)
			t->kernel_left += ns;
		st->pos += n;
		steps -= n;
	}
}

static void begin_accesses(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;

	st->touching = false;
	st->pos = 0;
	stream_price(s, t);
}

static void touch(struct sim *s, struct task *t)
{
	touch_some(s, t);
	if (!s->error && !absent_ahead(&t->stream))
		begin_accesses(s, t);
}

/* ---------------------------------------------------------------- the stream */

static void set_range(struct stream *st, struct task *t)
{
	const struct work_slice *slice = &st->op->slice;
	uint64_t n = slice->slices ? slice->slices : 1;
	uint64_t i = slice_of(t, slice);
	uint64_t nr = st->map->region->nr;

	st->first = (uint32_t)(nr * i / n);
	st->nr = (uint32_t)(nr * (i + 1) / n) - st->first;
	if (!st->nr) {
		st->first = st->first < nr ? st->first : (uint32_t)nr - 1;
		st->nr = 1;
	}
}

static double all_accesses(const struct stream *st)
{
	const struct work_op *op = st->op;

	if (op->kind == WORK_TOUCH)
		return st->nr;
	if (!op->count)
		return INFINITY;
	if (op->kind == WORK_RANDOM)
		return (double)op->count;
	return (double)op->count * st->nr * st->page_accesses;
}

/*
 * Turns that follow each other keep time, as if a clock struck: what one is
 * late does not delay the others.
 */
static uint64_t end_of_turn(const struct sim *s, struct task *t, uint64_t ns)
{
	if (!ns) {
		t->turn_ns = 0;
		return NEVER_NS;
	}
	if (!t->turn_ns)
		t->turn_ns = s->now;
	do
		t->turn_ns += ns;
	while (t->turn_ns <= s->now);
	return t->turn_ns;
}

void stream_begin(struct sim *s, struct task *t, const struct work_op *op)
{
	struct stream *st = &t->stream;
	uint32_t size;

	*st = (struct stream){ .op = op, .fault_in = INFINITY };
	st->map = &t->process->map[op->region];
	size = 1U << st->map->region->shift;
	st->page_accesses = op->kind == WORK_SWEEP && op->stride < size ?
		size / op->stride : 1;
	set_range(st, t);
	st->view = view_find(&st->map->views, st->first, st->nr, op->zipf);
	if (!st->view) {
		st->map = NULL;
		s->oom = true;
		return;
	}
	st->left = all_accesses(st);
	st->end_ns = end_of_turn(s, t, op->ns);
	st->touching = true;
	if (!absent_ahead(st))
		begin_accesses(s, t);
}

void stream_end(struct task *t)
{
	t->stream.map = NULL;
}

static void count_some(struct sim *s, struct task *t, unsigned int node,
		       double n)
{
	struct node *here = &s->node[t->cpu->node], *there = &s->node[node];
	double bytes = n * LINE;

	s->result->matrix[(size_t)t->cpu->node * s->nr_nodes + node] += n;
	there->bytes += bytes;
	if (there == here) {
		s->local += n;
		return;
	}
	there->port_bytes += bytes;
	here->port_bytes += bytes;
}

static void count_by_mix(struct sim *s, struct task *t, double n)
{
	const struct mix *m = &t->stream.view->mix;

	for (const struct share *i = m->share; i < m->share + m->nr; i++)
		count_some(s, t, i->node, n * i->part);
}

/*
 * A sweep: where one of the pages is that it has passed, another one each time.
 * Between two faults these are pages that have just come, whatever the others are.
 */
static void count_passed(struct sim *s, struct task *t, double n, double pages)
{
	struct stream *st = &t->stream;
	double at;
	uint32_t page;

	st->look += st->look < 1 - GOLDEN ? GOLDEN : GOLDEN - 1;
	at = st->pos + pages * st->look;
	page = st->first + (uint32_t)(at < st->nr ? at : at - st->nr);
	count_some(s, t, page_node(&st->map->region->page[page]), n);
}

static void count_accesses(struct sim *s, struct task *t, double n)
{
	const struct stream *st = &t->stream;
	double pages = n / st->page_accesses;

	s->accesses += n;
	if (in_order(st) && st->view->mix.nr > 1 && pages < st->nr / PASS_EVENTS)
		count_passed(s, t, n, pages);
	else
		count_by_mix(s, t, n);
}

static void count_work(struct sim *s, struct task *t, double n)
{
	const struct work_op *op = t->stream.op;
	uint32_t bytes = op->kind == WORK_SWEEP ? op->stride : LINE;

	if (s->work_is_bytes && op->kind != WORK_TOUCH)
		t->work += n * bytes / (1 << 20);
}

static void go_on(struct stream *st, double n)
{
	if (!in_order(st))
		return;
	st->pos += n / st->page_accesses;
	if (st->pos < st->nr)
		return;
	st->pos = fmod(st->pos, st->nr);
	if (st->target >= st->nr)
		st->target -= st->nr;
}

void stream_run(struct sim *s, struct task *t, double ns)
{
	struct stream *st = &t->stream;
	double n = ns / st->ns;

	if (st->touching || ns <= 0)
		return;
	if (n > st->left)
		n = st->left;
	st->left -= n;
	st->done += n;
	st->fault_in -= ns;
	count_accesses(s, t, n);
	count_work(s, t, n);
	go_on(st, n);
}

double stream_next(const struct task *t)
{
	const struct stream *st = &t->stream;
	double next, end;

	if (st->touching)
		return 0;
	next = st->left * st->ns;
	if (st->fault_in < next)
		next = st->fault_in;
	if (st->end_ns == NEVER_NS)
		return next;
	end = st->end_ns > t->cpu->settled_ns ?
		(double)(st->end_ns - t->cpu->settled_ns) - t->kernel_left : 0;
	return end < next ? (end > 0 ? end : 0) : next;
}

bool stream_done(const struct sim *s, const struct task *t)
{
	const struct stream *st = &t->stream;

	(void)s;
	return !st->touching && st->left < 0.5;
}

/* Time is up: a sweep still goes to the end of its pass, as npwork's do. */
static void last_pass(struct stream *st)
{
	st->end_ns = NEVER_NS;
	st->left = st->op->kind == WORK_SWEEP ?
		(st->nr - st->pos) * st->page_accesses : 0;
}

void stream_event(struct sim *s, struct task *t)
{
	struct stream *st = &t->stream;

	if (st->touching)
		return touch(s, t);
	if (s->now >= st->end_ns)
		last_pass(st);
	if (!stream_done(s, t) && st->fault_in < 1)
		meet_mark(s, t);
}
