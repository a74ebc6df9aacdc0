/* SPDX-License-Identifier: GPL-2.0 */
/* How the library talks to the module. */
#ifndef NP_LIB_DEVICE_H
#define NP_LIB_DEVICE_H

/* Opened for each call: who forks, or closes what he does not know, is safe. */
/* Return: a file descriptor, or -1 with errno. */
int np_device_open(void);
/* One command on it, and it is closed: 0, or -1 with errno. */
int np_device_call(unsigned long command, void *arg);

#endif
