// SPDX-License-Identifier: GPL-2.0
/*
 * Life cycle: a policy takes over a process, processes and threads are born,
 * exec and end, and what a policy may wish for a task is clamped.
 */
#include <numaplace/policy.h>

#include "internal.h"

/* Another address space: what was learnt about the old one is void. */
static void new_space(struct np_proc *proc)
{
	if (proc->stats && !proc->group)
		np_stats_init(proc->stats, proc->stats->nr_nodes);
	if (proc->moves)
		memset(proc->moves->entry, 0,
		       sizeof(u64) << proc->moves->bits);
	proc->space++;
	np_scan_reset(proc);
}

void np_proc_start(struct np_proc *proc, struct np_instance *inst)
{
	proc->inst = inst;
	proc->home = NP_NO_NODE;
	memset(proc->slot, 0, sizeof(proc->slot));
	proc->generation++;
	new_space(proc);
}

/* A group is the application's, whatever the policy. */
static void new_owner(struct np_task *task)
{
	if (!task->bound)
		task->home = NP_NO_NODE;
	task->place_ns = 0;
	memset(task->slot, 0, sizeof(task->slot));
	task->generation = task->proc->generation;
	task->placed = task->proc->scan.passes;
	task->left = NP_NO_NODE;
	task->returns = 0;
}

/* Catch up with what its process went through: a new space, ended passes. */
static void refresh_stats(struct np_task *task)
{
	const struct np_proc *proc = task->proc;
	u32 passes = proc->scan.passes;

	if (task->space != proc->space)
		task->placed = passes;
	if (task->stats && task->space != proc->space)
		np_stats_init(task->stats, task->stats->nr_nodes);
	else if (task->stats)
		np_stats_decay(task->stats, passes - task->passes);
	task->space = proc->space;
	task->passes = passes;
}

/* Every fault asks, and mostly there is nothing to catch up with. */
void np_task_refresh(struct np_task *task)
{
	const struct np_proc *proc = task->proc;

	if (task->generation != proc->generation)
		new_owner(task);
	if (task->space != proc->space || task->passes != proc->scan.passes)
		refresh_stats(task);
}

static u32 can_for(const struct np_task_ask *ask)
{
	static const u32 can[] = {
		[NP_TASK_HOME] = NP_CAN_HOME,
		[NP_TASK_MOVE] = NP_CAN_MOVE,
		[NP_TASK_SWAP] = NP_CAN_SWAP,
		[NP_TASK_SWAP_HOMES] = NP_CAN_HOME,
	};

	return can[ask->verb] | (ask->settle ? NP_CAN_HOME : 0);
}

static bool cpu_exists(const struct np_machine *m, int cpu)
{
	return cpu >= 0 && cpu < m->nr_cpus && m->cpu_node[cpu] != NP_NO_NODE;
}

static enum np_reason check_move(const struct np_machine *m,
				 const struct np_task_ask *ask)
{
	if (!(m->node_flags[ask->nid] & NP_NODE_CPU))
		return NP_R_NO_CPU;
	if (ask->cpu == NP_NO_CPU)
		return NP_R_NONE;
	if (!cpu_exists(m, ask->cpu) || m->cpu_node[ask->cpu] != ask->nid)
		return NP_R_BAD_ANSWER;
	return NP_R_NONE;
}

/* Is it about another task? */
static bool is_swap(const struct np_task_ask *ask)
{
	return ask->verb == NP_TASK_SWAP || ask->verb == NP_TASK_SWAP_HOMES;
}

static enum np_reason check_place(const struct np_machine *m,
				  const struct np_task_ask *ask)
{
	if (is_swap(ask))
		return cpu_exists(m, ask->cpu) ? NP_R_NONE : NP_R_BAD_ANSWER;
	if (ask->nid < 0 || ask->nid >= m->nr_nodes)
		return NP_R_BAD_NODE;
	if (ask->verb == NP_TASK_MOVE)
		return check_move(m, ask);
	return np_node_has_memory(m, ask->nid) ? NP_R_NONE : NP_R_OFFLINE;
}

/* The node it would run on, or NP_NO_NODE. */
static int target(const struct np_machine *m, const struct np_task_ask *ask)
{
	if (ask->verb == NP_TASK_MOVE)
		return ask->nid;
	return ask->verb == NP_TASK_SWAP ? m->cpu_node[ask->cpu] : NP_NO_NODE;
}

/* Would the thread leave its group behind? */
static bool parts(const struct np_ctx *c, const struct np_task_ask *ask)
{
	int nid = target(c->m, ask);

	return c->task && c->task->bound && !ask->settle &&
	       nid != NP_NO_NODE && nid != c->task->home;
}

static enum np_reason check_ask(const struct np_ctx *c,
				const struct np_task_ask *ask)
{
	enum np_reason why;

	if (ask->verb > NP_TASK_SWAP_HOMES || ask->reason >= NP_NR_REASONS)
		return NP_R_BAD_ANSWER;
	if (can_for(ask) & ~c->inst->ops->need)
		return NP_R_BAD_ANSWER;
	why = check_place(c->m, ask);
	if (why == NP_R_NONE && parts(c, ask))
		return NP_R_GROUP;
	if (why == NP_R_NONE && np_task_held(c, target(c->m, ask)))
		why = NP_R_PINGPONG;
	return why;
}

static enum np_verdict verdict_of(const struct np_ctx *c,
				  enum np_reason refused)
{
	if (refused)
		return NP_REFUSED;
	return c->proc->flags & NP_PROC_SHADOW ? NP_SHADOW : NP_MOVE;
}

static void count_ask(const struct np_ctx *c, const struct np_task_ask *ask,
		      enum np_record_type type, enum np_reason refused)
{
	struct np_record rec = np_record_init(c, type);

	rec.asked = is_swap(ask) ? NP_NO_NODE : ask->nid;
	rec.dst = refused ? NP_NO_NODE : rec.asked;
	rec.cpu = ask->cpu;
	rec.flags = ask->verb;
	rec.value = ask->settle;
	rec.reason = refused ? refused : ask->reason;
	rec.verdict = verdict_of(c, refused);
	np_event(c, NP_C_TASK_ASKED, 1, &rec);
	if (refused)
		np_event(c, NP_C_TASK_REFUSED, 1, NULL);
}

static struct np_task_ask clamp_ask(const struct np_ctx *c,
				    struct np_task_ask ask,
				    enum np_record_type type)
{
	enum np_reason refused;

	if (ask.verb == NP_TASK_NONE)
		return ask;
	refused = check_ask(c, &ask);
	if (refused == NP_R_BAD_NODE || refused == NP_R_BAD_ANSWER)
		np_strike(c->inst);
	count_ask(c, &ask, type, refused);
	if (refused || (c->proc->flags & NP_PROC_SHADOW))
		ask.verb = NP_TASK_NONE;
	return ask;
}

struct np_task_ask np_clamp_task_ask(const struct np_ctx *c,
				     struct np_task_ask ask)
{
	return clamp_ask(c, ask, NP_REC_TASK);
}

static bool pulled(const struct np_ctx *c, int nid, enum np_reason why,
		   bool group)
{
	struct np_task_ask ask = {
		.verb = NP_TASK_HOME, .reason = why, .nid = nid,
		.cpu = NP_NO_CPU, .settle = group,
	};

	return clamp_ask(c, ask, NP_REC_PULLED).verb == NP_TASK_HOME;
}

bool np_pulled(const struct np_ctx *c, int nid, enum np_reason why)
{
	return pulled(c, nid, why, false);
}

bool np_pulled_group(const struct np_ctx *c, int nid, enum np_reason why)
{
	return pulled(c, nid, why, true);
}

/* What was looked for before is not looked for again by a replay. */
bool np_go_home(const struct np_ctx *c, const struct np_task_ask *ask)
{
	bool shadow = c->proc->flags & NP_PROC_SHADOW;

	count_ask(c, ask, NP_REC_BROUGHT, NP_R_NONE);
	return !shadow;
}

void np_came(const struct np_ctx *c, int from, int to)
{
	struct np_record rec;

	np_task_refresh(c->task);
	rec = np_record_init(c, NP_REC_CAME);
	rec.src = from;
	rec.dst = to;
	np_note_came(c, from, to);
	if (c->inst->ops->came && !(rec.state & NP_STATE_EJECTED))
		c->inst->ops->came(c, from, to);
	np_show(c, &rec);
}

void np_set_home(const struct np_ctx *c, int nid)
{
	struct np_record rec = np_record_init(c, NP_REC_HOME);

	if (c->task)
		c->task->home = nid;
	else
		c->proc->home = nid;
	rec.dst = nid;
	np_show(c, &rec);
}

void np_bind(const struct np_ctx *c, bool bound, int nid)
{
	struct np_record rec = np_record_init(c, NP_REC_BOUND);

	c->task->bound = bound;
	c->task->home = nid;
	rec.flags = bound;
	rec.dst = nid;
	np_show(c, &rec);
}

/* Behind the text of an instance there is nothing but zeros. */
_Static_assert(NP_SPEC_LEN % NP_SPEC_PIECE == 0, "pieces of a spec are whole");
_Static_assert(2 * sizeof(u64) == NP_SPEC_PIECE, "a piece is addr and value");

static void show_spec(const struct np_ctx *c)
{
	struct np_record rec = np_record_init(c, NP_REC_SPEC);
	const char *spec = c->inst->spec;
	size_t len = strlen(spec) + 1, at;

	for (at = 0; at < len; at += NP_SPEC_PIECE) {
		rec.pages = at;
		memcpy(&rec.addr, spec + at, sizeof(rec.addr));
		memcpy(&rec.value, spec + at + sizeof(rec.addr),
		       sizeof(rec.value));
		np_show(c, &rec);
	}
}

/* The record of a call that begins; it is shown when the policy was told. */
static struct np_record life(const struct np_ctx *c, enum np_record_type type,
			     u64 value, u8 flags)
{
	struct np_record rec = np_record_init(c, type);

	rec.value = value;
	rec.flags = flags;
	return rec;
}

/* May the policy be told? */
static bool tells(const struct np_record *rec)
{
	return !(rec->state & NP_STATE_EJECTED);
}

static struct np_record birth(const struct np_ctx *c,
			      const struct np_proc *parent)
{
	if (parent)
		return life(c, NP_REC_FORK, parent->pid, 0);
	return life(c, NP_REC_ATTACH, c->m->can, 0);
}

static bool place_due(const struct np_ctx *c)
{
	const struct np_task *t = c->task;

	return t->placed != c->proc->scan.passes ||
	       (t->place_ns && c->now_ns >= t->place_ns);
}

struct np_task_ask np_place(const struct np_ctx *c)
{
	struct np_task_ask ask = { 0 };
	struct np_record rec;

	if (!c->task || !place_due(c))
		return ask;
	c->task->placed = c->proc->scan.passes;
	c->task->place_ns = 0;
	rec = life(c, NP_REC_PLACE, 0, 0);
	if (tells(&rec) && c->inst->ops->place)
		c->inst->ops->place(c, &ask);
	np_show(c, &rec);
	return np_clamp_task_ask(c, ask);
}

struct np_task_ask np_fork(const struct np_ctx *c, const struct np_proc *parent)
{
	struct np_record rec = birth(c, parent);
	struct np_task_ask ask = { 0 };

	if (!parent)
		show_spec(c);
	if (tells(&rec) && c->inst->ops->fork)
		c->inst->ops->fork(c, parent, &ask);
	np_show(c, &rec);
	return np_clamp_task_ask(c, ask);
}

struct np_task_ask np_exec(const struct np_ctx *c)
{
	struct np_record rec = life(c, NP_REC_EXEC, 0, 0);
	struct np_task_ask ask = { 0 };

	if (c->proc->group)
		np_group_reset(c->m, c->proc);
	new_space(c->proc);
	if (c->task)
		np_task_refresh(c->task);
	if (tells(&rec) && c->inst->ops->exec)
		c->inst->ops->exec(c, &ask);
	np_show(c, &rec);
	return np_clamp_task_ask(c, ask);
}

void np_exit(const struct np_ctx *c, bool last)
{
	struct np_record rec = life(c, NP_REC_EXIT, 0, last);

	np_show(c, &rec);
	if (tells(&rec) && c->inst->ops->exit)
		c->inst->ops->exit(c, last);
}

void np_task_start(const struct np_ctx *c)
{
	struct np_record rec = life(c, NP_REC_THREAD, 0, 0);

	np_show(c, &rec);
}

void np_proc_end(const struct np_ctx *c)
{
	struct np_record rec = life(c, NP_REC_GONE, 0, 0);

	np_show(c, &rec);
}
