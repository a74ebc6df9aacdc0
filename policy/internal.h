/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of policy/ share among themselves. */
#ifndef NP_POLICY_INTERNAL_H
#define NP_POLICY_INTERNAL_H

#include <numaplace/policy.h>

/* np_record.state: what a record that begins now says of it. */
static inline u16 np_state(const struct np_ctx *c)
{
	return (c->task ? NP_STATE_TASK : 0) |
	       (c->proc->flags & NP_PROC_SHADOW ? NP_STATE_SHADOW : 0) |
	       (c->inst->ejected ? NP_STATE_EJECTED : 0);
}

/* Does nobody want to be shown records of @type? */
static inline bool np_muted(const struct np_ctx *c, enum np_record_type type)
{
	return c->m->mute >= (type >= NP_REC_FEED ? NP_MUTE_FEED : NP_MUTE_ALL);
}

/* np_event() without a record. */
static inline void np_tick(const struct np_ctx *c, enum np_counter counter,
			   u64 n)
{
	np_counter_add(&c->proc->counter[counter], n);
}

static inline void np_tick_reason(const struct np_ctx *c, enum np_reason why,
				  u32 pages)
{
	np_counter_add(&c->proc->reason[why], pages);
}

/* One undefined answer of the policy; too many and it is ejected. */
void np_strike(struct np_instance *inst);

/* The ping-pong guard: may the page at @addr, or the thread, not go to @nid? */
bool np_held(const struct np_ctx *c, u64 addr, int nid);
bool np_task_held(const struct np_ctx *c, int nid);
/* A page, or the thread, has moved. */
void np_note_move(const struct np_ctx *c, u64 addr, u32 pages, int from,
		  int to);
void np_note_came(const struct np_ctx *c, int from, int to);

/* Was the page last touched by a process that shares a NUMA group from now on? */
void np_group_meet(const struct np_ctx *c, const struct np_fault *f);
/* A process has ended a pass. */
void np_group_pass(const struct np_machine *m, struct np_group *g);
/* A fault on memory that is on @nid now, or will be soon. */
void np_stats_credit(struct np_stats *s, const struct np_fault *f, int nid);
void np_group_credit(const struct np_ctx *c, const struct np_fault *f, int nid);
/* It has a new address space, and shares nothing yet; its stats are empty. */
void np_group_reset(const struct np_machine *m, struct np_proc *p);

/* A task wish as the core lets it pass: known, offered, sensible; counted. */
struct np_task_ask np_clamp_task_ask(const struct np_ctx *c,
				     struct np_task_ask ask);

/* The parameters every policy has: [NP_P_OWN]. */
extern const struct np_param np_core_params[NP_P_OWN];

/* The policies of this tree. */
extern const struct np_policy_ops np_stock;
extern const struct np_policy_ops np_none;
extern const struct np_policy_ops np_app;
extern const struct np_policy_ops np_moron;
extern const struct np_policy_ops np_balancenuma;
extern const struct np_policy_ops np_autonuma;
extern const struct np_policy_ops np_schednuma;
extern const struct np_policy_ops np_adaptive;
extern const struct np_policy_ops np_numacore;
extern const struct np_policy_ops np_mainline;

#endif
