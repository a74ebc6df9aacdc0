// SPDX-License-Identifier: GPL-2.0
/*
 * A story for programs: one JSON object per line, its member "what" tells which.
 */
#include "cli.h"
#include "explain.h"
#include "explain_census.h"
#include "explain_source.h"
#include "json.h"
#include "record_text.h"

#include <inttypes.h>

#define OFFERED	5

static int emit(json_t *j)
{
	int bad = !j || json_dumpf(j, stdout, JSON_COMPACT |
				   JSON_REAL_PRECISION(9));

	json_decref(j);
	if (bad && !ferror(stdout))
		return fail("out of memory");
	return putchar('\n') == EOF ? -1 : 0;
}

static json_t *address(uint64_t addr)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, addr);
	return json_string(text);
}

static json_t *seconds(uint64_t ns)
{
	return json_real((double)ns / 1e9);
}

/* ----------------------------------------------------------------- beginning */

static json_t *subject_json(const struct subject *a)
{
	if (a->thread)
		return json_pack("{s:s, s:i, s:i}", "kind", "thread",
				 "pid", (int)a->pid, "tid", (int)a->tid);
	return json_pack("{s:s, s:i, s:o, s:i}", "kind", "page",
			 "pid", (int)a->pid, "addr", address(a->addr),
			 "pages", (int)a->pages);
}

static json_t *pages_json(const struct census *c, uint32_t pid)
{
	const struct census_page *p[OFFERED];
	size_t nr = census_pages(c, pid, p, OFFERED);
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(list,
			json_pack("{s:o, s:i, s:I, s:I, s:I}",
				  "addr", address(p[i]->addr),
				  "pid", (int)p[i]->pid,
				  "faults", (json_int_t)p[i]->faults,
				  "moves", (json_int_t)p[i]->moves,
				  "back", (json_int_t)p[i]->back));
	return list;
}

static json_t *threads_json(const struct census *c, uint32_t pid)
{
	const struct census_thread *t[OFFERED];
	size_t nr = census_threads(c, pid, t, OFFERED);
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(list,
			json_pack("{s:i, s:i, s:I, s:I, s:I, s:I}",
				  "tid", (int)t[i]->tid,
				  "pid", (int)t[i]->pid,
				  "faults", (json_int_t)t[i]->faults,
				  "local", (json_int_t)t[i]->local,
				  "asked", (json_int_t)t[i]->asked,
				  "agreed", (json_int_t)t[i]->agreed));
	return list;
}

static int begin(const struct source *s, const struct census *c,
		 const struct subject *about, bool chosen)
{
	return emit(json_pack("{s:s, s:s, s:o, s:o, s:b, s:o, s:o}",
			      "what", "subject",
			      "version", NP_VERSION,
			      "source", json_text(s->title),
			      "subject", subject_json(about),
			      "chosen_here", chosen,
			      "pages", pages_json(c, s->args->pid),
			      "threads", threads_json(c, s->args->pid)));
}

/* -------------------------------------------------------------------- numbers */

static json_t *stats_json(const struct np_stats *s)
{
	json_t *list;

	if (!s)
		return json_null();
	list = json_array();
	for (int n = 0; n < (int)s->nr_nodes; n++)
		if (np_stats_node(s, n) || np_stats_cpu(s, n))
			json_array_append_new(list,
				json_pack("{s:i, s:I, s:I, s:I, s:f}",
					  "node", n,
					  "private", (json_int_t)
					  np_stats_count(s, n, NP_STATS_PRIVATE),
					  "shared", (json_int_t)
					  np_stats_count(s, n, NP_STATS_SHARED),
					  "by_cpus", (json_int_t)
					  np_stats_cpu(s, n),
					  "weight", (double)
					  np_stats_weight(s, n) / NP_SCALE));
	return list;
}

static json_t *numbers_json(const struct numbers *n)
{
	if (!n->policy[0])
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:o,"
			 " s:o}",
			 "policy", n->policy,
			 "faults", (json_int_t)n->faults,
			 "local", (json_int_t)n->local,
			 "pages_migrated", (json_int_t)n->moved,
			 "passes", (int)n->passes,
			 "period_ms", (int)n->period_ms,
			 "marked", (int)n->marked,
			 "home", (int)n->home,
			 "thread_home", (int)n->task_home,
			 "thread_stats", stats_json(n->task),
			 "process_stats", stats_json(n->proc));
}

/* ---------------------------------------------------------------------- steps */

static const char *const kinds[] = {
	[STEP_FAULT] = "fault",
	[STEP_FOUND] = "found",
	[STEP_ASK] = "ask",
	[STEP_DONE] = "done",
	[STEP_WENT] = "went",
	[STEP_PASS] = "pass",
	[STEP_LIFE] = "life",
};

static json_t *counts_json(const uint64_t *count, unsigned int nr)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < nr; i++)
		json_array_append_new(list,
				      json_integer((json_int_t)count[i]));
	return list;
}

static json_t *tally_json(const struct tally *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
			 "faults", (json_int_t)t->faults,
			 "local", (json_int_t)t->local,
			 "private", (json_int_t)t->private,
			 "refused", (json_int_t)t->refused,
			 "pages_migrated", (json_int_t)t->moved,
			 "moves", (json_int_t)t->moves,
			 "back", (json_int_t)t->back,
			 "memory", counts_json(t->memory, t->nr_nodes),
			 "cpus", counts_json(t->cpu, t->nr_nodes));
}

/* What only this kind of step has. */
static json_t *detail_json(const struct step *s)
{
	switch (s->kind) {
	case STEP_FAULT:
		return json_pack("{s:b, s:o}",
				 "filter_passes", filter_passes(&s->rec),
				 "outcome", s->end.type ?
				 record_json(&s->end) : json_null());
	case STEP_PASS:
		return json_pack("{s:o}", "since", tally_json(s->since));
	case STEP_LIFE:
		return json_pack("{s:s}", "text", s->text);
	case STEP_ASK:
		return json_pack("{s:i}", "node", (int)s->from);
	case STEP_DONE:
		return json_pack("{s:i, s:b}", "node", (int)s->from,
				 "done", s->from == s->to);
	case STEP_WENT:
		return json_pack("{s:i, s:i, s:i}", "from", (int)s->from,
				 "to", (int)s->to, "partner", (int)s->partner);
	default:
		return json_pack("{s:i, s:i}", "from", (int)s->from,
				 "to", (int)s->to);
	}
}

static int step(const struct subject *about, const struct step *s)
{
	(void)about;
	return emit(json_join(json_pack("{s:s, s:o, s:o, s:o}",
					"what", kinds[s->kind],
					"t", seconds(s->rec.time_ns),
					"record", record_json(&s->rec),
					"numbers", numbers_json(&s->n)),
			      detail_json(s)));
}

static json_t *kinds_json(const struct repeated *r)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < r->nr; i++)
		if (r->often[i])
			json_array_append_new(list,
				json_pack("{s:I, s:o, s:o}",
					  "times", (json_int_t)r->often[i],
					  "like", record_json(&r->like[i].rec),
					  "outcome", r->like[i].end.type ?
					  record_json(&r->like[i].end) :
					  json_null()));
	return list;
}

static int repeated(const struct subject *about, const struct repeated *r)
{
	(void)about;
	return emit(json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}",
			      "what", "repeated",
			      "times", (json_int_t)r->times,
			      "passes", (json_int_t)r->passes,
			      "from", seconds(r->first_ns),
			      "to", seconds(r->last_ns),
			      "kinds", kinds_json(r)));
}

/* --------------------------------------------------------------------- ending */

static json_t *run_json(const struct census *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "records", (json_int_t)c->records,
			 "hint_faults", (json_int_t)c->faults,
			 "hint_faults_local", (json_int_t)c->local,
			 "pages_migrated", (json_int_t)c->moved,
			 "ping_pongs", (json_int_t)c->back,
			 "passes", (json_int_t)c->passes,
			 "task_moves_asked", (json_int_t)c->asked,
			 "task_moves_agreed", (json_int_t)c->agreed);
}

static json_t *times_json(const struct ending *e)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < e->all.nr_nodes; i++)
		json_array_append_new(list, seconds(e->at_ns[i]));
	return list;
}

static int end(const struct subject *about, const struct ending *e,
	       const struct census *c)
{
	return emit(json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I,"
			      " s:o}",
			      "what", "summary",
			      "subject", subject_json(about),
			      "all", tally_json(&e->all),
			      "seconds_on_node", times_json(e),
			      "asked", (json_int_t)e->asked,
			      "agreed", (json_int_t)e->agreed,
			      "done", (json_int_t)e->done,
			      "went", (json_int_t)e->went,
			      "hidden", (json_int_t)e->hidden,
			      "run", run_json(c)));
}

const struct teller explain_json = {
	.begin = begin, .step = step, .repeated = repeated, .end = end,
};
