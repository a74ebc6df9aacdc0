// SPDX-License-Identifier: GPL-2.0
/*
 * Migration by workers, one per node, as AutoNUMA's knuma_migrated: pages that
 * a fault queued come to the node a little later, at the cost of a CPU there.
 */
#include <stdlib.h>

#include "../engine.h"

#define WORKER_NS	(100 * NS_PER_MS)	/* AutoNUMA's migrate_sleep_millisecs */
#define WORKER_PAGES	32768	/* base pages a time: its 128 MB */

void worker_queue(struct sim *s, struct process *p, struct region *r,
		  uint32_t page, int node)
{
	struct node *n = &s->node[node];
	struct queued *q;

	if (r->page[page].queued)
		return;
	q = malloc(sizeof(*q));
	if (!q) {
		s->oom = true;
		return;
	}
	*q = (struct queued){ NULL, r, p, page };
	*n->queue_end = q;
	n->queue_end = &q->next;
	r->page[page].queued = 1;
	if (!n->worker_busy)
		timer_add(s, s->now + WORKER_NS, TIMER_WORKER, n);
	n->worker_busy = true;
}

static struct queued *take(struct node *n)
{
	struct queued *q = n->queue;

	n->queue = q->next;
	if (!n->queue)
		n->queue_end = &n->queue;
	q->region->page[q->page].queued = 0;
	return q;
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
	bool moved = alloc_move(s, q->region, q->page, node);

	np_worked(&c, address(q), q->region->base, from, node,
		  moved ? NP_R_NONE : NP_R_MOVE_FAILED);
	return moved;
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
	uint32_t done = 0;
	double ns = 0;

	while (n->queue && done < WORKER_PAGES) {
		struct queued *q = take(n);

		if (move(s, q, (int)(n - s->node)))
			ns += s->costs.move_ns +
			      q->region->base * s->costs.copy_ns;
		done += q->region->base;
		free(q);
	}
	cpu_steal(s, worker_cpu(s, n), ns);
	n->worker_busy = n->queue != NULL;
	if (n->queue)
		timer_add(s, s->now + WORKER_NS, TIMER_WORKER, n);
}

/* Its regions go away: nothing of them may stay in a queue. */
void worker_forget(struct sim *s, const struct process *p)
{
	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		struct node *node = &s->node[n];
		struct queued **at = &node->queue, *q;

		while ((q = *at)) {
			if (q->process != p) {
				at = &q->next;
				continue;
			}
			q->region->page[q->page].queued = 0;
			*at = q->next;
			free(q);
		}
		node->queue_end = at;
	}
}
