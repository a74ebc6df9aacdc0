// SPDX-License-Identifier: GPL-2.0
/*
 * A sweep as JSON: what was asked for, every point, and the tables.
 */
#include "sweep_report.h"
#include "cli.h"
#include "derive.h"
#include "json.h"

#include <math.h>
#include <stdlib.h>

/* ----------------------------------------------------------------- one value */

static json_t *figure_json(int figure, double value)
{
	if (isnan(value))
		return json_null();
	if (figure < NR_FIGURES && figure_info[figure].whole)
		return json_integer((json_int_t)llround(value));
	return json_real(value);
}

static json_t *key_json(const struct sweep_key *k, int column)
{
	if (key_info[column].number)
		return json_integer(strtoll(k->of[column], NULL, 10));
	return json_text(k->of[column]);
}

/* -------------------------------------------------------------------- sweeps */

static int add_sweep(void *data, const struct sweep_args *args)
{
	json_t *list = data;

	return json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o,"
			" s:o, s:I, s:I, s:I}",
			"topologies", json_text(args->topologies),
			"workloads", json_text(args->workloads),
			"policies", json_text(args->policies),
			"thp", json_text(args->thp),
			"costs", json_text(args->costs),
			"preempt", json_text(args->preempt),
			"memory", (json_int_t)args->memory,
			"seconds", (json_int_t)args->seconds,
			"seeds", (json_int_t)args->seeds));
}

static json_t *sweeps_json(struct store *s)
{
	json_t *list = json_array();

	if (!store_sweeps(s, add_sweep, list))
		return list;
	json_decref(list);
	return NULL;
}

/* -------------------------------------------------------------------- points */

/* Pairs of end and share, as numaplace compare writes them. */
static json_t *curve_json(struct store *s, int64_t id)
{
	struct runs runs = { 0 };
	struct run *run = runs_add(&runs, "", "");
	json_t *list = run && !store_curve(s, id, run) ? json_array() : NULL;

	for (size_t i = 1; list && i < run->nr_samples; i++) {
		struct window w = window_between(run, run->sample[i - 1].t,
						 run->sample[i].t);

		json_array_append_new(list, json_pack("[f, o]", w.t,
			isfinite(w.local) ? json_real(w.local) :
					    json_null()));
	}
	runs_free(&runs);
	return list;
}

static json_t *point_json(struct store *s, const struct point *p)
{
	json_t *o = json_object();

	for (int i = 0; i < NR_KEYS; i++)
		json_object_set_new(o, key_info[i].name, key_json(&p->key, i));
	for (int i = 0; i < ALL_FIGURES; i++)
		json_object_set_new(o, figure_name(i),
				    figure_json(i, p->figure[i]));
	json_object_set_new(o, "work_unit", json_text(p->unit));
	if (!json_object_set_new(o, "curve", curve_json(s, p->id)))
		return o;
	json_decref(o);
	return NULL;
}

static json_t *points_json(struct sweep_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->data.nr; i++)
		if (json_array_append_new(list,
				point_json(&r->store, &r->data.point[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* -------------------------------------------------------------------- tables */

static json_t *spread_json(const struct sweep_row *row, int figure)
{
	struct spread s = sweep_spread(row, figure);

	if (!s.nr)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:I}", "mean", s.mean, "min", s.min,
			 "max", s.max, "points", (json_int_t)s.nr);
}

static json_t *columns_json(const struct sweep_tables *t, const struct point *p,
			    bool rows)
{
	json_t *o = json_object();

	for (int i = 0; i < NR_KEYS; i++)
		if (rows == t->by[i] && (rows || i != KEY_SEED))
			json_object_set_new(o, key_info[i].name,
					    key_json(&p->key, i));
	return o;
}

static json_t *row_json(const struct sweep_tables *t,
			const struct sweep_row *row)
{
	json_t *o = columns_json(t, row->point[0], true);

	json_object_set_new(o, "points", json_integer((json_int_t)row->nr));
	for (int i = 0; i < ALL_FIGURES; i++)
		json_object_set_new(o, figure_name(i), spread_json(row, i));
	return o;
}

static json_t *table_json(const struct sweep_tables *t,
			  const struct sweep_table *table)
{
	json_t *o = columns_json(t, table->row[0].point[0], false);
	json_t *rows = json_array();

	for (size_t i = 0; i < table->nr; i++)
		json_array_append_new(rows, row_json(t, &table->row[i]));
	json_object_set_new(o, "rows", rows);
	return o;
}

static json_t *tables_json(const struct sweep_tables *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr; i++)
		json_array_append_new(list, table_json(t, &t->table[i]));
	return list;
}

json_t *sweep_json(struct sweep_report *r)
{
	json_t *sweeps = sweeps_json(&r->store);
	json_t *points = sweeps ? points_json(r) : NULL;

	if (!points) {
		json_decref(sweeps);
		return NULL;
	}
	return json_pack("{s:s, s:o, s:I, s:o, s:o}",
			 "version", NP_VERSION,
			 "sweeps", sweeps,
			 "missing", (json_int_t)r->data.missing,
			 "points", points,
			 "tables", tables_json(&r->tables));
}
