/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest itself says on its second serial port. */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include <stdbool.h>

#include "run.h"

/**
 * struct results - what it has said so far
 * @runs:	the runs that are expected; each gets the guest's own line
 * @kernel:	release of its kernel, or empty
 * @error:	why its script gave up, or empty
 * @usage:	it was asked for something that does not exist
 */
struct results {
	struct runs *runs;
	char kernel[96];
	char error[256];
	bool usage;
};

/* results_line() - take one line in; lines meant for others are skipped. */
int results_line(struct results *r, const char *line);

/* results_check() - at the end: is anything missing, did anything fail? */
int results_check(const struct results *r);

#endif
