/* SPDX-License-Identifier: GPL-2.0 */
/* Texts that come with the program: builtin/NAME.work. */
#ifndef SIM_WORK_BUILTIN_H
#define SIM_WORK_BUILTIN_H

#include <stddef.h>

struct work_builtin {
	const char *name;
	const char *text;
	const char *end;
};

/* work_builtin() - the @i-th, or NULL. */
const struct work_builtin *work_builtin(unsigned int i);

#endif
