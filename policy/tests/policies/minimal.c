// SPDX-License-Identifier: GPL-2.0
/*
 * minimal: only what the contract requires.
 *
 * Whatever breaks with this policy relies on something that a policy may leave
 * out.
 */
#include <numaplace/policy.h>

extern const struct np_policy_ops np_test_minimal;

const struct np_policy_ops np_test_minimal = {
	.name = "minimal",
	.summary = "test: required members only",
};
