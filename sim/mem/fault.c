// SPDX-License-Identifier: GPL-2.0
/*
 * A hinting fault: the sample, the core's decision, and what comes of it, as
 * kmod/fault.c does it.
 */
#include "../engine.h"
#include "../stock/stock.h"

static void sample_last(struct np_fault *f, const struct sim *s,
			const struct page *p, const struct task *t)
{
	if (!p->last_cpu1) {
		f->flags |= NP_FAULT_FIRST;
		return;
	}
	f->last_cpu = (s16)(p->last_cpu1 - 1);
	f->last_node = (s16)s->cpu[f->last_cpu].node;
	f->last_pid = p->last_pid;
	if (p->last_pid == (uint8_t)t->tid)
		f->flags |= NP_FAULT_PRIVATE;
}

/* The kernel itself does not note who touches what is local already. */
static bool is_noted(const struct task *t, const struct np_fault *f)
{
	return t->process->inst->ops != &stock_like ||
	       f->node != f->page_node;
}

static struct np_fault sample(const struct sim *s, struct task *t,
			      struct page *p, uint64_t addr, uint32_t pages,
			      bool shared)
{
	struct np_fault f = {
		.addr = addr,
		.pages = pages,
		.cpu = (s16)t->cpu->id,
		.node = (s16)t->cpu->node,
		.page_node = (s16)page_node(p),
		.last_cpu = NP_NO_CPU,
		.last_node = NP_NO_NODE,
		.flags = NP_FAULT_WRITABLE,
	};

	if (shared)
		f.flags |= NP_FAULT_SHARED;
	if (pages > 1)
		f.flags |= NP_FAULT_HUGE;
	sample_last(&f, s, p, t);
	if (is_noted(t, &f)) {
		p->last_cpu1 = (uint16_t)(t->cpu->id + 1);
		p->last_pid = (uint8_t)t->tid;
	}
	return f;
}

static struct np_fault sample_at(const struct sim *s, struct task *t,
				 uint32_t i)
{
	const struct mapping *m = t->stream.map;

	return sample(s, t, &m->region->page[i],
		      m->base + ((uint64_t)i << m->region->shift),
		      m->region->base,
		      m->region->plan->shared != WORK_NO_INDEX);
}

/*
 * A page that was moved is read-only at first.  The first store takes another
 * fault, which forgets who touched the page last (wp_page_reuse(); not of huge
 * pages): to the two-stage filter it is new.
 */
static void forget_toucher(const struct task *t, struct page *p)
{
	if (t->stream.op->write && t->stream.map->region->base == 1)
		p->last_cpu1 = 0;
}

static double move_ns(const struct sim *s, const struct process *p)
{
	return p->stock ? s->costs.numab_move_ns : s->costs.move_ns;
}

static struct np_outcome migrate(struct sim *s, struct task *t, uint32_t i,
				 const struct np_decision *d)
{
	struct region *r = t->stream.map->region;
	struct np_outcome o = { .node = (s16)page_node(&r->page[i]) };

	if (d->verdict != NP_MOVE)
		return o;
	o.moved = alloc_move(s, r, i, d->nid, t->cpu);
	o.failed = !o.moved;
	if (o.moved)
		forget_toucher(t, &r->page[i]);
	o.node = (s16)page_node(&r->page[i]);
	o.ns = (u64)(move_ns(s, t->process) + r->base * s->costs.copy_ns);
	return o;
}

/* What a worker is to move may be wanted elsewhere, or nowhere, by now. */
static void queue(struct sim *s, struct task *t, uint32_t i,
		  const struct np_fault *f, const struct np_decision *d)
{
	struct np_ctx c = sim_ctx(s, t->process, NULL);
	struct region *r = t->stream.map->region;

	if (r->page[i].queued)
		worker_cancel(r, i);
	if (d->verdict == NP_QUEUE &&
	    !worker_queue(s, t->process, r, i, d->nid))
		np_worked(&c, f->addr, f->pages, f->page_node, d->nid,
			  NP_R_QUEUE_FULL);
}

/*
 * While more CPUs are busy than the host runs, what others' moves and flushes cost is in
 * it: costs.c.
 */
static double fault_ns(const struct sim *s, const struct process *p)
{
	const struct sim_costs *c = &s->costs;

	return c->fault_ns + (!p->stock && s->slow > 1 ? c->fault_wait_ns : 0);
}

static void account(struct sim *s, struct task *t, const struct np_ctx *c,
		    const struct np_fault *f, const struct np_decision *d,
		    struct np_outcome *o)
{
	o->ns += (u64)fault_ns(s, t->process);
	np_account(c, f, d, o);
	t->kernel_left += (double)o->ns;
	s->result->balancer_ns += o->ns;
}

static void resolve(struct sim *s, struct task *t, uint32_t i,
		    const struct np_ctx *c, const struct np_fault *f)
{
	struct np_decision d = np_decide(c, f);
	struct np_outcome o = migrate(s, t, i, &d);

	queue(s, t, i, f, &d);
	account(s, t, c, f, &d, &o);
}

/* May take the thread off its CPU, so it comes last. */
static void place(struct sim *s, struct task *t, const struct np_ctx *c)
{
	struct np_task_ask ask = np_place(c);

	if (ask.verb != NP_TASK_NONE)
		home_ask(s, t->process, t, &ask);
}

static struct np_outcome migrate_lone(struct sim *s, struct task *t,
				      struct page *p, int to)
{
	bool moved = alloc_move_lone(s, p, to, t->cpu);

	return (struct np_outcome){
		.moved = moved,
		.failed = !moved,
		.ns = (u64)(s->costs.move_ns + s->costs.copy_ns),
	};
}

void fault_lone(struct sim *s, struct task *t, struct page *p, uint64_t addr,
		bool shared)
{
	struct np_ctx c = sim_ctx(s, t->process, t);
	struct np_fault f = sample(s, t, p, addr, 1, shared);
	struct np_decision d;
	struct np_outcome o = { 0 };

	d = np_decide(&c, &f);
	if (d.verdict == NP_MOVE)
		o = migrate_lone(s, t, p, d.nid);
	if (o.moved && !shared)
		p->last_cpu1 = 0;
	o.node = (s16)page_node(p);
	account(s, t, &c, &f, &d, &o);
}

/* The thread's state begins at the end of its first fault. */
void fault_take(struct sim *s, struct task *t, uint32_t page)
{
	struct np_ctx c;
	struct np_fault f;

	if (!t->process->inst)
		return;
	if (t->known)
		np_task_refresh(&t->np);
	c = sim_ctx(s, t->process, t);
	f = sample_at(s, t, page);
	stock_touched(t->process, t->stream.map, t);
	resolve(s, t, page, &c, &f);
	if (t->known)
		place(s, t, &c);
	else
		sim_know(s, t);
}
