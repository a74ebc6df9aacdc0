// SPDX-License-Identifier: GPL-2.0
/* One process of the workload: prepares its memory and runs its threads. */
#include "npwork.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* The usual 8 MiB of each thread would be scanned for nothing. */
#define STACK_BYTES	(256 * 1024)

static void do_work(struct task *task)
{
	unsigned int i = task_slot(task->run->options, task->process,
				   task->thread);
	struct slot *slot = &task->run->board->slots[i];
	int64_t before = cpu_ns();

	slot->work = task->run->options->workload->work(task);
	slot->end_ns = now_ns();
	slot->cpu_ns = cpu_ns() - before;
}

static void *task_main(void *arg)
{
	struct task *task = arg;
	const struct run *run = task->run;
	const struct options *o = run->options;

	if (o->place)
		place_thread(run, home_of(run, task->process, task->thread));
	if (o->init == INIT_THREAD && !o->workload->lanes)
		memory_touch(run->board, aim_share(task, 0));
	board_arrive(run->board);
	do_work(task);
	return NULL;
}

static void start_threads(struct task *tasks, pthread_t *ids, unsigned int n)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (unsigned int i = 0; i < n; i++) {
		errno = pthread_create(&ids[i], &attr, task_main, &tasks[i]);
		if (errno)
			err(EXIT_RUNTIME, "cannot start thread %u of %u", i, n);
	}
	pthread_attr_destroy(&attr);
}

void process_main(const struct run *run, unsigned int process)
{
	unsigned int threads = threads_of(run->options, process);
	struct task *tasks = calloc(threads, sizeof(*tasks));
	pthread_t *ids = calloc(threads, sizeof(*ids));
	struct range memory = { 0 };

	if (!tasks || !ids)
		err(EXIT_RUNTIME, "cannot describe %u threads", threads);
	if (!run->options->workload->lanes)
		memory = memory_prepare(run, process);
	for (unsigned int t = 0; t < threads; t++)
		tasks[t] = (struct task){ run, process, t, memory, 0 };
	start_threads(tasks, ids, threads);
	for (unsigned int t = 0; t < threads; t++)
		pthread_join(ids[t], NULL);
	free(ids);
	free(tasks);
}
