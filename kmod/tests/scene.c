// SPDX-License-Identifier: GPL-2.0
#include "scene.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

int fd;
char *area;

void prepare(void)
{
	run_on_node(HERE);
	fd = dev_open();
	area = map_on_node(SIZE, THERE, MAP_SMALL);
}

void go(const char *spec, unsigned int flags)
{
	errno = -dev_attach(fd, 0, spec, flags);
	if (errno)
		die("attach");
}

void begin(const char *spec, unsigned int flags)
{
	prepare();
	go(spec, flags);
}

bool work_on(void *p, size_t size, unsigned int nr)
{
	uint64_t goal = dev_counter(fd, 0, NP_C_SCAN_PASSES) + nr;
	double end = now() + PATIENCE * scale();

	do {
		touch(p, size);
		if (dev_counter(fd, 0, NP_C_SCAN_PASSES) >= goal)
			return true;
	} while (now() < end);
	tap_note("no %u passes within %d s", nr, PATIENCE);
	return false;
}

bool work(unsigned int nr)
{
	return work_on(area, SIZE, nr);
}

bool follows(void *p, size_t size, int node)
{
	double end = now() + PATIENCE * scale();

	do {
		touch(p, size);
		if (pages_on(p, size, node) >= NEARLY(size / PAGE))
			return true;
	} while (now() < end);
	tap_note("%lu of %lu pages on node %d", pages_on(p, size, node),
		 (unsigned long)(size / PAGE), node);
	return false;
}

bool reaches(enum np_counter which, uint64_t goal)
{
	double end = now() + PATIENCE * scale();

	do {
		touch(area, SIZE);
		if (dev_counter(fd, 0, which) >= goal)
			return true;
	} while (now() < end);
	return false;
}

void area_follows(void)
{
	tap_ok(follows(area, SIZE, HERE), "what nothing protects, follows");
}

void stays(void *p, size_t size, int node, const char *what)
{
	tap_is(pages_on(p, size, node), size / PAGE, "%s stays", what);
}

unsigned int effective(void)
{
	struct np_ioc_status s;

	return dev_status(fd, 0, &s) ? ~0U : s.effective;
}

void sums(void)
{
	uint64_t reasons = 0;
	struct np_ioc_status s;
	int i;

	if (dev_detach(fd, 0) || dev_sum(fd, NP_STATUS_SESSION, NULL, &s))
		die("sums");
	for (i = 0; i < NP_NR_REASONS; i++)
		reasons += s.reason[i];
	tap_is(s.counter[NP_C_MOVED] + s.counter[NP_C_REFUSED] +
	       s.counter[NP_C_SHADOWED], s.counter[NP_C_MOVES_ASKED],
	       "moved, refused and shadowed are what was asked for");
	tap_is(s.counter[NP_C_FAULT_PAGES] + s.reason[NP_R_MOVE_FAILED],
	       reasons, "each page that faulted has a reason");
	tap_ok(s.counter[NP_C_LOCAL_FAULTS] <= s.counter[NP_C_FAULTS] &&
	       s.counter[NP_C_FAULTS] <= s.counter[NP_C_FAULT_PAGES],
	       "local faults, faults and pages in this order");
}

static void *do_nothing(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

void second_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, do_nothing, NULL);
	if (errno)
		die("pthread_create");
}

void wait_to_die(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}
