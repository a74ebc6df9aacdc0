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
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "kmod.h"

/* Short commands run in a row should not patch the kernel each time. */
#define REMOVAL_DELAY	(2 * HZ)

DEFINE_SRCU(np_hook_srcu);

static unsigned int demands[NP_NR_DEMANDS];	/* np_control */

static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct np_hook *hook = container_of(ops, struct np_hook, ops);

	if (within_module(parent_ip, THIS_MODULE))
		return;
	if (hook->wanted())
		np_redirect(fregs, (unsigned long)hook->replacement);
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

static void remove_all(enum np_hook_demand what)
{
	int i;

	for (i = np_nr_hooks - 1; i >= 0; i--)
		if (np_hooks[i].demand == what)
			hook_remove(&np_hooks[i]);
}

static int install_all(enum np_hook_demand what)
{
	int i, err = 0;

	for (i = 0; i < np_nr_hooks && !err; i++)
		if (np_hooks[i].demand == what && !np_hooks[i].installed)
			err = hook_install(&np_hooks[i]);
	if (err)
		remove_all(what);
	return err;
}

int np_hooks_demand(enum np_hook_demand what)
{
	int err = 0;

	lockdep_assert_held(&np_control);
	if (!demands[what])
		err = install_all(what);
	if (!err)
		demands[what]++;
	return err;
}

static void remove_idle(struct work_struct *work)
{
	mutex_lock(&np_control);
	for (int what = NP_HOOK_ALWAYS + 1; what < NP_NR_DEMANDS; what++)
		if (!demands[what])
			remove_all(what);
	mutex_unlock(&np_control);
}

static DECLARE_DELAYED_WORK(removal, remove_idle);

/* Who is in a replacement still finds it there: only unloading waits. */
void np_hooks_release(enum np_hook_demand what)
{
	lockdep_assert_held(&np_control);
	if (!--demands[what])
		mod_delayed_work(system_wq, &removal, REMOVAL_DELAY);
}

int np_hooks_install(void)
{
	int err = install_all(NP_HOOK_ALWAYS);

	if (err)
		np_hooks_remove();
	return err;
}

void np_hooks_exit(void)
{
	cancel_delayed_work_sync(&removal);
}

void np_hooks_remove(void)
{
	mutex_lock(&np_control);	/* remove_idle() may be at it */
	for (int what = 0; what < NP_NR_DEMANDS; what++)
		remove_all(what);
	mutex_unlock(&np_control);
	synchronize_rcu_tasks();
	synchronize_srcu(&np_hook_srcu);
	synchronize_rcu_tasks();
}
