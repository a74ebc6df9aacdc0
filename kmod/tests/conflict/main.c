// SPDX-License-Identifier: GPL-2.0
/*
 * np_test_conflict.ko: holds a function as a livepatch would, without changing
 * what it does.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static char *function = "mpol_misplaced";
module_param(function, charp, 0);
MODULE_PARM_DESC(function, "what to hold");

static void notrace let_pass(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops hold = {
	.func = let_pass,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS |
		 FTRACE_OPS_FL_RECURSION,
};

static int __init conflict_init(void)
{
	int err = ftrace_set_filter(&hold, function, strlen(function), 1);

	if (err)
		return err;
	err = register_ftrace_function(&hold);
	if (err)
		ftrace_free_filter(&hold);
	return err;
}

static void __exit conflict_exit(void)
{
	unregister_ftrace_function(&hold);
	ftrace_free_filter(&hold);
}

module_init(conflict_init);
module_exit(conflict_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("another user of a function that numaplace redirects");
