// SPDX-License-Identifier: GPL-2.0
/* What several command lines have in common. */
#include "args.h"

#include <errno.h>
#include <stdlib.h>

unsigned int arg_number(struct argp_state *state, const char *text,
			unsigned int most, const char *what)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n || n > most)
		argp_error(state, "%s must be a whole number from 1 to %u, "
			   "not '%s'", what, most, text);
	return (unsigned int)n;
}
