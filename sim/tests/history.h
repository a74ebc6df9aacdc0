/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An invented history for tests: processes and threads that are born, fault, are
 * scanned, exec and end, in any order that a machine could have them, under the
 * policy code itself.  The same seed gives the same history.
 */
#ifndef SIM_TESTS_HISTORY_H
#define SIM_TESTS_HISTORY_H

#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_rogue;
extern const struct np_policy_ops np_test_chaos;
extern const struct np_policy_ops np_test_chaos_all;

/* The machine of all histories: three nodes, one of them without CPUs. */
#define HISTORY_NODES	3
#define HISTORY_CPUS	6
extern const struct np_machine history_machine;

/* The registry holds the built-in policies and those above. */
void history_policies(void);

/* What happened: numbered records, to be freed. */
struct history {
	struct np_record *rec;
	size_t nr, room;
};

/* history_invent() - @steps events of processes under @spec. */
void history_invent(struct history *h, const char *spec, unsigned int steps,
		    uint64_t seed);

void history_free(struct history *h);

/* history_random() - the next of a fixed sequence of numbers below @sides. */
uint32_t history_random(uint64_t *state, uint32_t sides);

#endif
