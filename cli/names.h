/* SPDX-License-Identifier: GPL-2.0 */
/* Words for the numbers of the contract headers. */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include <numaplace/counters.h>
#include <numaplace/reasons.h>
#include <numaplace/record.h>
#include <numaplace/uapi.h>

/*
 * A module newer than this program may know more: an unknown number is named
 * "?", never a crash.
 */
const char *counter_name(unsigned int counter);
const char *counter_unit(unsigned int counter);
const char *counter_text(unsigned int counter);
const char *reason_name(unsigned int reason);
const char *reason_text(unsigned int reason);
const char *verdict_name(unsigned int verdict);
const char *record_name(unsigned int type);
const char *effective_name(unsigned int effective);
const char *effective_text(unsigned int effective);

/* reason_find() - the number of a reason, or -1. */
int reason_find(const char *name);

#endif
