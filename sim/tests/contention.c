// SPDX-License-Identifier: GPL-2.0
/* Memory that is asked for more than it delivers: slower, never endless. */
#include <math.h>

#include "common.h"

#define EPOCH_NS (10 * NS_PER_MS)

/* @n threads on node 0 sweep memory of node @node. */
static struct run *crowd(unsigned int n, int node, double port)
{
	struct run *r;
	char text[300];

	snprintf(text, sizeof(text),
		 "unit MiB\nprocess p\nregion m size=8M alloc=on-node node=%d\n"
		 "thread count=%u home=0\nbind 0\nsweep m\nend\nend\n", node, n);
	r = run_new("2x64", text, "off");
	r->costs.port_bytes = port;
	r->c.run_ns = 3 * NS_PER_SEC;
	return r;
}

/* Bytes per ns that the memory of @node delivers in a second. */
static double delivered(struct run *r, int node)
{
	double before = r->r.matrix[node];

	run_to(r, r->s.now + NS_PER_SEC);
	return (r->r.matrix[node] - before) * 64 / 1e9;
}

static double throughput(unsigned int n, int node, double port)
{
	struct run *r = crowd(n, node, port);
	double bytes;

	run_begin(r);
	run_to(r, NS_PER_SEC);
	bytes = delivered(r, node);
	run_free(r);
	return bytes;
}

static void alone_nobody_waits(void **state)
{
	(void)state;
	assert_near(throughput(1, 0, 60), 64 / (0.5 + 8.5), 0.06);
	assert_near(throughput(1, 1, 60), 64 / (0.5 + 8.5 * 2.1), 0.16);
}

/* More threads: more in all, less for each, and never more than there is. */
static void more_threads_get_more_but_each_less(void **state)
{
	double last = 0, last_each = 1e9;

	(void)state;
	for (unsigned int n = 1; n <= 64; n *= 2) {
		double all = throughput(n, 0, 60);

		assert_true(all > last);
		assert_true(all / n < last_each);
		assert_true(all < 160);
		last = all;
		last_each = all / n;
	}
	assert_true(last > 110);
}

static void the_port_is_a_limit_too(void **state)
{
	(void)state;
	for (unsigned int n = 16; n <= 64; n *= 2) {
		assert_true(throughput(n, 1, 60) < 60);
		assert_true(throughput(n, 1, 20) < 20);
	}
	assert_true(throughput(64, 1, 60) > 40);
	assert_true(throughput(64, 1, 0) > 85);
}

/* However high the load, waits settle; then they stay. */
static void waits_settle_without_swinging(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= 64; n *= 4) {
		struct run *r = crowd(n, 0, 60);
		double settled;

		run_begin(r);
		run_to(r, NS_PER_SEC);
		settled = r->s.node[0].wait;
		assert_true(settled >= 1 && settled < 100);
		for (unsigned int i = 1; i <= 50; i++) {
			run_to(r, NS_PER_SEC + i * EPOCH_NS);
			assert_near(r->s.node[0].wait, settled, 0.01);
		}
		run_free(r);
	}
}

static void waits_end_with_the_load(void **state)
{
	struct run *r = run_new("2x16",
		"process p\nregion m size=8M alloc=on-node node=0\n"
		"thread count=16\nsweep m time=500ms\nsleep 10s\nend\nend\n",
		"off");

	(void)state;
	run_begin(r);
	run_to(r, 400 * NS_PER_MS);
	assert_true(r->s.node[0].wait > 1.3);
	run_to(r, NS_PER_SEC);
	assert_near(r->s.node[0].wait, 1, 0.01);
	assert_near(r->s.node[1].port_wait, 1, 0.01);
	run_free(r);
}

static void latency_grows_with_distance(void **state)
{
	struct run *r = run_new("mesh:9x1", "process p\nthread\nsleep 1s\nend\nend\n",
				"off");

	(void)state;
	run_begin(r);
	for (int to = 0; to < 9; to++)
		assert_near(contention_latency(&r->s, 0, to),
			    8.5 * np_distance(&r->s.machine, 0, to), 1e-9);
	run_free(r);
}

static void without_limits_nobody_ever_waits(void **state)
{
	struct run *r = crowd(64, 1, 0);

	(void)state;
	r->costs.node_bytes = 0;
	run_begin(r);
	run_to(r, NS_PER_SEC);
	assert_near(delivered(r, 1), 64 * 64 / (0.5 + 8.5 * 2.1), 0.02);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_nobody_waits),
		cmocka_unit_test(more_threads_get_more_but_each_less),
		cmocka_unit_test(the_port_is_a_limit_too),
		cmocka_unit_test(waits_settle_without_swinging),
		cmocka_unit_test(waits_end_with_the_load),
		cmocka_unit_test(latency_grows_with_distance),
		cmocka_unit_test(without_limits_nobody_ever_waits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
