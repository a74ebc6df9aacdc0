/* SPDX-License-Identifier: GPL-2.0 */
/* Steps on their way to the teller: repetition is counted, not told. */
#ifndef CLI_EXPLAIN_FOLD_H
#define CLI_EXPLAIN_FOLD_H

#include "explain.h"

/**
 * struct fold - what was told last
 * @all:	tell everything
 * @limit:	steps to tell at most; 0 = no limit
 * @told:	so far; @hidden: beyond @limit
 * @r:		the kinds that were told lately, and how often they came again
 */
struct fold {
	const struct teller *teller;
	const struct subject *about;
	bool all;
	unsigned int limit;
	uint64_t told;
	uint64_t hidden;
	struct repeated r;
};

/* fold_step() - tell it or count it. */
int fold_step(struct fold *f, const struct step *s);

/* fold_flush() - tell what was only counted. */
int fold_flush(struct fold *f);

#endif
