// SPDX-License-Identifier: GPL-2.0
/*
 * Scanning as the module does it (kmod/scan.c): from the tick, when the task
 * has run long enough, in steps of NP_SCAN_CHUNK, within the latency budget.
 */
#include "../engine.h"
#include "../stock/stock.h"

/* With one node nothing can be gained: look again after this much run time. */
#define POINTLESS_MS	10000

/* What is not simulated, as in npwork: data, bss and heap before all regions... */
#define PROGRAM_BASE	(1ULL << 22)	/* where programs are linked to */
#define PROGRAM_AREAS	3
/* ..and a stack per thread behind them, at OTHER_BASE. */

struct walk {
	struct sim *s;
	struct task *t;
	const struct np_ctx *c;
	struct np_scan_plan plan;
	double spent, last;
	unsigned int chunks;
};

/* The kernel does not mark what an explicit memory policy holds. */
bool scan_skips(const struct mapping *m)
{
	switch (m->region->plan->alloc) {
	case WORK_BOUND:
	case WORK_PREFERRED:
	case WORK_INTERLEAVE:
		return true;
	default:
		return m->region->bound;
	}
}

/* Of a single thread, what is local already is left alone (change_pte_range). */
static bool markable(const struct task *t, const struct region *r, uint32_t i)
{
	const struct page *p = &r->page[i];

	if (p->node1 == PAGE_ABSENT)
		return false;
	return t->process->nr_born > 1 || page_node(p) != t->cpu->node;
}

bool scan_would_mark(const struct task *t, const struct mapping *m,
		     uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++)
		if (markable(t, m->region, i) && !bitmap_test(&m->marked, i))
			return true;
	return false;
}

/* Pages [first, end) that can be marked, as bits of their word. */
static uint64_t markable_bits(const struct task *t, const struct region *r,
			      uint32_t first, uint32_t end)
{
	uint64_t bits = 0;

	for (uint32_t i = first; i < end; i++)
		bits |= (uint64_t)markable(t, r, i) << (i % 64);
	return bits;
}

uint32_t scan_mark(const struct task *t, struct mapping *m, uint32_t first,
		   uint32_t end)
{
	uint32_t marked = 0, stop;

	m->marks++;
	for (; first < end; first = stop) {
		stop = (first | 63) + 1;
		stop = stop < end ? stop : end;
		marked += bitmap_set_some(&m->marked, first / 64,
			markable_bits(t, m->region, first, stop));
	}
	return marked * m->region->base;
}

/*
 * By the ticks: what interrupts take is nobody's, so between two of them no task
 * runs for all of the time.
 */
bool scan_has_run(const struct task *t, uint64_t ns)
{
	return t->exec_ns > t->stamp_ns + ns + TICK_LATE_NS;
}

/* For whom a busy host lets run: at once, or when it has run everybody else. */
static double host_wait(const struct sim *s, struct cpu *c, double ns)
{
	return s->slow > 1 ? ns * 2 * rng_unit(&c->rng) : 0;
}

double scan_flush_ns(const struct sim *s, struct cpu *c)
{
	return s->costs.flush_ns + host_wait(s, c, s->costs.flush_wait_ns);
}

/* Have its threads moved pages since the last chunk? */
static bool moves_pages(struct process *p)
{
	uint64_t moved = np_counter_read(&p->np.counter[NP_C_MOVED]);
	bool moves = moved != p->moved;

	p->moved = moved;
	return moves;
}

static void chunk(struct walk *w, struct mapping *m, uint32_t first,
		  uint32_t end)
{
	const struct sim_costs *costs = &w->s->costs;
	uint32_t walked = (end - first) * m->region->base;
	uint32_t marked = scan_mark(w->t, m, first, end);

	w->t->process->np.scan.offset =
		m->base + ((uint64_t)end << m->region->shift);
	np_scan_marked(w->c, walked, marked);
	w->last = (end - first) * costs->mark_ns +
		  (marked ? scan_flush_ns(w->s, w->t->cpu) : 0) +
		  (moves_pages(w->t->process) ?
		   host_wait(w->s, w->t->cpu, costs->lock_wait_ns) : 0);
	w->spent += w->last;
	w->chunks++;
}

static bool enough(const struct walk *w)
{
	if (!w->t->process->np.scan.left)
		return true;
	return w->chunks && by_clock(w->s, w->spent + w->last) >
			    (double)w->plan.budget_us * NS_PER_US;
}

static uint32_t page_at(const struct mapping *m, uint64_t addr)
{
	uint64_t page = addr <= m->base ? 0 :
		(addr - m->base) >> m->region->shift;

	return page < m->region->nr ? (uint32_t)page : m->region->nr;
}

/* Return: false when the window or the budget is used up. */
static bool walk_mapping(struct walk *w, struct mapping *m)
{
	uint32_t step = NP_SCAN_CHUNK / m->region->base, end;
	uint32_t at = page_at(m, w->t->process->np.scan.offset);

	for (; at < m->region->nr; at = end) {
		if (enough(w))
			return false;
		end = m->region->nr - at > step ? at + step : m->region->nr;
		chunk(w, m, at, end);
	}
	return true;
}

/*
 * What a program has besides its regions: data, bss, heap, and the stacks of its
 * threads, of which a page or two are there.  They take time, and a window of
 * their own if the regions end with one; their few faults are left out.
 */
static void other_chunk(struct walk *w, uint64_t end)
{
	const struct sim_costs *costs = &w->s->costs;

	w->t->process->np.scan.offset = end;
	np_scan_marked(w->c, OTHER_BYTES >> PAGE_SHIFT_BASE, 0);
	w->last = costs->mark_ns + scan_flush_ns(w->s, w->t->cpu);
	w->spent += w->last;
	w->chunks++;
}

static bool walk_others(struct walk *w, uint64_t base, unsigned int areas)
{
	uint64_t end = base + areas * OTHER_BYTES;
	uint64_t at = w->t->process->np.scan.offset;

	for (at = at > base ? at : base; at < end; at += OTHER_BYTES) {
		if (enough(w))
			return false;
		other_chunk(w, at + OTHER_BYTES);
	}
	return true;
}

static bool walk_all(struct walk *w)
{
	struct process *p = w->t->process;

	if (!walk_others(w, PROGRAM_BASE, PROGRAM_AREAS))
		return false;
	for (unsigned int i = 0; i < p->nr_maps; i++)
		if (!scan_skips(&p->map[i]) && !walk_mapping(w, &p->map[i]))
			return false;
	return walk_others(w, OTHER_BASE, p->nr_tasks);
}

/* Whoever runs through this memory meets other marks than it expected. */
void scan_tell_runners(struct sim *s, struct process *p)
{
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		struct task *t = p->task[i];

		if (t->state != TASK_RUNNING || !t->stream.map)
			continue;
		cpu_settle(s, t->cpu);
		stream_aim(s, t);
		cpu_plan(s, t->cpu);
	}
}

static void pass_done(struct sim *s, struct task *t, struct np_ctx *c)
{
	struct np_task_ask ask;

	sim_know(s, t);
	c->task = &t->np;
	np_task_refresh(&t->np);
	ask = np_scan_pass(c);
	home_ask(s, t->process, t, &ask);
}

static void pay(struct walk *w)
{
	struct sim *s = w->s;

	s->result->balancer_ns += (uint64_t)w->spent;
	if (w->t->process->inst->ops->need & NP_CAN_SCAN_WORKER) {
		s->result->kernel_ns += (uint64_t)w->spent;
		return;
	}
	w->t->kernel_left += w->spent;
	w->t->stamp_ns += (uint64_t)by_clock(s, w->spent);
}

static uint32_t scan(struct sim *s, struct task *t, struct np_ctx *c)
{
	struct walk w = { .s = s, .t = t, .c = c };
	bool all;

	sim_remember_moves(s, t->process);
	w.plan = np_scan_begin(c);
	all = walk_all(&w);
	pay(&w);
	scan_tell_runners(s, t->process);
	if (all)
		pass_done(s, t, c);
	return np_scan_end(c, &w.plan, all, (u64)by_clock(s, w.spent));
}

static uint32_t ms_until(uint64_t then, uint64_t now)
{
	return then > now ? (uint32_t)((then - now) / NS_PER_MS) + 1 : 1;
}

static uint32_t scan_if_due(struct sim *s, struct task *t)
{
	struct np_ctx c = sim_ctx(s, t->process, t);
	uint64_t delay = (uint64_t)c.inst->param[NP_P_SCAN_DELAY] * NS_PER_MS;

	if (s->nr_nodes < 2)
		return POINTLESS_MS;
	if (np_scan_due(&c, t->exec_ns)) {
		sim_know(s, t);
		np_task_refresh(&t->np);
		return scan(s, t, &c);
	}
	if (t->exec_ns < delay)
		return ms_until(delay, t->exec_ns);
	return ms_until(t->process->np.scan.next_ns, s->now);
}

void scan_tick(struct sim *s, struct task *t)
{
	struct process *p = t->process;
	uint32_t wait;

	if (!p->inst || np_left_to_stock(p->inst))
		return;
	if (p->inst->ops == &stock_like) {
		stock_tick(s, t);
		return;
	}
	if (!scan_has_run(t, t->scan_ms * NS_PER_MS))
		return;
	t->stamp_ns = t->exec_ns;
	wait = scan_if_due(s, t);
	t->scan_ms = wait ? wait : 1;
}
