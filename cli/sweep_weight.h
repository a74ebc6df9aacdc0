/* SPDX-License-Identifier: GPL-2.0 */
/* How long a simulation takes, before it is made. */
#ifndef CLI_SWEEP_WEIGHT_H
#define CLI_SWEEP_WEIGHT_H

#include "simulate.h"

/**
 * sweep_weight() - an estimate that is good for comparing
 *
 * It is the same in every process, whatever the speed of the machine.
 * Return: 0, or -1 with a message.
 */
int sweep_weight(const struct simulate *how, const char *workload,
		 double *ret_weight);

#endif
