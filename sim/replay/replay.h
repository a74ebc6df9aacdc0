/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replay: the calls that a trace tells of are made again, and each must give the
 * very record that it gave when the trace was written.
 */
#ifndef SIM_REPLAY_REPLAY_H
#define SIM_REPLAY_REPLAY_H

#include <numaplace/policy.h>

#include "../error.h"

/**
 * struct replay_counts - what was replayed
 * @decisions:	about pages
 * @moved:	base pages that arrived elsewhere
 * @asks:	wishes about tasks
 * @passes:	over address spaces
 * @first_ns, @last_ns: times of the first and the last record
 */
struct replay_counts {
	uint64_t records;
	uint64_t decisions;
	uint64_t moved;
	uint64_t asks;
	uint64_t passes;
	uint64_t processes;
	uint64_t threads;
	uint64_t first_ns;
	uint64_t last_ns;
};

/**
 * struct replay_difference - where the two part
 * @recorded:	what the trace has; its seq is the number of the record
 * @here:	what the call gave now
 * @nothing:	the call gave nothing (more), @here means nothing
 */
struct replay_difference {
	struct np_record recorded;
	struct np_record here;
	bool nothing;
};

struct replay;

/* replay_new() - on this machine.  The policies are those registered. */
struct replay *replay_new(const struct np_machine *m, struct sim_error *e);

/*
 * replay_record() - the next one, as trace_reader_next() gives it.
 * Return: 0; REPLAY_DIFFERS, and the rest would make no sense; -1 with a
 * message if the trace itself makes none.
 */
#define REPLAY_DIFFERS 1
int replay_record(struct replay *r, const struct np_record *rec,
		  struct sim_error *e);

/* The state as the policy code has it now; NULL if there is none. */
const struct np_proc *replay_proc(const struct replay *r, u32 pid);
const struct np_task *replay_task(const struct replay *r, u32 pid, u32 tid);

const struct replay_difference *replay_difference(const struct replay *r);
struct replay_counts replay_counts(const struct replay *r);

void replay_free(struct replay *r);

#endif
