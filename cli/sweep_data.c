// SPDX-License-Identifier: GPL-2.0
/*
 * The points of a sweep in memory, and what follows from more than one.
 */
#include "sweep_data.h"
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *figure_name(int figure)
{
	return figure == FIG_WORK_OF_OFF ? "work_of_off" :
					   figure_info[figure].name;
}

/* ------------------------------------------------------------------ loading */

/* Neighbours have most of their texts in common. */
static const char *keep(struct sweep_data *d, const char *text,
			const char *before)
{
	if (before && !strcmp(text, before))
		return before;
	return words_add(&d->texts, text) ? NULL :
	       d->texts.item[d->texts.nr - 1];
}

static int keep_texts(struct sweep_data *d, struct point *p,
		      const struct stored *from)
{
	const struct point *before = d->nr ? p - 1 : NULL;

	for (int i = 0; i < NR_KEYS; i++) {
		p->key.of[i] = keep(d, from->key.of[i],
				    before ? before->key.of[i] : NULL);
		if (!p->key.of[i])
			return -1;
		d->varies[i] |= before && p->key.of[i] != before->key.of[i];
	}
	p->unit = keep(d, from->unit, before ? before->unit : NULL);
	return p->unit ? 0 : -1;
}

/* Room for twice as many whenever the number is a power of two. */
static int reserve(struct sweep_data *d)
{
	struct point *more;

	if (d->nr & (d->nr - 1))
		return 0;
	more = realloc(d->point, (d->nr ? 2 * d->nr : 1) * sizeof(*more));
	if (!more)
		return fail("out of memory");
	d->point = more;
	return 0;
}

static int add_point(void *data, const struct stored *from)
{
	struct sweep_data *d = data;
	struct point *p;

	if (reserve(d))
		return -1;
	p = &d->point[d->nr];
	*p = (struct point){ .id = from->id };
	memcpy(p->figure, from->figure, sizeof(from->figure));
	p->figure[FIG_WORK_OF_OFF] = NAN;
	if (keep_texts(d, p, from))
		return -1;
	d->nr++;
	return 0;
}

/* ------------------------------------------------------ against policy off */

/* Policies of the same combination stand together, off first. */
static int by_combination(const void *a, const void *b)
{
	const struct point *p = *(const struct point *const *)a;
	const struct point *q = *(const struct point *const *)b;
	int order = 0;

	for (int i = 0; !order && i < NR_KEYS; i++)
		if (i != KEY_POLICY)
			order = key_compare(&p->key, &q->key, i);
	return order ? order : key_compare(&p->key, &q->key, KEY_POLICY);
}

static bool same_combination(const struct point *p, const struct point *q)
{
	for (int i = 0; i < NR_KEYS; i++)
		if (i != KEY_POLICY && strcmp(p->key.of[i], q->key.of[i]))
			return false;
	return true;
}

/* Not a number, either, what is beyond all measure. */
static double work_of(const struct point *p, const struct point *off)
{
	double work = p->figure[FIG_WORK] / off->figure[FIG_WORK];

	return off->figure[FIG_WORK] > 0 && isfinite(work) ? work : NAN;
}

static int compare_with_off(struct sweep_data *d)
{
	struct point **order = calloc(d->nr + 1, sizeof(*order));
	const struct point *off = NULL;

	if (!order)
		return fail("out of memory");
	for (size_t i = 0; i < d->nr; i++)
		order[i] = &d->point[i];
	qsort(order, d->nr, sizeof(*order), by_combination);
	for (size_t i = 0; i < d->nr; i++) {
		struct point *p = order[i];

		if (!strcmp(p->key.of[KEY_POLICY], "off"))
			off = p;
		if (off && same_combination(off, p))
			p->figure[FIG_WORK_OF_OFF] = work_of(p, off);
	}
	free(order);
	return 0;
}

/* -------------------------------------------------------- what is not there */

/* Numbers of points. */
struct ids {
	int64_t *id;
	size_t nr;
};

/**
 * struct absent - what sweeps have asked for in vain
 * @there:	the points of the file, in order
 */
struct absent {
	struct ids there;
	struct ids wanted;
};

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool is_there(const struct ids *there, int64_t id)
{
	return there->nr && bsearch(&id, there->id, there->nr, sizeof(id),
				    by_number);
}

static int reserve_ids(struct ids *ids, size_t nr)
{
	int64_t *more = realloc(ids->id, (ids->nr + nr + 1) * sizeof(*more));

	if (!more)
		return fail("out of memory");
	ids->id = more;
	return 0;
}

static int note_absent(struct absent *a, const struct sweep_plan *plan)
{
	if (reserve_ids(&a->wanted, plan->nr))
		return -1;
	for (size_t i = 0; i < plan->nr; i++)
		if (!is_there(&a->there, plan->point[i].id))
			a->wanted.id[a->wanted.nr++] = plan->point[i].id;
	return 0;
}

static int note_points(struct ids *there, const struct sweep_data *d)
{
	if (reserve_ids(there, d->nr))
		return -1;
	for (size_t i = 0; i < d->nr; i++)
		there->id[there->nr++] = d->point[i].id;
	qsort(there->id, there->nr, sizeof(*there->id), by_number);
	return 0;
}

static int look_for(void *data, const struct sweep_args *args)
{
	struct sweep_plan plan;
	int ret;

	if (sweep_plan_init(&plan, args))
		return -1;
	ret = note_absent(data, &plan);
	sweep_plan_free(&plan);
	return ret;
}

/* Two sweeps may miss the same point. */
static int count_missing(struct sweep_data *d, struct store *s)
{
	struct absent a = { .there.nr = 0 };
	int ret = note_points(&a.there, d) || store_sweeps(s, look_for, &a);

	if (a.wanted.nr)
		qsort(a.wanted.id, a.wanted.nr, sizeof(*a.wanted.id), by_number);
	for (size_t i = 0; i < a.wanted.nr; i++)
		d->missing += !i || a.wanted.id[i] != a.wanted.id[i - 1];
	free(a.wanted.id);
	free(a.there.id);
	return ret ? fail("%s: what is missing in it cannot be told", s->path) :
		     0;
}

/* -------------------------------------------------------------------- whole */

/* One transaction: a sweep may go on while it is read. */
int sweep_data_load(struct sweep_data *d, struct store *s)
{
	*d = (struct sweep_data){ 0 };
	if (store_exec(s, "BEGIN") || store_each(s, add_point, d) ||
	    compare_with_off(d) || count_missing(d, s)) {
		sweep_data_free(d);
		return -1;
	}
	return 0;
}

void sweep_data_free(struct sweep_data *d)
{
	free(d->point);
	words_free(&d->texts);
	*d = (struct sweep_data){ 0 };
}
