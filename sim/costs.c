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
 * `emulated' is a guest of the lab on a host of two CPUs, and a fast one; slower=K
 * makes it another (docs/fidelity.md has a K of 3): QEMU translates
 * instructions, there is no cache, and remote memory is no slower.  Fitted to
 * `numaplace compare --on vm': 5 instructions and 18 ns per store of a sweep
 * with one busy CPU, 30 ns with four; about 4000 kernel instructions per
 * hinting fault, 100 per look at a CPU, and 16000 per moved page, at 340 per us;
 * 0.3 us per marked page.  A lane of forkstorm has the CPU for 1.9 ms from the end of
 * a child to the birth of the next, its child takes 59 to 69 ms from exec to its end,
 * both with four busy CPUs; a thread is made in 0.25 ms and takes its first steps in
 * 0.5 ms; main threads touch 256 MiB in 0.9 s.  A TLB flush takes 50 us, and 1 to
 * 15 ms if the host must first run the CPUs that have to hear of it: so that marking
 * 128 MiB of phases takes 185 ms, the mean of the lab's 155 (4x1) and 222 (2x2), and
 * so that the kernel's own second pass comes as late as there.
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
		.copy_ns = 400,
		.mark_ns = 20,
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
		.host_cpus = 2.4,
		.compute = 8,
		.access_ns = 18,
		.touch_ns = 13000,
		.touch_huge_ns = 400000,
		.fault_ns = 7500,
		.look_ns = 300,
		.move_ns = 22000,
		.copy_ns = 3000,
		.mark_ns = 200,
		.flush_ns = 50000,
		.flush_wait_ns = 3600000,
		.lock_wait_ns = 2400000,
		.switch_ns = 15000,
		.cold_ns = 0,
		.wake_ns = 15000,
		.clone_ns = 250000,
		.thread_ns = 500000,
		.fork_ns = 800000,
		.exec_ns = 5000000,
		.exit_ns = 350000,
	},
};

static const struct sim_costs *find(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i].name) == len && !memcmp(all[i].name, text, len))
			return &all[i];
	return NULL;
}

/* Return: 0 if it is not what may stand behind a name. */
static double slower(const char *text)
{
	static const char key[] = ":slower=";
	const char *number = text + strlen(key);
	char *end;
	double k;

	if (!*text)
		return 1;
	if (strncmp(text, key, strlen(key)) ||
	    strspn(number, "0123456789.") != strlen(number))
		return 0;
	k = strtod(number, &end);
	return !*end && k >= SIM_SLOWER_MIN && k <= SIM_SLOWER_MAX ? k : 0;
}

static void slow_down(struct sim_costs *c, double k)
{
	double *const work[] = {
		&c->compute, &c->access_ns, &c->touch_ns, &c->touch_huge_ns,
		&c->fault_ns, &c->look_ns, &c->move_ns, &c->copy_ns,
		&c->mark_ns, &c->flush_ns, &c->switch_ns, &c->cold_ns,
		&c->wake_ns, &c->clone_ns, &c->thread_ns, &c->fork_ns,
		&c->exec_ns, &c->exit_ns,
	};

	for (size_t i = 0; i < sizeof(work) / sizeof(work[0]); i++)
		*work[i] *= k;
}

bool sim_costs_read(struct sim_costs *ret, const char *text)
{
	size_t len = strcspn(text, ":");
	const struct sim_costs *kind = find(text, len);
	double k = slower(text + len);

	if (!kind || !k || strlen(text) >= sizeof(ret->name))
		return false;
	*ret = *kind;
	strcpy(ret->name, text);
	slow_down(ret, k);
	return true;
}
