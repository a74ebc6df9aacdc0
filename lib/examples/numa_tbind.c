// SPDX-License-Identifier: GPL-2.0
/*
 * numa_tbind(): two threads that work together stay together.
 *
 *	cc numa_tbind.c $(pkg-config --cflags --libs libnumaplace) -pthread
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include <numaplace.h>

static void *consumer(void *group)
{
	unsigned int cpu = 0, node = 0;

	/* Threads inherit the group of who makes them; joining needs its id only. */
	if (numa_tbind(0, *(int *)group, 0) < 0)
		perror("numa_tbind");
	getcpu(&cpu, &node);
	printf("consumer: group %d, home node %d, on CPU %u of node %u\n",
	       numa_tbind(0, MS_ID_GET, 0), np_home_node(0), cpu, node);
	return NULL;
}

int main(void)
{
	int group = numa_tbind(0, MS_ID_NEW, 0);
	pthread_t thread;

	if (group < 0) {
		perror("numa_tbind");
		return 1;
	}
	printf("producer: group %d, home node %d\n", group, np_home_node(0));
	if (pthread_create(&thread, NULL, consumer, &group))
		return 1;
	pthread_join(thread, NULL);
	return 0;
}
