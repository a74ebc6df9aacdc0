// SPDX-License-Identifier: GPL-2.0
/* The module and its policies. */
#include "dev.h"

static unsigned int count_policies(void)
{
	unsigned int n = 0;

	mutex_lock(&np_control);
	while (np_policy_at(n))
		n++;
	mutex_unlock(&np_control);
	return n;
}

int np_do_info(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_info *i = &arg->info;

	if (i->flags || !NP_RESERVED_ZERO(i))
		return -EINVAL;
	i->abi = NP_ABI;
	i->nr_policies = count_policies();
	i->nr_counters = NP_NR_COUNTERS;
	i->nr_reasons = NP_NR_REASONS;
	i->managed = np_nr_procs();
	i->tasks = np_nr_tasks();
	i->proc_bytes = np_proc_bytes();
	i->task_bytes = np_task_bytes();
	i->page_bytes = 0;
	i->inherit_failed = np_inherit_failed();
	np_switch_state(&i->balancing_set, &i->balancing_now);
	return 0;
}

int np_do_policy(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_policy *p = &arg->policy;
	const struct np_policy_ops *ops;

	if (p->flags || !NP_RESERVED_ZERO(p))
		return -EINVAL;
	mutex_lock(&np_control);
	ops = np_policy_at(p->index);
	if (ops) {
		p->nr_params = NP_P_OWN + ops->nr_params;
		p->users = np_policy_users(ops);
		strscpy_pad(p->name, ops->name, sizeof(p->name));
		strscpy_pad(p->summary, ops->summary, sizeof(p->summary));
	}
	mutex_unlock(&np_control);
	return ops ? 0 : -ENOENT;
}

static void put_param(struct np_ioc_param *p, const struct np_param *from)
{
	p->def = from->def;
	p->min = from->min;
	p->max = from->max;
	strscpy_pad(p->key, from->key, sizeof(p->key));
	strscpy_pad(p->unit, from->unit, sizeof(p->unit));
	strscpy_pad(p->text, from->text, sizeof(p->text));
	strscpy_pad(p->source, from->source, sizeof(p->source));
}

int np_do_param(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_param *p = &arg->param;
	const struct np_policy_ops *ops;
	const struct np_param *from;

	if (p->flags || !NP_RESERVED_ZERO(p))
		return -EINVAL;
	mutex_lock(&np_control);
	ops = np_policy_at(p->policy);
	from = ops ? np_param_at(ops, p->index) : NULL;
	if (from)
		put_param(p, from);
	mutex_unlock(&np_control);
	return from ? 0 : -ENOENT;
}
