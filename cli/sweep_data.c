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
		if (off && same_combination(off, p) && off->figure[FIG_WORK] > 0)
			p->figure[FIG_WORK_OF_OFF] = p->figure[FIG_WORK] /
						     off->figure[FIG_WORK];
	}
	free(order);
	return 0;
}

/* -------------------------------------------------------- what is not there */

struct absent {
	struct store *store;
	int64_t *id;
	size_t nr;
};

static int note_absent(struct absent *a, const struct sweep_plan *plan)
{
	int64_t *more = realloc(a->id, (a->nr + plan->nr) * sizeof(*more));
	int there = 0;

	if (!more)
		return fail("out of memory");
	a->id = more;
	for (size_t i = 0; there >= 0 && i < plan->nr; i++) {
		there = store_has(a->store, &plan->point[i].key);
		if (!there)
			a->id[a->nr++] = plan->point[i].id;
	}
	return there < 0 ? -1 : 0;
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

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Two sweeps may miss the same point. */
static int count_missing(struct sweep_data *d, struct store *s)
{
	struct absent a = { .store = s };
	int ret = store_sweeps(s, look_for, &a);

	if (a.nr)
		qsort(a.id, a.nr, sizeof(*a.id), by_number);
	for (size_t i = 0; i < a.nr; i++)
		d->missing += !i || a.id[i] != a.id[i - 1];
	free(a.id);
	return ret;
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
