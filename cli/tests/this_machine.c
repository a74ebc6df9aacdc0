// SPDX-License-Identifier: GPL-2.0
/*
 * The machine as sysfs shows it.
 */
#include "common.h"
#include "this_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/numaplace-test-XXXXXX";

static int enter(void **state)
{
	(void)state;
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	return mkdtemp(dir) ? chdir(dir) : -1;
}

static int leave(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return chdir("/") || system(command);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void put_node(const char *node, const char *distance)
{
	char path[64];

	snprintf(path, sizeof(path), "node/%s", node);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "node/%s/distance", node);
	put(path, distance);
}

static void put_cpu(const char *cpu, const char *node)
{
	char path[64];

	snprintf(path, sizeof(path), "cpu/%s", cpu);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "cpu/%s/%s", cpu, node);
	assert_int_equal(mkdir(path, 0755), 0);
}

/*
 * Nodes 0, 1 and 3 are online, 2 and 4 only possible; node 3 has no CPUs, and
 * node 1 no memory.  CPU 4 may come, CPU 3 is there but offline.
 */
static void put_machine(void)
{
	assert_int_equal(mkdir("node", 0755) | mkdir("cpu", 0755), 0);
	put("node/possible", "0-4\n");
	put("node/online", "0-1,3\n");
	put("node/has_memory", "0,3\n");
	put("node/has_cpu", "0-1\n");
	put_node("node0", "10 21 17\n");
	put_node("node1", "21 10 31\n");
	put_node("node3", "17 31 10\n");
	put("cpu/possible", "0-4\n");
	put("cpu/present", "0-3\n");
	put_cpu("cpu0", "node0");
	put_cpu("cpu1", "node1");
	put_cpu("cpu2", "node0");
	put_cpu("cpu3", "node1");
}

static void reads_what_the_kernel_shows(void **state)
{
	static const u8 flags[] = {
		NP_NODE_MEMORY | NP_NODE_CPU, NP_NODE_CPU, 0, NP_NODE_MEMORY, 0,
	};
	static const s16 cpu_node[] = { 0, 1, 0, 1, NP_NO_NODE };
	struct np_machine m;

	(void)state;
	put_machine();
	assert_int_equal(machine_read(".", &m), 0);
	assert_int_equal(m.nr_nodes, 5);
	assert_int_equal(m.nr_cpus, 5);
	assert_memory_equal(m.node_flags, flags, sizeof(flags));
	assert_memory_equal(m.cpu_node, cpu_node, sizeof(cpu_node));
	machine_free(&m);
}

/* Of nodes that are not online the kernel says what it says of any. */
static void reads_distances_of_nodes_that_are_online(void **state)
{
	static const u8 distance[] = {
		10, 21, 20, 17, 20,
		21, 10, 20, 31, 20,
		20, 20, 10, 20, 20,
		17, 31, 20, 10, 20,
		20, 20, 20, 20, 10,
	};
	struct np_machine m;

	(void)state;
	put_machine();
	assert_int_equal(machine_read(".", &m), 0);
	assert_memory_equal(m.distance, distance, sizeof(distance));
	machine_free(&m);
}

static void refuses(const char *path, const char *text, const char *why)
{
	struct np_machine m;

	put_machine();
	put(path, text);
	hush();
	assert_int_equal(machine_read(".", &m), -1);
	assert_said(why);
	assert_int_equal(system("rm -r node cpu"), 0);
}

static void refuses_what_makes_no_sense(void **state)
{
	(void)state;
	refuses("node/possible", "x\n", "node/possible: cannot be read");
	refuses("node/possible", "", "node/possible: cannot be read");
	refuses("node/possible", "3-1\n", "node/possible: cannot be read");
	refuses("node/possible", "0-70000\n", "cannot be read");
	refuses("node/possible", "0-1024\n", "1025 nodes");
	refuses("cpu/possible", "\n", "0 CPUs");
	refuses("node/has_cpu", "0,-1\n", "cannot be read");
	refuses("node/node3/distance", "10 20\n", "distance: cannot be read");
	refuses("node/node1/distance", "10 x 20\n", "distance: cannot be read");
	refuses("node/node0/distance", "10 300 20\n", "distance: cannot be");
}

static void says_what_is_missing(void **state)
{
	struct np_machine m;

	(void)state;
	hush();
	assert_int_equal(machine_read("nowhere", &m), -1);
	assert_said("nowhere/node/possible: cannot be read");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_what_the_kernel_shows),
		TEST(reads_distances_of_nodes_that_are_online),
		TEST(refuses_what_makes_no_sense),
		TEST(says_what_is_missing),
	};

	return tap_tests(tests);
}
