// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace policies: what can be chosen, and what can be set.
 */
#include "catalogue.h"
#include "cli.h"
#include "json.h"
#include "table.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

struct args {
	const char *name;
	bool json;
};

static int is_asked_for(const struct args *args, const struct np_ioc_policy *p)
{
	return !args->name || !strcmp(args->name, p->name);
}

/* ------------------------------------------------------------------ tables */

static int print_all(int from)
{
	static const char *const heads[] = {
		"POLICY", ">USERS", ">PARAMETERS", "WHAT IT DOES", NULL
	};
	struct libscols_table *t = table_new(heads);
	struct np_ioc_policy p;
	int ret = t ? 0 : -1;

	for (unsigned int i = 0; !ret && !(ret = catalogue_policy(from, i, &p)); i++)
		ret = table_row(t, "%s\t%u\t%u\t%s", p.name, p.users,
				p.nr_params, p.summary);
	if (ret == -ENOENT)
		return table_print(t);
	if (t)
		table_free(t);
	return -1;
}

/* The first line is as it would be written behind the policy's name. */
static void print_param(const struct np_ioc_param *p)
{
	printf("\n  %s=%" PRId64 "%s  (%" PRId64 " to %" PRId64 ")\n"
	       "\t%s\n\tdefault from: %s\n", p->key, (int64_t)p->def,
	       p->unit, (int64_t)p->min, (int64_t)p->max, p->text, p->source);
}

static int print_one(int from, const struct np_ioc_policy *policy)
{
	struct np_ioc_param p;

	printf("%s: %s\n", policy->name, policy->summary);
	for (unsigned int i = 0; i < policy->nr_params; i++) {
		if (catalogue_param(from, policy->index, i, &p))
			return -1;
		print_param(&p);
	}
	return 0;
}

/* -------------------------------------------------------------------- JSON */

static json_t *param_json(const struct np_ioc_param *p)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:s, s:s, s:s}",
			 "key", p->key,
			 "default", (json_int_t)p->def,
			 "min", (json_int_t)p->min,
			 "max", (json_int_t)p->max,
			 "unit", p->unit,
			 "text", p->text,
			 "source", p->source);
}

static int add_params(int from, const struct np_ioc_policy *policy,
		      json_t *params)
{
	struct np_ioc_param p;

	for (unsigned int i = 0; i < policy->nr_params; i++) {
		if (catalogue_param(from, policy->index, i, &p))
			return -1;
		if (json_array_append_new(params, param_json(&p)))
			return fail("out of memory");
	}
	return 0;
}

static int add_policy(int from, const struct np_ioc_policy *p, json_t *list)
{
	json_t *params = json_array();
	int ret = add_params(from, p, params);
	json_t *j = json_pack("{s:s, s:s, s:i, s:o}",
			      "name", p->name,
			      "summary", p->summary,
			      "users", (int)p->users,
			      "parameters", params);

	if (json_array_append_new(list, j) && !ret)
		ret = fail("out of memory");
	return ret;
}

static int emit(int from, const struct args *args)
{
	json_t *list = json_array();
	struct np_ioc_policy p;
	int ret = 0;

	for (unsigned int i = 0; !ret && !(ret = catalogue_policy(from, i, &p)); i++)
		if (is_asked_for(args, &p))
			ret = add_policy(from, &p, list);
	if (ret == -ENOENT && (!args->name || json_array_size(list)))
		return json_emit(list);
	json_decref(list);
	return ret;
}

/* ------------------------------------------------------------- the command */

static int print_named(int from, const char *name)
{
	struct np_ioc_policy p;
	int ret;

	for (unsigned int i = 0; !(ret = catalogue_policy(from, i, &p)); i++)
		if (!strcmp(p.name, name))
			return print_one(from, &p);
	return ret;
}

static int show(int from, const struct args *args)
{
	if (args->json)
		return emit(from, args);
	return args->name ? print_named(from, args->name) : print_all(from);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'j':
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->name)
			argp_error(state, "one policy at a time");
		args->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "print as JSON, parameters included", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[NAME]",
	.doc = "List the policies of the loaded module, or else of this program; "
	       "or of one policy its parameters with defaults, ranges, units and "
	       "where the defaults come from.",
};

int cmd_policies(int argc, char **argv)
{
	struct args args = { 0 };
	int from, ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	from = catalogue_open();
	if (from == -1)
		return EXIT_FAILURE;
	ret = show(from, &args);
	catalogue_close(from);
	if (ret == -ENOENT) {
		fail("no policy '%s'; `numaplace policies' lists them",
		     args.name);
		return EXIT_USAGE;
	}
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
