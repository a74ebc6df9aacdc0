// SPDX-License-Identifier: GPL-2.0
/* numaplace.ko: start and stop, in order. */
#include <linux/module.h>

#include "ng.h"
#include "notify.h"

DEFINE_MUTEX(np_control);

static int register_policies(void)
{
	const char *why;
	int err = np_register_builtin(np_machine.can, &why);

	if (err)
		pr_err("a built-in policy was refused: %s\n", why);
	return err;
}

static int __init np_init(void)
{
	int err;

	err = np_symbols_bind();
	if (err)
		return err;
	err = np_machine_init();
	if (err)
		return err;
	err = register_policies();
	if (err)
		goto err_machine;
	err = np_load_init();
	if (err)
		goto err_machine;
	err = np_kinsts_init();
	if (err)
		goto err_load;
	err = np_procs_init();
	if (err)
		goto err_kinsts;
	err = np_tasks_init();
	if (err)
		goto err_procs;
	err = np_ng_init();
	if (err)
		goto err_tasks;
	err = np_life_init();
	if (err)
		goto err_ng;
	err = np_hooks_install();
	if (err)
		goto err_life;
	err = np_dev_init();
	if (err)
		goto err_hooks;
	return 0;

err_hooks:
	np_hooks_remove();
err_life:
	np_life_exit();
err_ng:
	np_ng_exit();
err_tasks:
	np_tasks_exit();
err_procs:
	np_procs_exit();
err_kinsts:
	np_kinsts_exit();
err_load:
	np_load_exit();
err_machine:
	np_machine_exit();
	return err;
}

/* New work is shut out first, then what runs is waited for. */
static void __exit np_exit_module(void)
{
	np_dev_exit();
	np_life_exit();
	mutex_lock(&np_control);
	np_procs_drop_all();
	mutex_unlock(&np_control);
	np_switch_exit();
	np_hooks_remove();
	np_notify_exit();
	np_ng_exit();
	np_balance_exit();
	np_scanner_exit();
	np_workers_exit();
	np_tasks_exit();	/* the last threads' frees start those of processes */
	np_procs_exit();	/* ..and theirs those of instances */
	np_kinsts_exit();
	np_hooks_exit();
	np_load_exit();
	np_machine_exit();
}

module_init(np_init);
module_exit(np_exit_module);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NUMA placement policies for stock kernels");
MODULE_VERSION(NP_VERSION);
