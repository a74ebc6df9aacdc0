// SPDX-License-Identifier: GPL-2.0
/*
 * numa_mbind(): memory follows its group, from node to node.
 *
 *	cc numa_mbind.c $(pkg-config --cflags --libs libnumaplace)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <numaplace.h>

#define SIZE (16UL << 20)

static void show(void *data, const char *when)
{
	struct np_progress p;

	if (!np_progress(data, SIZE, &p))
		printf("%-24s home node %d: %llu of %llu pages there, %llu waiting\n",
		       when, np_home_node(0), p.there, p.present, p.waiting);
}

int main(void)
{
	char *data = aligned_alloc(4096, SIZE);
	int group = numa_tbind(0, MS_ID_NEW, 0);

	if (!data || group < 0) {
		perror("numa_tbind");
		return 1;
	}
	memset(data, 1, SIZE);
	if (numa_mbind(data, SIZE, group, 0)) {
		perror("numa_mbind");
		return 1;
	}
	show(data, "bound");
	if (np_set_home_node(0, np_home_node(0) == 0)) {
		perror("np_set_home_node");
		return 1;
	}
	show(data, "the group has moved");
	memset(data, 2, SIZE / 2);
	show(data, "half of it was used");
	free(data);
	return 0;
}
