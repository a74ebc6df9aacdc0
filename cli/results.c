// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest itself says on its second serial port: "run {JSON}" after
 * each run, from lab/guest/measure; "kernel RELEASE", "wrong usage" and
 * "error: TEXT" from our own script (scenario.c); and what programs print.
 */
#include "results.h"
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* What follows @word in @line, or NULL if it begins otherwise. */
static const char *after(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) ? NULL : line + len;
}

static int take_run(struct results *r, const char *text)
{
	json_t *j = json_loads(text, 0, NULL);
	json_int_t id = json_integer_value(json_object_get(j, "run"));
	struct run *run = id > 0 ? runs_find(r->runs, (unsigned int)id) : NULL;

	if (run && !run->guest) {
		run->guest = j;
		return 0;
	}
	json_decref(j);
	return fail("a line of the guest makes no sense: run %s", text);
}

int results_line(struct results *r, const char *line)
{
	const char *rest;

	if ((rest = after(line, "run ")))
		return take_run(r, rest);
	if ((rest = after(line, "kernel ")))
		snprintf(r->kernel, sizeof(r->kernel), "%s", rest);
	else if ((rest = after(line, "error: ")))
		snprintf(r->error, sizeof(r->error), "%s", rest);
	else if (!strcmp(line, "wrong usage"))
		r->usage = true;
	return 0;
}

static int check_run(const struct run *run)
{
	json_t *status = json_object_get(run->guest, "status");

	if (!run->guest)
		return fail("run %u (%s under %s) is missing from the guest's "
			    "results", run->id, run->workload, run->policy);
	if (!json_is_integer(status) || json_integer_value(status))
		return fail("run %u (%s under %s): the workload failed with "
			    "status %d", run->id, run->workload, run->policy,
			    (int)json_integer_value(status));
	if (!json_is_object(json_object_get(run->guest, "work")))
		return fail("run %u (%s under %s): the workload did not say "
			    "what it has done", run->id, run->workload,
			    run->policy);
	return 0;
}

int results_check(const struct results *r)
{
	if (r->error[0])
		return fail("in the guest: %s", r->error);
	for (size_t i = 0; i < r->runs->nr; i++)
		if (check_run(&r->runs->run[i]))
			return -1;
	return 0;
}
