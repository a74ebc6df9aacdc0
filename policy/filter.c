// SPDX-License-Identifier: GPL-2.0
/*
 * The two-stage filter (sched/numa rewrite and AutoNUMA, mid 2012; mainline
 * since 3.8): act on an access only if the one before came from the same node.
 * Samples being independent, a node with a share p of the accesses passes with
 * probability p squared, which presses small shares towards nothing.
 */
#include <numaplace/policy.h>

bool np_two_stage(const struct np_fault *f)
{
	return f->last_node == NP_NO_NODE || f->last_node == f->node;
}
