/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of policy/ share: a fake home with a fake machine, which says
 * no when told to and remembers what it was asked and shown.
 */
#ifndef NP_POLICY_TESTS_COMMON_H
#define NP_POLICY_TESTS_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <numaplace/policy.h>

#include "internal.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NS_PER_MS 1000000ULL

/* ------------------------------------------------------- the test policies */

extern const struct np_policy_ops np_test_minimal;
extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_maximal_all;
extern const struct np_policy_ops np_test_rogue;

/* Calls of a verb that maximal counted in a slot. */
#define CALLS(slot, verb) \
	(((const u32 *)(slot))[offsetof(struct np_policy_ops, verb) / sizeof(void *)])

/* --------------------------------------------------------------- fake home */

/*
 * One node of each kind:	   A   B   -   MEM CPU FAR
 * CPUs (4 is absent):		  0,1 2,3          5  6,7
 */
enum {
	NODE_A,			/* memory and CPUs */
	NODE_B,			/* memory and CPUs */
	NODE_HOLE,		/* an id nobody has */
	NODE_MEM,		/* memory only */
	NODE_CPU,		/* CPUs only */
	NODE_FAR,		/* memory and CPUs */
	HOME_NODES
};

#define HOME_CPUS	8
#define CPU_ABSENT	4
#define HOME_TIME	(5000 * NS_PER_MS)
#define HOME_PID	4711
#define HOME_TID	4712

/**
 * struct home - one process with one thread on the fake machine
 * @refuse:	what the home says about moving a page to a node
 * @asked:	how often it was asked
 * @asked_nid:	about which node, the last time
 * @asked_fault: and which fault
 * @runs:	who runs on each CPU
 * @loads:	load of each node
 * @rec:	records it was shown: decisions, unless the test changes @m.mute
 * @nr_rec:	their number, also of those beyond @room
 * @room:	how many @rec can hold
 */
struct home {
	struct np_machine m;
	struct np_instance inst;
	struct np_proc proc;
	struct np_task task;
	struct np_ctx c;
	enum np_reason refuse[HOME_NODES];
	unsigned int asked;
	int asked_nid;
	const struct np_fault *asked_fault;
	struct np_running runs[HOME_CPUS];
	struct np_load loads[HOME_NODES];
	u64 node_state[HOME_NODES * NP_NODE_SLOT / 8];
	struct np_record *rec;
	size_t nr_rec;
	size_t room;
};

/*
 * A fresh home whose process has just been given policy @spec.  The registry
 * then holds the built-in policies and @ops (NULL: none but those).  There is
 * one home: opening it again forgets everything.
 */
struct home *home_open(const struct np_policy_ops *ops, const char *spec);

/* Statistics for process and thread, whatever the policy needs. */
void home_give_stats(struct home *h);

/* A second thread (or process of its own) with the same policy. */
void home_second_task(struct home *h, struct np_task *task);

/* A thread of another process with the same policy. */
struct stranger {
	struct np_proc proc;
	struct np_task task;
};

void home_stranger(struct home *h, struct stranger *s);

/* @task (NULL: nobody) runs on @cpu, and may change places. */
void home_runs(struct home *h, int cpu, struct np_task *task);

/* @pages faults of the thread and its process on memory of @node. */
void home_faults(struct np_task *task, int node, u32 pages);

/* A pass ends; what does the thread wish at its next fault? */
struct np_task_ask home_pass(struct home *h);

/* A first access: CPU of @node touches a base page on @page_node. */
struct np_fault home_fault(int page_node, int node);

/* The same, but the access before came from @last_cpu. */
struct np_fault home_refault(int page_node, int node, int last_cpu);

u64 counter(const struct home *h, enum np_counter i);
u64 reason(const struct home *h, enum np_reason i);
u64 all_reasons(const struct home *h);

/* One line of text for people, as every refusal comes with. */
void assert_one_line(const char *text);

/* ------------------------------------------------------------ fixed dice */

/* Knuth's MMIX generator: the same numbers everywhere, for ever. */
struct dice {
	u64 state;
};

u32 roll(struct dice *d, u32 sides);

#endif
