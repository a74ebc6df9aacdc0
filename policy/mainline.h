/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the simulated kernel's scanner (sim/stock/) needs to know of the mainline
 * rules; no decision depends on it.
 */
#ifndef NP_POLICY_MAINLINE_H
#define NP_POLICY_MAINLINE_H

#include <numaplace/policy.h>

extern const struct np_policy_ops np_mainline;

/* A thread's scan period in ms. */
u32 np_mainline_period(const struct np_instance *inst, const struct np_task *t);
/* When the process may be scanned next, in ns; may be written. */
u64 *np_mainline_next_scan(struct np_proc *p);

#endif
