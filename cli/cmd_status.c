// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace status: what is managed, and what it really gets.
 */
#include "cli.h"
#include "device.h"
#include "human.h"
#include "json.h"
#include "names.h"
#include "pids.h"
#include "summary.h"
#include "table.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct args {
	pid_t pid;	/* 0 = the machine */
	bool json;
};

/* ------------------------------------------------------------- one process */

static void print_process(const struct np_ioc_status *s, pid_t pid)
{
	char name[PID_NAME_LEN], bytes[HUMAN_LEN];
	bool managed = s->effective != NP_EFF_UNMANAGED;

	printf("process     %d (%s), %u thread%s with state, %s\n", pid,
	       pid_name(name, pid), s->threads, s->threads == 1 ? "" : "s",
	       human_bytes(bytes, s->bytes));
	printf("configured  %s%s\n", managed ? s->spec : "nothing",
	       s->shadow ? ", shadow mode" : "");
	printf("effective   %s: %s\n", effective_name(s->effective),
	       effective_text(s->effective));
	if (!managed)
		return;
	printf("scan        every %u ms, longest call %u us\n\n",
	       s->scan_period_ms, s->scan_max_us);
	summary_text(stdout, s);
}

static json_t *process_json(const struct np_ioc_status *s, pid_t pid)
{
	char name[PID_NAME_LEN];
	json_t *j = json_pack("{s:i, s:o, s:o, s:s, s:s, s:i, s:I, s:i}",
			      "pid", (int)pid,
			      "name", json_text(pid_name(name, pid)),
			      "policy", json_text(s->spec),
			      "effective", effective_name(s->effective),
			      "effective_text", effective_text(s->effective),
			      "threads", (int)s->threads,
			      "bytes", (json_int_t)s->bytes,
			      "scan_period_ms", (int)s->scan_period_ms);

	return json_join(j, summary_json(s));
}

static int show_process(int dev, const struct args *args)
{
	struct np_ioc_status s;

	if (device_status(dev, 0, args->pid, &s))
		return EXIT_FAILURE;
	if (!args->json)
		print_process(&s, args->pid);
	else if (json_emit(process_json(&s, args->pid)))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

/* ------------------------------------------------------------- the machine */

typedef int (*visitor)(const struct np_ioc_status *s, pid_t pid, void *data);

/* Who is managed is not everybody's business. */
static bool may_list(int dev)
{
	struct np_ioc_pid p = { .size = sizeof(p) };

	return device_call(dev, NP_IOC_NEXT, &p) != -EPERM;
}

/*
 * Processes may end between two calls: these are left out.  So are those that
 * we may not see.  Return: how many these are, or -1.
 */
static int for_each_managed(int dev, const struct np_ioc_info *info,
			    visitor visit, void *data)
{
	int ret = 0, hidden = 0;
	pid_t pid = 0;

	if (!may_list(dev))
		return (int)info->managed;

	while (!ret && (pid = device_next(dev, pid)) > 0) {
		struct np_ioc_status s = { .size = sizeof(s), .pid = pid };

		ret = device_call(dev, NP_IOC_STATUS, &s);
		hidden += ret == -EPERM;
		if (!ret && s.effective != NP_EFF_UNMANAGED)
			ret = visit(&s, pid, data);
		else if (ret == -ESRCH || ret == -ENOENT || ret == -EPERM)
			ret = 0;
		else if (ret)
			ret = device_fail(pid, ret);
	}
	return pid < 0 || ret ? -1 : hidden;
}

static int add_row(const struct np_ioc_status *s, pid_t pid, void *data)
{
	char name[PID_NAME_LEN], faults[HUMAN_LEN], local[HUMAN_LEN];
	char moved[HUMAN_LEN], refused[HUMAN_LEN];

	return table_row(data, "%d\t%s\t%s%s\t%s\t%u\t%s\t%s\t%s\t%s", pid,
			 pid_name(name, pid), s->spec,
			 s->shadow ? " (shadow)" : "",
			 effective_name(s->effective), s->threads,
			 human_count(faults, s->counter[NP_C_FAULTS]),
			 human_share(local, s->counter[NP_C_LOCAL_FAULTS],
				     s->counter[NP_C_FAULTS]),
			 human_count(moved, s->counter[NP_C_MOVED]),
			 human_count(refused, s->counter[NP_C_REFUSED]));
}

static int print_processes(int dev, const struct np_ioc_info *info)
{
	static const char *const heads[] = {
		">PID", "NAME", "POLICY", "EFFECTIVE", ">THREADS",
		">HINT FAULTS", ">LOCAL", ">PAGES MOVED", ">REFUSED", NULL
	};
	struct libscols_table *t = table_new(heads);
	int hidden;

	if (!t)
		return -1;
	hidden = for_each_managed(dev, info, add_row, t);
	if (hidden < 0) {
		table_free(t);
		return -1;
	}
	putchar('\n');
	if (table_print(t))
		return -1;
	if (hidden)
		printf("and %d that only root sees\n", hidden);
	return 0;
}

static uint64_t state_bytes(const struct np_ioc_info *i)
{
	return (uint64_t)i->managed * i->proc_bytes +
	       (uint64_t)i->tasks * i->task_bytes;
}

static void print_switch(const struct np_ioc_info *i)
{
	printf("switch      kernel.numa_balancing is set to %d",
	       i->balancing_set);
	if (i->balancing_set != i->balancing_now)
		printf(" and runs with %d for the managed processes",
		       i->balancing_now);
	printf("\nall others  %s\n", i->balancing_set ?
	       "balanced by the stock kernel" : "not balanced");
}

static void print_machine(const struct np_ioc_info *i)
{
	char bytes[HUMAN_LEN];

	printf("module      loaded, ABI %u, %u policies\n", i->abi,
	       i->nr_policies);
	printf("managed     %u processes, %u threads with state\n", i->managed,
	       i->tasks);
	printf("memory      %s (%u bytes per process, %u per thread, %u per "
	       "page)\n", human_bytes(bytes, state_bytes(i)), i->proc_bytes,
	       i->task_bytes, i->page_bytes);
	print_switch(i);
	if (i->inherit_failed)
		printf("warning     %u children left unmanaged for want of "
		       "memory\n", i->inherit_failed);
}

static int add_json(const struct np_ioc_status *s, pid_t pid, void *data)
{
	return json_array_append_new(data, process_json(s, pid)) ?
		fail("out of memory") : 0;
}

static json_t *machine_json(const struct np_ioc_info *i, json_t *processes,
			    int hidden)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:{s:i, s:i},"
			 " s:{s:i, s:i, s:i, s:I}, s:o, s:i}",
			 "version", NP_VERSION,
			 "abi", (int)i->abi,
			 "policies", (int)i->nr_policies,
			 "managed", (int)i->managed,
			 "threads", (int)i->tasks,
			 "inherit_failed", (int)i->inherit_failed,
			 "numa_balancing",
			 "set", (int)i->balancing_set,
			 "now", (int)i->balancing_now,
			 "bytes",
			 "per_process", (int)i->proc_bytes,
			 "per_thread", (int)i->task_bytes,
			 "per_page", (int)i->page_bytes,
			 "total", (json_int_t)state_bytes(i),
			 "processes", processes,
			 "hidden", hidden);
}

static int emit_machine(int dev, const struct np_ioc_info *info)
{
	json_t *processes = json_array();

	int hidden = for_each_managed(dev, info, add_json, processes);

	if (hidden < 0) {
		json_decref(processes);
		return EXIT_FAILURE;
	}
	return json_emit(machine_json(info, processes, hidden)) ? EXIT_FAILURE : 0;
}

static int show_machine(int dev, const struct args *args)
{
	struct np_ioc_info info;

	if (device_info(dev, &info))
		return EXIT_FAILURE;
	if (args->json)
		return emit_machine(dev, &info);
	print_machine(&info);
	if (info.managed && print_processes(dev, &info))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

/* --------------------------------------------------------------- arguments */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
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
	{ "json", 'j', NULL, 0, "print as JSON", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PID]",
	.doc = "Show the module, the kernel's own switch and all managed "
	       "processes; or of one process what is configured, what it "
	       "really gets, and what happened to its pages and why.",
};

int cmd_status(int argc, char **argv)
{
	struct args args = { 0 };
	int dev, code;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	dev = device_open();
	if (dev < 0)
		return EXIT_FAILURE;
	code = args.pid ? show_process(dev, &args) : show_machine(dev, &args);
	close(dev);
	return code;
}
