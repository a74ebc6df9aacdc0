// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers as people read them.
 */
#include "human.h"
#include "cli.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

const char *human_count(char *buf, uint64_t n)
{
	char digits[HUMAN_LEN];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *out = buf;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buf;
}

/* @n in the largest unit that leaves at least 1; the first unit is whole. */
static const char *scaled(char *buf, uint64_t n, unsigned int step,
			  const char *const *units, size_t nr)
{
	double value = (double)n;
	size_t unit = 0;

	for (; value >= step && unit + 1 < nr; unit++)
		value /= step;
	snprintf(buf, HUMAN_LEN, "%.*f %s", unit ? 1 : 0, value, units[unit]);
	return buf;
}

const char *human_ns(char *buf, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };

	return scaled(buf, ns, 1000, units, ARRAY_SIZE(units));
}

const char *human_bytes(char *buf, uint64_t n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };

	return scaled(buf, n, 1024, units, ARRAY_SIZE(units));
}

const char *human_share(char *buf, uint64_t part, uint64_t whole)
{
	if (whole)
		snprintf(buf, HUMAN_LEN, "%.1f %%",
			 100.0 * (double)part / (double)whole);
	else
		strcpy(buf, "-");
	return buf;
}

char *human_text(char *text)
{
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n')
			*c = '?';
	return text;
}
