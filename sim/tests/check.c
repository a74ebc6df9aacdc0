// SPDX-License-Identifier: GPL-2.0
/* What holds of the simulated machine between two events, always. */
#include "common.h"
#include "stock/stock.h"

/* ------------------------------------------------------------------- CPUs */

static void check_queued(const struct cpu *c)
{
	for (unsigned int i = 0; i < c->nr; i++) {
		const struct task *t = c->rq[i];

		assert_ptr_equal(t->cpu, c);
		assert_int_equal(t->rq_index, i);
		assert_int_equal(t->state, TASK_READY);
		assert_true(sched_allowed(t, c));
	}
}

static uint64_t load(const struct cpu *c)
{
	uint64_t sum = c->curr ? c->curr->weight : 0;

	for (unsigned int i = 0; i < c->nr; i++)
		sum += c->rq[i]->weight;
	return sum;
}

static void check_cpu(const struct sim *s, const struct cpu *c)
{
	uint64_t due = s->due.ns[c->id];

	check_queued(c);
	assert_int_equal(c->load, load(c));
	if (c->curr) {
		assert_ptr_equal(c->curr->cpu, c);
		assert_int_equal(c->curr->state, TASK_RUNNING);
		assert_true(sched_allowed(c->curr, c));
		assert_true(c->tick_ns != NEVER_NS);
	}
	assert_true(c->settled_ns <= s->now);
	assert_true(due >= s->now);
	assert_true(due >= due_ns(&s->due));
	/* Whoever waits is waited for. */
	if (!c->curr && c->nr)
		assert_true(due != NEVER_NS);
}

/* That of a node is its CPUs', but for what is lost by rounding. */
static void check_util(const struct sim *s, const struct node *n)
{
	uint64_t sum = 0, its = util_of_node(n, s->now);

	for (unsigned int i = 0; i < n->nr_cpus; i++)
		if (!n->cpu[i].isolated)
			sum += util_of(&n->cpu[i], s->now);
	assert_true(its < sum + UTIL_ONE / 1024 && sum < its + UTIL_ONE / 1024);
}

static void check_counts(const struct sim *s)
{
	unsigned int idle = 0, waiting = 0;

	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		const struct node *node = &s->node[n];
		unsigned int here = 0, waits = 0, runs = 0;

		for (unsigned int i = 0; i < node->nr_cpus; i++) {
			here += cpu_idle(&node->cpu[i]) &&
				!node->cpu[i].isolated;
			waits += node->cpu[i].nr;
			runs += node->cpu[i].curr && !node->cpu[i].isolated;
		}
		assert_int_equal(node->idle, here);
		assert_int_equal(node->waiting, waits);
		assert_int_equal(node->running, runs);
		check_util(s, node);
		idle += here;
		waiting += waits;
	}
	assert_int_equal(s->idle, idle);
	assert_int_equal(s->waiting, waiting);
}

/* ------------------------------------------------------------------- tasks */

static void check_task(const struct task *t)
{
	if (t->state == TASK_RUNNING)
		assert_ptr_equal(t->cpu->curr, t);
	else if (t->state == TASK_READY)
		assert_ptr_equal(t->cpu->rq[t->rq_index], t);
	else
		assert_true(t->state == TASK_NEW || t->state == TASK_BLOCKED);
	assert_true(t->kernel_left >= 0);
	assert_true(t->user_left >= 0);
	if (t->stream.map && !t->stream.touching) {
		assert_true(t->stream.left >= 0);
		assert_true(t->stream.pos >= 0);
		assert_true(t->stream.pos < t->stream.nr);
	}
}

static void check_tasks(const struct sim *s)
{
	unsigned int n = 0;

	for (const struct task *t = s->tasks; t; t = t->next, n++)
		check_task(t);
	assert_int_equal(s->living, n);
}

/* ------------------------------------------------------------------ memory */

static void check_free(const struct sim *s)
{
	for (unsigned int n = 0; n < s->nr_nodes; n++)
		assert_true(s->node[n].free <= s->node[n].pages);
}

/* What waits is in a batch, and what is in a batch waits. */
static uint64_t waiting_of_process(const struct process *p)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < p->nr_maps; i++)
		for (uint32_t k = 0; k < p->map[i].region->nr; k++)
			n += p->map[i].region->page[k].waits;
	for (unsigned int i = 0; p->stock && i < p->stock->nr; i++)
		n += p->stock->area[i].page.waits;
	return n;
}

static void check_batches(const struct sim *s)
{
	uint64_t waiting = 0, in_batches = 0;

	for (const struct process *p = s->processes; p; p = p->next)
		waiting += waiting_of_process(p);
	for (unsigned int c = 0; c < s->nr_cpus; c++) {
		const struct batch *b = &s->cpu[c].batch;

		assert_true(b->nr < BATCH_PAGES);
		for (unsigned int i = 0; i < b->nr; i++)
			assert_true(b->page[i]->waits);
		in_batches += b->nr;
	}
	/* shared objects are counted for each process that maps them */
	assert_true(waiting >= in_batches);
	assert_true(s->config->work->nr_objects || waiting == in_batches);
}

static void count_region(const struct region *r, uint64_t *used)
{
	uint32_t present = 0;

	for (uint32_t i = 0; i < r->nr; i++) {
		if (r->page[i].node1 == PAGE_ABSENT)
			continue;
		present++;
		used[page_node(&r->page[i])] += r->base;
	}
	assert_int_equal(r->present, present);
}

static void check_marks(const struct mapping *m)
{
	uint32_t members = 0;

	for (uint32_t i = 0; i < m->region->nr; i++) {
		if (!bitmap_test(&m->marked, i))
			continue;
		members++;
		assert_true(m->region->page[i].node1 != PAGE_ABSENT);
	}
	assert_int_equal(m->marked.members, members);
}

static void check_maps(const struct sim *s, const struct process *p,
		       uint64_t *used)
{
	for (unsigned int i = 0; i < p->nr_maps; i++) {
		const struct region *r = p->map[i].region;

		check_marks(&p->map[i]);
		if (r < s->object || r >= s->object +
					  s->config->work->nr_objects)
			count_region(r, used);
	}
}

/* Return: base pages in the lane. */
static uint64_t count_lane(const struct lane *l)
{
	struct queued *const *end = &l->first;
	uint64_t pages = 0;

	for (const struct queued *q = l->first; q; q = q->next) {
		pages += q->region->base;
		end = (struct queued *const *)&q->next;
	}
	assert_ptr_equal(l->end, end);
	return pages;
}

static void count_queue(const struct node *n)
{
	uint64_t pages = 0;

	if (!n->backlog)
		return;
	for (unsigned int i = 0; i < WORKER_LANES; i++)
		pages += count_lane(&n->backlog->lane[i]);
	assert_int_equal(n->backlog->pages, pages);
	assert_true(!pages || n->worker_busy);
}

/* Pages of all regions and free ones are those of the machine. */
static void check_memory(const struct sim *s)
{
	uint64_t *used = calloc(s->nr_nodes, sizeof(*used));

	assert_non_null(used);
	for (const struct process *p = s->processes; p; p = p->next)
		check_maps(s, p, used);
	for (unsigned int i = 0; i < s->config->work->nr_objects; i++)
		count_region(&s->object[i], used);
	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		assert_int_equal(used[n] + s->node[n].free, s->node[n].pages);
		count_queue(&s->node[n]);
	}
	free(used);
}

void check_quick(const struct sim *s)
{
	for (unsigned int c = 0; c < s->nr_cpus; c++)
		check_cpu(s, &s->cpu[c]);
	check_counts(s);
	check_tasks(s);
	check_free(s);
}

void check_all(const struct sim *s)
{
	check_quick(s);
	check_memory(s);
	check_batches(s);
}
