// SPDX-License-Identifier: GPL-2.0
#include "calls.h"

#include <stdlib.h>
#include <string.h>

struct np_fault call_fault(const struct np_record *rec)
{
	return (struct np_fault){
		.addr = rec->addr,
		.pages = rec->pages,
		.cpu = rec->cpu,
		.node = rec->node,
		.page_node = rec->src,
		.last_cpu = rec->last_cpu,
		.last_node = rec->last_node,
		.flags = rec->flags,
		.wanted = rec->asked,
	};
}

static int senseless(const struct np_record *rec, const char *why,
		     struct sim_error *e)
{
	return sim_fail(e, "record %llu makes no sense: %s",
			(unsigned long long)rec->seq, why);
}

/* ------------------------------------------------------------ surroundings */

static struct np_ctx surroundings(const struct call *k)
{
	const struct world_task *t = k->task;

	if (k->w->prepare)
		k->w->prepare(k->w, &k->proc->policy->i);
	return (struct np_ctx){
		.m = &k->w->m,
		.inst = &k->proc->policy->i,
		.proc = &k->proc->p,
		.task = t && t->known ? (struct np_task *)&t->t : NULL,
		.tid = k->rec->tid,
		.cpu = k->rec->cpu,
		.now_ns = k->rec->time_ns,
		.cookie = k->w,
	};
}

/*
 * Other processes with the same policy may get it ejected at any moment: whether
 * that was before this call is for the record to say.  A policy that is tried
 * out instead has a fate of its own.
 */
static void set_state(struct call *k)
{
	struct np_instance *i = &k->proc->policy->i;

	if (!k->w->spec)
		i->ejected = k->rec->state & NP_STATE_EJECTED;
}

static bool is_of_process(const struct np_record *rec)
{
	switch (rec->type) {
	case NP_REC_GONE:
	case NP_REC_WORKED:
	case NP_REC_PULLED:
		return true;
	case NP_REC_HOME:
		return !(rec->state & NP_STATE_TASK);
	default:
		return false;
	}
}

/* Others do it to the thread, whatever it is about. */
static bool is_from_outside(const struct np_record *rec)
{
	return rec->type == NP_REC_HOME || rec->type == NP_REC_BROUGHT ||
	       rec->type == NP_REC_BOUND;
}

/* After an exec the thread has another number. */
static int set_task(struct call *k, struct sim_error *e)
{
	if (is_of_process(k->rec))
		return 0;
	if (k->rec->type == NP_REC_EXEC)
		world_exec(k->w, k->proc, k->rec->tid);
	k->task = world_task(k->w, k->proc, k->rec->tid);
	if (!k->task)
		return sim_fail(e, "out of memory");
	if (!(k->rec->state & NP_STATE_TASK))
		return 0;
	if (world_task_know(k->w, k->task, e))
		return -1;
	if (!is_from_outside(k->rec))
		np_task_refresh(&k->task->t);
	return 0;
}

/* Calls without state of the thread do not look at it, even if there is one. */
static int prepare(struct call *k, struct sim_error *e)
{
	if (!k->proc || !k->proc->policy)
		return senseless(k->rec, "the process is not managed", e);
	set_state(k);
	if (set_task(k, e))
		return -1;
	k->c = surroundings(k);
	if (!(k->rec->state & NP_STATE_TASK))
		k->c.task = NULL;
	return 0;
}

/*
 * What a home would do about the wish of a policy that is tried out; of one that
 * was recorded the trace tells.
 */
static void comply(struct call *k, const struct np_task_ask *ask)
{
	if (ask->verb != NP_TASK_HOME || !k->w->spec)
		return;
	if (k->c.task)
		k->c.task->home = ask->nid;
	else
		k->c.proc->home = ask->nid;
}

static int homed(struct call *k, struct sim_error *e)
{
	(void)e;
	if (!k->w->spec)
		np_set_home(&k->c, k->rec->dst);
	return 0;
}

static int bound(struct call *k, struct sim_error *e)
{
	if (!k->c.task)
		return senseless(k->rec, "a thread without state is bound", e);
	np_bind(&k->c, k->rec->flags, k->rec->dst);
	return 0;
}

static int brought(struct call *k, struct sim_error *e)
{
	const struct np_record *rec = k->rec;
	struct np_task_ask ask = {
		.verb = rec->flags, .reason = rec->reason, .cpu = rec->cpu,
		.nid = (s16)(k->c.task ? np_home_of(k->c.task) : NP_NO_NODE),
	};

	(void)e;
	if (!k->w->spec)
		np_go_home(&k->c, &ask);
	return 0;
}

static int came(struct call *k, struct sim_error *e)
{
	(void)e;
	np_came(&k->c, k->rec->src, k->rec->dst);
	return 0;
}

/* A policy that is tried out forms no groups. */
static int joined(struct call *k, struct sim_error *e)
{
	struct world_proc *other = world_proc(k->w, (u32)k->rec->value);

	if (!k->c.proc->group)
		return 0;
	if (!other || !np_group_join(&k->c, &other->p))
		return senseless(k->rec, "there is no such group", e);
	return 0;
}

static int pulled(struct call *k, struct sim_error *e)
{
	int nid = k->rec->asked;

	(void)e;
	/* What came of it for a group's threads, they tell themselves. */
	if (k->rec->value) {
		np_pulled_group(&k->c, nid, k->rec->reason);
		return 0;
	}
	if (!np_pulled(&k->c, nid, k->rec->reason))
		return 0;
	k->c.proc->home = (s16)nid;
	for (struct world_task *t = k->proc->tasks; t; t = t->sibling)
		if (!t->t.bound)
			t->t.home = (s16)nid;
	return 0;
}

/* -------------------------------------------------------------------- scan */

/* The home had memory for it. */
static int remember_moves(struct world_proc *p, u32 bits, struct sim_error *e)
{
	if (p->p.moves)
		return 0;
	p->p.moves = calloc(1, np_moves_bytes(bits));
	if (!p->p.moves)
		return sim_fail(e, "out of memory");
	p->p.moves->bits = bits;
	return 0;
}

static int plan(struct call *k, struct sim_error *e)
{
	if (k->rec->flags && remember_moves(k->proc, k->rec->flags, e))
		return -1;
	k->proc->plan = np_scan_begin(&k->c);
	return 0;
}

static int marked(struct call *k, struct sim_error *e)
{
	(void)e;
	k->proc->p.scan.offset = k->rec->addr;
	np_scan_marked(&k->c, (u32)k->rec->value, k->rec->pages);
	return 0;
}

static int scanned(struct call *k, struct sim_error *e)
{
	(void)e;
	np_scan_end(&k->c, &k->proc->plan, k->rec->flags, k->rec->value);
	return 0;
}

static int pass(struct call *k, struct sim_error *e)
{
	struct np_task_ask ask = np_scan_pass(&k->c);

	(void)e;
	comply(k, &ask);
	return 0;
}

static int place(struct call *k, struct sim_error *e)
{
	struct np_task_ask ask = np_place(&k->c);

	(void)e;
	comply(k, &ask);
	return 0;
}

/* -------------------------------------------------------------------- life */

static int thread(struct call *k, struct sim_error *e)
{
	(void)e;
	np_task_start(&k->c);
	return 0;
}

static int exec(struct call *k, struct sim_error *e)
{
	struct np_task_ask ask;

	(void)e;
	ask = np_exec(&k->c);
	comply(k, &ask);
	return 0;
}

static int thread_exit(struct call *k, struct sim_error *e)
{
	(void)e;
	np_exit(&k->c, k->rec->flags);
	world_task_end(k->w, k->task);
	return 0;
}

static int gone(struct call *k, struct sim_error *e)
{
	(void)e;
	np_proc_end(&k->c);
	world_proc_end(k->w, k->proc);
	return 0;
}

/* ------------------------------------------------------------------- birth */

static struct world_proc *proc_of(struct world *w, const struct np_record *rec,
				  struct sim_error *e)
{
	struct world_proc *p = world_proc(w, rec->pid);

	if (!p)
		p = world_proc_add(w, rec->pid);
	if (!p)
		sim_fail(e, "out of memory");
	return p;
}

/* Letters of a name come in order; zeros follow its end. */
static int spell(struct world *w, const struct np_record *rec,
		 struct sim_error *e)
{
	struct world_proc *p = proc_of(w, rec, e);
	char *piece;

	if (!p)
		return -1;
	if (rec->pages == 0)
		p->spec_len = 0;
	if (rec->pages != p->spec_len ||
	    memchr(p->spec, '\0', p->spec_len))
		return senseless(rec, "letters of a policy's name", e);
	piece = p->spec + p->spec_len;
	memcpy(piece, &rec->addr, sizeof(rec->addr));
	memcpy(piece + sizeof(rec->addr), &rec->value, sizeof(rec->value));
	p->spec_len += NP_SPEC_PIECE;
	return 0;
}

static void be_born(struct call *k, const struct np_proc *parent)
{
	struct np_task_ask ask;

	set_state(k);
	k->c = surroundings(k);
	ask = np_fork(&k->c, parent);
	comply(k, &ask);
}

static int attach(struct world *w, const struct np_record *rec,
		  struct sim_error *e)
{
	struct call k = { .w = w, .rec = rec, .proc = proc_of(w, rec, e) };

	w->m.can = (u32)rec->value;
	if (!k.proc || world_take_over(w, k.proc, e))
		return -1;
	be_born(&k, NULL);
	return 0;
}

static int birth(struct world *w, const struct np_record *rec,
		 struct sim_error *e)
{
	const struct world_proc *parent = world_proc(w, (u32)rec->value);
	struct call k = { .w = w, .rec = rec };

	if (!parent || !parent->policy)
		return senseless(rec, "the parent is not managed", e);
	if (world_proc(w, rec->pid))
		return senseless(rec, "this process is there already", e);
	k.proc = proc_of(w, rec, e);
	if (!k.proc || world_inherit(w, k.proc, parent, e))
		return -1;
	be_born(&k, &parent->p);
	return 0;
}

/* --------------------------------------------------------------------- all */

typedef int (*call_fn)(struct call *k, struct sim_error *e);

static call_fn find_call(const struct call_ops *ops, unsigned int type)
{
	switch (type) {
	case NP_REC_PAGE:	return ops->page;
	case NP_REC_MOVED:
	case NP_REC_FAILED:
	case NP_REC_KEPT:	return ops->outcome;
	case NP_REC_WORKED:	return ops->worked;
	case NP_REC_PULLED:	return pulled;
	case NP_REC_BROUGHT:	return brought;
	case NP_REC_PASS:	return pass;
	case NP_REC_PLAN:	return plan;
	case NP_REC_MARKED:	return marked;
	case NP_REC_SCANNED:	return scanned;
	case NP_REC_THREAD:	return thread;
	case NP_REC_EXEC:	return exec;
	case NP_REC_EXIT:	return thread_exit;
	case NP_REC_GONE:	return gone;
	case NP_REC_PLACE:	return place;
	case NP_REC_HOME:	return homed;
	case NP_REC_CAME:	return came;
	case NP_REC_JOINED:	return joined;
	case NP_REC_BOUND:	return bound;
	default:		return NULL;
	}
}

static int make(struct world *w, const struct np_record *rec, call_fn fn,
		struct sim_error *e)
{
	struct call k = {
		.w = w, .rec = rec, .proc = world_proc(w, rec->pid),
	};

	return prepare(&k, e) ? -1 : fn(&k, e);
}

int call_make(struct world *w, const struct np_record *rec,
	      const struct call_ops *ops, struct sim_error *e)
{
	call_fn fn = find_call(ops, rec->type);

	w->now = rec;
	if (fn)
		return make(w, rec, fn, e);
	if (rec->type == NP_REC_SPEC)
		return spell(w, rec, e);
	if (rec->type == NP_REC_ATTACH)
		return attach(w, rec, e);
	if (rec->type == NP_REC_FORK)
		return birth(w, rec, e);
	return CALL_NONE;
}
