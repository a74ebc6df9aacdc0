// SPDX-License-Identifier: GPL-2.0
/* Fills in what was not given, and refuses what the machine cannot do. */
#include "npwork.h"

#include <err.h>
#include <unistd.h>

static unsigned int count_for(int count, const struct machine *m)
{
	unsigned int n = m->nr_cpus, homes = m->nr_homes ? m->nr_homes : 1;

	switch (count) {
	case EVERY_CPU:
		return n;
	case EVERY_HOME:
		return homes;
	case HALF_THE_CPUS:
		return n / 2 ? n / 2 : 1;
	case NODE_CPUS:
		return n / homes ? n / homes : 1;
	}
	return count;
}

static void fill_counts(struct options *o, const struct machine *m)
{
	const struct workload *w = o->workload;

	if (!o->processes)
		o->processes = count_for(w->processes, m);
	if (o->processes < w->min_processes)
		o->processes = w->min_processes;
	if (w->pairs)
		o->processes -= o->processes % 2;
	if (!o->threads)
		o->threads = count_for(w->threads, m);
	/* Half of few CPUs may be less than makes sense, asked or not. */
	if (o->threads < w->min_threads)
		o->threads = w->min_threads;
}

static void fill(struct options *o, const struct machine *m)
{
	const struct workload *w = o->workload;

	fill_counts(o, m);
	if (!o->mb)
		o->mb = w->mb;
	if (!o->stride)
		o->stride = 256;
	if (!o->seconds && !o->loops)
		o->seconds = 10;
	if (!o->turn_ms[w->turn])
		o->turn_ms[w->turn] = w->turn_ms;
	if (!o->init)
		o->init = w->init;
	/* Placed memory is where it was bound; only who touches it is left. */
	if (o->place && o->init == INIT_NODE0)
		o->init = INIT_MAIN;
}

/* An option that would change nothing is a misunderstanding: say so. */
static void check_options(const struct options *o)
{
	const struct workload *w = o->workload;

	for (unsigned int t = TURN_PHASE; t < NR_TURNS; t++)
		if (o->turn_ms[t] && w->turn != t)
			errx(EXIT_USAGE, "%s takes no %s", w->name,
			     turn_options[t]);
	if (w->lanes && o->init)
		errx(EXIT_USAGE, "%s takes no --init: each child touches its own memory",
		     w->name);
	if (o->place && o->init == INIT_NODE0)
		errx(EXIT_USAGE, "--init node0 and --place %s contradict each other",
		     place_names[o->place]);
	if (o->processes && o->processes < w->min_processes)
		errx(EXIT_USAGE, "%s needs at least %u processes", w->name,
		     w->min_processes);
	if (w->pairs && o->processes % 2)
		errx(EXIT_USAGE, "%s needs an even number of processes", w->name);
	if (w->single && o->threads > 1)
		errx(EXIT_USAGE, "%s has one thread per process; use --processes",
		     w->name);
	if (o->threads && o->threads < w->min_threads)
		errx(EXIT_USAGE, "%s needs at least %u threads", w->name,
		     w->min_threads);
}

static void check_nodes(const struct options *o, const struct machine *m)
{
	const struct workload *w = o->workload;

	if (m->nr_homes < w->min_homes)
		errx(EXIT_USAGE, "%s needs %u nodes with CPUs and memory; there are %u",
		     w->name, w->min_homes, m->nr_homes);
	if (o->place && !m->nr_homes)
		errx(EXIT_USAGE, "--place needs a node with CPUs and memory");
	if (o->place == PLACE_INVERSE && m->nr_memory < 2)
		errx(EXIT_USAGE, "--place inverse needs 2 nodes with memory; there is %u",
		     m->nr_memory);
}

static void check_sizes(const struct options *o, const struct machine *m)
{
	uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t share = o->mb * MIB / o->threads / page * page;
	uint64_t parts = o->processes - 1 + times(o, o->processes - 1);

	if (parts * o->threads > MAX_TASKS)
		errx(EXIT_USAGE, "%ju processes of %u threads are more than %u tasks",
		     (uintmax_t)parts, o->threads, MAX_TASKS);
	if (o->mb * parts > m->memory_mb)
		errx(EXIT_USAGE, "%ju x %ju MiB are more than the %ju MiB of this machine",
		     (uintmax_t)parts, (uintmax_t)o->mb, (uintmax_t)m->memory_mb);
	if (!share)
		errx(EXIT_USAGE, "%ju MiB are too little for %u threads",
		     (uintmax_t)o->mb, o->threads);
	if (o->stride % sizeof(uint64_t) || o->stride > share)
		errx(EXIT_USAGE, "--stride must be a multiple of %zu and at most a thread's share of %ju bytes",
		     sizeof(uint64_t), (uintmax_t)share);
}

void settle(struct options *o, const struct machine *m)
{
	check_options(o);
	fill(o, m);
	check_nodes(o, m);
	check_sizes(o, m);
}
