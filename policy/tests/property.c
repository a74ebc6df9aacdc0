// SPDX-License-Identifier: GPL-2.0
/*
 * Properties over 10^5 random faults with random answers and outcomes: the
 * counters always add up, every decision is one the home can carry out, and
 * the same input gives the same output, byte for byte.
 *
 * All dice are seeded here: a failure repeats itself.
 */
#include <stdlib.h>

#include "common.h"

#define FAULTS	100000
#define ROOM	(2 * FAULTS)	/* a fault makes at most two records */

/* ------------------------------------------------------- policies with dice */

static struct dice policy_dice;

static enum np_reason some_reason(void)
{
	return roll(&policy_dice, NP_NR_REASONS);
}

/* Any defined answer, also to nodes that have no memory. */
static struct np_decision polite_page(const struct np_ctx *c,
				      const struct np_fault *f)
{
	int nid = roll(&policy_dice, c->m->nr_nodes);

	if (nid == f->page_node || !roll(&policy_dice, 3))
		return np_stay(some_reason());
	if (roll(&policy_dice, 2))
		return np_queue(nid, some_reason());
	return np_move(nid, some_reason());
}

/* Any bytes at all, one time in four. */
static struct np_decision hostile_page(const struct np_ctx *c,
				       const struct np_fault *f)
{
	if (roll(&policy_dice, 4))
		return polite_page(c, f);
	return (struct np_decision){
		.verdict = roll(&policy_dice, 256),
		.reason = roll(&policy_dice, 256),
		.asked = roll(&policy_dice, 65536),
		.nid = roll(&policy_dice, 65536),
	};
}

static const struct np_policy_ops polite = {
	.page = polite_page,
	.name = "polite",
	.summary = "test: random defined answers",
	.need = NP_CAN_QUEUE | NP_CAN_TASK_STATS | NP_CAN_PROC_STATS,
};

static const struct np_policy_ops hostile = {
	.page = hostile_page,
	.name = "hostile",
	.summary = "test: random answers",
	.need = NP_CAN_QUEUE | NP_CAN_TASK_STATS | NP_CAN_PROC_STATS,
};

/* ------------------------------------------------------------- random input */

static int random_cpu(struct dice *d, const struct np_machine *m)
{
	int cpu;

	do
		cpu = roll(d, m->nr_cpus);
	while (m->cpu_node[cpu] == NP_NO_NODE);
	return cpu;
}

static int random_page_node(struct dice *d, const struct np_machine *m)
{
	int nid;

	do
		nid = roll(d, m->nr_nodes);
	while (!np_node_has_memory(m, nid));
	return nid;
}

static void random_last(struct dice *d, const struct np_machine *m,
			struct np_fault *f)
{
	f->last_cpu = NP_NO_CPU;
	f->last_node = NP_NO_NODE;
	if (!roll(d, 4))
		return;
	f->last_cpu = random_cpu(d, m);
	f->last_node = m->cpu_node[f->last_cpu];
}

static struct np_fault random_fault(struct dice *d, const struct np_machine *m)
{
	struct np_fault f = {
		.addr = (u64)roll(d, 1 << 30) << 12,
		.pages = roll(d, 4) ? 1 : 1 << roll(d, 10),
		.cpu = random_cpu(d, m),
		.page_node = random_page_node(d, m),
		.flags = roll(d, NP_FAULT_POLICY),
	};

	f.node = m->cpu_node[f.cpu];
	random_last(d, m, &f);
	if (!roll(d, 16))
		f.flags |= NP_FAULT_POLICY;
	if (!roll(d, 16)) {
		f.flags |= NP_FAULT_POLICY | NP_FAULT_LAZY;
		f.wanted = (s16)(roll(d, m->nr_nodes + 2) - 1);
	}
	return f;
}

static struct np_outcome random_outcome(struct dice *d,
					const struct np_fault *f,
					const struct np_decision *dec)
{
	struct np_outcome o = { .node = f->page_node, .ns = roll(d, 100000) };
	u32 luck = roll(d, 8);

	if (dec->verdict != NP_MOVE)
		return o;
	o.moved = luck < 6;
	o.failed = luck == 6;
	if (o.moved)
		o.node = dec->nid;
	return o;
}

/* What changes from fault to fault around the process. */
static void random_surroundings(struct dice *d, struct home *h)
{
	int nid;

	h->c.now_ns += roll(d, 1000000);
	h->c.task = roll(d, 32) ? &h->task : NULL;
	h->proc.flags = roll(d, 8) ? 0 : NP_PROC_SHADOW;
	for (nid = 0; nid < HOME_NODES; nid++)
		h->refuse[nid] = roll(d, 6) ? NP_R_NONE :
				 NP_R_CPUSET + roll(d, 7);
}

/* ------------------------------------------------------------------- tally */

/* The same sums, made from what goes in and comes out of the core. */
struct tally {
	u64 pages;
	u64 local;
	u64 wanted;		/* moves in the answer, agreed to or not */
	u64 refused;
	u64 shadowed;
	u64 moved;
	u64 failed;
	u64 open;		/* agreed, and neither moved nor failed */
	u64 ns;
	u64 verdict[NP_NR_VERDICTS];	/* faults */
	u64 reason[NP_NR_REASONS];	/* pages */
	u64 lazy;		/* faults that the application asked to move */
	u64 takeovers;		/* after ejections */
	u64 credited;		/* since the statistics were last zeroed */
};

static void tally_decision(struct tally *t, const struct np_fault *f,
			   const struct np_decision *d)
{
	t->pages += f->pages;
	t->local += f->node == f->page_node;
	t->verdict[d->verdict]++;
	t->reason[d->reason] += f->pages;
	if (d->verdict != NP_STAY)
		t->wanted += f->pages;
	if (d->verdict == NP_REFUSED)
		t->refused += f->pages;
	if (d->verdict == NP_SHADOW)
		t->shadowed += f->pages;
}

static void tally_outcome(struct tally *t, const struct np_fault *f,
			  const struct np_decision *d,
			  const struct np_outcome *o)
{
	bool agreed = d->verdict == NP_MOVE || d->verdict == NP_QUEUE;

	t->ns += o->ns;
	t->credited += f->pages;
	if (o->moved)
		t->moved += f->pages;
	else if (o->failed)
		t->failed += f->pages;
	else if (agreed)
		t->open += f->pages;
}

/* -------------------------------------------------------------------- a run */

struct run {
	struct np_record *rec;
	struct np_decision *dec;
	size_t nr_rec;
	struct tally t;
	np_counter_t counter[NP_NR_COUNTERS];
	np_counter_t reason[NP_NR_REASONS];
};

/* Every decision is one that a home can carry out as it is. */
static void assert_sound(const struct home *h, const struct np_fault *f,
			 const struct np_decision *d)
{
	assert_true(d->verdict < NP_NR_VERDICTS);
	assert_true(d->reason < NP_NR_REASONS);
	if (d->verdict == NP_STAY || d->verdict == NP_REFUSED) {
		assert_int_equal(d->nid, NP_NO_NODE);
		return;
	}
	assert_true(np_node_has_memory(&h->m, d->nid));
	assert_int_not_equal(d->nid, f->page_node);
	assert_int_equal(d->asked, d->nid);
	assert_int_equal(h->refuse[d->nid], NP_R_NONE);
	assert_int_equal(d->verdict == NP_SHADOW,
			 h->proc.flags == NP_PROC_SHADOW &&
			 !(f->flags & NP_FAULT_LAZY));
	assert_true(!(f->flags & NP_FAULT_POLICY) ||
		    (f->flags & NP_FAULT_LAZY));
}

/* An ejected policy would only ever say so: give it another chance. */
static void take_over_if_ejected(struct home *h, struct tally *t)
{
	char spec[NP_SPEC_LEN];

	if (!h->inst.ejected)
		return;
	memcpy(spec, h->inst.spec, sizeof(spec));
	assert_int_equal(np_instance_init(&h->inst, spec, NULL), 0);
	np_proc_start(&h->proc, &h->inst);
	np_task_refresh(&h->task);
	t->takeovers++;
	t->credited = 0;
}

static struct np_decision one_fault(struct home *h, struct dice *d,
				    struct tally *t)
{
	struct np_fault f = random_fault(d, &h->m);
	struct np_decision dec;
	struct np_outcome o;

	random_surroundings(d, h);
	dec = np_decide(&h->c, &f);
	assert_sound(h, &f, &dec);
	t->lazy += (f.flags & NP_FAULT_LAZY) && dec.verdict != NP_STAY;
	tally_decision(t, &f, &dec);
	o = random_outcome(d, &f, &dec);
	np_account(&h->c, &f, &dec, &o);
	tally_outcome(t, &f, &dec, &o);
	return dec;
}

static struct run *new_run(void)
{
	struct run *r = calloc(1, sizeof(*r));

	r->rec = calloc(ROOM, sizeof(*r->rec));
	r->dec = calloc(FAULTS, sizeof(*r->dec));
	return r;
}

static void free_run(struct run *r)
{
	free(r->rec);
	free(r->dec);
	free(r);
}

static struct run *run(const struct np_policy_ops *ops, const char *spec,
		       u64 seed)
{
	struct home *h = home_open(ops, spec);
	struct run *r = new_run();
	struct dice d = { seed };
	int i;

	policy_dice.state = ~seed;
	home_give_stats(h);
	h->rec = r->rec;
	h->room = ROOM;
	for (i = 0; i < FAULTS; i++) {
		take_over_if_ejected(h, &r->t);
		r->dec[i] = one_fault(h, &d, &r->t);
	}
	r->nr_rec = h->nr_rec;
	memcpy(r->counter, h->proc.counter, sizeof(r->counter));
	memcpy(r->reason, h->proc.reason, sizeof(r->reason));
	return r;
}

/* ----------------------------------------------------------- what adds up */

static u64 sum(const u64 *values, size_t nr)
{
	u64 total = 0;

	while (nr--)
		total += *values++;
	return total;
}

static void assert_faults_add_up(const struct run *r)
{
	const struct tally *t = &r->t;

	assert_int_equal(r->counter[NP_C_FAULTS], FAULTS);
	assert_int_equal(sum(t->verdict, NP_NR_VERDICTS), FAULTS);
	assert_int_equal(r->counter[NP_C_FAULT_PAGES], t->pages);
	assert_int_equal(r->counter[NP_C_LOCAL_FAULTS], t->local);
	assert_int_equal(r->counter[NP_C_FAULT_NS], t->ns);
}

/* Every page of every fault has one reason, and a second if it failed late. */
static void assert_reasons_add_up(const struct run *r)
{
	const struct tally *t = &r->t;
	int i;

	for (i = 0; i < NP_NR_REASONS; i++)
		assert_int_equal(r->reason[i], t->reason[i] +
				 (i == NP_R_MOVE_FAILED ? t->failed : 0));
	assert_int_equal(sum(r->reason, NP_NR_REASONS), t->pages + t->failed);
}

static void assert_moves_add_up(const struct run *r)
{
	const struct tally *t = &r->t;

	assert_int_equal(r->counter[NP_C_MOVED], t->moved);
	assert_int_equal(r->counter[NP_C_SHADOWED], t->shadowed);
	assert_int_equal(r->counter[NP_C_REFUSED], t->refused + t->failed);
	assert_int_equal(t->wanted, r->counter[NP_C_MOVED] +
			 r->counter[NP_C_REFUSED] + r->counter[NP_C_SHADOWED] +
			 t->open);
}

/* From defined answers, what was asked is exactly what became of it. */
static void assert_asked_adds_up(const struct run *r)
{
	assert_int_equal(r->counter[NP_C_MOVES_ASKED], r->t.wanted);
	assert_int_equal(r->t.takeovers, 0);
}

/* What a reader of the trace alone would compute. */
static void read_trace(const struct run *r, struct tally *t)
{
	size_t i;

	for (i = 0; i < r->nr_rec; i++) {
		const struct np_record *rec = &r->rec[i];

		if (rec->type == NP_REC_PAGE) {
			t->pages += rec->pages;
			t->verdict[rec->verdict]++;
		} else if (rec->type == NP_REC_MOVED) {
			t->moved += rec->pages;
			continue;
		}
		t->reason[rec->reason] += rec->pages;
		if (rec->verdict == NP_REFUSED)
			t->refused += rec->pages;
		if (rec->verdict == NP_SHADOW)
			t->shadowed += rec->pages;
	}
}

/* "Numbers and traces cannot disagree." */
static void assert_trace_agrees(const struct run *r)
{
	struct tally t = { 0 };

	assert_true(r->nr_rec <= ROOM);
	read_trace(r, &t);
	assert_int_equal(sum(t.verdict, NP_NR_VERDICTS),
			 r->counter[NP_C_FAULTS]);
	assert_memory_equal(t.verdict, r->t.verdict, sizeof(t.verdict));
	assert_int_equal(t.pages, r->counter[NP_C_FAULT_PAGES]);
	assert_int_equal(t.moved, r->counter[NP_C_MOVED]);
	assert_int_equal(t.refused, r->counter[NP_C_REFUSED]);
	assert_int_equal(t.shadowed, r->counter[NP_C_SHADOWED]);
	assert_memory_equal(t.reason, r->reason, sizeof(t.reason));
}

static void assert_all_adds_up(const struct run *r)
{
	assert_faults_add_up(r);
	assert_reasons_add_up(r);
	assert_moves_add_up(r);
	assert_trace_agrees(r);
}

/* ..but what follows its memory policy. */
static void nothing_moved(const struct run *r)
{
	assert_int_equal(r->counter[NP_C_SHADOWED], 0);
	assert_int_equal(r->t.verdict[NP_STAY] + r->t.lazy, FAULTS);
}

static void the_numbers_of_stock_add_up(void **state)
{
	struct run *r = run(NULL, "stock", 1);

	(void)state;
	assert_all_adds_up(r);
	nothing_moved(r);
	free_run(r);
}

static void the_numbers_of_none_add_up(void **state)
{
	struct run *r = run(NULL, "none", 2);

	(void)state;
	assert_all_adds_up(r);
	nothing_moved(r);
	free_run(r);
}

static void the_numbers_of_moron_add_up(void **state)
{
	struct run *r = run(NULL, "moron", 3);

	(void)state;
	assert_all_adds_up(r);
	assert_asked_adds_up(r);
	assert_true(r->counter[NP_C_MOVED] > 0);
	free_run(r);
}

static void the_numbers_of_any_defined_answer_add_up(void **state)
{
	struct run *r = run(&polite, "polite", 4);
	int i;

	(void)state;
	assert_all_adds_up(r);
	assert_asked_adds_up(r);
	for (i = 0; i < NP_NR_VERDICTS; i++)
		assert_true(r->t.verdict[i] > 0);
	free_run(r);
}

static void the_numbers_of_any_answer_add_up(void **state)
{
	struct run *r = run(&hostile, "hostile", 5);

	(void)state;
	assert_all_adds_up(r);
	assert_true(r->t.takeovers > 100);
	assert_int_equal(r->t.reason[NP_R_EJECTED], r->reason[NP_R_EJECTED]);
	free_run(r);
}

/* -------------------------------------------------------------- statistics */

static u64 credited(const struct np_stats *s)
{
	u64 total = 0;
	int nid;

	for (nid = 0; nid < HOME_NODES; nid++)
		total += np_stats_node(s, nid);
	return total;
}

/* The process has all faults, the thread all but those it had no state for. */
static void every_outcome_is_credited_once(void **state)
{
	struct home *h = home_open(&polite, "polite");
	struct tally t = { 0 };
	struct dice d = { 8 };
	int i;

	(void)state;
	for (i = 0; i < FAULTS; i++) {
		one_fault(h, &d, &t);
		assert_true(h->proc.stats->total >= h->task.stats->total);
	}
	assert_int_equal(h->proc.stats->total, t.credited);
	assert_int_equal(credited(h->proc.stats), t.credited);
	assert_int_equal(credited(h->task.stats), h->task.stats->total);
	assert_true(h->task.stats->total > t.credited / 2);
}

/* -------------------------------------------------------------- determinism */

static void assert_same(const struct run *a, const struct run *b)
{
	assert_int_equal(a->nr_rec, b->nr_rec);
	assert_memory_equal(a->rec, b->rec, ROOM * sizeof(*a->rec));
	assert_memory_equal(a->dec, b->dec, FAULTS * sizeof(*a->dec));
	assert_memory_equal(a->counter, b->counter, sizeof(a->counter));
	assert_memory_equal(a->reason, b->reason, sizeof(a->reason));
}

static void assert_repeats(const struct np_policy_ops *ops, const char *spec)
{
	struct run *first = run(ops, spec, 2012);
	struct run *other, *again;

	/* Whatever a run leaves behind must not reach the next one. */
	other = run(&hostile, "hostile", 99);
	again = run(ops, spec, 2012);
	assert_same(first, again);
	free_run(first);
	free_run(other);
	free_run(again);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
	(void)state;
	assert_repeats(NULL, "none");
	assert_repeats(NULL, "moron");
	assert_repeats(&np_test_maximal, "maximal");
	assert_repeats(&polite, "polite");
	assert_repeats(&hostile, "hostile");
}

static void other_input_gives_other_bytes(void **state)
{
	struct run *a = run(&polite, "polite", 1), *b = run(&polite, "polite", 2);

	(void)state;
	assert_int_not_equal(memcmp(a->dec, b->dec, FAULTS * sizeof(*a->dec)), 0);
	free_run(a);
	free_run(b);
}

/* ------------------------------------------------------------------- scans */

static void random_chunk(struct dice *d, const struct np_ctx *c)
{
	u32 walked = 1 + roll(d, NP_SCAN_CHUNK);

	np_scan_marked(c, walked, roll(d, 3) ? roll(d, walked + 1) : 0);
}

/* One call; a pass may end in it. Returns how long the task owes run time. */
static u32 random_call(struct dice *d, struct home *h)
{
	struct np_scan *s = &h->proc.scan;
	struct np_scan_plan plan = np_scan_begin(&h->c);
	bool done = !roll(d, 20);
	u32 chunks = 1 + roll(d, 8);

	while (s->left && chunks--)
		random_chunk(d, &h->c);
	assert_true(s->left <= plan.pages);
	if (done)
		np_scan_pass(&h->c);
	return np_scan_end(&h->c, &plan, done, roll(d, 3000000));
}

static void some_faults(struct dice *d, struct home *h)
{
	u32 faults = roll(d, 1000);

	np_event(&h->c, NP_C_FAULTS, faults, NULL);
	np_event(&h->c, NP_C_LOCAL_FAULTS,
		 roll(d, 2) ? faults : roll(d, faults + 1), NULL);
}

static void assert_scan_sound(const struct home *h, u32 wait_ms)
{
	const struct np_scan *s = &h->proc.scan;

	assert_true(wait_ms > 0);
	assert_true(s->window_ns <= h->c.now_ns);
	assert_in_range(s->period_ms, h->inst.param[NP_P_SCAN_PERIOD],
			h->inst.param[NP_P_SCAN_PERIOD_MAX]);
	if (!s->left)
		assert_true(s->next_ns >= s->window_ns +
			    h->inst.param[NP_P_SCAN_PERIOD] * NS_PER_MS);
	assert_true(counter(h, NP_C_SCAN_MARKED) <= counter(h, NP_C_SCAN_PAGES));
}

static void assert_scans_add_up(const struct home *h, u64 calls)
{
	u64 pages = h->proc.scan.left ? h->proc.scan.marked : 0;
	u64 windows = 0, passes = 0;
	size_t i;

	assert_true(h->nr_rec <= h->room);
	for (i = 0; i < h->nr_rec; i++) {
		windows += h->rec[i].type == NP_REC_WINDOW;
		passes += h->rec[i].type == NP_REC_PASS;
		pages += h->rec[i].pages;
	}
	assert_int_equal(windows, counter(h, NP_C_SCAN_WINDOWS));
	assert_int_equal(passes, counter(h, NP_C_SCAN_PASSES));
	assert_int_equal(passes, h->proc.scan.passes);
	assert_int_equal(pages, counter(h, NP_C_SCAN_MARKED));
	assert_int_equal(calls, windows + counter(h, NP_C_SCAN_BUDGET));
}

/* Every call ends a window or is a budget stop; every mark is in one window. */
static void the_numbers_of_any_scan_add_up(void **state)
{
	struct home *h = home_open(&polite, "polite:scan_size=32,scan_period=20");
	struct np_record *rec = calloc(ROOM, sizeof(*rec));
	struct dice d = { 3 };
	int i;

	(void)state;
	h->rec = rec;
	h->room = ROOM;
	for (i = 0; i < FAULTS; i++) {
		h->c.now_ns += roll(&d, 100000000);
		some_faults(&d, h);
		assert_scan_sound(h, random_call(&d, h));
	}
	assert_scans_add_up(h, FAULTS);
	free(rec);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest property[] = {
		T(the_numbers_of_stock_add_up),
		T(the_numbers_of_none_add_up),
		T(the_numbers_of_moron_add_up),
		T(the_numbers_of_any_defined_answer_add_up),
		T(the_numbers_of_any_answer_add_up),
		T(every_outcome_is_credited_once),
		T(the_same_input_gives_the_same_bytes),
		T(other_input_gives_other_bytes),
		T(the_numbers_of_any_scan_add_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(property, NULL, NULL);
}
