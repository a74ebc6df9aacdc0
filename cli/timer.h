/* SPDX-License-Identifier: GPL-2.0 */
/* What ends something that would go on: time, or somebody who asks. */
#ifndef CLI_TIMER_H
#define CLI_TIMER_H

/* seconds_parse() - "2.5", above 0.  Return: 0, or -1 without a message. */
int seconds_parse(const char *text, double *ret_seconds);

/* timer_open() - a descriptor that can be read after so long, or -1. */
int timer_open(double seconds);

/* signals_open() - the same when SIGINT or SIGTERM has come, which is blocked. */
int signals_open(void);

#endif
