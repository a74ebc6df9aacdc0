// SPDX-License-Identifier: GPL-2.0
/*
 * np_test_policies.ko: the test policies of policy/tests/, and one that audits
 * the core, as policies from a module of their own.
 */
#include <linux/module.h>

#include "export.h"

extern const struct np_policy_ops np_test_minimal;
extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_rogue;
extern const struct np_policy_ops np_test_audit;
extern const struct np_policy_ops np_test_chaos;
extern const struct np_policy_ops np_test_wish;

static const struct np_policy_ops *const originals[] = {
	&np_test_minimal,
	&np_test_maximal,
	&np_test_rogue,
	&np_test_audit,
	&np_test_chaos,
	&np_test_wish,
};

/* Copies, for the originals cannot know what module they are part of. */
static struct np_policy_ops policies[ARRAY_SIZE(originals)];

/* A policy that must be refused: it needs what no kernel module has. */
static bool impossible;
module_param(impossible, bool, 0);
MODULE_PARM_DESC(impossible, "need an ability that nobody has");

static void unregister(int nr)
{
	while (nr--)
		np_policy_unregister(&policies[nr]);
}

static int __init np_test_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		policies[i] = *originals[i];
		policies[i].owner = THIS_MODULE;
		if (impossible)
			policies[i].need |= NP_CAN_GROUPS;
		err = np_policy_register(&policies[i]);
		if (err) {
			unregister(i);
			return err;
		}
	}
	return 0;
}

static void __exit np_test_exit(void)
{
	unregister(ARRAY_SIZE(policies));
}

module_init(np_test_init);
module_exit(np_test_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("numaplace's test policies");
