// SPDX-License-Identifier: GPL-2.0
/*
 * What the witness writes, line by line: a header, the result of its
 * calibration, then a line per second and run with counts since the start of
 * the run, the last of which says "final".
 */
#include "witness.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT		1
#define MAX_NODES	1024
#define SCRAP_SECONDS	0.5

static int garbage(const struct witness *w, const char *what)
{
	return fail("the witness's line %u: %s", w->line, what);
}

static int take_header(struct witness *w, json_t *j)
{
	int format, nodes;

	if (json_unpack(j, "{s:i, s:i}", "witness", &format, "nodes", &nodes))
		return garbage(w, "a header without the number of nodes");
	if (format != FORMAT)
		return garbage(w, "a format this program does not know");
	if (nodes < 1 || nodes > MAX_NODES)
		return garbage(w, "an impossible number of nodes");
	w->nr_nodes = (unsigned int)nodes;
	return 0;
}

/* A complaint stands until a calibration succeeds after it. */
static int take_error(struct witness *w, json_t *j)
{
	const char *text = json_string_value(json_object_get(j, "error"));

	if (!text)
		return garbage(w, "an error without a text");
	w->calibrated = false;
	snprintf(w->error, sizeof(w->error), "%s", text);
	return 0;
}

static int take_calibration(struct witness *w)
{
	w->calibrated = true;
	w->error[0] = '\0';
	return 0;
}

/* Not garbage: lab/boot may boot that guest again. */
static int take_death(struct witness *w)
{
	w->calibrated = false;
	snprintf(w->error, sizeof(w->error),
		 "the guest died in the middle of a run");
	return 0;
}

/* One row of the matrix: from the CPUs of one node to all nodes. */
static int take_row(const struct witness *w, json_t *row, double *to)
{
	if (json_array_size(row) != w->nr_nodes)
		return garbage(w, "a matrix of the wrong size");
	for (unsigned int i = 0; i < w->nr_nodes; i++) {
		json_t *cell = json_array_get(row, i);

		to[i] = json_number_value(cell);
		if (!json_is_integer(cell) || to[i] < 0)
			return garbage(w, "a matrix with other than counts");
	}
	return 0;
}

static int take_matrix(const struct witness *w, json_t *rows, double *to)
{
	unsigned int nr = w->nr_nodes;

	if (!nr)
		return garbage(w, "counts before the header");
	if (json_array_size(rows) != nr)
		return garbage(w, "a matrix of the wrong size");
	for (unsigned int i = 0; i < nr; i++)
		if (take_row(w, json_array_get(rows, i), to + i * nr))
			return -1;
	return 0;
}

static void sum_matrix(const struct run *run, struct sample *s)
{
	unsigned int nr = run->nr_nodes;

	for (unsigned int i = 0; i < nr * nr; i++) {
		s->accesses += run->matrix[i];
		if (i / nr == i % nr)
			s->local += run->matrix[i];
	}
}

static int make_matrix(const struct witness *w, struct run *run)
{
	if (run->matrix)
		return 0;
	run->nr_nodes = w->nr_nodes;
	run->matrix = calloc((size_t)w->nr_nodes * w->nr_nodes,
			     sizeof(*run->matrix));
	return run->matrix ? 0 : fail("out of memory");
}

/* Counts only grow, and so does time; else two runs were mixed up. */
static int check_order(const struct witness *w, const struct run *run,
		       const struct sample *s)
{
	const struct sample *last = &run->sample[run->nr_samples - 1];

	if (s->t < last->t || s->local < last->local ||
	    s->accesses < last->accesses || s->user < last->user ||
	    s->kernel < last->kernel)
		return garbage(w, "counts that go backwards");
	return 0;
}

/* The last piece of a run, if too short to say anything by itself. */
static bool is_scrap(const struct run *run, const struct sample *s)
{
	return run->nr_samples > 1 &&
	       s->t - run->sample[run->nr_samples - 1].t < SCRAP_SECONDS;
}

static int append(const struct witness *w, struct run *run,
		  const struct sample *s)
{
	static const struct sample zero;

	if (!run->nr_samples && run_add_sample(run, &zero))
		return -1;
	if (check_order(w, run, s))
		return -1;
	if (!is_scrap(run, s))
		return run_add_sample(run, s);
	run->sample[run->nr_samples - 1] = *s;
	return 0;
}

static int take_counts(struct witness *w, struct run *run, json_t *j)
{
	struct sample s = { 0 };
	json_int_t user, kernel;
	json_t *rows;
	int final = 0, aborted = 0;

	if (json_unpack(j, "{s:F, s:o, s:F, s:I, s:I, s?:b, s?:b}", "t", &s.t,
			"access", &rows, "unknown", &run->unknown,
			"user", &user, "kernel", &kernel,
			"final", &final, "aborted", &aborted))
		return garbage(w, "counts with something missing");
	if (run->complete)
		return garbage(w, "counts of a run that was over");
	if (aborted)
		return take_death(w);
	if (make_matrix(w, run) || take_matrix(w, rows, run->matrix))
		return -1;
	s.user = (double)user;
	s.kernel = (double)kernel;
	sum_matrix(run, &s);
	run->complete = final;
	return append(w, run, &s);
}

static int take_run(struct witness *w, json_t *j)
{
	json_int_t id = json_integer_value(json_object_get(j, "run"));
	struct run *run = id > 0 ? runs_find(w->runs, (unsigned int)id) : NULL;

	if (!run)
		return garbage(w, "a run that nobody asked for");
	return take_counts(w, run, j);
}

static int dispatch(struct witness *w, json_t *j)
{
	if (json_object_get(j, "run"))
		return take_run(w, j);
	if (json_object_get(j, "error"))
		return take_error(w, j);
	if (json_object_get(j, "calibrated"))
		return take_calibration(w);
	if (json_object_get(j, "witness"))
		return take_header(w, j);
	return garbage(w, "neither header, calibration, counts nor error");
}

int witness_line(struct witness *w, const char *line)
{
	json_t *j = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	int ret;

	w->line++;
	if (!j)
		return garbage(w, "not JSON; is it cut off?");
	ret = dispatch(w, j);
	json_decref(j);
	return ret;
}

static int check_run(const struct run *run)
{
	const struct sample *last;

	if (!run->complete)
		return fail("run %u (%s under %s): the witness has no complete "
			    "record of it", run->id, run->workload,
			    run->policy);
	last = &run->sample[run->nr_samples - 1];
	if (run->unknown > WITNESS_UNKNOWN * (last->accesses + run->unknown))
		return fail("run %u (%s under %s): the witness cannot tell the "
			    "node of %.1f %% of the accesses", run->id,
			    run->workload, run->policy, 100 * run->unknown /
			    (last->accesses + run->unknown));
	return 0;
}

int witness_check(const struct witness *w)
{
	if (!w->nr_nodes)
		return fail("the witness has written nothing");
	if (w->error[0])
		return fail("the witness refuses to vouch for its numbers: %s",
			    w->error);
	if (!w->calibrated)
		return fail("the witness was never calibrated");
	for (size_t i = 0; i < w->runs->nr; i++)
		if (check_run(&w->runs->run[i]))
			return -1;
	return 0;
}
