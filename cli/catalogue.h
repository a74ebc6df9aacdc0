/* SPDX-License-Identifier: GPL-2.0 */
/* The policies there are: the loaded module's, or else this program's own. */
#ifndef CLI_CATALOGUE_H
#define CLI_CATALOGUE_H

#include <numaplace/uapi.h>

/* What stands for the device where none can be opened. */
#define CATALOGUE_BUILTIN (-2)

/*
 * catalogue_open() - the device if there is a module and it may be opened; else
 * CATALOGUE_BUILTIN, which is said on stderr.  Return: that, or -1 with a message.
 */
int catalogue_open(void);
void catalogue_close(int from);

/* catalogue_policy() - Return: 0, -ENOENT behind the last one, -1 with a message. */
int catalogue_policy(int from, unsigned int index, struct np_ioc_policy *ret);

/* catalogue_param() - a parameter of a policy.  Return: 0 or -1 with a message. */
int catalogue_param(int from, unsigned int policy, unsigned int index,
		    struct np_ioc_param *ret);

#endif
