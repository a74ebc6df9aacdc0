// SPDX-License-Identifier: GPL-2.0
/*
 * np_home_node(), np_set_home_node(): show the home node of a thread, or give it
 * one.
 *
 *	cc np_home_node.c $(pkg-config --cflags --libs libnumaplace)
 *	./a.out TID [NODE]
 */
#include <stdio.h>
#include <stdlib.h>

#include <numaplace.h>

int main(int argc, char **argv)
{
	int tid = argc > 1 ? atoi(argv[1]) : 0, node;

	if (argc > 2 && np_set_home_node(tid, atoi(argv[2]))) {
		perror("np_set_home_node");
		return 1;
	}
	node = np_home_node(tid);
	if (node < 0) {
		perror("np_home_node");
		return 1;
	}
	printf("%d\n", node);
	return 0;
}
