// SPDX-License-Identifier: GPL-2.0
/*
 * Machines: files, shapes with a name, and everything that is neither.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "topology.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define ONE	"node 0 cpus 1 memory 1M\n"
#define TWO	"node 0 cpus 2 memory 1024M\nnode 1 cpus 0 memory 2048M\n"
#define FAR	"distance 0 10 21\ndistance 1 31 10\n"

static int read_bytes(struct topology *t, const char *text, size_t len,
		      struct sim_error *e)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
	int ret;

	assert_non_null(f);
	ret = topology_read(t, f, "m.topo", e);
	fclose(f);
	return ret;
}

static void accepted(struct topology *t, const char *text)
{
	struct sim_error e = { "" };

	if (read_bytes(t, text, strlen(text), &e))
		fail_msg("%s", e.text);
}

/* The message names file and line, and there is nothing to free. */
static void refused_bytes(const char *text, size_t len, unsigned int line,
			  const char *why)
{
	struct topology t;
	struct sim_error e;
	char where[32];

	assert_int_equal(read_bytes(&t, text, len, &e), -1);
	snprintf(where, sizeof(where), "m.topo:%u: ", line);
	if (strncmp(e.text, where, strlen(where)) || !strstr(e.text, why))
		fail_msg("'%s' instead of '%s%s'", e.text, where, why);
	assert_null(t.node);
	assert_null(t.distance);
}

static void refused(unsigned int line, const char *text, const char *why)
{
	refused_bytes(text, strlen(text), line, why);
}

static void load(struct topology *t, const char *what)
{
	struct sim_error e = { "" };

	if (topology_load(t, what, &e))
		fail_msg("%s", e.text);
}

static void not_loaded(const char *what, const char *why)
{
	struct topology t;
	struct sim_error e;

	assert_int_equal(topology_load(&t, what, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("'%s' instead of '%s'", e.text, why);
	assert_null(t.node);
	assert_null(t.distance);
}

/* ------------------------------------------------------------------- files */

static void reads_a_file(void **state)
{
	struct topology t;

	(void)state;
	accepted(&t, "# a comment\n\n" TWO "  \t\n"
		 "distance 0 10\t21 # more\n distance  1 31 10#");
	assert_int_equal(t.nr_nodes, 2);
	assert_int_equal(t.cpus, 2);
	assert_int_equal(t.mib, 3072);
	assert_int_equal(t.node[1].cpus, 0);
	assert_int_equal(t.node[1].mib, 2048);
	assert_int_equal(topology_distance(&t, 0, 1), 21);
	assert_int_equal(topology_distance(&t, 1, 0), 31);
	topology_free(&t);
	assert_null(t.node);
}

static void reads_nodes_without_memory(void **state)
{
	struct topology t;

	(void)state;
	accepted(&t, "node 0 cpus 1 memory 0M\nnode 1 cpus 0 memory 7M\n" FAR);
	assert_int_equal(t.node[0].mib, 0);
	assert_int_equal(t.mib, 7);
	topology_free(&t);
}

static void refuses_bad_nodes(void **state)
{
	(void)state;
	refused(1, "node\n", "the node must be a whole number from 0 to 1023, "
		"not ''");
	refused(1, "node 1 cpus 1 memory 1M\n", "this one should be 0");
	refused(2, ONE "node 0 cpus 1 memory 1M\n", "this one should be 1");
	refused(3, ONE "# 1\nnode 2 cpus 1 memory 1M\n", "should be 1");
	refused(1, "node 1024 cpus 1 memory 1M\n", "from 0 to 1023");
	refused(1, "node 0\n", "a node reads 'node N cpus C memory MM'");
	refused(1, "node 0 cpu 1 memory 1M\n", "a node reads");
	refused(1, "node 0 cpus 1\n", "a node reads");
	refused(1, "node 0 cpus 1 mem 1M\n", "a node reads");
	refused(1, "node 0 cpus 1 memory 1M 7\n", "'7' is too much");
	refused(1, "node 0 cpus 0 memory 0M\ndistance 0 10\n",
		"node 0 has neither CPUs nor memory");
	refused(2, ONE "node 1 cpus 0 memory 0M\n", "node 1 has neither");
	refused(3, TWO "node 2 cpus 8191 memory 1M\n", "more than 8192 CPUs");
}

static void refuses_bad_numbers(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", "01", "00", "0x1", "1.0", "1e1", "8193", "99999999",
		"12345678901234567890", "4294967297", "18446744073709551617",
		"one", "1,", "\xc2\xb9",
	};
	char text[96];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "node %s cpus 1 memory 1M\n",
			 bad[i]);
		refused(1, text, "the node must be a whole number from 0 to");
		snprintf(text, sizeof(text), "node 0 cpus %s memory 1M\n",
			 bad[i]);
		refused(1, text, "the number of CPUs must be a whole number "
			"from 0 to 8192, not '");
	}
}

static void refuses_bad_memory(void **state)
{
	static const char *const bad[] = {
		"M", "-1M", "+1M", "01M", "00M", "1GM", "1MM", "10000000M",
		"12345678901234567890M", "1.5M",
	};
	static const char *const unit[] = { "", "1024", "1G", "1m", "1MiB" };
	char text[96];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "node 0 cpus 1 memory %s", bad[i]);
		refused(1, text, "memory must be a whole number from 0 to "
			"9999999, not '");
	}
	for (size_t i = 0; i < ARRAY_SIZE(unit); i++) {
		snprintf(text, sizeof(text), "node 0 cpus 1 memory %s",
			 unit[i]);
		refused(1, text, "memory is given in MiB, such as 1024M, not");
	}
}

static void refuses_bad_distances(void **state)
{
	(void)state;
	refused(1, "distance 0 10\n", "a distance before any node");
	refused(3, TWO "distance\n", "the node must be a whole number from 0 "
		"to 1, not ''");
	refused(3, TWO "distance 2 21 10\n", "the node must be");
	refused(3, TWO "distance 1 21 10\n", "this row should be 0");
	refused(3, TWO "distance 0\n", "a row has 2 distances, not 0");
	refused(3, TWO "distance 0 10\n", "a row has 2 distances, not 1");
	refused(3, TWO "distance 0 10 21 31\n", "'31' is too much");
	refused(3, TWO "distance 0 11 21\n", "the distance of a node to itself "
		"must be a whole number from 10 to 10, not '11'");
	refused(3, TWO "distance 0 10 10\n", "a distance must be a whole "
		"number from 11 to 254, not '10'");
	refused(3, TWO "distance 0 10 255\n", "from 11 to 254");
	refused(3, TWO "distance 0 10 277\n", "from 11 to 254");
	refused(3, TWO "distance 0 10 021\n", "not '021'");
	refused(4, TWO "distance 0 10 21\ndistance 0 10 21\n", "should be 1");
	refused(5, TWO FAR "distance 1 31 10\n", "this row should be 2");
	refused(5, TWO FAR "node 2 cpus 1 memory 1M\n",
		"every node comes before the first distance");
}

static void refuses_what_is_not_whole(void **state)
{
	(void)state;
	refused(0, "", "there are no nodes");
	refused(2, "# x\n\n", "there are no nodes");
	refused(2, TWO, "the distances from node 0 are missing");
	refused(3, TWO "distance 0 10 21\n", "from node 1 are missing");
	refused(2, "node 0 cpus 0 memory 1M\ndistance 0 10\n",
		"no node has a CPU");
	refused(2, "node 0 cpus 1 memory 0M\ndistance 0 10\n",
		"no node has memory");
}

/* However little is missing: never another machine. */
static void refuses_truncated_files(void **state)
{
	static const char text[] = TWO "distance 0 10 21\ndistance 1 31 10";
	unsigned int line = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		refused_bytes(text, len, line, "");
		if (!len || text[len - 1] == '\n')
			line++;
	}
}

static void refuses_what_is_not_text(void **state)
{
	static const char zero[] = "node 0\0 cpus 1 memory 1M\n";
	static const char tail[] = ONE "distance 0 10\0\n";
	static const char comment[] = ONE "# \0\ndistance 0 11\n";

	(void)state;
	refused_bytes(zero, sizeof(zero) - 1, 1, "not '0?'");
	refused_bytes(tail, sizeof(tail) - 1, 2, "not '10?'");
	refused_bytes(comment, sizeof(comment) - 1, 3, "not '11'");
	refused(1, "node 0 cpus 1 memory 1M\r\n", "not '1M?'");
	refused(1, "\xff\xfe\x1b[2J\n", "unknown statement '???[2J'");
	refused(1, "node 0 cpus\f1 memory 1M\n", "a node reads");
}

static void refuses_unknown_statements(void **state)
{
	(void)state;
	refused(3, "\n# x\nnodes 2\n", "unknown statement 'nodes'");
	refused(3, TWO "Distance 0 10 21\n", "unknown statement 'Distance'");
}

/* ------------------------------------------------------------------ limits */

static void print_nodes(FILE *f, unsigned int nodes, unsigned int cpus)
{
	for (unsigned int i = 0; i < nodes; i++)
		fprintf(f, "node %u cpus %u memory 9999999M\n", i, cpus);
}

static void print_rows(FILE *f, unsigned int nodes)
{
	for (unsigned int i = 0; i < nodes; i++) {
		fprintf(f, "distance %u", i);
		for (unsigned int j = 0; j < nodes; j++)
			fprintf(f, " %u", i == j ? 10 : 11 + (i + j) % 244);
		fputc('\n', f);
	}
}

static char *describe(unsigned int nodes, unsigned int cpus)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	print_nodes(f, nodes, cpus);
	print_rows(f, nodes);
	fclose(f);
	return text;
}

static void reads_the_largest_machine(void **state)
{
	char *text = describe(1024, 8);
	struct topology t;

	(void)state;
	accepted(&t, text);
	assert_int_equal(t.nr_nodes, 1024);
	assert_int_equal(t.cpus, 8192);
	assert_true(t.mib == 1024 * 9999999ULL);
	assert_int_equal(topology_distance(&t, 1023, 1022), 11 + 2045 % 244);
	assert_int_equal(topology_distance(&t, 0, 243), 254);
	topology_free(&t);
	free(text);
}

static void refuses_larger_ones(void **state)
{
	char *text = describe(1025, 1);

	(void)state;
	refused(1025, text, "the node must be a whole number from 0 to 1023, "
		"not '1024'");
	free(text);
	text = describe(1024, 9);
	refused(911, text, "more than 8192 CPUs");
	free(text);
}

/* A line may be long; only its words count. */
static void reads_long_lines(void **state)
{
	size_t blanks = 1 << 20;
	struct topology t;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_non_null(f);
	fprintf(f, ONE "distance%*s10#%*s", (int)blanks, " 0 ", (int)blanks,
		"#");
	fclose(f);
	accepted(&t, text);
	assert_int_equal(t.nr_nodes, 1);
	topology_free(&t);
	free(text);
}

static void a_word_without_an_end_is_refused_at_once(void **state)
{
	(void)state;
	not_loaded("/dev/zero", "/dev/zero:1: unknown statement '????");
}

/* --------------------------------------------------- what cannot be opened */

static void tells_why_a_file_cannot_be_read(void **state)
{
	(void)state;
	not_loaded("/", "/: Is a directory");
	not_loaded("/dev/null/x", "/dev/null/x: Not a directory");
}

static ssize_t broken(void *cookie, char *buf, size_t size)
{
	(void)cookie;
	(void)buf;
	(void)size;
	errno = EIO;
	return -1;
}

static void what_could_not_be_read_is_no_end(void **state)
{
	FILE *f = fopencookie(NULL, "r",
			      (cookie_io_functions_t){ .read = broken });
	struct topology t;
	struct sim_error e;

	(void)state;
	assert_int_equal(topology_read(&t, f, "m.topo", &e), -1);
	assert_string_equal(e.text, "m.topo: Input/output error");
	fclose(f);
}

/* A reason that does not fit behind the name would be none. */
static void a_long_name_leaves_room_for_the_reason(void **state)
{
	char name[4096];

	(void)state;
	memset(name, '/', sizeof(name));
	strcpy(name + sizeof(name) - sizeof("dev/null"), "dev/null");
	not_loaded(name, "///dev/null:0: there are no nodes");
	memset(name, 'x', 200);
	name[200] = '\0';
	not_loaded(name, "xxx', and it is not NxC, mesh:NxC or backplane:NxC");
	memset(name, 'x', sizeof(name) - 1);
	not_loaded(name, "xxx: File name too long");
}

static void a_file_comes_before_a_shape(void **state)
{
	char dir[] = "/tmp/numaplace-test-XXXXXX", *home = getcwd(NULL, 0);
	struct topology t;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	f = fopen("2x2", "we");
	assert_non_null(f);
	fputs(ONE "distance 0 10\n", f);
	fclose(f);
	load(&t, "2x2");
	assert_int_equal(t.nr_nodes, 1);
	topology_free(&t);
	assert_int_equal(remove("2x2"), 0);
	assert_int_equal(chdir(home), 0);
	assert_int_equal(remove(dir), 0);
	free(home);
}

/* ------------------------------------------------------------------ shapes */

static void assert_sound(const struct topology *t)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++) {
			unsigned int d = topology_distance(t, i, j);

			assert_true(i == j ? d == 10 : d > 10 && d < 255);
			assert_int_equal(d, topology_distance(t, j, i));
		}
}

static void shape(struct topology *t, const char *name, unsigned int nodes)
{
	char what[32];

	snprintf(what, sizeof(what), "%s%ux3", name, nodes);
	load(t, what);
	assert_int_equal(t->nr_nodes, nodes);
	assert_int_equal(t->cpus, 3 * nodes);
	assert_int_equal(t->mib, 1024 * nodes);
	assert_int_equal(t->node[nodes - 1].cpus, 3);
	assert_int_equal(t->node[nodes - 1].mib, 1024);
	assert_sound(t);
}

static void nxc_is_even(void **state)
{
	struct topology t;

	(void)state;
	for (unsigned int n = 1; n <= 40; n++) {
		shape(&t, "", n);
		for (unsigned int i = 1; i < n; i++)
			assert_int_equal(topology_distance(&t, i, i - 1), 21);
		topology_free(&t);
	}
}

static unsigned int hops(const struct topology *t, unsigned int a,
			 unsigned int b)
{
	unsigned int distance = topology_distance(t, a, b);

	assert_int_equal(distance % 10, 0);
	return distance / 10 - 1;
}

/* Some neighbour of @a is a hop nearer to @b, and none more than that. */
static void assert_way(const struct topology *t, unsigned int a, unsigned int b)
{
	unsigned int h = hops(t, a, b);
	bool way = !h;

	for (unsigned int c = 0; c < t->nr_nodes; c++) {
		assert_true(hops(t, a, c) + hops(t, c, b) >= h);
		way |= hops(t, a, c) == 1 && hops(t, c, b) + 1 == h;
	}
	assert_true(way);
}

static unsigned int links(const struct topology *t, unsigned int node)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->nr_nodes; i++)
		n += hops(t, node, i) == 1;
	return n;
}

/* Distances are those of ways along the links, in every size of grid. */
static void a_mesh_has_ways(void **state)
{
	struct topology t;

	(void)state;
	for (unsigned int n = 1; n <= 40; n++) {
		shape(&t, "mesh:", n);
		for (unsigned int i = 0; i < n; i++) {
			assert_true(links(&t, i) <= 4);
			for (unsigned int j = 0; j < n; j++)
				assert_way(&t, i, j);
		}
		topology_free(&t);
	}
}

static void a_mesh_is_a_grid(void **state)
{
	struct topology t;

	(void)state;
	shape(&t, "mesh:", 7);		/* 0 1 2, 3 4 5, 6 */
	assert_int_equal(topology_distance(&t, 0, 1), 20);
	assert_int_equal(topology_distance(&t, 0, 3), 20);
	assert_int_equal(topology_distance(&t, 2, 3), 40);
	assert_int_equal(topology_distance(&t, 2, 6), 50);
	assert_int_equal(links(&t, 4), 3);
	assert_int_equal(links(&t, 6), 1);
	topology_free(&t);
}

/* 24 hops are the most that a distance can tell. */
static void a_large_mesh_ends_at_254(void **state)
{
	struct topology t;

	(void)state;
	load(&t, "mesh:1024x8");
	assert_int_equal(t.cpus, 8192);
	assert_sound(&t);
	assert_int_equal(topology_distance(&t, 0, 24), 250);
	assert_int_equal(topology_distance(&t, 0, 25), 254);
	assert_int_equal(topology_distance(&t, 0, 1023), 254);
	topology_free(&t);
	load(&t, "mesh:169x1");
	assert_int_equal(topology_distance(&t, 0, 168), 250);
	topology_free(&t);
}

static void a_backplane_joins_boards_of_four(void **state)
{
	struct topology t;

	(void)state;
	for (unsigned int n = 1; n <= 40; n++) {
		shape(&t, "backplane:", n);
		for (unsigned int i = 1; i < n; i++) {
			assert_int_equal(topology_distance(&t, i - 1, i),
					 i % 4 ? 21 : 31);
			assert_int_equal(topology_distance(&t, 0, i),
					 i < 4 ? 21 : 31);
		}
		topology_free(&t);
	}
}

static unsigned int nr_distances(const struct topology *t)
{
	bool seen[256] = { false };
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->nr_nodes * t->nr_nodes; i++) {
		n += !seen[t->distance[i]];
		seen[t->distance[i]] = true;
	}
	return n;
}

/* The first pair of nodes that no other is farther apart than. */
static void find_farthest(const struct topology *t, unsigned int *ret_a,
			  unsigned int *ret_b)
{
	unsigned int most = 0;

	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++)
			if (topology_distance(t, i, j) > most) {
				most = topology_distance(t, i, j);
				*ret_a = i;
				*ret_b = j;
			}
}

/* Is there a node between them? */
static bool has_middle(const struct topology *t)
{
	unsigned int a = 0, b = 0, most;

	find_farthest(t, &a, &b);
	most = topology_distance(t, a, b);
	for (unsigned int c = 0; c < t->nr_nodes; c++)
		if (topology_distance(t, a, c) < most &&
		    topology_distance(t, b, c) < most)
			return true;
	return false;
}

/* The questions by which Linux tells the kinds apart. */
static const char *kind(const struct topology *t)
{
	if (nr_distances(t) <= 2)
		return "direct";
	return has_middle(t) ? "mesh" : "backplane";
}

static void assert_kind(const char *what, const char *expected)
{
	struct topology t;

	load(&t, what);
	assert_string_equal(kind(&t), expected);
	topology_free(&t);
}

static void linux_would_tell_them_apart(void **state)
{
	(void)state;
	assert_kind("1x1", "direct");
	assert_kind("64x1", "direct");
	assert_kind("mesh:2x1", "direct");
	assert_kind("mesh:3x1", "mesh");
	assert_kind("mesh:16x1", "mesh");
	assert_kind("mesh:1024x1", "mesh");
	assert_kind("backplane:4x1", "direct");
	assert_kind("backplane:5x1", "backplane");
	assert_kind("backplane:1024x1", "backplane");
}

static void refuses_what_has_no_shape(void **state)
{
	static const char *const bad[] = {
		"", "2", "2x", "x2", "2x2x2", "-2x2", "2x-2", "+2x2", "2x+2",
		"02x2", "2x02", "2x2 ", " 2x2", "2x 2", "2X2", "10000x1",
		"1x10000", "4294967297x1", "18446744073709551617x1", "mesh:",
		"mesh:2", "mesh: 2x2", "mesh:2x2 ", "mesh:02x2", "MESH:2x2",
		"mesh:mesh:2x2", "mesh2x2", ":2x2", "ring:2x2", "backplane:",
		"backplane:2x2x", "backplane:-1x2", "%s%n", "no/file.topo",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char why[64];

		snprintf(why, sizeof(why), "there is no file '%s', and it is "
			 "not NxC", bad[i]);
		not_loaded(bad[i], why);
	}
}

static void refuses_shapes_out_of_range(void **state)
{
	static const char *const bad[] = {
		"0x2", "2x0", "0x0", "1025x1", "2x4097", "1x8193", "1024x9",
		"9999x9999", "mesh:0x1", "mesh:1x0", "mesh:1025x1",
		"mesh:1024x9", "backplane:1025x1", "backplane:0x1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char why[96];

		snprintf(why, sizeof(why), "'%s': a machine has 1 to 1024 "
			 "nodes and 1 to 8192 CPUs", bad[i]);
		not_loaded(bad[i], why);
	}
}

static void largest_shapes(void **state)
{
	static const char *const names[] = {
		"1024x8", "1x8192", "mesh:1x8192", "backplane:1024x8",
	};
	struct topology t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		load(&t, names[i]);
		assert_int_equal(t.cpus, 8192);
		assert_sound(&t);
		topology_free(&t);
	}
}

/* --------------------------------------------------------------- in a line */

static void assert_text(const struct topology *t, const char *expected)
{
	char *text = topology_text(t);

	assert_string_equal(text, expected);
	free(text);
}

static void says_itself_in_a_line(void **state)
{
	struct topology t;

	(void)state;
	load(&t, "4x2");
	topology_set_memory(&t, 512);
	assert_text(&t, "4 nodes, 8 CPUs (2, 2, 2, 2), 2048 MiB, "
		    "distances 10 to 21");
	topology_free(&t);
	load(&t, "1x1");
	assert_text(&t, "1 nodes, 1 CPUs (1), 1024 MiB, distances 10 to 10");
	topology_free(&t);
	load(&t, "mesh:17x1");
	assert_text(&t, "17 nodes, 17 CPUs (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
		    "1, 1, 1, 1, 1, ..), 17408 MiB, distances 10 to 80");
	topology_free(&t);
}

static void nothing_is_freed_twice(void **state)
{
	struct topology t = { 0 };

	(void)state;
	topology_free(&t);
	load(&t, "2x2");
	topology_free(&t);
	topology_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(reads_nodes_without_memory),
		cmocka_unit_test(refuses_bad_nodes),
		cmocka_unit_test(refuses_bad_numbers),
		cmocka_unit_test(refuses_bad_memory),
		cmocka_unit_test(refuses_bad_distances),
		cmocka_unit_test(refuses_what_is_not_whole),
		cmocka_unit_test(refuses_truncated_files),
		cmocka_unit_test(refuses_what_is_not_text),
		cmocka_unit_test(refuses_unknown_statements),
		cmocka_unit_test(reads_the_largest_machine),
		cmocka_unit_test(refuses_larger_ones),
		cmocka_unit_test(reads_long_lines),
		cmocka_unit_test(a_word_without_an_end_is_refused_at_once),
		cmocka_unit_test(tells_why_a_file_cannot_be_read),
		cmocka_unit_test(what_could_not_be_read_is_no_end),
		cmocka_unit_test(a_long_name_leaves_room_for_the_reason),
		cmocka_unit_test(a_file_comes_before_a_shape),
		cmocka_unit_test(nxc_is_even),
		cmocka_unit_test(a_mesh_has_ways),
		cmocka_unit_test(a_mesh_is_a_grid),
		cmocka_unit_test(a_large_mesh_ends_at_254),
		cmocka_unit_test(a_backplane_joins_boards_of_four),
		cmocka_unit_test(linux_would_tell_them_apart),
		cmocka_unit_test(refuses_what_has_no_shape),
		cmocka_unit_test(refuses_shapes_out_of_range),
		cmocka_unit_test(largest_shapes),
		cmocka_unit_test(says_itself_in_a_line),
		cmocka_unit_test(nothing_is_freed_twice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
