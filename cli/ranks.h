/* SPDX-License-Identifier: GPL-2.0 */
/* Our place among processes that mpirun(1) or srun(1) started together. */
#ifndef CLI_RANKS_H
#define CLI_RANKS_H

/**
 * struct ranks - alone: rank 0 of 1
 * @local:	how many of them are on this host
 */
struct ranks {
	unsigned int rank;
	unsigned int size;
	unsigned int local;
};

/* ranks_find() - as the environment says.  Return: 0, or -1 with a message. */
int ranks_find(struct ranks *r);

/* ranks_cores() - how many CPUs are ours to use, at least 1. */
unsigned int ranks_cores(const struct ranks *r);

#endif
