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
 * @answer:	[@nr_answers] what the next call was told; from @next on it has
 *		not asked yet
 * @given:	the call has given its own record
 * @different:	@difference tells how
 */
struct replay {
	struct world w;
	struct np_home_ops home;
	struct replay_counts counts;
	struct replay_difference difference;
	struct np_record *answer;
	size_t nr_answers, next;
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

	if (rec->type == NP_REC_SPEC || np_is_answer(rec->type))
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
	       reason == NP_R_NO_MECHANISM || reason == NP_R_RATE;
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

/* ----------------------------------------------------------------- answers */

/* The next one, if it is to this question; else this is another policy. */
static const struct np_record *answer(struct replay *r, unsigned int type)
{
	const struct np_record *rec = r->next < r->nr_answers ?
		&r->answer[r->next] : NULL;

	if (rec && rec->type == type) {
		r->next++;
		return rec;
	}
	differ(r, NULL);
	return NULL;
}

static void load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	const struct np_record *a[NP_LOAD_RECORDS];

	for (int i = 0; i < NP_LOAD_RECORDS; i++)
		a[i] = answer(c->cookie, NP_REC_LOAD);
	*ret = (struct np_load){ 0 };
	if (!a[0] || !a[1] || !a[2])
		return;
	if (a[0]->dst != nid)
		differ(c->cookie, NULL);
	*ret = (struct np_load){
		.cpus = (u32)(a[0]->addr >> 32), .idle = (u32)a[0]->addr,
		.cpu_load = a[0]->value, .away_load = a[1]->addr,
		.free_pages = a[1]->value, .all_pages = a[2]->addr,
		.foreign_pages = a[2]->value,
	};
}

static struct np_task *task_named(struct replay *r, u64 name)
{
	struct world_proc *p = name ? world_proc(&r->w, (u32)(name >> 32)) :
				      NULL;
	struct world_task *t = p ? world_task_find(&r->w, p, (u32)name) : NULL;

	return t && t->known ? &t->t : NULL;
}

/* Who is managed there, and is not in the trace, is not known here. */
static void running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	struct replay *r = c->cookie;
	const struct np_record *a = answer(r, NP_REC_RUNNING);

	*ret = (struct np_running){ 0 };
	if (!a)
		return;
	if (a->cpu != cpu)
		differ(r, NULL);
	*ret = (struct np_running){
		.task = task_named(r, a->value),
		.idle = a->flags & NP_RUNNING_IDLE,
		.movable = a->flags & NP_RUNNING_MOVABLE,
		.homeless = a->flags & NP_RUNNING_HOMELESS,
	};
}

static int keep_answer(struct replay *r, const struct np_record *rec,
		       struct sim_error *e)
{
	struct np_record *more = realloc(r->answer, (r->nr_answers + 1) *
						    sizeof(*more));

	if (!more)
		return sim_fail(e, "out of memory");
	r->answer = more;
	r->answer[r->nr_answers++] = *rec;
	return 0;
}

/* What the policy has noted of nodes is put where it looks for it. */
static void take_words(struct world *w, const struct np_instance *inst)
{
	struct replay *r = (struct replay *)w;
	unsigned int words = np_node_words(inst->ops);
	size_t n = r->next;

	for (size_t i = n; i < r->nr_answers; i++) {
		const struct np_record *a = &r->answer[i];

		if (a->type != NP_REC_WORD)
			r->answer[n++] = *a;
		else if (a->pages < words)
			inst->node[(unsigned int)a->dst * words + a->pages] =
				a->value;
	}
	r->nr_answers = n;
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

/* It has given its record, and asked whatever it asked then. */
static void end_call(struct replay *r)
{
	if (!r->given || r->next < r->nr_answers)
		differ(r, NULL);
	r->next = r->nr_answers = 0;
}

/*
 * What an earlier call has given comes before the next call; what a call was
 * told comes before its own record.
 */
static int follow(struct replay *r, const struct np_record *rec,
		  struct sim_error *e)
{
	struct world_proc *p = world_proc(&r->w, rec->pid);
	int ret;

	r->w.now = rec;
	if (np_is_answer(rec->type))
		return keep_answer(r, rec, e);
	if (p && p->nr_made) {
		compare_made(r, &p->made[0]);
		memmove(p->made, p->made + 1,
			--p->nr_made * sizeof(p->made[0]));
		return 0;
	}
	r->given = false;
	ret = call_make(&r->w, rec, &ops, e);
	if (ret < 0)
		return -1;
	if (rec->type != NP_REC_SPEC)
		end_call(r);
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
	n->asks += rec->type == NP_REC_TASK || rec->type == NP_REC_PULLED ||
		   rec->type == NP_REC_BROUGHT;
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
	r->home = (struct np_home_ops){
		.refusal = refusal, .trace = trace,
		.load = load, .running = running,
		.group_new = world_group_new, .group_free = world_group_free,
	};
	r->w.prepare = take_words;
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
	free(r->answer);
	free(r);
}
