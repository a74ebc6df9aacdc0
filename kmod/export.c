// SPDX-License-Identifier: GPL-2.0
/* Policies that live in modules of their own. */
#include <linux/module.h>

#include "export.h"
#include "kmod.h"

int np_policy_register(const struct np_policy_ops *ops)
{
	const char *why;
	int err;

	mutex_lock(&np_control);
	err = np_register(ops, np_machine.can, &why);
	mutex_unlock(&np_control);
	if (err)
		pr_err("policy '%s' refused: %s\n",
		       ops->name ? ops->name : "?", why);
	return err;
}
EXPORT_SYMBOL_GPL(np_policy_register);

/* Its users pin the module, so there are none. */
void np_policy_unregister(const struct np_policy_ops *ops)
{
	mutex_lock(&np_control);
	np_unregister(ops);
	np_totals_forget(ops);
	mutex_unlock(&np_control);
}
EXPORT_SYMBOL_GPL(np_policy_unregister);

/* What a policy may call. */
EXPORT_SYMBOL_GPL(np_two_stage);
EXPORT_SYMBOL_GPL(np_running);
EXPORT_SYMBOL_GPL(np_load);
EXPORT_SYMBOL_GPL(np_node_word);
EXPORT_SYMBOL_GPL(np_peer);
EXPORT_SYMBOL_GPL(np_stats_count);
EXPORT_SYMBOL_GPL(np_stats_node);
EXPORT_SYMBOL_GPL(np_stats_cpu);
EXPORT_SYMBOL_GPL(np_stats_weight);
EXPORT_SYMBOL_GPL(np_stats_max);
EXPORT_SYMBOL_GPL(np_stats_max_cpu);
