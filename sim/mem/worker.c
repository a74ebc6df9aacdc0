// SPDX-License-Identifier: GPL-2.0
/*
 * Migration by workers, one per node, as AutoNUMA's knuma_migrated: pages that
 * a fault queued come to the node a little later, at the cost of a CPU there.
 *
 * What comes from different nodes waits in different lanes, which take turns: a
 * worker reads from all memory channels alike.  A later fault that does not want
 * the page there any more cancels it: its entry stays, but is no longer the one
 * that the page names.
 */
#include <stdlib.h>

#include "../engine.h"

#define WORKER_NS	(100 * NS_PER_MS)	/* AutoNUMA's migrate_sleep_millisecs */
#define WORKER_PAGES	32768	/* base pages a time: its 128 MB */
#define QUEUE_PAGES	(4 * WORKER_PAGES)	/* that wait at most */

/* ------------------------------------------------------------------- queueing */

static struct backlog *backlog_of(struct node *n)
{
	if (n->backlog)
		return n->backlog;
	n->backlog = calloc(1, sizeof(*n->backlog));
	for (unsigned int i = 0; n->backlog && i < WORKER_LANES; i++)
		n->backlog->lane[i].end = &n->backlog->lane[i].first;
	return n->backlog;
}

/* Not 0, and not what the page's last entry was called. */
static uint8_t new_tag(struct backlog *b)
{
	b->tag = b->tag == UINT8_MAX ? 1 : (uint8_t)(b->tag + 1);
	return b->tag;
}

static void append(struct backlog *b, const struct queued *what)
{
	struct page *p = &what->region->page[what->page];
	struct lane *l = &b->lane[page_node(p) % WORKER_LANES];
	struct queued *q = malloc(sizeof(*q));

	if (!q)
		return;
	*q = *what;
	*l->end = q;
	l->end = &q->next;
	b->pages += what->region->base;
	p->queued = q->tag = new_tag(b);
}

static void wake(struct sim *s, struct node *n)
{
	if (!n->worker_busy)
		timer_add(s, s->now + WORKER_NS, TIMER_WORKER, n);
	n->worker_busy = true;
}

bool worker_queue(struct sim *s, struct process *p, struct region *r,
		  uint32_t page, int node)
{
	struct backlog *b = backlog_of(&s->node[node]);
	struct queued what = { .region = r, .process = p, .page = page };

	if (r->page[page].queued)
		return true;
	if (b && b->pages + r->base > QUEUE_PAGES)
		return false;
	if (b)
		append(b, &what);
	if (!r->page[page].queued)
		s->oom = true;
	wake(s, &s->node[node]);
	return true;
}

void worker_cancel(struct region *r, uint32_t page)
{
	r->page[page].queued = 0;
}

/* --------------------------------------------------------------------- moving */

static struct queued *take_from(struct backlog *b, struct lane *l)
{
	struct queued *q = l->first;

	l->first = q->next;
	if (!l->first)
		l->end = &l->first;
	b->pages -= q->region->base;
	return q;
}

/* From the lane whose turn it is; NULL: all are empty. */
static struct queued *take(struct backlog *b)
{
	for (unsigned int i = 0; b->pages && i < WORKER_LANES; i++) {
		struct lane *l = &b->lane[b->turn++ % WORKER_LANES];

		if (l->first)
			return take_from(b, l);
	}
	return NULL;
}

static uint64_t address(const struct queued *q)
{
	const struct mapping *m = q->process->map;

	while (m->region != q->region)
		m++;
	return m->base + ((uint64_t)q->page << q->region->shift);
}

static bool move(struct sim *s, const struct queued *q, int node)
{
	struct np_ctx c = sim_ctx(s, q->process, NULL);
	int from = page_node(&q->region->page[q->page]);
	bool moved = alloc_move(s, q->region, q->page, node, NULL);

	np_worked(&c, address(q), q->region->base, from, node,
		  moved ? NP_R_NONE : NP_R_MOVE_FAILED);
	return moved;
}

/* Return: ns of work. */
static double move_one(struct sim *s, struct queued *q, int node)
{
	struct page *p = &q->region->page[q->page];
	double ns = 0;

	if (p->queued == q->tag) {
		p->queued = 0;
		if (move(s, q, node))
			ns = s->costs.move_ns +
			     q->region->base * s->costs.copy_ns;
	}
	free(q);
	return ns;
}

/* An idle CPU of the node, or the first. */
static struct cpu *worker_cpu(struct sim *s, const struct node *n)
{
	for (unsigned int i = 0; i < n->nr_cpus; i++)
		if (cpu_idle(&n->cpu[i]))
			return &n->cpu[i];
	return n->nr_cpus ? n->cpu : s->cpu;
}

void worker_run(struct sim *s, struct node *n)
{
	struct queued *q;
	uint32_t done = 0;
	double ns = 0;

	while (done < WORKER_PAGES && (q = take(n->backlog))) {
		done += q->region->base;
		ns += move_one(s, q, (int)(n - s->node));
	}
	cpu_steal(s, worker_cpu(s, n), ns);
	n->worker_busy = n->backlog->pages;
	if (n->worker_busy)
		timer_add(s, s->now + WORKER_NS, TIMER_WORKER, n);
}

/* ------------------------------------------------------------------ forgetting */

static void drop(struct backlog *b, struct queued **at)
{
	struct queued *q = *at;
	struct page *p = &q->region->page[q->page];

	if (p->queued == q->tag)
		p->queued = 0;
	b->pages -= q->region->base;
	*at = q->next;
	free(q);
}

/* @p NULL: all. */
static void forget_lane(struct backlog *b, struct lane *l,
			const struct process *p)
{
	struct queued **at = &l->first;

	while (*at) {
		if (!p || (*at)->process == p)
			drop(b, at);
		else
			at = &(*at)->next;
	}
	l->end = at;
}

/* Its regions go away: nothing of them may stay in a queue. */
void worker_forget(struct sim *s, const struct process *p)
{
	for (unsigned int n = 0; n < s->nr_nodes; n++)
		for (unsigned int i = 0; s->node[n].backlog &&
					 i < WORKER_LANES; i++)
			forget_lane(s->node[n].backlog,
				    &s->node[n].backlog->lane[i], p);
}

void worker_close(struct sim *s)
{
	for (unsigned int n = 0; s->node && n < s->nr_nodes; n++)
		free(s->node[n].backlog);
}
