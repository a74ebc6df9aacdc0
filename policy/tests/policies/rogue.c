// SPDX-License-Identifier: GPL-2.0
/*
 * rogue: answers that the contract does not define, one kind per `mode`.
 *
 *	0  a node that does not exist
 *	1  a negative node
 *	2  a verdict that does not exist
 *	3  a reason that does not exist
 *	4  NP_QUEUE without having declared NP_CAN_QUEUE
 *	5  a node without memory (stays if the machine has none)
 *	6  good and bad (as mode 0) in turn, good first
 *
 * All but mode 5 must end in ejection.
 */
#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_rogue;

struct proc_state {
	u32 answers;
};

NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);

static const struct np_param params[] = {
	{ "mode", "", 0, 0, 6, "which kind of answer, see the source", "test" },
};

static struct np_decision no_such_verdict(int nid)
{
	struct np_decision d = np_move(nid, NP_R_REMOTE_REF);

	d.verdict = NP_NR_VERDICTS;
	return d;
}

static struct np_decision without_memory(const struct np_ctx *c)
{
	int nid;

	for (nid = 0; nid < c->m->nr_nodes; nid++)
		if (!np_node_has_memory(c->m, nid))
			return np_move(nid, NP_R_REMOTE_REF);
	return np_stay(NP_R_OBSERVE);
}

static struct np_decision in_turn(const struct np_ctx *c)
{
	struct proc_state *s = (void *)c->proc->slot;

	if (s->answers++ & 1)
		return np_move(c->m->nr_nodes, NP_R_REMOTE_REF);
	return np_stay(NP_R_OBSERVE);
}

static struct np_decision rogue_page(const struct np_ctx *c,
				     const struct np_fault *f)
{
	switch (np_own_param(c, 0)) {
	case 0:
		return np_move(c->m->nr_nodes, NP_R_REMOTE_REF);
	case 1:
		return np_move(NP_NO_NODE, NP_R_REMOTE_REF);
	case 2:
		return no_such_verdict(f->node);
	case 3:
		return np_move(f->node, NP_NR_REASONS);
	case 4:
		return np_queue(f->node, NP_R_REMOTE_REF);
	case 5:
		return without_memory(c);
	default:
		return in_turn(c);
	}
}

const struct np_policy_ops np_test_rogue = {
	.page = rogue_page,
	.name = "rogue",
	.summary = "test: misbehaves as its parameter says",
	.proc_size = sizeof(struct proc_state),
	.params = params,
	.nr_params = sizeof(params) / sizeof(params[0]),
};
