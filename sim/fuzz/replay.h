/* SPDX-License-Identifier: GPL-2.0 */
/* What libFuzzer calls; replay.c stands in for it where there is none. */
#ifndef SIM_FUZZ_REPLAY_H
#define SIM_FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
