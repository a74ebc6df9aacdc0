/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process and all its descendants, by the records that tell of births and
 * ends; and which of them a trace has whole: from a takeover on.
 */
#ifndef CLI_FAMILY_H
#define CLI_FAMILY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <numaplace/record.h>

/**
 * struct family - who belongs to it
 * @state:	by process id: FAMILY_*
 * @adopt:	what is done with a member whose takeover the trace does not
 *		have, or NULL
 * @data:	for @adopt
 */
struct family {
	uint8_t *state;
	void (*adopt)(void *data, pid_t pid);
	void *data;
};

#define FAMILY_MEMBER	0x1	/* one of them */
#define FAMILY_WHOLE	0x2	/* the trace has all since its takeover or birth */

/* family_begin() - with one member. */
int family_begin(struct family *f, pid_t pid);

/* family_add_living() - the descendants that are there already. */
int family_add_living(struct family *f, pid_t pid);

/* family_wants() - does this record belong into a trace of the family? */
bool family_wants(struct family *f, const struct np_record *rec);

void family_free(struct family *f);

#endif
