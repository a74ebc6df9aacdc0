// SPDX-License-Identifier: GPL-2.0
/*
 * Records from a trace file or from a simulation.
 */
#include "explain_source.h"
#include "cli.h"
#include "signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/trace_file.h"

#define LOOK_RECORDS	4096	/* between two looks at the clock and signals */

/* --------------------------------------------------------------- simulations */

static bool is_managed(const char *policy)
{
	return strcmp(policy, "off") && strcmp(policy, "hand") &&
	       strcmp(policy, "inverse");
}

static int check_names(struct source *s)
{
	const struct explain_args *args = s->args;

	if (!is_managed(args->policy))
		return fail("under '%s' nobody decides, so there is nothing to "
			    "explain", args->policy);
	return simulate_check(&s->how, args->workload, args->policy);
}

static void set_how(struct source *s)
{
	const struct explain_args *args = s->args;

	s->how = (struct simulate){
		.topology = &s->topology,
		.preempt = SIM_PREEMPT_VOLUNTARY,
		.seconds = args->seconds,
		.seed = args->seed,
		.thp = !strcmp(args->thp, "always"),
	};
	sim_costs_read(&s->how.costs, args->costs);
}

static int open_simulation(struct source *s)
{
	const struct explain_args *args = s->args;
	struct sim_error e;

	if (topology_load(&s->topology, args->topology, &e)) {
		fail("%s", e.text);
		return EXIT_USAGE;
	}
	set_how(s);
	if (check_names(s))
		return EXIT_USAGE;
	s->work = simulate_plan(&s->how, args->workload, &e);
	if (s->work)
		return 0;
	fail("%s", e.text);
	return EXIT_FAILURE;
}

/**
 * struct listening - to one simulation
 * @err:	whoever takes the records has had enough
 */
struct listening {
	struct source *s;
	source_taker take;
	void *data;
	uint64_t seq;
	bool err;
};

static void hear(void *data, const struct np_ctx *c,
		 const struct np_record *rec)
{
	struct listening *l = data;
	struct np_record numbered = *rec;
	struct source_record r = { c->m, &numbered };

	numbered.seq = l->seq++;
	if (!l->err && l->take(l->data, &r))
		l->err = true;
}

static void second(void *data, const struct sim_second *now)
{
	struct listening *l = data;

	explain_progress_update(&l->s->progress, (double)now->t_ns / 1e9 /
				l->s->how.seconds);
}

static bool stop(void *data)
{
	const struct listening *l = data;

	return l->err || signals_note();
}

static void name_simulation(struct source *s)
{
	const struct explain_args *args = s->args;

	snprintf(s->title, sizeof(s->title), "simulation of %s on %s under %s, "
		 "%u s, seed %u", args->workload, args->topology, args->policy,
		 args->seconds, args->seed);
}

static int run_simulation(struct source *s, source_taker take, void *data)
{
	struct sim_config c = simulate_config(&s->how, s->work,
					      s->args->policy);
	struct listening l = { .s = s, .take = take, .data = data };
	struct sim_result r;
	struct sim_error e;
	int ret;

	name_simulation(s);
	c.watch = (struct sim_watch){ &l, stop, second, hear };
	ret = sim_run(&c, &r, &e);
	if (!ret)
		sim_result_free(&r);
	if (l.err || stopped_by)
		return -1;
	return ret ? fail("%s", e.text) : 0;
}

/* --------------------------------------------------------------------- files */

static int open_file(struct source *s)
{
	const char *name = s->args->file;

	s->f = fopen(name, "re");
	if (!s->f)
		return fail("%s: %s", name, strerror(errno));
	if (fseek(s->f, 0, SEEK_END) || (s->size = ftell(s->f)) < 0)
		return fail("%s: is read twice, so it must be a file", name);
	return 0;
}

static bool wanted(struct source *s, uint64_t seq)
{
	if (seq % LOOK_RECORDS)
		return true;
	explain_progress_update(&s->progress, s->size > 0 ?
				(double)ftell(s->f) / (double)s->size : -1);
	return !signals_note();
}

static int read_all(struct source *s, struct trace_reader *reader,
		    source_taker take, void *data)
{
	struct np_record rec;
	struct source_record r = {
		.m = trace_reader_machine(reader), .rec = &rec,
	};
	struct sim_error e;
	int more;

	while ((more = trace_reader_next(reader, &rec, &e)) > 0)
		if (!wanted(s, rec.seq) || take(data, &r))
			return -1;
	return more ? fail("%s", e.text) : 0;
}

static void name_file(struct source *s, const struct trace_info *info)
{
	snprintf(s->title, sizeof(s->title), "%s: %s%s%s", s->args->file,
		 info->origin, info->command[0] ? ": " : "", info->command);
}

static int run_file(struct source *s, source_taker take, void *data)
{
	struct trace_reader *reader;
	struct sim_error e;
	int ret;

	rewind(s->f);
	reader = trace_reader_open(s->f, s->args->file, &e);
	if (!reader)
		return fail("%s", e.text);
	name_file(s, trace_reader_info(reader));
	ret = read_all(s, reader, take, data);
	trace_reader_free(reader);
	return ret;
}

/* ---------------------------------------------------------------------- both */

int source_open(struct source *s, const struct explain_args *args)
{
	*s = (struct source){ .args = args };
	if (!args->file)
		return open_simulation(s);
	return open_file(s) ? EXIT_FAILURE : 0;
}

int source_run(struct source *s, const char *what, source_taker take,
	       void *data)
{
	int ret;

	explain_progress_begin(&s->progress, what, s->args->quiet);
	ret = s->f ? run_file(s, take, data) : run_simulation(s, take, data);
	explain_progress_end(&s->progress);
	return ret;
}

void source_close(struct source *s)
{
	if (s->f)
		fclose(s->f);
	work_plan_free(s->work);
	topology_free(&s->topology);
}
