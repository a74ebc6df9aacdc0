/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that press: for the tests of vmpressure.ko. */
#ifndef VP_TESTS_PRESS_H
#define VP_TESTS_PRESS_H

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common.h"

#define STEP MIB

/* The kernel kills it first, and it ends with its parent. */
static inline void be_victim(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_text("/proc/self/oom_score_adj", "1000");
}

/* One step; @cache: that can be given up at once, as a cache's memory can. */
static inline void press(bool cache)
{
	char *p = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	memset(p, 1, STEP);
	if (cache)
		madvise(p, STEP, MADV_FREE);
}

/* A child that has so much of each, in MiB, a step every 2 ms; and waits then. */
static inline pid_t presser(unsigned int cache, unsigned int rest)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	be_victim();
	for (; cache || rest; msleep(2)) {
		press(cache);
		if (cache)
			cache--;
		else
			rest--;
	}
	for (;;)
		pause();
}

#endif
