// SPDX-License-Identifier: GPL-2.0
/*
 * np_mbind(): memory that one thread has initialised moves to where it is used,
 * and only what is used.
 *
 *	cc np_mbind.c $(pkg-config --cflags --libs libnumaplace) -lnuma
 */
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <numaplace.h>

#define SIZE (64UL << 20)
#define PAGE 4096UL

/* Pages of it on each node, by move_pages(2). */
static void show(char *data, const char *when)
{
	unsigned long on[64] = { 0 };

	for (unsigned long at = 0; at < SIZE; at += PAGE) {
		void *page = data + at;
		int node = -1;

		if (!move_pages(0, 1, &page, NULL, &node, 0) && node >= 0)
			on[node % 64]++;
	}
	printf("%-12s", when);
	for (int node = 0; node < 64; node++)
		if (on[node])
			printf("  node %d: %lu pages", node, on[node]);
	putchar('\n');
}

int main(void)
{
	char *data = aligned_alloc(PAGE, SIZE);
	unsigned long target = 1UL << 1;	/* node 1 */

	if (!data)
		return 1;
	memset(data, 1, SIZE);
	show(data, "initialised");
	if (np_mbind(data, SIZE, MPOL_BIND, &target, 64,
		     MPOL_MF_MOVE | MPOL_MF_LAZY)) {
		perror("np_mbind");
		return 1;
	}
	show(data, "bound");
	memset(data, 2, SIZE / 10);
	show(data, "10 % used");
	free(data);
	return 0;
}
