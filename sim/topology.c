// SPDX-License-Identifier: GPL-2.0
/*
 * Machines: a file of `node' and `distance' lines, or one of the shapes at the
 * end of this file.
 *
 * A file may come from anybody.  It is read word by word, whatever the length
 * of its lines, and takes no more memory than the machine it describes.
 */
#include "topology.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SELF		10	/* distance of a node to itself, as in SLIT */
#define FARTHEST	254	/* SLIT: a byte, and 255 is out of reach */
#define MOST_MIB	9999999	/* seven digits, as every number has at most */
#define WORD_BYTES	32	/* more than any word that has a meaning */
#define NAME_BYTES	96	/* of a message; the reason needs the rest */
#define TEXT_NODES	16	/* as many as still read well in a line */

/**
 * struct reader - the file being read, and where
 * @nodes:	that @t has room for
 * @rows:	of distances that are known
 * @ended:	nothing is left of the line
 * @error:	why the file could not be read to its end, or 0
 * @word:	the last one, or as much of it as shows that it has no meaning
 */
struct reader {
	struct topology *t;
	struct sim_error *e;
	FILE *f;
	const char *name;
	unsigned int line;
	unsigned int nodes;
	unsigned int rows;
	bool ended;
	int error;
	char word[WORD_BYTES];
};

/* The end of a long name says more than its beginning. */
static const char *brief(const char *name)
{
	size_t len = strlen(name);

	return len < NAME_BYTES ? name : name + len - NAME_BYTES;
}

__attribute__((format(printf, 2, 3)))
static int refuse(const struct reader *r, const char *fmt, ...)
{
	char text[sizeof(r->e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return sim_fail(r->e, "%s:%u: %s", brief(r->name), r->line, text);
}

/* ------------------------------------------------------------------- words */

static int next_byte(struct reader *r)
{
	int c = getc(r->f);

	if (c == EOF && ferror(r->f))
		r->error = errno;
	return c;
}

/* Is there another line?  Then it begins. */
static bool next_line(struct reader *r)
{
	int c = next_byte(r);

	if (c == EOF)
		return false;
	ungetc(c, r->f);
	r->line++;
	r->ended = false;
	return true;
}

/* The next byte of the line without its comment; '\n' from its end on. */
static int line_byte(struct reader *r)
{
	int c = r->ended ? '\n' : next_byte(r);

	if (c == '#')
		while (c != '\n' && c != EOF)
			c = next_byte(r);
	r->ended = c == '\n' || c == EOF;
	return r->ended ? '\n' : c;
}

/* Messages show the word: nothing that a terminal would obey. */
static char shown(int c)
{
	return c > ' ' && c <= '~' ? (char)c : '?';
}

/* The next word of the line, or "". */
static const char *field(struct reader *r)
{
	size_t len = 0;
	int c;

	do
		c = line_byte(r);
	while (c == ' ' || c == '\t');
	for (; c != ' ' && c != '\t' && c != '\n'; c = line_byte(r)) {
		r->word[len++] = shown(c);
		if (len == WORD_BYTES - 1)
			break;
	}
	r->word[len] = '\0';
	return r->word;
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
	char digits[WORD_BYTES];
	size_t len = strlen(text);

	if (!len || text[len - 1] != 'M')
		return refuse(r, "memory is given in MiB, such as 1024M, not "
			      "'%s'", text);
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	return number(r, digits, 0, MOST_MIB, "memory", ret_mib);
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

/* -------------------------------------------------------------- statements */

/* Room for twice as many nodes: memory grows with the lines that are there. */
static int more_nodes(struct reader *r)
{
	unsigned int nodes = r->nodes ? 2 * r->nodes : 8;
	struct topology_node *node;

	if (r->t->nr_nodes < r->nodes)
		return 0;
	node = reallocarray(r->t->node, nodes, sizeof(*node));
	if (!node)
		return refuse(r, "out of memory");
	r->t->node = node;
	r->nodes = nodes;
	return 0;
}

static int add_node(struct reader *r, unsigned int cpus, unsigned int mib)
{
	struct topology *t = r->t;

	if (!cpus && !mib)
		return refuse(r, "node %u has neither CPUs nor memory",
			      t->nr_nodes);
	if (t->cpus + cpus > TOPOLOGY_MAX_CPUS)
		return refuse(r, "more than %u CPUs", TOPOLOGY_MAX_CPUS);
	if (more_nodes(r))
		return -1;
	t->node[t->nr_nodes].cpus = cpus;
	t->node[t->nr_nodes].mib = mib;
	t->nr_nodes++;
	t->cpus += cpus;
	t->mib += mib;
	return 0;
}

static int read_node(struct reader *r)
{
	unsigned int next = r->t->nr_nodes, cpus, mib, n;

	if (r->rows)
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
	struct topology *t = r->t;
	const char *text = field(r);
	bool self = row == column;
	unsigned int value;

	if (!*text)
		return refuse(r, "a row has %u distances, not %u", t->nr_nodes,
			      column);
	if (number(r, text, self ? SELF : SELF + 1, self ? SELF : FARTHEST,
		   self ? "the distance of a node to itself" : "a distance",
		   &value))
		return -1;
	t->distance[row * t->nr_nodes + column] = (uint8_t)value;
	return 0;
}

static int read_row(struct reader *r, unsigned int row)
{
	struct topology *t = r->t;

	if (!t->distance)
		t->distance = calloc(t->nr_nodes, t->nr_nodes);
	if (!t->distance)
		return refuse(r, "out of memory");
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		if (read_cell(r, row, i))
			return -1;
	r->rows++;
	return nothing_more(r);
}

static int read_distance(struct reader *r)
{
	struct topology *t = r->t;
	unsigned int row;

	if (!t->nr_nodes)
		return refuse(r, "a distance before any node");
	if (number(r, field(r), 0, t->nr_nodes - 1, "the node", &row))
		return -1;
	if (row != r->rows)
		return refuse(r, "distances are given in order; this row "
			      "should be %u", r->rows);
	return read_row(r, row);
}

static int read_line(struct reader *r)
{
	const char *word = field(r);

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
	if (r->rows != t->nr_nodes)
		return refuse(r, "the distances from node %u are missing",
			      r->rows);
	if (!t->cpus)
		return refuse(r, "no node has a CPU");
	if (!t->mib)
		return refuse(r, "no node has memory");
	return 0;
}

int topology_read(struct topology *t, FILE *f, const char *name,
		  struct sim_error *e)
{
	struct reader r = { .t = t, .e = e, .f = f, .name = name };
	int ret = 0;

	*t = (struct topology){ 0 };
	while (!ret && next_line(&r))
		ret = read_line(&r);
	if (r.error)	/* whatever half a line looked like */
		ret = sim_fail(e, "%s: %s", brief(name), strerror(r.error));
	if (!ret)
		ret = check_whole(&r);
	if (ret)
		topology_free(t);
	return ret;
}

/* ------------------------------------------------------------------ shapes */

#define NODE_MIB	1024	/* the lab's NxC: enough for its workloads */
#define FAR		21	/* what firmware of two-socket servers says */
/* The first hop ends at 20, Linux' distance of remote nodes by default. */
#define HOP		10
#define BOARD_NODES	4
/*
 * Beyond 30, from which Linux no longer spreads tasks when they fork and exec,
 * nor pulls them when they wake up.
 */
#define OTHER_BOARD	31

/**
 * struct shape - machines that have a name
 * @distance:	between two different ones of @nodes nodes
 */
struct shape {
	const char *prefix;
	unsigned int (*distance)(unsigned int from, unsigned int to,
				 unsigned int nodes);
};

static unsigned int even(unsigned int from, unsigned int to, unsigned int nodes)
{
	(void)from;
	(void)to;
	(void)nodes;
	return FAR;
}

static unsigned int gap(unsigned int a, unsigned int b)
{
	return a > b ? a - b : b - a;
}

/* Columns of the most square grid; its last row may be shorter. */
static unsigned int grid_columns(unsigned int nodes)
{
	unsigned int columns = 1;

	while (columns * columns < nodes)
		columns++;
	return columns;
}

/*
 * Links along rows and columns.  Further than 24 hops all is alike, which only
 * grids of more than 13 columns know: a hop costs the same in all of them.
 */
static unsigned int mesh(unsigned int from, unsigned int to, unsigned int nodes)
{
	unsigned int columns = grid_columns(nodes);
	unsigned int hops = gap(from / columns, to / columns) +
			    gap(from % columns, to % columns);
	unsigned int distance = SELF + HOP * hops;

	return distance < FARTHEST ? distance : FARTHEST;
}

static unsigned int backplane(unsigned int from, unsigned int to,
			      unsigned int nodes)
{
	(void)nodes;
	return from / BOARD_NODES == to / BOARD_NODES ? FAR : OTHER_BOARD;
}

static const struct shape shapes[] = {
	{ "mesh:", mesh },
	{ "backplane:", backplane },
	{ "", even },	/* fits any name: the last */
};

static const struct shape *find_shape(const char *what)
{
	const struct shape *s = shapes;

	while (strncmp(what, s->prefix, strlen(s->prefix)))
		s++;
	return s;
}

/* Nothing but digits and one x, and no zeros in front. */
static bool is_nxc(const char *what, unsigned int *ret_nodes,
		   unsigned int *ret_cpus)
{
	char plain[16];

	if (sscanf(what, "%4ux%4u", ret_nodes, ret_cpus) != 2)
		return false;
	snprintf(plain, sizeof(plain), "%ux%u", *ret_nodes, *ret_cpus);
	return !strcmp(what, plain);
}

static void fill_distances(struct topology *t, const struct shape *s)
{
	uint8_t *cell = t->distance;

	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++)
			*cell++ = (uint8_t)(i == j ? SELF :
					    s->distance(i, j, t->nr_nodes));
}

static int build(struct topology *t, const struct shape *s, unsigned int nodes,
		 unsigned int cpus, struct sim_error *e)
{
	*t = (struct topology){
		.nr_nodes = nodes,
		.cpus = nodes * cpus,
		.node = calloc(nodes, sizeof(*t->node)),
		.distance = calloc(nodes, nodes),
	};
	if (!t->node || !t->distance) {
		topology_free(t);
		return sim_fail(e, "out of memory");
	}
	for (unsigned int i = 0; i < nodes; i++)
		t->node[i].cpus = cpus;
	topology_set_memory(t, NODE_MIB);
	fill_distances(t, s);
	return 0;
}

static int invent(struct topology *t, const char *what, struct sim_error *e)
{
	const struct shape *s = find_shape(what);
	unsigned int nodes, cpus;

	if (!is_nxc(what + strlen(s->prefix), &nodes, &cpus))
		return sim_fail(e, "there is no file '%s', and it is not NxC, "
				"mesh:NxC or backplane:NxC such as 2x2",
				brief(what));
	if (!nodes || nodes > TOPOLOGY_MAX_NODES || !cpus ||
	    nodes * cpus > TOPOLOGY_MAX_CPUS)
		return sim_fail(e, "'%s': a machine has 1 to %u nodes and 1 "
				"to %u CPUs", what, TOPOLOGY_MAX_NODES,
				TOPOLOGY_MAX_CPUS);
	return build(t, s, nodes, cpus, e);
}

int topology_load(struct topology *t, const char *what, struct sim_error *e)
{
	FILE *f = fopen(what, "re");
	int ret;

	*t = (struct topology){ 0 };
	if (!f && errno == ENOENT)
		return invent(t, what, e);
	if (!f)
		return sim_fail(e, "%s: %s", brief(what), strerror(errno));
	ret = topology_read(t, f, what, e);
	fclose(f);
	return ret;
}

void topology_set_memory(struct topology *t, unsigned int mib)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		t->node[i].mib = mib;
	t->mib = (uint64_t)mib * t->nr_nodes;
}

/* -------------------------------------------------------------- in a line */

/* "(2, 2, 0)" */
static void print_cpus(FILE *f, const struct topology *t)
{
	for (unsigned int i = 0; i < t->nr_nodes && i < TEXT_NODES; i++)
		fprintf(f, "%s%u", i ? ", " : "(", t->node[i].cpus);
	fputs(t->nr_nodes > TEXT_NODES ? ", ..)" : ")", f);
}

static unsigned int farthest(const struct topology *t)
{
	unsigned int most = SELF;

	for (unsigned int i = 0; i < t->nr_nodes * t->nr_nodes; i++)
		if (t->distance[i] > most)
			most = t->distance[i];
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

void topology_free(struct topology *t)
{
	free(t->node);
	free(t->distance);
	*t = (struct topology){ 0 };
}
