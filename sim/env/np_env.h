/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User space's answers to what policy/ and the contract need from their home.
 * kmod/env/np_env.h has the same guard and the same list of names.
 */
#ifndef NP_ENV_H
#define NP_ENV_H

#include <linux/types.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define NP_PAGE_SHIFT	12
#define U32_MAX		UINT32_MAX
#define U8_MAX		UINT8_MAX
#define S64_MAX		INT64_MAX

/* Counters: one writer at a time here, several in the kernel. */
typedef u64 np_counter_t;

static inline void np_counter_add(np_counter_t *c, u64 n)
{
	*c += n;
}

static inline u64 np_counter_read(const np_counter_t *c)
{
	return *c;
}

static inline void np_counter_set(np_counter_t *c, u64 n)
{
	*c = n;
}

static inline u64 np_div64(u64 a, u32 b)
{
	return a / b;
}

#ifdef NP_POLICY_ROOM
#pragma GCC poison float double malloc calloc free printf rand random time
#pragma GCC poison clock_gettime gettimeofday getenv pthread_mutex_lock
#endif

#endif
