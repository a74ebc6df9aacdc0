/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each emulated CPU counts. Only the thread of that CPU writes its block;
 * the recorder reads them all at any time. Nothing is ever reset: a run is the
 * difference between two readings.
 */
#ifndef NP_WITNESS_COUNTERS_H
#define NP_WITNESS_COUNTERS_H

#include <stdint.h>

#include "machine.h"

#define NP_CACHE_LINE	64

/* The place after the last node counts pages of no known node. */
#define NP_UNKNOWN	NP_MAX_NODES

struct np_counters {
	unsigned int last_node;	/* of the last access; only a guess */
	uint64_t user_insns;
	uint64_t kernel_insns;
	uint64_t access[NP_MAX_NODES + 1];
} __attribute__((aligned(2 * NP_CACHE_LINE)));

extern struct np_counters np_counters[NP_MAX_VCPUS];

/* One writer: a torn or lost update cannot happen, a locked one is not needed. */
static inline void np_count(uint64_t *counter, uint64_t by)
{
	__atomic_store_n(counter, *counter + by, __ATOMIC_RELAXED);
}

static inline uint64_t np_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif /* NP_WITNESS_COUNTERS_H */
