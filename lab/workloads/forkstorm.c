// SPDX-License-Identifier: GPL-2.0
/*
 * Many short lives, as in the build of a kernel: by the time a balancer has
 * learnt something about a process, the process is gone.  A lane is a process
 * that starts one child after the other, as a job of make does.
 */
#include "npwork.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Some tens of milliseconds in an emulated guest. */
#define CHILD_STEPS	1000000

/* Stores here and there, with some thought between, as a compiler does. */
static void think(struct range memory, size_t stride)
{
	size_t places = memory.len / stride;
	uint64_t x = 88172645463325252;

	for (unsigned int i = 0; i < CHILD_STEPS; i++) {
		x = scramble(x);
		if (i % 8 == 0)
			sweep_touch(memory.start + x % places * stride,
				    stride, stride);
	}
}

/* What the children are: `npwork forkstorm-child BYTES STRIDE'. */
int forkstorm_child(char **args)
{
	uint64_t bytes = args[0] ? strtoull(args[0], NULL, 10) : 0;
	uint64_t stride = bytes && args[1] ? strtoull(args[1], NULL, 10) : 0;
	struct range memory;

	if (!stride || stride > bytes)
		errx(EXIT_USAGE, "%s is not for you", FORKSTORM_CHILD);
	memory = memory_map(bytes, MEMORY_PRIVATE);
	sweep_touch(memory.start, memory.len, sysconf(_SC_PAGESIZE));
	think(memory, stride);
	return 0;
}

static _Noreturn void become_child(char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv("/proc/self/exe", argv);
	warn("cannot start /proc/self/exe");
	_exit(EXIT_RUNTIME);
}

static void run_child(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become_child(argv);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		err(EXIT_RUNTIME, "cannot run a child");
	if (status)
		errx(EXIT_RUNTIME, "a child failed");
}

static uint64_t work(struct task *task)
{
	const struct run *run = task->run;
	const struct options *o = run->options;
	char bytes[24], stride[24];
	char *argv[] = { "npwork", FORKSTORM_CHILD, bytes, stride, NULL };
	uint64_t children = 0;

	snprintf(bytes, sizeof(bytes), "%ju", (uintmax_t)(o->mb * MIB));
	snprintf(stride, sizeof(stride), "%ju", (uintmax_t)o->stride);
	if (o->place)
		bind_future(run->machine, memory_node_of(run,
				home_of(run, task->process, task->thread)));
	while (board_running(run->board) && !loops_done(o, children)) {
		run_child(argv);
		children++;
	}
	return children;
}

const struct workload forkstorm = {
	.name = "forkstorm",
	.summary = "a lane per CPU, each forks and execs short-lived children",
	.unit = "children",
	.processes = EVERY_CPU,
	.threads = 1,
	.mb = 4,
	.init = INIT_THREAD,
	.spread = SPREAD_PROCESSES,
	.single = true,
	.lanes = true,
	.work = work,
};
