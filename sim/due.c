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

/* Whether another wins as before is not asked: the guess is often wrong. */
void due_set(struct due *d, uint32_t i, uint64_t ns)
{
	uint32_t *winner = d->winner;
	const uint64_t *at = d->ns;

	d->ns[i] = ns;
	for (uint32_t k = (d->leaves + i) / 2; k; k /= 2) {
		uint32_t a = winner[2 * k], b = winner[2 * k + 1];

		winner[k] = at[b] < at[a] ? b : a;
	}
}
