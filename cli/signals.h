/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals taken one by one where the program waits, never in the middle of
 * something: no handlers, no races.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>
#include <sys/types.h>

/* What asked this program to stop, or 0. */
extern int stopped_by;

/* signals_hold() - let the end of a child and the usual signals wait. */
void signals_hold(void);

/* signals_release() - as it was before; also for a child before its exec. */
void signals_release(void);

/* signals_next() - wait for one of them.  Return: its number. */
int signals_next(siginfo_t *info);

/* signals_fd() - a descriptor that can be polled for them, or -1. */
int signals_fd(void);

/* signals_note() - has one come that asks to stop?  Sets stopped_by. */
int signals_note(void);

#endif
