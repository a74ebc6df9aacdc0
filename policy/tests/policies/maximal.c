// SPDX-License-Identifier: GPL-2.0
/*
 * maximal: every verb, every parameter feature, full use of the slots.
 *
 * Each verb counts its calls in the process slot and, where the thread has
 * state, in the task slot.  The number of a verb is its place in struct
 * np_policy_ops, so tests find the counts without a header of their own:
 *
 *	((u32 *)proc->slot)[offsetof(struct np_policy_ops, VERB) / sizeof(void *)]
 *
 * np_test_maximal needs only statistics, which the kernel home offers today.
 * np_test_maximal_all needs everything the contract knows.
 */
#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_maximal_all;

#define NR_VERBS	13
#define VERB(name)	(offsetof(struct np_policy_ops, name) / sizeof(void *))

struct calls {
	u32 nr[NR_VERBS];
};

/* Both slots are filled to the brim: a byte less and the core would be lying. */
struct task_state {
	struct calls calls;
	u32 fill[(NP_TASK_SLOT - sizeof(struct calls)) / 4];
};

struct proc_state {
	struct calls calls;
	u32 fill[(NP_PROC_SLOT - sizeof(struct calls)) / 4];
};

NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);
NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);

enum { P_MOVING, P_BIAS };

static const struct np_param params[] = {
	[P_MOVING] = {
		"moving", "", 1, 0, 1,
		"1: pages follow their accesses, 0: they stay",
		"test",
	},
	[P_BIAS] = {
		"bias", "%", -5, -100, 100,
		"a number with a sign and a unit, otherwise unused",
		"test",
	},
};

static void touch(const struct np_ctx *c, unsigned int verb)
{
	struct proc_state *proc = (void *)c->proc->slot;
	struct task_state *task;

	proc->calls.nr[verb]++;
	proc->fill[sizeof(proc->fill) / 4 - 1] = ~0U;
	if (!c->task)
		return;
	task = (void *)c->task->slot;
	task->calls.nr[verb]++;
	task->fill[sizeof(task->fill) / 4 - 1] = ~0U;
}

static bool stays(const struct np_ctx *c, const struct np_fault *f)
{
	return f->node == f->page_node || !np_own_param(c, P_MOVING);
}

static enum np_reason why_stays(const struct np_fault *f)
{
	return f->node == f->page_node ? NP_R_LOCAL : NP_R_OBSERVE;
}

static struct np_decision maximal_page(const struct np_ctx *c,
				       const struct np_fault *f)
{
	touch(c, VERB(page));
	if (stays(c, f))
		return np_stay(why_stays(f));
	return np_move(f->node, NP_R_REMOTE_REF);
}

static struct np_decision maximal_page_queue(const struct np_ctx *c,
					     const struct np_fault *f)
{
	touch(c, VERB(page));
	if (stays(c, f))
		return np_stay(why_stays(f));
	return np_queue(f->node, NP_R_REMOTE_REF);
}

static void maximal_account(const struct np_ctx *c, const struct np_fault *f,
			    const struct np_outcome *o)
{
	(void)f;
	(void)o;
	touch(c, VERB(account));
}

static void maximal_scan_plan(const struct np_ctx *c,
			      const struct np_scan *scan,
			      struct np_scan_plan *plan)
{
	(void)scan;
	(void)plan;
	touch(c, VERB(scan_plan));
}

static void maximal_pass_done(const struct np_ctx *c,
			      const struct np_scan *scan,
			      struct np_task_ask *ask)
{
	(void)scan;
	(void)ask;
	touch(c, VERB(pass_done));
}

static void maximal_came(const struct np_ctx *c, int from, int to)
{
	(void)from;
	(void)to;
	touch(c, VERB(came));
}

static void maximal_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)ask;
	touch(c, VERB(place));
}

/* The home node is where most of the thread's faults were. */
static void maximal_pass_done_home(const struct np_ctx *c,
				   const struct np_scan *scan,
				   struct np_task_ask *ask)
{
	int nid = c->task ? np_stats_max(c->task->stats) : NP_NO_NODE;

	(void)scan;
	touch(c, VERB(pass_done));
	if (nid == NP_NO_NODE)
		return;
	*ask = (struct np_task_ask){
		.verb = NP_TASK_HOME,
		.reason = NP_R_HOME,
		.nid = nid,
		.cpu = NP_NO_CPU,
	};
}

/* The one verb without a process: nowhere to count, so it pulls all it can. */
static void maximal_balance(const struct np_ctx *c, struct np_balance *b)
{
	struct np_entity e;
	int from;

	for (from = 0; from < c->m->nr_nodes; from++)
		while (from != b->node && b->next(b, from, &e))
			b->pull(b, &e, NP_R_HOME);
}

static void maximal_fork(const struct np_ctx *c, const struct np_proc *parent,
			 struct np_task_ask *ask)
{
	(void)parent;
	(void)ask;
	touch(c, VERB(fork));
}

static void maximal_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	(void)ask;
	touch(c, VERB(exec));
}

static void maximal_exit(const struct np_ctx *c, bool last)
{
	(void)last;
	touch(c, VERB(exit));
}

static void maximal_group_join(const struct np_ctx *c, u32 id)
{
	(void)id;
	touch(c, VERB(group_join));
}

static void maximal_group_leave(const struct np_ctx *c, u32 id)
{
	(void)id;
	touch(c, VERB(group_leave));
}

static void maximal_mem_policy(const struct np_ctx *c,
			       enum np_mem_policy_event e)
{
	(void)e;
	touch(c, VERB(mem_policy));
}

const struct np_policy_ops np_test_maximal = {
	.page = maximal_page,
	.account = maximal_account,
	.scan_plan = maximal_scan_plan,
	.pass_done = maximal_pass_done,
	.place = maximal_place,
	.came = maximal_came,
	.fork = maximal_fork,
	.exec = maximal_exec,
	.exit = maximal_exit,
	.mem_policy = maximal_mem_policy,
	.name = "maximal",
	.summary = "test: every verb that a home with statistics can call",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.node_size = NP_NODE_SLOT,
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
};

const struct np_policy_ops np_test_maximal_all = {
	.page = maximal_page_queue,
	.account = maximal_account,
	.scan_plan = maximal_scan_plan,
	.pass_done = maximal_pass_done_home,
	.place = maximal_place,
	.came = maximal_came,
	.balance = maximal_balance,
	.fork = maximal_fork,
	.exec = maximal_exec,
	.exit = maximal_exit,
	.group_join = maximal_group_join,
	.group_leave = maximal_group_leave,
	.mem_policy = maximal_mem_policy,
	.name = "maximal_all",
	.summary = "test: every verb and every need of the contract",
	.need = NP_CAN_ALL,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
	.node_size = NP_NODE_SLOT,
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
};
