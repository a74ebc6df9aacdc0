/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world that a trace tells of: policies, processes and threads, made and
 * ended by its records, with the state that the policy code keeps about them.
 */
#ifndef SIM_REPLAY_WORLD_H
#define SIM_REPLAY_WORLD_H

#include <numaplace/policy.h>

#include "../error.h"
#include "pages.h"

/*
 * What a trace can stand in for.  Balancing is not recorded, but what came of it.
 * What a policy asked is, and who was in a group, but another one would ask
 * something else, and groups are formed only for those that want them.
 */
#define WORLD_CAN NP_CAN_ALL
#define WORLD_CAN_OTHER \
	(WORLD_CAN & ~(NP_CAN_LOAD | NP_CAN_RUNNING | NP_CAN_GROUPS))

/* A policy with parameters, shared by a process and those born of it. */
struct world_policy {
	struct np_instance i;
	unsigned int users;
};

/**
 * struct world_task - a thread
 * @known:	it has state; without, the policy is not shown @t
 * @decided:	@fault and @decision wait for their outcome
 * @had_state:	when they were made
 */
struct world_task {
	struct np_task t;
	struct world_proc *proc;
	struct world_task *next;	/* in the table */
	struct world_task *sibling;	/* of the process */
	bool known;
	bool decided;
	bool had_state;
	struct np_fault fault;
	struct np_decision decision;
};

#define WORLD_MADE 4	/* records that one call makes, at most */

/**
 * struct world_proc - a process
 * @policy:	NULL until it is managed
 * @stats:	for policies without groups
 * @spec:	[@spec_len] letters of the policy that will take over
 * @plan:	of its scan
 * @pages:	where they are (whatif.c)
 * @made:	[@nr_made] records that a call made and the trace should have
 *		(replay.c)
 */
struct world_proc {
	struct np_proc p;
	struct world_proc *next;
	struct world_policy *policy;
	struct np_stats *stats;
	struct world_task *tasks;
	char spec[NP_SPEC_LEN];
	u32 spec_len;
	struct np_scan_plan plan;
	struct pages pages;
	struct np_record made[WORLD_MADE];
	unsigned int nr_made;
};

#define WORLD_BUCKETS 1024

/**
 * struct world - all of them
 * @m:		the machine
 * @now:	the record that is being followed
 * @spec:	the policy for all, whatever the trace says; or NULL
 * @prepare:	before a policy is called
 * @procs_seen, @tasks_seen: so far
 */
struct world {
	struct np_machine m;
	const struct np_record *now;
	const char *spec;
	void (*prepare)(struct world *w, const struct np_instance *i);
	struct world_proc *procs[WORLD_BUCKETS];
	struct world_task *tasks[WORLD_BUCKETS];
	uint64_t procs_seen, tasks_seen;
};

struct world_proc *world_proc(const struct world *w, u32 pid);

/* world_proc_add() - one that no policy has yet.  NULL if out of memory. */
struct world_proc *world_proc_add(struct world *w, u32 pid);
void world_proc_end(struct world *w, struct world_proc *p);

/* world_take_over() - by the policy that was spelt out, or by @spec. */
int world_take_over(struct world *w, struct world_proc *p,
		    struct sim_error *e);

/* world_inherit() - the child has the parent's policy, and its pages. */
int world_inherit(struct world *w, struct world_proc *child,
		  const struct world_proc *parent, struct sim_error *e);

/* world_task_find() - a thread of @p, or NULL. */
struct world_task *world_task_find(const struct world *w,
				   const struct world_proc *p, u32 tid);

/* world_task() - a thread of @p, made if need be.  NULL if out of memory. */
struct world_task *world_task(struct world *w, struct world_proc *p, u32 tid);

/* world_task_know() - it has state from now on. */
int world_task_know(struct world *w, struct world_task *t,
		    struct sim_error *e);
void world_task_end(struct world *w, struct world_task *t);

/* world_exec() - a new address space, and the last thread is @tid now. */
void world_exec(struct world *w, struct world_proc *p, u32 tid);

/* For struct np_home_ops. */
struct np_group *world_group_new(const struct np_machine *m);
void world_group_free(struct np_group *g);

void world_free(struct world *w);

#endif
