// SPDX-License-Identifier: GPL-2.0
/*
 * The one way this program complains.
 */
#include "cli.h"
#include "human.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int fail(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		warnx("out of memory");
	} else {
		warnx("%s", human_text(text));
		free(text);
	}
	va_end(ap);
	return -1;
}
