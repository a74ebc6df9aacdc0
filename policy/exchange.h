/* SPDX-License-Identifier: GPL-2.0 */
/*
 * With whom a thread should change places, or home nodes: a part that AutoNUMA
 * and balancenuma share.
 */
#ifndef NP_POLICY_EXCHANGE_H
#define NP_POLICY_EXCHANGE_H

#include <numaplace/policy.h>

/**
 * struct np_exchange - the best partner
 * @cpu:	where it runs, or NP_NO_CPU if there is none
 * @nid:	node of that CPU
 * @score:	what both gain, in 1/NP_SCALE of their faults
 */
struct np_exchange {
	s16 cpu;
	s16 nid;
	s32 score;
};

/**
 * np_best_exchange() - look at who runs on the CPUs of the other nodes
 *
 * AutoNUMA's rule: on its node the thread must have more of its faults than here
 * (this_diff), and more than the other one has there (other_diff); of all, the
 * largest sum wins.  Threads of one process are compared by their own faults,
 * those of two by their processes'.  Both conditions together keep the same two
 * from changing back.
 *
 * Needs NP_CAN_TASK_STATS, NP_CAN_PROC_STATS and NP_CAN_RUNNING.
 * Source: Andrea Arcangeli, AutoNUMA 27, 4 October 2012, sched_autonuma_balance().
 */
struct np_exchange np_best_exchange(const struct np_ctx *c, int here);

/* Have both the thread and its process most of their faults on @nid? */
bool np_is_settled(const struct np_task *t, int nid);

#endif
