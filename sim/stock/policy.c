// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel itself does with kernel.numa_balancing=1: the rules of
 * `mainline`, with the kernel's own scanner.
 */
#include "../../policy/mainline.h"
#include "stock.h"

struct np_policy_ops stock_like;

int stock_register(u32 can, const char **why)
{
	stock_like = np_mainline;
	stock_like.name = "stock_like";
	stock_like.summary = "today's kernel with kernel.numa_balancing=1, restated";
	return np_register(&stock_like, can, why);
}
