/* SPDX-License-Identifier: GPL-2.0 */
/* One struct np_ioc_status, for people and for programs. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include <numaplace/uapi.h>

/* summary_text() - counters with what they amount to, then the reasons. */
void summary_text(FILE *f, const struct np_ioc_status *s);

/* summary_json() - what happened, and why; NULL when out of memory. */
json_t *summary_json(const struct np_ioc_status *s);

/*
 * cost_estimate() - what a balancer costs, as the benchmark suite of 2012
 * (mmtests) estimated it from three counters of the kernel; no unit.
 */
double cost_estimate(uint64_t marked, uint64_t hint_faults, uint64_t migrated);

#endif
