// SPDX-License-Identifier: GPL-2.0
/* Sets of CPU or node numbers, and the list format of sysfs ("0-3,8"). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "idset.h"

unsigned int idset_count(const struct idset *s)
{
	unsigned int n = 0;

	for (size_t i = 0; i < MAX_IDS / LONG_BITS; i++)
		n += __builtin_popcountl(s->bits[i]);
	return n;
}

void idset_and(struct idset *s, const struct idset *other)
{
	for (size_t i = 0; i < MAX_IDS / LONG_BITS; i++)
		s->bits[i] &= other->bits[i];
}

/* Moves *list past one number; false if there is none or it is too large. */
static bool take_id(const char **list, unsigned long *id)
{
	char *end;

	if (!isdigit((unsigned char)**list))
		return false;
	*id = strtoul(*list, &end, 10);
	*list = end;
	return *id < MAX_IDS;
}

static bool take_range(struct idset *s, const char **list)
{
	unsigned long first, last;

	if (!take_id(list, &first))
		return false;
	last = first;
	if (**list == '-') {
		++*list;
		if (!take_id(list, &last))
			return false;
	}
	for (; first <= last; first++)
		idset_add(s, first);
	return true;
}

/* An empty list is an empty set: a node without CPUs has one. */
bool idset_parse(struct idset *s, const char *list)
{
	memset(s, 0, sizeof(*s));
	while (*list && *list != '\n') {
		if (!take_range(s, &list))
			return false;
		if (*list == ',')
			list++;
	}
	return true;
}
