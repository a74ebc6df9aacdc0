// SPDX-License-Identifier: GPL-2.0
/*
 * The one way this program complains.
 */
#include "cli.h"

#include <err.h>
#include <stdarg.h>

int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	return -1;
}
