// SPDX-License-Identifier: GPL-2.0
/*
 * Topologies: NxC, files, and everything that is not one.
 */
#include "common.h"
#include "topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_text(struct topology *t, const char *text, size_t len)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
	int ret;

	assert_non_null(f);
	ret = topology_read(t, f, "m.topo");
	fclose(f);
	return ret;
}

static void refused(const char *text, const char *message)
{
	struct topology t;

	hush();
	assert_int_equal(read_text(&t, text, strlen(text)), -1);
	assert_said(message);
}

#define TWO	"node 0 cpus 2 memory 1024M\nnode 1 cpus 0 memory 2048M\n"
#define FAR	"distance 0 10 21\ndistance 1 31 10\n"

static void reads_a_file(void **state)
{
	static const char text[] = "# a comment\n\n" TWO "  \t\n"
		"distance 0 10\t21 # more\ndistance 1 31 10";
	struct topology t;

	(void)state;
	assert_int_equal(read_text(&t, text, strlen(text)), 0);
	assert_int_equal(t.nr_nodes, 2);
	assert_int_equal(t.cpus, 2);
	assert_int_equal(t.mib, 3072);
	assert_int_equal(t.node[1].cpus, 0);
	assert_int_equal(t.distance[0][1], 21);
	assert_int_equal(t.distance[1][0], 31);
}

static void invents_equal_nodes(void **state)
{
	struct topology t;
	char *text;

	(void)state;
	assert_int_equal(topology_load(&t, "4x2"), 0);
	assert_int_equal(t.nr_nodes, 4);
	assert_int_equal(t.cpus, 8);
	assert_int_equal(t.distance[3][3], 10);
	assert_int_equal(t.distance[3][0], 21);
	topology_set_memory(&t, 512);
	assert_int_equal(t.mib, 2048);
	text = topology_text(&t);
	assert_string_equal(text, "4 nodes, 8 CPUs (2, 2, 2, 2), 2048 MiB, "
			    "distances 10 to 21");
	free(text);
}

static void refuses_what_is_not_nxc(void **state)
{
	static const char *const bad[] = {
		"", "2", "2x", "x2", "0x2", "2x0", "65x1", "2x129", "2x2x2",
		"-2x2", "2x-2", "02x2", "2x02", "2x2 ",
		" 2x2", "2X2", "99x99", "1x1000",
	};
	struct topology t;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		hush();
		assert_int_equal(topology_load(&t, bad[i]), -1);
		assert_said(bad[i]);
	}
}

static void names_file_and_line(void **state)
{
	(void)state;
	refused("\n# x\nnodes 2\n", "m.topo:3: unknown statement 'nodes'");
	refused(TWO "distance 0 10 9\n", "m.topo:3: a distance must be a "
		"whole number from 11 to 254, not '9'");
}

static void refuses_bad_nodes(void **state)
{
	(void)state;
	refused("", "there are no nodes");
	refused("node 1 cpus 1 memory 1M\n", "this one should be 0");
	refused("node 0 cpus 1 memory 1024\n", "memory is given in MiB");
	refused("node 0 cpus 1 memory M\n", "memory must be");
	refused("node 0 cpus 1 memory 0M\n", "memory must be");
	refused("node 0 cpus 1 memory 1GM\n", "memory must be");
	refused("node 0 cpus 1 memory 12345678901234567890M\n", "memory");
	refused("node 0 cpus -1 memory 1M\n", "number of CPUs");
	refused("node 0 cpus 01 memory 1M\n", "number of CPUs");
	refused("node 0 cpus 257 memory 1M\n", "number of CPUs");
	refused("node 0 cpus 1\n", "a node reads");
	refused("node 0 cpu 1 memory 1M\n", "a node reads");
	refused("node 0 cpus 1 memory 1M 7\n", "'7' is too much");
	refused("node 0 cpus 0 memory 1M\ndistance 0 10\n",
		"no node has a CPU");
	refused("node 0 cpus 200 memory 1M\nnode 1 cpus 57 memory 1M\n",
		"more than 256 CPUs");
	refused("node 0 cpus 1 memory 1M\r\n", "memory is given in MiB");
}

static void refuses_bad_distances(void **state)
{
	(void)state;
	refused("distance 0 10\n", "a distance before any node");
	refused(TWO, "the distances from node 0 are missing");
	refused(TWO "distance 0 10 21\n", "the distances from node 1");
	refused(TWO "distance 1 21 10\n", "this row should be 0");
	refused(TWO "distance 2 21 10\n", "the node must be");
	refused(TWO "distance 0 10\n", "a row has 2 distances, not 1");
	refused(TWO "distance 0 10 21 31\n", "'31' is too much");
	refused(TWO "distance 0 11 21\n", "of a node to itself");
	refused(TWO "distance 0 10 255\n", "from 11 to 254");
	refused(TWO FAR "distance 0 10 21\n", "this row should be 2");
	refused(TWO FAR "node 2 cpus 1 memory 1M\n", "before the first");
}

static void refuses_too_many_nodes(void **state)
{
	char text[65 * 32] = "", *end = text;

	(void)state;
	for (int i = 0; i < 65; i++)
		end += sprintf(end, "node %d cpus 1 memory 1M\n", i);
	refused(text, "m.topo:65: the node must be a whole number from 0 to "
		"63");
}

static void refuses_bytes_that_are_no_text(void **state)
{
	static const char text[] = "node 0\0 cpus 1 memory 1M\n";
	struct topology t;

	(void)state;
	hush();
	assert_int_equal(read_text(&t, text, sizeof(text) - 1), -1);
	assert_said("m.topo:1: not a text");
}

static void tells_why_a_file_cannot_be_read(void **state)
{
	struct topology t;

	(void)state;
	hush();
	assert_int_equal(topology_load(&t, "/"), -1);
	assert_said("Is a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(invents_equal_nodes),
		cmocka_unit_test(refuses_what_is_not_nxc),
		cmocka_unit_test(names_file_and_line),
		cmocka_unit_test(refuses_bad_nodes),
		cmocka_unit_test(refuses_bad_distances),
		cmocka_unit_test(refuses_too_many_nodes),
		cmocka_unit_test(refuses_bytes_that_are_no_text),
		cmocka_unit_test(tells_why_a_file_cannot_be_read),
	};

	return tap_tests(tests);
}
