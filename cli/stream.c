// SPDX-License-Identifier: GPL-2.0
/*
 * Records as the device gives them, and what it had no room for.
 */
#include "stream.h"
#include "cli.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_RECORDS	256

int stream_start(const struct stream *s, pid_t pid, unsigned int flags,
		 unsigned int records)
{
	struct np_ioc_trace t = {
		.size = sizeof(t), .flags = flags, .pid = pid,
		.records = records,
	};
	int ret = device_call(s->dev, NP_IOC_TRACE, &t);

	if (ret)
		return device_fail(pid, ret);
	return fcntl(s->dev, F_SETFL, O_NONBLOCK) ?
		fail("fcntl: %s", strerror(errno)) : 0;
}

/* A jump in the sequence is what the ring had no room for. */
static int handle(struct stream *s, const struct np_record *rec)
{
	uint64_t gap = s->begun && rec->seq > s->next ? rec->seq - s->next : 0;

	s->begun = true;
	s->next = rec->seq + 1;
	if (gap && s->lost(s->data, gap))
		return -1;
	return s->record(s->data, rec);
}

int stream_read(struct stream *s)
{
	struct np_record rec[READ_RECORDS];
	ssize_t n = read(s->dev, rec, sizeof(rec));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 :
			fail(NP_DEVICE ": %s", strerror(errno));
	for (size_t i = 0; i < (size_t)n / sizeof(*rec); i++)
		if (handle(s, &rec[i]))
			return -1;
	return n == sizeof(rec);
}
