// SPDX-License-Identifier: GPL-2.0
/*
 * stress SECONDS SEED: random calls of the library from eight threads in each of
 * four processes, which fork, end threads, and are given other policies meanwhile.
 * Now and then all of them stand still, and what the module counts for each group
 * is compared with what they have.  At the end nothing is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numaplace.h>

#include "common.h"

#define PROCS 4
#define THREADS 8
#define ALL (PROCS * THREADS)
#define SIZE (256 * 1024UL)
#define PAGES (SIZE / PAGE)
#define KNOWN 16		/* groups that may be joined */
#define ROUND_MS 500

/* What all processes see. */
static struct {
	pthread_barrier_t meet;
	int known[KNOWN];
	int in[ALL];		/* group that each thread says it is in, or 0 */
	int bound[ALL];		/* group that its memory is in, or 0 */
	unsigned long calls[ALL];
	bool over;
} *all;

/* One thread. */
struct worker {
	int nr;
	unsigned long dice;
	char *region;
	pthread_t thread;
	pid_t tid;
};

static struct worker workers[THREADS];	/* of this process */
static unsigned long seed;
static int fd;

/* Knuth's MMIX generator: the same everywhere. */
static unsigned int roll(struct worker *w, unsigned int sides)
{
	w->dice = w->dice * 6364136223846793005UL + 1442695040888963407UL;
	return (w->dice >> 33) % sides;
}

static int some_group(struct worker *w)
{
	return all->known[roll(w, KNOWN)];
}

/* -------------------------------------------------------------------- calls */

static void make(struct worker *w)
{
	int id = numa_tbind(0, MS_ID_NEW, 0);

	if (id > 0)
		all->known[roll(w, KNOWN)] = id;
}

static void join(struct worker *w)
{
	numa_tbind(roll(w, 2) ? 0 : workers[roll(w, THREADS)].tid,
		   some_group(w), 0);
}

static void leave(struct worker *w)
{
	(void)w;
	numa_tbind(0, MS_ID_NONE, 0);
}

static void go(struct worker *w)
{
	np_set_home_node(roll(w, 2) ? 0 : workers[roll(w, THREADS)].tid,
			 (int)roll(w, 4) - 1);
	np_home_node(0);
}

static void bind(struct worker *w)
{
	int id = some_group(w);

	if (!numa_mbind(w->region, SIZE, id, 0))
		all->bound[w->nr] = id;
}

static void unbind(struct worker *w)
{
	if (!np_mbind(w->region, SIZE, MPOL_DEFAULT, NULL, 0, 0))
		all->bound[w->nr] = 0;
}

static void renew(struct worker *w)
{
	munmap(w->region, SIZE);
	all->bound[w->nr] = 0;
	w->region = mmap(w->region, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w->region == MAP_FAILED)
		die("mmap");
	touch(w->region, SIZE);
}

static void drop(struct worker *w)
{
	madvise(w->region, SIZE, MADV_DONTNEED);
	touch(w->region, SIZE);
}

static void look(struct worker *w)
{
	struct np_progress p;

	np_progress(w->region, SIZE, &p);
	touch(w->region, SIZE);
}

static void follow(struct worker *w)
{
	np_mbind(w->region, SIZE, MPOL_NOOP, NULL, 0,
		 MPOL_MF_MOVE | MPOL_MF_LAZY);
	touch(w->region, SIZE);
}

static void breed(struct worker *w)
{
	pid_t pid = fork();

	if (!pid) {
		touch(w->region, SIZE / 2);
		numa_tbind(0, roll(w, 2) ? MS_ID_NEW : some_group(w), 0);
		np_set_home_node(0, (int)roll(w, 3));
		_exit(0);
	}
	if (pid > 0)
		reap(pid);
}

static void *short_lived(void *data)
{
	struct worker w = *(struct worker *)data;

	if (roll(&w, 2))
		make(&w);
	touch(w.region, SIZE);
	return NULL;
}

static void spawn(struct worker *w)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, short_lived, w))
		pthread_join(thread, NULL);
}

static void change_policy(struct worker *w)
{
	static const char *const specs[] = {
		"moron:scan_delay=0,scan_period=10", "schednuma:balance_period=100",
		"autonuma", "mainline", "numacore", "stock", "none", "app",
	};

	if (roll(w, 4))
		dev_attach(fd, 0, specs[roll(w, ARRAY_SIZE(specs))],
			   NP_ATTACH_REPLACE);
	else
		dev_detach(fd, 0);
}

static void watch(struct worker *w)
{
	int notices = np_notify_fd();
	struct np_event e[8];

	if (notices < 0)
		return;
	fcntl(notices, F_SETFL, O_NONBLOCK);
	go(w);
	if (read(notices, e, sizeof(e)) < 0 && errno != EAGAIN)
		die("read");
	close(notices);
}

static void one_call(struct worker *w)
{
	static void (*const calls[])(struct worker *w) = {
		make, join, join, leave, go, go, bind, bind, unbind, renew,
		drop, look, follow, spawn, watch,
	};

	if (!roll(w, 50))
		breed(w);
	else if (!roll(w, 100))
		change_policy(w);
	else
		calls[roll(w, ARRAY_SIZE(calls))](w);
	all->calls[w->nr]++;
}

/* ------------------------------------------------------------------- workers */

/* Stand still, twice: until all do, and while they are counted. */
static void meet(struct worker *w)
{
	int id;

	pthread_barrier_wait(&all->meet);
	id = numa_tbind(0, MS_ID_GET, 0);
	all->in[w->nr] = id > 0 ? id : 0;
	touch(w->region, SIZE);
	pthread_barrier_wait(&all->meet);
	pthread_barrier_wait(&all->meet);
}

static void *work(void *data)
{
	struct worker *w = data;
	double end;

	w->tid = gettid();
	w->region = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (w->region == MAP_FAILED)
		die("mmap");
	touch(w->region, SIZE);
	do {
		for (end = now() + ROUND_MS / 1e3; now() < end; )
			one_call(w);
		meet(w);
	} while (!all->over);
	return NULL;
}

static void be_process(int nr)
{
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = dev_open();
	for (i = 0; i < THREADS; i++) {
		workers[i].nr = nr * THREADS + i;
		workers[i].dice = seed * ALL + (unsigned long)workers[i].nr;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			die("pthread_create");
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	_exit(0);
}

/* ------------------------------------------------------------------- judging */

/* Of the main threads, which only wait, nobody tells: they are in no group. */
static int members(int id)
{
	int i, nr = 0;

	for (i = 0; i < ALL; i++)
		nr += all->in[i] == id;
	return nr;
}

static int memory(int id)
{
	int i, nr = 0;

	for (i = 0; i < ALL; i++)
		nr += all->bound[i] == id;
	return nr;
}

static int next_group(struct np_ioc_group *g)
{
	int id = g->id;

	*g = (struct np_ioc_group){
		.size = sizeof(*g), .flags = NP_GROUP_NEXT, .id = id,
	};
	return dev_ioctl(fd, NP_IOC_GROUP, g);
}

static int wrong_group(const struct np_ioc_group *g)
{
	int threads = members(g->id), regions = memory(g->id);

	if ((int)g->threads == threads && g->present == regions * PAGES)
		return 0;
	tap_note("group %d: %u threads, not %d; %llu pages, not %lu", g->id,
		 g->threads, threads, (unsigned long long)g->present,
		 regions * PAGES);
	return 1;
}

static int wrong_groups(unsigned int *groups)
{
	struct np_ioc_group g = { 0 };
	int wrong = 0, threads = 0, i;

	while (!next_group(&g)) {
		wrong += wrong_group(&g);
		threads += (int)g.threads;
		++*groups;
	}
	for (i = 0; i < ALL; i++)
		threads -= all->in[i] != 0;
	return wrong + (threads != 0);
}

static bool nothing_left(void)
{
	struct np_ioc_group g = { 0 };

	return next_group(&g) == -ENOENT;
}

static bool wait_for_nothing(void)
{
	double end = now() + 10 * scale();

	while (!nothing_left()) {
		if (now() > end)
			return false;
		msleep(100);
	}
	return true;
}

static void start_all(pid_t *pid)
{
	pthread_barrierattr_t shared;

	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		die("mmap");
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&all->meet, &shared, ALL + 1);
	for (int i = 0; i < PROCS; i++) {
		pid[i] = fork();
		if (!pid[i])
			be_process(i);
	}
}

/* Return: how many rounds were wrong. */
static int judge(double seconds, unsigned int *groups)
{
	double end = now() + seconds;
	int wrong = 0;

	do {
		pthread_barrier_wait(&all->meet);
		pthread_barrier_wait(&all->meet);
		all->over = now() > end;
		wrong += wrong_groups(groups) != 0;
		pthread_barrier_wait(&all->meet);
	} while (!all->over);
	return wrong;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 10;
	unsigned int groups = 0;
	unsigned long calls = 0;
	int wrong, i, bad = 0;
	pid_t pid[PROCS];

	seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	start_all(pid);
	fd = dev_open();
	wrong = judge(seconds, &groups);
	for (i = 0; i < PROCS; i++)
		bad += reap(pid[i]) != 0;
	for (i = 0; i < ALL; i++)
		calls += all->calls[i];
	tap_note("%lu calls, %u groups looked at, seed %lu", calls, groups, seed);
	tap_is(bad, 0, "all processes end well");
	tap_above((long long)calls, ALL * 10, "there were calls");
	tap_above(groups, 10, "there were groups");
	tap_is(wrong, 0, "each group has what its threads and memory say");
	tap_ok(wait_for_nothing(), "no group is left");
	tap_ok(dev_wait_managed(fd, 0, 10), "nobody is managed");
	return tap_end();
}
