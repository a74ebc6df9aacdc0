/* SPDX-License-Identifier: GPL-2.0 */
/* One worker process of a sweep. */
#ifndef CLI_POOL_WORKER_H
#define CLI_POOL_WORKER_H

#include "pool.h"

/* pool_worker() - all that a worker does.  Return: its exit code. */
int pool_worker(struct pool *p, unsigned int number);

#endif
