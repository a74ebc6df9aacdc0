/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's answers to what policy/ and the contract need from their home.
 * sim/env/np_env.h has the same guard and the same list of names.
 */
#ifndef NP_ENV_H
#define NP_ENV_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

#define NP_PAGE_SHIFT	PAGE_SHIFT

typedef atomic64_t np_counter_t;

static inline void np_counter_add(np_counter_t *c, u64 n)
{
	atomic64_add(n, c);
}

static inline u64 np_counter_read(const np_counter_t *c)
{
	return atomic64_read(c);
}

static inline void np_counter_set(np_counter_t *c, u64 n)
{
	atomic64_set(c, n);
}

static inline u64 np_div64(u64 a, u32 b)
{
	return div_u64(a, b);
}

#ifdef NP_POLICY_ROOM
#pragma GCC poison float double kfree jiffies ktime_get local_clock
#pragma GCC poison get_random_u32
#endif

#endif
