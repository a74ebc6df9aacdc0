/* SPDX-License-Identifier: GPL-2.0 */
/* What things cost on a kind of machine: sim/costs.c gives the sources. */
#ifndef SIM_COSTS_H
#define SIM_COSTS_H

#include <stdbool.h>

/**
 * struct sim_costs - one kind of machine
 * @name:	as sim_costs_read() reads it
 * @local_ns:	latency of local memory; of memory at distance d: d/10 times
 * @sweep_overlap, @random_overlap: accesses under way at the same time
 * @host_cpus:	of an emulated machine: how many of its CPUs run at the same time, if
 *		more are busy they take turns (sim/sched/host.c); 0 = all
 * @compute:	how many times longer computing takes than on a server
 * @access_ns:	CPU time of one access that hits no memory
 * @node_bytes, @port_bytes: bytes per ns that the memory of a node delivers,
 *		and that pass between a node and all others; 0 = no limit
 * @touch_ns, @touch_huge_ns: first touch of a base page, of a huge page
 * @fault_ns:	a hinting fault, decision included
 * @fault_wait_ns: more, beside the module, while an emulated machine has more busy
 *		CPUs than its host
 * @look_ns:	a look at who runs on one CPU
 * @move_ns:	moving a page, without copying
 * @numab_move_ns: the same under the kernel's own balancing
 * @copy_ns:	copying a base page to another node
 * @mark_ns:	marking a page table entry
 * @numab_ns:	the same for the kernel's own scanner, and what it looks at before
 * @numab_luck:	by which part of that a call takes less, or more, by chance
 * @flush_ns:	flushing TLBs after a chunk of marks
 * @flush_wait_ns: more, on average, while an emulated machine has more busy CPUs
 *		than its host: each must run to hear of it
 * @lock_wait_ns: still more, then, while threads of the process move pages: they
 *		hold page-table locks until others have flushed their TLBs
 * @switch_ns:	a context switch
 * @cold_ns:	what a task loses when it changes its CPU
 * @wake_ns:	waking a task up
 * @clone_ns:	what making a thread costs the one that makes it
 * @thread_ns:	a thread's first steps, before its own program begins; from half
 *		to one and a half times as long, by chance
 * @fork_ns, @exec_ns, @exit_ns: a process's life, without its memory
 */
struct sim_costs {
	char name[48];
	double local_ns;
	double sweep_overlap;
	double random_overlap;
	double host_cpus;
	double compute;
	double access_ns;
	double node_bytes;
	double port_bytes;
	double touch_ns;
	double touch_huge_ns;
	double fault_ns;
	double fault_wait_ns;
	double look_ns;
	double move_ns;
	double numab_move_ns;
	double copy_ns;
	double mark_ns;
	double numab_ns;
	double numab_luck;
	double flush_ns;
	double flush_wait_ns;
	double lock_wait_ns;
	double switch_ns;
	double cold_ns;
	double wake_ns;
	double clone_ns;
	double thread_ns;
	double fork_ns;
	double exec_ns;
	double exit_ns;
};

/* How many times longer something may take than a kind says. */
#define SIM_TIMES_MIN	0.1
#define SIM_TIMES_MAX	100

/**
 * sim_costs_read() - what things cost
 * @text:	"server" or "emulated", and behind it, or not, ":slower=K": all work
 *		of CPUs takes K times as long, while memory and links are as they
 *		were; ":wait=W": who marks waits W times as long for those who move
 *		pages; or both, ":slower=K,wait=W".  SIM_TIMES_MIN to SIM_TIMES_MAX.
 *
 * Return: false if it is neither, and @ret as it was.
 */
bool sim_costs_read(struct sim_costs *ret, const char *text);

#endif
