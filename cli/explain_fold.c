// SPDX-License-Identifier: GPL-2.0
/*
 * Repetition.  A fault that is like one that was told lately (same nodes, same
 * answer, same outcome) is counted; the count is told before anything else is.
 */
#include "explain_fold.h"

#include <string.h>

static bool same_answer(const struct np_record *a, const struct np_record *b)
{
	return a->src == b->src && a->asked == b->asked && a->dst == b->dst &&
	       a->verdict == b->verdict && a->reason == b->reason &&
	       a->node == b->node && filter_passes(a) == filter_passes(b) &&
	       !((a->flags ^ b->flags) & (NP_FAULT_FIRST | NP_FAULT_PRIVATE));
}

static bool alike(const struct step *a, const struct step *b)
{
	return same_answer(&a->rec, &b->rec) && a->end.type == b->end.type &&
	       a->end.dst == b->end.dst;
}

static int tell(struct fold *f, const struct step *s)
{
	if (f->limit && f->told >= f->limit) {
		f->hidden++;
		return 0;
	}
	f->told++;
	return f->teller->step(f->about, s);
}

int fold_flush(struct fold *f)
{
	struct repeated *r = &f->r;
	int ret = 0;

	if (!r->times && !r->passes)
		return 0;
	if (!f->limit || f->told < f->limit)
		ret = f->teller->repeated(f->about, r);
	else
		f->hidden += r->times + r->passes;
	r->times = r->passes = 0;
	memset(r->often, 0, sizeof(r->often));
	return ret;
}

static void date(struct repeated *r, uint64_t ns)
{
	if (!r->times && !r->passes)
		r->first_ns = ns;
	r->last_ns = ns;
}

/* The oldest kind makes room for the newest. */
static void remember(struct repeated *r, const struct step *s)
{
	if (r->nr == REPEATED_KINDS)
		memmove(r->like, r->like + 1, --r->nr * sizeof(r->like[0]));
	r->like[r->nr] = *s;
	r->like[r->nr++].n = (struct numbers){ 0 };
}

static int fold_fault(struct fold *f, const struct step *s)
{
	for (unsigned int i = 0; i < f->r.nr; i++) {
		if (!alike(&f->r.like[i], s))
			continue;
		date(&f->r, s->rec.time_ns);
		f->r.times++;
		f->r.often[i]++;
		return 0;
	}
	if (fold_flush(f))
		return -1;
	remember(&f->r, s);
	return tell(f, s);
}

static bool is_idle_pass(const struct step *s)
{
	return s->kind == STEP_PASS && !s->since->faults;
}

int fold_step(struct fold *f, const struct step *s)
{
	if (s->kind == STEP_FAULT && !f->all)
		return fold_fault(f, s);
	if (is_idle_pass(s) && !f->all) {
		date(&f->r, s->rec.time_ns);
		f->r.passes++;
		return 0;
	}
	return fold_flush(f) ? -1 : tell(f, s);
}
