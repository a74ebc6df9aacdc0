/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes are meant: words, or all of a cgroup. */
#ifndef CLI_PIDS_H
#define CLI_PIDS_H

#include <sys/types.h>

/* Linux never hands out more than this (PID_MAX_LIMIT on 64 bits). */
#define PID_LIMIT (4 * 1024 * 1024)

/* pid_parse() - a positive number.  Return: it, or -1. */
pid_t pid_parse(const char *text);

/* What is done with each process; a negative answer stops the walk. */
typedef int (*pid_visitor)(pid_t pid, void *data);

/**
 * cgroup_walk() - visit the processes of a cgroup and of those below it
 * @path:	of the directory; relative ones also below /sys/fs/cgroup
 * Return: 0, -1 with a message, or what the visitor stopped with.
 */
int cgroup_walk(const char *path, pid_visitor visit, void *data);

/* cgroup_open() - the directory, by the same words.  Return: a descriptor or -1. */
int cgroup_open(const char *path);

/* pid_name() - the command name of a process, printable; "?" if it is gone. */
#define PID_NAME_LEN 32
const char *pid_name(char *buf, pid_t pid);

#endif
