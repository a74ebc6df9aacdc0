/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scene of most cases: a process that manages itself, with its thread on
 * one node and memory on another, working until the scan has gone through its
 * address space a few times.
 */
#ifndef NP_TESTS_SCENE_H
#define NP_TESTS_SCENE_H

#include "common.h"

#define MORON "moron:" FAST
#define HERE 0			/* where the thread runs */
#define THERE 1			/* where the memory starts */
#define SMALL 2			/* a third node with a CPU */
#define SIZE (4 * MIB)
#define PAGES (SIZE / PAGE)
#define NEARLY(n) ((n) - (n) / 20)
#define PATIENCE 30		/* seconds until something counts as never */

#define CGROUP "/sys/fs/cgroup"

extern int fd;			/* the device */
extern char *area;		/* SIZE bytes that nothing protects */

/* prepare() makes the scene, go() attaches to it; begin() is both. */
void prepare(void);
void go(const char *spec, unsigned int flags);
void begin(const char *spec, unsigned int flags);

/* Work on [p, p + size), or the area, until @nr more passes are complete. */
bool work_on(void *p, size_t size, unsigned int nr);
bool work(unsigned int nr);
/* Work until (nearly) all of it is on @node. */
bool follows(void *p, size_t size, int node);
/* Work until a counter has reached @goal. */
bool reaches(enum np_counter which, uint64_t goal);

/* The unprotected memory shows that placement was at work meanwhile. */
void area_follows(void);
void stays(void *p, size_t size, int node, const char *what);
unsigned int effective(void);
/* Detach. Every page that was asked for is accounted for, so is every reason. */
void sums(void);

/* With one thread the kernel does not mark what is local already. */
void second_thread(void);
/* For children that only have to be there; they end with their parent. */
void wait_to_die(void) __attribute__((noreturn));

#endif
