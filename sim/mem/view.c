// SPDX-License-Identifier: GPL-2.0
#include "view.h"

#include <stdlib.h>

#include "../rng.h"

/* What was worked out is good for so long, if nothing begins anew. */
#define GOOD_NS		10000000ULL

/* If fewer pages than one of so many changed their nodes, for ten times that. */
#define FEW_PAGES	256

/* Strata up to this size are summed up page by page, larger ones integrated. */
#define SUM_PAGES	16

/* Words of marks that are counted of a long range. */
#define SAMPLE		1024

/* ------------------------------------------------------------------- strata */

static unsigned int stratum_of(const struct view *v, uint32_t i)
{
	return v->strata == 1 ? 0 : 31 - (unsigned int)__builtin_clz(i + 1);
}

static unsigned int count_strata(uint32_t nr)
{
	return 32 - (unsigned int)__builtin_clz(nr);
}

static double power(double x, double e)
{
	return sim_exp(e * sim_log(x));
}

/* Integral of x^-z from @a to @b; z = 1 is the logarithm. */
static double integral(double z, double a, double b)
{
	double e = 1 - z;

	if (e > -1e-9 && e < 1e-9)
		return sim_log(b / a);
	return (power(b, e) - power(a, e)) / e;
}

/* Sum of k^-z over pages k = @first + 1 and so on. */
static double zipf_mass(double z, uint32_t first, uint32_t nr)
{
	double sum = 0;

	if (nr > SUM_PAGES)
		return integral(z, first + 0.5, first + nr + 0.5);
	for (uint32_t i = 0; i < nr; i++)
		sum += power(first + i + 1.0, -z);
	return sum;
}

/* Each is twice as long as the one before, but the last, which has the rest. */
static void divide(struct view *v)
{
	uint32_t first = 0;

	for (unsigned int i = 0; i < v->strata; i++) {
		struct stratum *t = &v->stratum[i];
		uint32_t left = v->nr - first;

		t->first = first;
		t->nr = i == v->strata - 1 || left < 1U << i ? left : 1U << i;
		first += t->nr;
	}
}

static void set_weights(struct view *v)
{
	double sum = 0;

	for (unsigned int i = 0; i < v->strata; i++) {
		struct stratum *t = &v->stratum[i];

		t->weight = v->strata == 1 ? 1 :
			zipf_mass(v->zipf, t->first, t->nr);
		sum += t->weight;
	}
	for (unsigned int i = 0; i < v->strata; i++) {
		struct stratum *t = &v->stratum[i];

		t->weight /= sum;
		t->page = t->weight / t->nr;
	}
}

/* -------------------------------------------------------------------- lookup */

static unsigned int hash(const struct views *vs, uint32_t first, uint32_t nr)
{
	uint64_t h = ((uint64_t)first << 32 | nr) * 0x9e3779b97f4a7c15;

	return (unsigned int)(h >> 40) & (vs->buckets - 1);
}

static void put(struct views *vs, struct view *v)
{
	struct view **bucket = &vs->bucket[hash(vs, v->first, v->nr)];

	v->next = *bucket;
	*bucket = v;
}

static bool grow(struct views *vs)
{
	struct views old = *vs;
	unsigned int buckets = old.buckets ? old.buckets * 2 : 2;
	struct view **bucket = calloc(buckets, sizeof(*bucket)), *v;

	if (!bucket)
		return false;
	vs->bucket = bucket;
	vs->buckets = buckets;
	for (unsigned int i = 0; i < old.buckets; i++) {
		while ((v = old.bucket[i])) {
			old.bucket[i] = v->next;
			put(vs, v);
		}
	}
	free(old.bucket);
	return true;
}

static struct view *add(struct views *vs, uint32_t first, uint32_t nr,
			double zipf)
{
	unsigned int strata = zipf > 0 ? count_strata(nr) : 1;
	struct view *v;

	if (vs->nr == vs->buckets && !grow(vs))
		return NULL;
	v = calloc(1, sizeof(*v) + strata * sizeof(*v->stratum));
	if (!v)
		return NULL;
	v->first = first;
	v->nr = nr;
	v->zipf = zipf;
	v->strata = strata;
	v->stratum = (struct stratum *)(v + 1);
	divide(v);
	set_weights(v);
	put(vs, v);
	vs->nr++;
	return v;
}

struct view *view_find(struct views *vs, uint32_t first, uint32_t nr,
		       double zipf)
{
	struct view *v = vs->nr ? vs->bucket[hash(vs, first, nr)] : NULL;

	for (; v; v = v->next)
		if (v->first == first && v->nr == nr && v->zipf == zipf)
			return v;
	return add(vs, first, nr, zipf);
}

void views_free(struct views *vs)
{
	struct view *v;

	for (unsigned int i = 0; i < vs->buckets; i++) {
		while ((v = vs->bucket[i])) {
			vs->bucket[i] = v->next;
			mix_free(&v->mix);
			free(v);
		}
	}
	free(vs->bucket);
	*vs = (struct views){ 0 };
}

/* ---------------------------------------------------------------------- nodes */

static double sum_of(const struct mix *m)
{
	double sum = 0;

	for (unsigned int i = 0; i < m->nr; i++)
		sum += m->share[i].part;
	return sum;
}

/* As parts of the stratum's weight; pages nobody has touched do not count. */
static bool mix_stratum(struct view *v, const struct region *r,
			const struct stratum *t, struct mix *pages)
{
	double sum;

	pages->nr = 0;
	if (!region_mix(r, v->first + t->first, t->nr, pages))
		return false;
	sum = sum_of(pages);
	for (unsigned int n = 0; n < pages->nr; n++)
		if (!mix_add(&v->mix, pages->share[n].node,
			     t->weight * pages->share[n].part / sum))
			return false;
	return true;
}

static bool mix_all(struct view *v, const struct region *r, struct mix *pages)
{
	double sum;

	v->mix.nr = 0;
	for (unsigned int i = 0; i < v->strata; i++)
		if (!mix_stratum(v, r, &v->stratum[i], pages))
			return false;
	sum = sum_of(&v->mix);
	for (unsigned int n = 0; n < v->mix.nr; n++)
		v->mix.share[n].part /= sum;
	return true;
}

/* Where some pages are much more popular, few may be many. */
static bool mix_is_good(const struct view *v, const struct region *r,
			uint64_t now)
{
	uint64_t changed = r->version - v->version, age = now - v->mix_ns;
	bool few = v->strata == 1 && changed < v->nr / FEW_PAGES;

	return v->mix.nr && (!changed || age < (few ? 10 : 1) * GOOD_NS);
}

bool view_mix(struct view *v, const struct region *r, uint64_t now,
	      struct mix *pages)
{
	if (mix_is_good(v, r, now))
		return true;
	v->version = r->version;
	v->mix_ns = now;
	return mix_all(v, r, pages);
}

/* ---------------------------------------------------------------------- marks */

static uint32_t count_each(const struct bitmap *b, uint32_t first, uint32_t nr)
{
	uint32_t marked = 0;

	for (uint32_t i = bitmap_next(b, first); i - first < nr;
	     i = bitmap_next(b, i + 1))
		marked++;
	return marked;
}

/* Of many marks in a long range a sample of words stands for all. */
static double count_marks(const struct bitmap *b, uint32_t first, uint32_t nr)
{
	uint32_t step = nr / SAMPLE, marked = 0;

	if (!b->members || nr == b->nr)
		return b->members;
	if (b->members < SAMPLE)
		return count_each(b, first, nr);
	if (step < 64)
		return bitmap_count(b, first, nr);
	for (uint32_t i = 0; i < SAMPLE; i++, first += step)
		marked += bitmap_count_64(b, first);
	return (double)marked / (SAMPLE * 64) * nr;
}

static void set_marked(struct view *v, unsigned int i, double marked)
{
	struct stratum *t = &v->stratum[i];
	uint32_t bit = 1U << i;

	t->marked = marked;
	t->meet = t->weight * marked / t->nr;
	v->some = marked < 0.5 ? v->some & ~bit : v->some | bit;
}

void view_marks(struct view *v, const struct bitmap *b, uint64_t marks,
		uint64_t now)
{
	if (v->marks == marks && now - v->marks_ns < GOOD_NS)
		return;
	v->marks = marks;
	v->marks_ns = now;
	v->meet = 0;
	for (unsigned int i = 0; i < v->strata; i++) {
		const struct stratum *t = &v->stratum[i];

		set_marked(v, i, count_marks(b, v->first + t->first, t->nr));
		v->meet += t->meet;
	}
}

void view_met(struct view *v, uint32_t i)
{
	unsigned int n = stratum_of(v, i - v->first);
	const struct stratum *t = &v->stratum[n];

	if (t->marked < 1)
		return;
	set_marked(v, n, t->marked - 1);
	v->meet -= t->page;
}

/* By how likely an access meets a mark there. */
static const struct stratum *pick_stratum(const struct view *v, double at)
{
	uint32_t some = v->some;
	unsigned int best = 0;

	for (at *= v->meet; some && at > 0; some &= some - 1) {
		best = (unsigned int)__builtin_ctz(some);
		at -= v->stratum[best].meet;
	}
	return &v->stratum[best];
}

/* The next from anywhere on will do: all pages of a stratum are alike. */
uint32_t view_pick(const struct view *v, const struct bitmap *b, double stratum,
		   double page)
{
	const struct stratum *t = v->strata == 1 ? v->stratum :
		pick_stratum(v, stratum);
	uint32_t first = v->first + t->first, nr = t->nr;
	uint32_t at = bitmap_next(b, first + (uint32_t)(page * (nr - 1)));

	if (at - first >= nr)
		at = bitmap_next(b, first);
	if (at - first >= nr)
		at = bitmap_next(b, v->first);
	return at - v->first < v->nr ? at : BITMAP_NONE;
}
