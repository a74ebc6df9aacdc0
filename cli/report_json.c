// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison as JSON.
 */
#include "report.h"
#include "cli.h"
#include "derive.h"
#include "json.h"

#include <math.h>

/* JSON has no NaN, and what never happened is null. */
static json_t *number_or_null(double value)
{
	return value >= 0 ? json_real(value) : json_null();
}

static json_t *count(double value)
{
	return json_integer((json_int_t)llround(value));
}

static json_t *window_json(const struct window *w)
{
	return json_pack("{s:f, s:o, s:o, s:o, s:o}",
			 "t", w->t,
			 "local", number_or_null(w->local),
			 "accesses", count(w->accesses),
			 "user_insn", count(w->user),
			 "kernel_insn", count(w->kernel));
}

static json_t *windows_json(const struct run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->nr_windows; i++)
		json_array_append_new(list, window_json(&run->window[i]));
	return list;
}

/* The same second by second, as short as can be. */
static json_t *curve_json(const struct run *run)
{
	json_t *list = json_array();

	for (size_t i = 1; i < run->nr_samples; i++) {
		struct window w = window_between(run, run->sample[i - 1].t,
						 run->sample[i].t);

		json_array_append_new(list, json_pack("[f, o]", w.t,
						number_or_null(w.local)));
	}
	return list;
}

static json_t *row_json(const double *row, unsigned int nr)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < nr; i++)
		json_array_append_new(list, count(row[i]));
	return list;
}

/* Rows are the nodes of CPUs, columns the nodes of memory. */
static json_t *matrix_json(const struct run *run)
{
	json_t *list;

	if (!run->matrix)
		return json_null();
	list = json_array();
	for (unsigned int i = 0; i < run->nr_nodes; i++)
		json_array_append_new(list,
				      row_json(run->matrix + i * run->nr_nodes,
					       run->nr_nodes));
	return list;
}

static json_t *of_hand(const struct run *run)
{
	return number_or_null(run->hand_final > 0 ?
			      run->local_final / run->hand_final : NEVER);
}

/* A part of what the guest itself said, or null. */
static json_t *guest_part(const json_t *from, const char *key)
{
	json_t *part = json_object_get(from, key);

	return part ? json_incref(part) : json_null();
}

static json_t *run_json(const struct report *r, const struct run *run)
{
	struct window all = window_between(run, 0, run_length(run));
	json_t *work = json_object_get(run->guest, "work");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:o, s:o, s:o, s:o,"
			 " s:o, s:o, s:f, s:f, s:f, s:s, s:o, s:o, s:o, s:o,"
			 " s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "on", r->on,
			 "topology", r->topology,
			 "workload", run->workload,
			 "thp", r->thp,
			 "policy", run->policy,
			 "round", (int)run->round,
			 "seconds", run_length(run),
			 "windows", windows_json(run),
			 "local_final", number_or_null(run->local_final),
			 "local_of_hand", of_hand(run),
			 "seconds_to_90pct_of_hand",
			 number_or_null(run->seconds_to_90),
			 "hint_faults", count(run_hint_faults(run)),
			 "pages_migrated", count(run_pages_migrated(run)),
			 "kernel_per_user_insn", run_kernel_per_user(run),
			 "cost", run_cost(run),
			 "work_done", run_work_done(run),
			 "work_unit", run_work_unit(run),
			 "accesses", count(all.accesses),
			 "user_insn", count(all.user),
			 "kernel_insn", count(all.kernel),
			 "accesses_unknown", count(run->unknown),
			 "node_pairs", matrix_json(run),
			 "curve", curve_json(run),
			 "per_task", guest_part(work, "per_task"),
			 "fairness", guest_part(work, "fairness"),
			 "worst_share", guest_part(work, "worst_share"),
			 "vmstat", guest_part(run->guest, "vmstat"),
			 "sim", guest_part(run->guest, "sim"),
			 "numaplace", guest_part(run->guest, "numaplace"));
}

json_t *report_json(const struct report *r)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < r->runs.nr; i++)
		if (json_array_append_new(runs, run_json(r, &r->runs.run[i])))
			goto no_memory;
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s,"
			 " s:o}",
			 "version", NP_VERSION,
			 "command", json_text(r->command),
			 "date", r->date,
			 "on", r->on,
			 "topology", r->topology,
			 "machine", r->machine,
			 "kernel", r->kernel,
			 "engine", r->engine,
			 "seconds", (int)r->seconds,
			 "thp", r->thp,
			 "runs", runs);
no_memory:
	json_decref(runs);
	return NULL;
}
