// SPDX-License-Identifier: GPL-2.0
#include "whatif.h"

#include <stdlib.h>

#include "calls.h"

/* struct whatif - the world comes first, as np_ctx.cookie is it */
struct whatif {
	struct world w;
	struct np_home_ops home;
	struct whatif_result result;
};

/* ------------------------------------------------------------------- facts */

/* True of the page wherever it goes, rather than of the node. */
static bool is_of_page(unsigned int reason)
{
	return reason == NP_R_MLOCKED || reason == NP_R_PINNED ||
	       reason == NP_R_SHARED_EXEC || reason == NP_R_DIRTY_FILE;
}

static bool is_of_node(unsigned int reason)
{
	return reason == NP_R_OFFLINE || reason == NP_R_CPUSET ||
	       reason == NP_R_MEMPOLICY || reason == NP_R_FULL;
}

static enum np_reason refusal(const struct np_ctx *c, const struct np_fault *f,
			      int nid)
{
	const struct whatif *wi = c->cookie;
	const struct np_record *rec = wi->w.now;

	(void)f;
	if (rec->verdict != NP_REFUSED)
		return NP_R_NONE;
	if (is_of_page(rec->reason) ||
	    (is_of_node(rec->reason) && rec->asked == nid))
		return rec->reason;
	return NP_R_NONE;
}

static void trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct whatif *wi = c->cookie;

	wi->result.other.asks += rec->type == NP_REC_TASK;
}

/* ------------------------------------------------------------------- pages */

/* Folios are naturally aligned: any address in one names the same page. */
static uint64_t page_number(uint64_t addr, uint32_t pages)
{
	return (addr >> NP_PAGE_SHIFT) / pages * pages;
}

/* A page that is new, or was moved by somebody else, is where it is. */
static struct place *locate(struct call *k, const struct np_fault *f)
{
	struct pages *pages = &k->proc->pages;
	struct place *place = pages_find(pages, page_number(f->addr, f->pages));
	bool is_new = !place;

	if (is_new)
		place = pages_add(pages, page_number(f->addr, f->pages));
	if (!place)
		return NULL;
	if (is_new || (f->flags & NP_FAULT_FIRST) ||
	    place->recorded != k->rec->src)
		place->here = k->rec->src;
	place->recorded = k->rec->src;
	return place;
}

static bool goes(const struct np_decision *d)
{
	return d->verdict == NP_MOVE || d->verdict == NP_QUEUE;
}

/* --------------------------------------------------------------- decisions */

static void count_recorded(struct whatif_result *n, const struct np_record *rec)
{
	n->samples++;
	n->recorded.local += rec->node == rec->src;
	n->recorded.verdict[rec->verdict]++;
	n->recorded.reason[rec->reason]++;
}

static void count_other(struct whatif_result *n, const struct np_record *rec,
			const struct np_fault *f, const struct np_decision *d)
{
	n->other.local += f->node == f->page_node;
	n->other.verdict[d->verdict]++;
	n->other.reason[d->reason]++;
	n->differ += f->page_node != rec->src || d->verdict != rec->verdict ||
		     d->reason != rec->reason || d->nid != rec->dst;
}

static int page(struct call *k, struct sim_error *e)
{
	struct whatif *wi = (struct whatif *)k->w;
	struct world_task *t = k->task;
	struct place *place;

	t->fault = call_fault(k->rec);
	place = locate(k, &t->fault);
	if (!place)
		return sim_fail(e, "out of memory");
	t->fault.page_node = place->here;
	t->decision = np_decide(&k->c, &t->fault);
	t->decided = true;
	count_recorded(&wi->result, k->rec);
	count_other(&wi->result, k->rec, &t->fault, &t->decision);
	return 0;
}

/* ---------------------------------------------------------------- outcomes */

/* Until then the page is where it was: others may fault on it meanwhile. */
static void arrive(struct whatif *wi, struct call *k, struct place *place)
{
	const struct world_task *t = k->task;

	if (k->rec->type == NP_REC_MOVED)
		place->recorded = k->rec->dst;
	if (!goes(&t->decision))
		return;
	if (k->rec->type == NP_REC_FAILED) {
		wi->result.other.failed += t->fault.pages;
		return;
	}
	place->here = t->decision.nid;
	wi->result.other.moved += t->fault.pages;
}

/* A page that was busy for the one policy was busy for the other. */
static struct np_outcome outcome_here(struct call *k, const struct place *place)
{
	bool failed = k->rec->type == NP_REC_FAILED;
	bool moves = k->task->decision.verdict == NP_MOVE;

	return (struct np_outcome){
		.node = place->here,
		.moved = moves && !failed,
		.failed = moves && failed,
		.ns = k->rec->value,
	};
}

static struct place *place_decided(const struct call *k)
{
	const struct world_task *t = k->task;

	return t->decided ? pages_find(&k->proc->pages,
				       page_number(t->fault.addr,
						   t->fault.pages)) : NULL;
}

static void account(struct whatif *wi, struct call *k, struct place *place)
{
	struct world_task *t = k->task;
	struct np_outcome o;

	arrive(wi, k, place);
	o = outcome_here(k, place);
	np_account(&k->c, &t->fault, &t->decision, &o);
}

/* Nobody knows which page it was: its place is the recorded one. */
static void account_unknown(struct call *k)
{
	struct np_fault f = call_fault(k->rec);
	struct np_decision d = np_stay(NP_R_NONE);
	struct np_outcome o = { .node = k->rec->dst, .ns = k->rec->value };

	np_account(&k->c, &f, &d, &o);
}

static int outcome(struct call *k, struct sim_error *e)
{
	struct whatif *wi = (struct whatif *)k->w;
	struct whatif_side *n = &wi->result.recorded;
	struct place *place = place_decided(k);

	(void)e;
	n->moved += k->rec->type == NP_REC_MOVED ? k->rec->pages : 0;
	n->failed += k->rec->type == NP_REC_FAILED ? k->rec->pages : 0;
	if (place)
		account(wi, k, place);
	else
		account_unknown(k);
	k->task->decided = false;
	return 0;
}

/* The other policy's pages arrive when the recorded faults are over. */
static int worked(struct call *k, struct sim_error *e)
{
	struct whatif *wi = (struct whatif *)k->w;
	struct place *place = pages_find(&k->proc->pages,
					 page_number(k->rec->addr,
						     k->rec->pages));

	(void)e;
	if (k->rec->verdict != NP_MOVE)
		return 0;
	wi->result.recorded.moved += k->rec->pages;
	if (place)
		place->recorded = k->rec->dst;
	return 0;
}

static const struct call_ops ops = {
	.page = page, .outcome = outcome, .worked = worked,
};

/* -------------------------------------------------------------------- life */

int whatif_record(struct whatif *wi, const struct np_record *rec,
		  struct sim_error *e)
{
	wi->result.recorded.asks += rec->type == NP_REC_TASK ||
				    rec->type == NP_REC_PULLED;
	return call_make(&wi->w, rec, &ops, e) < 0 ? -1 : 0;
}

struct whatif *whatif_new(const struct np_machine *m, const char *spec,
			  struct sim_error *e)
{
	struct whatif *wi = calloc(1, sizeof(*wi));

	if (!wi) {
		sim_fail(e, "out of memory");
		return NULL;
	}
	wi->home = (struct np_home_ops){ .refusal = refusal, .trace = trace };
	wi->w.m = *m;
	wi->w.m.home = &wi->home;
	wi->w.spec = spec;
	return wi;
}

const struct whatif_result *whatif_result(const struct whatif *wi)
{
	return &wi->result;
}

void whatif_free(struct whatif *wi)
{
	if (!wi)
		return;
	world_free(&wi->w);
	free(wi);
}
