/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For policies in kernel modules of their own: register in module_init,
 * unregister in module_exit.  Set @ops->owner to THIS_MODULE; while a process
 * uses the policy its module cannot be unloaded.
 */
#ifndef NP_EXPORT_H
#define NP_EXPORT_H

#include <numaplace/policy.h>

/* Return: 0 or as np_register(). */
int np_policy_register(const struct np_policy_ops *ops);
void np_policy_unregister(const struct np_policy_ops *ops);

#endif
