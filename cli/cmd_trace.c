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

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define RING_RECORDS	65536
#define READ_RECORDS	256
#define ANY_REASON	(-1)

struct args {
	pid_t pid;
	double seconds;
	int reason;
	bool json;
};

/**
 * struct reader - one trace under way
 * @next:	sequence number expected next
 * @first:	no record was seen yet, @next means nothing
 */
struct reader {
	const struct args *args;
	int dev;
	bool first;
	uint64_t next;
	uint64_t lost;
};

/* ----------------------------------------------------------------- records */

/* A node or a CPU; both are -1 if there is none. */
static const char *node_text(char *buf, int16_t node)
{
	if (node < 0)
		strcpy(buf, "-");
	else
		snprintf(buf, 8, "%d", node);
	return buf;
}

/* From where, to where as the policy wants it, to where in the end, and why. */
static void print_decision(const struct np_record *r)
{
	char src[8], asked[8], dst[8], last[8];

	printf(" 0x%012" PRIx64 " +%-4u node %s -> %s -> %s  %-7s %s "
	       "(cpu %d, before %s)", (uint64_t)r->addr, r->pages,
	       node_text(src, r->src), node_text(asked, r->asked),
	       node_text(dst, r->dst), verdict_name(r->verdict),
	       reason_text(r->reason), r->cpu, node_text(last, r->last_cpu));
}

static void print_record(const struct np_record *r)
{
	printf("%12.6f  %u/%u  %-6s", (double)r->time_ns / 1e9, r->pid, r->tid,
	       record_name(r->type));
	if (r->type == NP_REC_WINDOW)
		printf(" %u pages marked", r->pages);
	else if (r->type == NP_REC_PASS)
		printf(" end of the address space");
	else
		print_decision(r);
	putchar('\n');
}

static json_t *record_json(const struct np_record *r)
{
	char addr[24];

	snprintf(addr, sizeof(addr), "0x%" PRIx64, (uint64_t)r->addr);
	return json_pack("{s:I, s:I, s:s, s:i, s:i, s:s, s:i, s:i, s:i, s:i,"
			 " s:s, s:s, s:i, s:i, s:i}",
			 "seq", (json_int_t)r->seq,
			 "time_ns", (json_int_t)r->time_ns,
			 "type", record_name(r->type),
			 "pid", (int)r->pid,
			 "tid", (int)r->tid,
			 "addr", addr,
			 "pages", (int)r->pages,
			 "src", (int)r->src,
			 "asked", (int)r->asked,
			 "dst", (int)r->dst,
			 "verdict", verdict_name(r->verdict),
			 "reason", reason_name(r->reason),
			 "cpu", (int)r->cpu,
			 "last_cpu", (int)r->last_cpu,
			 "flags", (int)r->flags);
}

static void report_lost(const struct reader *rd, uint64_t lost)
{
	if (rd->args->json)
		json_emit_line(json_pack("{s:I}", "lost", (json_int_t)lost));
	else
		printf("-- %" PRIu64 " records lost here --\n", lost);
}

/* A jump in the sequence is what the ring had no room for. */
static void notice_gap(struct reader *rd, const struct np_record *r)
{
	if (!rd->first && r->seq > rd->next) {
		report_lost(rd, r->seq - rd->next);
		rd->lost += r->seq - rd->next;
	}
	rd->first = false;
	rd->next = r->seq + 1;
}

static void handle_record(struct reader *rd, const struct np_record *r)
{
	const struct args *args = rd->args;

	notice_gap(rd, r);
	if (args->reason != ANY_REASON && args->reason != r->reason)
		return;
	if (args->json)
		json_emit_line(record_json(r));
	else
		print_record(r);
}

/* Return: 1 if there may be more, 0 if not now, -1 on errors. */
static int read_some(struct reader *rd)
{
	struct np_record r[READ_RECORDS];
	ssize_t n = read(rd->dev, r, sizeof(r));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 :
			fail(NP_DEVICE ": %s", strerror(errno));
	for (size_t i = 0; i < (size_t)n / sizeof(*r); i++)
		handle_record(rd, &r[i]);
	if (ferror(stdout))
		return -1;
	return n == sizeof(r);
}

/* -------------------------------------------------------------------- loop */

enum { FD_DEVICE, FD_SIGNAL, FD_TIMER, FD_PROCESS, NR_FDS };

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int open_timer(double seconds)
{
	struct itimerspec t = {
		.it_value.tv_sec = (time_t)seconds,
		.it_value.tv_nsec = (long)((seconds - (double)(time_t)seconds)
					   * 1e9),
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd >= 0)
		timerfd_settime(fd, 0, &t, NULL);
	return fd;
}

/* Descriptors that are not wanted are -1, which poll(2) skips. */
static int open_fds(struct pollfd *fds, int dev, const struct args *args)
{
	for (int i = 0; i < NR_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FD_DEVICE].fd = dev;
	fds[FD_SIGNAL].fd = open_signals();
	if (args->seconds > 0)
		fds[FD_TIMER].fd = open_timer(args->seconds);
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
		more = fds[FD_DEVICE].revents ? read_some(rd) : 0;
	}
	while (more > 0 && !fds[FD_SIGNAL].revents)
		more = read_some(rd);
	return more;
}

static int start_trace(int dev, pid_t pid)
{
	struct np_ioc_trace t = {
		.size = sizeof(t), .pid = pid, .records = RING_RECORDS,
	};
	int ret = device_call(dev, NP_IOC_TRACE, &t);

	if (ret)
		return device_fail(pid, ret);
	return fcntl(dev, F_SETFL, O_NONBLOCK) ?
		fail("fcntl: %s", strerror(errno)) : 0;
}

static int trace(int dev, const struct args *args)
{
	struct reader rd = { .args = args, .dev = dev, .first = true };
	struct pollfd fds[NR_FDS];
	int ret = open_fds(fds, dev, args);

	if (!ret)
		ret = start_trace(dev, args->pid);
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
	char *end;

	args->seconds = strtod(text, &end);
	if (end == text || *end || !(args->seconds > 0 && args->seconds < 1e9))
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
