// SPDX-License-Identifier: GPL-2.0
/*
 * The feed: records of all that the policies were called with, complete and in
 * order.  Run as "feed child" it is what others execute.  Needs two nodes with
 * CPUs.
 */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_TYPES 128

/**
 * struct seen - what a feed has told
 * @nr, @pages, @value: number and sums by type
 * @page:	address of the decision that waits for its outcome
 * @open:	a scan call is under way
 * @bad:	records out of order or senseless
 */
struct seen {
	uint64_t next, lost, bad;
	uint64_t nr[NR_TYPES], pages[NR_TYPES], value[NR_TYPES];
	uint64_t page;
	bool open;
	uint8_t first, last;
	char spec[NP_UAPI_SPEC + NP_SPEC_PIECE];
};

static int open_feed(pid_t pid)
{
	int feed = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct np_ioc_trace t = {
		.size = sizeof(t), .flags = NP_TRACE_FEED,
		.pid = pid, .records = 262144,
	};

	if (feed < 0 || dev_ioctl(feed, NP_IOC_TRACE, &t))
		die("feed");
	return feed;
}

static void spell(struct seen *s, const struct np_record *r)
{
	if (r->pages >= NP_UAPI_SPEC || r->pages % NP_SPEC_PIECE) {
		s->bad++;
		return;
	}
	memcpy(s->spec + r->pages, &r->addr, 8);
	memcpy(s->spec + r->pages + 8, &r->value, 8);
}

/* The first fault of a thread is resolved without its address. */
static bool fits(const struct seen *s, const struct np_record *r)
{
	return !r->addr || r->addr == s->page;
}

static void see_one(struct seen *s, const struct np_record *r)
{
	switch (r->type) {
	case NP_REC_PAGE:
		s->bad += r->node < 0 || r->cpu < 0 ||
			  (r->last_cpu < 0) != (r->last_node < 0);
		s->page = r->addr;
		break;
	case NP_REC_MOVED:
	case NP_REC_FAILED:
	case NP_REC_KEPT:
		s->bad += !fits(s, r) || r->dst < 0;
		s->page = 0;
		break;
	case NP_REC_PLAN:
		s->open = true;
		break;
	case NP_REC_MARKED:
		s->bad += !s->open || r->pages > r->value;
		break;
	case NP_REC_SCANNED:
		s->bad += !s->open;
		s->open = false;
		break;
	case NP_REC_SPEC:
		spell(s, r);
		break;
	}
}

static void see(struct seen *s, const struct np_record *r)
{
	if (!s->next)
		s->first = r->type;
	s->last = r->type;
	s->lost += r->seq - s->next;
	s->next = r->seq + 1;
	s->bad += !r->time_ns || !r->tid || r->type >= NR_TYPES;
	if (r->type >= NR_TYPES)
		return;
	s->nr[r->type]++;
	s->pages[r->type] += r->pages;
	s->value[r->type] += r->value;
	see_one(s, r);
}

static void drain(int feed, struct seen *s, pid_t pid)
{
	static struct np_record rec[256];
	ssize_t n;
	size_t i;

	while ((n = read(feed, rec, sizeof(rec))) > 0)
		for (i = 0; i < n / sizeof(rec[0]); i++)
			if (!pid || rec[i].pid == (uint32_t)pid)
				see(s, &rec[i]);
}

/* ---------------------------------------------------------------- complete */

static uint64_t outcomes(const uint64_t *of)
{
	return of[NP_REC_MOVED] + of[NP_REC_FAILED] + of[NP_REC_KEPT];
}

static void compare(const struct seen *seen)
{
	struct np_ioc_status s;

	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_is(seen->bad, 0, "feed: each record makes sense");
	tap_is(seen->lost, 0, "feed: none was lost");
	tap_is(seen->nr[NP_REC_PAGE], s.counter[NP_C_FAULTS], "feed: faults");
	tap_is(outcomes(seen->nr), s.counter[NP_C_FAULTS],
	       "feed: as many outcomes");
	tap_is(outcomes(seen->value), s.counter[NP_C_FAULT_NS],
	       "feed: and their time");
	tap_is(seen->pages[NP_REC_MOVED], s.counter[NP_C_MOVED], "feed: moves");
	tap_is(seen->pages[NP_REC_MARKED], s.counter[NP_C_SCAN_MARKED],
	       "feed: pages marked");
	tap_is(seen->value[NP_REC_MARKED], s.counter[NP_C_SCAN_PAGES],
	       "feed: pages walked");
	tap_is(seen->value[NP_REC_SCANNED], s.counter[NP_C_SCAN_NS],
	       "feed: time of the scan");
	tap_is(seen->nr[NP_REC_SCANNED], s.counter[NP_C_SCAN_WINDOWS] +
	       s.counter[NP_C_SCAN_BUDGET], "feed: calls of the scan");
	tap_is(seen->nr[NP_REC_WINDOW], s.counter[NP_C_SCAN_WINDOWS],
	       "feed: windows");
	tap_is(seen->nr[NP_REC_PASS], s.counter[NP_C_SCAN_PASSES],
	       "feed: passes");
}

static void framed(const struct seen *seen)
{
	tap_is(seen->first, NP_REC_SPEC, "feed: the policy comes first");
	tap_ok(!strcmp(seen->spec, MORON), "feed: it is spelt, as '%s'",
	       seen->spec);
	tap_is(seen->nr[NP_REC_ATTACH], 1, "feed: one takeover");
	tap_is(seen->nr[NP_REC_THREAD], 1, "feed: one thread");
	tap_is(seen->last, NP_REC_GONE, "feed: the end comes last");
}

static void complete(void)
{
	struct seen seen = { 0 };
	int feed, i;

	begin("moron:scan_delay=3600000", 0);
	feed = open_feed(getpid());
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	for (i = 0; i < 4; i++) {
		run_on_node(i % 2);
		work(1);
		drain(feed, &seen, 0);
	}
	dev_detach(fd, 0);
	drain(feed, &seen, 0);
	compare(&seen);
	framed(&seen);
}

/* -------------------------------------------------------------------- life */

static void *nothing(void *arg)
{
	return arg;
}

/* One that execs, and then has a thread that ends before the process. */
static pid_t child(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/proc/self/exe", "feed", "child", NULL);
		_exit(1);
	}
	return pid;
}

/* Joined is not yet gone: whoever ends meanwhile may end the process first. */
static void wait_for_its_end(void)
{
	struct stat st;

	while (!stat("/proc/self/task", &st) && st.st_nlink > 2 + 1)
		msleep(1);
}

static int be_child(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, nothing, NULL) ||
	    pthread_join(thread, NULL))
		return 1;
	wait_for_its_end();
	return 0;
}

static void life(void)
{
	int feed = open_feed(0);
	struct seen seen = { 0 };
	pid_t pid;

	begin("moron:scan_delay=3600000", 0);
	drain(feed, &seen, getpid());
	tap_is(seen.nr[NP_REC_ATTACH], 1, "life: the takeover is told");
	pid = child();
	tap_is(reap(pid), 0, "life: a child execs, has a thread, and ends");
	seen = (struct seen){ 0 };
	drain(feed, &seen, pid);
	tap_is(seen.first, NP_REC_FORK, "life: its birth comes first");
	tap_is(seen.value[NP_REC_FORK], getpid(), "life: and names the parent");
	tap_is(seen.nr[NP_REC_EXEC], 1, "life: its exec is told");
	tap_is(seen.nr[NP_REC_EXIT], 2, "life: so is the end of both threads");
	tap_is(seen.nr[NP_REC_GONE], 1, "life: and its own");
	tap_is(seen.last, NP_REC_GONE, "life: which comes last");
	tap_is(seen.nr[NP_REC_ATTACH], 0, "life: no one took it over");
}

/* ------------------------------------------------------------------- order */

#define THREADS 4

static void *toucher(void *arg)
{
	double until = now() + 2;

	run_on_node((long)arg % 2);
	while (now() < until)
		touch(area, SIZE);
	return NULL;
}

/* Several threads at once: the outcome of a thread's fault follows its fault. */
static void see_threads(int feed, struct seen *of, pid_t first)
{
	static struct np_record rec[256];
	ssize_t n;
	size_t i;

	while ((n = read(feed, rec, sizeof(rec))) > 0)
		for (i = 0; i < n / sizeof(rec[0]); i++)
			if (rec[i].tid - first < 64)
				see_one(&of[rec[i].tid - first], &rec[i]);
}

static void threads(void)
{
	static struct seen of[64];
	pthread_t thread[THREADS];
	uint64_t bad = 0;
	long i;
	int feed;

	begin("moron:scan_delay=3600000", 0);
	feed = open_feed(getpid());
	dev_attach(fd, 0, MORON, NP_ATTACH_REPLACE);
	for (i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, toucher, (void *)i);
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	see_threads(feed, of, getpid());
	for (i = 0; i < 64; i++)
		bad += of[i].bad;
	tap_is(bad, 0, "threads: each outcome follows its own decision");
	tap_above(dev_counter(fd, 0, NP_C_FAULTS), PAGES,
		  "threads: there are faults");
	sums();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "child"))
		return be_child();
	tap_child("complete", complete);
	tap_child("life", life);
	tap_child("threads", threads);
	return tap_end();
}
