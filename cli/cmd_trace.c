// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace trace: each decision in one line, as it is made.
 *
 * Ends by Ctrl-C, after --seconds, or when the one process traced has ended.
 */
#include "cli.h"
#include "device.h"
#include "json.h"
#include "names.h"
#include "pids.h"
#include "record_text.h"
#include "stream.h"
#include "timer.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define RING_RECORDS	65536
#define ANY_REASON	(-1)

struct args {
	pid_t pid;
	double seconds;
	int reason;
	bool all;
	bool json;
};

struct reader {
	const struct args *args;
	struct stream stream;
	uint64_t lost;
};

/* ----------------------------------------------------------------- records */

static void print_record(const struct np_record *r)
{
	printf("%12.6f  %u/%u  ", (double)r->time_ns / 1e9, r->pid, r->tid);
	record_text(stdout, r);
	putchar('\n');
}

static int handle_lost(void *data, uint64_t lost)
{
	struct reader *rd = data;

	rd->lost += lost;
	if (rd->args->json)
		json_emit_line(json_pack("{s:I}", "lost", (json_int_t)lost));
	else
		printf("-- %" PRIu64 " records lost here --\n", lost);
	return 0;
}

static int handle_record(void *data, const struct np_record *r)
{
	const struct args *args = ((struct reader *)data)->args;

	if (args->reason != ANY_REASON && args->reason != r->reason)
		return 0;
	if (args->json)
		json_emit_line(record_json(r));
	else
		print_record(r);
	return ferror(stdout) ? -1 : 0;
}

/* -------------------------------------------------------------------- loop */

enum { FD_DEVICE, FD_SIGNAL, FD_TIMER, FD_PROCESS, NR_FDS };

/* Descriptors that are not wanted are -1, which poll(2) skips. */
static int open_fds(struct pollfd *fds, int dev, const struct args *args)
{
	for (int i = 0; i < NR_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FD_DEVICE].fd = dev;
	fds[FD_SIGNAL].fd = signals_open();
	if (args->seconds > 0)
		fds[FD_TIMER].fd = timer_open(args->seconds);
	if (args->pid)
		fds[FD_PROCESS].fd = pidfd_open(args->pid, 0);
	if (args->pid && fds[FD_PROCESS].fd < 0)
		return fail("process %d: %s", args->pid, strerror(errno));
	return 0;
}

static void close_fds(struct pollfd *fds)
{
	for (int i = FD_SIGNAL; i < NR_FDS; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
}

static bool time_to_end(const struct pollfd *fds)
{
	return fds[FD_SIGNAL].revents || fds[FD_TIMER].revents ||
	       fds[FD_PROCESS].revents;
}

static int follow(struct reader *rd, struct pollfd *fds)
{
	int more = 0;

	while (more >= 0 && !time_to_end(fds)) {
		if (poll(fds, NR_FDS, more ? 0 : -1) < 0 && errno != EINTR)
			return fail("poll: %s", strerror(errno));
		more = fds[FD_DEVICE].revents ? stream_read(&rd->stream) : 0;
	}
	while (more > 0 && !fds[FD_SIGNAL].revents)
		more = stream_read(&rd->stream);
	return more;
}

static int trace(int dev, const struct args *args)
{
	struct reader rd = {
		.args = args,
		.stream = {
			.dev = dev, .record = handle_record,
			.lost = handle_lost, .data = &rd,
		},
	};
	struct pollfd fds[NR_FDS];
	int ret = open_fds(fds, dev, args);

	if (!ret)
		ret = stream_start(&rd.stream, args->pid,
				   args->all ? NP_TRACE_FEED : 0, RING_RECORDS);
	if (!ret)
		ret = follow(&rd, fds);
	if (rd.lost)
		fail("%" PRIu64 " records were lost: the reader is too slow",
		     rd.lost);
	close_fds(fds);
	return ret;
}

/* --------------------------------------------------------------- arguments */

static void parse_seconds(struct args *args, const char *text,
			  struct argp_state *state)
{
	if (seconds_parse(text, &args->seconds))
		argp_error(state, "'%s' is not a number of seconds", text);
}

static void parse_reason(struct args *args, const char *text,
			 struct argp_state *state)
{
	args->reason = reason_find(text);
	if (args->reason >= 0)
		return;
	fprintf(stderr, "Reasons:\n");
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		fprintf(stderr, "  %-18s %s\n", reason_name(i), reason_text(i));
	argp_error(state, "no reason '%s'", text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 's':
		parse_seconds(args, arg, state);
		return 0;
	case 'r':
		parse_reason(args, arg, state);
		return 0;
	case 'a':
		args->all = true;
		return 0;
	case 'j':
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->pid)
			argp_error(state, "one process at a time");
		args->pid = pid_parse(arg);
		if (args->pid < 0)
			exit(EXIT_USAGE);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "seconds", 's', "S", 0, "end after S seconds", 0 },
	{ "reason", 'r', "REASON", 0,
	  "only decisions with this reason (`-r help' lists them)", 0 },
	{ "all", 'a', NULL, 0,
	  "not only decisions, but all that led to them, too", 0 },
	{ "json", 'j', NULL, 0, "print one JSON object per line", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PID]",
	.doc = "Print each decision about the pages of PID, or of all managed "
	       "processes, as it is made: time, process/thread, what, address "
	       "and size in pages, node it is on -> node the policy asked for "
	       "-> node it goes to, verdict, reason, CPU of this access and "
	       "of the one before.\v"
	       "Ends by Ctrl-C, after S seconds, or when PID has ended.",
};

int cmd_trace(int argc, char **argv)
{
	struct args args = { .reason = ANY_REASON };
	int dev, ret;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	setvbuf(stdout, NULL, _IOLBF, 0);
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	ret = trace(dev, &args);
	close(dev);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
