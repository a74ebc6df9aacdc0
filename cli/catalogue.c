// SPDX-License-Identifier: GPL-2.0
#include "catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <numaplace/policy.h>

#include "cli.h"
#include "device.h"

static int open_builtin(void)
{
	const char *why = "";

	if (!np_find("stock") && np_register_builtin(NP_CAN_ALL, &why))
		return fail("%s", why);
	fputs("numaplace: the module is not loaded, or may not be asked; these "
	      "are this program's own policies\n", stderr);
	return CATALOGUE_BUILTIN;
}

int catalogue_open(void)
{
	return access(NP_DEVICE, R_OK | W_OK) ? open_builtin() : device_open();
}

void catalogue_close(int from)
{
	if (from >= 0)
		close(from);
}

static int builtin_policy(unsigned int index, struct np_ioc_policy *ret)
{
	const struct np_policy_ops *ops = np_policy_at(index);

	if (!ops)
		return -ENOENT;
	while (np_param_at(ops, ret->nr_params))
		ret->nr_params++;
	snprintf(ret->name, sizeof(ret->name), "%s", ops->name);
	snprintf(ret->summary, sizeof(ret->summary), "%s", ops->summary);
	return 0;
}

int catalogue_policy(int from, unsigned int index, struct np_ioc_policy *ret)
{
	int err;

	*ret = (struct np_ioc_policy){ .size = sizeof(*ret), .index = index };
	if (from == CATALOGUE_BUILTIN)
		return builtin_policy(index, ret);
	err = device_call(from, NP_IOC_POLICY, ret);
	return !err || err == -ENOENT ? err : device_fail(0, err);
}

static int builtin_param(struct np_ioc_param *ret)
{
	const struct np_param *p =
		np_param_at(np_policy_at(ret->policy), ret->index);

	ret->def = p->def;
	ret->min = p->min;
	ret->max = p->max;
	snprintf(ret->key, sizeof(ret->key), "%s", p->key);
	snprintf(ret->unit, sizeof(ret->unit), "%s", p->unit);
	snprintf(ret->text, sizeof(ret->text), "%s", p->text);
	snprintf(ret->source, sizeof(ret->source), "%s", p->source);
	return 0;
}

int catalogue_param(int from, unsigned int policy, unsigned int index,
		    struct np_ioc_param *ret)
{
	int err;

	*ret = (struct np_ioc_param){
		.size = sizeof(*ret), .policy = policy, .index = index,
	};
	if (from == CATALOGUE_BUILTIN)
		return builtin_param(ret);
	err = device_call(from, NP_IOC_PARAM, ret);
	return err ? device_fail(0, err) : 0;
}
