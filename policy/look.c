// SPDX-License-Identifier: GPL-2.0
/*
 * What policies ask of their home.  Each answer is shown before the record of
 * the call it was asked in: a replay, which has no machine, is told by them.
 * The balance verb, which is about no process, is not replayed; what comes of it
 * is.
 */
#include <numaplace/policy.h>

#include "internal.h"

static bool is_watched(const struct np_ctx *c, enum np_record_type type)
{
	return c->proc && !np_muted(c, type);
}

/* Which thread it is: the process in the upper half. */
static u64 name_of(const struct np_task *t)
{
	return t ? (u64)t->proc->pid << 32 | t->tid : 0;
}

static void show_running(const struct np_ctx *c, int cpu,
			 const struct np_running *r)
{
	struct np_record rec = np_record_init(c, NP_REC_RUNNING);

	rec.cpu = cpu;
	rec.value = name_of(r->task);
	rec.flags = (r->idle ? NP_RUNNING_IDLE : 0) |
		    (r->movable ? NP_RUNNING_MOVABLE : 0) |
		    (r->homeless ? NP_RUNNING_HOMELESS : 0);
	np_show(c, &rec);
}

void np_running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	c->m->home->running(c, cpu, ret);
	if (is_watched(c, NP_REC_RUNNING))
		show_running(c, cpu, ret);
}

/* Two numbers at a time, in the order of struct np_load. */
static void show_load(const struct np_ctx *c, int nid, const struct np_load *l)
{
	const u64 pair[NP_LOAD_RECORDS][2] = {
		{ (u64)l->cpus << 32 | l->idle, l->cpu_load },
		{ l->away_load, l->free_pages },
		{ l->all_pages, l->foreign_pages },
	};
	struct np_record rec = np_record_init(c, NP_REC_LOAD);

	rec.dst = nid;
	for (rec.flags = 0; rec.flags < NP_LOAD_RECORDS; rec.flags++) {
		rec.addr = pair[rec.flags][0];
		rec.value = pair[rec.flags][1];
		np_show(c, &rec);
	}
}

void np_load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	c->m->home->load(c, nid, ret);
	if (is_watched(c, NP_REC_LOAD))
		show_load(c, nid, ret);
}

u64 np_node_word(const struct np_ctx *c, int nid, unsigned int i)
{
	u64 value = ((const u64 *)np_node_state(c, nid))[i];
	struct np_record rec;

	if (!is_watched(c, NP_REC_WORD))
		return value;
	rec = np_record_init(c, NP_REC_WORD);
	rec.dst = nid;
	rec.pages = i;
	rec.value = value;
	np_show(c, &rec);
	return value;
}

const struct np_task *np_peer(const struct np_ctx *c, int cpu,
			      struct np_running *running)
{
	const struct np_task *t;

	np_running(c, cpu, running);
	t = running->task;
	if (!t || t->proc->inst->ops != c->inst->ops ||
	    t->generation != t->proc->generation)
		return NULL;
	return t;
}
