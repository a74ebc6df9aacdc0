/* SPDX-License-Identifier: GPL-2.0 */
/* Runs, and the file with a line of figures for each of their seconds. */
#ifndef NP_WITNESS_RECORDER_H
#define NP_WITNESS_RECORDER_H

#include <stdbool.h>

#include "machine.h"

/* Opens the file and starts the clock. Returns 0, or a message. */
const char *np_recorder_init(const struct np_machine *machine, const char *path);
void np_recorder_exit(void);

void np_recorder_start(unsigned long run);
void np_recorder_stop(unsigned long run);

/* No run is recorded until the next of these two. */
void np_recorder_uncalibrated(void);
void np_recorder_calibrated(const char *map, unsigned int samples, bool fast);

/* Says why, once now and once for every run asked for until recalibrated. */
void np_recorder_refuse(const char *reason);

/* True while accesses are to be counted. Read by every emulated access. */
extern bool np_recording;

#endif /* NP_WITNESS_RECORDER_H */
