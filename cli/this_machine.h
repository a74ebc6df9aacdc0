/* SPDX-License-Identifier: GPL-2.0 */
/* The machine this runs on, as the module shows it to policies. */
#ifndef CLI_THIS_MACHINE_H
#define CLI_THIS_MACHINE_H

#include <numaplace/policy.h>

/**
 * machine_read() - from what the kernel shows of itself
 * @sys:	directory with node/ and cpu/, such as /sys/devices/system
 * @m:		the answer; its tables are freed by machine_free()
 * Return: 0 or -1 with a message; then there is nothing to free.
 */
int machine_read(const char *sys, struct np_machine *m);

void machine_free(struct np_machine *m);

#endif
