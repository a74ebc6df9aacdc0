/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads of the simulator: read from text (workloads/README.md is the format),
 * then planned for one machine, which leaves nothing but numbers.
 */
#ifndef SIM_WORK_H
#define SIM_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../error.h"

struct work;		/* a description */

/* What expressions in a description may ask of the machine. */
struct work_machine {
	unsigned int cpus;	/* that are not isolated */
	unsigned int nodes;
	unsigned int homes;	/* nodes with CPUs and memory */
};

/* ------------------------------------------------------------------ a plan */

enum work_op_kind {
	WORK_TOUCH,	/* touch every page of the slice once, in order */
	WORK_SWEEP,	/* store through the slice in order, @count passes */
	WORK_RANDOM,	/* @count accesses anywhere in the slice */
	WORK_COMPUTE,	/* @ns of CPU time in user mode, no memory */
	WORK_KERNEL,	/* @ns of CPU time in the kernel (a system call) */
	WORK_SLEEP,	/* @ns off the CPU */
	WORK_SEND,	/* one message into channel @target, never waits */
	WORK_RECV,	/* one message out of channel @target, waits for it */
	WORK_BARRIER,	/* wait until all parties of barrier @target are here */
	WORK_SPAWN,	/* fork and exec process @target, wait for its end */
	WORK_EXEC,	/* what SPAWN began gets a CPU anew and pays for it */
	WORK_START,	/* the other threads of this process begin */
	WORK_BIND,	/* move to the CPUs of home (see work_slice) */
	WORK_COUNT,	/* @count units of work are done */
	WORK_LOOP,	/* repeat up to the matching end, @count times */
	WORK_END,	/* end of the loop that began at op @target */
	WORK_NR_OPS
};

/*
 * Slice (base + step * i) % slices of a region, where i counts the rounds of
 * the innermost loop around the op.  WORK_BIND: the home with that number.
 * Placed by hand, a thread follows a slice with a @step to its home, if the
 * region was bound in as many slices.
 */
struct work_slice {
	uint32_t base;
	uint32_t step;
	uint32_t slices;
};

/**
 * struct work_op - one step of a thread
 * @region:	of the process, or WORK_NO_INDEX
 * @target:	channel, barrier, process, or op; LOOP and END name each other
 * @stride:	SWEEP: bytes from one store to the next
 * @zipf:	RANDOM: exponent of Zipf's law by page, low addresses hottest;
 *		0 = uniform
 * @count:	SWEEP: passes, RANDOM: accesses, LOOP: rounds; 0 = no end
 * @ns:		time, where the kind has one; SWEEP, RANDOM: stop after this
 *		time, or after the pass under way then; 0 = when @count is done
 * @think_ps:	SWEEP, RANDOM: own CPU time per access in ps
 * @write:	the accesses store
 */
struct work_op {
	enum work_op_kind kind;
	uint32_t region;
	uint32_t target;
	uint32_t stride;
	struct work_slice slice;
	double zipf;
	uint64_t count;
	uint64_t ns;
	uint32_t think_ps;
	bool write;
};

#define WORK_NO_INDEX UINT32_MAX

enum work_class { WORK_FAIR, WORK_RT, WORK_DEADLINE };

/**
 * struct work_thread - one thread
 * @op:		[nr_ops] what it does, then it exits
 * @class:	scheduling class
 * @nice:	FAIR: -20 to 19
 * @prio:	RT: 1 to 99, higher wins
 * @runtime_ns, @period_ns: DEADLINE (the deadline is the period)
 * @home:	number of its home when placed by hand
 * @cpu:	bound to this CPU, or -1
 */
struct work_thread {
	struct work_op *op;
	unsigned int nr_ops;
	enum work_class class;
	int nice;
	int prio;
	uint64_t runtime_ns;
	uint64_t period_ns;
	unsigned int home;
	int cpu;
};

enum work_alloc {
	WORK_FIRST_TOUCH,	/* on the node of the CPU that touches it */
	WORK_ON_NODE,		/* as if bound to @node while first touched, then
				 * without a policy (numa01's start) */
	WORK_BOUND,		/* an explicit policy: @node only */
	WORK_PREFERRED,		/* an explicit policy: @node, or else elsewhere */
	WORK_INTERLEAVE,	/* an explicit policy: all nodes in turn */
	WORK_HOME_NODE,		/* on the home node of the task that touches it */
};

/**
 * struct work_region - memory of a process
 * @bytes:	more than 0
 * @shared:	number of the memory object, which regions of several processes
 *		may name, or WORK_NO_INDEX for private memory
 * @node:	see enum work_alloc; a number of a home
 * @huge:	may have huge pages (the run decides whether it gets them)
 * @slices:	when placed by hand it is bound in this many slices,
 * @slice_home:	[slices] each to the node of the home of this number
 */
struct work_region {
	char *name;
	uint64_t bytes;
	uint32_t shared;
	enum work_alloc alloc;
	unsigned int node;
	bool huge;
	unsigned int slices;
	unsigned int *slice_home;
};

/**
 * struct work_process - one process
 * @thread:	[nr_threads] the first begins; if any of its ops is START the
 *		others wait for that, else all begin together
 * @template:	is only begun by WORK_SPAWN
 */
struct work_process {
	char *name;
	struct work_region *region;
	unsigned int nr_regions;
	struct work_thread *thread;
	unsigned int nr_threads;
	bool template;
};

/**
 * struct work_plan - a workload for one machine
 * @spec:	how it was asked for
 * @unit:	of the work; "MiB" counts what SWEEP and RANDOM touch (stride or
 *		64 bytes per access), everything else what COUNT counts
 * @parties:	[nr_barriers] threads that meet at each barrier
 */
struct work_plan {
	char *spec;
	char *unit;
	struct work_process *process;
	unsigned int nr_processes;
	unsigned int nr_channels;
	unsigned int nr_objects;
	unsigned int *parties;
	unsigned int nr_barriers;
};

/* --------------------------------------------------------------- functions */

/* work_parse() - @len bytes of text; messages name @name and the line. */
struct work *work_parse(const char *name, const char *text, size_t len,
			struct sim_error *e);

/* work_plan() - with "key=value,..." for its parameters, or NULL. */
struct work_plan *work_plan(const struct work *w, const struct work_machine *m,
			    const char *args, struct sim_error *e);

/**
 * work_load() - by "NAME[:KEY=VALUE,..]": a file called NAME, or built in
 * Return: the plan for @m, or NULL.
 */
struct work_plan *work_load(const char *spec, const struct work_machine *m,
			    struct sim_error *e);

/* work_builtin_at() - name and summary of the @i-th, or NULL. */
const char *work_builtin_at(unsigned int i, const char **ret_summary);

void work_free(struct work *w);
void work_plan_free(struct work_plan *p);

#endif
