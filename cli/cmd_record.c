// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace record: write the trace of a command, or of a running process, with
 * all that a replay needs, into a file.
 *
 * A recording is complete or there is none: what the ring has no room for, or
 * the disk, is an error.  A running process is taken over again by the policy it
 * has, for a replay has to know the policy's state from its beginning.
 */
#include "cli.h"
#include "device.h"
#include "family.h"
#include "human.h"
#include "launch.h"
#include "outfile.h"
#include "pids.h"
#include "signals.h"
#include "spec.h"
#include "stream.h"
#include "this_machine.h"
#include "timer.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replay/trace_file.h"

#define DEFAULT_POLICY	"moron"
#define DEFAULT_FILE	"numaplace.trace"
#define DEFAULT_RECORDS	262144
#define SYSFS		"/sys/devices/system"

enum { OPT_PID = 256 };

struct record_args {
	struct launch launch;
	const char *file;
	pid_t pid;
	double seconds;
	unsigned int records;
	bool has_policy;
};

/**
 * struct recording - one under way
 * @broken:	it cannot be completed, which was told
 * @processes:	taken over or born in it
 * @held:	[@nr_held] answers, until the record of their call tells whether
 *		it is one of ours
 */
struct recording {
	const struct record_args *args;
	struct stream stream;
	struct family family;
	struct np_machine m;
	struct outfile out;
	struct trace_writer *writer;
	bool broken;
	uint64_t processes;
	struct np_record *held;
	size_t nr_held;
};

/* ----------------------------------------------------------------- records */

static int hold(struct recording *r, const struct np_record *rec)
{
	struct np_record *more = realloc(r->held, (r->nr_held + 1) *
						  sizeof(*more));

	if (!more)
		return fail("out of memory");
	r->held = more;
	r->held[r->nr_held++] = *rec;
	return 0;
}

static int add(struct recording *r, const struct np_record *rec)
{
	struct sim_error e;

	if (!trace_writer_add(r->writer, rec, &e))
		return 0;
	return fail("%s: %s", r->out.path, e.text);
}

static int add_all(struct recording *r, const struct np_record *rec)
{
	for (size_t i = 0; i < r->nr_held; i++)
		if (add(r, &r->held[i]))
			return -1;
	return add(r, rec);
}

static int write_record(void *data, const struct np_record *rec)
{
	struct recording *r = data;
	int ret = 0;

	if (np_is_answer(rec->type))
		return hold(r, rec);
	if (family_wants(&r->family, rec)) {
		ret = add_all(r, rec);
		r->processes += rec->type == NP_REC_ATTACH ||
				rec->type == NP_REC_FORK;
	}
	r->nr_held = 0;
	return ret;
}

static int refuse_gap(void *data, uint64_t nr)
{
	struct recording *r = data;
	unsigned int records = r->args->records;
	char lost[HUMAN_LEN], after[HUMAN_LEN];

	human_count(lost, nr);
	human_count(after, trace_writer_records(r->writer));
	if (records < STREAM_RECORDS_MAX)
		return fail("%s records were lost after record %s: the ring of "
			    "%u was full; record again with --records %u",
			    lost, after, records, 2 * records);
	return fail("%s records were lost after record %s: the ring was full, "
		    "and there is no larger one", lost, after);
}

/* Has the trace of it begin with a takeover, by the policy that it has. */
static void adopt(void *data, pid_t pid)
{
	struct recording *r = data;
	struct np_ioc_status s = { .size = sizeof(s), .pid = pid };
	struct np_ioc_attach a = {
		.size = sizeof(a), .flags = NP_ATTACH_REPLACE, .pid = pid,
	};

	if (device_call(r->stream.dev, NP_IOC_STATUS, &s) ||
	    s.effective == NP_EFF_UNMANAGED)
		return;
	a.flags |= s.shadow ? NP_ATTACH_SHADOW : 0;
	memcpy(a.spec, s.spec, sizeof(a.spec));
	device_call(r->stream.dev, NP_IOC_ATTACH, &a);
}

/* -------------------------------------------------------------------- file */

static void describe(const struct record_args *args, struct trace_info *info)
{
	struct utsname u;
	size_t at = 0;

	memset(info, 0, sizeof(*info));
	uname(&u);
	snprintf(info->origin, sizeof(info->origin), "Linux %s, numaplace %s",
		 u.release, NP_VERSION);
	for (char **word = args->launch.cmd; word && *word; word++)
		if (at < sizeof(info->command))
			at += (size_t)snprintf(info->command + at,
					       sizeof(info->command) - at,
					       "%s%s", at ? " " : "", *word);
	if (args->pid)
		pid_name(info->command, args->pid);
	for (char *c = info->command; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static int open_file(struct recording *r)
{
	struct trace_info info;
	struct sim_error e;

	describe(r->args, &info);
	if (machine_read(SYSFS, &r->m) || outfile_open(&r->out, r->args->file))
		return -1;
	r->writer = trace_writer_open(r->out.f, &r->m, &info, &e);
	return r->writer ? 0 : fail("%s: %s", r->out.path, e.text);
}

static void report(const struct recording *r, uint64_t records, long size)
{
	char nr[HUMAN_LEN], bytes[HUMAN_LEN];

	fprintf(stderr, "numaplace: %s records of %" PRIu64 " process%s in %s "
		"(%s)\n", human_count(nr, records), r->processes,
		r->processes == 1 ? "" : "es", r->args->file,
		human_bytes(bytes, size > 0 ? (uint64_t)size : 0));
}

static int close_file(struct recording *r)
{
	uint64_t records = trace_writer_records(r->writer);
	struct sim_error e;
	long size;

	if (!r->processes)
		return fail("nothing was recorded: no process was taken over; "
			    "in a container, record from outside");
	if (trace_writer_close(r->writer, &e))
		return fail("%s: %s", r->out.path, e.text);
	size = ftell(r->out.f);
	if (outfile_commit(&r->out))
		return -1;
	report(r, records, size);
	return 0;
}

static void clean_up(struct recording *r)
{
	trace_writer_free(r->writer);
	outfile_discard(&r->out);
	machine_free(&r->m);
	family_free(&r->family);
	free(r->held);
}

/* -------------------------------------------------------------------- loop */

enum { FD_DEVICE, FD_SIGNAL, FD_TIMER, FD_PROCESS, NR_FDS };

/* Descriptors that are not wanted are -1, which poll(2) skips. */
static int open_fds(struct pollfd *fds, const struct recording *r)
{
	const struct record_args *args = r->args;

	for (int i = 0; i < NR_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FD_DEVICE].fd = r->stream.dev;
	fds[FD_SIGNAL].fd = signals_fd();
	if (args->seconds > 0)
		fds[FD_TIMER].fd = timer_open(args->seconds);
	if (args->pid)
		fds[FD_PROCESS].fd = pidfd_open(args->pid, 0);
	if (args->pid && fds[FD_PROCESS].fd < 0)
		return fail("process %d: %s", args->pid, strerror(errno));
	return fds[FD_SIGNAL].fd < 0 || (args->seconds > 0 &&
					 fds[FD_TIMER].fd < 0) ? -1 : 0;
}

static void close_fds(struct pollfd *fds)
{
	for (int i = FD_SIGNAL; i < NR_FDS; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
}

/* A broken recording is over, but the command is not to suffer from it. */
static int read_some(struct recording *r, struct pollfd *fds)
{
	int more = r->broken ? 0 : stream_read(&r->stream);

	if (more >= 0)
		return more;
	r->broken = true;
	fds[FD_DEVICE].fd = -1;
	return 0;
}

static int wait_for_any(struct recording *r, struct pollfd *fds, int *more)
{
	if (poll(fds, NR_FDS, *more ? 0 : -1) < 0) {
		if (errno != EINTR)
			return fail("poll: %s", strerror(errno));
		return 0;
	}
	*more = fds[FD_DEVICE].revents ? read_some(r, fds) : 0;
	return 0;
}

/* What was recorded until now is still to be read. */
static void drain(struct recording *r, struct pollfd *fds)
{
	while (read_some(r, fds) > 0)
		;
}

/* ----------------------------------------------------------------- command */

/* Return: true when it has ended. */
static bool note_signals(pid_t pid, int *status)
{
	siginfo_t info;

	if (signals_next(&info) > 0)
		launch_pass_on(pid, &info);
	return waitpid(pid, status, WNOHANG) == pid;
}

static int follow_command(struct recording *r, pid_t pid, int *status)
{
	struct pollfd fds[NR_FDS];
	int more = 0, ret = open_fds(fds, r);

	r->broken |= ret;
	while (waitpid(pid, status, WNOHANG) == 0) {
		if (wait_for_any(r, fds, &more))
			break;
		if (fds[FD_SIGNAL].revents && note_signals(pid, status))
			break;
	}
	drain(r, fds);
	close_fds(fds);
	return ret;
}

static int record_command(struct recording *r)
{
	struct launch_trouble trouble;
	int status = 0;
	pid_t pid;

	pid = launch_start(r->stream.dev, &r->args->launch, &trouble);
	if (pid < 0)
		return EXIT_FAILURE;
	if (launch_failed(&trouble)) {
		waitpid(pid, &status, 0);
		return launch_explain(&r->args->launch, &trouble);
	}
	r->broken = family_begin(&r->family, pid);
	follow_command(r, pid, &status);
	if (r->broken || close_file(r))
		return EXIT_FAILURE;
	return launch_exit_code(status);
}

/* ----------------------------------------------------------------- process */

static bool time_to_end(const struct recording *r, const struct pollfd *fds)
{
	return r->broken || fds[FD_SIGNAL].revents || fds[FD_TIMER].revents ||
	       fds[FD_PROCESS].revents;
}

static int follow_process(struct recording *r)
{
	struct pollfd fds[NR_FDS];
	int more = 0, ret = open_fds(fds, r);

	while (!ret && !time_to_end(r, fds))
		ret = wait_for_any(r, fds, &more);
	if (!ret)
		drain(r, fds);
	close_fds(fds);
	return ret || r->broken ? -1 : 0;
}

static int check_managed(int dev, pid_t pid)
{
	struct np_ioc_status s;

	if (device_status(dev, 0, pid, &s))
		return -1;
	return s.effective == NP_EFF_UNMANAGED ? device_fail(pid, -ENOENT) : 0;
}

static int record_process(struct recording *r)
{
	pid_t pid = r->args->pid;

	r->family.adopt = adopt;
	r->family.data = r;
	if (check_managed(r->stream.dev, pid) ||
	    family_begin(&r->family, pid) ||
	    family_add_living(&r->family, pid) ||
	    follow_process(r) || close_file(r))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

/* --------------------------------------------------------------------- all */

static int record(int dev, const struct record_args *args)
{
	struct recording r = {
		.args = args,
		.stream = {
			.dev = dev, .record = write_record,
			.lost = refuse_gap, .data = &r,
		},
	};
	int code = EXIT_FAILURE;

	signals_hold();
	if (!open_file(&r) &&
	    !stream_start(&r.stream, 0, NP_TRACE_FEED, args->records))
		code = args->pid ? record_process(&r) : record_command(&r);
	clean_up(&r);
	return code;
}

static void parse_records(struct record_args *args, const char *text,
			  struct argp_state *state)
{
	char *end;
	unsigned long nr = strtoul(text, &end, 10);

	if (end == text || *end || nr < 1024 || nr > STREAM_RECORDS_MAX ||
	    (nr & (nr - 1)))
		argp_error(state, "'%s' is not a power of two from 1024 to %d",
			   text, STREAM_RECORDS_MAX);
	args->records = (unsigned int)nr;
}

static void check_together(const struct record_args *args,
			   struct argp_state *state)
{
	if (args->pid && args->launch.cmd)
		argp_error(state, "either a command or a process");
	if (args->pid && args->has_policy)
		argp_error(state, "a running process keeps its policy; see "
			   "numaplace attach --replace");
	if (!args->pid && !args->launch.cmd)
		argp_error(state, "no command to run, and no process");
	if (!args->pid && args->seconds > 0)
		argp_error(state, "--seconds is for processes; a command is "
			   "recorded to its end");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct record_args *args = state->input;

	switch (key) {
	case 'o':
		args->file = arg;
		return 0;
	case 'p':
		args->launch.policy = arg;
		args->has_policy = true;
		return 0;
	case 's':
		args->launch.shadow = true;
		args->has_policy = true;
		return 0;
	case OPT_PID:
		args->pid = pid_parse(arg);
		if (args->pid < 0)
			exit(EXIT_USAGE);
		return 0;
	case 't':
		if (seconds_parse(arg, &args->seconds))
			argp_error(state, "'%s' is not a number of seconds",
				   arg);
		return 0;
	case 'r':
		parse_records(args, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		args->launch.cmd = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check_together(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "write the trace there (default " DEFAULT_FILE ")", 0 },
	{ "policy", 'p', "NAME[:KEY=VALUE,..]", 0,
	  "place the command by this policy (default " DEFAULT_POLICY ")", 0 },
	{ "shadow", 's', NULL, 0,
	  "decide and record, but move nothing", 0 },
	{ "pid", OPT_PID, "PID", 0,
	  "record this managed process instead, with its descendants", 0 },
	{ "seconds", 't', "S", 0, "with --pid: end after S seconds", 0 },
	{ "records", 'r', "N", 0,
	  "room for records on their way to the file, a power of two", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "-- COMMAND [ARGUMENT...]\n--pid PID",
	.doc = "Run COMMAND under a placement policy, or follow PID, and write "
	       "all decisions about it and its descendants into a file, with "
	       "everything that led to them; numaplace replay reads it.\v"
	       "A process that is managed already is taken over anew by the "
	       "policy it has, so that the recording begins at a beginning. "
	       "Ends with COMMAND, with PID, after S seconds, or by Ctrl-C. "
	       "The exit status is COMMAND's own, or 1 if the recording "
	       "failed.",
};

int cmd_record(int argc, char **argv)
{
	struct record_args args = {
		.launch.policy = DEFAULT_POLICY,
		.file = DEFAULT_FILE,
		.records = DEFAULT_RECORDS,
	};
	int dev, code;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	if (spec_check(args.launch.policy))
		return EXIT_USAGE;
	if (outfile_check(args.file))
		return EXIT_FAILURE;
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	code = record(dev, &args);
	close(dev);
	return code;
}
