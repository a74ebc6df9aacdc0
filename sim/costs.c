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
#include <stddef.h>
#include <string.h>

#include "costs.h"
#include "sim.h"

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

const struct sim_costs *sim_costs_find(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}
