// SPDX-License-Identifier: GPL-2.0
/*
 * Linked into the command, it knows the test policies of policy/tests/ as well:
 * what they decided in the kernel can be replayed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_minimal;
extern const struct np_policy_ops np_test_maximal;
extern const struct np_policy_ops np_test_rogue;
extern const struct np_policy_ops np_test_chaos;

static void add(const struct np_policy_ops *ops)
{
	const char *why;

	if (!np_register(ops, NP_CAN_ALL, &why))
		return;
	fprintf(stderr, "%s: %s\n", ops->name, why);
	abort();
}

__attribute__((constructor))
static void add_all(void)
{
	add(&np_test_minimal);
	add(&np_test_maximal);
	add(&np_test_rogue);
	add(&np_test_chaos);
}
