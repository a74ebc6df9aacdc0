// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace replay: make the decisions of a trace again in user space, and show
 * that they are the same; or show what another policy would have decided.
 */
#include "cli.h"
#include "human.h"
#include "json.h"
#include "names.h"
#include "record_text.h"
#include "spec.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "replay/replay.h"
#include "replay/trace_file.h"
#include "replay/whatif.h"

struct replay_args {
	const char *file;
	const char *policy;
	bool json;
};

/* An open trace. */
struct input {
	const struct replay_args *args;
	FILE *f;
	struct trace_reader *reader;
};

/* ------------------------------------------------------------------ the trace */

static int open_input(struct input *in)
{
	const char *name = in->args->file;
	struct sim_error e;

	in->f = strcmp(name, "-") ? fopen(name, "re") : stdin;
	if (!in->f)
		return fail("%s: %s", name, strerror(errno));
	in->reader = trace_reader_open(in->f, name, &e);
	return in->reader ? 0 : fail("%s", e.text);
}

static void close_input(struct input *in)
{
	trace_reader_free(in->reader);
	if (in->f && in->f != stdin)
		fclose(in->f);
}

typedef int (*follower)(void *data, const struct np_record *rec,
			struct sim_error *e);

/* Return: 0 at the end, what the follower stopped with, or -1. */
static int follow(struct input *in, follower step, void *data)
{
	struct np_record rec;
	struct sim_error e;
	int more = 0, ret = 0;

	while (!ret && (more = trace_reader_next(in->reader, &rec, &e)) > 0)
		ret = step(data, &rec, &e);
	if (more < 0)
		return fail("%s", e.text);
	return ret < 0 ? fail("%s: %s", in->args->file, e.text) : ret;
}

static void print_source(const struct input *in)
{
	const struct np_machine *m = trace_reader_machine(in->reader);
	const struct trace_info *info = trace_reader_info(in->reader);

	printf(" %s: %s, %u node%s, %u CPUs%s%s\n\n", in->args->file,
	       info->origin, m->nr_nodes, m->nr_nodes == 1 ? "" : "s",
	       m->nr_cpus, info->command[0] ? ": " : "", info->command);
}

static json_t *source_json(const struct input *in)
{
	const struct np_machine *m = trace_reader_machine(in->reader);
	const struct trace_info *info = trace_reader_info(in->reader);

	return json_pack("{s:s, s:o, s:o, s:o, s:i, s:i}",
			 "version", NP_VERSION,
			 "file", json_text(in->args->file),
			 "origin", json_text(info->origin),
			 "command", json_text(info->command),
			 "nodes", (int)m->nr_nodes,
			 "cpus", (int)m->nr_cpus);
}

/* ----------------------------------------------------------------- the same? */

static int replay_step(void *data, const struct np_record *rec,
		       struct sim_error *e)
{
	return replay_record(data, rec, e);
}

static void print_line(uint64_t n, const char *what)
{
	char buf[HUMAN_LEN];

	printf("%20s  %s\n", human_count(buf, n), what);
}

static void print_counts(const struct replay_counts *n)
{
	print_line(n->records, "records");
	print_line(n->processes, "processes");
	print_line(n->threads, "threads");
	print_line(n->decisions, "decisions about pages");
	print_line(n->moved, "pages moved");
	print_line(n->passes, "passes");
	print_line(n->asks, "wishes about tasks");
	printf("%20.6f  seconds\n\n",
	       (double)(int64_t)(n->last_ns - n->first_ns) / 1e9);
}

static json_t *counts_json(const struct replay_counts *n)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}",
			 "records", (json_int_t)n->records,
			 "processes", (json_int_t)n->processes,
			 "threads", (json_int_t)n->threads,
			 "decisions", (json_int_t)n->decisions,
			 "pages_migrated", (json_int_t)n->moved,
			 "passes", (json_int_t)n->passes,
			 "task_moves_asked", (json_int_t)n->asks,
			 "seconds",
			 (double)(int64_t)(n->last_ns - n->first_ns) / 1e9);
}

#define FIELD(name) { #name, offsetof(struct np_record, name), \
		      sizeof(((struct np_record *)0)->name) }

static const struct {
	const char *name;
	size_t offset, size;
} fields[] = {
	FIELD(time_ns), FIELD(addr), FIELD(pid), FIELD(tid), FIELD(pages),
	FIELD(cpu), FIELD(last_cpu), FIELD(src), FIELD(asked), FIELD(dst),
	FIELD(type), FIELD(verdict), FIELD(reason), FIELD(flags), FIELD(node),
	FIELD(last_node), FIELD(state), FIELD(value),
};

static bool same_field(const struct replay_difference *d, size_t i)
{
	return !memcmp((const char *)&d->recorded + fields[i].offset,
		       (const char *)&d->here + fields[i].offset,
		       fields[i].size);
}

static void print_one(const char *whose, const struct np_record *r)
{
	printf("   %-10s ", whose);
	record_text(stdout, r);
	putchar('\n');
}

static void print_difference(const struct replay_difference *d)
{
	const struct np_record *r = &d->recorded;
	const char *comma = "";

	printf(" record %" PRIu64 " differs (process %u, thread %u, at %.6f s):\n\n",
	       (uint64_t)r->seq, r->pid, r->tid, (double)r->time_ns / 1e9);
	print_one("recorded:", r);
	if (d->nothing) {
		printf("   %-10s nothing of that kind happens\n\n", "here:");
		return;
	}
	print_one("here:", &d->here);
	printf("\n   in ");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!same_field(d, i)) {
			printf("%s%s", comma, fields[i].name);
			comma = ", ";
		}
	printf("; what follows was not looked at\n\n");
}

static json_t *difference_json(const struct replay_difference *d)
{
	json_t *in = json_array();

	if (!d) {
		json_decref(in);
		return json_null();
	}
	for (size_t i = 0; !d->nothing && i < ARRAY_SIZE(fields); i++)
		if (!same_field(d, i))
			json_array_append_new(in, json_string(fields[i].name));
	return json_pack("{s:I, s:o, s:o, s:o}",
			 "record", (json_int_t)d->recorded.seq,
			 "recorded", record_json(&d->recorded),
			 "here", d->nothing ? json_null() :
					      record_json(&d->here),
			 "fields", in);
}

static int show_same(const struct input *in, const struct replay *r)
{
	const struct replay_difference *d = replay_difference(r);
	struct replay_counts n = replay_counts(r);

	if (in->args->json)
		return json_emit(json_join(source_json(in),
			json_pack("{s:b, s:o, s:o}", "reproduced", !d,
				  "replayed", counts_json(&n),
				  "difference", difference_json(d))));
	print_source(in);
	print_counts(&n);
	if (d)
		print_difference(d);
	else
		printf(" every decision was reproduced: 0 differences\n");
	return 0;
}

static int check_same(struct input *in)
{
	struct sim_error e;
	struct replay *r = replay_new(trace_reader_machine(in->reader), &e);
	int ret = r ? follow(in, replay_step, r) : fail("%s", e.text);

	if (ret >= 0 && show_same(in, r))
		ret = -1;
	replay_free(r);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---------------------------------------------------------- another policy? */

static int whatif_step(void *data, const struct np_record *rec,
		       struct sim_error *e)
{
	return whatif_record(data, rec, e);
}

static void print_pair(const char *what, const char *recorded, const char *other)
{
	printf("   %-28s %16s %16s\n", what, recorded, other);
}

static void print_numbers(const char *what, uint64_t recorded, uint64_t other)
{
	char a[HUMAN_LEN], b[HUMAN_LEN];

	if (recorded || other)
		print_pair(what, human_count(a, recorded),
			   human_count(b, other));
}

static void print_sides(const struct whatif_result *n)
{
	const struct whatif_side *r = &n->recorded, *o = &n->other;
	char a[HUMAN_LEN], b[HUMAN_LEN];

	print_pair("local share of the samples",
		   human_share(a, r->local, n->samples),
		   human_share(b, o->local, n->samples));
	print_pair("pages moved", human_count(a, r->moved),
		   human_count(b, o->moved));
	print_numbers("pages that were busy", r->failed, o->failed);
	print_numbers("wishes about tasks", r->asks, o->asks);
	printf("\n   decisions:\n");
	for (unsigned int i = 0; i < NP_NR_VERDICTS; i++)
		print_numbers(verdict_name(i), r->verdict[i], o->verdict[i]);
	printf("\n   because:\n");
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		print_numbers(reason_name(i), r->reason[i], o->reason[i]);
}

static void print_whatif(const struct input *in, const struct whatif_result *n)
{
	char samples[HUMAN_LEN], differ[HUMAN_LEN], share[HUMAN_LEN];

	print_source(in);
	printf(" The same %s samples under '%s':\n\n",
	       human_count(samples, n->samples), in->args->policy);
	print_pair("", "recorded", "instead");
	print_sides(n);
	printf("\n %s decisions (%s) would have been others\n",
	       human_count(differ, n->differ),
	       human_share(share, n->differ, n->samples));
}

static json_t *numbers_json(const uint64_t *value, unsigned int nr,
			    const char *(*name)(unsigned int))
{
	json_t *j = json_object();

	for (unsigned int i = 0; i < nr; i++)
		json_object_set_new(j, name(i),
				    json_integer((json_int_t)value[i]));
	return j;
}

static json_t *side_json(const struct whatif_side *s, uint64_t samples)
{
	double share = samples ? (double)s->local / (double)samples : 0;

	return json_pack("{s:I, s:f, s:I, s:I, s:I, s:o, s:o}",
			 "local", (json_int_t)s->local,
			 "local_share", share,
			 "pages_migrated", (json_int_t)s->moved,
			 "pages_busy", (json_int_t)s->failed,
			 "task_moves_asked", (json_int_t)s->asks,
			 "decisions", numbers_json(s->verdict, NP_NR_VERDICTS,
						   verdict_name),
			 "reasons", numbers_json(s->reason, NP_NR_REASONS,
						 reason_name));
}

static int show_whatif(const struct input *in, const struct whatif_result *n)
{
	if (in->args->json)
		return json_emit(json_join(source_json(in),
			json_pack("{s:o, s:I, s:I, s:o, s:o}",
				  "policy", json_text(in->args->policy),
				  "samples", (json_int_t)n->samples,
				  "differ", (json_int_t)n->differ,
				  "recorded", side_json(&n->recorded, n->samples),
				  "instead", side_json(&n->other, n->samples))));
	print_whatif(in, n);
	return 0;
}

static int try_other(struct input *in)
{
	struct sim_error e;
	struct whatif *wi = whatif_new(trace_reader_machine(in->reader),
				       in->args->policy, &e);
	int ret = wi ? follow(in, whatif_step, wi) : fail("%s", e.text);

	if (!ret)
		ret = show_whatif(in, whatif_result(wi));
	whatif_free(wi);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --------------------------------------------------------------- arguments */

/* Registered once for all that this program does. */
static int register_policies(void)
{
	const char *why = "";

	if (np_find("stock") || !np_register_builtin(NP_CAN_ALL, &why))
		return 0;
	return fail("the policies of this program: %s", why);
}

static int check_policy(const char *spec)
{
	struct np_instance inst;
	const char *why = "";

	if (!spec || !np_instance_init(&inst, spec, &why))
		return 0;
	return fail("policy '%s': %s", spec, why);
}

static int replay(const struct replay_args *args)
{
	struct input in = { .args = args };
	int code = EXIT_FAILURE;

	if (!open_input(&in))
		code = args->policy ? try_other(&in) : check_same(&in);
	close_input(&in);
	return code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay_args *args = state->input;

	switch (key) {
	case 'p':
		args->policy = arg;
		return 0;
	case 'j':
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->file)
			argp_error(state, "one trace at a time");
		args->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->file)
			argp_error(state, "which trace?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "policy", 'p', "NAME[:KEY=VALUE,..]", 0,
	  "what would this policy have decided?", 0 },
	{ "json", 'j', NULL, 0, "print the result as JSON", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Feed the samples of a trace to the policy code in user space. "
	       "Every decision must be the recorded one; the first that is not "
	       "is shown with its number, and the exit status is 1.\v"
	       "With --policy, another policy decides about the same samples, "
	       "with its own idea of where each page would be by then; threads "
	       "run where they ran. FILE is what numaplace record has written "
	       "(- is standard input).",
};

int cmd_replay(int argc, char **argv)
{
	struct replay_args args = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (args.policy && spec_check(args.policy))
		return EXIT_USAGE;
	if (register_policies())
		return EXIT_FAILURE;
	if (check_policy(args.policy))
		return EXIT_USAGE;
	return replay(&args);
}
