// SPDX-License-Identifier: GPL-2.0
/*
 * churn SECONDS [PROCESSES [SEED]]: threads that map, unmap, move, protect,
 * lock and forget memory, while others touch it, fork, exec and end.  What it
 * runs under is not its business.  Ends with status 0 unless it was disturbed.
 */
#include "common.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AREA (4 * MIB)
#define MAPPERS 2
#define TOUCHERS 2

static char *area;		/* changes all the time */
static double end_of_work;

static bool over(void)
{
	return now() > end_of_work;
}

static size_t pick_pages(unsigned int *seed, size_t most)
{
	return (rand_r(seed) % most + 1) * PAGE;
}

static char *pick_place(unsigned int *seed, size_t size)
{
	return area + rand_r(seed) % ((AREA - size) / PAGE + 1) * PAGE;
}

/* A hole would be found by other threads' stacks, hence no munmap() here. */
static void map_again(char *p, size_t size, int prot)
{
	if (mmap(p, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != p)
		die("mmap");
}

static void map_elsewhere(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	touch(p, size);
	munmap(p, size);
}

/* Elsewhere, and gone; what was there is empty. */
static void move_away(char *p, size_t size)
{
	char *q = mremap(p, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
			 NULL);

	if (q == MAP_FAILED)	/* more than one mapping */
		return;
	mprotect(q, size, PROT_READ | PROT_WRITE);
	touch(q, size);
	munmap(q, size);
}

static void bind_one(char *p, size_t size, unsigned int r)
{
	static const int modes[] = {
		MPOL_DEFAULT, MPOL_BIND, MPOL_PREFERRED, MPOL_INTERLEAVE,
	};
	int mode = modes[r % ARRAY_SIZE(modes)];

	bind_range(p, size, mode, mode == MPOL_DEFAULT ? 0 : 1UL << r / 4 % 2);
}

static void change(unsigned int *seed)
{
	size_t size = pick_pages(seed, 256);
	char *p = pick_place(seed, size);
	unsigned int r = rand_r(seed);

	switch (r / 256 % 10) {
	case 0:
		map_elsewhere(size);
		map_again(p, size, PROT_NONE);
		map_again(p, size, PROT_READ | PROT_WRITE);
		break;
	case 1:
		move_away(p, size);
		break;
	case 2:
		madvise(p, size, MADV_DONTNEED);
		break;
	case 3:
		mprotect(p, size, PROT_READ);
		mprotect(p, size, PROT_READ | PROT_WRITE);
		break;
	case 4:
		if (!mlock(p, size))
			munlock(p, size);
		break;
	case 5:
		madvise(p, size, r % 2 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
		break;
	case 6:
		bind_one(p, size, r);
		break;
	case 7:
		madvise(p, size, r % 2 ? MADV_COLD : MADV_PAGEOUT);
		break;
	case 8:
		pages_on(p, size, 0);
		break;
	default:
		map_again(p, size, PROT_READ | PROT_WRITE);
	}
}

static void *mapper(void *arg)
{
	unsigned int seed = (uintptr_t)arg;

	while (!over())
		change(&seed);
	return NULL;
}

/* What it touches may be protected at any moment. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	char *p = (char *)((uintptr_t)info->si_addr & ~(PAGE - 1));

	if (p < area || p >= area + AREA) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	sched_yield();
}

static void *toucher(void *arg)
{
	unsigned int seed = (uintptr_t)arg, n = 0;

	while (!over()) {
		size_t size = pick_pages(&seed, 64);

		if (n++ % 64 == 0)
			run_on_node(rand_r(&seed) % 2);
		touch(pick_place(&seed, size), size);
	}
	return NULL;
}

static void *nothing(void *unused)
{
	return NULL;
}

static void short_child(unsigned int r)
{
	pid_t pid = fork();

	if (pid > 0)
		reap(pid);
	if (pid)
		return;
	signal(SIGSEGV, SIG_DFL);
	if (r % 4 == 0)
		execl("/proc/self/exe", "churn", "exec", NULL);
	if (r % 4 == 1)
		touch(mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MIB);
	if (r % 4 == 2 && fork())
		_exit(0);
	_exit(0);
}

static void *breeder(void *arg)
{
	unsigned int seed = (uintptr_t)arg;

	while (!over()) {
		unsigned int r = rand_r(&seed);
		pthread_t thread;

		if (r / 16 % 2)
			short_child(r);
		else if (!pthread_create(&thread, NULL, nothing, NULL))
			pthread_join(thread, NULL);
	}
	return NULL;
}

static void start(pthread_t *thread, void *(*fn)(void *), unsigned int seed)
{
	errno = pthread_create(thread, NULL, fn, (void *)(uintptr_t)seed);
	if (errno)
		die("pthread_create");
}

static void churn(unsigned int seed)
{
	struct sigaction sa = { .sa_sigaction = on_fault,
				.sa_flags = SA_SIGINFO | SA_NODEFER };
	pthread_t thread[MAPPERS + TOUCHERS + 1];
	size_t i;

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	area = map_on_node(AREA, 0, MAP_HUGE);
	for (i = 0; i < MAPPERS; i++)
		start(&thread[i], mapper, seed + i);
	for (; i < MAPPERS + TOUCHERS; i++)
		start(&thread[i], toucher, seed + i);
	start(&thread[i], breeder, seed + i);
	for (i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
	int i, processes, bad = 0;
	unsigned int seed;

	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "exec"))
		return 0;
	end_of_work = now() + atof(argv[1]);
	processes = argc > 2 ? atoi(argv[2]) : 1;
	seed = argc > 3 ? strtoul(argv[3], NULL, 0) : (unsigned int)time(NULL);
	tap_note("churn: %d processes, seed %u", processes, seed);
	fflush(stdout);
	for (i = 0; i < processes; i++)
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			churn(seed + 100 * i);
			_exit(0);
		}
	while (i--) {
		int status;

		wait(&status);
		if (status)
			tap_note("churn: one ended with wait status %x", status);
		bad += status != 0;
	}
	return bad ? 1 : 0;
}
