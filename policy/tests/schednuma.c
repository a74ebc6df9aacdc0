// SPDX-License-Identifier: GPL-2.0
/* schednuma: homes by load, memory that follows lazily, processes that are pulled. */
#include "common.h"

#define NS_PER_S (1000 * NS_PER_MS)

/* Every usable node has two CPUs and 1000 pages, half of them free. */
static struct home *open_schednuma(const char *spec)
{
	struct home *h = home_open(NULL, spec);
	int n;

	for (n = 0; n < HOME_NODES; n++)
		h->loads[n] = (struct np_load){
			.cpus = 2, .all_pages = 1000, .free_pages = 500,
		};
	h->c.cpu = 0;		/* node A */
	h->c.task = NULL;
	return h;
}

/* -------------------------------------------------------------------- birth */

static void a_process_is_born_where_there_is_least_to_do(void **state)
{
	struct home *h = open_schednuma("schednuma");
	struct np_task_ask ask;

	(void)state;
	h->loads[NODE_A].cpu_load = 3000;
	h->loads[NODE_B].cpu_load = 2000;
	h->loads[NODE_FAR].cpu_load = 1000;
	ask = np_fork(&h->c, NULL);
	assert_int_equal(ask.verb, NP_TASK_HOME);
	assert_int_equal(ask.nid, NODE_FAR);
}

static void it_stays_here_for_less_than_a_tenth(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	h->loads[NODE_A].cpu_load = 1099;
	h->loads[NODE_B].cpu_load = 1000;
	h->loads[NODE_FAR].cpu_load = 2000;
	assert_int_equal(np_fork(&h->c, NULL).nid, NODE_A);
	h->loads[NODE_A].cpu_load = 1100;
	assert_int_equal(np_fork(&h->c, NULL).nid, NODE_B);
}

static struct np_balance puller(int node);
static void balance(struct home *h, int node);

static void a_node_whose_memory_spills_over_is_left_out(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	h->loads[NODE_A].cpu_load = h->loads[NODE_FAR].cpu_load = 1000;
	balance(h, NODE_B);
	h->loads[NODE_B].foreign_pages = 10;
	balance(h, NODE_B);
	assert_int_not_equal(np_fork(&h->c, NULL).nid, NODE_B);
	balance(h, NODE_B);	/* nothing new: it is over */
	assert_int_equal(np_fork(&h->c, NULL).nid, NODE_B);
}

/* ------------------------------------------------------------------- memory */

static void pages_follow_home_not_who_touches_them(void **state)
{
	struct home *h = open_schednuma("schednuma");
	struct np_fault f = home_fault(NODE_A, NODE_FAR);
	struct np_decision d;

	(void)state;
	np_set_home(&h->c, NODE_B);
	d = np_decide(&h->c, &f);
	assert_int_equal(d.verdict, NP_MOVE);
	assert_int_equal(d.nid, NODE_B);
	f = home_fault(NODE_B, NODE_FAR);
	assert_int_equal(np_decide(&h->c, &f).verdict, NP_STAY);
}

static struct np_scan_plan scan(struct home *h)
{
	struct np_scan_plan p = np_scan_begin(&h->c);

	np_scan_end(&h->c, &p, true, 0);
	return p;
}

static void nothing_is_sensed(void **state)
{
	struct home *h = open_schednuma("schednuma");
	struct np_proc parent = { .pid = 1 };

	(void)state;
	np_set_home(&h->c, np_fork(&h->c, &parent).nid);
	assert_int_equal(scan(h).pages, 0);
}

static void memory_is_marked_once_when_home_changes(void **state)
{
	struct home *h = open_schednuma("schednuma");
	struct np_proc parent = { .pid = 1 };

	(void)state;
	np_set_home(&h->c, np_fork(&h->c, &parent).nid);
	np_set_home(&h->c, NODE_FAR);
	assert_int_equal(scan(h).pages, U32_MAX);
	np_scan_pass(&h->c);
	assert_int_equal(scan(h).pages, 0);
}

/* What was taken over in the middle of its life has memory elsewhere. */
static void a_process_taken_over_is_brought_home_once(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	np_set_home(&h->c, np_fork(&h->c, NULL).nid);
	assert_int_equal(scan(h).pages, U32_MAX);
	np_scan_pass(&h->c);
	assert_int_equal(scan(h).pages, 0);
}

/* ------------------------------------------------------------------ balancing */

#define ENTITIES 8

/* Processes to be pulled, oldest first, and which were. */
static struct np_entity entity[ENTITIES];
static unsigned int nr, at, nr_pulled;
static u32 pulled[ENTITIES];

static bool next(struct np_balance *b, int from, struct np_entity *e)
{
	(void)b;
	while (at < nr && entity[at].home != from)
		at++;
	if (at == nr)
		return false;
	*e = entity[at++];
	return true;
}

static bool pull(struct np_balance *b, const struct np_entity *e,
		 enum np_reason why)
{
	(void)b;
	assert_int_equal(why, NP_R_ROOM);
	pulled[nr_pulled++] = e->id;
	return true;
}

static struct np_balance puller(int node)
{
	at = nr_pulled = 0;
	return (struct np_balance){ node, next, pull };
}

static void balance(struct home *h, int node)
{
	struct np_balance b = puller(node);
	struct np_ctx c = h->c;

	c.proc = NULL;
	h->inst.ops->balance(&c, &b);
}

/* @n processes of @load at home on node B, each with 100 pages. */
static void populate(struct home *h, unsigned int n, u64 load)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		entity[i] = (struct np_entity){
			.id = i + 1, .home = NODE_B, .cpu_load = load,
			.runtime_ns = 10 * NS_PER_S, .pages = 100,
		};
	nr = n;
	h->loads[NODE_B].cpu_load = n * load;
	h->loads[NODE_B].away_load = load;
}

static void half_the_difference_is_pulled_oldest_first(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	populate(h, 4, 1024);
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 2);
	assert_int_equal(pulled[0], 1);
	assert_int_equal(pulled[1], 2);
}

static void who_has_hardly_run_is_left(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	populate(h, 4, 1024);
	entity[0].runtime_ns = NS_PER_S - 1;
	balance(h, NODE_A);
	assert_int_equal(pulled[0], 2);
}

static void without_overload_nobody_moves(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	populate(h, 4, 1024);
	h->loads[NODE_B].away_load = 0;
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 0);
}

static void a_node_under_pressure_takes_nothing(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	balance(h, NODE_A);
	populate(h, 4, 1024);
	h->loads[NODE_A].foreign_pages = 1;
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 0);
}

static void memory_decides_where_it_is_the_worse(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	balance(h, NODE_B);
	balance(h, NODE_FAR);
	populate(h, 1, 1024);
	entity[0].home = NODE_FAR;
	h->loads[NODE_FAR].foreign_pages = 400;
	h->loads[NODE_FAR].free_pages = 0;
	balance(h, NODE_FAR);	/* it measures itself */
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 0);	/* B is the only one with CPU work */
	h->loads[NODE_B].away_load = 0;
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 1);
}

static void the_filter_leaves_what_is_too_large(void **state)
{
	struct home *h = open_schednuma("schednuma:filter=yes");

	(void)state;
	populate(h, 2, 4096);
	entity[0].cpu_load = 100000;
	balance(h, NODE_A);
	assert_true(!nr_pulled || pulled[0] != 1);
}

/* The weakness: one process larger than a node goes to and fro as a whole. */
static void a_job_larger_than_a_node_is_pulled_from_both_sides(void **state)
{
	struct home *h = open_schednuma("schednuma");

	(void)state;
	populate(h, 1, 4096);
	h->loads[NODE_B].away_load = 2048;
	balance(h, NODE_A);
	assert_int_equal(nr_pulled, 1);
	populate(h, 1, 4096);
	entity[0].home = NODE_A;
	h->loads[NODE_A] = h->loads[NODE_B];
	h->loads[NODE_A].away_load = 2048;
	h->loads[NODE_B] = (struct np_load){ .cpus = 2, .all_pages = 1000,
					     .free_pages = 500 };
	balance(h, NODE_B);
	assert_int_equal(nr_pulled, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_born_where_there_is_least_to_do),
		cmocka_unit_test(it_stays_here_for_less_than_a_tenth),
		cmocka_unit_test(a_node_whose_memory_spills_over_is_left_out),
		cmocka_unit_test(pages_follow_home_not_who_touches_them),
		cmocka_unit_test(nothing_is_sensed),
		cmocka_unit_test(memory_is_marked_once_when_home_changes),
		cmocka_unit_test(a_process_taken_over_is_brought_home_once),
		cmocka_unit_test(half_the_difference_is_pulled_oldest_first),
		cmocka_unit_test(who_has_hardly_run_is_left),
		cmocka_unit_test(without_overload_nobody_moves),
		cmocka_unit_test(a_node_under_pressure_takes_nothing),
		cmocka_unit_test(memory_decides_where_it_is_the_worse),
		cmocka_unit_test(the_filter_leaves_what_is_too_large),
		cmocka_unit_test(a_job_larger_than_a_node_is_pulled_from_both_sides),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
