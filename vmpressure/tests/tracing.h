/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's own trace of reclaim, line by line, for the tests of vmpressure.ko. */
#ifndef VP_TESTS_TRACING_H
#define VP_TESTS_TRACING_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define TRACING "/sys/kernel/tracing/"
#define BUFFER_KIB "24576"

static inline void trace_set(const char *file, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), TRACING "%s", file);
	if (write_text(path, text))
		die(path);
}

/* Trace points, and entries of functions that have none, in one order. */
static inline int trace_begin(void)
{
	static const char *const on[] = {
		"vmscan/mm_vmscan_lru_shrink_inactive",
		"vmscan/mm_vmscan_memcg_reclaim_begin",
		"vmscan/mm_vmscan_memcg_reclaim_end",
		"kprobes/pressure", "kprobes/priority",
	};
	char file[128];
	size_t i;

	trace_set("trace_clock", "mono");
	trace_set("buffer_size_kb", BUFFER_KIB);
	trace_set("kprobe_events",
		  "p:kprobes/pressure vmpressure memcg=$arg2:x64 tree=$arg3:u8 scanned=$arg4:u64 reclaimed=$arg5:u64\n"
		  "p:kprobes/priority vmpressure_prio memcg=$arg2:x64 priority=$arg3:s32\n");
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		snprintf(file, sizeof(file), "events/%s/enable", on[i]);
		trace_set(file, "1");
	}
	return open(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

static inline void trace_end(int fd)
{
	close(fd);
	trace_set("events/enable", "0");
	trace_set("kprobe_events", "");
}

/* Hand all complete lines that are there, at most some, to @fn. Return: how many. */
static inline int trace_lines(int fd, void (*fn)(char *line))
{
	static char buf[16384];
	static size_t have;
	char *line = buf, *end;
	ssize_t got = read(fd, buf + have, sizeof(buf) - have - 1);
	int nr = 0;

	if (got <= 0)
		return 0;
	have += (size_t)got;
	buf[have] = 0;
	for (; (end = strchr(line, '\n')); line = end + 1, nr++) {
		*end = 0;
		fn(line);
	}
	have -= (size_t)(line - buf);
	memmove(buf, line, have);
	return nr;
}

/* The number after "@name=", or 0. */
static inline unsigned long long field(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	return at ? strtoull(at + strlen(name), NULL, 0) : 0;
}

#endif
