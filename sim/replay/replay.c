// SPDX-License-Identifier: GPL-2.0
/*
 * A call gives one record, which is the one that stands for it in the trace, and
 * perhaps more: the end of a window, a wish.  Those are kept with the process
 * until the trace has come to them: records of other processes may be between.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "calls.h"

/**
 * struct replay - one replay; the world comes first, as np_ctx.cookie is it
 * @there:	replay_ask()
 * @given:	the call has given its own record
 * @different:	@difference tells how
 */
struct replay {
	struct world w;
	struct np_home_ops home;
	struct replay_counts counts;
	struct replay_difference difference;
	const struct np_ctx *there;
	bool given;
	bool different;
};

/* -------------------------------------------------------------- comparison */

static void differ(struct replay *r, const struct np_record *here)
{
	if (r->different)
		return;
	r->different = true;
	r->difference.recorded = *r->w.now;
	r->difference.nothing = !here;
	if (here)
		r->difference.here = *here;
}

/* Every byte counts, but for the place in the file. */
static void compare(struct replay *r, const struct np_record *here)
{
	struct np_record copy = *here;

	copy.seq = r->w.now->seq;
	if (memcmp(&copy, r->w.now, sizeof(copy)))
		differ(r, here);
}

/* Letters of the policy's name are what it was made of. */
static void trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct replay *r = c->cookie;
	struct world_proc *p = (struct world_proc *)c->proc;

	if (rec->type == NP_REC_SPEC)
		return;
	if (!r->given)
		compare(r, rec);
	else if (p->nr_made < WORLD_MADE)
		p->made[p->nr_made++] = *rec;
	r->given = true;
}

/* What the kernel found out about the machine is not to be found out here. */
static bool home_says(unsigned int reason)
{
	return (reason >= NP_R_OFFLINE && reason <= NP_R_DIRTY_FILE) ||
	       reason == NP_R_NO_MECHANISM;
}

static enum np_reason refusal(const struct np_ctx *c, const struct np_fault *f,
			      int nid)
{
	const struct replay *r = c->cookie;
	const struct np_record *rec = r->w.now;

	(void)f;
	if (rec->verdict == NP_REFUSED && rec->asked == nid &&
	    home_says(rec->reason))
		return rec->reason;
	return NP_R_NONE;
}

/* ----------------------------------------------------- beside a simulation */

static void load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	const struct replay *r = c->cookie;

	r->there->m->home->load(r->there, nid, ret);
}

/* The same thread here, at home where it is there. */
static struct np_task *same_task(struct replay *r, const struct np_task *there)
{
	struct np_task *t = (struct np_task *)
		replay_task(r, there->proc->pid, there->tid);

	if (t)
		t->home = there->home;
	return t;
}

static void running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	struct replay *r = c->cookie;

	r->there->m->home->running(r->there, cpu, ret);
	if (ret->task)
		ret->task = same_task(r, ret->task);
}

void replay_ask(struct replay *r, const struct np_ctx *there)
{
	r->there = there;
	r->home.load = load;
	r->home.running = running;
	r->w.more = NP_CAN_LOAD | NP_CAN_RUNNING | NP_CAN_BALANCE;
}

/* Before a call; a wish that it comes with is not fulfilled yet there. */
static void ask_homes(struct replay *r)
{
	struct world_proc *p;

	if (!r->there)
		return;
	p = world_proc(&r->w, r->there->proc->pid);
	if (p)
		p->p.home = r->there->proc->home;
	if (r->there->task)
		same_task(r, r->there->task);
}

/* ------------------------------------------------------------------- calls */

static int page(struct call *k, struct sim_error *e)
{
	struct world_task *t = k->task;

	(void)e;
	t->fault = call_fault(k->rec);
	t->decision = np_decide(&k->c, &t->fault);
	t->had_state = k->c.task;
	t->decided = true;
	return 0;
}

/* As the kernel knows them when it has kept neither sample nor decision. */
static void reconstruct(const struct np_record *rec, struct np_fault *f,
			struct np_decision *d)
{
	*f = call_fault(rec);
	*d = (struct np_decision){
		rec->verdict, rec->reason, rec->asked, rec->dst,
	};
}

/* A worker may tell of a page long after the thread had other faults. */
static bool is_pending(const struct call *k)
{
	const struct world_task *t = k->task;

	return t->decided && t->had_state && t->fault.addr == k->rec->addr;
}

static int outcome(struct call *k, struct sim_error *e)
{
	struct np_outcome o = {
		.node = k->rec->dst,
		.moved = k->rec->type == NP_REC_MOVED,
		.failed = k->rec->type == NP_REC_FAILED,
		.ns = k->rec->value,
	};
	struct np_decision d;
	struct np_fault f;

	(void)e;
	if (is_pending(k)) {
		f = k->task->fault;
		d = k->task->decision;
	} else {
		reconstruct(k->rec, &f, &d);
	}
	k->task->decided = false;
	np_account(&k->c, &f, &d, &o);
	return 0;
}

static int worked(struct call *k, struct sim_error *e)
{
	const struct np_record *rec = k->rec;

	(void)e;
	np_worked(&k->c, rec->addr, rec->pages, rec->src, rec->asked,
		  rec->reason);
	return 0;
}

static const struct call_ops ops = {
	.page = page, .outcome = outcome, .worked = worked,
};

/*
 * Others may have got the policy ejected in the middle of the call, whose second
 * record then is the first that says so.
 */
static void compare_made(struct replay *r, struct np_record *here)
{
	here->state |= r->w.now->state & NP_STATE_EJECTED;
	compare(r, here);
}

/* What an earlier call has given comes before the next call. */
static int follow(struct replay *r, const struct np_record *rec,
		  struct sim_error *e)
{
	struct world_proc *p = world_proc(&r->w, rec->pid);
	int ret;

	if (p && p->nr_made) {
		r->w.now = rec;
		compare_made(r, &p->made[0]);
		memmove(p->made, p->made + 1,
			--p->nr_made * sizeof(p->made[0]));
		return 0;
	}
	r->given = false;
	ask_homes(r);
	ret = call_make(&r->w, rec, &ops, e);
	if (ret < 0)
		return -1;
	if (!r->given && rec->type != NP_REC_SPEC)
		differ(r, NULL);
	return 0;
}

/* -------------------------------------------------------------------- life */

static bool has_moved(const struct np_record *rec)
{
	return rec->type == NP_REC_MOVED ||
	       (rec->type == NP_REC_WORKED && rec->verdict == NP_MOVE);
}

static void count(struct replay *r, const struct np_record *rec)
{
	struct replay_counts *n = &r->counts;

	if (!n->records++)
		n->first_ns = rec->time_ns;
	n->last_ns = rec->time_ns;
	n->decisions += rec->type == NP_REC_PAGE;
	n->moved += has_moved(rec) ? rec->pages : 0;
	n->asks += rec->type == NP_REC_TASK || rec->type == NP_REC_PULLED;
	n->passes += rec->type == NP_REC_PASS;
}

int replay_record(struct replay *r, const struct np_record *rec,
		  struct sim_error *e)
{
	if (!r->different && follow(r, rec, e))
		return -1;
	if (r->different)
		return REPLAY_DIFFERS;
	count(r, rec);
	return 0;
}

struct replay *replay_new(const struct np_machine *m, struct sim_error *e)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r) {
		sim_fail(e, "out of memory");
		return NULL;
	}
	r->home = (struct np_home_ops){ .refusal = refusal, .trace = trace };
	r->w.m = *m;
	r->w.m.home = &r->home;
	return r;
}

const struct replay_difference *replay_difference(const struct replay *r)
{
	return r->different ? &r->difference : NULL;
}

const struct np_proc *replay_proc(const struct replay *r, u32 pid)
{
	const struct world_proc *p = world_proc(&r->w, pid);

	return p && p->policy ? &p->p : NULL;
}

const struct np_task *replay_task(const struct replay *r, u32 pid, u32 tid)
{
	const struct world_proc *p = world_proc(&r->w, pid);
	const struct world_task *t = p ? world_task_find(&r->w, p, tid) : NULL;

	return t && t->known ? &t->t : NULL;
}

struct replay_counts replay_counts(const struct replay *r)
{
	struct replay_counts n = r->counts;

	n.processes = r->w.procs_seen;
	n.threads = r->w.tasks_seen;
	return n;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	world_free(&r->w);
	free(r);
}
