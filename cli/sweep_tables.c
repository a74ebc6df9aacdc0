// SPDX-License-Identifier: GPL-2.0
/*
 * The points of a sweep in tables.
 *
 * What rows do not tell apart tells tables apart, so that a mean is never
 * taken over two things; only seeds are what means are for.
 */
#include "sweep_tables.h"
#include "cli.h"
#include "human.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ columns */

static int take_column(bool by[NR_KEYS], const char *name)
{
	int column = key_find(name);

	if (column < 0)
		return fail("--by takes on, topology, workload, policy, thp, "
			    "costs, preempt, memory, seconds and seed, not "
			    "'%s'", name);
	by[column] = true;
	return 0;
}

int sweep_by(bool by[NR_KEYS], const char *text)
{
	struct words w;
	int ret = 0;

	memset(by, 0, NR_KEYS * sizeof(*by));
	if (words_split(&w, text ? text : "policy", "column"))
		return -1;
	for (char **name = w.item; !ret && *name; name++)
		ret = take_column(by, *name);
	words_free(&w);
	return ret;
}

/* ------------------------------------------------------------------ sorting */

/* Workloads before machines: what one reads side by side stands together. */
static const enum key_column order[NR_KEYS] = {
	KEY_WORKLOAD, KEY_TOPOLOGY, KEY_POLICY, KEY_THP, KEY_COSTS, KEY_PREEMPT,
	KEY_MEMORY, KEY_SECONDS, KEY_ON, KEY_SEED,
};

/* Is this a column that rows (or else tables) differ in? */
static bool is_of(const struct sweep_tables *t, enum key_column c, bool rows)
{
	return rows ? t->by[c] : !t->by[c] && c != KEY_SEED;
}

static int compare_part(const struct sweep_tables *t, const struct point *p,
			const struct point *q, bool rows)
{
	int ret = 0;

	for (int i = 0; !ret && i < NR_KEYS; i++)
		if (is_of(t, order[i], rows))
			ret = key_compare(&p->key, &q->key, order[i]);
	return ret;
}

static int compare(const void *a, const void *b, void *data)
{
	const struct point *p = *(const struct point *const *)a;
	const struct point *q = *(const struct point *const *)b;
	int ret = compare_part(data, p, q, false);

	if (!ret)
		ret = compare_part(data, p, q, true);
	return ret ? ret : key_compare(&p->key, &q->key, KEY_SEED);
}

/* -------------------------------------------------------------------- names */

static void print_column(FILE *f, const struct sweep_key *k, enum key_column c,
			 bool first)
{
	static const char *const words[NR_KEYS] = {
		[KEY_TOPOLOGY] = "on ", [KEY_POLICY] = "under ",
		[KEY_WORKLOAD] = "",
	};

	if (!first)
		fputs(words[c] ? " " : ", ", f);
	if (words[c])
		fputs(words[c], f);
	else
		fprintf(f, "%s ", key_info[c].name);
	fputs(k->of[c], f);
}

/* Machine and workload are always told, the rest if it varies. */
static bool is_told(const struct sweep_tables *t, enum key_column c)
{
	return t->data->varies[c] || c == KEY_WORKLOAD || c == KEY_TOPOLOGY;
}

static char *title(const struct sweep_tables *t, const struct sweep_key *k)
{
	char *text = NULL;
	size_t size;
	bool first = true;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (int i = 0; i < NR_KEYS; i++)
		if (is_of(t, order[i], false) && is_told(t, order[i])) {
			print_column(f, k, order[i], first);
			first = false;
		}
	return fclose(f) ? NULL : human_text(text);
}

static char *label(const struct sweep_tables *t, const struct sweep_key *k)
{
	char *text = NULL;
	size_t size;
	const char *gap = "";
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (int i = 0; i < NR_KEYS; i++)
		if (is_of(t, order[i], true)) {
			fprintf(f, "%s%s", gap, k->of[order[i]]);
			gap = " ";
		}
	return fclose(f) ? NULL : human_text(text);
}

/* ----------------------------------------------------------------- dividing */

static int begin_table(struct sweep_tables *t, const struct point *p)
{
	struct sweep_table *table = &t->table[t->nr++];

	table->row = &t->row[t->nr_rows];
	table->title = title(t, &p->key);
	return table->title ? 0 : fail("out of memory");
}

static int begin_row(struct sweep_tables *t, const struct point **at)
{
	struct sweep_row *row = &t->row[t->nr_rows++];

	t->table[t->nr - 1].nr++;
	row->point = at;
	row->label = label(t, &(*at)->key);
	return row->label ? 0 : fail("out of memory");
}

static int place(struct sweep_tables *t, size_t i)
{
	const struct point *p = t->point[i];
	bool new_table = !i || compare_part(t, p, t->point[i - 1], false);
	bool new_row = new_table || compare_part(t, p, t->point[i - 1], true);

	if ((new_table && begin_table(t, p)) ||
	    (new_row && begin_row(t, &t->point[i])))
		return -1;
	t->row[t->nr_rows - 1].nr++;
	return 0;
}

static int divide(struct sweep_tables *t)
{
	size_t nr = t->data->nr;

	t->point = calloc(nr + 1, sizeof(*t->point));
	t->row = calloc(nr + 1, sizeof(*t->row));
	t->table = calloc(nr + 1, sizeof(*t->table));
	if (!t->point || !t->row || !t->table)
		return fail("out of memory");
	for (size_t i = 0; i < nr; i++)
		t->point[i] = &t->data->point[i];
	qsort_r(t->point, nr, sizeof(*t->point), compare, t);
	for (size_t i = 0; i < nr; i++)
		if (place(t, i))
			return -1;
	return 0;
}

int sweep_tables_init(struct sweep_tables *t, const struct sweep_data *d,
		      const char *by)
{
	*t = (struct sweep_tables){ .data = d };
	if (!sweep_by(t->by, by) && !divide(t))
		return 0;
	sweep_tables_free(t);
	return -1;
}

void sweep_tables_free(struct sweep_tables *t)
{
	for (size_t i = 0; i < t->nr_rows; i++)
		free(t->row[i].label);
	for (size_t i = 0; i < t->nr; i++)
		free(t->table[i].title);
	free(t->point);
	free(t->row);
	free(t->table);
	*t = (struct sweep_tables){ 0 };
}

/* ------------------------------------------------------------------ figures */

struct spread sweep_spread(const struct sweep_row *row, int figure)
{
	struct spread s = { NAN, NAN, NAN, 0 };
	double sum = 0;

	for (size_t i = 0; i < row->nr; i++) {
		double value = row->point[i]->figure[figure];

		if (isnan(value))
			continue;
		s.min = fmin(s.min, value);
		s.max = fmax(s.max, value);
		sum += value;
		s.nr++;
	}
	if (s.nr)
		s.mean = sum / (double)s.nr;
	return s;
}

/* Who has ended adds nothing more; samples are sums from the beginning on. */
static int lengthen(struct run *sum, const struct run *run)
{
	while (sum->nr_samples < run->nr_samples) {
		struct sample s = { 0 };

		if (sum->nr_samples)
			s = sum->sample[sum->nr_samples - 1];
		s.t = run->sample[sum->nr_samples].t;
		if (run_add_sample(sum, &s))
			return -1;
	}
	return 0;
}

static int add_samples(struct run *sum, const struct run *run)
{
	if (lengthen(sum, run))
		return -1;
	for (size_t i = 0; i < sum->nr_samples; i++) {
		size_t last = run->nr_samples - 1;
		const struct sample *s = &run->sample[i < last ? i : last];

		sum->sample[i].local += s->local;
		sum->sample[i].accesses += s->accesses;
	}
	return 0;
}

int sweep_curve(struct store *s, const struct sweep_row *row, struct run *run)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < row->nr; i++) {
		struct runs runs = { 0 };
		struct run *one = runs_add(&runs, "", "");

		ret = !one || store_curve(s, row->point[i]->id, one) ||
		      add_samples(run, one) ? -1 : 0;
		runs_free(&runs);
	}
	return ret;
}
