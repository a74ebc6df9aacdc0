/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chance that is the same everywhere: integers by splitmix64 (Steele, Lea and
 * Flood, 2014), and logarithms from nothing but IEEE additions, products and
 * quotients, for libm may differ in the last bit.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>
#include <string.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Tasks have the numbers below; beside them, by task and by CPU: */
#define RNG_LAUNCHER	(1ULL << 32)
#define RNG_TICK	(2ULL << 32)

/* A stream of its own for everything that has a number. */
static inline struct rng rng_for(uint64_t seed, uint64_t number)
{
	struct rng r = { seed ^ (number * 0xd1342543de82ef95 + 1) };

	rng_next(&r);
	return r;
}

/* In (0, 1]. */
static inline double rng_unit(struct rng *r)
{
	return (double)(int64_t)((rng_next(r) >> 11) + 1) / 9007199254740992.0;
}

/* From 0 to @n - 1. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)rng_next(r) * n) >> 64);
}

/*
 * Natural logarithm of a normal number > 0, to about 1e-12: the exponent, and
 * the series of atanh for the rest, which lies in [1, 2).
 */
static inline double sim_log(double x)
{
	uint64_t bits;
	double m, y, y2, term, sum = 0;
	int exponent;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (int)(bits >> 52) - 1023;
	bits = (bits & 0xfffffffffffff) | 0x3ff0000000000000;
	memcpy(&m, &bits, sizeof(m));
	y = (m - 1) / (m + 1);
	y2 = y * y;
	term = y;
	for (int k = 1; k < 25; k += 2) {
		sum += term / k;
		term *= y2;
	}
	return 2 * sum + exponent * 0.6931471805599453;
}

/* Time to the next of events that come at @rate per unit of time. */
static inline double rng_wait(struct rng *r, double rate)
{
	return -sim_log(rng_unit(r)) / rate;
}

/* e to the @x, for |x| below 700. */
static inline double sim_exp(double x)
{
	int whole = (int)(x / 0.6931471805599453);
	double rest = x - whole * 0.6931471805599453, term = 1, sum = 1;
	uint64_t bits;
	double two;

	for (int k = 1; k < 20; k++) {
		term *= rest / k;
		sum += term;
	}
	bits = (uint64_t)(whole + 1023) << 52;
	memcpy(&two, &bits, sizeof(two));
	return sum * two;
}

#endif
