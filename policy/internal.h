/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of policy/ share among themselves. */
#ifndef NP_POLICY_INTERNAL_H
#define NP_POLICY_INTERNAL_H

#include <numaplace/policy.h>

/* One undefined answer of the policy; too many and it is ejected. */
void np_strike(struct np_instance *inst);

/* A task wish as the core lets it pass: known, offered, sensible; counted. */
struct np_task_ask np_clamp_task_ask(const struct np_ctx *c,
				     struct np_task_ask ask);

/* The parameters every policy has: [NP_P_OWN]. */
extern const struct np_param np_core_params[NP_P_OWN];

/* The policies of this tree. */
extern const struct np_policy_ops np_stock;
extern const struct np_policy_ops np_none;
extern const struct np_policy_ops np_moron;

#endif
