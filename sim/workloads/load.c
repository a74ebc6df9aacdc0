// SPDX-License-Identifier: GPL-2.0
/* Descriptions by name: files, and those that are built in. */
#include "builtin.h"
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_BUILTINS	32
#define SUMMARY		128

static struct work *parse_builtin(const struct work_builtin *b,
				  struct sim_error *e)
{
	return work_parse(b->name, b->text, (size_t)(b->end - b->text), e);
}

static int no_workload(const char *name, struct sim_error *e)
{
	const struct work_builtin *b;
	char known[200] = "";
	size_t len = 0;

	for (unsigned int i = 0; (b = work_builtin(i)); i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len,
					" %s", b->name);
	return sim_fail(e, "there is no file '%.40s', and built in are "
			"only:%s", name, known);
}

static struct work *parse_stream(const char *name, FILE *f,
				 struct sim_error *e)
{
	/* A byte more than allowed, so that the parser sees what is too long. */
	char *text = malloc(WORK_MAX_TEXT + 1);
	struct work *w = NULL;
	size_t len;

	if (!text) {
		work_no_memory(e);
		return NULL;
	}
	len = fread(text, 1, WORK_MAX_TEXT + 1, f);
	if (ferror(f))
		sim_fail(e, "%.100s: %s", name, strerror(errno));
	else
		w = work_parse(name, text, len, e);
	free(text);
	return w;
}

static struct work *parse_file(const char *name, struct sim_error *e)
{
	FILE *f = fopen(name, "re");
	struct work *w;

	if (!f && errno == ENOENT)
		no_workload(name, e);
	else if (!f)
		sim_fail(e, "%.100s: %s", name, strerror(errno));
	if (!f)
		return NULL;
	w = parse_stream(name, f, e);
	fclose(f);
	return w;
}

/* What is built in comes first: a file next to us must not change results. */
static struct work *parse_named(const char *name, struct sim_error *e)
{
	const struct work_builtin *b;

	for (unsigned int i = 0; (b = work_builtin(i)); i++)
		if (!strcmp(b->name, name))
			return parse_builtin(b, e);
	return parse_file(name, e);
}

static struct work_plan *load(const char *name, const char *args,
			      const struct work_machine *m,
			      struct sim_error *e)
{
	struct work *w = parse_named(name, e);
	struct work_plan *plan = w ? work_plan_as(w, name, m, args, e) : NULL;

	work_free(w);
	return plan;
}

/* The lab's programs take phase-seconds=4: in names, hyphens are as good. */
static void unhyphen(char *args)
{
	bool key = true;
	int depth = 0;

	for (; *args; args++) {
		depth += (*args == '(') - (*args == ')');
		if (*args == '=')
			key = false;
		else if (*args == ',' && !depth)
			key = true;
		else if (*args == '-' && key)
			*args = '_';
	}
}

struct work_plan *work_load(const char *spec, const struct work_machine *m,
			    struct sim_error *e)
{
	size_t len = strcspn(spec, ":");
	char *name = strdup(spec), *args;
	struct work_plan *plan;

	if (!name) {
		work_no_memory(e);
		return NULL;
	}
	args = spec[len] ? name + len + 1 : name + len;
	name[len] = '\0';
	unhyphen(args);
	plan = load(name, args, m, e);
	free(name);
	return plan;
}

const char *work_builtin_at(unsigned int i, const char **ret_summary)
{
	static char summary[NR_BUILTINS][SUMMARY];
	const struct work_builtin *b = work_builtin(i);
	struct sim_error e;
	struct work *w = b && i < NR_BUILTINS ? parse_builtin(b, &e) : NULL;

	if (!w)
		return NULL;
	snprintf(summary[i], SUMMARY, "%s", w->summary);
	work_free(w);
	if (ret_summary)
		*ret_summary = summary[i];
	return b->name;
}
