// SPDX-License-Identifier: GPL-2.0
/*
 * Machines: "NxC", or a file of `node' and `distance' lines.
 */
#include "topology.h"
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS		" \t\n"
#define SELF		10	/* distance of a node to itself */
#define FAR		21	/* distance of the others in NxC */
#define FARTHEST	254
#define NODE_MIB	1024	/* in NxC */
#define MOST_MIB	9999999

/* The text being read, and where. */
struct reader {
	struct topology *t;
	const char *name;
	unsigned int line;
	char *rest;	/* of the line */
};

__attribute__((format(printf, 2, 3)))
static int refuse(const struct reader *r, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fail("%s:%u: %s", r->name, r->line, text);
}

/* The next field of the line, or "". */
static const char *field(struct reader *r)
{
	char *word;

	do
		word = strsep(&r->rest, BLANKS);
	while (word && !*word);
	return word ? word : "";
}

static bool is_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len && len <= 7 && !text[len] && (len == 1 || *text != '0');
}

/* A whole number without sign or leading zeros. */
static int number(const struct reader *r, const char *text, unsigned int low,
		  unsigned int high, const char *what, unsigned int *ret_value)
{
	unsigned long value = is_number(text) ? strtoul(text, NULL, 10) : 0;

	if (!is_number(text) || value < low || value > high)
		return refuse(r, "%s must be a whole number from %u to %u, not "
			      "'%s'", what, low, high, text);
	*ret_value = (unsigned int)value;
	return 0;
}

static int memory(const struct reader *r, const char *text,
		  unsigned int *ret_mib)
{
	char digits[16];
	size_t len = strlen(text);

	if (!len || text[len - 1] != 'M' || len > sizeof(digits))
		return refuse(r, "memory is given in MiB, such as 1024M, not "
			      "'%s'", text);
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	return number(r, digits, 1, MOST_MIB, "memory", ret_mib);
}

static int keyword(struct reader *r, const char *word)
{
	return strcmp(field(r), word) ?
		refuse(r, "a node reads 'node N cpus C memory MM'") : 0;
}

static int nothing_more(struct reader *r)
{
	const char *word = field(r);

	return *word ? refuse(r, "'%s' is too much", word) : 0;
}

static int add_node(struct reader *r, unsigned int cpus, unsigned int mib)
{
	struct topology *t = r->t;

	t->node[t->nr_nodes].cpus = cpus;
	t->node[t->nr_nodes].mib = mib;
	t->nr_nodes++;
	t->cpus += cpus;
	t->mib += mib;
	if (t->cpus > TOPOLOGY_MAX_CPUS)
		return refuse(r, "more than %u CPUs", TOPOLOGY_MAX_CPUS);
	return 0;
}

static int read_node(struct reader *r)
{
	unsigned int next = r->t->nr_nodes, cpus, mib, n;

	if (r->t->rows)
		return refuse(r, "every node comes before the first distance");
	if (number(r, field(r), 0, TOPOLOGY_MAX_NODES - 1, "the node", &n))
		return -1;
	if (n != next)
		return refuse(r, "nodes are numbered in order; this one "
			      "should be %u", next);
	if (keyword(r, "cpus") ||
	    number(r, field(r), 0, TOPOLOGY_MAX_CPUS, "the number of CPUs",
		   &cpus) ||
	    keyword(r, "memory") || memory(r, field(r), &mib) ||
	    nothing_more(r))
		return -1;
	return add_node(r, cpus, mib);
}

static int read_cell(struct reader *r, unsigned int row, unsigned int column)
{
	const char *text = field(r);
	bool self = row == column;
	unsigned int value;

	if (!*text)
		return refuse(r, "a row has %u distances, not %u",
			      r->t->nr_nodes, column);
	if (number(r, text, self ? SELF : SELF + 1, self ? SELF : FARTHEST,
		   self ? "the distance of a node to itself" : "a distance",
		   &value))
		return -1;
	r->t->distance[row][column] = (uint8_t)value;
	return 0;
}

static int read_distance(struct reader *r)
{
	struct topology *t = r->t;
	unsigned int row;

	if (!t->nr_nodes)
		return refuse(r, "a distance before any node");
	if (number(r, field(r), 0, t->nr_nodes - 1, "the node", &row))
		return -1;
	if (row != t->rows)
		return refuse(r, "distances are given in order; this row "
			      "should be %u", t->rows);
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		if (read_cell(r, row, i))
			return -1;
	t->rows++;
	return nothing_more(r);
}

static int read_line(struct reader *r, char *line, size_t len)
{
	const char *word;

	r->line++;
	if (strlen(line) != len)
		return refuse(r, "not a text");
	line[strcspn(line, "#")] = '\0';
	r->rest = line;
	word = field(r);
	if (!*word)
		return 0;
	if (!strcmp(word, "node"))
		return read_node(r);
	if (!strcmp(word, "distance"))
		return read_distance(r);
	return refuse(r, "unknown statement '%s'", word);
}

static int check_whole(const struct reader *r)
{
	const struct topology *t = r->t;

	if (!t->nr_nodes)
		return refuse(r, "there are no nodes");
	if (t->rows != t->nr_nodes)
		return refuse(r, "the distances from node %u are missing",
			      t->rows);
	if (!t->cpus)
		return refuse(r, "no node has a CPU");
	return 0;
}

int topology_read(struct topology *t, FILE *f, const char *name)
{
	struct reader r = { .t = t, .name = name };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	*t = (struct topology){ 0 };
	while (!ret && (len = getline(&line, &size, f)) >= 0)
		ret = read_line(&r, line, (size_t)len);
	if (!ret && ferror(f))
		ret = fail("%s: %s", name, strerror(errno));
	if (!ret)
		ret = check_whole(&r);
	free(line);
	return ret;
}

static void fill_distances(struct topology *t)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++)
			t->distance[i][j] = i == j ? SELF : FAR;
	t->rows = t->nr_nodes;
}

/* Nothing but digits and one x, and no zeros in front. */
static bool is_nxc(const char *what, unsigned int *ret_nodes,
		   unsigned int *ret_cpus)
{
	char plain[8];

	if (sscanf(what, "%2ux%3u", ret_nodes, ret_cpus) != 2)
		return false;
	snprintf(plain, sizeof(plain), "%ux%u", *ret_nodes, *ret_cpus);
	return !strcmp(what, plain);
}

/* "NxC": N nodes with C CPUs each, every pair equally far apart. */
static int invent(struct topology *t, const char *what)
{
	unsigned int nodes, cpus;

	if (!is_nxc(what, &nodes, &cpus))
		return fail("there is no file '%s', and it is not NxC such as "
			    "2x2", what);
	if (!nodes || nodes > TOPOLOGY_MAX_NODES || !cpus ||
	    nodes * cpus > TOPOLOGY_MAX_CPUS)
		return fail("'%s': a machine has 1 to %u nodes and 1 to %u "
			    "CPUs", what, TOPOLOGY_MAX_NODES,
			    TOPOLOGY_MAX_CPUS);
	*t = (struct topology){ .nr_nodes = nodes, .cpus = nodes * cpus };
	for (unsigned int i = 0; i < nodes; i++)
		t->node[i].cpus = cpus;
	topology_set_memory(t, NODE_MIB);
	fill_distances(t);
	return 0;
}

int topology_load(struct topology *t, const char *what)
{
	FILE *f = fopen(what, "re");
	int ret;

	if (!f && errno == ENOENT)
		return invent(t, what);
	if (!f)
		return fail("%s: %s", what, strerror(errno));
	ret = topology_read(t, f, what);
	fclose(f);
	return ret;
}

void topology_set_memory(struct topology *t, unsigned int mib)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		t->node[i].mib = mib;
	t->mib = (uint64_t)mib * t->nr_nodes;
}

/* "(2, 2, 0)" */
static void print_cpus(FILE *f, const struct topology *t)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		fprintf(f, "%s%u", i ? ", " : "(", t->node[i].cpus);
	fputc(')', f);
}

static unsigned int farthest(const struct topology *t)
{
	unsigned int most = SELF;

	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++)
			if (t->distance[i][j] > most)
				most = t->distance[i][j];
	return most;
}

char *topology_text(const struct topology *t)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%u nodes, %u CPUs ", t->nr_nodes, t->cpus);
	print_cpus(f, t);
	fprintf(f, ", %llu MiB, distances %u to %u",
		(unsigned long long)t->mib, SELF, farthest(t));
	fclose(f);
	return text;
}
