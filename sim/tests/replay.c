// SPDX-License-Identifier: GPL-2.0
/*
 * Replay: what the policy code did is reproduced to the byte, and whatever is
 * not as it was is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "history.h"
#include "replay/replay.h"
#include "replay/whatif.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define STEPS	3000
#define NOWHERE	SIZE_MAX

/* ------------------------------------------------------------------ replaying */

/* Return: number of the record that differs or makes no sense, or NOWHERE. */
static size_t replay_all(const struct np_record *rec, size_t nr,
			 struct replay_difference *ret, struct sim_error *e)
{
	struct replay *r = replay_new(&history_machine, e);
	int found = 0;
	size_t i;

	assert_non_null(r);
	for (i = 0; i < nr && !found; i++)
		found = replay_record(r, &rec[i], e);
	if (found > 0)
		*ret = *replay_difference(r);
	else
		assert_null(replay_difference(r));
	replay_free(r);
	return found ? i - 1 : NOWHERE;
}

static void print_difference(size_t at, const struct replay_difference *d)
{
	print_message("record %zu: type %u, state %u, verdict %u, reason %u, "
		      "asked %d, dst %d; here: %s type %u, state %u, "
		      "verdict %u, reason %u, asked %d, dst %d\n", at,
		      d->recorded.type, d->recorded.state, d->recorded.verdict,
		      d->recorded.reason, d->recorded.asked, d->recorded.dst,
		      d->nothing ? "nothing" : "", d->here.type,
		      d->here.state, d->here.verdict, d->here.reason,
		      d->here.asked, d->here.dst);
}

static void assert_reproduced(const struct history *h)
{
	struct replay_difference d = { 0 };
	struct sim_error e = { "" };
	size_t at = replay_all(h->rec, h->nr, &d, &e);

	if (at == NOWHERE)
		return;
	print_difference(at, &d);
	fail_msg("differs at %zu of %zu: %s", at, h->nr, e.text);
}

static void reproduce(const char *spec)
{
	struct history h;

	for (uint64_t seed = 0; seed < 20; seed++) {
		history_invent(&h, spec, STEPS, seed);
		assert_true(h.nr > STEPS / 2);
		assert_reproduced(&h);
		history_free(&h);
	}
}

static void the_policies_of_this_tree_are_reproduced(void **state)
{
	(void)state;
	for (unsigned int i = 0; np_policy_at(i); i++)
		if (!np_policy_at(i)->owner &&
		    !(np_policy_at(i)->need & NP_CAN_GROUPS))
			reproduce(np_policy_at(i)->name);
}

/* Each of its answers depends on every byte of every call before. */
static void a_policy_that_remembers_everything_is_reproduced(void **state)
{
	(void)state;
	reproduce("chaos");
	reproduce("chaos_all");
	reproduce("chaos:salt=7,scan_size=1,scan_period=10");
}

/* One kind of bad answer each; the instance is shared by a whole family. */
static void ejections_are_reproduced(void **state)
{
	static const char *const modes[] = {
		"rogue:mode=0", "rogue:mode=1", "rogue:mode=2", "rogue:mode=3",
		"rogue:mode=4", "rogue:mode=5", "rogue:mode=6",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		reproduce(modes[i]);
}

static size_t count_type(const struct history *h, unsigned int type)
{
	size_t nr = 0;

	for (size_t i = 0; i < h->nr; i++)
		nr += h->rec[i].type == type;
	return nr;
}

/* No number is used twice in a history. */
static size_t count_pids(const struct history *h)
{
	bool seen[4096] = { false };
	size_t nr = 0;

	for (size_t i = 0; i < h->nr; i++) {
		assert_true(h->rec[i].pid < ARRAY_SIZE(seen));
		nr += !seen[h->rec[i].pid];
		seen[h->rec[i].pid] = true;
	}
	return nr;
}

/* ...else the tests above would show little. */
static void histories_have_everything(void **state)
{
	struct history h;

	(void)state;
	history_invent(&h, "chaos_all", 20 * STEPS, 1);
	for (unsigned int type = NP_REC_PAGE; type < NP_REC_END_FEED; type++)
		if (type < NP_REC_END_DECISIONS || type >= NP_REC_FEED)
			assert_true(count_type(&h, type) > 10);
	history_free(&h);
}

static void what_was_replayed_is_counted(void **state)
{
	struct sim_error e;
	struct replay *r = replay_new(&history_machine, &e);
	struct replay_counts n;
	struct history h;

	(void)state;
	history_invent(&h, "moron", STEPS, 3);
	for (size_t i = 0; i < h.nr; i++)
		assert_int_equal(replay_record(r, &h.rec[i], &e), 0);
	n = replay_counts(r);
	assert_int_equal(n.records, h.nr);
	assert_int_equal(n.decisions, count_type(&h, NP_REC_PAGE));
	assert_int_equal(n.passes, count_type(&h, NP_REC_PASS));
	assert_int_equal(n.processes, count_pids(&h));
	assert_true(n.threads > n.processes);
	assert_true(n.moved > 0);
	assert_int_equal(n.first_ns, h.rec[0].time_ns);
	assert_int_equal(n.last_ns, h.rec[h.nr - 1].time_ns);
	replay_free(r);
	history_free(&h);
}

/* A recording may end at any moment. */
static void any_beginning_is_a_trace(void **state)
{
	struct replay_difference d;
	struct sim_error e;
	struct history h;

	(void)state;
	history_invent(&h, "chaos", 300, 4);
	for (size_t nr = 0; nr <= h.nr; nr++)
		assert_true(replay_all(h.rec, nr, &d, &e) == NOWHERE);
	history_free(&h);
}

/* ------------------------------------------------------------------ tampering */

/* What the home refused is a fact, and no answer. */
static bool is_answer(const struct np_record *r)
{
	return (r->type == NP_REC_PAGE || r->type == NP_REC_TASK) &&
	       r->verdict != NP_REFUSED;
}

/* Fields that are answers: found at that very record. */
static void tamper_answer(struct np_record *r, uint64_t *dice)
{
	switch (history_random(dice, 4)) {
	case 0:
		r->verdict = (r->verdict + 1) % NP_NR_VERDICTS;
		break;
	case 1:
		r->reason = (r->reason + 1) % NP_NR_REASONS;
		break;
	case 2:
		r->asked++;
		break;
	default:
		r->dst = r->dst < HISTORY_NODES - 1 ? r->dst + 1 : -1;
	}
}

static void a_changed_answer_is_found_where_it_is(void **state)
{
	struct replay_difference d;
	struct sim_error e;
	uint64_t dice = 5;
	struct history h;

	(void)state;
	history_invent(&h, "chaos_all", 1000, 5);
	for (size_t i = 0; i < h.nr; i++) {
		struct np_record kept = h.rec[i];

		if (!is_answer(&kept))
			continue;
		tamper_answer(&h.rec[i], &dice);
		assert_int_equal(replay_all(h.rec, h.nr, &d, &e), i);
		assert_memory_equal(&d.recorded, &h.rec[i], sizeof(kept));
		assert_false(d.nothing);
		d.here.seq = kept.seq;
		if (h.rec[i].verdict != NP_REFUSED)
			assert_memory_equal(&d.here, &kept, sizeof(kept));
		h.rec[i] = kept;
	}
	history_free(&h);
}

/* Return: is there a later call about the process that would show it? */
static bool has_consequences(const struct history *h, size_t i)
{
	unsigned int calls = 0;

	for (size_t k = i + 1; k < h->nr && calls < 40; k++) {
		if (h->rec[k].pid != h->rec[i].pid)
			continue;
		if (h->rec[k].type == NP_REC_GONE ||
		    h->rec[k].type == NP_REC_ATTACH)
			return false;
		calls += h->rec[k].type == NP_REC_PAGE;
	}
	return calls == 40;
}

/*
 * Fields that a policy is told of: found there or a little later, for it answers
 * otherwise from then on.
 */
static void tamper_input(struct np_record *r, uint64_t *dice)
{
	switch (history_random(dice, 3)) {
	case 0:
		r->time_ns++;
		break;
	case 1:
		r->cpu = (r->cpu + 1) % 4;
		break;
	default:
		r->tid += 1000000;
	}
}

/* Of some faults no policy ever hears. */
static bool is_asked(const struct np_record *r)
{
	return r->type != NP_REC_PAGE || (!(r->flags & NP_FAULT_POLICY) &&
					  r->reason != NP_R_NO_STATE);
}

static bool is_told(const struct np_record *r)
{
	return (r->type == NP_REC_PAGE && is_asked(r)) ||
	       r->type == NP_REC_KEPT || r->type == NP_REC_MOVED ||
	       r->type == NP_REC_PLAN || r->type == NP_REC_PASS;
}

static void a_changed_input_is_found(void **state)
{
	struct replay_difference d;
	struct sim_error e;
	uint64_t dice = 6;
	struct history h;

	(void)state;
	history_invent(&h, "chaos", 2000, 6);
	for (size_t i = 0; i < h.nr; i++) {
		struct np_record kept = h.rec[i];
		size_t at;

		if (!is_told(&kept) || !has_consequences(&h, i))
			continue;
		tamper_input(&h.rec[i], &dice);
		at = replay_all(h.rec, h.nr, &d, &e);
		assert_true(at != NOWHERE && at >= i);
		h.rec[i] = kept;
	}
	history_free(&h);
}

/*
 * A thread is made when it is first heard of; a walk may change nothing, nor a
 * pull to where home is already, or another word of that; and of workers, or
 * threads that are brought home, the policy is not told.
 */
static bool is_missed(const struct np_record *r)
{
	return is_asked(r) && r->type != NP_REC_THREAD &&
	       r->type != NP_REC_MARKED && r->type != NP_REC_WORKED &&
	       r->type != NP_REC_PULLED && r->type != NP_REC_HOME &&
	       r->type != NP_REC_BROUGHT;
}

static void a_missing_record_is_found(void **state)
{
	struct replay_difference d;
	struct sim_error e;
	struct history h;

	(void)state;
	history_invent(&h, "chaos", 2000, 7);
	for (size_t i = 0; i < h.nr; i++) {
		struct np_record kept = h.rec[i];

		if (!has_consequences(&h, i) || !is_missed(&kept))
			continue;
		memmove(&h.rec[i], &h.rec[i + 1],
			(h.nr - i - 1) * sizeof(kept));
		assert_true(replay_all(h.rec, h.nr - 1, &d, &e) != NOWHERE);
		memmove(&h.rec[i + 1], &h.rec[i],
			(h.nr - i - 1) * sizeof(kept));
		h.rec[i] = kept;
	}
	history_free(&h);
}

/* ------------------------------------------------------------------- nonsense */

struct scribe {
	struct np_record rec[64];
	size_t nr;
};

static struct np_record *write_one(struct scribe *s, unsigned int type)
{
	struct np_record *r = &s->rec[s->nr];

	*r = (struct np_record){
		.seq = s->nr, .time_ns = 1000 + s->nr, .pid = 7, .tid = 7,
		.cpu = 0, .last_cpu = NP_NO_CPU, .src = NP_NO_NODE,
		.asked = NP_NO_NODE, .dst = NP_NO_NODE, .type = type,
		.node = NP_NO_NODE, .last_node = NP_NO_NODE,
	};
	s->nr++;
	return r;
}

static void write_spec(struct scribe *s, uint32_t pid, const char *spec)
{
	char text[NP_SPEC_LEN] = "";

	strncpy(text, spec, sizeof(text) - 1);
	for (u32 at = 0; at <= strlen(spec); at += NP_SPEC_PIECE) {
		struct np_record *r = write_one(s, NP_REC_SPEC);

		r->pid = r->tid = pid;
		r->pages = at;
		memcpy(&r->addr, text + at, 8);
		memcpy(&r->value, text + at + 8, 8);
	}
}

static void write_attach(struct scribe *s, uint32_t pid, const char *spec)
{
	struct np_record *r;

	write_spec(s, pid, spec);
	r = write_one(s, NP_REC_ATTACH);
	r->pid = r->tid = pid;
	r->value = NP_CAN_ALL;
}

static void refused(const struct scribe *s, const char *why)
{
	struct replay_difference d;
	struct sim_error e = { "" };
	size_t at = replay_all(s->rec, s->nr, &d, &e);

	assert_int_equal(at, s->nr - 1);
	if (!strstr(e.text, why))
		fail_msg("'%s' instead of '%s'", e.text, why);
}

static void a_trace_that_makes_no_sense_is_refused(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_one(&s, NP_REC_EXEC);
	refused(&s, "record 0 makes no sense: the process is not managed");
	s.nr = 0;
	write_one(&s, NP_REC_FORK)->value = 3;
	refused(&s, "the parent is not managed");
	s.nr = 0;
	write_attach(&s, 3, "none");
	write_attach(&s, 7, "none");
	write_one(&s, NP_REC_FORK)->value = 3;
	refused(&s, "this process is there already");
	s.nr = 0;
	write_one(&s, NP_REC_ATTACH)->value = NP_CAN_ALL;
	refused(&s, "whose name is missing");
	s.nr = 0;
	write_one(&s, NP_REC_SPEC)->pages = 16;
	refused(&s, "letters of a policy's name");
	s.nr = 0;
	write_spec(&s, 7, "none");
	write_one(&s, NP_REC_SPEC)->pages = 16;
	refused(&s, "letters of a policy's name");
}

static void a_policy_that_is_not_here_is_refused(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_attach(&s, 7, "elsewhere");
	refused(&s, "policy 'elsewhere': no policy of that name");
	s.nr = 0;
	write_attach(&s, 7, "none:scan_size=0");
	refused(&s, "out of range");
}

/* Neither a window nor a wish comes of nothing. */
static void a_result_without_a_call_differs(void **state)
{
	static const unsigned int types[] = { NP_REC_WINDOW, NP_REC_TASK };
	struct replay_difference d;
	struct sim_error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct scribe s = { .nr = 0 };

		write_attach(&s, 7, "none");
		write_one(&s, types[i]);
		assert_int_equal(replay_all(s.rec, s.nr, &d, &e), s.nr - 1);
		assert_true(d.nothing);
	}
}

/* -------------------------------------------------------------------- what if */

#define PAGE_ADDR 0x7f0000000000ULL

/* A sample of page @i on node @src from node @node; recorded: it stays. */
static struct np_record *write_page(struct scribe *s, int i, int src, int node)
{
	struct np_record *r = write_one(s, NP_REC_PAGE);

	r->addr = PAGE_ADDR + ((u64)i << NP_PAGE_SHIFT);
	r->pages = 1;
	r->cpu = node * 2;
	r->src = src;
	r->node = node;
	r->reason = NP_R_OBSERVE;
	return r;
}

/* ...and its outcome, as decided. */
static struct np_record *write_outcome(struct scribe *s, unsigned int type,
				       int dst)
{
	struct np_record *r = write_one(s, type), page = r[-1];

	page.seq = r->seq;
	page.time_ns = r->time_ns;
	*r = page;
	r->type = type;
	r->dst = dst;
	r->value = 5;
	return r;
}

static void write_sample(struct scribe *s, int i, int src, int node)
{
	write_page(s, i, src, node);
	write_outcome(s, NP_REC_KEPT, src);
}

static struct whatif_result what_if(const struct scribe *s, const char *spec)
{
	struct sim_error e = { "" };
	struct whatif *wi = whatif_new(&history_machine, spec, &e);
	struct whatif_result n;

	assert_non_null(wi);
	for (size_t i = 0; i < s->nr; i++)
		if (whatif_record(wi, &s->rec[i], &e))
			fail_msg("%s", e.text);
	n = *whatif_result(wi);
	whatif_free(wi);
	return n;
}

static void a_page_is_where_the_other_policy_would_have_moved_it(void **state)
{
	struct scribe s = { .nr = 0 };
	struct whatif_result n;

	(void)state;
	write_attach(&s, 7, "none");
	write_sample(&s, 0, 0, 1);	/* moron moves it to 1 */
	write_sample(&s, 0, 0, 1);
	write_sample(&s, 0, 0, 1);
	write_sample(&s, 0, 0, 0);	/* and back to 0 */
	n = what_if(&s, "moron");
	assert_int_equal(n.samples, 4);
	assert_int_equal(n.recorded.local, 1);
	assert_int_equal(n.other.local, 2);
	assert_int_equal(n.other.verdict[NP_MOVE], 2);
	assert_int_equal(n.other.moved, 2);
	assert_int_equal(n.recorded.moved, 0);
	assert_int_equal(n.differ, 4);
}

/* The recorded policy moves it at once; none would have left it there. */
static void a_page_is_not_where_only_the_recorded_policy_moved_it(void **state)
{
	struct scribe s = { .nr = 0 };
	struct np_record *r;
	struct whatif_result n;

	(void)state;
	write_attach(&s, 7, "moron");
	r = write_page(&s, 0, 0, 1);
	r->verdict = NP_MOVE;
	r->asked = r->dst = 1;
	write_outcome(&s, NP_REC_MOVED, 1);
	write_sample(&s, 0, 1, 1);
	write_sample(&s, 0, 1, 1);
	n = what_if(&s, "none");
	assert_int_equal(n.recorded.local, 2);
	assert_int_equal(n.recorded.moved, 1);
	assert_int_equal(n.other.local, 0);
	assert_int_equal(n.other.moved, 0);
}

static void a_new_page_is_where_it_is(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_attach(&s, 7, "none");
	write_sample(&s, 0, 0, 1);
	write_page(&s, 0, 0, 0)->flags = NP_FAULT_FIRST;
	assert_int_equal(what_if(&s, "moron").other.local, 1);
}

/* Two threads at once: the page is on its way when the second one faults. */
static void a_page_is_where_it_was_until_it_has_arrived(void **state)
{
	struct scribe s = { .nr = 0 };
	struct np_record *r;
	struct whatif_result n;

	(void)state;
	write_attach(&s, 7, "none");
	write_page(&s, 0, 0, 1);
	write_page(&s, 0, 0, 1)->tid = 8;
	r = write_one(&s, NP_REC_KEPT);
	*r = r[-1];
	r->type = NP_REC_KEPT;
	r->dst = 0;
	n = what_if(&s, "moron");
	assert_int_equal(n.other.verdict[NP_MOVE], 2);
	assert_int_equal(n.other.moved, 1);
}

/* Somebody else moved it meanwhile: compaction, a swap, another mapping. */
static void a_page_that_others_moved_is_where_it_is(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_attach(&s, 7, "none");
	write_sample(&s, 0, 0, 1);
	write_sample(&s, 0, 2, 1);
	assert_int_equal(what_if(&s, "moron").other.local, 0);
}

static void a_busy_page_is_busy_for_both(void **state)
{
	struct scribe s = { .nr = 0 };
	struct whatif_result n;

	(void)state;
	write_attach(&s, 7, "none");
	write_page(&s, 0, 0, 1);
	write_outcome(&s, NP_REC_FAILED, 0);
	write_sample(&s, 0, 0, 1);
	n = what_if(&s, "moron");
	assert_int_equal(n.other.failed, 1);
	assert_int_equal(n.other.moved, 1);
	assert_int_equal(n.other.local, 0);
}

static struct whatif_result refused_for(enum np_reason why, int asked)
{
	struct scribe s = { .nr = 0 };
	struct np_record *r;

	write_attach(&s, 7, "moron");
	r = write_page(&s, 0, 0, 1);
	r->verdict = NP_REFUSED;
	r->reason = why;
	r->asked = asked;
	write_outcome(&s, NP_REC_KEPT, 0);
	return what_if(&s, "moron");
}

static void refusals_are_facts_of_the_page_or_of_the_node(void **state)
{
	(void)state;
	assert_int_equal(refused_for(NP_R_MLOCKED, 2).other.moved, 0);
	assert_int_equal(refused_for(NP_R_FULL, 1).other.moved, 0);
	assert_int_equal(refused_for(NP_R_FULL, 1).other.reason[NP_R_FULL], 1);
	assert_int_equal(refused_for(NP_R_FULL, 2).other.moved, 1);
}

static void shadow_mode_is_left_for_trying_out(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_attach(&s, 7, "moron");
	s.rec[s.nr - 1].state = NP_STATE_SHADOW;
	write_page(&s, 0, 0, 1)->state = NP_STATE_SHADOW;
	assert_int_equal(what_if(&s, "moron").other.verdict[NP_MOVE], 1);
	assert_int_equal(what_if(&s, "moron").other.verdict[NP_SHADOW], 0);
}

static void a_child_has_its_parent_s_pages(void **state)
{
	struct scribe s = { .nr = 0 };
	struct np_record *r;

	(void)state;
	write_attach(&s, 3, "none");
	write_page(&s, 0, 0, 1)->pid = 3;
	write_outcome(&s, NP_REC_KEPT, 0);
	write_one(&s, NP_REC_FORK)->value = 3;
	write_page(&s, 0, 0, 1);	/* the parent's would be on 1 */
	r = write_one(&s, NP_REC_EXEC);
	assert_int_equal(r->pid, 7);
	write_page(&s, 0, 0, 1);	/* another page at that address */
	assert_int_equal(what_if(&s, "moron").other.local, 1);
}

static void a_huge_page_is_one_page(void **state)
{
	struct scribe s = { .nr = 0 };

	(void)state;
	write_attach(&s, 7, "none");
	write_page(&s, 0, 0, 1)->pages = 512;
	write_outcome(&s, NP_REC_KEPT, 0);
	write_page(&s, 511, 0, 1)->pages = 512;
	write_outcome(&s, NP_REC_KEPT, 0);
	write_page(&s, 512, 0, 1)->pages = 512;
	write_outcome(&s, NP_REC_KEPT, 0);
	assert_int_equal(what_if(&s, "moron").other.local, 1);
	assert_int_equal(what_if(&s, "moron").other.moved, 1024);
}

static void many_pages_are_kept_apart(void **state)
{
	struct scribe s = { .nr = 0 };
	struct sim_error e;
	struct whatif *wi = whatif_new(&history_machine, "moron", &e);

	(void)state;
	write_attach(&s, 7, "none");
	for (size_t i = 0; i < s.nr; i++)
		assert_int_equal(whatif_record(wi, &s.rec[i], &e), 0);
	for (int i = 0; i < 20000; i++) {
		s.nr = 0;
		write_sample(&s, i % 10000, 0, 1);
		assert_int_equal(whatif_record(wi, &s.rec[0], &e), 0);
		assert_int_equal(whatif_record(wi, &s.rec[1], &e), 0);
	}
	assert_int_equal(whatif_result(wi)->other.moved, 10000);
	assert_int_equal(whatif_result(wi)->other.local, 10000);
	whatif_free(wi);
}

/* Under the recorded policy itself nothing is otherwise. */
static void the_recorded_policy_differs_from_itself_in_nothing(void **state)
{
	struct scribe s = { .nr = 0 };
	struct np_record *r;
	struct whatif_result n;

	(void)state;
	write_attach(&s, 7, "moron");
	for (int i = 0; i < 4; i++) {
		r = write_page(&s, i, 0, 1);
		r->verdict = NP_MOVE;
		r->reason = NP_R_REMOTE_REF;
		r->asked = r->dst = 1;
		write_outcome(&s, NP_REC_MOVED, 1);
		write_page(&s, i, 1, 1)->reason = NP_R_LOCAL;
	}
	n = what_if(&s, "moron");
	assert_int_equal(n.differ, 0);
	assert_memory_equal(&n.recorded, &n.other, sizeof(n.other));
}

static void any_history_can_be_tried_with_any_policy(void **state)
{
	static const char *const specs[] = { "none", "moron", "chaos" };
	struct whatif_result n;
	struct sim_error e;
	struct history h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		struct whatif *wi = whatif_new(&history_machine, specs[i], &e);

		history_invent(&h, "chaos_all", 5 * STEPS, 8);
		for (size_t k = 0; k < h.nr; k++)
			if (whatif_record(wi, &h.rec[k], &e))
				fail_msg("%s", e.text);
		n = *whatif_result(wi);
		assert_int_equal(n.samples, count_type(&h, NP_REC_PAGE));
		whatif_free(wi);
		history_free(&h);
	}
}

static void what_the_kernel_would_have_done_is_not_known(void **state)
{
	struct scribe s = { .nr = 0 };
	struct sim_error e = { "" };
	struct whatif *wi = whatif_new(&history_machine, "stock", &e);

	(void)state;
	write_attach(&s, 7, "none");
	assert_int_equal(whatif_record(wi, &s.rec[0], &e), 0);
	assert_int_equal(whatif_record(wi, &s.rec[1], &e), -1);
	assert_non_null(strstr(e.text, "leaves all to the kernel"));
	whatif_free(wi);
}

static int setup(void **state)
{
	(void)state;
	history_policies();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policies_of_this_tree_are_reproduced),
		cmocka_unit_test(a_policy_that_remembers_everything_is_reproduced),
		cmocka_unit_test(ejections_are_reproduced),
		cmocka_unit_test(histories_have_everything),
		cmocka_unit_test(what_was_replayed_is_counted),
		cmocka_unit_test(any_beginning_is_a_trace),
		cmocka_unit_test(a_changed_answer_is_found_where_it_is),
		cmocka_unit_test(a_changed_input_is_found),
		cmocka_unit_test(a_missing_record_is_found),
		cmocka_unit_test(a_trace_that_makes_no_sense_is_refused),
		cmocka_unit_test(a_policy_that_is_not_here_is_refused),
		cmocka_unit_test(a_result_without_a_call_differs),
		cmocka_unit_test(a_page_is_where_the_other_policy_would_have_moved_it),
		cmocka_unit_test(a_page_is_not_where_only_the_recorded_policy_moved_it),
		cmocka_unit_test(a_new_page_is_where_it_is),
		cmocka_unit_test(a_page_is_where_it_was_until_it_has_arrived),
		cmocka_unit_test(a_page_that_others_moved_is_where_it_is),
		cmocka_unit_test(a_busy_page_is_busy_for_both),
		cmocka_unit_test(refusals_are_facts_of_the_page_or_of_the_node),
		cmocka_unit_test(shadow_mode_is_left_for_trying_out),
		cmocka_unit_test(a_child_has_its_parent_s_pages),
		cmocka_unit_test(a_huge_page_is_one_page),
		cmocka_unit_test(many_pages_are_kept_apart),
		cmocka_unit_test(the_recorded_policy_differs_from_itself_in_nothing),
		cmocka_unit_test(any_history_can_be_tried_with_any_policy),
		cmocka_unit_test(what_the_kernel_would_have_done_is_not_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
