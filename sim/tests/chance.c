// SPDX-License-Identifier: GPL-2.0
/*
 * Workloads by chance, on machines by chance: whatever threads do, the machine
 * stays whole, and doing it again comes to the same.
 */
#include "common.h"

#define RUNS		150
#define TEXT		16384

extern const struct np_policy_ops np_test_chaos_all;

/* A text under way. */
struct writer {
	char text[TEXT];
	size_t len;
	struct rng rng;
	unsigned int channels;
};

static unsigned int pick(struct writer *w, unsigned int n)
{
	return (unsigned int)rng_below(&w->rng, n);
}

static void put(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->len += (size_t)vsnprintf(w->text + w->len, TEXT - w->len, format,
				    args);
	va_end(args);
	assert_true(w->len < TEXT);
}

static void put_slice(struct writer *w)
{
	unsigned int of = 1 + pick(w, 7);

	if (pick(w, 2))
		put(w, " slice=%u of=%u step=%u", pick(w, of), of, pick(w, of));
}

static void put_access(struct writer *w)
{
	static const char *const zipf[] = { "", " zipf=0.7", " zipf=1", " zipf=2.5" };
	unsigned int region = pick(w, 3);

	switch (pick(w, 4)) {
	case 0:
		put(w, "touch r%u", region);
		break;
	case 1:
		put(w, "sweep r%u passes=%u stride=%u", region, 1 + pick(w, 4),
		    8U << pick(w, 8));
		break;
	case 2:
		put(w, "sweep r%u time=%uus", region, 1 + pick(w, 3000));
		break;
	default:
		put(w, "random r%u accesses=%u%s", region, 1 + pick(w, 50000),
		    zipf[pick(w, 4)]);
	}
	put_slice(w);
	put(w, "\n");
}

static void put_op(struct writer *w, unsigned int depth)
{
	switch (pick(w, 12)) {
	case 0:
		put(w, "compute %uus\n", 1 + pick(w, 9000));
		break;
	case 1:
		put(w, "kernel %uus\n", 1 + pick(w, 3000));
		break;
	case 2:
		put(w, "sleep %uus\n", 1 + pick(w, 9000));
		break;
	case 3:
		put(w, "send c[%u]\n", pick(w, w->channels));
		break;
	case 4:
		put(w, "recv c[%u]\ncompute 1us\n", pick(w, w->channels));
		break;
	case 5:
		put(w, depth < 3 ? "spawn child\n" : "compute 1us\n");
		break;
	case 6:
		put(w, "bind %u of=2 step=1\n", pick(w, 2));
		break;
	case 7:
		put(w, "count %u\n", pick(w, 5) + 1);
		break;
	default:
		put_access(w);
	}
}

static void put_ops(struct writer *w, unsigned int depth)
{
	for (unsigned int i = 1 + pick(w, 6); i; i--)
		put_op(w, depth);
	if (depth < 3 && pick(w, 2)) {
		put(w, "loop %u\ncompute 5us\n", 1 + pick(w, 9));
		put_ops(w, depth + 1);
		put(w, "end\n");
	}
}

static void put_class(struct writer *w)
{
	switch (pick(w, 6)) {
	case 0:
		put(w, " nice=%d", (int)pick(w, 40) - 20);
		break;
	case 1:
		put(w, " rt=%u", 1 + pick(w, 99));
		break;
	case 2:
		put(w, " runtime=%uus period=%uus", 100 + pick(w, 900),
		    1000 + pick(w, 9000));
		break;
	case 3:
		put(w, " cpu=%u", pick(w, 2));
		break;
	default:
		break;
	}
}

static void put_regions(struct writer *w)
{
	static const char *const alloc[] = {
		"", "alloc=on-node node=1", "alloc=bound node=0",
		"alloc=preferred node=1", "alloc=interleave", "alloc=home-node",
	};

	put(w, "region r0 object=shared\n");
	for (unsigned int i = 1; i < 3; i++)
		put(w, "region r%u size=%uK huge=%s %s\n", i,
		    40 + pick(w, 4000), pick(w, 2) ? "yes" : "no",
		    alloc[pick(w, ARRAY_SIZE(alloc))]);
}

/* The last ops of a thread go on to the end of the run. */
static void put_thread(struct writer *w, bool first, unsigned int depth)
{
	put(w, "thread");
	if (!first)
		put(w, " count=%u", 1 + pick(w, 3));
	put_class(w);
	put(w, "\n");
	put_ops(w, depth);
	if (first)
		put(w, "start\n");
	if (!depth && pick(w, 3)) {
		put(w, "loop\ncompute 3us\n");
		put_ops(w, 1);
		put(w, "end\n");
	}
	put(w, "end\n");
}

static void put_process(struct writer *w, const char *head, unsigned int depth)
{
	put(w, "%s\n", head);
	put_regions(w);
	for (unsigned int i = 0; i <= pick(w, 3); i++)
		put_thread(w, !i, depth);
	put(w, "end\n");
}

/* Or receivers would soon all wait for each other. */
static void put_feeder(struct writer *w)
{
	put(w, "process feeder\nthread\nloop\nsleep 300us\n");
	for (unsigned int i = 0; i < w->channels; i++)
		put(w, "send c[%u]\n", i);
	put(w, "end\nend\nend\n");
}

static void write_workload(struct writer *w)
{
	w->channels = 1 + pick(w, 3);
	put(w, "channel c count=%u\nobject shared size=%uK\n", w->channels,
	    40 + pick(w, 3000));
	put_process(w, "template child", 3);
	put_feeder(w);
	put_process(w, "process p count=2", 0);
	if (pick(w, 2))
		put_process(w, "process q", 0);
}

static const char *const machines[] = {
	"2x1", "2x4", "3x2", "mesh:4x2", "backplane:8x1",
	"lab/topologies/far-memory.topo", "sim/tests/odd.topo",
};

static const char *const policies[] = {
	"off", "hand", "inverse", "none:scan_delay=1",
	"moron:scan_delay=1,scan_period=20", "stock:scan_delay=1,scan_period=20",
	"chaos_all:scan_delay=1,scan_period=20",
};

static const bool second_isolated[32] = { [1] = true };

static struct run *by_chance(uint64_t seed)
{
	struct writer w = { .rng = { seed } };
	const char *machine = machines[pick(&w, ARRAY_SIZE(machines))];
	const char *policy = policies[pick(&w, ARRAY_SIZE(policies))];
	struct run *r;

	write_workload(&w);
	r = run_new(machine, w.text, policy);
	r->c.preempt = (enum sim_preempt)pick(&w, SIM_NR_PREEMPT);
	r->c.thp = pick(&w, 2);
	r->c.shadow = !pick(&w, 5);
	r->c.isolated = pick(&w, 4) ? NULL : second_isolated;
	r->c.seed = seed;
	r->c.run_ns = 200 * NS_PER_MS;
	if (pick(&w, 2))
		sim_costs_read(&r->costs, "emulated");
	return r;
}

static void the_machine_stays_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct run *r = by_chance(seed);

		run_all(r);
		run_free(r);
	}
}

static void assert_same(const struct sim_result *a, const struct sim_result *b)
{
	size_t nodes = (size_t)a->nr_nodes * a->nr_nodes;

	assert_int_equal(a->ended_ns, b->ended_ns);
	assert_int_equal(a->user_ns, b->user_ns);
	assert_int_equal(a->kernel_ns, b->kernel_ns);
	assert_int_equal(a->switches, b->switches);
	assert_int_equal(a->wake_ns, b->wake_ns);
	assert_true(a->work == b->work);
	assert_memory_equal(a->counter, b->counter, sizeof(a->counter));
	assert_memory_equal(a->matrix, b->matrix, nodes * sizeof(double));
}

static void doing_it_again_comes_to_the_same(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed += 3) {
		struct run *a = by_chance(seed), *b = by_chance(seed);

		assert_int_equal(sim_run(&a->c, &a->r, &a->e), 0);
		assert_int_equal(sim_run(&b->c, &b->r, &b->e), 0);
		assert_same(&a->r, &b->r);
		sim_result_free(&a->r);
		run_free(a);
		run_free(b);
	}
}

/* Looking at it every second, or event by event, changes nothing. */
static void looking_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 2; seed <= RUNS; seed += 3) {
		struct run *a = by_chance(seed), *b = by_chance(seed);

		run_all(a);
		assert_int_equal(sim_run(&b->c, &b->r, &b->e), 0);
		assert_same(&a->r, &b->r);
		run_free(a);
		run_free(b);
	}
}

/* The first question registers the policies of the tree. */
static int know_chaos(void **state)
{
	struct sim_error e;

	(void)state;
	return sim_check_policy("none", &e) ||
	       np_register(&np_test_chaos_all, NP_CAN_ALL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_stays_whole),
		cmocka_unit_test(doing_it_again_comes_to_the_same),
		cmocka_unit_test(looking_changes_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, know_chaos, NULL);
}
