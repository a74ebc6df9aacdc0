// SPDX-License-Identifier: GPL-2.0
#include "due.h"

#include <stdlib.h>
#include <string.h>

bool due_init(struct due *d, uint32_t nr)
{
	uint32_t leaves = 1;

	while (leaves < nr)
		leaves *= 2;
	d->leaves = leaves;
	d->ns = malloc(leaves * sizeof(*d->ns));
	d->winner = malloc(2 * leaves * sizeof(*d->winner));
	if (!d->ns || !d->winner)
		return false;
	memset(d->ns, 0xff, leaves * sizeof(*d->ns));
	for (uint32_t i = 0; i < leaves; i++)
		d->winner[leaves + i] = i;
	for (uint32_t k = leaves - 1; k; k--)
		d->winner[k] = d->winner[2 * k];
	return true;
}

void due_free(struct due *d)
{
	free(d->ns);
	free(d->winner);
	*d = (struct due){ 0 };
}

/* Ties are rare, and numbers as good as chance to a branch that asks them. */
static bool beats(uint64_t a_ns, uint32_t a, uint64_t b_ns, uint32_t b)
{
	if (a_ns < b_ns)
		return true;
	return __builtin_expect(a_ns == b_ns, 0) && a < b;
}

/*
 * Whoever is next to the way up is known before: only the comparisons wait for
 * each other.  Whether another wins as before is not asked, the guess is often
 * wrong.
 */
void due_set(struct due *d, uint32_t i, uint64_t ns)
{
	uint32_t first = i;

	d->ns[i] = ns;
	for (uint32_t k = d->leaves + i; k > 1; k /= 2) {
		uint32_t other = d->winner[k ^ 1];
		uint64_t other_ns = d->ns[other];
		bool lost = beats(other_ns, other, ns, first);

		first = lost ? other : first;
		ns = lost ? other_ns : ns;
		d->winner[k / 2] = first;
	}
}
