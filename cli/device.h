/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/numaplace: its calls, and what to do when they fail. */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include <stdbool.h>
#include <sys/types.h>

#include <numaplace/uapi.h>

/* device_open() - the device, of the right ABI.  Return: descriptor or -1. */
int device_open(void);

/* device_call() - ioctl(2).  Return: 0 or -errno; says nothing. */
int device_call(int fd, unsigned long request, void *arg);

/* device_fail() - say what went wrong with process @pid (0 = none). */
int device_fail(pid_t pid, int error);

int device_info(int fd, struct np_ioc_info *ret_info);

/* device_status() - @flags NP_STATUS_* or 0 for @pid. */
int device_status(int fd, unsigned int flags, pid_t pid,
		  struct np_ioc_status *ret_status);

/* device_next() - the managed process after @pid, or 0 at the end, or -1. */
pid_t device_next(int fd, pid_t pid);

#endif
