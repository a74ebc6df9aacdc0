/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How functions of the simulator fail: they return -1 (or NULL) and leave one
 * line for people, which says what was wrong and where.
 */
#ifndef SIM_ERROR_H
#define SIM_ERROR_H

struct sim_error {
	char text[256];
};

/* sim_fail() - set the text.  Return: -1, always. */
int sim_fail(struct sim_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
