// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace sweep: all combinations of machines, workloads, policies and
 * seeds, simulated into one database.
 */
#include "cli.h"
#include "pool.h"
#include "ranks.h"
#include "signals.h"
#include "store.h"
#include "sweep_args.h"
#include "sweep_plan.h"
#include "sweep_progress.h"

#include <stdio.h>
#include <stdlib.h>

struct sweep {
	const struct sweep_args *args;
	struct ranks ranks;
	struct sweep_plan plan;
	struct pool pool;
};

/* Nothing may be open when workers begin: locks do not survive a fork. */
static int prepare_file(struct sweep *w)
{
	struct store s;
	int ret;

	if (store_make(&s, w->args->file))
		return -1;
	ret = store_begin(&s, &w->plan);
	for (size_t i = 0; !ret && i < w->plan.nr; i++) {
		int there = store_has(&s, &w->plan.point[i].key);

		if (there > 0)
			w->pool.shared->state[i] = POOL_DONE;
		ret = there < 0 ? -1 : 0;
	}
	store_close(&s);
	return ret;
}

static void pack_file(const struct sweep *w)
{
	struct store s;

	if (store_add_to(&s, w->args->file))
		return;
	store_pack(&s);
	store_close(&s);
}

/* One rank speaks for all. */
static bool is_quiet(const struct sweep *w)
{
	return w->args->quiet || w->ranks.rank;
}

static void say_end(const struct sweep *w)
{
	if (!is_quiet(w))
		fprintf(stderr, "%zu of %zu points in %s, %zu of them new\n",
			pool_count(&w->pool, POOL_DONE), w->plan.nr,
			w->args->file, w->pool.shared->made);
}

static int run_points(struct sweep *w)
{
	struct sweep_progress progress;
	int ret;

	sweep_progress_init(&progress, &w->pool, is_quiet(w));
	ret = pool_run(&w->pool, sweep_progress_show, &progress);
	sweep_progress_end(&progress);
	return ret;
}

static int judge(const struct sweep *w)
{
	size_t failed = pool_count(&w->pool, POOL_FAILED);

	say_end(w);
	if (!failed)
		return EXIT_SUCCESS;
	fail("%zu points failed; the same command tries them again", failed);
	return EXIT_FAILURE;
}

static int run_sweep(struct sweep *w)
{
	unsigned int jobs = w->args->jobs ? w->args->jobs :
					    ranks_cores(&w->ranks);
	int code = EXIT_FAILURE;

	if (pool_init(&w->pool, &w->plan, w->args->file, jobs))
		return EXIT_FAILURE;
	if (!prepare_file(w) && !run_points(w)) {
		if (!stopped_by)
			code = judge(w);
		pack_file(w);
	}
	if (signals_note()) {
		fail("stopped; the same command goes on");
		code = EXIT_SIGNAL + stopped_by;
	}
	pool_free(&w->pool);
	return code;
}

static int plan_and_run(struct sweep *w)
{
	int code;

	if (ranks_find(&w->ranks))
		return EXIT_FAILURE;
	if (sweep_plan_init(&w->plan, w->args))
		return EXIT_USAGE;
	if (sweep_plan_load(&w->plan) ||
	    sweep_plan_order(&w->plan, w->ranks.rank, w->ranks.size))
		code = EXIT_USAGE;
	else
		code = run_sweep(w);
	sweep_plan_free(&w->plan);
	return code;
}

int cmd_sweep(int argc, char **argv)
{
	struct sweep_args args;
	struct sweep w = { .args = &args };

	sweep_args_parse(&args, argc, argv);
	signals_hold();
	signal(SIGXFSZ, SIG_IGN);	/* a full disk is an error, no death */
	return plan_and_run(&w);
}
