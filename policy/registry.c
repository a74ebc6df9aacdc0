// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of policies: validate at the door, find by name.
 *
 * Modelled on how TCP congestion control is chosen: by name, with one policy
 * (`stock`) that cannot go away.  The caller serialises.
 */
#include <numaplace/policy.h>

#include "internal.h"

static const struct np_policy_ops *const builtin[] = {
	&np_stock,
	&np_none,
	&np_moron,
	&np_app,
	&np_balancenuma,
	&np_autonuma,
	&np_schednuma,
	&np_adaptive,
	&np_numacore,
	&np_mainline,
};

#define NR_BUILTIN (sizeof(builtin) / sizeof(builtin[0]))

static const struct np_policy_ops *policies[NP_MAX_POLICIES];
static unsigned int nr_policies;

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool good_name(const char *name)
{
	size_t i;

	if (!name || !name[0])
		return false;
	for (i = 0; name[i]; i++)
		if (i >= NP_NAME_LEN - 1 || !name_char(name[i]))
			return false;
	return true;
}

static bool complete_param(const struct np_param *p)
{
	if (!p->key || !good_name(p->key) || !p->unit || !p->text || !p->source)
		return false;
	return p->min <= p->def && p->def <= p->max;
}

/* One of the core's, once. */
static bool good_core(const struct np_policy_ops *ops, unsigned int i)
{
	const struct np_param *p = &ops->core[i];
	unsigned int k;

	if (!complete_param(p))
		return false;
	for (k = 0; k < i; k++)
		if (!strcmp(ops->core[k].key, p->key))
			return false;
	for (k = 0; k < NP_P_OWN; k++)
		if (!strcmp(np_core_params[k].key, p->key))
			return true;
	return false;
}

static bool good_param(const struct np_policy_ops *ops, unsigned int i)
{
	const struct np_param *p = &ops->params[i];
	unsigned int k;

	if (!complete_param(p))
		return false;
	for (k = 0; k < NP_P_OWN + i; k++)
		if (!strcmp(np_param_at(ops, k)->key, p->key))
			return false;
	return true;
}

static const char *check_params(const struct np_policy_ops *ops)
{
	unsigned int i;

	if (NP_P_OWN + ops->nr_params > NP_MAX_PARAMS)
		return "too many parameters";
	if (ops->nr_params && !ops->params)
		return "nr_params without params";
	for (i = 0; i < ops->nr_params; i++)
		if (!good_param(ops, i))
			return "a parameter is incomplete, twice there, or its default is out of range";
	return NULL;
}

static const char *check_core(const struct np_policy_ops *ops)
{
	unsigned int i;

	if (ops->nr_core && !ops->core)
		return "nr_core without core";
	for (i = 0; i < ops->nr_core; i++)
		if (!good_core(ops, i))
			return "a core parameter is incomplete, unknown, twice there, or its default is out of range";
	return NULL;
}

static const char *check_state(const struct np_policy_ops *ops)
{
	if (ops->task_size > NP_TASK_SLOT)
		return "task_size exceeds NP_TASK_SLOT";
	if (ops->proc_size > NP_PROC_SLOT)
		return "proc_size exceeds NP_PROC_SLOT";
	if (ops->node_size > NP_NODE_SLOT)
		return "node_size exceeds NP_NODE_SLOT";
	return NULL;
}

static bool has_verb(const struct np_policy_ops *ops)
{
	return ops->page || ops->account || ops->scan_plan ||
	       ops->pass_done || ops->place || ops->came || ops->balance ||
	       ops->fork || ops->exec || ops->exit || ops->group_join ||
	       ops->group_leave || ops->mem_policy;
}

/* Statements about itself that cannot all be true. */
static const char *check_flags(const struct np_policy_ops *ops)
{
	if (ops->flags & ~NP_POLICY_STOCK)
		return "unknown flags";
	if (ops->need & ~NP_CAN_ALL)
		return "unknown needs";
	if ((ops->flags & NP_POLICY_STOCK) && has_verb(ops))
		return "NP_POLICY_STOCK together with verbs";
	if (ops->balance && !(ops->need & NP_CAN_BALANCE))
		return "balance without NP_CAN_BALANCE";
	if (!ops->balance && (ops->need & NP_CAN_BALANCE))
		return "NP_CAN_BALANCE without balance";
	if ((ops->need & NP_CAN_GROUPS) && !(ops->need & NP_CAN_PROC_STATS))
		return "NP_CAN_GROUPS without NP_CAN_PROC_STATS";
	if ((ops->group_join || ops->group_leave) &&
	    !(ops->need & NP_CAN_GROUPS))
		return "group verbs without NP_CAN_GROUPS";
	return NULL;
}

static const char *validate(const struct np_policy_ops *ops)
{
	const char *why;

	if (!good_name(ops->name))
		return "the name must be lower-case letters, digits and '_', at most 15";
	if (!ops->summary || !ops->summary[0])
		return "no summary";
	why = check_flags(ops);
	if (!why)
		why = check_state(ops);
	if (!why)
		why = check_core(ops);
	if (!why)
		why = check_params(ops);
	return why;
}

static int admit(const struct np_policy_ops *ops, u32 can, const char **why)
{
	*why = validate(ops);
	if (*why)
		return -EINVAL;
	if (np_find(ops->name)) {
		*why = "a policy of that name exists";
		return -EEXIST;
	}
	if (ops->need & ~can) {
		*why = "it needs an ability that this home does not have";
		return -EOPNOTSUPP;
	}
	if (nr_policies == NP_MAX_POLICIES) {
		*why = "too many policies";
		return -ENOSPC;
	}
	return 0;
}

int np_register(const struct np_policy_ops *ops, u32 can, const char **why)
{
	const char *unused;
	int err = admit(ops, can, why ? why : &unused);

	if (!err)
		policies[nr_policies++] = ops;
	return err;
}

static bool is_builtin(const struct np_policy_ops *ops)
{
	unsigned int i;

	for (i = 0; i < NR_BUILTIN; i++)
		if (builtin[i] == ops)
			return true;
	return false;
}

int np_unregister(const struct np_policy_ops *ops)
{
	unsigned int i;

	if (is_builtin(ops))
		return -EBUSY;
	for (i = 0; i < nr_policies && policies[i] != ops; i++)
		;
	if (i == nr_policies)
		return -ENOENT;
	for (nr_policies--; i < nr_policies; i++)
		policies[i] = policies[i + 1];
	return 0;
}

int np_register_builtin(u32 can, const char **why)
{
	unsigned int i, before = nr_policies;
	int err = 0;

	for (i = 0; i < NR_BUILTIN && !err; i++)
		if (!(builtin[i]->need & ~can))
			err = np_register(builtin[i], can, why);
	if (err)
		nr_policies = before;
	return err;
}

void np_unregister_all(void)
{
	nr_policies = 0;
}

const struct np_policy_ops *np_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_policies; i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	return NULL;
}

const struct np_policy_ops *np_policy_at(unsigned int i)
{
	return i < nr_policies ? policies[i] : NULL;
}
