/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of CPU or node numbers, laid out as the kernel takes it in
 * sched_setaffinity() and mbind().  cpu_set_t ends at 1024 CPUs; this does not.
 */
#ifndef NPWORK_IDSET_H
#define NPWORK_IDSET_H

#include <limits.h>
#include <stdbool.h>

#define MAX_IDS		8192
#define LONG_BITS	(sizeof(long) * CHAR_BIT)

struct idset {
	unsigned long bits[MAX_IDS / LONG_BITS];
};

static inline void idset_add(struct idset *s, unsigned int id)
{
	s->bits[id / LONG_BITS] |= 1UL << id % LONG_BITS;
}

static inline bool idset_has(const struct idset *s, unsigned int id)
{
	return s->bits[id / LONG_BITS] >> id % LONG_BITS & 1;
}

unsigned int idset_count(const struct idset *s);
void idset_and(struct idset *s, const struct idset *other);
bool idset_parse(struct idset *s, const char *list);

#endif
