// SPDX-License-Identifier: GPL-2.0
/*
 * What follows from the samples of a run.
 *
 * Samples are cumulative and about a second apart.  Everything here is a
 * difference of two interpolated samples, so that nothing is lost or counted
 * twice where a window ends between two of them.
 */
#include "derive.h"
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LAST_PART	0.25	/* of a run: where it has settled */
#define HALF_WINDOW	(WINDOW_SECONDS / 2)

static double between(double a, double b, double share)
{
	return a + (b - a) * share;
}

static struct sample mix(const struct sample *a, const struct sample *b,
			 double t)
{
	double share = b->t > a->t ? (t - a->t) / (b->t - a->t) : 1;

	return (struct sample){
		.t = t,
		.local = between(a->local, b->local, share),
		.accesses = between(a->accesses, b->accesses, share),
		.user = between(a->user, b->user, share),
		.kernel = between(a->kernel, b->kernel, share),
	};
}

/* The first sample that is not before @t, or their number. */
static size_t first_from(const struct run *run, double t)
{
	size_t low = 0, high = run->nr_samples;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->sample[middle].t < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sample sample_at(const struct run *run, double t)
{
	size_t i = first_from(run, t);

	if (!run->nr_samples)
		return (struct sample){ 0 };
	if (i == 0)
		return run->sample[0];
	if (i == run->nr_samples)
		return run->sample[i - 1];
	return mix(&run->sample[i - 1], &run->sample[i], t);
}

struct window window_between(const struct run *run, double from, double to)
{
	struct sample a = sample_at(run, from);
	struct sample b = sample_at(run, to);
	double accesses = b.accesses - a.accesses;

	return (struct window){
		.t = to,
		.local = accesses > 0 ? (b.local - a.local) / accesses : NAN,
		.accesses = accesses,
		.user = b.user - a.user,
		.kernel = b.kernel - a.kernel,
	};
}

double run_length(const struct run *run)
{
	return run->nr_samples ? run->sample[run->nr_samples - 1].t : 0;
}

/* A rest shorter than half a window is added to the one before. */
static size_t count_windows(double length)
{
	size_t nr = (size_t)(length / WINDOW_SECONDS);

	if (length - (double)nr * WINDOW_SECONDS >= HALF_WINDOW || !nr)
		nr++;
	return nr;
}

int derive_run(struct run *run)
{
	double length = run_length(run);
	size_t nr = count_windows(length);

	run->window = calloc(nr, sizeof(*run->window));
	if (!run->window)
		return fail("out of memory");
	run->nr_windows = nr;
	for (size_t i = 0; i < nr; i++) {
		double from = (double)i * WINDOW_SECONDS;
		double to = i + 1 == nr ? length : from + WINDOW_SECONDS;

		run->window[i] = window_between(run, from, to);
	}
	run->local_final = window_between(run, length * (1 - LAST_PART),
					  length).local;
	return 0;
}

double derive_near(const struct run *run, double hand_final)
{
	double since = NEVER;

	/* not a number, too, is not near */
	for (size_t i = 1; i < run->nr_samples; i++) {
		double t = run->sample[i].t;
		double from = t > NEAR_SECONDS ? t - NEAR_SECONDS : 0;

		if (!(window_between(run, from, t).local >=
		      NEAR_HAND * hand_final))
			since = NEVER;
		else if (since < 0)
			since = t;
	}
	return since;
}

/* The same workload by hand, in the same round. */
static const struct run *find_hand(const struct runs *runs,
				   const struct run *run)
{
	for (size_t i = 0; i < runs->nr; i++)
		if (!strcmp(runs->run[i].policy, "hand") &&
		    !strcmp(runs->run[i].workload, run->workload) &&
		    runs->run[i].round == run->round)
			return &runs->run[i];
	return NULL;
}

static void compare_with_hand(struct run *run, const struct run *hand)
{
	run->hand_final = NEVER;
	run->seconds_to_90 = NEVER;
	if (!hand || !(hand->local_final >= 0))
		return;
	run->hand_final = hand->local_final;
	run->seconds_to_90 = derive_near(run, hand->local_final);
}

int derive_all(struct runs *runs)
{
	for (size_t i = 0; i < runs->nr; i++)
		if (derive_run(&runs->run[i]))
			return -1;
	for (size_t i = 0; i < runs->nr; i++)
		compare_with_hand(&runs->run[i],
				  find_hand(runs, &runs->run[i]));
	return 0;
}
