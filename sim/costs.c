// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of machines.
 *
 * `server' is a two-socket machine of the early 2020s.  Latency and bandwidth:
 * Intel's Memory Latency Checker on 3rd-generation Xeon, as vendors publish it
 * (about 80 to 90 ns and 150 to 200 GB/s per socket local, 60 to 70 GB/s across
 * the links); a remote access costs distance/10 times a local one (ACPI's SLIT,
 * 21 for the other socket).  Kernel work: the orders of magnitude of perf
 * traces of 6.x kernels: a minor fault 0.5 us plus zeroing, a hinting fault
 * 1 us, migrating a base page 2 to 3 us of which the copy is a small part.  A look at
 * another CPU's run queue: a cache line that is modified there, 50 to 150 ns.
 *
 * `emulated' is a guest of the lab on a host of two CPUs: QEMU translates
 * instructions, there is no cache, and remote memory is no slower.  Hosts differ by a
 * factor of three, which slower= makes up for.  Fitted to the lab's rounds, so that one
 * K does for all runs of a round: 60 ns per store of a sweep; beside the module 3 us per
 * hinting fault with one busy CPU and 27 with four, 92 more if the page moves; under the
 * kernel's own balancing 3, and 76.  Measured apart from that: local faults take 2 to 4
 * us with one busy CPU (in four of six pairs of runs; between two the host changed its
 * speed) and 4 to 10 with four (`none', numa02), and a move 130 to 160 with four (numa02
 * under both): part of what the fit gives to moron's faults is what others' moves and
 * flushes cost.  8 to 11 ms for the module to mark 64 MiB with one busy CPU; main threads
 * touch 128 MiB in 0.9 s.
 * Traced: change_prot_numa() takes 7 to 10 ms for 64 MiB in 16 calls of task_numa_work(),
 * and 13 to 24 in 20, while the host does what misses its caches at two speeds, 1.6
 * apart, for seconds each.  With four busy CPUs: from the end of a child of forkstorm to
 * the birth of the next 4.2 ms, from there to exec 10.7 (medians), from there to its end
 * 187, so that 543 end in 24 s (lab 415 to 646).  In eight traces a thread was made in
 * 0.40 to 0.76 ms and met its barrier 0.32 to 0.72 ms after it was born, K being about
 * 0.7, which decides where the next begins.  A TLB flush takes 0.2 ms, and 1 to 15 ms if
 * the host must first run the CPUs that have to hear of it: so that marking 128 MiB of
 * phases takes 230 ms (lab: 233 to 393, by host and hour), and so that the kernel's own
 * second pass comes as late as there.
 */
#include <stdlib.h>
#include <string.h>

#include "costs.h"

static const struct sim_costs all[] = {
	{
		.name = "server",
		.local_ns = 85,
		.sweep_overlap = 10,	/* line fill buffers: 10 to 16 */
		.random_overlap = 4,
		.compute = 1,
		.access_ns = 0.5,
		.node_bytes = 160,
		.port_bytes = 60,
		.touch_ns = 600,
		.touch_huge_ns = 90000,
		.fault_ns = 1000,
		.look_ns = 100,
		.move_ns = 2200,
		.numab_move_ns = 2200,
		.copy_ns = 400,
		.mark_ns = 20,
		.numab_ns = 20,
		.flush_ns = 4000,
		.switch_ns = 1500,
		.cold_ns = 20000,
		.wake_ns = 1000,
		.clone_ns = 15000,
		.thread_ns = 30000,
		.fork_ns = 60000,
		.exec_ns = 250000,
		.exit_ns = 60000,
	},
	{
		.name = "emulated",
		.local_ns = 0,
		.sweep_overlap = 1,
		.random_overlap = 1,
		.host_cpus = 2.2,
		.compute = 15,
		.access_ns = 60,
		.touch_ns = 27000,
		.touch_huge_ns = 1200000,
		.fault_ns = 3000,
		.fault_wait_ns = 24000,
		.look_ns = 900,
		.move_ns = 83000,
		.numab_move_ns = 67000,
		.copy_ns = 9000,
		.mark_ns = 420,
		.numab_ns = 740,
		.numab_luck = 1.0 / 3,
		.flush_ns = 180000,
		.flush_wait_ns = 3600000,
		.lock_wait_ns = 2400000,
		.switch_ns = 45000,
		.cold_ns = 0,
		.wake_ns = 45000,
		.clone_ns = 750000,
		.thread_ns = 900000,
		.fork_ns = 1000000,
		.exec_ns = 6000000,
		.exit_ns = 500000,
	},
};

static const struct sim_costs *find(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

/* Return: 0 if it is no number, or too small or too large. */
static double times(const char *text)
{
	char *end;
	double n;

	if (!text || strspn(text, "0123456789.") != strlen(text))
		return 0;
	n = strtod(text, &end);
	return !*end && n >= SIM_TIMES_MIN && n <= SIM_TIMES_MAX ? n : 0;
}

static void slow_down(struct sim_costs *c, double k)
{
	double *const work[] = {
		&c->compute, &c->access_ns, &c->touch_ns, &c->touch_huge_ns,
		&c->fault_ns, &c->fault_wait_ns, &c->look_ns, &c->move_ns,
		&c->numab_move_ns, &c->copy_ns, &c->mark_ns, &c->numab_ns,
		&c->flush_ns, &c->switch_ns, &c->cold_ns, &c->wake_ns,
		&c->clone_ns, &c->thread_ns, &c->fork_ns, &c->exec_ns,
		&c->exit_ns,
	};

	for (size_t i = 0; i < sizeof(work) / sizeof(work[0]); i++)
		*work[i] *= k;
}

static bool change(struct sim_costs *c, char *word)
{
	const char *key = strsep(&word, "=");
	double k = times(word);

	if (!strcmp(key, "slower")) {
		slow_down(c, k);
	} else if (!strcmp(key, "wait")) {
		c->lock_wait_ns *= k;
	} else {
		return false;
	}
	return k;
}

bool sim_costs_read(struct sim_costs *ret, const char *text)
{
	char copy[sizeof(ret->name)], *rest = copy, *word;
	const struct sim_costs *kind;
	struct sim_costs c;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	kind = find(strsep(&rest, ":"));
	if (!kind)
		return false;
	c = *kind;
	strcpy(c.name, text);
	while ((word = strsep(&rest, ",")))
		if (!change(&c, word))
			return false;
	*ret = c;
	return true;
}
