// SPDX-License-Identifier: GPL-2.0
/*
 * The machine this runs on, as the module shows it to policies: the same numbers
 * that kmod/machine.c takes from the kernel, here from sysfs.
 */
#include "this_machine.h"
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the kernel says of nodes that its firmware does not describe. */
#define SELF	10
#define FAR	20

#define LIST_MAX 65535	/* no id of a node or a CPU is larger */

/* Tables that are being filled; struct np_machine then promises not to. */
struct tables {
	const char *sys;
	unsigned int nr_nodes, nr_cpus;
	u8 *node_flags;
	s16 *cpu_node;
	u8 *distance;
};

/* ------------------------------------------------------------------- files */

__attribute__((format(printf, 3, 4)))
static char *read_line(const char *sys, char **ret_path, const char *fmt, ...)
{
	char name[64], *line = NULL;
	size_t size = 0;
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (asprintf(ret_path, "%s/%s", sys, name) < 0) {
		*ret_path = NULL;
		return NULL;
	}
	f = fopen(*ret_path, "re");
	if (f && getline(&line, &size, f) <= 0) {
		free(line);
		line = NULL;
	}
	if (f)
		fclose(f);
	return line;
}

typedef void (*number_visitor)(struct tables *t, unsigned int number, void *data);

/* "0-3,5": Return: 0, or -1 if it is not that. */
static int visit_list(struct tables *t, const char *list, number_visitor visit,
		      void *data)
{
	while (*list && *list != '\n') {
		unsigned int first, last;
		int n = 0;

		if (sscanf(list, "%u%n", &first, &n) != 1)
			return -1;
		list += n;
		last = first;
		if (*list == '-' && sscanf(list, "-%u%n", &last, &n) == 1)
			list += n;
		if (last < first || last > LIST_MAX)
			return -1;
		for (; first <= last; first++)
			visit(t, first, data);
		list += *list == ',';
	}
	return 0;
}

static int read_list(struct tables *t, const char *name, number_visitor visit,
		     void *data)
{
	char *path, *line = read_line(t->sys, &path, "%s", name);
	int ret = line ? visit_list(t, line, visit, data) : -1;

	if (ret)
		fail("%s: cannot be read as a list", path ? path : name);
	free(line);
	free(path);
	return ret;
}

/* ------------------------------------------------------------------ numbers */

static void note_highest(struct tables *t, unsigned int number, void *data)
{
	unsigned int *end = data;

	(void)t;
	if (number >= *end)
		*end = number + 1;
}

static void note_node(struct tables *t, unsigned int nid, void *data)
{
	if (nid < t->nr_nodes)
		t->node_flags[nid] |= *(const u8 *)data;
}

static bool on_node(const struct tables *t, unsigned int cpu, unsigned int nid)
{
	struct stat st;
	char *path;
	bool is;

	if (asprintf(&path, "%s/cpu/cpu%u/node%u", t->sys, cpu, nid) < 0)
		return false;
	is = !stat(path, &st);
	free(path);
	return is;
}

static void note_cpu(struct tables *t, unsigned int cpu, void *data)
{
	(void)data;
	for (unsigned int nid = 0; cpu < t->nr_cpus && nid < t->nr_nodes; nid++)
		if (on_node(t, cpu, nid))
			t->cpu_node[cpu] = (s16)nid;
}

/* ---------------------------------------------------------------- distances */

struct row {
	unsigned int from;
	char *rest;
	bool bad;
};

/* The row of a node has a number for each node that is online, in order. */
static void note_distance(struct tables *t, unsigned int to, void *data)
{
	struct row *r = data;
	char *end;
	unsigned long value = strtoul(r->rest, &end, 10);

	if (end == r->rest || value > UINT8_MAX || to >= t->nr_nodes ||
	    r->from >= t->nr_nodes) {
		r->bad = true;
		return;
	}
	r->rest = end;
	t->distance[r->from * t->nr_nodes + to] = (u8)value;
}

static void read_row(struct tables *t, unsigned int from, void *data)
{
	char *path, *line = read_line(t->sys, &path, "node/node%u/distance",
				      from);
	struct row r = { .from = from, .rest = line, .bad = !line };
	bool *bad = data;

	if (line && read_list(t, "node/online", note_distance, &r))
		r.bad = true;
	if (r.bad && !*bad)
		fail("%s: cannot be read", path ? path : "distance");
	*bad |= r.bad;
	free(line);
	free(path);
}

static int read_distances(struct tables *t)
{
	bool bad = false;

	for (unsigned int i = 0; i < t->nr_nodes * t->nr_nodes; i++)
		t->distance[i] = i / t->nr_nodes == i % t->nr_nodes ? SELF : FAR;
	if (read_list(t, "node/online", read_row, &bad))
		return -1;
	return bad ? -1 : 0;
}

/* ---------------------------------------------------------------------- all */

static int allocate(struct tables *t)
{
	t->node_flags = calloc(t->nr_nodes, sizeof(*t->node_flags));
	t->cpu_node = malloc(t->nr_cpus * sizeof(*t->cpu_node));
	t->distance = malloc((size_t)t->nr_nodes * t->nr_nodes);
	if (!t->node_flags || !t->cpu_node || !t->distance)
		return fail("out of memory");
	for (unsigned int cpu = 0; cpu < t->nr_cpus; cpu++)
		t->cpu_node[cpu] = NP_NO_NODE;
	return 0;
}

static int read_sizes(struct tables *t)
{
	if (read_list(t, "node/possible", note_highest, &t->nr_nodes) ||
	    read_list(t, "cpu/possible", note_highest, &t->nr_cpus))
		return -1;
	if (!t->nr_nodes || t->nr_nodes > NP_MAX_NODES || !t->nr_cpus)
		return fail("%s: %u nodes and %u CPUs", t->sys, t->nr_nodes,
			    t->nr_cpus);
	return 0;
}

static int read_tables(struct tables *t)
{
	u8 memory = NP_NODE_MEMORY, cpu = NP_NODE_CPU;

	if (read_sizes(t) || allocate(t) ||
	    read_list(t, "node/has_memory", note_node, &memory) ||
	    read_list(t, "node/has_cpu", note_node, &cpu) ||
	    read_list(t, "cpu/present", note_cpu, NULL))
		return -1;
	return read_distances(t);
}

static void free_tables(struct tables *t)
{
	free(t->node_flags);
	free(t->cpu_node);
	free(t->distance);
}

int machine_read(const char *sys, struct np_machine *m)
{
	struct tables t = { .sys = sys };

	if (read_tables(&t)) {
		free_tables(&t);
		return -1;
	}
	*m = (struct np_machine){
		.nr_nodes = (u16)t.nr_nodes,
		.nr_cpus = (u16)t.nr_cpus,
		.node_flags = t.node_flags,
		.cpu_node = t.cpu_node,
		.distance = t.distance,
	};
	return 0;
}

void machine_free(struct np_machine *m)
{
	free((void *)m->node_flags);
	free((void *)m->cpu_node);
	free((void *)m->distance);
	*m = (struct np_machine){ 0 };
}
