// SPDX-License-Identifier: GPL-2.0
/*
 * none: observe only.
 *
 * Pages are marked and hinting faults counted, so locality can be read, and
 * nothing ever moves.  It shows what sensing alone costs.
 */
#include <numaplace/policy.h>

#include "internal.h"

const struct np_policy_ops np_none = {
	.name = "none",
	.summary = "observe only: mark, count, never move",
};
