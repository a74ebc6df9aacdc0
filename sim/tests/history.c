// SPDX-License-Identifier: GPL-2.0
/*
 * A home that only tests have: it makes the calls that kmod/ makes, in the order
 * in which it may make them, and everything else is left to chance.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

#define PROCS	6
#define TASKS	5
#define PAGES	64

/**
 * struct thread - one of a process
 * @known:	it has state
 * @waits:	@f and @d wait for their outcome
 * @kept:	the home knows them then
 */
struct thread {
	struct np_task t;
	bool lives, known, waits, kept;
	struct np_fault f;
	struct np_decision d;
};

/**
 * struct process - one of the history
 * @stats:	for policies without groups
 * @scanner:	thread whose scan call is under way, or -1
 */
struct process {
	struct np_proc p;
	struct np_instance *inst;
	struct np_stats *stats;
	struct thread thread[TASKS];
	struct np_scan_plan plan;
	int scanner;
};

struct story {
	struct history *h;
	const char *spec;
	struct np_machine m;
	struct np_instance inst[256];
	unsigned int nr_inst;
	struct process proc[PROCS];
	uint64_t dice;
	uint64_t now;
	uint32_t next_id;
};

/* ----------------------------------------------------------------- machine */

static const u8 node_flags[HISTORY_NODES] = {
	NP_NODE_MEMORY | NP_NODE_CPU, NP_NODE_MEMORY | NP_NODE_CPU,
	NP_NODE_MEMORY,
};
static const s16 cpu_node[HISTORY_CPUS] = { 0, 0, 1, 1, NP_NO_NODE, 1 };
static const u8 distance[HISTORY_NODES * HISTORY_NODES] = {
	10, 20, 17, 20, 10, 31, 17, 31, 10,
};

const struct np_machine history_machine = {
	.nr_nodes = HISTORY_NODES,
	.nr_cpus = HISTORY_CPUS,
	.can = NP_CAN_ALL,
	.node_flags = node_flags,
	.cpu_node = cpu_node,
	.distance = distance,
};

void history_policies(void)
{
	np_unregister_all();
	assert(!np_register_builtin(NP_CAN_ALL, NULL));
	assert(!np_register(&np_test_maximal, NP_CAN_ALL, NULL));
	assert(!np_register(&np_test_rogue, NP_CAN_ALL, NULL));
	assert(!np_register(&np_test_chaos, NP_CAN_ALL, NULL));
	assert(!np_register(&np_test_chaos_all, NP_CAN_ALL, NULL));
}

uint32_t history_random(uint64_t *state, uint32_t sides)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33) % sides;
}

static uint32_t roll(struct story *s, uint32_t sides)
{
	return history_random(&s->dice, sides);
}

static enum np_reason refusal(const struct np_ctx *c, const struct np_fault *f,
			      int nid)
{
	static const enum np_reason reasons[] = {
		NP_R_FULL, NP_R_CPUSET, NP_R_MLOCKED, NP_R_DIRTY_FILE,
	};
	struct story *s = c->cookie;

	(void)f;
	(void)nid;
	return roll(s, 6) ? NP_R_NONE : reasons[roll(s, 4)];
}

static void trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct history *h = ((struct story *)c->cookie)->h;

	if (h->nr == h->room) {
		h->room = h->room ? 2 * h->room : 1024;
		h->rec = realloc(h->rec, h->room * sizeof(*h->rec));
		assert(h->rec);
	}
	h->rec[h->nr] = *rec;
	h->rec[h->nr].seq = h->nr;
	h->nr++;
}

static u64 big(struct story *s)
{
	return (u64)roll(s, UINT32_MAX) << 32 | roll(s, UINT32_MAX);
}

static void load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	struct story *s = c->cookie;

	(void)nid;
	*ret = (struct np_load){
		roll(s, 9), roll(s, 9), big(s), big(s), big(s), big(s), big(s),
	};
}

/* Anybody who has state: also one that was left behind by a change of policy. */
static void running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	struct story *s = c->cookie;
	struct process *p = &s->proc[roll(s, PROCS)];
	struct thread *t = &p->thread[roll(s, TASKS)];
	bool is_one = p->p.pid && t->lives && t->known;

	(void)cpu;
	*ret = (struct np_running){
		.task = is_one ? &t->t : NULL,
		.idle = !is_one && roll(s, 2),
		.movable = roll(s, 2),
	};
}

static struct np_group *group_new(const struct np_machine *m)
{
	return calloc(1, np_group_bytes(m->nr_nodes));
}

static void group_free(struct np_group *g)
{
	free(g);
}

/* Anybody else with the same policy. */
static struct np_proc *sharer(const struct np_ctx *c, const struct np_fault *f)
{
	struct story *s = c->cookie;
	struct process *p = &s->proc[roll(s, PROCS)];

	(void)f;
	return p->p.pid && p->inst == c->inst && &p->p != c->proc ? &p->p : NULL;
}

static const struct np_home_ops home = {
	.refusal = refusal, .trace = trace, .load = load, .running = running,
	.group_new = group_new, .group_free = group_free, .sharer = sharer,
};

static struct np_ctx context(struct story *s, struct process *p,
			     const struct thread *t)
{
	static const s16 cpus[] = { 0, 1, 2, 3, 5 };

	return (struct np_ctx){
		.m = &s->m,
		.inst = p->inst,
		.proc = &p->p,
		.task = t && t->known ? (struct np_task *)&t->t : NULL,
		.tid = t ? t->t.tid : p->p.pid,
		.cpu = cpus[roll(s, 5)],
		.now_ns = s->now,
		.cookie = s,
	};
}

static void comply(const struct np_ctx *c, struct np_task_ask ask)
{
	if (ask.verb == NP_TASK_HOME)
		np_set_home(c, ask.nid);
}

/* ------------------------------------------------------------------ threads */

static struct np_stats *stats_if(u32 wanted)
{
	struct np_stats *s;

	if (!wanted)
		return NULL;
	s = calloc(1, np_stats_bytes(HISTORY_NODES));
	assert(s);
	np_stats_init(s, HISTORY_NODES);
	return s;
}

static void know(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	if (t->known)
		return;
	t->t.stats = stats_if(p->inst->ops->need & NP_CAN_TASK_STATS);
	t->t.proc = &p->p;
	t->known = true;
	p->p.threads++;
	np_task_refresh(&t->t);
	c = context(s, p, t);
	np_task_start(&c);
}

static void forget(struct process *p, struct thread *t)
{
	struct np_task fresh = { .tid = t->t.tid };

	p->p.threads -= t->known;
	free(t->t.stats);
	t->t = fresh;
	t->known = t->kept = false;
}

static void begin_thread(struct story *s, struct thread *t)
{
	*t = (struct thread){ .lives = true, .t.tid = ++s->next_id };
}

static unsigned int living(const struct process *p)
{
	unsigned int nr = 0;

	for (int i = 0; i < TASKS; i++)
		nr += p->thread[i].lives;
	return nr;
}

static void end_thread(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	if (t->known)
		np_task_refresh(&t->t);
	c = context(s, p, t);
	np_exit(&c, living(p) == 1);
	forget(p, t);
	t->lives = false;
	if (p->scanner == t - p->thread)
		p->scanner = -1;
}

/* ---------------------------------------------------------------- processes */

static void fresh_inst(struct story *s, struct process *p)
{
	assert(s->nr_inst < 256);
	p->inst = &s->inst[s->nr_inst++];
	assert(!np_instance_init(p->inst, s->spec, NULL));
	p->inst->node = calloc(HISTORY_NODES * np_node_words(p->inst->ops) + 1,
			       sizeof(u64));
	assert(p->inst->node);
}

static void give_stats(struct story *s, struct process *p)
{
	u32 need = p->inst->ops->need;

	np_group_leave(&s->m, &p->p);
	if (need & NP_CAN_GROUPS) {
		np_group_set(&p->p, np_group_new(&s->m, p->p.pid));
		return;
	}
	if (!p->stats)
		p->stats = stats_if(need & NP_CAN_PROC_STATS);
	p->p.stats = p->stats;
}

static void start(struct story *s, struct process *p,
		  const struct process *parent)
{
	struct np_ctx c;

	give_stats(s, p);
	memset(p->p.counter, 0, sizeof(p->p.counter));
	np_proc_start(&p->p, p->inst);
	c = context(s, p, NULL);
	comply(&c, np_fork(&c, parent ? &parent->p : NULL));
}

static void birth(struct story *s, struct process *p,
		  const struct process *parent)
{
	*p = (struct process){ .scanner = -1 };
	begin_thread(s, &p->thread[0]);
	p->p.pid = p->thread[0].t.tid;
	p->p.flags = parent ? parent->p.flags :
		     roll(s, 4) ? 0 : NP_PROC_SHADOW;
	if (parent)
		p->inst = parent->inst;
	else
		fresh_inst(s, p);
	start(s, p, parent);
}

static void take_over(struct story *s, struct process *p)
{
	for (int i = 0; i < TASKS; i++)
		forget(p, &p->thread[i]);
	p->p.flags = roll(s, 2) ? NP_PROC_SHADOW : 0;
	p->scanner = -1;
	fresh_inst(s, p);
	start(s, p, NULL);
}

static void let_go(struct story *s, struct process *p)
{
	struct np_ctx c = context(s, p, NULL);

	np_proc_end(&c);
	for (int i = 0; i < TASKS; i++)
		forget(p, &p->thread[i]);
	np_group_leave(&s->m, &p->p);
	free(p->stats);
	free(p->p.moves);
	*p = (struct process){ 0 };
}

/* Whoever calls it is the only one left, and is called as the process. */
static void exec(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	for (int i = 0; i < TASKS; i++)
		if (p->thread[i].lives && &p->thread[i] != t)
			end_thread(s, p, &p->thread[i]);
	t->t.tid = p->p.pid;
	t->waits = false;
	p->scanner = -1;
	c = context(s, p, NULL);
	comply(&c, np_exec(&c));
}

/* --------------------------------------------------------------------- scan */

static void scan_begin(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	know(s, p, t);
	c = context(s, p, t);
	c.task = NULL;
	if (!p->p.moves && roll(s, 2)) {
		p->p.moves = calloc(1, np_moves_bytes(NP_MOVES_MIN_BITS));
		p->p.moves->bits = NP_MOVES_MIN_BITS;
	}
	p->plan = np_scan_begin(&c);
	p->scanner = (int)(t - p->thread);
}

static void scan_on(struct story *s, struct process *p, const struct np_ctx *c)
{
	u32 walked = 1 + roll(s, NP_SCAN_CHUNK);

	p->p.scan.offset += (u64)walked << NP_PAGE_SHIFT;
	np_scan_marked(c, walked, roll(s, 3) ? roll(s, walked + 1) : 0);
}

static void scan_end(struct story *s, struct process *p, struct np_ctx c,
		     bool done)
{
	struct thread *t = &p->thread[p->scanner];

	if (done) {
		c.task = t->known ? &t->t : NULL;
		if (c.task)
			np_task_refresh(c.task);
		comply(&c, np_scan_pass(&c));
		c.task = NULL;
	}
	np_scan_end(&c, &p->plan, done, roll(s, 3000000));
	p->scanner = -1;
}

static void scan(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	if (p->scanner < 0) {
		scan_begin(s, p, t);
		return;
	}
	c = context(s, p, &p->thread[p->scanner]);
	c.task = NULL;
	if (p->p.scan.left && roll(s, 4))
		scan_on(s, p, &c);
	else
		scan_end(s, p, c, !roll(s, 3));
}

/* ------------------------------------------------------------------- faults */

static struct np_fault sample(struct story *s, const struct np_ctx *c)
{
	struct np_fault f = {
		.addr = 0x7f0000000000ULL +
			((u64)roll(s, PAGES) << NP_PAGE_SHIFT),
		.pages = roll(s, 8) ? 1 : 16,
		.cpu = c->cpu,
		.node = cpu_node[c->cpu],
		.page_node = roll(s, HISTORY_NODES),
		.last_cpu = NP_NO_CPU,
		.last_node = NP_NO_NODE,
		.flags = roll(s, 0x40),
	};

	if (!(f.flags & NP_FAULT_FIRST)) {
		f.last_cpu = roll(s, 4);
		f.last_node = cpu_node[f.last_cpu];
	}
	return f;
}

static void decide(struct story *s, struct process *p, struct thread *t)
{
	struct np_ctx c;

	if (t->known)
		np_task_refresh(&t->t);
	c = context(s, p, t);
	t->f = sample(s, &c);
	t->d = np_decide(&c, &t->f);
	t->waits = true;
	t->kept = t->known;
}

/* A thread that had no state when it decided has lost both by now. */
static void lose(struct story *s, struct thread *t, const struct np_ctx *c)
{
	t->f = (struct np_fault){
		.pages = t->f.pages, .cpu = c->cpu, .node = cpu_node[c->cpu],
		.page_node = NP_NO_NODE,
		.last_cpu = NP_NO_CPU, .last_node = NP_NO_NODE,
		.flags = NP_FAULT_FIRST,
	};
	t->d = np_stay(NP_R_NONE);
	t->d.asked = roll(s, HISTORY_NODES);
}

static void account(struct story *s, struct process *p, struct thread *t)
{
	struct np_outcome o = { .ns = roll(s, 100000) };
	struct np_ctx c;

	if (roll(s, 8))
		know(s, p, t);
	if (t->known)
		np_task_refresh(&t->t);
	c = context(s, p, t);
	if (!t->kept)
		lose(s, t, &c);
	o.moved = t->d.verdict == NP_MOVE && roll(s, 5);
	o.failed = t->d.verdict == NP_MOVE && !o.moved;
	o.node = o.moved ? t->d.nid : t->kept ? t->f.page_node : t->d.asked;
	c.cpu = t->f.cpu;
	np_account(&c, &t->f, &t->d, &o);
	t->waits = t->kept = false;
	c = context(s, p, t);
	comply(&c, np_place(&c));
}

static void fault(struct story *s, struct process *p, struct thread *t)
{
	if (t->waits)
		account(s, p, t);
	else
		decide(s, p, t);
}

/* -------------------------------------------------------------------- story */

static struct process *free_place(struct story *s)
{
	for (int i = 0; i < PROCS; i++)
		if (!s->proc[i].p.pid)
			return &s->proc[i];
	return NULL;
}

static struct thread *some_thread(struct story *s, struct process *p)
{
	struct thread *t;

	do
		t = &p->thread[roll(s, TASKS)];
	while (!t->lives);
	return t;
}

static void new_thread(struct story *s, struct process *p)
{
	for (int i = 0; i < TASKS; i++)
		if (!p->thread[i].lives) {
			begin_thread(s, &p->thread[i]);
			return;
		}
}

static void life(struct story *s, struct process *p, struct thread *t)
{
	struct process *child = free_place(s);
	uint32_t what = roll(s, 10);

	if (what < 3 && child)
		birth(s, child, p);
	else if (what < 6)
		new_thread(s, p);
	else if (what == 6)
		exec(s, p, t);
	else if (what == 7 && s->nr_inst < 200)
		take_over(s, p);
	else if (living(p) > 1)
		end_thread(s, p, t);
}

static void quit(struct story *s, struct process *p, struct thread *t)
{
	if (living(p) > 1)
		return;
	if (roll(s, 2))
		end_thread(s, p, t);
	let_go(s, p);
}

static void work(struct story *s, const struct np_ctx *c)
{
	int from = (int)roll(s, HISTORY_NODES), to = (int)roll(s, HISTORY_NODES);

	np_worked(c, 0x7f0000000000ULL + ((u64)roll(s, PAGES) << NP_PAGE_SHIFT),
		  1, from, to, roll(s, 3) ? NP_R_NONE : NP_R_MOVE_FAILED);
}

static void pull(struct story *s, struct process *p, const struct np_ctx *c)
{
	int nid = (int)roll(s, HISTORY_NODES + 1);

	if (!roll(s, 4)) {
		np_pulled_group(c, nid, NP_R_ROOM);
		return;
	}
	if (!np_pulled(c, nid, NP_R_HOME))
		return;
	p->p.home = (s16)nid;
	for (int i = 0; i < TASKS; i++)
		if (!p->thread[i].t.bound)
			p->thread[i].t.home = (s16)nid;
}

/* The application puts a thread into a group, or out of it. */
static void bind(struct story *s, struct process *p)
{
	struct thread *t = some_thread(s, p);
	struct np_ctx c = context(s, p, t);
	bool bound = roll(s, 2);

	if (c.task)
		np_bind(&c, bound, bound ? (int)roll(s, HISTORY_NODES) :
					   NP_NO_NODE);
}

/* The way home of a thread that has one. */
static void bring(struct story *s, struct process *p)
{
	struct thread *t = some_thread(s, p);
	struct np_ctx c = context(s, p, t);
	struct np_task_ask ask = {
		.verb = NP_TASK_MOVE, .reason = NP_R_HOME, .cpu = NP_NO_CPU,
	};

	if (!c.task)
		return;
	ask.nid = (s16)np_home_of(c.task);
	np_go_home(&c, &ask);
}

/* Whoever has state may be seen elsewhere. */
static void come(struct story *s, struct process *p)
{
	struct thread *t = some_thread(s, p);
	struct np_ctx c = context(s, p, t);

	if (c.task)
		np_came(&c, (int)roll(s, HISTORY_NODES),
			(int)roll(s, HISTORY_NODES));
}

/* The balance verb leaves notes. */
static void note_nodes(struct story *s, struct np_instance *inst)
{
	unsigned int words = HISTORY_NODES * np_node_words(inst->ops);

	for (unsigned int i = 0; i < words; i++)
		inst->node[i] = big(s);
}

/* What no thread of the process does. */
static void from_outside(struct story *s, struct process *p)
{
	struct np_ctx c = context(s, p, NULL);

	switch (roll(s, 6)) {
	case 0:
		work(s, &c);
		break;
	case 1:
		note_nodes(s, p->inst);
		break;
	case 3:
		come(s, p);
		break;
	case 2:
		pull(s, p, &c);
		break;
	case 4:
		bind(s, p);
		break;
	default:
		bring(s, p);
	}
}

static void step(struct story *s)
{
	struct process *p = &s->proc[roll(s, PROCS)];
	uint32_t what = roll(s, 100);

	s->now += roll(s, 100000);
	if (!p->p.pid) {
		if (s->nr_inst < 200)
			birth(s, p, NULL);
	} else if (what < 70) {
		fault(s, p, some_thread(s, p));
	} else if (what < 92) {
		scan(s, p, some_thread(s, p));
	} else if (what < 94) {
		from_outside(s, p);
	} else if (what < 99) {
		life(s, p, some_thread(s, p));
	} else {
		quit(s, p, some_thread(s, p));
	}
}

static void clean_up(struct story *s)
{
	for (int i = 0; i < PROCS; i++) {
		for (int k = 0; k < TASKS; k++)
			free(s->proc[i].thread[k].t.stats);
		np_group_leave(&s->m, &s->proc[i].p);
		free(s->proc[i].stats);
		free(s->proc[i].p.moves);
	}
	for (unsigned int i = 0; i < s->nr_inst; i++)
		free(s->inst[i].node);
	free(s);
}

void history_invent(struct history *h, const char *spec, unsigned int steps,
		    uint64_t seed)
{
	struct story *s = calloc(1, sizeof(*s));

	assert(s);
	*h = (struct history){ 0 };
	s->h = h;
	s->spec = spec;
	s->m = history_machine;
	s->m.home = &home;
	s->dice = seed;
	s->now = 1000000000;
	while (steps--)
		step(s);
	clean_up(s);
}

void history_free(struct history *h)
{
	free(h->rec);
	*h = (struct history){ 0 };
}
