// SPDX-License-Identifier: GPL-2.0
/*
 * How far a sweep is.
 */
#include "sweep_progress.h"

#include <stdio.h>
#include <unistd.h>

#define CLEAR	"\r\033[K"
#define QUIET_SECONDS	10.0	/* between lines that stay */

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) +
	       (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

/* Of points that are done, and of all. */
static double weigh(const struct pool *p, double *ret_all)
{
	double done = 0, all = 0;

	for (size_t i = 0; i < p->plan->nr; i++) {
		all += p->plan->point[i].weight;
		if (p->shared->state[i] >= POOL_FAILED)
			done += p->plan->point[i].weight;
	}
	*ret_all = all;
	return done;
}

void sweep_progress_init(struct sweep_progress *s, const struct pool *pool,
			 bool quiet)
{
	double all;

	*s = (struct sweep_progress){
		.pool = pool,
		.quiet = quiet,
		.tty = isatty(STDERR_FILENO),
		.before = weigh(pool, &all),
	};
	clock_gettime(CLOCK_MONOTONIC, &s->start);
}

static void print_left(double left)
{
	if (left < 60)
		fprintf(stderr, ", %.0f s left", left);
	else if (left < 3600)
		fprintf(stderr, ", %.0f min left", left / 60);
	else
		fprintf(stderr, ", %.1f h left", left / 3600);
}

/* What is left takes as long for its weight as what was done. */
static void show(const struct sweep_progress *s, double t)
{
	const struct pool *p = s->pool;
	size_t made = p->shared->made;
	double all, done = weigh(p, &all);

	fprintf(stderr, "%zu of %zu points", pool_count(p, POOL_DONE),
		p->plan->nr);
	if (!made)
		return;
	fprintf(stderr, ", %.1f/s", (double)made / t);
	print_left((all - done) * t / (done - s->before));
}

/* An error that another process writes goes on its own line this way. */
void sweep_progress_show(void *data)
{
	struct sweep_progress *s = data;
	double t = seconds_since(&s->start);

	if (s->quiet || (!s->tty && t - s->told < QUIET_SECONDS))
		return;
	s->told = t;
	if (s->tty)
		fputs(CLEAR, stderr);
	show(s, t);
	fputc(s->tty ? '\r' : '\n', stderr);
}

void sweep_progress_end(struct sweep_progress *s)
{
	if (s->tty && !s->quiet)
		fputs(CLEAR, stderr);
}
