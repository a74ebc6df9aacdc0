// SPDX-License-Identifier: GPL-2.0
/*
 * The runs of a comparison.
 */
#include "run.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void run_free(struct run *run)
{
	free(run->workload);
	free(run->policy);
	free(run->sample);
	free(run->matrix);
	free(run->window);
	json_decref(run->guest);
}

struct run *runs_add(struct runs *runs, const char *workload,
		     const char *policy)
{
	struct run *more, *run;

	more = realloc(runs->run, (runs->nr + 1) * sizeof(*more));
	if (!more) {
		fail("out of memory");
		return NULL;
	}
	runs->run = more;
	run = &more[runs->nr++];
	*run = (struct run){
		.id = (unsigned int)runs->nr,
		.workload = strdup(workload),
		.policy = strdup(policy),
	};
	if (run->workload && run->policy)
		return run;
	fail("out of memory");
	return NULL;
}

struct run *runs_find(const struct runs *runs, unsigned int id)
{
	for (size_t i = 0; i < runs->nr; i++)
		if (runs->run[i].id == id)
			return &runs->run[i];
	return NULL;
}

static void run_forget(struct run *run)
{
	free(run->sample);
	free(run->matrix);
	json_decref(run->guest);
	*run = (struct run){
		.id = run->id,
		.round = run->round,
		.workload = run->workload,
		.policy = run->policy,
	};
}

void runs_forget(const struct runs *runs)
{
	for (size_t i = 0; i < runs->nr; i++)
		run_forget(&runs->run[i]);
}

void runs_free(struct runs *runs)
{
	for (size_t i = 0; i < runs->nr; i++)
		run_free(&runs->run[i]);
	free(runs->run);
	*runs = (struct runs){ 0 };
}

int run_add_sample(struct run *run, const struct sample *s)
{
	struct sample *more;

	more = realloc(run->sample, (run->nr_samples + 1) * sizeof(*more));
	if (!more)
		return fail("out of memory");
	run->sample = more;
	more[run->nr_samples++] = *s;
	return 0;
}

double run_number(const struct run *run, const char *path)
{
	const json_t *j = run->guest;
	char *copy = strdup(path), *rest = copy, *key;

	while (j && (key = strsep(&rest, ".")))
		j = json_object_get(j, key);
	free(copy);
	return json_number_value(j);
}
