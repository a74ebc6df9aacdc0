// SPDX-License-Identifier: GPL-2.0
/*
 * A story for people.
 */
#include "cli.h"
#include "explain.h"
#include "explain_census.h"
#include "explain_source.h"
#include "human.h"
#include "names.h"
#include "table.h"

#include <inttypes.h>
#include <string.h>

#define OFFERED		5	/* of pages, and of threads */
#define NODES_SHOWN	8
#define INDENT		"                "

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

static const char *s_of(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void print_time(const struct np_record *r)
{
	printf("%12.6f s  ", seconds(r->time_ns));
}

/* --------------------------------------------------------------- the beginning */

static void print_subject(const struct subject *a)
{
	if (a->thread)
		printf("thread %u of process %u", a->tid, a->pid);
	else
		printf("page 0x%" PRIx64 " of process %u, %u base page%s",
		       a->addr, a->pid, a->pages, s_of(a->pages));
}

static int offer_pages(const struct census *c, uint32_t pid)
{
	static const char *const heads[] = {
		"PAGE", ">PROCESS", ">FAULTS", ">MOVES", ">BACK", NULL
	};
	const struct census_page *p[OFFERED];
	size_t nr = census_pages(c, pid, p, OFFERED);
	struct libscols_table *t = nr ? table_new(heads) : NULL;

	for (size_t i = 0; t && i < nr; i++)
		if (table_row(t, "0x%" PRIx64 "\t%u\t%" PRIu64 "\t%" PRIu64
			      "\t%" PRIu64, p[i]->addr, p[i]->pid,
			      p[i]->faults, p[i]->moves, p[i]->back)) {
			table_free(t);
			return -1;
		}
	return t ? table_print(t) : nr ? -1 : 0;
}

static int offer_threads(const struct census *c, uint32_t pid)
{
	static const char *const heads[] = {
		"THREAD", ">PROCESS", ">FAULTS", ">LOCAL", ">MOVES ASKED",
		">AGREED", NULL
	};
	const struct census_thread *t[OFFERED];
	size_t nr = census_threads(c, pid, t, OFFERED);
	struct libscols_table *table = nr ? table_new(heads) : NULL;
	char share[HUMAN_LEN];

	for (size_t i = 0; table && i < nr; i++)
		if (table_row(table, "%u\t%u\t%" PRIu64 "\t%s\t%" PRIu64
			      "\t%" PRIu64, t[i]->tid, t[i]->pid, t[i]->faults,
			      human_share(share, t[i]->local, t[i]->faults),
			      t[i]->asked, t[i]->agreed)) {
			table_free(table);
			return -1;
		}
	return table ? table_print(table) : nr ? -1 : 0;
}

static const char *why_chosen(const struct subject *a, const struct census *c)
{
	if (a->thread)
		return "the thread that was moved most often";
	return c->moved ? "the page that moved most often" :
			  "no page moved; it has most faults";
}

static int begin(const struct source *s, const struct census *c,
		 const struct subject *about, bool chosen)
{
	printf("%s\n", s->title);
	print_subject(about);
	if (chosen)
		printf(": %s. Others (--page, --thread):\n",
		       why_chosen(about, c));
	putchar('\n');
	if (!chosen)
		return 0;
	if (offer_pages(c, s->args->pid) || printf("\n") < 0 ||
	    offer_threads(c, s->args->pid))
		return -1;
	putchar('\n');
	return 0;
}

/* ---------------------------------------------------------------- the numbers */

static void print_weight(const struct np_stats *s, int nid, const char *comma)
{
	uint32_t weight = np_stats_weight(s, nid);

	printf("%snode %d %u.%u %% (%u: %u private, %u shared; %u by its CPUs)",
	       comma, nid, weight / (NP_SCALE / 100), weight % 10,
	       np_stats_node(s, nid), np_stats_count(s, nid, NP_STATS_PRIVATE),
	       np_stats_count(s, nid, NP_STATS_SHARED), np_stats_cpu(s, nid));
}

static bool is_empty(const struct np_stats *s, int nid)
{
	return !np_stats_node(s, nid) && !np_stats_cpu(s, nid);
}

static void print_stats(const char *whose, const struct np_stats *s)
{
	unsigned int shown = 0, left = 0;

	if (!s)
		return;
	printf(INDENT "%s faults: ", whose);
	for (int nid = 0; nid < (int)s->nr_nodes; nid++) {
		if (is_empty(s, nid))
			continue;
		if (shown == NODES_SHOWN)
			left++;
		else
			print_weight(s, nid, shown++ ? ", " : "");
	}
	if (!shown)
		printf("none yet");
	if (left)
		printf(", and %u more nodes", left);
	putchar('\n');
}

static void print_home(const char *whose, int16_t home)
{
	if (home != NP_NO_NODE)
		printf(", home of the %s node %d", whose, home);
}

static void print_numbers(const struct numbers *n)
{
	char faults[HUMAN_LEN], share[HUMAN_LEN], moved[HUMAN_LEN];

	if (!n->policy[0])
		return;
	printf(INDENT "process so far: %s fault%s, %s local, %s page%s moved; "
	       "pass %u, period %u ms, %u pages marked in this window",
	       human_count(faults, n->faults), s_of(n->faults),
	       human_share(share, n->local, n->faults),
	       human_count(moved, n->moved), s_of(n->moved), n->passes + 1,
	       n->period_ms, n->marked);
	print_home("process", n->home);
	print_home("thread", n->task_home);
	putchar('\n');
	print_stats("thread's", n->task);
	print_stats("process'", n->proc);
}

/* ----------------------------------------------------------------- the steps */

static void print_before(const struct np_record *r)
{
	if (r->last_cpu == NP_NO_CPU) {
		printf("; nobody was seen before");
		return;
	}
	printf("; before it CPU %d (node %d), %s thread", r->last_cpu,
	       r->last_node, r->flags & NP_FAULT_PRIVATE ? "the same" :
							   "another");
}

static void print_filter(const struct np_record *r)
{
	printf("; a two-stage filter would %s", filter_passes(r) ?
	       "let it pass" : "hold it back");
}

/* Before that the core has its own reasons (policy/decide.c). */
static bool was_asked(const struct np_record *r)
{
	return r->verdict != NP_STAY ||
	       (r->reason != NP_R_MEMPOLICY && r->reason != NP_R_EJECTED &&
		r->reason != NP_R_STOCK && r->reason != NP_R_NO_STATE);
}

static void print_answer(const struct np_record *r, const char *policy)
{
	const char *who = policy[0] ? policy : "the policy";

	if (!was_asked(r))
		printf(". %s is not asked", who);
	else if (r->asked != NP_NO_NODE && r->asked != r->src)
		printf(". %s wants it on node %d", who, r->asked);
	else
		printf(". %s leaves it", who);
	if (r->verdict == NP_REFUSED)
		printf(", the core refuses: %s", reason_text(r->reason));
	else
		printf(": %s", reason_text(r->reason));
	if (r->verdict == NP_QUEUE)
		printf("; a worker is to move it");
	if (r->verdict == NP_SHADOW)
		printf("; in shadow mode nothing moves");
}

static void print_outcome(const struct step *s)
{
	char ns[HUMAN_LEN];

	if (s->end.type == NP_REC_MOVED)
		printf(". It is on node %d %s later", s->end.dst,
		       human_ns(ns, s->end.value));
	else if (s->end.type == NP_REC_FAILED)
		printf(". It could not be moved: %s",
		       reason_text(s->end.reason));
	else if (!s->end.type)
		printf(". What came of it is not in the trace");
}

static void print_fault(const struct subject *about, const struct step *s)
{
	const struct np_record *r = &s->rec;

	printf("thread %u on CPU %d (node %d) touches ", r->tid, r->cpu,
	       r->node);
	if (about->thread)
		printf("0x%" PRIx64, (uint64_t)r->addr);
	else
		printf("it");
	printf(" on node %d", r->src);
	print_before(r);
	print_filter(r);
	print_answer(r, s->n.policy);
	print_outcome(s);
	putchar('\n');
	print_numbers(&s->n);
}

static const char *call_text(uint8_t call)
{
	switch (call) {
	case NP_REC_PASS:
		return "after the pass";
	case NP_REC_PLACE:
		return "after its first fault since a pass";
	case NP_REC_EXEC:
		return "at its exec";
	case NP_REC_BROUGHT:
		return "away from home";
	default:
		return "at its birth";
	}
}

static void print_wish(const struct np_record *r)
{
	switch (r->flags) {
	case NP_TASK_HOME:
		printf("home node %d", r->asked);
		break;
	case NP_TASK_MOVE:
		printf("it on node %d", r->asked);
		if (r->cpu != NP_NO_CPU)
			printf(", CPU %d", r->cpu);
		break;
	case NP_TASK_SWAP:
		printf("it exchanged with who runs on CPU %d", r->cpu);
		break;
	case NP_TASK_SWAP_HOMES:
		printf("home nodes exchanged with who runs on CPU %d", r->cpu);
		break;
	default:
		printf("what is not defined");
	}
	if (r->value)
		printf(", to be at home there");
}

static void print_ask(const struct step *s)
{
	const struct np_record *r = &s->rec;

	printf("%s %s wants for thread %u: ", call_text(s->call),
	       s->n.policy, r->tid);
	print_wish(r);
	if (r->verdict == NP_REFUSED)
		printf("; the core refuses: ");
	else if (r->verdict == NP_SHADOW)
		printf("; in shadow mode nothing moves: ");
	else
		printf("; the core agrees: ");
	printf("%s\n", reason_text(r->reason));
	print_numbers(&s->n);
}

static void print_done(const struct step *s)
{
	printf("thread %u is on CPU %d (node %d): the wish was %s\n",
	       s->rec.tid, s->rec.cpu, s->from,
	       s->from == s->to ? "fulfilled" : "not fulfilled");
}

static void print_went(const struct step *s)
{
	printf("thread %u is on node %d, no longer on node %d: ", s->rec.tid,
	       s->to, s->from);
	if (s->partner)
		printf("it was exchanged with thread %u\n", s->partner);
	else
		printf("the scheduler moved it, no policy asked for it\n");
}

static void print_shares(const char *what, const uint64_t *count,
			 const struct tally *t)
{
	unsigned int shown = 0;
	char share[HUMAN_LEN];

	printf("; %s", what);
	for (unsigned int i = 0; i < t->nr_nodes && shown < NODES_SHOWN; i++)
		if (count[i])
			printf("%s node %u %s", shown++ ? "," : "", i,
			       human_share(share, count[i], t->faults));
}

static void print_tally(const struct tally *t)
{
	char faults[HUMAN_LEN], share[HUMAN_LEN], moved[HUMAN_LEN];

	printf("%s fault%s, %s local", human_count(faults, t->faults),
	       s_of(t->faults), human_share(share, t->local, t->faults));
	print_shares("memory on", t->memory, t);
	print_shares("from CPUs of", t->cpu, t);
	printf("; %s page%s moved", human_count(moved, t->moved),
	       s_of(t->moved));
	if (t->refused)
		printf(", %" PRIu64 " refused", t->refused);
	putchar('\n');
}

static void print_pass(const struct step *s)
{
	printf("pass %u ends, scanned by thread %u. Since the one before: ",
	       s->n.passes + 1, s->rec.tid);
	print_tally(s->since);
	print_numbers(&s->n);
}

static int step(const struct subject *about, const struct step *s)
{
	print_time(&s->rec);
	switch (s->kind) {
	case STEP_FAULT:
		print_fault(about, s);
		break;
	case STEP_FOUND:
		printf("it is on node %d, no longer on node %d: a worker or "
		       "the kernel has moved it\n", s->to, s->from);
		break;
	case STEP_ASK:
		print_ask(s);
		break;
	case STEP_DONE:
		print_done(s);
		break;
	case STEP_WENT:
		print_went(s);
		break;
	case STEP_PASS:
		print_pass(s);
		break;
	case STEP_LIFE:
		printf("%s\n", s->text);
		break;
	}
	return ferror(stdout) ? -1 : 0;
}

/* ----------------------------------------------------------------- repetition */

static void print_kind(const struct step *s)
{
	const struct np_record *r = &s->rec;

	printf("from node %d ", r->node);
	if (s->end.type == NP_REC_MOVED)
		printf("moved node %d -> %d", r->src, s->end.dst);
	else
		printf("stays on node %d (%s)", r->src,
		       reason_name(r->verdict == NP_STAY || !s->end.type ?
				   r->reason : s->end.reason));
}

static void print_kinds(const struct repeated *r)
{
	const char *between = ": ";

	for (unsigned int i = 0; i < r->nr; i++) {
		if (!r->often[i])
			continue;
		printf("%s%" PRIu64 " ", between, r->often[i]);
		print_kind(&r->like[i]);
		between = ", ";
	}
}

static int repeated(const struct subject *about, const struct repeated *r)
{
	const char *between = "";

	(void)about;
	printf(INDENT "... ");
	if (r->times)
		printf("%" PRIu64 " more fault%s", r->times, s_of(r->times));
	if (r->times)
		printf(" like %s", r->times > 1 ? "these" : "that");
	if (r->times && r->passes)
		between = ", ";
	if (r->passes)
		printf("%s%" PRIu64 " pass%s without a fault", between,
		       r->passes, r->passes == 1 ? "" : "es");
	if (r->times + r->passes > 1)
		printf(", %.3f s to %.3f s", seconds(r->first_ns),
		       seconds(r->last_ns));
	else
		printf(", at %.3f s", seconds(r->first_ns));
	print_kinds(r);
	putchar('\n');
	return ferror(stdout) ? -1 : 0;
}

/* ------------------------------------------------------------------ the ending */

static void print_where(const struct subject *about, const struct ending *e)
{
	uint64_t all = 0;
	char share[HUMAN_LEN];

	for (unsigned int i = 0; i < e->all.nr_nodes; i++)
		all += e->at_ns[i];
	printf("  %s", about->thread ? "seen on" : "it was on");
	for (unsigned int i = 0; i < e->all.nr_nodes; i++)
		if (e->at_ns[i])
			printf("  node %u: %.3f s (%s)", i,
			       seconds(e->at_ns[i]),
			       human_share(share, e->at_ns[i], all));
	putchar('\n');
}

static void print_moves(const struct subject *about, const struct ending *e)
{
	if (about->thread)
		printf("  the policy wished %" PRIu64 " time%s, %" PRIu64 " agreed "
		       "to, %" PRIu64 " seen done; it changed node %" PRIu64
		       " time%s\n", e->asked, s_of(e->asked), e->agreed, e->done,
		       e->went, s_of(e->went));
	else
		printf("  moved %" PRIu64 " time%s, %" PRIu64 " of them back to "
		       "where it came from\n", e->all.moves,
		       s_of(e->all.moves), e->all.back);
}

static void print_run(const struct census *c)
{
	char a[HUMAN_LEN], b[HUMAN_LEN], d[HUMAN_LEN], f[HUMAN_LEN];

	printf("\nthe whole run: %s faults (%s local), %s pages moved, %s of "
	       "them back, ", human_count(a, c->faults),
	       human_share(b, c->local, c->faults), human_count(d, c->moved),
	       human_count(f, c->back));
	printf("%" PRIu64 " wishes about threads, %" PRIu64 " agreed to; "
	       "all %s records are what the policy does here\n", c->asked,
	       c->agreed, human_count(a, c->records));
}

static int end(const struct subject *about, const struct ending *e,
	       const struct census *c)
{
	if (e->hidden)
		printf(INDENT "... %" PRIu64 " more steps (--limit)\n",
		       e->hidden);
	putchar('\n');
	print_subject(about);
	printf(": ");
	print_tally(&e->all);
	print_moves(about, e);
	print_where(about, e);
	print_run(c);
	return ferror(stdout) ? -1 : 0;
}

const struct teller explain_text = {
	.begin = begin, .step = step, .repeated = repeated, .end = end,
};
