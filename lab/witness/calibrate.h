/* SPDX-License-Identifier: GPL-2.0 */
/* Learning, from a guest that knows, what QEMU's addresses mean. */
#ifndef NP_WITNESS_CALIBRATE_H
#define NP_WITNESS_CALIBRATE_H

#include <stdint.h>

#include "machine.h"
#include "map.h"

/* Returns 0, or -1 if there is no memory. */
int np_calibrate_init(const struct np_machine *machine);

void np_calibrate_begin(void);
void np_calibrate_cpu(unsigned int vcpu, unsigned long node);
void np_calibrate_node(unsigned long node);
void np_calibrate_mib(unsigned long mib);
void np_calibrate_sample(uint64_t address, uintptr_t host);

/* Judges. Returns 0, or the reason for refusing. */
const char *np_calibrate_done(void);

/* The one map that fits everything seen, or NULL while there is none. */
const struct np_map *np_calibrated_map(void);
unsigned int np_calibrated_samples(void);

#endif /* NP_WITNESS_CALIBRATE_H */
