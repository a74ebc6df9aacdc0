/* SPDX-License-Identifier: GPL-2.0 */
/* The script that the guest runs. */
#ifndef CLI_SCENARIO_H
#define CLI_SCENARIO_H

#include <stdbool.h>
#include <stdio.h>

#include "run.h"

/* scenario_is_ours() - is it a policy of numaplace, which takes the module? */
bool scenario_is_ours(const char *policy);

/* scenario_write() - all runs one after the other, @seconds each. */
void scenario_write(FILE *f, const struct runs *runs, const char *thp,
		    unsigned int seconds);

#endif
