// SPDX-License-Identifier: GPL-2.0
/* The result, as one line of JSON or of text. */
#include "npwork.h"

#include <stdio.h>

/* Exact: bytes in MiB are a binary fraction that fits these digits. */
#define EXACT	"%.17g"

static double in_units(const struct run *run, uint64_t work)
{
	const struct workload *w = run->options->workload;

	return w->unit == unit_mib ? (double)work / MIB : (double)work;
}

/* From the start to the end of the last task. */
static double elapsed(const struct run *run, int64_t start)
{
	int64_t end = start;

	for (unsigned int i = 0; start && i < nr_tasks(run->options); i++)
		if (run->board->slots[i].end_ns > end)
			end = run->board->slots[i].end_ns;
	return (end - start) / 1e9;
}

static uint64_t total(const struct run *run)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < nr_tasks(run->options); i++)
		sum += run->board->slots[i].work;
	return sum;
}

/**
 * struct shares - CPU time of the tasks
 * @fairness:	Jain's index: 1 = fair, 1/n = one has all
 * @worst:	of the task that got least, against the mean
 */
struct shares {
	double fairness, worst;
};

static struct shares shares_of(const struct run *run)
{
	unsigned int n = nr_tasks(run->options);
	double sum = 0, squares = 0, least = 1e18;

	for (unsigned int i = 0; i < n; i++) {
		double s = run->board->slots[i].cpu_ns / 1e9;

		sum += s;
		squares += s * s;
		least = s < least ? s : least;
	}
	if (sum <= 0)
		return (struct shares){ 1, 1 };
	return (struct shares){ sum * sum / (n * squares), least * n / sum };
}

static void print_json(const struct run *run, double seconds)
{
	const struct options *o = run->options;
	struct shares shares = shares_of(run);

	printf("{\"workload\":\"%s\",\"processes\":%u,\"threads\":%u,\"mb\":%ju,"
	       "\"stride\":%ju,\"place\":\"%s\",\"init\":\"%s\",\"seconds\":%.3f,"
	       "\"work\":" EXACT ",\"unit\":\"%s\",\"per_task\":[",
	       o->workload->name, o->processes, o->threads, (uintmax_t)o->mb,
	       (uintmax_t)o->stride, place_names[o->place], init_names[o->init],
	       seconds, in_units(run, total(run)), o->workload->unit);
	for (unsigned int i = 0; i < nr_tasks(o); i++)
		printf("%s" EXACT, i ? "," : "",
		       in_units(run, run->board->slots[i].work));
	printf("],\"fairness\":%.4f,\"worst_share\":%.4f}\n", shares.fairness,
	       shares.worst);
}

static void print_text(const struct run *run, double seconds)
{
	const struct options *o = run->options;
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned int i = 0; i < nr_tasks(o); i++) {
		uint64_t work = run->board->slots[i].work;

		least = work < least ? work : least;
		most = work > most ? work : most;
	}
	printf("%s: %.1f %s in %.1f s; %u tasks, least %.1f, most %.1f\n",
	       o->workload->name, in_units(run, total(run)), o->workload->unit,
	       seconds, nr_tasks(o), in_units(run, least), in_units(run, most));
}

void report(const struct run *run, int64_t start_ns)
{
	double seconds = elapsed(run, start_ns);

	if (run->options->json)
		print_json(run, seconds);
	else
		print_text(run, seconds);
}
