// SPDX-License-Identifier: GPL-2.0
/*
 * Workloads: what every statement becomes, what is refused and where, and
 * what the built-in ones are on machines of all sizes.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "workloads/work.h"

/* Two lines, so that what follows begins with line 3. */
#define HEAD	"workload w \"a test\"\nunit rounds\n"

static const struct work_machine two_nodes = { 4, 2, 2 };

static struct work_plan *plan_args(const char *text, const char *args,
				   struct sim_error *e)
{
	struct work *w = work_parse("w.work", text, strlen(text), e);
	struct work_plan *p = w ? work_plan(w, &two_nodes, args, e) : NULL;

	work_free(w);
	return p;
}

/* A plan that there must be. */
static struct work_plan *plan_of(const char *text, const char *args)
{
	struct sim_error e = { "" };
	struct work_plan *p = plan_args(text, args, &e);

	if (!p)
		print_error("# %s\n", e.text);
	assert_non_null(p);
	return p;
}

static void refused_args(const char *text, const char *args, const char *why)
{
	struct sim_error e = { "" };

	assert_null(plan_args(text, args, &e));
	assert_string_equal(e.text, why);
}

static void refused(const char *text, const char *why)
{
	refused_args(text, NULL, why);
}

/* ---------------------------------------------------------------- numbers */

/* What @expr is, as the number of a home 0 to 2^20. */
static int64_t number(const char *expr)
{
	struct work_plan *p;
	char text[400];
	int64_t ns;

	snprintf(text, sizeof(text), HEAD "param p = 7 \"seven\"\n"
		 "choice c = b of a b \"\"\n"
		 "process x\nthread\ncompute %s\nend\nend\n", expr);
	p = plan_of(text, NULL);
	ns = (int64_t)p->process[0].thread[0].op[0].ns;
	work_plan_free(p);
	return ns;
}

static void computes_as_people_do(void **state)
{
	(void)state;
	assert_int_equal(number("1 + 2 * 3"), 7);
	assert_int_equal(number("(1 + 2) * 3"), 9);
	assert_int_equal(number("10 - 2 - 3"), 5);
	assert_int_equal(number("100 / 10 / 3"), 3);
	assert_int_equal(number("17 % 5"), 2);
	assert_int_equal(number("3 - -2"), 5);
	assert_int_equal(number("--4"), 4);
	assert_int_equal(number("8 + -7 / 2"), 5);
	assert_int_equal(number("min(3, 2) + max(3, 2) * 10"), 32);
	assert_int_equal(number("min(max(1, 2), (3))"), 2);
}

static void compares(void **state)
{
	(void)state;
	assert_int_equal(number("(1 < 2) + 2 * (2 < 2) + 4 * (3 < 2)"), 1);
	assert_int_equal(number("(1 <= 2) + 2 * (2 <= 2) + 4 * (3 <= 2)"), 3);
	assert_int_equal(number("(1 > 2) + 2 * (2 > 2) + 4 * (3 > 2)"), 4);
	assert_int_equal(number("(1 >= 2) + 2 * (2 >= 2) + 4 * (3 >= 2)"), 6);
	assert_int_equal(number("(1 == 2) + 2 * (2 == 2)"), 2);
	assert_int_equal(number("(1 != 2) + 2 * (2 != 2)"), 1);
	assert_int_equal(number("1 + 1 == 2"), 1);
}

static void knows_suffixes_and_names(void **state)
{
	(void)state;
	assert_int_equal(number("1K"), 1 << 10);
	assert_int_equal(number("3M"), 3 << 20);
	assert_int_equal(number("1G"), 1 << 30);
	assert_int_equal(number("1ns + 2us"), 2001);
	assert_int_equal(number("3ms"), 3000000);
	assert_int_equal(number("2s"), 2000000000);
	assert_int_equal(number("cpus * 100 + nodes * 10 + homes"), 422);
	assert_int_equal(number("p + yes - no"), 8);
	assert_int_equal(number("c.b + 10"), 11);
	assert_int_equal(number("c.a + 10"), 10);
	assert_int_equal(number("1 + process + thread"), 1);
}

static void refused_number(const char *expr, const char *why)
{
	char text[1000], message[300];

	snprintf(text, sizeof(text), HEAD "choice c = a of a \"\"\n"
		 "process x\nthread\ncompute %s\nend\nend\n", expr);
	snprintf(message, sizeof(message), "w.work:6: %s", why);
	refused(text, message);
}

static void refuses_what_is_no_number(void **state)
{
	char deep[200] = "";

	(void)state;
	refused_number("", "a number or a name belongs here, not 'end of line'");
	refused_number("1 +", "a number or a name belongs here, not 'end of line'");
	refused_number("$", "a number or a name belongs here, not '$'");
	refused_number("\xc3\xa4", "a number or a name belongs here, not '?" "?'");
	refused_number("(1", "a ')' is missing");
	refused_number("min(1, 2", "a ')' is missing");
	refused_number("min 1", "min and max read 'min(A, B)'");
	refused_number("min(1)", "min and max read 'min(A, B)'");
	refused_number("1 2", "'2' is too much");
	refused_number("1 < 2 < 3", "'<' is too much");
	refused_number("nope", "'nope' is unknown");
	refused_number("slice", "'slice' means nothing here");
	refused_number("object", "'object' means nothing here");
	refused_number("c", "'c' is a choice: ask 'c.a'");
	refused_number("c.b", "'c' has no choice 'b'");
	refused_number("1KB", "'KB' is no suffix; there are K, M, G, ns, us, ms "
		       "and s");
	for (int i = 0; i < 40; i++)
		strcat(deep, "(");
	refused_number(deep, "the expression nests too deep");
	memset(deep, '-', 40);
	refused_number(deep, "the expression nests too deep");
}

static void refuses_numbers_that_do_not_fit(void **state)
{
	static const char large[] = "a number does not fit in 64 bits";
	static const char literal[] = "the number does not fit in 64 bits";
	char sum[700] = "1";

	(void)state;
	refused_number("9223372036854775808", literal);
	refused_number("99999999999999999999", literal);
	refused_number("9223372036854775807K", literal);
	refused_number("9223372036854775807 + 1", large);
	refused_number("-9223372036854775807 - 2", large);
	refused_number("4611686018427387904 * 2", large);
	refused_number("(-9223372036854775807 - 1) / -1", large);
	refused_number("(-9223372036854775807 - 1) % -1", large);
	refused_number("-(-9223372036854775807 - 1)", large);
	refused_number("1 / 0", "division by zero");
	refused_number("1 % (homes - 2)", "division by zero");
	for (int i = 0; i < 128; i++)
		strcat(sum, " + 1");
	refused_number(sum, "the expression is too long");
}

/* --------------------------------------------------------------------- ops */

/* The ops of a thread that has two regions, of 64 KiB and 8 KiB. */
#define THREAD(ops)							\
	HEAD "channel c count=4\nbarrier b count=3\n"			\
	"template t count=2\nthread\ncompute 1\nend\nend\n"		\
	"process x\nregion mem size=64K\nregion small size=8K\n"	\
	"thread\n" ops "end\nend\n"

static struct work_plan *the_plan;

static const struct work_thread *thread_of(const char *text)
{
	the_plan = plan_of(text, NULL);
	return &the_plan->process[the_plan->nr_processes - 1].thread[0];
}

static const struct work_op *ops_of(const char *text, unsigned int nr)
{
	const struct work_thread *t = thread_of(text);

	assert_int_equal(t->nr_ops, nr);
	return t->op;
}

static int free_the_plan(void **state)
{
	(void)state;
	work_plan_free(the_plan);
	the_plan = NULL;
	return 0;
}

static void assert_slice(const struct work_op *op, uint32_t base, uint32_t step,
			 uint32_t slices)
{
	assert_int_equal(op->slice.base, base);
	assert_int_equal(op->slice.step, step);
	assert_int_equal(op->slice.slices, slices);
}

static void touches(void **state)
{
	const struct work_op *op = ops_of(THREAD(
		"touch mem\ntouch small slice=1 of=2 step=1\n"), 2);

	(void)state;
	assert_int_equal(op[0].kind, WORK_TOUCH);
	assert_int_equal(op[0].region, 0);
	assert_true(op[0].write);
	assert_slice(&op[0], 0, 0, 1);
	assert_int_equal(op[1].region, 1);
	assert_slice(&op[1], 1, 1, 2);
}

static void sweeps(void **state)
{
	const struct work_op *op = ops_of(THREAD("sweep mem\n"
		"sweep small write=no time=3us think_ps=7 passes=5 stride=4K "
		"of=2 slice=1\n"), 2);

	(void)state;
	assert_int_equal(op[0].kind, WORK_SWEEP);
	assert_int_equal(op[0].stride, 64);
	assert_int_equal(op[0].count, 0);
	assert_int_equal(op[0].ns, 0);
	assert_int_equal(op[0].think_ps, 0);
	assert_true(op[0].write);
	assert_int_equal(op[1].stride, 4096);
	assert_int_equal(op[1].count, 5);
	assert_int_equal(op[1].ns, 3000);
	assert_int_equal(op[1].think_ps, 7);
	assert_false(op[1].write);
	assert_slice(&op[1], 1, 0, 2);
}

static void accesses_at_random(void **state)
{
	const struct work_op *op = ops_of(THREAD("random mem\n"
		"random mem accesses=9 zipf=0.95 write=yes think_ps=1 time=1\n"
		"random mem zipf=10 slice=3 of=16 step=2\n"), 3);

	(void)state;
	assert_int_equal(op[0].kind, WORK_RANDOM);
	assert_true(op[0].zipf == 0);
	assert_false(op[0].write);
	assert_true(op[1].zipf == 0.95);
	assert_true(op[1].write);
	assert_int_equal(op[1].count, 9);
	assert_int_equal(op[1].ns, 1);
	assert_true(op[2].zipf == 10);
	assert_slice(&op[2], 3, 2, 16);
}

static void spends_time(void **state)
{
	const struct work_op *op = ops_of(THREAD(
		"compute 1us\nkernel 2us\nsleep 3us\n"), 3);

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(op[i].kind, WORK_COMPUTE + i);
		assert_int_equal(op[i].ns, (i + 1) * 1000);
		assert_int_equal(op[i].region, WORK_NO_INDEX);
		assert_int_equal(op[i].target, WORK_NO_INDEX);
	}
}

static void refers_by_number(void **state)
{
	const struct work_op *op = ops_of(THREAD("send c\nrecv c[1 + 2]\n"
		"barrier b[1]\nspawn t[1]\nstart\n"), 5);

	(void)state;
	assert_int_equal(op[0].kind, WORK_SEND);
	assert_int_equal(op[0].target, 0);
	assert_int_equal(op[1].kind, WORK_RECV);
	assert_int_equal(op[1].target, 3);
	assert_int_equal(op[2].kind, WORK_BARRIER);
	assert_int_equal(op[2].target, 1);
	assert_int_equal(op[3].kind, WORK_SPAWN);
	assert_int_equal(op[3].target, 1);
	assert_int_equal(op[4].kind, WORK_START);
	assert_int_equal(the_plan->nr_channels, 4);
	assert_int_equal(the_plan->nr_barriers, 3);
	assert_int_equal(the_plan->parties[0], 0);
	assert_int_equal(the_plan->parties[1], 1);
}

static void binds(void **state)
{
	const struct work_op *op = ops_of(THREAD("bind 1\n"
		"bind 0 of=2 step=1\n"), 2);

	(void)state;
	assert_int_equal(op[0].kind, WORK_BIND);
	assert_slice(&op[0], 1, 0, 2);
	assert_slice(&op[1], 0, 1, 2);
}

static void loops(void **state)
{
	const struct work_op *op = ops_of(THREAD("loop\nloop 3\nsleep 1\ncount\n"
		"end\ncount 5\nend\n"), 7);

	(void)state;
	assert_int_equal(op[0].kind, WORK_LOOP);
	assert_int_equal(op[0].count, 0);
	assert_int_equal(op[0].target, 6);
	assert_int_equal(op[1].count, 3);
	assert_int_equal(op[1].target, 4);
	assert_int_equal(op[3].kind, WORK_COUNT);
	assert_int_equal(op[3].count, 1);
	assert_int_equal(op[4].kind, WORK_END);
	assert_int_equal(op[4].target, 1);
	assert_int_equal(op[5].count, 5);
	assert_int_equal(op[6].target, 0);
}

static void leaves_out_what_if_says(void **state)
{
	const struct work_op *op = ops_of(THREAD("if no\nloop\nsleep 1\nend\n"
		"if yes\ncompute 1\nend\nend\nif thread == 0\ncompute 2\n"
		"end\n"), 1);

	(void)state;
	assert_int_equal(op[0].kind, WORK_COMPUTE);
	assert_int_equal(op[0].ns, 2);
}

static void refused_op(const char *op, const char *why)
{
	char text[600], message[300];

	snprintf(text, sizeof(text), "%s%s\n%s",
		 HEAD "channel c count=4\nbarrier b\n"
		 "template t\nthread\ncompute 1\nend\nend\n"
		 "process x\nregion mem size=64K\nthread\n", op,
		 "end\nthread\nend\nend\n");
	snprintf(message, sizeof(message), "w.work:13: %s", why);
	refused(text, message);
}

static void refuses_ops(void **state)
{
	(void)state;
	refused_op("touch", "a name belongs here, not 'end of line'");
	refused_op("touch nope", "process 'x' has no region 'nope'");
	refused_op("touch mem of=17", "of must be from 1 to 16, not 17");
	refused_op("touch mem of=0", "of must be from 1 to 16, not 0");
	refused_op("touch mem slice=0", "slice= and step= need of=");
	refused_op("touch mem step=0", "slice= and step= need of=");
	refused_op("touch mem of=4 slice=4", "slice must be from 0 to 3, not 4");
	refused_op("touch mem of=4 step=4", "step must be from 0 to 3, not 4");
	refused_op("touch mem of=4 of=5", "of= is given twice");
	refused_op("touch mem passes=1", "'touch' takes no 'passes=1'");
	refused_op("touch mem of", "'of' reads 'of=VALUE'");
	refused_op("touch mem =", "'=' is too much");
	refused_op("sweep mem stride=4", "stride must be from 8 to 65536, not 4");
	refused_op("sweep mem stride=12", "stride must be a multiple of 8, not "
		   "12");
	refused_op("sweep mem of=16 stride=8K",
		   "stride must be from 8 to 4096, not 8192");
	refused_op("sweep mem passes=-1",
		   "passes must be from 0 to 1125899906842624, not -1");
	refused_op("sweep mem time=0",
		   "time must be from 1 to 1152921504606846976, not 0");
	refused_op("sweep mem think_ps=4G",
		   "think_ps must be from 0 to 4294967295, not 4294967296");
	refused_op("sweep mem write=2", "write must be from 0 to 1, not 2");
	refused_op("random mem zipf=x", "a number belongs here, not 'x'");
	refused_op("random mem zipf=10.000001", "the number is more than 10");
	refused_op("random mem zipf=11", "the number is more than 10");
	refused_op("random mem zipf=0.1234567", "more than six decimals");
	refused_op("compute 0",
		   "the value must be from 1 to 1152921504606846976, not 0");
	refused_op("sleep -1",
		   "the value must be from 1 to 1152921504606846976, not -1");
	refused_op("count 0",
		   "the value must be from 1 to 1125899906842624, not 0");
	refused_op("send b", "there is no channel 'b' above");
	refused_op("send c[4]", "there is no c[4], there are 4");
	refused_op("send c[0 - 1]", "there is no c[-1], there are 4");
	refused_op("send c[1", "a ']' is missing");
	refused_op("barrier c", "there is no barrier 'c' above");
	refused_op("spawn x", "there is no template 'x' above");
	refused_op("bind 2", "the value must be from 0 to 1, not 2");
	refused_op("bind 0 of=3 step=1", "of must be from 1 to 2, not 3");
	refused_op("bind 0 of=2", "of= and step= need each other");
	refused_op("frob", "unknown statement 'frob'");
	refused_op("process y", "'process' belongs outside of processes");
	refused_op("region r size=1M", "'region' belongs into a process");
	refused_op("= 3", "a statement begins with a word, not '='");
}

static void refuses_loops_that_take_no_time(void **state)
{
	(void)state;
	refused(THREAD("loop 3\ncount\nsend c\nrecv c\nend\n"),
		"w.work:18: nothing in the loop of line 14 takes time");
	refused(THREAD("loop -1\nend\n"), "w.work:14: the value must be from "
		"0 to 1125899906842624, not -1");
	refused(THREAD("loop\nend\n"),
		"w.work:15: nothing in the loop of line 14 takes time");
	refused(THREAD("loop\nif no\nsleep 1\nend\nend\n"),
		"w.work:18: nothing in the loop of line 14 takes time");
}

static void refuses_what_would_not_end(void **state)
{
	(void)state;
	refused(HEAD "template t\nthread\nspawn t\nend\nend\n",
		"w.work:5: there is no template 't' above");
	refused(HEAD "template t\nthread\nend\nend\nbarrier b\ntemplate u\n"
		"thread\nbarrier b\nend\nend\n",
		"w.work:10: how many of a template would meet here is not known");
	refused(HEAD "process p\nthread\nexec\nend\nend\n",
		"w.work:5: only the first thread of a template executes a "
		"program");
	refused(HEAD "template t\nthread\nend\nthread\nexec\nend\nend\n",
		"w.work:7: only the first thread of a template executes a "
		"program");
	refused(HEAD "process p\nthread\nend\nthread\nstart\nend\nend\n",
		"w.work:7: only the first thread of a process starts the "
		"others");
}

/* ----------------------------------------------------------- processes */

static void counts_instances(void **state)
{
	struct work_plan *p = plan_of(HEAD "barrier b count=homes\n"
		"process a count=3\nregion m size=(process + 1) * 4K\n"
		"thread count=2\nbarrier b[process % homes]\nbarrier b[0]\n"
		"compute process * 10 + thread + 1\nend\n"
		"thread count=0\nend\nend\n"
		"process none count=0\nend\n"
		"template t count=2\nthread\nend\nend\n", NULL);

	(void)state;
	assert_int_equal(p->nr_processes, 5);
	for (unsigned int i = 0; i < 3; i++) {
		const struct work_process *proc = &p->process[i];

		assert_string_equal(proc->name, "a");
		assert_false(proc->template);
		assert_int_equal(proc->nr_threads, 2);
		assert_int_equal(proc->region[0].bytes, (i + 1) * 4096);
		assert_int_equal(proc->thread[1].op[2].ns, i * 10 + 2);
		assert_int_equal(proc->thread[1].home, i % 2);
	}
	assert_true(p->process[3].template && p->process[4].template);
	assert_int_equal(p->nr_barriers, 2);
	assert_int_equal(p->parties[0], 6);
	assert_int_equal(p->parties[1], 2);
	work_plan_free(p);
}

static void schedules(void **state)
{
	struct work_plan *p = plan_of(HEAD "process p\nthread\nend\n"
		"thread nice=-20 home=1\nend\nthread rt=99 cpu=3\nend\n"
		"thread runtime=1ms period=4s home=thread\nend\nend\n", NULL);
	const struct work_thread *t = p->process[0].thread;

	(void)state;
	assert_int_equal(t[0].class, WORK_FAIR);
	assert_int_equal(t[0].nice, 0);
	assert_int_equal(t[0].cpu, -1);
	assert_int_equal(t[0].nr_ops, 0);
	assert_int_equal(t[1].nice, -20);
	assert_int_equal(t[1].home, 1);
	assert_int_equal(t[2].class, WORK_RT);
	assert_int_equal(t[2].prio, 99);
	assert_int_equal(t[2].cpu, 3);
	assert_int_equal(t[3].class, WORK_DEADLINE);
	assert_int_equal(t[3].runtime_ns, 1000000);
	assert_int_equal(t[3].period_ns, 4000000000);
	work_plan_free(p);
}

static void lays_out_memory(void **state)
{
	struct work_plan *p = plan_of(HEAD "process p\n"
		"region a size=4K\n"
		"region b size=1M alloc=on-node node=1 huge=no\n"
		"region c size=1M alloc=bound node=0 slices=4 home=slice / 2\n"
		"region d size=1M alloc=preferred node=1\n"
		"region e size=1M alloc=interleave\n"
		"region f size=1M alloc=home-node home=1\n"
		"region g size=1M alloc=first-touch\n"
		"thread\nend\nend\n", NULL);
	const struct work_region *r = p->process[0].region;

	(void)state;
	assert_int_equal(p->process[0].nr_regions, 7);
	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(r[i].alloc, WORK_FIRST_TOUCH + i);
		assert_int_equal(r[i].shared, WORK_NO_INDEX);
	}
	assert_int_equal(r[6].alloc, WORK_FIRST_TOUCH);
	assert_string_equal(r[0].name, "a");
	assert_int_equal(r[0].bytes, 4096);
	assert_true(r[0].huge);
	assert_int_equal(r[0].slices, 1);
	assert_int_equal(r[0].slice_home[0], 0);
	assert_int_equal(r[1].node, 1);
	assert_false(r[1].huge);
	assert_int_equal(r[2].slices, 4);
	assert_int_equal(r[2].slice_home[1], 0);
	assert_int_equal(r[2].slice_home[2], 1);
	assert_int_equal(r[5].slice_home[0], 1);
	work_plan_free(p);
}

static void shares_objects(void **state)
{
	struct work_plan *p = plan_of(HEAD
		"object o count=2 size=(object + 1) * 1M slices=2 home=slice\n"
		"object q size=4K alloc=interleave\n"
		"process p count=2\nregion mine object=o[process]\n"
		"region theirs object=o[1 - process]\nregion q object=q\n"
		"thread\ntouch theirs\nend\nend\n", NULL);
	const struct work_region *r = p->process[1].region;

	(void)state;
	assert_int_equal(p->nr_objects, 3);
	assert_string_equal(r[0].name, "mine");
	assert_int_equal(r[0].shared, 1);
	assert_int_equal(r[0].bytes, 2 << 20);
	assert_int_equal(r[1].shared, 0);
	assert_int_equal(r[1].bytes, 1 << 20);
	assert_int_equal(r[1].slice_home[1], 1);
	assert_int_equal(r[2].shared, 2);
	assert_int_equal(r[2].alloc, WORK_INTERLEAVE);
	work_plan_free(p);
}

static void picks_regions_by_if(void **state)
{
	static const char text[] = HEAD "choice c = a of a b \"\"\nprocess p\n"
		"if c.a\nregion m size=4K\nend\nif c.b\nregion m size=8K\n"
		"thread\nend\nend\nthread\ntouch m\nend\nend\n";
	struct work_plan *a = plan_of(text, NULL), *b = plan_of(text, "c=b");

	(void)state;
	assert_int_equal(a->process[0].region[0].bytes, 4096);
	assert_int_equal(a->process[0].nr_threads, 1);
	assert_int_equal(b->process[0].region[0].bytes, 8192);
	assert_int_equal(b->process[0].nr_threads, 2);
	work_plan_free(a);
	work_plan_free(b);
}

static void refused_in_process(const char *line, const char *why)
{
	bool block = !strncmp(line, "thread", 6);
	char text[400], message[300];

	snprintf(text, sizeof(text), "%s%s%s%s", HEAD "object o size=1M\n"
		 "process p\nregion m size=4K\n", line, block ? "\nend" : "",
		 "\nthread\nend\nend\n");
	snprintf(message, sizeof(message), "w.work:6: %s", why);
	refused(text, message);
}

static void refuses_regions(void **state)
{
	(void)state;
	refused_in_process("region m size=4K", "this process has a region 'm' "
			   "already");
	refused_in_process("region n", "a region has size= or object=");
	refused_in_process("region n size=4K object=o",
			   "a region has size= or object=");
	refused_in_process("region n object=o huge=no", "what object= is like "
			   "stands where it is declared");
	refused_in_process("region n object=m", "there is no object 'm' above");
	refused_in_process("region n object=o[1]", "there is no o[1], there "
			   "are 1");
	refused_in_process("region n size=4095",
			   "size must be from 4096 to 1125899906842624, not "
			   "4095");
	refused_in_process("region n size=1G * 1M + 1",
			   "size must be from 4096 to 1125899906842624, not "
			   "1125899906842625");
	refused_in_process("region n size=1G * 1M",
			   "more than 1125899906842624 bytes of memory");
	refused_in_process("region n size=1M alloc=bound", "alloc=on-node, "
			   "bound and preferred need node=, the others take "
			   "none");
	refused_in_process("region n size=1M node=0", "alloc=on-node, bound "
			   "and preferred need node=, the others take none");
	refused_in_process("region n size=1M alloc=bound node=2",
			   "node must be from 0 to 1, not 2");
	refused_in_process("region n size=1M alloc=far", "alloc= is "
			   "first-touch, on-node, bound, preferred, interleave "
			   "or home-node, not 'far'");
	refused_in_process("region n size=1M huge=7",
			   "huge must be from 0 to 1, not 7");
	refused_in_process("region n size=1M slices=2", "slices= needs home=");
	refused_in_process("region n size=8K slices=3 home=0",
			   "slices must be from 1 to 2, not 3");
	refused_in_process("region n size=8K slices=2 home=slice * 2",
			   "home must be from 0 to 1, not 2");
	refused_in_process("region n size=slice", "'slice' means nothing here");
	refused_in_process("touch m", "'touch' belongs into a thread");
}

static void refuses_threads(void **state)
{
	(void)state;
	refused_in_process("thread nice=20", "nice must be from -20 to 19, not "
			   "20");
	refused_in_process("thread rt=0", "rt must be from 1 to 99, not 0");
	refused_in_process("thread rt=1 nice=1", "nice=, rt= and runtime= "
			   "exclude each other");
	refused_in_process("thread runtime=1ms", "runtime= and period= need "
			   "each other");
	refused_in_process("thread runtime=2ms period=1ms",
			   "runtime must be from 1000 to 1000000, not 2000000");
	refused_in_process("thread runtime=1ms period=5s",
			   "period must be from 100000 to 4000000000, not "
			   "5000000000");
	refused_in_process("thread home=2", "home must be from 0 to 1, not 2");
	refused_in_process("thread cpu=8192", "cpu must be from 0 to 8191, not "
			   "8192");
	refused_in_process("thread count=65537",
			   "count must be from 0 to 65536, not 65537");
	refused_in_process("thread count=thread", "'thread' means nothing here");
}

/* ------------------------------------------------------------- the whole */

#define ONE	"process p\nthread\nend\nend\n"

static void refuses_declarations(void **state)
{
	(void)state;
	refused("", "w.work: there is no workload");
	refused("# nothing\n\n", "w.work:2: there is no workload");
	refused("unit x\n", "w.work:1: a text begins with 'workload NAME TEXT'");
	refused("workload w \"x\"\n" ONE, "w.work:5: there is no 'unit'");
	refused("workload w\n", "w.work:1: a text in double quotes belongs here");
	refused("workload w \"x\n", "w.work:1: the text has no second quote");
	refused("workload 7 \"x\"\n", "w.work:1: a name belongs here, not '7'");
	refused(HEAD "workload v \"x\"\n", "w.work:3: one workload per text");
	refused(HEAD "unit v\n", "w.work:3: the unit is given twice");
	refused(HEAD, "w.work: there is no process");
	refused(HEAD "template t\nthread\nend\nend\n",
		"w.work: there is no process");
	refused(HEAD "process p\nend\n", "w.work:3: 'p' has no thread");
	refused(HEAD "process p\n", "w.work:3: the 'process' of line 3 has no "
		"'end'");
	refused(HEAD ONE "end\n", "w.work:7: 'end' belongs into a process");
	refused(HEAD ONE ONE, "w.work:7: 'p' is declared in line 3 already");
	refused(HEAD "process p\nthread\nend x\nend\n",
		"w.work:5: 'end' takes no 'x'");
	refused(HEAD "template p\nend\n" ONE,
		"w.work:5: 'p' is declared in line 3 already");
	refused(HEAD "channel c\nchannel c\n",
		"w.work:4: 'c' is declared in line 3 already");
	refused(HEAD "object o\n", "w.work:3: 'object' needs size=");
	refused(HEAD "object o size=slice\n",
		"w.work:3: 'slice' means nothing here");
	refused(HEAD "channel c count=65537\n" ONE,
		"w.work:3: count must be from 0 to 65536, not 65537");
	refused(HEAD "channel c count=65536\nchannel d\n" ONE,
		"w.work:4: more than 65536 channels");
	refused(HEAD "require cpus > 4 \"five CPUs, please\"\n" ONE,
		"w.work:3: five CPUs, please");
	refused(HEAD "\x01\n", "w.work:3: not a text");
	refused("workload w \"x\"\r\n", "w.work:1: not a text");
}

static void refuses_bytes_that_are_no_text(void **state)
{
	static const char text[] = HEAD "unit\0x\n";
	struct sim_error e;

	(void)state;
	assert_null(work_parse("w.work", text, sizeof(text) - 1, &e));
	assert_string_equal(e.text, "w.work:3: not a text");
}

static void refuses_params(void **state)
{
	(void)state;
	refused(HEAD "param = 3 \"\"\n", "w.work:3: the parameter needs a name");
	refused(HEAD "param cpus = 3 \"\"\n",
		"w.work:3: 'cpus' has a meaning already");
	refused(HEAD "param a = 1 \"\"\nparam a = 1 \"\"\n",
		"w.work:4: 'a' has a meaning already");
	refused(HEAD "param a \"\"\n", "w.work:3: the parameter needs a default, "
		"'= VALUE'");
	refused(HEAD "param a = 1\n", "w.work:3: a text in double quotes belongs "
		"here");
	refused(HEAD "param a = a \"\"\n", "w.work:3: 'a' is unknown");
	refused(HEAD "param a = process \"\"\n",
		"w.work:3: 'process' means nothing here");
	refused(HEAD "param a = 0 from 1 \"\"\n" ONE,
		"w.work:3: a must be at least 1, not 0");
	refused(HEAD "param a = 3 to cpus - 2 \"\"\n" ONE,
		"w.work:3: a must be at most 2, not 3");
	refused(HEAD "param a = 0 - 1 \"\"\n" ONE,
		"w.work:3: a must be at least 0, not -1");
	refused(HEAD "param a = 1 / (cpus - 4) \"\"\n" ONE,
		"w.work:3: division by zero");
	refused(HEAD "choice a = x of y z \"\"\n",
		"w.work:3: 'x' is not among the choices");
	refused(HEAD "choice a = x of x x \"\"\n",
		"w.work:3: 'x' is listed twice");
	refused(HEAD "choice a = x x \"\"\n",
		"w.work:3: a choice reads 'choice NAME = WORD of WORD WORD.. "
		"TEXT'");
}

#define PARAMS	HEAD "param a = 1 to 9 \"\"\nparam b = a + 1 \"\"\n"	\
	"choice c = x of x y \"\"\nprocess p\nthread\n"			\
	"compute a * 100 + b * 10 + c.y\nend\nend\n"

static void assert_params(const char *args, uint64_t ns, const char *spec)
{
	struct work_plan *p = plan_of(PARAMS, args);

	assert_int_equal(p->process[0].thread[0].op[0].ns, ns);
	assert_string_equal(p->spec, spec);
	assert_string_equal(p->unit, "rounds");
	work_plan_free(p);
}

static void takes_parameters(void **state)
{
	(void)state;
	assert_params(NULL, 120, "w");
	assert_params("", 120, "w");
	assert_params("a=3", 340, "w:a=3");
	assert_params("c=y,b=7", 171, "w:c=y,b=7");
	assert_params("b=min(a, 5) * 2,a=min(2,3)", 240,
		      "w:b=min(a, 5) * 2,a=min(2,3)");
}

static void refuses_parameters(void **state)
{
	(void)state;
	refused_args(PARAMS, "d=1", "w: no parameter 'd'; there are: a, b, c");
	refused_args(HEAD ONE, "d=1", "w: no parameter 'd'; there are: none");
	refused_args(PARAMS, "a", "w: parameters read 'KEY=VALUE,..', not 'a'");
	refused_args(PARAMS, "a=1,", "w: parameters read 'KEY=VALUE,..', not "
		     "'end of line'");
	refused_args(PARAMS, "a=1,a=2", "w: a= is given twice");
	refused_args(PARAMS, "a=", "w: a number or a name belongs here, not "
		     "'end of line'");
	refused_args(PARAMS, "a=1 2", "w: '2' is too much for a");
	refused_args(PARAMS, "a=1)", "w: ')' is too much for a");
	refused_args(PARAMS, "a=(1", "w: a ')' is missing");
	refused_args(PARAMS, "a=0-1", "w: a must be at least 0, not -1");
	refused_args(PARAMS, "a=10", "w: a must be at most 9, not 10");
	refused_args(PARAMS, "a=1/0", "w: division by zero");
	refused_args(PARAMS, "a=b", "w: 'b' is unknown");
	refused_args(PARAMS, "c=z", "w: c has no choice 'z'");
	refused_args(PARAMS, "c=1", "w: c has no choice '1'");
	refused_args(PARAMS, "c=x y", "w: 'y' is too much for c");
}

/* ------------------------------------------------------------------ limits */

/* HEAD, then @before, @line @n times, and @after. */
static char *repeat(const char *before, const char *line, unsigned int n,
		    const char *after)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fprintf(f, "%s%s", HEAD, before);
	while (n--)
		fputs(line, f);
	fputs(after, f);
	fclose(f);
	return text;
}

static void refused_repeat(const char *before, const char *line, unsigned int n,
			   const char *after, const char *why)
{
	char *text = repeat(before, line, n, after);

	refused(text, why);
	free(text);
}

static void bounds_the_text(void **state)
{
	(void)state;
	refused_repeat("", "#234567\n", 1 << 13, "",
		       "w.work: more than 65536 bytes");
	refused_repeat("process p\nthread\n", "start\n", 4093, "end\nend\n",
		       "w.work:4097: more than 4096 statements");
	refused_repeat("process p\nthread\n", "loop\n", 20, "",
		       "w.work:19: more than 16 blocks within each other");
	refused_repeat("channel ", "x", 65, "\n",
		       "w.work:3: the name has more than 64 letters");
	refused_repeat("choice c = a of a ", "b ", 2, "\"\"\n",
		       "w.work:3: 'b' is listed twice");
}

static void bounds_params(void **state)
{
	char text[4096] = HEAD;
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < 65; i++)
		len += (size_t)sprintf(text + len, "param p%d = 1 \"\"\n", i);
	refused(text, "w.work:67: more than 64 parameters");
	len = (size_t)sprintf(text, HEAD "choice c = w0 of");
	for (int i = 0; i < 17; i++)
		len += (size_t)sprintf(text + len, " w%d", i);
	refused(text, "w.work:3: more than 16 choices");
}

static void bounds_the_plan(void **state)
{
	(void)state;
	refused(HEAD "process p count=2\nthread count=32769\nend\nend\n",
		"w.work:4: more than 65536 threads");
	refused(HEAD "process p count=65537\nthread\nend\nend\n",
		"w.work:3: count must be from 0 to 65536, not 65537");
	refused(HEAD "process p count=65536\nthread\nend\nend\n"
		"template t\nthread\nend\nend\n",
		"w.work:7: more than 65536 processes");
	refused(HEAD "object o size=4K\nprocess p count=40000\n"
		"region a object=o\nregion b object=o\nthread\nend\nend\n",
		"w.work:5: more than 65536 regions");
	refused(HEAD "process p count=9\nregion a size=1G slices=128K home=0\n"
		"thread\nend\nend\n",
		"w.work:4: more than 1048576 slices placed by hand");
	refused_repeat("process p\nthread count=1000\n", "start\n", 2000,
		       "end\nend\n",
		       "w.work:5: only the first thread of a process starts the "
		       "others");
	refused_repeat("process p\nthread count=1000\n", "compute 1\n", 2000,
		       "end\nend\n", "w.work:4: more than 1048576 ops in all "
		       "threads");
}

static void bounds_the_work(void **state)
{
	char *text = repeat("process p\nthread count=65536\n", "if no\nend\n",
			    1000, "end\nend\n");
	struct sim_error e;

	(void)state;
	assert_null(plan_args(text, NULL, &e));
	assert_non_null(strstr(e.text, "the plan takes more than 33554432 "
			       "steps"));
	free(text);
}

static void takes_what_is_just_within(void **state)
{
	struct work_plan *p = plan_of(HEAD "process p\nthread count=65536\n"
		"compute 1\nend\nend\n", NULL);
	char *text = repeat("process p\nthread\n", "start\n", 4090,
			    "end\nend\n");

	(void)state;
	assert_int_equal(p->process[0].nr_threads, 65536);
	work_plan_free(p);
	p = plan_of(text, NULL);
	assert_int_equal(p->process[0].thread[0].nr_ops, 4090);
	work_plan_free(p);
	free(text);
}

static void bounds_regions(void **state)
{
	char text[4096] = HEAD "process p\n";
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < 65; i++)
		len += (size_t)sprintf(text + len, "region r%d size=4K\n", i);
	strcat(text, "thread\nend\nend\n");
	refused(text, "w.work:68: more than 64 regions in a process");
}

static void needs_a_machine(void **state)
{
	static const struct work_machine none[] = {
		{ 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 0 },
	};
	struct sim_error e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_null(work_load("numa01", &none[i], &e));
		assert_string_equal(e.text, "no node of the machine has CPUs "
				    "and memory");
	}
}

/* --------------------------------------------------------------- built in */

static const struct work_machine machines[] = {
	{ 4, 2, 2 }, { 4, 4, 4 }, { 24, 2, 2 }, { 512, 8, 8 },
	{ 8192, 1024, 1024 },
};

#define NR_MACHINES	(sizeof(machines) / sizeof(machines[0]))

static struct work_plan *load(const char *spec, const struct work_machine *m)
{
	struct sim_error e = { "" };
	struct work_plan *p = work_load(spec, m, &e);

	if (!p)
		print_error("# %s\n", e.text);
	assert_non_null(p);
	return p;
}

/* All memory by hand is on a home; all threads do something, and have one. */
static void check_built_in(const struct work_plan *p,
			   const struct work_machine *m)
{
	for (unsigned int i = 0; i < p->nr_processes; i++) {
		const struct work_process *proc = &p->process[i];

		for (unsigned int r = 0; r < proc->nr_regions; r++)
			for (unsigned int s = 0; s < proc->region[r].slices; s++)
				assert_true(proc->region[r].slice_home[s] <
					    m->homes);
		for (unsigned int t = 0; t < proc->nr_threads; t++) {
			assert_true(proc->thread[t].nr_ops > 0);
			assert_true(proc->thread[t].home < m->homes);
		}
	}
}

/* Nodes of NxC have 1 GiB: what a workload begins with must fit. */
static void check_fits(const struct work_plan *p, const struct work_machine *m)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < p->nr_processes; i++)
		for (unsigned int r = 0; r < p->process[i].nr_regions; r++)
			if (!p->process[i].template)
				bytes += p->process[i].region[r].bytes;
	assert_true(bytes <= (uint64_t)m->nodes << 30);
}

static void plans_what_is_built_in(void **state)
{
	const char *name, *summary = NULL;
	unsigned int i;

	(void)state;
	for (i = 0; (name = work_builtin_at(i, &summary)); i++) {
		assert_true(strlen(summary) > 10 && strlen(summary) < 80);
		for (size_t m = 0; m < NR_MACHINES; m++) {
			struct work_plan *p = load(name, &machines[m]);

			assert_string_equal(p->spec, name);
			check_built_in(p, &machines[m]);
			check_fits(p, &machines[m]);
			work_plan_free(p);
		}
	}
	assert_int_equal(i, 15);
	assert_null(work_builtin_at(i + 100, NULL));
}

/* Found from the top of the tree, as the compiler found them. */
static void every_file_is_built_in(void **state)
{
	DIR *dir = opendir("sim/workloads/builtin");
	const struct dirent *d;
	char name[300];

	(void)state;
	assert_non_null(dir);
	while ((d = readdir(dir))) {
		size_t len = strcspn(d->d_name, ".");

		if (!len || strcmp(d->d_name + len, ".work"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len, d->d_name);
		work_plan_free(load(name, &two_nodes));
	}
	closedir(dir);
}

/* Threads that do the work: those behind the first, in @p's process @i. */
static const struct work_thread *workers(const struct work_plan *p,
					 unsigned int i)
{
	return p->process[i].thread + 1;
}

static void numa01_starts_on_one_node(void **state)
{
	for (size_t m = 0; m < NR_MACHINES; m++) {
		struct work_plan *p = load("numa01", &machines[m]);

		(void)state;
		assert_int_equal(p->nr_processes, 2);
		assert_int_equal(p->parties[0], machines[m].cpus / 2 * 2);
		for (unsigned int i = 0; i < 2; i++) {
			const struct work_process *proc = &p->process[i];
			const struct work_op *op = workers(p, i)[0].op;

			assert_int_equal(proc->nr_threads,
					 machines[m].cpus / 2 + 1);
			assert_int_equal(proc->region[0].bytes, 96 << 20);
			assert_int_equal(proc->region[0].alloc, WORK_ON_NODE);
			assert_int_equal(proc->region[0].node, 0);
			assert_int_equal(proc->region[0].slice_home[0], i);
			assert_int_equal(proc->thread[0].op[0].kind, WORK_TOUCH);
			assert_int_equal(proc->thread[0].op[1].kind, WORK_START);
			assert_int_equal(op[0].kind, WORK_BARRIER);
			assert_int_equal(op[1].kind, WORK_SWEEP);
			assert_int_equal(op[1].stride, 256);
			assert_int_equal(op[1].slice.slices, 1);
			assert_int_equal(workers(p, i)[0].home, i);
		}
		work_plan_free(p);
	}
}

static void numa01_thread_keeps_to_slices(void **state)
{
	struct work_plan *p = load("numa01_thread", &machines[2]);

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int t = 0; t < 12; t++) {
			assert_slice(&workers(p, i)[t].op[1], t, 0, 12);
			assert_int_equal(workers(p, i)[t].home, i);
		}
	work_plan_free(p);
}

/* Blocks of neighbours, as lab/workloads/place.c has them. */
static void check_blocks(const struct work_plan *p,
			 const struct work_machine *m, unsigned int threads)
{
	const struct work_region *r = &p->process[0].region[0];

	assert_int_equal(r->slices, threads);
	for (unsigned int t = 0; t < threads; t++) {
		assert_int_equal(workers(p, 0)[t].home,
				 (uint64_t)t * m->homes / threads);
		assert_int_equal(r->slice_home[t], workers(p, 0)[t].home);
	}
}

static void numa02_spreads_in_blocks(void **state)
{
	for (size_t m = 0; m < NR_MACHINES; m++) {
		struct work_plan *p = load("numa02", &machines[m]);
		struct work_plan *smt = load("numa02_smt", &machines[m]);

		(void)state;
		check_blocks(p, &machines[m], machines[m].cpus);
		check_blocks(smt, &machines[m], machines[m].cpus / 2);
		assert_int_equal(p->process[0].region[0].bytes, 256 << 20);
		assert_int_equal(p->process[0].region[0].alloc,
				 WORK_FIRST_TOUCH);
		assert_slice(&workers(p, 0)[1].op[1], 1, 0, machines[m].cpus);
		work_plan_free(p);
		work_plan_free(smt);
	}
}

static void somebody_else_may_touch_first(void **state)
{
	struct work_plan *p = load("numa02:init=thread", &two_nodes);
	const struct work_process *proc = &p->process[0];

	(void)state;
	assert_int_equal(proc->thread[0].nr_ops, 2);
	assert_int_equal(proc->thread[0].op[0].kind, WORK_START);
	assert_int_equal(workers(p, 0)[2].op[0].kind, WORK_TOUCH);
	assert_slice(&workers(p, 0)[2].op[0], 2, 0, 4);
	work_plan_free(p);
	p = load("numa02:init=node0,loops=3", &two_nodes);
	assert_int_equal(p->process[0].region[0].alloc, WORK_ON_NODE);
	assert_int_equal(workers(p, 0)[2].op[1].count, 3);
	work_plan_free(p);
}

static void phases_go_round(void **state)
{
	struct work_plan *p = load("phases:phase-seconds=3", &two_nodes);
	const struct work_op *op = workers(p, 0)[3].op;

	(void)state;
	assert_int_equal(op[1].kind, WORK_LOOP);
	assert_int_equal(op[2].kind, WORK_SWEEP);
	assert_slice(&op[2], 3, 1, 4);
	assert_int_equal(op[2].ns, 3000000000);
	check_blocks(p, &two_nodes, 4);
	work_plan_free(p);
}

static void pingpong_hops(void **state)
{
	static const struct work_machine one_node = { 4, 1, 1 };
	struct work_plan *p = load("pingpong", &machines[1]);
	const struct work_op *op = workers(p, 0)[0].op;
	struct sim_error e;

	(void)state;
	assert_int_equal(op[2].kind, WORK_BIND);
	assert_slice(&op[2], 0, 0, 4);
	assert_int_equal(op[3].ns, 1000000000);
	assert_slice(&op[4], 1, 0, 4);
	work_plan_free(p);
	assert_null(work_load("pingpong", &one_node, &e));
	assert_non_null(strstr(e.text, "pingpong needs 2 nodes"));
}

static void forkstorm_spawns(void **state)
{
	struct work_plan *p = load("forkstorm", &machines[2]);

	(void)state;
	assert_int_equal(p->nr_processes, 2 + 24);
	assert_true(p->process[0].template && p->process[1].template);
	assert_int_equal(p->process[0].region[0].bytes, 4 << 20);
	for (unsigned int i = 0; i < 24; i++) {
		const struct work_process *lane = &p->process[2 + i];

		assert_int_equal(lane->thread[0].op[2].kind, WORK_SPAWN);
		assert_int_equal(lane->thread[0].op[2].target, i % 2);
		assert_int_equal(lane->thread[0].home, i % 2);
	}
	work_plan_free(p);
}

static void idle_wakes_up_once_a_second(void **state)
{
	struct work_plan *p = load("idle", &two_nodes);
	const struct work_op *op = workers(p, 0)[0].op;

	(void)state;
	assert_string_equal(p->unit, "wakeups");
	assert_int_equal(op[2].kind, WORK_SLEEP);
	assert_int_equal(op[2].ns, 1000000000);
	assert_slice(&op[3], 0, 1, 16384);
	work_plan_free(p);
}

static void messages_go_in_rings(void **state)
{
	struct work_plan *p = load("messages:rings=2,size=3", &two_nodes);

	(void)state;
	assert_int_equal(p->nr_channels, 6);
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int t = 0; t < 3; t++) {
			const struct work_thread *th = &p->process[i].thread[t];
			const struct work_op *op = &th->op[th->nr_ops - 9];

			assert_int_equal(op[1].kind, WORK_RECV);
			assert_int_equal(op[1].target, i * 3 + t);
			assert_int_equal(op[8].kind, WORK_END);
		}
	assert_int_equal(p->process[0].thread[0].nr_ops, 15);
	assert_int_equal(p->process[0].thread[1].nr_ops, 11);
	work_plan_free(p);
}

static void kernbuild_shares_headers(void **state)
{
	struct work_plan *p = load("kernbuild", &two_nodes);

	(void)state;
	assert_int_equal(p->nr_objects, 1);
	assert_int_equal(p->nr_processes, 3 * 2 + 4);
	for (unsigned int i = 0; i < 6; i++) {
		assert_true(p->process[i].template);
		assert_int_equal(p->process[i].region[1].shared, 0);
	}
	work_plan_free(p);
}

/* 64 CPUs to a node of 1 GiB, and all of them compile a large file. */
static void kernbuild_fits(void **state)
{
	struct work_plan *p = load("kernbuild", &machines[3]);
	const struct work_process *large = &p->process[3 * 8 - 1];
	uint64_t bytes = large->region[0].bytes * machines[3].cpus;

	(void)state;
	assert_string_equal(large->name, "large");
	assert_true(bytes + large->region[1].bytes < (uint64_t)8 << 30);
	work_plan_free(p);
}

static void warehouse_keeps_jvms_together(void **state)
{
	struct work_plan *p = load("warehouse", &machines[2]);

	(void)state;
	assert_int_equal(p->nr_processes, 2);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(p->process[i].nr_threads, 13);
		assert_int_equal(p->parties[1 + i], 12);
		for (unsigned int t = 0; t < 12; t++)
			assert_int_equal(workers(p, i)[t].home, i);
		assert_int_equal(p->process[i].region[1].slice_home[0], i);
		assert_int_equal(p->process[i].region[1].slice_home[1], i);
	}
	work_plan_free(p);
}

static void mixed_has_one_that_is_larger(void **state)
{
	struct work_plan *p = load("mixed", &machines[2]);
	unsigned int i;

	(void)state;
	assert_int_equal(p->nr_processes, 3);
	for (i = 0; i < 2; i++) {
		assert_int_equal(p->process[i].nr_threads, 1 + 12);
		assert_int_equal(workers(p, i)[11].home, i);
	}
	assert_int_equal(p->process[2].nr_threads, 1 + 24);
	assert_int_equal(workers(p, 2)[0].home, 0);
	assert_int_equal(workers(p, 2)[23].home, 1);
	assert_int_equal(p->process[2].region[0].bytes,
			 2 * p->process[0].region[0].bytes);
	work_plan_free(p);
	/* Those that fit have a home each, the large one has the others. */
	p = load("mixed", &machines[3]);
	for (i = 0; i < 128; i++)
		assert_int_equal(workers(p, 2)[i].home, 2 + i * 6 / 128);
	work_plan_free(p);
}

static void pairs_share_memory_and_a_home(void **state)
{
	struct work_plan *p = load("pairs", &machines[1]);

	(void)state;
	assert_int_equal(p->nr_processes, 4);
	assert_int_equal(p->nr_objects, 2);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(p->process[i].region[0].shared, i / 2);
		assert_int_equal(workers(p, i)[0].home, i / 2);
	}
	work_plan_free(p);
}

static void latency_has_all_classes(void **state)
{
	struct work_plan *p = load("latency", &two_nodes);

	(void)state;
	assert_int_equal(p->nr_processes, 4);
	assert_int_equal(p->process[0].thread[0].class, WORK_FAIR);
	assert_int_equal(p->process[2].thread[0].class, WORK_RT);
	assert_int_equal(p->process[3].thread[0].class, WORK_DEADLINE);
	assert_int_equal(p->parties[0], 4 + 4 + 2);
	work_plan_free(p);
}

static void says_what_is_built_in(void **state)
{
	struct sim_error e;

	(void)state;
	assert_null(work_load("nope:a=1", &two_nodes, &e));
	assert_string_equal(e.text, "there is no file 'nope', and built in are "
		"only: numa01 numa01_thread numa02 numa02_smt forkstorm idle "
		"phases pingpong warehouse mixed pairs messages kernbuild stream latency");
	assert_null(work_load("numa02:far=1", &two_nodes, &e));
	assert_string_equal(e.text, "numa02: no parameter 'far'; there are: "
		"processes, threads, mb, stride, loops, init");
}

/* ------------------------------------------------------------------- files */

static void reads_files(void **state)
{
	char path[] = "/tmp/npworkXXXXXX", spec[64];
	int fd = mkstemp(path);
	struct work_plan *p;

	(void)state;
	assert_true(fd >= 0);
	dprintf(fd, "%s", PARAMS);
	close(fd);
	snprintf(spec, sizeof(spec), "%s:a=2", path);
	p = load(spec, &two_nodes);
	assert_string_equal(p->spec, spec);
	assert_int_equal(p->process[0].thread[0].op[0].ns, 230);
	work_plan_free(p);
	unlink(path);
}

static void refuses_what_it_cannot_read(void **state)
{
	struct sim_error e;

	(void)state;
	assert_null(work_load("sim/workloads", &two_nodes, &e));
	assert_string_equal(e.text, "sim/workloads: Is a directory");
	assert_null(work_load("", &two_nodes, &e));
	assert_null(work_load("/dev/zero", &two_nodes, &e));
	assert_string_equal(e.text, "/dev/zero: more than 65536 bytes");
}

/* The indented block below the words "A whole one:" must be what it says. */
static void the_readme_tells_the_truth(void **state)
{
	FILE *in = fopen("sim/workloads/README.md", "re");
	char line[200], text[4096] = "";
	bool inside = false;
	struct work_plan *p;

	(void)state;
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		if (!strncmp(line, "    workload ", 13))
			inside = true;
		else if (inside && strncmp(line, "    ", 4))
			break;
		if (inside)
			strcat(text, line);
	}
	fclose(in);
	p = plan_of(text, NULL);
	assert_int_equal(p->nr_processes, 2);
	work_plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(computes_as_people_do),
		cmocka_unit_test(compares),
		cmocka_unit_test(knows_suffixes_and_names),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(refuses_numbers_that_do_not_fit),
		cmocka_unit_test_teardown(touches, free_the_plan),
		cmocka_unit_test_teardown(sweeps, free_the_plan),
		cmocka_unit_test_teardown(accesses_at_random, free_the_plan),
		cmocka_unit_test_teardown(spends_time, free_the_plan),
		cmocka_unit_test_teardown(refers_by_number, free_the_plan),
		cmocka_unit_test_teardown(binds, free_the_plan),
		cmocka_unit_test_teardown(loops, free_the_plan),
		cmocka_unit_test_teardown(leaves_out_what_if_says,
					  free_the_plan),
		cmocka_unit_test(refuses_ops),
		cmocka_unit_test(refuses_loops_that_take_no_time),
		cmocka_unit_test(refuses_what_would_not_end),
		cmocka_unit_test(counts_instances),
		cmocka_unit_test(schedules),
		cmocka_unit_test(lays_out_memory),
		cmocka_unit_test(shares_objects),
		cmocka_unit_test(picks_regions_by_if),
		cmocka_unit_test(refuses_regions),
		cmocka_unit_test(refuses_threads),
		cmocka_unit_test(refuses_declarations),
		cmocka_unit_test(refuses_bytes_that_are_no_text),
		cmocka_unit_test(refuses_params),
		cmocka_unit_test(takes_parameters),
		cmocka_unit_test(refuses_parameters),
		cmocka_unit_test(bounds_the_text),
		cmocka_unit_test(bounds_params),
		cmocka_unit_test(bounds_the_plan),
		cmocka_unit_test(bounds_the_work),
		cmocka_unit_test(takes_what_is_just_within),
		cmocka_unit_test(bounds_regions),
		cmocka_unit_test(needs_a_machine),
		cmocka_unit_test(plans_what_is_built_in),
		cmocka_unit_test(every_file_is_built_in),
		cmocka_unit_test(numa01_starts_on_one_node),
		cmocka_unit_test(numa01_thread_keeps_to_slices),
		cmocka_unit_test(numa02_spreads_in_blocks),
		cmocka_unit_test(somebody_else_may_touch_first),
		cmocka_unit_test(phases_go_round),
		cmocka_unit_test(pingpong_hops),
		cmocka_unit_test(forkstorm_spawns),
		cmocka_unit_test(idle_wakes_up_once_a_second),
		cmocka_unit_test(messages_go_in_rings),
		cmocka_unit_test(kernbuild_shares_headers),
		cmocka_unit_test(kernbuild_fits),
		cmocka_unit_test(warehouse_keeps_jvms_together),
		cmocka_unit_test(mixed_has_one_that_is_larger),
		cmocka_unit_test(pairs_share_memory_and_a_home),
		cmocka_unit_test(latency_has_all_classes),
		cmocka_unit_test(says_what_is_built_in),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(refuses_what_it_cannot_read),
		cmocka_unit_test(the_readme_tells_the_truth),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
