/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a record to the call of the policy code that made it (docs/trace-format.md
 * lists both), with the same surroundings.
 */
#ifndef SIM_REPLAY_CALLS_H
#define SIM_REPLAY_CALLS_H

#include "world.h"

/* One call that is to be made: a record with what it is about. */
struct call {
	struct world *w;
	const struct np_record *rec;
	struct world_proc *proc;
	struct world_task *task;
	struct np_ctx c;
};

/**
 * struct call_ops - what those do who replay
 * @page:	a hinting fault
 * @outcome:	what came of it
 * @worked:	what a worker did about a page
 * All return 0 or -1 with a message.
 */
struct call_ops {
	int (*page)(struct call *k, struct sim_error *e);
	int (*outcome)(struct call *k, struct sim_error *e);
	int (*worked)(struct call *k, struct sim_error *e);
};

/* call_fault() - the sample of a record. */
struct np_fault call_fault(const struct np_record *rec);

/*
 * call_make() - follow one record.
 * Return: 0; CALL_NONE for what is not a call but comes of one; -1 with a
 * message if the trace makes no sense.
 */
#define CALL_NONE 1
int call_make(struct world *w, const struct np_record *rec,
	      const struct call_ops *ops, struct sim_error *e);

#endif
