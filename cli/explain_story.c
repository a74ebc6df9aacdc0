// SPDX-License-Identifier: GPL-2.0
/*
 * From records to steps.
 */
#include "explain_story.h"
#include "cli.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- tallies */

static int tally_init(struct tally *t, unsigned int nr_nodes)
{
	*t = (struct tally){
		.memory = calloc(nr_nodes, sizeof(*t->memory)),
		.cpu = calloc(nr_nodes, sizeof(*t->cpu)),
		.nr_nodes = nr_nodes,
	};
	return t->memory && t->cpu ? 0 : fail("out of memory");
}

static void tally_clear(struct tally *t)
{
	uint64_t *memory = t->memory, *cpu = t->cpu;
	unsigned int nr = t->nr_nodes;

	memset(memory, 0, nr * sizeof(*memory));
	memset(cpu, 0, nr * sizeof(*cpu));
	*t = (struct tally){ .memory = memory, .cpu = cpu, .nr_nodes = nr };
}

static void tally_free(struct tally *t)
{
	free(t->memory);
	free(t->cpu);
}

static void tally_fault(struct tally *t, const struct np_record *r)
{
	t->faults++;
	t->local += r->src == r->node;
	t->private += !!(r->flags & NP_FAULT_PRIVATE);
	t->refused += r->verdict == NP_REFUSED;
	t->memory[r->src]++;
	t->cpu[r->node]++;
}

static void tally_moved(struct tally *t, const struct np_record *r, bool back)
{
	t->moved += r->pages;
	t->moves++;
	t->back += back;
}

/* -------------------------------------------------------------------- numbers */

static struct np_stats *copy_stats(const struct np_stats *s)
{
	struct np_stats *copy = s ? malloc(np_stats_bytes(s->nr_nodes)) : NULL;

	if (copy)
		memcpy(copy, s, np_stats_bytes(s->nr_nodes));
	return copy;
}

static struct numbers look(const struct story *st, const struct np_record *r)
{
	uint32_t tid = st->about->thread ? st->about->tid : r->tid;
	const struct np_task *t = replay_task(st->replay, r->pid, tid);
	const struct np_proc *p = replay_proc(st->replay, r->pid);
	struct numbers n = { .home = NP_NO_NODE, .task_home = NP_NO_NODE };

	if (!p)
		return n;
	n.faults = np_counter_read(&p->counter[NP_C_FAULTS]);
	n.local = np_counter_read(&p->counter[NP_C_LOCAL_FAULTS]);
	n.moved = np_counter_read(&p->counter[NP_C_MOVED]);
	n.passes = p->scan.passes;
	n.period_ms = p->scan.period_ms;
	n.marked = p->scan.marked;
	n.home = p->home;
	n.proc = copy_stats(p->stats);
	n.task_home = t ? t->home : NP_NO_NODE;
	n.task = copy_stats(t ? t->stats : NULL);
	snprintf(n.policy, sizeof(n.policy), "%s", p->inst->ops->name);
	return n;
}

static void forget(struct numbers *n)
{
	free(n->proc);
	free(n->task);
}

static int tell(struct story *st, struct step *s)
{
	int ret = fold_step(st->fold, s);

	forget(&s->n);
	return ret;
}

static int tell_about(struct story *st, enum step_kind kind,
		      const struct np_record *r, int16_t from, int16_t to)
{
	struct step s = {
		.kind = kind, .rec = *r, .from = from, .to = to,
		.n = look(st, r),
	};

	return tell(st, &s);
}

/* ------------------------------------------------------------------ the subject */

static bool is_page(const struct story *st, const struct np_record *r)
{
	const struct subject *a = st->about;
	uint64_t end = a->addr + ((uint64_t)a->pages << NP_PAGE_SHIFT);

	return r->pid == a->pid && r->addr < end &&
	       r->addr + ((uint64_t)r->pages << NP_PAGE_SHIFT) > a->addr;
}

static bool is_ours(const struct story *st, const struct np_record *r)
{
	if (!st->about->thread)
		return is_page(st, r);
	return r->pid == st->about->pid && r->tid == st->about->tid;
}

static bool touched(const struct story *st, uint32_t tid)
{
	for (size_t i = 0; i < st->nr_touchers; i++)
		if (st->toucher[i] == tid)
			return true;
	return false;
}

static int remember_toucher(struct story *st, uint32_t tid)
{
	uint32_t *more;

	if (touched(st, tid))
		return 0;
	more = realloc(st->toucher, (st->nr_touchers + 1) * sizeof(*more));
	if (!more)
		return fail("out of memory");
	st->toucher = more;
	more[st->nr_touchers++] = tid;
	return 0;
}

/* ---------------------------------------------------------------- where it is */

/* So long the subject was on the node where it was last seen. */
static void stay(struct story *st, uint64_t now)
{
	if (st->node != NP_NO_NODE && now > st->since_ns)
		st->ending.at_ns[st->node] += now - st->since_ns;
	st->since_ns = now;
}

static int16_t go(struct story *st, uint64_t now, int16_t node)
{
	int16_t before = st->node;

	stay(st, now);
	st->node = node;
	return before;
}

/* A worker, or the kernel by itself, has moved it in between. */
static int see_page(struct story *st, const struct np_record *r)
{
	int16_t before = go(st, r->time_ns, r->src);

	if (before == NP_NO_NODE || before == r->src)
		return 0;
	st->left = before;
	st->ending.went++;
	return tell_about(st, STEP_FOUND, r, before, r->src);
}

static int16_t wanted_node(const struct story *st, const struct np_machine *m)
{
	return st->wish.flags == NP_TASK_SWAP ? m->cpu_node[st->wish.cpu] :
						st->wish.asked;
}

/* Who is exchanged with another thread has wished nothing. */
static int tell_went(struct story *st, const struct np_record *r,
		     int16_t before, uint32_t partner)
{
	struct step s = {
		.kind = STEP_WENT, .rec = *r, .from = before, .to = st->node,
		.partner = partner, .n = look(st, r),
	};

	return tell(st, &s);
}

static uint32_t take_partner(struct story *st, const struct np_record *r)
{
	uint32_t partner = st->partner;

	st->partner = 0;
	st->cpu = r->cpu;
	return partner;
}

/* Only where a call begins is the CPU the one that the thread is on. */
static int see_thread(struct story *st, const struct np_machine *m,
		      const struct np_record *r)
{
	int16_t before, node = r->cpu < 0 ? NP_NO_NODE : m->cpu_node[r->cpu];
	uint32_t partner;

	if ((r->type != NP_REC_PAGE && r->type != NP_REC_PLAN) ||
	    node == NP_NO_NODE)
		return 0;
	partner = take_partner(st, r);
	before = go(st, r->time_ns, node);
	st->ending.went += before != NP_NO_NODE && before != node;
	if (st->waits) {
		st->waits = false;
		st->ending.done += node == wanted_node(st, m);
		return tell_about(st, STEP_DONE, r, node, wanted_node(st, m));
	}
	if (before == NP_NO_NODE || before == node)
		return 0;
	return tell_went(st, r, before, partner);
}

/* --------------------------------------------------------------------- faults */

static struct open_fault **find_open(struct story *st,
				     const struct np_record *r)
{
	struct open_fault **at = &st->open;

	while (*at && ((*at)->step.rec.pid != r->pid ||
		       (*at)->step.rec.tid != r->tid ||
		       (*at)->step.rec.addr != r->addr))
		at = &(*at)->next;
	return at;
}

static int close_fault(struct story *st, struct open_fault **at)
{
	struct open_fault *f = *at;
	int ret;

	*at = f->next;
	ret = tell(st, &f->step);
	free(f);
	return ret;
}

static int open_fault(struct story *st, const struct np_record *r)
{
	struct open_fault **at = find_open(st, r), *f;

	if (*at && close_fault(st, at))
		return -1;
	f = calloc(1, sizeof(*f));
	if (!f)
		return fail("out of memory");
	f->step = (struct step){
		.kind = STEP_FAULT, .rec = *r, .n = look(st, r),
	};
	while (*at)
		at = &(*at)->next;
	*at = f;
	return 0;
}

static int take_fault(struct story *st, const struct np_record *r)
{
	tally_fault(&st->ending.all, r);
	tally_fault(&st->since, r);
	if (!st->about->thread &&
	    (remember_toucher(st, r->tid) || see_page(st, r)))
		return -1;
	return open_fault(st, r);
}

/* Back is where the page came from last; of a thread, each page has its own. */
static void count_move(struct story *st, const struct np_record *r)
{
	bool page = !st->about->thread, back = page && st->left == r->dst;

	tally_moved(&st->ending.all, r, back);
	tally_moved(&st->since, r, back);
	if (!page)
		return;
	go(st, r->time_ns, r->dst);
	st->left = r->src;
}

/* A worker tells of a page whose fault was over long ago. */
static int take_outcome(struct story *st, const struct np_record *r)
{
	struct open_fault **at = find_open(st, r);

	if (r->type == NP_REC_MOVED)
		count_move(st, r);
	if (*at) {
		(*at)->step.end = *r;
		return close_fault(st, at);
	}
	if (r->type != NP_REC_MOVED)
		return 0;
	return tell_about(st, STEP_FOUND, r, r->src, r->dst);
}

/* --------------------------------------------------------------------- wishes */

static bool is_our_thread(const struct story *st, const struct np_record *r)
{
	if (r->pid != st->about->pid)
		return false;
	return st->about->thread ? r->tid == st->about->tid :
				   touched(st, r->tid);
}

static void note_exchange(struct story *st, const struct np_record *r)
{
	if (r->verdict == NP_MOVE && r->flags == NP_TASK_SWAP &&
	    st->about->thread && r->cpu == st->cpu)
		st->partner = r->tid;
}

static int take_ask(struct story *st, const struct np_record *r)
{
	struct step s = { .kind = STEP_ASK, .rec = *r, .call = st->call };

	if (!is_our_thread(st, r)) {
		note_exchange(st, r);
		return 0;
	}
	s.n = look(st, r);
	s.from = st->about->thread ? st->node : NP_NO_NODE;
	st->ending.asked++;
	st->ending.agreed += r->verdict == NP_MOVE;
	if (st->about->thread && r->verdict == NP_MOVE &&
	    (r->flags == NP_TASK_MOVE || r->flags == NP_TASK_SWAP)) {
		st->wish = *r;
		st->waits = true;
	}
	return tell(st, &s);
}

/* --------------------------------------------------------------- passes, life */

/* The numbers are those that pass_done had: from before the record. */
static int take_pass(struct story *st, const struct np_record *r,
		     const struct numbers *n)
{
	struct step s = {
		.kind = STEP_PASS, .rec = *r, .since = &st->since, .n = *n,
	};
	int ret = tell(st, &s);

	tally_clear(&st->since);
	return ret;
}

static const char *life(struct story *st, const struct np_record *r)
{
	const struct np_proc *p = replay_proc(st->replay, r->pid);

	switch (r->type) {
	case NP_REC_ATTACH:
		snprintf(st->text, sizeof(st->text), "policy %s takes the "
			 "process over", p ? p->inst->spec : "?");
		return st->text;
	case NP_REC_FORK:
		snprintf(st->text, sizeof(st->text), "the process is born, a "
			 "child of %llu", (unsigned long long)r->value);
		return st->text;
	case NP_REC_EXEC:
		return "the process has a new address space";
	case NP_REC_GONE:
		return "the process is not managed any more";
	case NP_REC_THREAD:
		return "the policy keeps state of the thread from now on";
	case NP_REC_EXIT:
		return "the thread ends";
	default:
		return NULL;
	}
}

static bool is_of_thread(const struct np_record *r)
{
	return r->type == NP_REC_THREAD || r->type == NP_REC_EXIT;
}

static int take_life(struct story *st, const struct np_record *r)
{
	struct step s = { .kind = STEP_LIFE, .rec = *r };

	if (is_of_thread(r) && (!st->about->thread || r->tid != st->about->tid))
		return 0;
	s.text = life(st, r);
	if (!s.text)
		return 0;
	if (r->type == NP_REC_EXEC || r->type == NP_REC_GONE)
		go(st, r->time_ns, NP_NO_NODE);
	return tell(st, &s);
}

/* ------------------------------------------------------------------ following */

static int tell_difference(const struct story *st)
{
	const struct replay_difference *d = replay_difference(st->replay);

	return fail("record %llu, at %.6f s, is not what the policy of this "
		    "program does here%s; numaplace replay tells more",
		    (unsigned long long)d->recorded.seq,
		    (double)d->recorded.time_ns / 1e9,
		    d->nothing ? ": nothing" : "");
}

static int make_again(struct story *st, const struct source_record *r)
{
	int ret = replay_record(st->replay, r->rec, &st->e);

	if (ret == REPLAY_DIFFERS)
		return tell_difference(st);
	return ret ? fail("%s", st->e.text) : 0;
}

static bool is_outcome(const struct np_record *r)
{
	return r->type == NP_REC_MOVED || r->type == NP_REC_FAILED ||
	       r->type == NP_REC_KEPT;
}

static int tell_life(struct story *st, const struct np_record *r)
{
	struct step s = { .kind = STEP_LIFE, .rec = *r, .text = st->text };

	return tell(st, &s);
}

static int take_worked(struct story *st, const struct np_record *r)
{
	if (r->verdict == NP_MOVE) {
		count_move(st, r);
		snprintf(st->text, sizeof(st->text), "a worker moves the page "
			 "from node %d to node %d", r->src, r->dst);
	} else {
		snprintf(st->text, sizeof(st->text), "a worker leaves the page "
			 "on node %d: %s", r->src, reason_text(r->reason));
	}
	return tell_life(st, r);
}

static int take_pulled(struct story *st, const struct np_record *r)
{
	snprintf(st->text, sizeof(st->text), "balancing wants node %d as the "
		 "home of the process: %s", r->asked, reason_text(r->reason));
	return tell_life(st, r);
}

static int take(struct story *st, const struct source_record *s)
{
	const struct np_record *r = s->rec;

	if (is_ours(st, r) && st->about->thread && see_thread(st, s->m, r))
		return -1;
	if (r->type == NP_REC_PAGE)
		return is_ours(st, r) ? take_fault(st, r) : 0;
	if (is_outcome(r))
		return is_ours(st, r) ? take_outcome(st, r) : 0;
	if (r->type == NP_REC_TASK || r->type == NP_REC_BROUGHT)
		return take_ask(st, r);
	if (r->type == NP_REC_WORKED)
		return !st->about->thread && is_page(st, r) ?
			take_worked(st, r) : 0;
	if (r->type == NP_REC_PULLED)
		return r->pid == st->about->pid ? take_pulled(st, r) : 0;
	if (r->pid == st->about->pid && r->type >= NP_REC_FEED)
		return take_life(st, r);
	return 0;
}

static bool is_our_pass(const struct story *st, const struct np_record *r)
{
	return r->type == NP_REC_PASS && st->about->thread &&
	       r->pid == st->about->pid;
}

static int take_our_pass(struct story *st, const struct source_record *s)
{
	struct numbers n = look(st, s->rec);

	if (!make_again(st, s))
		return take_pass(st, s->rec, &n);
	forget(&n);
	return -1;
}

static int begin(struct story *st, const struct source_record *s)
{
	st->replay = replay_new(s->m, &st->e);
	if (!st->replay)
		return fail("%s", st->e.text);
	st->ending.at_ns = calloc(s->m->nr_nodes, sizeof(uint64_t));
	st->ending.first_ns = s->rec->time_ns;
	if (!st->ending.at_ns)
		return fail("out of memory");
	return tally_init(&st->since, s->m->nr_nodes) ||
	       tally_init(&st->ending.all, s->m->nr_nodes) ? -1 : 0;
}

/* One in which a policy may wish something. */
static bool is_call(unsigned int type)
{
	return type == NP_REC_PASS || type == NP_REC_BROUGHT ||
	       (type >= NP_REC_ATTACH && type < NP_REC_HOME);
}

int story_take(void *data, const struct source_record *s)
{
	struct story *st = data;

	if (!st->replay && begin(st, s))
		return -1;
	st->ending.last_ns = s->rec->time_ns;
	if (is_call(s->rec->type))
		st->call = s->rec->type;
	if (is_our_pass(st, s->rec))
		return take_our_pass(st, s);
	return make_again(st, s) ? -1 : take(st, s);
}

int story_end(struct story *st)
{
	while (st->open)
		if (close_fault(st, &st->open))
			return -1;
	stay(st, st->ending.last_ns);
	if (fold_flush(st->fold))
		return -1;
	st->ending.hidden = st->fold->hidden;
	return 0;
}

void story_init(struct story *st, const struct subject *about,
		struct fold *fold)
{
	*st = (struct story){
		.about = about, .fold = fold, .node = NP_NO_NODE,
		.left = NP_NO_NODE, .cpu = NP_NO_CPU,
	};
}

static void free_open(struct story *st)
{
	struct open_fault *f;

	while ((f = st->open)) {
		st->open = f->next;
		forget(&f->step.n);
		free(f);
	}
}

void story_free(struct story *st)
{
	free_open(st);
	free(st->toucher);
	tally_free(&st->since);
	tally_free(&st->ending.all);
	free(st->ending.at_ns);
	replay_free(st->replay);
}
