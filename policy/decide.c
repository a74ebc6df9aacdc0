// SPDX-License-Identifier: GPL-2.0
/*
 * The decision pipeline: guard, ask, clamp, count and record.
 *
 * A policy only advises.  Every override is counted under its reason, and a
 * policy that keeps giving undefined answers is ejected: its processes are
 * then left to the stock kernel.
 *
 * All of it runs under the page-table lock: bounded, no allocation, no
 * division.
 */
#include <numaplace/policy.h>

#include "internal.h"

/* Why the policy is not even asked (@state will tell so), or NP_R_NONE. */
static enum np_reason guard_fault(const struct np_ctx *c, const struct np_fault *f,
				  u16 state)
{
	const struct np_instance *inst = c->inst;

	if (f->flags & NP_FAULT_POLICY)
		return NP_R_MEMPOLICY;
	if (state & NP_STATE_EJECTED)
		return NP_R_EJECTED;
	if (inst->ops->flags & NP_POLICY_STOCK)
		return NP_R_STOCK;
	if (!c->task && (inst->ops->task_size ||
			 (inst->ops->need & NP_CAN_TASK_STATS)))
		return NP_R_NO_STATE;
	return NP_R_NONE;
}

static struct np_decision ask(const struct np_ctx *c, const struct np_fault *f)
{
	if (!c->inst->ops->page)
		return np_stay(NP_R_OBSERVE);
	return c->inst->ops->page(c, f);
}

static struct np_decision refuse(struct np_decision d, enum np_reason why)
{
	d.verdict = NP_REFUSED;
	d.reason = why;
	d.nid = NP_NO_NODE;
	return d;
}

void np_strike(struct np_instance *inst)
{
	np_counter_add(&inst->strikes, 1);
	if (np_counter_read(&inst->strikes) >= NP_EJECT_STRIKES)
		inst->ejected = true;
}

static struct np_decision undefined_answer(const struct np_ctx *c,
					   struct np_decision d,
					   enum np_reason why)
{
	np_strike(c->inst);
	return refuse(d, why);
}

static bool is_move(const struct np_decision *d)
{
	return d->verdict == NP_MOVE || d->verdict == NP_QUEUE;
}

/* Is the answer one the contract defines, from this policy, on this home? */
static bool defined(const struct np_ctx *c, const struct np_decision *d)
{
	if (d->reason >= NP_NR_REASONS)
		return false;
	if (d->verdict == NP_QUEUE)
		return c->inst->ops->need & NP_CAN_QUEUE;
	return d->verdict == NP_STAY || d->verdict == NP_MOVE;
}

static struct np_decision clamp_move(const struct np_ctx *c,
				     const struct np_fault *f,
				     struct np_decision d)
{
	enum np_reason why;

	if (d.nid < 0 || d.nid >= c->m->nr_nodes)
		return undefined_answer(c, d, NP_R_BAD_NODE);
	if (d.nid == f->page_node)
		return np_stay(d.reason);
	if (!np_node_has_memory(c->m, d.nid))
		return refuse(d, NP_R_OFFLINE);
	if (np_held(c, f->addr, d.nid))
		return refuse(d, NP_R_PINGPONG);
	why = c->m->home->refusal(c, f, d.nid);
	if (why != NP_R_NONE)
		return refuse(d, why);
	if (c->proc->flags & NP_PROC_SHADOW)
		d.verdict = NP_SHADOW;
	return d;
}

static struct np_decision clamp_lazy(const struct np_ctx *c,
				     const struct np_fault *f,
				     struct np_decision d)
{
	enum np_reason why;

	np_tick(c, NP_C_MOVES_ASKED, f->pages);
	if (!np_node_has_memory(c->m, d.nid))
		return refuse(d, NP_R_OFFLINE);
	why = c->m->home->refusal(c, f, d.nid);
	return why == NP_R_NONE ? d : refuse(d, why);
}

/*
 * The application has asked for this move (MPOL_MF_LAZY).  No policy is asked
 * then, and none held: neither shadow mode nor the ping-pong guard is about it.
 */
static struct np_decision follow(const struct np_ctx *c, const struct np_fault *f)
{
	int nid = f->wanted;

	if (nid < 0 || nid >= c->m->nr_nodes || nid == f->page_node)
		return np_stay(NP_R_MEMPOLICY);
	return clamp_lazy(c, f, np_move(nid, NP_R_LAZY));
}

static struct np_decision clamp_answer(const struct np_ctx *c,
				const struct np_fault *f, struct np_decision d)
{
	d.asked = is_move(&d) ? d.nid : NP_NO_NODE;
	if (is_move(&d) && d.nid != f->page_node)
		np_tick(c, NP_C_MOVES_ASKED, f->pages);
	if (!defined(c, &d))
		return undefined_answer(c, d, NP_R_BAD_ANSWER);
	return is_move(&d) ? clamp_move(c, f, d) : np_stay(d.reason);
}

/* In place: a copy would wait for each of these stores. */
static void fault_record(struct np_record *rec, const struct np_ctx *c,
			 const struct np_fault *f, enum np_record_type type,
			 u16 state)
{
	*rec = np_record_init(c, type);
	rec->state = state;
	rec->addr = f->addr;
	rec->pages = f->pages;
	rec->cpu = f->cpu;
	rec->last_cpu = f->last_cpu;
	rec->src = f->page_node;
	rec->flags = f->flags;
	rec->node = f->node;
	rec->last_node = f->last_node;
}

static void put_decision(struct np_record *rec, const struct np_decision *d)
{
	rec->asked = d->asked;
	rec->dst = d->nid;
	rec->verdict = d->verdict;
	rec->reason = d->reason;
}

static void show_decision(const struct np_ctx *c, const struct np_fault *f,
			  const struct np_decision *d, u16 state)
{
	struct np_record rec;

	fault_record(&rec, c, f, NP_REC_PAGE, state);
	put_decision(&rec, d);
	np_show(c, &rec);
}

/* Most of the time nobody looks, and a record costs more than a decision. */
static void count(const struct np_ctx *c, const struct np_fault *f,
		  const struct np_decision *d, u16 state)
{
	np_tick(c, NP_C_FAULTS, 1);
	np_tick_reason(c, d->reason, f->pages);
	if (!np_muted(c, NP_REC_PAGE))
		show_decision(c, f, d, state);
	np_tick(c, NP_C_FAULT_PAGES, f->pages);
	if (f->node == f->page_node)
		np_tick(c, NP_C_LOCAL_FAULTS, 1);
	if (d->verdict == NP_REFUSED)
		np_tick(c, NP_C_REFUSED, f->pages);
	if (d->verdict == NP_SHADOW)
		np_tick(c, NP_C_SHADOWED, f->pages);
}

struct np_decision np_decide(const struct np_ctx *c, const struct np_fault *f)
{
	u16 state = np_state(c);
	enum np_reason why = guard_fault(c, f, state);
	struct np_decision d = np_stay(why);

	if (f->flags & NP_FAULT_LAZY)
		d = follow(c, f);
	else if (why == NP_R_NONE)
		d = clamp_answer(c, f, ask(c, f));
	count(c, f, &d, state);
	return d;
}

static enum np_record_type type_of(const struct np_outcome *o)
{
	if (o->moved)
		return NP_REC_MOVED;
	return o->failed ? NP_REC_FAILED : NP_REC_KEPT;
}

static void show_outcome(const struct np_ctx *c, const struct np_fault *f,
			 const struct np_decision *d,
			 const struct np_outcome *o, u16 state)
{
	struct np_record rec;

	fault_record(&rec, c, f, type_of(o), state);
	put_decision(&rec, d);
	rec.dst = o->node;
	rec.value = o->ns;
	if (rec.type == NP_REC_FAILED) {
		rec.verdict = NP_REFUSED;
		rec.reason = NP_R_MOVE_FAILED;
	}
	np_show(c, &rec);
}

static void count_outcome(const struct np_ctx *c, const struct np_fault *f,
			  const struct np_decision *d,
			  const struct np_outcome *o, u16 state)
{
	if (o->moved) {
		np_tick(c, NP_C_MOVED, f->pages);
		np_note_move(c, f->addr, f->pages, f->page_node, o->node);
	} else if (o->failed) {
		np_tick(c, NP_C_REFUSED, f->pages);
		np_tick_reason(c, NP_R_MOVE_FAILED, f->pages);
	}
	if (!np_muted(c, type_of(o)))
		show_outcome(c, f, d, o, state);
	np_tick(c, NP_C_FAULT_NS, o->ns);
}

bool np_paced(const struct np_ctx *c, np_counter_t *booked_ns, u32 pages)
{
	u64 booked = np_counter_read(booked_ns), now = c->now_ns;

	if (!c->inst->page_ns)
		return true;
	if (booked > now + NP_PACE_BURST_MS * 1000000ULL)
		return false;
	if (booked < now)
		booked = now;
	np_counter_set(booked_ns, booked + (u64)c->inst->page_ns * pages);
	return true;
}

void np_worked(const struct np_ctx *c, u64 addr, u32 pages, int from, int to,
	       enum np_reason refused)
{
	struct np_record rec = np_record_init(c, NP_REC_WORKED);

	rec.addr = addr;
	rec.pages = pages;
	rec.src = from;
	rec.asked = to;
	rec.dst = refused ? from : to;
	rec.verdict = refused ? NP_REFUSED : NP_MOVE;
	rec.reason = refused;
	np_event(c, refused ? NP_C_REFUSED : NP_C_MOVED, pages, &rec);
	if (!refused)
		np_note_move(c, addr, pages, from, to);
}

void np_stats_credit(struct np_stats *s, const struct np_fault *f, int nid)
{
	np_stats_add(s, nid, f->flags & NP_FAULT_PRIVATE, f->pages);
	np_stats_add_cpu(s, f->node, f->pages);
}

/* Faults are credited to the node the page is on afterwards, or will be soon. */
static void credit(const struct np_ctx *c, const struct np_fault *f,
		   const struct np_decision *d, const struct np_outcome *o)
{
	int nid = d->verdict == NP_QUEUE ? d->asked : o->node;

	if (c->task && c->task->stats)
		np_stats_credit(c->task->stats, f, nid);
	if (c->proc->group)
		np_group_credit(c, f, nid);
	else if (c->proc->stats)
		np_stats_credit(c->proc->stats, f, nid);
}

void np_account(const struct np_ctx *c, const struct np_fault *f,
		const struct np_decision *d, const struct np_outcome *o)
{
	u16 state = np_state(c);

	np_group_meet(c, f);
	credit(c, f, d, o);
	if (c->inst->ops->account && !(state & NP_STATE_EJECTED))
		c->inst->ops->account(c, f, o);
	count_outcome(c, f, d, o, state);
}
