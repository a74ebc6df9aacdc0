/* SPDX-License-Identifier: GPL-2.0 */
/* NUMA groups of applications, through the device. */
#ifndef CLI_GROUPS_H
#define CLI_GROUPS_H

#include <sys/types.h>

#include <numaplace/uapi.h>

/* group_find() - by name or number.  Return: 0, or -1 with a message. */
int group_find(int dev, const char *text, struct np_ioc_group *ret);

/* group_next() - the one after @id.  Return: 1, 0 at the end, -1. */
int group_next(int dev, int id, struct np_ioc_group *ret);

/* group_fail() - say what went wrong with group @text.  Return: -1. */
int group_fail(const char *text, int error);

/* group_name_ok() - may a group be called so?  If not, it is said. */
int group_name_ok(const char *name);

/*
 * group_join() - all threads of a process, those that it makes meanwhile too.
 * @id:	a group, or NP_NG_NONE
 * Return: threads, or -errno.
 */
int group_join(int dev, pid_t pid, int id);

#endif
