// SPDX-License-Identifier: GPL-2.0
/*
 * Redirection of kernel functions through ftrace.
 *
 * The handler looks at the current task and changes where the function goes
 * only for tasks that want it; everyone else runs the stock function.  Calls
 * from this module (our replacements falling back) are left alone.
 *
 * Replacements may sleep, which the kernel's own waiting for trampolines does
 * not cover: they run inside np_hook_srcu.  The few instructions before they
 * enter it and after they leave it are covered by synchronize_rcu_tasks().
 */
#include <linux/ftrace.h>
#include <linux/module.h>

#include "compat/compat.h"
#include "kmod.h"

DEFINE_SRCU(np_hook_srcu);

static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct np_hook *hook = container_of(ops, struct np_hook, ops);

	if (within_module(parent_ip, THIS_MODULE))
		return;
	if (hook->wanted())
		ftrace_regs_set_instruction_pointer(fregs,
				(unsigned long)hook->replacement);
}

static int hook_failed(const struct np_hook *hook, int err)
{
	if (err == -EBUSY)
		pr_err("%s is already replaced by someone else (a livepatch?)\n",
		       hook->name);
	else
		pr_err("%s cannot be hooked: error %d\n", hook->name, err);
	return err;
}

static int hook_install(struct np_hook *hook)
{
	int err;

	hook->ops.func = redirect;
	hook->ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS |
			  FTRACE_OPS_FL_RECURSION;
	err = ftrace_set_filter_ip(&hook->ops, hook->addr, 0, 0);
	if (err)
		return hook_failed(hook, err);
	err = register_ftrace_function(&hook->ops);
	hook->installed = !err;
	if (!err)
		return 0;
	ftrace_set_filter_ip(&hook->ops, hook->addr, 1, 0);
	return hook_failed(hook, err);
}

static void hook_remove(struct np_hook *hook)
{
	if (!hook->installed)
		return;
	unregister_ftrace_function(&hook->ops);
	ftrace_set_filter_ip(&hook->ops, hook->addr, 1, 0);
	hook->installed = false;
}

int np_hooks_install(void)
{
	int i, err;

	for (i = 0; i < np_nr_hooks; i++) {
		err = hook_install(&np_hooks[i]);
		if (err) {
			np_hooks_remove();
			return err;
		}
	}
	return 0;
}

void np_hooks_remove(void)
{
	int i;

	for (i = np_nr_hooks - 1; i >= 0; i--)
		hook_remove(&np_hooks[i]);
	synchronize_rcu_tasks();
	synchronize_srcu(&np_hook_srcu);
	synchronize_rcu_tasks();
}
