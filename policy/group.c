// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA groups: processes that share memory, found from their shared faults, as
 * mainline does since 3.13 (task_numa_group()).
 *
 * With NP_CAN_GROUPS the statistics of a process are those of its group.  At
 * first it is alone in one of its own.  When it meets a page in a shared, writable
 * mapping that a thread of another process touched last, which still runs on the
 * CPU it did that from, the smaller group's process goes over to the larger: if
 * they are alike, the one with the larger pid, and the others follow at their own
 * faults.  What a lone process has learnt it brings along; of what was learnt
 * in company nobody can tell whose it was.
 *
 * Statistics have several writers now, which the home keeps apart.  Readers take
 * what they find, see stats.c.
 */
#include <numaplace/policy.h>

#include "internal.h"

_Static_assert(NP_NO_STATS >= sizeof(struct np_stats) + sizeof(struct np_stats_slot),
	       "statistics of no node have a slot");

struct np_group *np_group_new(const struct np_machine *m, u32 id)
{
	struct np_group *g = m->home->group_new(m);

	if (!g)
		return NULL;
	g->id = id;
	g->procs = 1;
	g->passes = 0;
	np_stats_init(&g->stats, m->nr_nodes);
	return g;
}

void np_group_set(struct np_proc *p, struct np_group *g)
{
	p->group = g;
	p->stats = &g->stats;
}

static void hold(const struct np_machine *m, struct np_group *g)
{
	if (m->home->group_hold)
		m->home->group_hold(g);
}

static void release(const struct np_machine *m, struct np_group *g)
{
	if (m->home->group_release)
		m->home->group_release(g);
}

static void leave(const struct np_machine *m, struct np_group *g)
{
	bool last;

	hold(m, g);
	last = !--g->procs;
	release(m, g);
	if (last)
		m->home->group_free(g);
}

void np_group_leave(const struct np_machine *m, struct np_proc *p)
{
	struct np_group *g = p->group;

	if (!g)
		return;
	p->group = NULL;
	memset(p->no_stats, 0, sizeof(p->no_stats));
	p->stats = (struct np_stats *)p->no_stats;
	leave(m, g);
}

static void add_slot(struct np_stats *to, const struct np_stats_slot *from)
{
	np_stats_add(to, from->nid, false, from->count[NP_STATS_SHARED]);
	np_stats_add(to, from->nid, true, from->count[NP_STATS_PRIVATE]);
	np_stats_add_cpu(to, from->nid, from->count[NP_STATS_CPU]);
}

/* @brought: or NULL.  Return: false if its last process has just left. */
static bool enter(const struct np_machine *m, struct np_group *g,
		  const struct np_stats *brought)
{
	bool there;
	u32 i;

	hold(m, g);
	there = g->procs;
	g->procs += there;
	for (i = 0; there && brought && i <= brought->mask; i++)
		add_slot(&g->stats, &brought->slot[i]);
	release(m, g);
	return there;
}

static void tell(const struct np_ctx *c,
		 void (*verb)(const struct np_ctx *c, u32 id), u32 id)
{
	if (verb && !c->inst->ejected)
		verb(c, id);
}

bool np_group_join(const struct np_ctx *c, const struct np_proc *other)
{
	struct np_record rec = np_record_init(c, NP_REC_JOINED);
	struct np_proc *p = c->proc;
	struct np_group *mine = p->group, *g = other->group;

	if (!g || g == mine)
		return false;
	if (!enter(c->m, g, mine->procs == 1 ? &mine->stats : NULL))
		return false;
	rec.value = other->pid;
	tell(c, c->inst->ops->group_leave, mine->id);
	np_group_set(p, g);
	leave(c->m, mine);
	np_show(c, &rec);
	tell(c, c->inst->ops->group_join, g->id);
	return true;
}

static bool goes_over(const struct np_proc *p, const struct np_group *theirs,
		      const struct np_proc *other)
{
	if (p->group->procs != theirs->procs)
		return p->group->procs < theirs->procs;
	return other->pid < p->pid;
}

#define MEETS (NP_FAULT_SHARED | NP_FAULT_WRITABLE)

void np_group_meet(const struct np_ctx *c, const struct np_fault *f)
{
	const u8 told = MEETS | NP_FAULT_FIRST | NP_FAULT_PRIVATE;
	struct np_proc *p = c->proc, *other;
	struct np_group *theirs;

	if (!p->group || (f->flags & told) != MEETS || !c->m->home->sharer)
		return;
	other = c->m->home->sharer(c, f);
	theirs = other ? other->group : NULL;
	if (theirs && theirs != p->group && goes_over(p, theirs, other))
		np_group_join(c, other);
}

/* Return: is it alone in it? */
static bool empty_if_alone(const struct np_machine *m, struct np_group *g)
{
	bool alone;

	hold(m, g);
	alone = g->procs == 1;
	if (alone)
		np_stats_init(&g->stats, g->stats.nr_nodes);
	release(m, g);
	return alone;
}

/* Without memory for another one it stays. */
void np_group_reset(const struct np_machine *m, struct np_proc *p)
{
	struct np_group *old = p->group, *own;

	if (empty_if_alone(m, old))
		return;
	own = np_group_new(m, p->pid);
	if (!own)
		return;
	np_group_set(p, own);
	leave(m, old);
}

void np_group_credit(const struct np_ctx *c, const struct np_fault *f, int nid)
{
	struct np_group *g = c->proc->group;

	hold(c->m, g);
	np_stats_credit(&g->stats, f, nid);
	release(c->m, g);
}

/* A pass of each process is one of the group. */
void np_group_pass(const struct np_machine *m, struct np_group *g)
{
	hold(m, g);
	if (++g->passes >= g->procs) {
		np_stats_halve(&g->stats);
		g->passes = 0;
	}
	release(m, g);
}
