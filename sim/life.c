// SPDX-License-Identifier: GPL-2.0
/*
 * Processes and threads: birth, inheritance of the policy, and death.
 */
#include <math.h>
#include <stdlib.h>

#include "engine.h"
#include "stock/stock.h"

/* Address spaces begin here, with regions on 1 GiB borders. */
#define FIRST_ADDRESS	0x100000000000ULL
#define BORDER		(1ULL << 30)

/*
 * Weight of a nice level: 1.25 times per level, 1024 at 0, as in the kernel's
 * table.
 */
static uint32_t weight_of(int nice)
{
	double weight = 1024;

	for (; nice < 0; nice++)
		weight *= 1.25;
	for (; nice > 0; nice--)
		weight /= 1.25;
	return (uint32_t)(weight + 0.5);
}

static void used(struct sim *s, uint64_t bytes)
{
	s->bytes += bytes;
	if (s->bytes > s->result->peak_bytes)
		s->result->peak_bytes = s->bytes;
}

/* What goes with a process. */
static void process_used(struct sim *s, struct process *p, uint64_t bytes)
{
	p->bytes += bytes;
	used(s, bytes);
}

/* ------------------------------------------------------------------- regions */

static struct region *private_region(struct sim *s,
				     const struct work_region *plan,
				     unsigned int users)
{
	struct region *r = calloc(1, sizeof(*r));
	uint64_t bytes = r ? region_init(r, plan, users, s->config->thp) : 0;

	if (!bytes) {
		free(r);
		return NULL;
	}
	used(s, bytes);
	return r;
}

static struct region *shared_region(struct sim *s,
				    const struct work_region *plan,
				    unsigned int users)
{
	struct region *r = &s->object[plan->shared];
	uint64_t bytes;

	if (r->nr)
		return r;
	bytes = region_init(r, plan, users, s->config->thp);
	used(s, bytes);
	return bytes ? r : NULL;
}

static bool too_large(const struct sim *s, const struct work_region *plan)
{
	(void)s;
	return plan->bytes >> PAGE_SHIFT_BASE >= UINT32_MAX / 2;
}

static bool map_region(struct sim *s, struct process *p, unsigned int i,
		       uint64_t base)
{
	const struct work_region *plan = &p->plan->region[i];
	struct mapping *m = &p->map[i];
	size_t bytes;

	if (too_large(s, plan)) {
		sim_stop(s, "a region has more pages than can be simulated");
		return false;
	}
	m->region = plan->shared == WORK_NO_INDEX ?
		private_region(s, plan, p->plan->nr_threads) :
		shared_region(s, plan, p->plan->nr_threads);
	if (!m->region)
		return false;
	m->base = base;
	m->region->users++;
	if (s->place && !m->region->bound &&
	    !(m->region->bound = alloc_bind_by_hand(s, plan)))
		return false;
	bytes = bitmap_init(&m->marked, m->region->nr);
	process_used(s, p, bytes);
	return bytes;
}

static bool map_all(struct sim *s, struct process *p)
{
	uint64_t base = FIRST_ADDRESS;

	p->nr_maps = p->plan->nr_regions;
	p->map = calloc(p->nr_maps + 1, sizeof(*p->map));
	if (!p->map)
		return false;
	for (unsigned int i = 0; i < p->nr_maps; i++) {
		if (!map_region(s, p, i, base))
			return false;
		base += (p->plan->region[i].bytes / BORDER + 2) * BORDER;
	}
	return true;
}

static void unmap(struct sim *s, struct mapping *m)
{
	struct region *r = m->region;

	if (!r || --r->users)
		goto marks;
	s->bytes -= region_bytes(r);
	alloc_free_region(s, r);
	if (r < s->object || r > s->object + s->config->work->nr_objects)
		free(r);
marks:
	views_free(&m->views);
	bitmap_free(&m->marked);
}

/* ------------------------------------------------------------------- threads */

static void link_task(struct sim *s, struct task *t)
{
	t->next = s->tasks;
	if (s->tasks)
		s->tasks->prev = t;
	s->tasks = t;
	s->living++;
}

static void unlink_task(struct sim *s, struct task *t)
{
	if (t->next)
		t->next->prev = t->prev;
	if (t->prev)
		t->prev->next = t->next;
	else
		s->tasks = t->next;
	s->living--;
}

static void place_by_hand(const struct sim *s, struct task *t)
{
	t->bind_node = s->place ?
		s->homes[t->plan->home % s->nr_homes] : -1;
	t->bind_cpu = t->plan->cpu;
}

/*
 * By chance from half to one and a half times as long.  Those that begin with
 * the run were forked one after the other.
 */
static double first_steps(struct sim *s, struct task *t)
{
	bool forked = t->number != WORK_NO_INDEX && !t->process->nr_tasks;
	double ns = forked ? s->costs.fork_ns : s->costs.thread_ns;

	return ns * (0.5 + rng_unit(&t->rng));
}

static struct task *new_task(struct sim *s, struct process *p,
			     const struct work_thread *plan, bool numbered)
{
	struct task *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->round = calloc(plan->nr_ops + 1, sizeof(*t->round));
	t->process = p;
	t->plan = plan;
	t->tid = p->nr_tasks ? ++s->next_id : p->np.pid;
	t->number = numbered ? s->next_number++ : WORK_NO_INDEX;
	t->rng = rng_for(s->config->seed, t->tid);
	t->kernel_left = first_steps(s, t);
	t->loop = WORK_NO_INDEX;
	t->weight = weight_of(plan->nice);
	t->woken_ns = NEVER_NS;
	t->np.home = NP_NO_NODE;
	place_by_hand(s, t);
	link_task(s, t);
	process_used(s, p, sizeof(*t) + plan->nr_ops * sizeof(*t->round));
	p->task[p->nr_tasks++] = t;
	return t->round ? t : NULL;
}

static bool new_tasks(struct sim *s, struct process *p, bool numbered)
{
	p->task = calloc(p->plan->nr_threads + 1, sizeof(struct task *));
	if (!p->task)
		return false;
	for (unsigned int i = 0; i < p->plan->nr_threads; i++)
		if (!new_task(s, p, &p->plan->thread[i], numbered))
			return false;
	return true;
}

static void begin(struct sim *s, struct task *t, struct cpu *parent)
{
	const struct np_instance *inst = t->process->inst;

	if (inst)
		t->scan_ms = (uint32_t)inst->param[NP_P_SCAN_DELAY];
	stock_makes(s, t->process);
	t->process->nr_born++;
	sched_birth(s, t, parent);
	stock_born(s, t, parent);
}

/* A thread is made by the first one, that by who spawned the process, if anybody. */
static struct cpu *maker_cpu(const struct process *p)
{
	if (p->task[0]->state != TASK_NEW)
		return p->task[0]->cpu;
	return p->waiting ? p->waiting->cpu : NULL;
}

bool process_begin_thread(struct sim *s, struct process *p)
{
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		if (p->task[i]->state != TASK_NEW)
			continue;
		begin(s, p->task[i], maker_cpu(p));
		return true;
	}
	return false;
}

static bool has_op(const struct work_thread *first, enum work_op_kind kind)
{
	for (unsigned int i = 0; i < first->nr_ops; i++)
		if (first->op[i].kind == kind)
			return true;
	return false;
}

/* ------------------------------------------------------------------ processes */

static bool give_stats(struct sim *s, struct process *p,
		       struct np_stats **stats, u32 need)
{
	size_t bytes = np_stats_bytes(s->nr_nodes);

	if (!(s->instance.ops->need & need) || *stats)
		return true;
	*stats = calloc(1, bytes);
	if (!*stats)
		return false;
	np_stats_init(*stats, s->nr_nodes);
	process_used(s, p, bytes);
	return true;
}

static bool give_proc_stats(struct sim *s, struct process *p)
{
	struct np_group *g;

	if (!(s->instance.ops->need & NP_CAN_GROUPS))
		return give_stats(s, p, &p->np.stats, NP_CAN_PROC_STATS);
	g = np_group_new(&s->machine, p->np.pid);
	if (!g)
		return false;
	np_group_set(&p->np, g);
	process_used(s, p, np_group_bytes(s->nr_nodes));
	return true;
}

static u64 pages_of(const struct process *p)
{
	u64 pages = 0;

	for (unsigned int i = 0; i < p->nr_maps; i++)
		pages += (u64)p->map[i].region->base * p->map[i].region->nr;
	return pages;
}

void sim_remember_moves(struct sim *s, struct process *p)
{
	u32 bits;

	if (p->np.moves)
		return;
	bits = np_moves_bits(pages_of(p));
	p->np.moves = calloc(1, np_moves_bytes(bits));
	if (!p->np.moves) {
		s->oom = true;
		return;
	}
	p->np.moves->bits = bits;
	process_used(s, p, np_moves_bytes(bits));
}

/* As a process is born managed, or taken over when the run begins. */
static bool manage(struct sim *s, struct process *p, struct task *parent)
{
	struct np_task_ask ask;
	struct np_ctx c;

	p->np.home = NP_NO_NODE;
	if (!s->manage)
		return true;
	p->inst = &s->instance;
	if (!give_proc_stats(s, p))
		return false;
	p->np.flags = s->config->shadow ? NP_PROC_SHADOW : 0;
	np_proc_start(&p->np, p->inst);
	c = sim_ctx(s, p, NULL);
	ask = np_fork(&c, parent ? &parent->process->np : NULL);
	home_ask(s, p, NULL, &ask);
	if (!parent)
		return true;
	ask = np_exec(&c);
	home_ask(s, p, NULL, &ask);
	return true;
}

static void link_process(struct sim *s, struct process *p)
{
	p->next = s->processes;
	if (s->processes)
		s->processes->prev = p;
	s->processes = p;
}

/* Unless the program says where it is executed. */
static void charge_birth(struct sim *s, struct process *p)
{
	if (has_op(p->task[0]->plan, WORK_EXEC))
		return;
	p->task[0]->kernel_left += s->costs.exec_ns;
}

struct process *process_start(struct sim *s, const struct work_process *plan,
			      struct task *parent)
{
	struct process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	link_process(s, p);
	p->plan = plan;
	p->waiting = parent;
	p->np.pid = ++s->next_id;
	p->first_tid = s->next_id + 1;
	process_used(s, p, sizeof(*p));
	if (!map_all(s, p) || !manage(s, p, parent) ||
	    !new_tasks(s, p, !parent) || !stock_begin(p))
		return NULL;
	if (parent) {
		charge_birth(s, p);
		stock_makes(s, parent->process);
	}
	process_begin_thread(s, p);
	if (!has_op(&plan->thread[0], WORK_START))
		while (process_begin_thread(s, p))
			;
	return p;
}

static void add_counters(struct sim *s, const struct process *p)
{
	for (unsigned int i = 0; i < NP_NR_COUNTERS; i++)
		s->result->counter[i] += np_counter_read(&p->np.counter[i]);
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		s->result->reason[i] += np_counter_read(&p->np.reason[i]);
}

static void unlink_process(struct sim *s, struct process *p)
{
	if (p->next)
		p->next->prev = p->prev;
	if (p->prev)
		p->prev->next = p->next;
	else
		s->processes = p->next;
}

static void process_free(struct sim *s, struct process *p)
{
	worker_forget(s, p);
	for (unsigned int i = 0; p->map && i < p->nr_maps; i++)
		unmap(s, &p->map[i]);
	unlink_process(s, p);
	s->bytes -= p->bytes;
	free(p->map);
	free(p->task);
	if (p->np.group)
		np_group_leave(&s->machine, &p->np);
	else
		free(p->np.stats);
	free(p->np.moves);
	stock_free(s, p);
	free(p);
}

static void process_end(struct sim *s, struct process *p)
{
	struct np_ctx c;

	if (p->inst) {
		c = sim_ctx(s, p, NULL);
		np_proc_end(&c);
		add_counters(s, p);
	}
	process_free(s, p);
}

/* ------------------------------------------------------------------- the end */

static void count_fairness(struct sim *s, const struct task *t)
{
	double share;

	if (!t->wanted_ns || t->plan->class != WORK_FAIR || t->weight != 1024)
		return;
	share = (double)t->had_ns / (double)t->wanted_ns;
	s->fair_sum += share;
	s->fair_squares += share * share;
	s->fair_nr++;
	if (s->fair_nr == 1 || share < s->fair_least)
		s->fair_least = share;
}

static void count_task(struct sim *s, const struct task *t)
{
	s->result->work += t->work;
	if (t->number != WORK_NO_INDEX)
		s->result->task_work[t->number] = t->work;
	count_fairness(s, t);
}

static void task_free(struct task *t)
{
	free(t->round);
	free(t->np.stats);
	free(t);
}

static void forget_task(struct process *p, struct task *t)
{
	for (unsigned int i = 0; i < p->nr_tasks; i++) {
		if (p->task[i] != t)
			continue;
		p->task[i] = p->task[--p->nr_tasks];
		p->nr_born--;
		return;
	}
}

static void leave_cpu(struct sim *s, struct task *t)
{
	if (t->state == TASK_RUNNING)
		sched_leave(s, t);
	else if (t->state == TASK_READY)
		sched_dequeue(s, t);
	if (t->state == TASK_RUNNING || t->state == TASK_READY)
		sched_end_wanting(s, t);
	if (t->cpu)
		t->cpu->util_gone += util_of_task(t, s->now);
	t->state = TASK_DEAD;
}

/* A timer may still name a deadline task. */
static void bury(struct sim *s, struct task *t)
{
	if (t->plan->class != WORK_DEADLINE) {
		task_free(t);
		return;
	}
	t->next = s->grave;
	s->grave = t;
}

/*
 * Who waits for the process goes back to where it was, for the last thread is still
 * on its CPU (select_task_rq_fair(): no sync with PF_EXITING).
 */
static void wake_waiting(struct sim *s, struct process *p)
{
	if (!p->waiting || s->ending)
		return;
	p->waiting->kernel_left += s->costs.exit_ns;
	sched_wake(s, p->waiting, NULL);
}

void task_exit(struct sim *s, struct task *t)
{
	struct process *p = t->process;
	struct np_ctx c;

	/* exit_mmap(): lru_add_drain() */
	if (p->nr_tasks == 1 && t->cpu)
		batch_empty(&t->cpu->batch);
	if (p->nr_tasks == 1)
		wake_waiting(s, p);
	leave_cpu(s, t);
	count_task(s, t);
	if (p->inst) {
		if (t->known)
			np_task_refresh(&t->np);
		c = sim_ctx(s, p, t);
		np_exit(&c, p->nr_tasks == 1);
		p->np.threads -= t->known;
	}
	unlink_task(s, t);
	forget_task(p, t);
	bury(s, t);
	if (!p->nr_tasks)
		process_end(s, p);
}

void life_free(struct sim *s)
{
	struct task *t;

	s->ending = true;
	while (s->tasks)
		task_exit(s, s->tasks);
	while (s->processes)
		process_free(s, s->processes);
	while ((t = s->grave)) {
		s->grave = t->next;
		task_free(t);
	}
	for (unsigned int c = 0; s->cpu && c < s->nr_cpus; c++)
		free(s->cpu[c].rq);
}

void sim_know(struct sim *s, struct task *t)
{
	struct np_ctx c;

	if (t->known)
		return;
	t->np.tid = t->tid;
	t->np.proc = &t->process->np;
	if (!give_stats(s, t->process, &t->np.stats, NP_CAN_TASK_STATS))
		s->oom = true;
	t->process->np.threads++;
	t->np.generation = t->np.proc->generation - 1;
	t->known = true;
	np_task_refresh(&t->np);
	c = sim_ctx(s, t->process, t);
	np_task_start(&c);
}
