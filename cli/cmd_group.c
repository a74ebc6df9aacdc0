// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace group: NUMA groups, for programs that do not know of them.
 */
#include "cli.h"
#include "device.h"
#include "groups.h"
#include "human.h"
#include "json.h"
#include "pids.h"
#include "table.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANY_NODE (-1)

/**
 * struct args - what is to be done
 * @word:	[@nr_words] what follows the verb
 */
struct args {
	const struct verb *verb;
	char **word;
	int nr_words;
	int node;
	bool json;
};

struct verb {
	const char *name;
	int least, most;	/* words */
	int (*run)(int dev, const struct args *args);
};

/* -------------------------------------------------------------------- list */

static int add_row(struct libscols_table *t, const struct np_ioc_group *g)
{
	char there[HUMAN_LEN], size[HUMAN_LEN];
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return table_row(t, "%d\t%s\t%d\t%u\t%s\t%s\t%u\t%s", g->id,
			 g->name[0] ? g->name : "-", g->home, g->threads,
			 human_bytes(size, g->present * page),
			 g->present ? human_share(there, g->there, g->present) :
				      "-",
			 g->uid, g->kept ? "kept" : "");
}

static int print_table(int dev)
{
	static const char *const heads[] = {
		">ID", "NAME", ">NODE", ">THREADS", ">MEMORY", ">THERE", ">UID",
		"", NULL,
	};
	struct libscols_table *t = table_new(heads);
	struct np_ioc_group g = { 0 };
	int more = 0;

	while (t && (more = group_next(dev, g.id, &g)) > 0)
		if (add_row(t, &g)) {
			more = -1;
			break;
		}
	if (t && !more && g.id)
		return table_print(t);
	if (t && !more)
		puts("no groups");
	if (t)
		table_free(t);
	return t ? more : -1;
}

static json_t *group_json(const struct np_ioc_group *g)
{
	return json_pack("{s:i, s:s, s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:b}",
			 "id", g->id, "name", g->name, "node", g->home,
			 "threads", (int)g->threads,
			 "memory_processes", (int)g->holders,
			 "memory_ranges", (int)g->ranges,
			 "pages", (json_int_t)g->present,
			 "pages_waiting", (json_int_t)g->waiting,
			 "pages_there", (json_int_t)g->there,
			 "uid", (int)g->uid, "kept", (int)g->kept);
}

static int print_json(int dev)
{
	json_t *all = json_array();
	struct np_ioc_group g = { 0 };
	int more;

	while ((more = group_next(dev, g.id, &g)) > 0)
		json_array_append_new(all, group_json(&g));
	if (!more)
		return json_emit(all);
	json_decref(all);
	return -1;
}

static int list(int dev, const struct args *args)
{
	return args->json ? print_json(dev) : print_table(dev);
}

/* ------------------------------------------------------------------- change */

static int change(int dev, const char *text, struct np_ioc_group_set *s)
{
	int err;

	s->size = sizeof(*s);
	err = device_call(dev, NP_IOC_GROUP_SET, s);
	if (err == -EINVAL && s->home >= 0)
		return fail("node %d cannot be a home: it has no memory, no "
			    "CPUs, or is not there", s->home);
	if (err == -EPERM && s->flags == NP_GROUP_CREATE)
		return device_fail(0, err);
	return err ? group_fail(text, err) : 0;
}

static int told(const struct args *args, const char *verb, int id, int node)
{
	if (args->json)
		return json_emit(json_pack("{s:i, s:i}", "id", id, "node", node));
	printf("%s group %d, home node %d\n", verb, id, node);
	return 0;
}

static int create(int dev, const struct args *args)
{
	struct np_ioc_group_set s = {
		.flags = NP_GROUP_CREATE, .home = args->node,
	};

	if (group_name_ok(args->word[0]))
		return -1;
	strcpy(s.name, args->word[0]);
	if (change(dev, args->word[0], &s))
		return -1;
	return told(args, "created", s.id, s.home);
}

static int delete(int dev, const struct args *args)
{
	struct np_ioc_group g;
	struct np_ioc_group_set s = { .flags = NP_GROUP_RELEASE, .home = -1 };

	if (group_find(dev, args->word[0], &g))
		return -1;
	s.id = g.id;
	if (change(dev, args->word[0], &s))
		return -1;
	return told(args, g.threads || g.present ?
		    "ends with its last thread and memory:" : "deleted", g.id,
		    g.home);
}

static int move(int dev, const struct args *args)
{
	struct np_ioc_group g;
	struct np_ioc_group_set s = { .flags = NP_GROUP_MOVE };
	char *end;
	long node = strtol(args->word[1], &end, 10);

	if (*end || end == args->word[1] || node < 0 || node > INT_MAX)
		return fail("'%s' is not a node", args->word[1]);
	if (group_find(dev, args->word[0], &g))
		return -1;
	s.id = g.id;
	s.home = (int)node;
	if (change(dev, args->word[0], &s))
		return -1;
	return told(args, "moved", g.id, (int)node);
}

/* ------------------------------------------------------------------ members */

static int thread_fail(pid_t pid, int error)
{
	if (error == -EINVAL)
		return fail("process %d is a kernel thread, or the group has "
			    "ended", pid);
	return device_fail(pid, error);
}

static int sum_up(const struct args *args, const char *verb, int threads)
{
	if (args->json)
		return json_emit(json_pack("{s:i}", "threads", threads));
	printf("%s: %d thread%s\n", verb, threads, threads == 1 ? "" : "s");
	return 0;
}

static int bind_all(int dev, const struct args *args, char *const *word, int id,
		    const char *verb)
{
	int threads = 0, failed = 0;

	for (; *word; word++) {
		pid_t pid = pid_parse(*word);
		int nr = pid < 0 ? -1 : group_join(dev, pid, id);

		if (pid > 0 && nr < 0)
			thread_fail(pid, nr);
		failed |= nr < 0;
		threads += nr > 0 ? nr : 0;
	}
	return sum_up(args, verb, threads) || failed ? -1 : 0;
}

static int join(int dev, const struct args *args)
{
	struct np_ioc_group g;

	if (group_find(dev, args->word[0], &g))
		return -1;
	return bind_all(dev, args, args->word + 1, g.id, "joined");
}

static int leave(int dev, const struct args *args)
{
	return bind_all(dev, args, args->word, NP_NG_NONE, "left");
}

/* --------------------------------------------------------------- arguments */

static const struct verb verbs[] = {
	{ "list", 0, 0, list },
	{ "create", 1, 1, create },
	{ "delete", 1, 1, delete },
	{ "move", 2, 2, move },
	{ "join", 2, INT_MAX, join },
	{ "leave", 1, INT_MAX, leave },
};

static void take_words(struct argp_state *state, struct args *args)
{
	args->word = &state->argv[state->next];
	args->nr_words = state->argc - state->next;
	state->next = state->argc;
	if (args->nr_words < args->verb->least ||
	    args->nr_words > args->verb->most)
		argp_error(state, "wrong number of arguments for '%s'",
			   args->verb->name);
}

static void take_verb(struct argp_state *state, struct args *args,
		      const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			args->verb = &verbs[i];
	if (!args->verb)
		argp_error(state, "group cannot '%s'", name);
	take_words(state, args);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'j':
		args->json = true;
		return 0;
	case 'n':
		args->node = (int)strtol(arg, &arg, 10);
		if (*arg || args->node < 0)
			argp_error(state, "a node is a whole number");
		return 0;
	case ARGP_KEY_ARG:
		take_verb(state, args, arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "node", 'n', "N", 0, "create: home node (default: that with least to "
	  "do)", 0 },
	{ "json", 'j', NULL, 0, "print the result as JSON", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "list\ncreate NAME\ndelete GROUP\nmove GROUP NODE\n"
		    "join GROUP PID...\nleave PID...",
	.doc = "NUMA groups: threads and memory with one home node. GROUP is a "
	       "name or a number.\v"
	       "A group that `create' made stays until it is deleted, others "
	       "end with their last thread and memory. Programs use them "
	       "through libnumaplace, or with `numaplace run --group'.",
};

int cmd_group(int argc, char **argv)
{
	struct args args = { .node = ANY_NODE };
	int dev, ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	ret = args.verb->run(dev, &args);
	close(dev);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
