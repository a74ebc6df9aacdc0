/* SPDX-License-Identifier: GPL-2.0 */
/* What several command lines have in common. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <argp.h>

/*
 * arg_number() - a whole number from 1 to @most; anything else ends the
 * program with a message that names @what.
 */
unsigned int arg_number(struct argp_state *state, const char *text,
			unsigned int most, const char *what);

#endif
