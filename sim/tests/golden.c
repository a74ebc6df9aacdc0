// SPDX-License-Identifier: GPL-2.0
/*
 * Golden runs: each file of sim/tests/golden/ says what to run and, below a
 * line "--", everything that came of it, to the last bit.  Runs each twice, so
 * that nothing that one leaves behind changes another.
 *
 *	golden			compare all
 *	golden --write		what comes out now is right
 *
 * Does without the test framework: golden.t builds it with other compilers.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "costs.h"
#include "sim.h"

#define DIRECTORY	"sim/tests/golden"
#define MIB		(1 << 20)

/* Of the lines above "--": KEY VALUE, in any order, all optional but three. */
enum key {
	TOPOLOGY, WORKLOAD, POLICY, MEMORY, COSTS, PREEMPT, SEED, MS, THP, SHADOW,
	ISOLATED, NR_KEYS
};

static const struct {
	const char *name, *fallback;
} keys[NR_KEYS] = {
	[TOPOLOGY] = { "topology", "" },
	[WORKLOAD] = { "workload", "" },
	[POLICY] = { "policy", "" },
	[MEMORY] = { "memory", "1024" },	/* MiB per node */
	[COSTS] = { "costs", "server" },
	[PREEMPT] = { "preempt", "full" },
	[SEED] = { "seed", "1" },
	[MS] = { "ms", "1000" },
	[THP] = { "thp", "0" },
	[SHADOW] = { "shadow", "0" },
	[ISOLATED] = { "isolated", "0" },	/* so many, the last ones */
};

static const char *const models[SIM_NR_PREEMPT] = {
	"none", "voluntary", "full", "lazy",
};

struct scenario {
	char value[NR_KEYS][256];
	struct topology topology;
	struct work_plan *plan;
	bool *isolated;
	struct sim_costs costs;
	struct sim_config c;
	FILE *out;
};

static void die(const char *file, const char *why)
{
	fprintf(stderr, "%s: %s\n", file, why);
	exit(2);
}

static unsigned long number(const struct scenario *s, enum key k)
{
	return strtoul(s->value[k], NULL, 10);
}

/* ---------------------------------------------------------------- description */

static void set_key(struct scenario *s, const char *file, const char *line)
{
	char key[32], value[256];

	if (sscanf(line, "%31s %255s", key, value) != 2)
		die(file, "a line is not KEY VALUE");
	for (int k = 0; k < NR_KEYS; k++) {
		if (strcmp(keys[k].name, key))
			continue;
		strcpy(s->value[k], value);
		return;
	}
	die(file, key);
}

/* Return: where what is expected begins. */
static char *describe(struct scenario *s, const char *file, char *text)
{
	char *line, *rest = text;

	for (int k = 0; k < NR_KEYS; k++)
		strcpy(s->value[k], keys[k].fallback);
	while ((line = strsep(&rest, "\n")) && rest && strcmp(line, "--"))
		if (*line && *line != '#')
			set_key(s, file, line);
	return rest ? rest : line;
}

/* ------------------------------------------------------------------------ run */

static enum sim_preempt model(const char *file, const char *name)
{
	for (int i = 0; i < SIM_NR_PREEMPT; i++)
		if (!strcmp(models[i], name))
			return (enum sim_preempt)i;
	die(file, name);
	return SIM_NR_PREEMPT;
}

static void isolate(struct scenario *s)
{
	unsigned int cpus = s->topology.cpus;

	s->isolated = calloc(cpus, sizeof(bool));
	for (unsigned long i = 1; i <= number(s, ISOLATED); i++)
		s->isolated[cpus - i] = true;
}

static void prepare(struct scenario *s, const char *file)
{
	struct work_machine m;
	struct sim_error e;

	if (topology_load(&s->topology, s->value[TOPOLOGY], &e))
		die(file, e.text);
	topology_set_memory(&s->topology, (unsigned int)number(s, MEMORY));
	isolate(s);
	m = (struct work_machine){
		s->topology.cpus - (unsigned int)number(s, ISOLATED),
		s->topology.nr_nodes, s->topology.nr_nodes,
	};
	s->plan = work_load(s->value[WORKLOAD], &m, &e);
	if (!s->plan)
		die(file, e.text);
}

static void tell_second(void *data, const struct sim_second *now)
{
	fprintf(data, "second %llu %.17g %.17g %llu %llu\n",
		(unsigned long long)now->t_ns, now->accesses, now->local,
		(unsigned long long)now->user_ns,
		(unsigned long long)now->kernel_ns);
}

static void configure(struct scenario *s, const char *file)
{
	s->c = (struct sim_config){
		.topology = &s->topology,
		.work = s->plan,
		.policy = s->value[POLICY],
		.costs = &s->costs,
		.isolated = s->isolated,
		.preempt = model(file, s->value[PREEMPT]),
		.seed = number(s, SEED),
		.run_ns = number(s, MS) * 1000000ULL,
		.thp = number(s, THP),
		.shadow = number(s, SHADOW),
		.watch = { .data = s->out, .second = tell_second },
	};
	if (!sim_costs_read(&s->costs, s->value[COSTS]))
		die(file, "no such costs");
}

static void clean_up(struct scenario *s)
{
	work_plan_free(s->plan);
	topology_free(&s->topology);
	free(s->isolated);
}

/* --------------------------------------------------------------------- figures */

static void put(FILE *f, const char *name, uint64_t value)
{
	fprintf(f, "%s %llu\n", name, (unsigned long long)value);
}

/* Not its peak_bytes, which say more of the program than of the model. */
static void put_times(FILE *f, const struct sim_result *r)
{
	put(f, "ended_ns", r->ended_ns);
	put(f, "finished", r->finished);
	put(f, "user_ns", r->user_ns);
	put(f, "kernel_ns", r->kernel_ns);
	put(f, "balancer_ns", r->balancer_ns);
}

static void put_moves(FILE *f, const struct sim_result *r)
{
	put(f, "pages_moved", r->pages_moved);
	put(f, "ping_pongs", r->ping_pongs);
	put(f, "task_moves", r->task_moves);
	put(f, "switches", r->switches);
	put(f, "wakeups", r->wakeups);
	put(f, "wake_ns", r->wake_ns);
	put(f, "wake_max_ns", r->wake_max_ns);
}

static void put_list(FILE *f, const char *name, const double *x, size_t n)
{
	fputs(name, f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, " %.17g", x[i]);
	fputc('\n', f);
}

static void put_counts(FILE *f, const char *name, const uint64_t *x, size_t n)
{
	fputs(name, f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, " %llu", (unsigned long long)x[i]);
	fputc('\n', f);
}

static void put_result(FILE *f, const struct sim_result *r)
{
	put_times(f, r);
	put_moves(f, r);
	put_list(f, "work", &r->work, 1);
	put_list(f, "fairness", &r->fairness, 1);
	put_list(f, "task_work", r->task_work, r->nr_tasks);
	put_list(f, "matrix", r->matrix, (size_t)r->nr_nodes * r->nr_nodes);
	put_counts(f, "counters", r->counter, NP_NR_COUNTERS);
	put_counts(f, "reasons", r->reason, NP_NR_REASONS);
}

/* What comes of it, to be freed. */
static char *outcome(struct scenario *s, const char *file)
{
	struct sim_result r;
	struct sim_error e;
	size_t size;
	char *text;

	s->out = open_memstream(&text, &size);
	prepare(s, file);
	configure(s, file);
	if (sim_run(&s->c, &r, &e))
		die(file, e.text);
	put_result(s->out, &r);
	fclose(s->out);
	sim_result_free(&r);
	clean_up(s);
	return text;
}

/* ----------------------------------------------------------------------- files */

static char *read_all(const char *file)
{
	char *text = calloc(1, MIB);
	FILE *f = fopen(file, "r");

	if (!f || !text || fread(text, 1, MIB - 1, f) == 0)
		die(file, strerror(errno));
	fclose(f);
	return text;
}

static void tell_difference(const char *is, const char *should)
{
	while (*is && *is == *should && strchr(is, '\n')) {
		size_t line = strcspn(is, "\n") + 1;

		if (strncmp(is, should, line))
			break;
		is += line;
		should += line;
	}
	printf("# is     %.*s\n", (int)strcspn(is, "\n"), is);
	printf("# should %.*s\n", (int)strcspn(should, "\n"), should);
}

static bool compare(const char *file)
{
	char *text = read_all(file), *is[2];
	struct scenario s = { 0 };
	const char *should = describe(&s, file, text);
	bool same = true;

	for (int i = 0; i < 2; i++) {
		is[i] = outcome(&s, file);
		if (strcmp(is[i], should))
			same = false;
	}
	if (strcmp(is[0], is[1]))
		printf("# the second run is another\n");
	if (!same)
		tell_difference(is[0], should);
	free(is[0]);
	free(is[1]);
	free(text);
	return same;
}

static void rewrite(const char *file)
{
	char *text = read_all(file), *head = strdup(text), *end, *is;
	struct scenario s = { 0 };
	FILE *f;

	describe(&s, file, text);
	is = outcome(&s, file);
	end = strstr(head, "\n--\n");
	if (end)
		*end = 0;
	f = fopen(file, "w");
	if (!f)
		die(file, strerror(errno));
	fprintf(f, "%s\n--\n%s", head, is);
	fclose(f);
	free(is);
	free(head);
	free(text);
}

static int is_golden(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && !strcmp(dot, ".golden");
}

/* Return: did it do what it should? */
static bool visit(const char *name, bool write, int number)
{
	char file[512];
	bool good = true;

	snprintf(file, sizeof(file), "%s/%s", DIRECTORY, name);
	if (write)
		rewrite(file);
	else
		good = compare(file);
	if (!write)
		printf("%sok %d - %s\n", good ? "" : "not ", number, name);
	return good;
}

int main(int argc, char **argv)
{
	bool write = argc > 1 && !strcmp(argv[1], "--write"), good = true;
	struct dirent **d;
	int n = scandir(DIRECTORY, &d, is_golden, alphasort);

	if (n < 1)
		die(DIRECTORY, "nothing there");
	if (!write)
		printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		good &= visit(d[i]->d_name, write, i + 1);
		free(d[i]);
	}
	free(d);
	return good ? 0 : 1;
}
