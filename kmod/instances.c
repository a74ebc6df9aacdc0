// SPDX-License-Identifier: GPL-2.0
/* Policies with parameters, as processes have chosen them. */
#include <linux/module.h>
#include <linux/slab.h>

#include "kmod.h"

struct np_kinst *np_kinst_new(const char *spec, const char **why)
{
	struct np_kinst *inst = kzalloc(sizeof(*inst), GFP_KERNEL);
	int err;

	if (!inst)
		return ERR_PTR(-ENOMEM);
	err = np_instance_init(&inst->i, spec, why);
	if (!err && inst->i.ops->owner && !try_module_get(inst->i.ops->owner)) {
		*why = "the policy's module is being unloaded";
		err = -ENOENT;
	}
	if (err) {
		kfree(inst);
		return ERR_PTR(err);
	}
	inst->ended = np_totals_of(inst->i.ops);
	refcount_set(&inst->ref, 1);
	return inst;
}

struct np_kinst *np_kinst_get(struct np_kinst *inst)
{
	refcount_inc(&inst->ref);
	return inst;
}

static void kinst_free(struct rcu_head *rcu)
{
	struct np_kinst *inst = container_of(rcu, struct np_kinst, rcu);

	module_put(inst->i.ops->owner);
	kfree(inst);
}

void np_kinst_put(struct np_kinst *inst)
{
	if (refcount_dec_and_test(&inst->ref))
		call_rcu(&inst->rcu, kinst_free);
}

struct np_kinst *np_kinst_of(struct np_kproc *kp)
{
	struct np_kinst *inst;

	rcu_read_lock();
	do {
		inst = rcu_dereference(kp->inst);
	} while (!refcount_inc_not_zero(&inst->ref));
	rcu_read_unlock();
	return inst;
}
