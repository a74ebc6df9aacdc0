// SPDX-License-Identifier: GPL-2.0
/*
 * wish: asks for what its parameters say, so that a test can see it done.
 */
#include <numaplace/policy.h>

enum { P_HOME, P_VERB, P_NODE, P_CPU, P_SETTLE, P_TIMES, P_QUEUE, P_PULL };

static const struct np_param params[] = {
	[P_HOME] = { "home", "", -1, -1, NP_MAX_NODES - 1,
		"home node from birth, -1 = none", "test" },
	[P_VERB] = { "verb", "none|home|move|swap|swap_homes", 0, 0, 4,
		"what each thread asks for", "test" },
	[P_NODE] = { "node", "", 0, 0, NP_MAX_NODES - 1, "where to", "test" },
	[P_CPU] = { "cpu", "", -1, -1, 32767, "whose CPU", "test" },
	[P_SETTLE] = { "settle", "no|yes", 0, 0, 1, "for good", "test" },
	[P_TIMES] = { "times", "", 1, 0, 1000000, "how often", "test" },
	[P_QUEUE] = { "queue", "no|yes", 0, 0, 1,
		"a worker brings pages to their users", "test" },
	[P_PULL] = { "pull", "", -1, -1, NP_MAX_NODES - 1,
		"node that takes all processes in, -1 = none", "test" },
};

struct task_state {
	u32 asked;
};
NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);

static int param(const struct np_ctx *c, int i)
{
	return np_own_param(c, i);
}

static void wish_fork(const struct np_ctx *c, const struct np_proc *parent,
		      struct np_task_ask *ask)
{
	if (param(c, P_HOME) >= 0)
		*ask = (struct np_task_ask){ .verb = NP_TASK_HOME,
			.reason = NP_R_HOME, .nid = param(c, P_HOME) };
}

static struct np_decision wish_page(const struct np_ctx *c,
				    const struct np_fault *f)
{
	if (!param(c, P_QUEUE) || f->page_node == f->node)
		return np_stay(NP_R_OBSERVE);
	return np_queue(f->node, NP_R_REMOTE_REF);
}

static void wish_place(const struct np_ctx *c, struct np_task_ask *ask)
{
	struct task_state *t = (struct task_state *)c->task->slot;

	c->task->place_ns = c->now_ns + 1;
	if (!param(c, P_VERB) || t->asked >= param(c, P_TIMES))
		return;
	t->asked++;
	*ask = (struct np_task_ask){
		.verb = param(c, P_VERB),
		.reason = NP_R_HOME,
		.nid = param(c, P_NODE),
		.cpu = param(c, P_CPU),
		.settle = param(c, P_SETTLE),
	};
}

static void wish_balance(const struct np_ctx *c, struct np_balance *b)
{
	struct np_entity e;
	int nid;

	if (b->node != param(c, P_PULL))
		return;
	for (nid = NP_NO_NODE; nid < c->m->nr_nodes; nid++)
		while (nid != b->node && b->next(b, nid, &e))
			b->pull(b, &e, NP_R_ROOM);
}

const struct np_policy_ops np_test_wish = {
	.page = wish_page,
	.place = wish_place,
	.fork = wish_fork,
	.balance = wish_balance,
	.name = "wish",
	.summary = "test: asks for what its parameters say",
	.need = NP_CAN_QUEUE | NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP |
		NP_CAN_BALANCE,
	.task_size = sizeof(struct task_state),
	.params = params,
	.nr_params = ARRAY_SIZE(params),
};
