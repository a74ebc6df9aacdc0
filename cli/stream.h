/* SPDX-License-Identifier: GPL-2.0 */
/* Records as the device gives them, and what it had no room for. */
#ifndef CLI_STREAM_H
#define CLI_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <numaplace/record.h>

#define STREAM_RECORDS_MAX	1048576		/* the device's limit */

/**
 * struct stream - one trace under way
 * @dev:	the device; reading it does not wait
 * @record:	what is done with each record
 * @lost:	what is done where @nr records are missing before the next one
 *		Both return 0 or -1, which ends the reading.
 * @data:	for both
 * @next:	sequence number expected next
 * @begun:	a record was seen, @next means something
 */
struct stream {
	int dev;
	int (*record)(void *data, const struct np_record *rec);
	int (*lost)(void *data, uint64_t nr);
	void *data;
	uint64_t next;
	bool begun;
};

/**
 * stream_start() - have the device trace
 * @pid:	one process, or 0 for all
 * @flags:	NP_TRACE_*
 * @records:	room for so many
 */
int stream_start(const struct stream *s, pid_t pid, unsigned int flags,
		 unsigned int records);

/* stream_read() - Return: 1 if there may be more, 0 if not now, -1 on errors. */
int stream_read(struct stream *s);

#endif
