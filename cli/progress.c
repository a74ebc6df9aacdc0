// SPDX-License-Identifier: GPL-2.0
/*
 * What a long wait is spent on.
 */
#include "progress.h"
#include "derive.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define CLEAR	"\r\033[K"
#define RECENT	2.0	/* seconds that "now" is made of */

void progress_init(struct progress *p, const struct runs *runs,
		   unsigned int seconds, bool quiet)
{
	*p = (struct progress){
		.runs = runs,
		.seconds = seconds,
		.quiet = quiet,
		.tty = isatty(STDERR_FILENO),
	};
}

void progress_stage(struct progress *p, const char *what)
{
	if (p->quiet)
		return;
	if (p->tty)
		fprintf(stderr, CLEAR "%s ...", what);
	else
		fprintf(stderr, "%s\n", what);
}

void progress_restart(struct progress *p)
{
	p->reported = 0;
	p->shown = 0;
	progress_stage(p, "booting the guest again");
}

static void print_local(double local)
{
	if (isnan(local))
		fputs(", no accesses", stderr);
	else
		fprintf(stderr, ", %.1f %% local", 100 * local);
}

static void print_name(const struct progress *p, const struct run *run)
{
	fprintf(stderr, "[%u/%zu] %s under %s: ", run->id, p->runs->nr,
		run->workload, run->policy);
}

static void show_under_way(const struct progress *p, const struct run *run)
{
	double t = run_length(run);
	double from = t > RECENT ? t - RECENT : 0;

	fputs(CLEAR, stderr);
	print_name(p, run);
	fprintf(stderr, "%.0f/%u s", t, p->seconds);
	print_local(window_between(run, from, t).local);
}

static void report_end(const struct progress *p, const struct run *run)
{
	double t = run_length(run);

	print_name(p, run);
	fprintf(stderr, "%.0f s", t);
	print_local(window_between(run, t * 0.75, t).local);
	fputs(" at the end\n", stderr);
}

void progress_update(struct progress *p)
{
	const struct run *run = p->runs->run + p->reported;

	if (p->quiet)
		return;
	for (; p->reported < p->runs->nr && run->complete; run++) {
		p->reported++;
		p->shown = 0;
		if (!p->tty)
			report_end(p, run);
	}
	if (!p->tty || p->reported == p->runs->nr ||
	    p->shown == run->nr_samples)
		return;
	p->shown = run->nr_samples;
	show_under_way(p, run);
}

void progress_end(struct progress *p)
{
	if (p->tty && !p->quiet)
		fputs(CLEAR, stderr);
}
