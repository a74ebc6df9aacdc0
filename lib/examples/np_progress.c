// SPDX-License-Identifier: GPL-2.0
/*
 * np_progress(): watch memory move as it is used.
 *
 *	cc np_progress.c $(pkg-config --cflags --libs libnumaplace) -lnuma
 */
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <numaplace.h>

#define SIZE (32UL << 20)
#define STEPS 4

int main(void)
{
	char *data = aligned_alloc(4096, SIZE);
	unsigned long target = 1UL << 1;	/* node 1 */
	struct np_progress p;

	if (!data)
		return 1;
	memset(data, 1, SIZE);
	if (np_mbind(data, SIZE, MPOL_PREFERRED, &target, 64,
		     MPOL_MF_MOVE | MPOL_MF_LAZY)) {
		perror("np_mbind");
		return 1;
	}
	for (int step = 0; step <= STEPS; step++) {
		if (np_progress(data, SIZE, &p)) {
			perror("np_progress");
			return 1;
		}
		printf("%llu of %llu pages there, %llu waiting\n", p.there,
		       p.present, p.waiting);
		if (step < STEPS)
			memset(data + step * SIZE / STEPS, 2, SIZE / STEPS);
	}
	free(data);
	return 0;
}
