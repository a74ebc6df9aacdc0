// SPDX-License-Identifier: GPL-2.0
/*
 * What policies ask for is done: home nodes, moves and swaps of tasks, pages
 * that workers move, processes that nodes pull.  Needs three nodes with CPUs, of
 * which the first has two.
 */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOWHERE -1

/* ------------------------------------------------------------ what is so now */

/* The node the load balancer prefers for a thread, by the kernel. */
static int preferred_of(pid_t tid)
{
	char path[64], line[256];
	int nid = -2;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/sched", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return nid;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "numa_preferred_nid", 18))
			nid = atoi(strchr(line, ':') + 1);
	fclose(f);
	return nid;
}

static int preferred(void)
{
	return preferred_of(gettid());
}

static int my_node(void)
{
	unsigned int node;

	if (getcpu(NULL, &node))
		die("getcpu");
	return node;
}

static bool patiently(bool (*is)(int), int arg)
{
	double end = now() + PATIENCE * scale();

	do {
		touch(area, SIZE);
		if (is(arg))
			return true;
	} while (now() < end);
	return false;
}

static bool prefers(int nid)
{
	return preferred() == nid;
}

static bool has_home(int unused)
{
	(void)unused;
	return preferred() >= 0;
}

static bool is_on(int node)
{
	return my_node() == node;
}

static bool was_refused(int times)
{
	return dev_counter(fd, 0, NP_C_TASK_REFUSED) >= (unsigned int)times;
}

/* --------------------------------------------------------------------- homes */

static void *report_preferred(void *nid)
{
	*(int *)nid = preferred();
	return NULL;
}

static int preferred_of_new_thread(void)
{
	pthread_t thread;
	int nid;

	errno = pthread_create(&thread, NULL, report_preferred, &nid);
	if (errno)
		die("pthread_create");
	pthread_join(thread, NULL);
	return nid;
}

static int preferred_of_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(preferred() + 10);
	return reap(pid) - 10;
}

static void home_from_birth(void)
{
	begin("wish:home=1," FAST, 0);
	tap_ok(patiently(prefers, THERE), "home: the process is given one");
	tap_is(preferred_of_new_thread(), THERE, "home: a thread shares it");
	tap_is(preferred_of_child(), THERE, "home: a child gets its own");
	dev_detach(fd, 0);
	tap_is(preferred(), NOWHERE, "home: it goes with the policy");
}

static void home_asked(void)
{
	begin("wish:verb=home,node=1," FAST, 0);
	tap_ok(patiently(prefers, THERE), "home: a thread asks for one");
	tap_is(dev_counter(fd, 0, NP_C_TASK_ASKED), 1, "home: asked once");
	dev_attach(fd, 0, "none:" FAST, NP_ATTACH_REPLACE);
	tap_ok(patiently(prefers, NOWHERE),
	       "home: another policy does not know it");
}

static void home_in_shadow(void)
{
	begin("wish:verb=home,node=1," FAST, NP_ATTACH_SHADOW);
	tap_ok(reaches(NP_C_TASK_ASKED, 1), "home, shadow: asked");
	tap_is(preferred(), NOWHERE, "home, shadow: not given");
}

static void no_home_without_memory(void)
{
	begin("wish:verb=home,node=1000," FAST, 0);
	tap_ok(patiently(was_refused, 1), "home: none where there is no node");
	tap_is(preferred(), NOWHERE, "home: it has none then");
}

/* --------------------------------------------------------------------- moves */

/* The load balancer may have it back at once: it is asked for again then. */
static void moved(void)
{
	prepare();
	go("wish:verb=move,node=1,settle=yes,times=5," FAST, 0);
	run_anywhere();
	tap_ok(patiently(is_on, THERE), "move: to another node");
	tap_ok(patiently(prefers, THERE), "move: and settles there");
	tap_is(dev_counter(fd, 0, NP_C_TASK_REFUSED), 0, "move: not refused");
}

static void not_moved(const char *what)
{
	tap_ok(patiently(was_refused, 1), "move: %s, refused", what);
	tap_is(my_node(), HERE, "move: %s, it stays", what);
	tap_is(preferred(), NOWHERE, "move: %s, it does not settle", what);
}

static void pinned_is_not_moved(void)
{
	begin("wish:verb=move,node=1,settle=yes," FAST, 0);
	not_moved("a pinned thread");
}

static void *spin(void *unused)
{
	struct sched_param last = { 0 };

	if (sched_setscheduler(0, SCHED_OTHER, &last))
		die("sched_setscheduler");
	run_on_cpu(first_cpu_of(SMALL));
	for (;;)
		;
	return unused;
}

/* The kernel has realtime threads not scan; somebody must. */
static void scanner(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, spin, NULL);
	if (errno)
		die("pthread_create");
}

static void realtime_is_not_moved(void)
{
	struct sched_param first = { .sched_priority = 1 };

	prepare();
	if (sched_setscheduler(0, SCHED_RR, &first))
		die("sched_setscheduler");
	scanner();
	go("wish:verb=move,node=1,settle=yes," FAST, 0);
	run_anywhere();
	not_moved("a realtime thread");
}

/* --------------------------------------------------------------------- swaps */

static struct {
	atomic_bool stop;
	atomic_int node;
	bool pinned;
} other;

static void *run_there(void *unused)
{
	run_on_node(THERE);
	if (!other.pinned)
		run_anywhere();
	while (!other.stop)
		other.node = my_node();
	return NULL;
}

static bool changed_places(int unused)
{
	(void)unused;
	return my_node() == THERE || other.node == HERE;
}

static void with_other(bool pinned, void (*what)(void))
{
	pthread_t thread;

	other.pinned = pinned;
	errno = pthread_create(&thread, NULL, run_there, NULL);
	if (errno)
		die("pthread_create");
	while (other.node != THERE)
		sched_yield();
	what();
	other.stop = true;
	pthread_join(thread, NULL);
}

static void attach_swapper(const char *verb)
{
	char spec[128];

	snprintf(spec, sizeof(spec), "wish:verb=%s,cpu=%d,settle=yes,times=1000000," FAST,
		 verb, first_cpu_of(THERE));
	go(spec, 0);
	run_anywhere();
}

static void expect_swap(void)
{
	attach_swapper("swap");
	tap_ok(patiently(changed_places, 0), "swap: both change places");
	tap_ok(patiently(prefers, THERE), "swap: the one who asked settles");
}

static void swapped(void)
{
	prepare();
	with_other(false, expect_swap);
}

/* With whoever else runs there for a moment it may change places. */
static void expect_no_swap(void)
{
	attach_swapper("swap");
	tap_ok(patiently(was_refused, 1), "swap: not with a pinned thread");
	tap_is(other.node, THERE, "swap: that stays where it is");
}

static void not_swapped(void)
{
	prepare();
	with_other(true, expect_no_swap);
}

/* ------------------------------------------------------------------- workers */

static void queued(void)
{
	begin("wish:queue=yes," FAST, 0);
	tap_ok(follows(area, SIZE, HERE), "worker: memory follows its user");
	tap_above(dev_counter(fd, 0, NP_C_MOVED), NEARLY(PAGES),
		  "worker: what it moves is counted");
}

static void queued_huge(void)
{
	char *huge;

	prepare();
	huge = map_on_node(SIZE, THERE, MAP_HUGE);
	go("wish:queue=yes," FAST, 0);
	tap_ok(follows(huge, SIZE, HERE), "worker: huge pages, too");
}

/* Whoever frees its memory at once leaves the worker with nothing. */
static void queued_and_freed(void)
{
	begin("wish:queue=yes," FAST, 0);
	for (int i = 0; i < 20; i++) {
		char *p = map_on_node(MIB, THERE, MAP_SMALL);

		work_on(p, MIB, 1);
		munmap(p, MIB);
	}
	tap_ok(follows(area, SIZE, HERE), "worker: freed memory is let be");
}

static void rate_limit(void)
{
	double begun;
	uint64_t pages;

	begin("moron:migrate_limit=1," FAST, 0);
	begun = now();
	while (now() - begun < 2)
		touch(area, SIZE);
	pages = dev_counter(fd, 0, NP_C_MOVED);
	tap_ok(pages <= (now() - begun + 0.2) * MIB / PAGE,
	       "migrate limit: %lu pages in %.1f s", (unsigned long)pages,
	       now() - begun);
	tap_above(pages, MIB / PAGE, "migrate limit: but as much as may");
	tap_above(dev_reason(fd, 0, NP_R_RATE), 1, "migrate limit: by its name");
}

/* ------------------------------------------------------------------- memory */

static unsigned long new_pages_on(int node)
{
	char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long pages;

	if (p == MAP_FAILED)
		die("mmap");
	madvise(p, MIB, MADV_NOHUGEPAGE);
	touch(p, MIB);
	pages = pages_on(p, MIB, node);
	munmap(p, MIB);
	return pages;
}

static void home_alloc(void)
{
	prepare();
	tap_is(new_pages_on(HERE), MIB / PAGE, "new memory is where one runs");
	go("wish:home=1,home_alloc=yes," FAST, 0);
	tap_is(new_pages_on(THERE), MIB / PAGE, "home_alloc: at home instead");
	alloc_on(MPOL_BIND, SMALL);
	tap_is(new_pages_on(SMALL), MIB / PAGE,
	       "home_alloc: but an explicit policy decides");
	alloc_on(MPOL_DEFAULT, -1);
	dev_attach(fd, 0, "wish:home=1," FAST, NP_ATTACH_REPLACE);
	tap_is(new_pages_on(HERE), MIB / PAGE, "home_alloc: only if wanted");
}

static void home_alloc_in_shadow(void)
{
	prepare();
	go("wish:home=1,home_alloc=yes," FAST, NP_ATTACH_SHADOW);
	tap_is(new_pages_on(HERE), MIB / PAGE, "home_alloc: not in the shadow");
}

/* ---------------------------------------------------------------- scheduling */

static void home_pull(void)
{
	begin("wish:home=1,home_pull=yes," FAST, 0);
	patiently(prefers, THERE);
	run_anywhere();
	tap_ok(patiently(is_on, THERE), "home_pull: a busy thread comes home");
}

static int wakes_on(int node)
{
	int there = 0;

	for (int i = 0; i < 100; i++) {
		run_on_node(HERE);
		run_anywhere();
		usleep(1000);
		there += my_node() == node;
	}
	return there;
}

static void home_wake(void)
{
	begin("wish:home=1,home_wake=yes," FAST, 0);
	patiently(prefers, THERE);
	tap_above(wakes_on(THERE), 80, "home_wake: sleepers wake up at home");
}

/* ---------------------------------------------------------------- balancing */

static void pulled(void)
{
	begin("wish:pull=1,balance_period=100," FAST, 0);
	tap_ok(patiently(prefers, THERE), "balance: a node takes the process in");
	tap_is(preferred_of_new_thread(), THERE, "balance: with all its threads");
	tap_above(dev_counter(fd, 0, NP_C_TASK_ASKED), 1, "balance: counted");
}

/* ------------------------------------------------------------------ policies */

/* Its thread cannot leave, so its memory has to come. */
static void follows_under(const char *spec)
{
	begin(spec, 0);
	tap_ok(follows(area, SIZE, HERE), "%s: memory follows", spec);
	sums();
}

/* -------------------------------------------------------------------- groups */

static int open_feed(void)
{
	int feed = open(NP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct np_ioc_trace t = {
		.size = sizeof(t), .flags = NP_TRACE_FEED, .records = 65536,
	};

	if (feed < 0 || dev_ioctl(feed, NP_IOC_TRACE, &t))
		die("feed");
	return feed;
}

/* Return: the first join in the feed, or one of type 0. */
static struct np_record join_in(int feed)
{
	static struct np_record rec[256];
	ssize_t n;

	while ((n = read(feed, rec, sizeof(rec))) > 0)
		for (size_t i = 0; i < n / sizeof(rec[0]); i++)
			if (rec[i].type == NP_REC_JOINED)
				return rec[i];
	return (struct np_record){ 0 };
}

/* Reading: a store to a page that has just moved forgets who was there last. */
static void look_at(const char *p)
{
	for (size_t off = 0; off < SIZE; off += PAGE)
		(void)*(const volatile char *)(p + off);
}

static void read_there(const char *shared)
{
	run_on_node(THERE);
	for (;;)
		look_at(shared);
}

/* With one thread each the kernel marks only what is on another node. */
static struct np_record join_of_two(const char *shared)
{
	double end = now() + PATIENCE * scale();
	struct np_record rec = { 0 };
	int feed = open_feed();

	while (!rec.type && now() < end) {
		for (int i = 0; i < 50; i++)
			look_at(shared);
		rec = join_in(feed);
	}
	close(feed);
	return rec;
}

static void group_found(void)
{
	char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct np_record rec;
	pid_t child;

	if (shared == MAP_FAILED)
		die("mmap");
	touch(shared, SIZE);
	begin("mainline:swap=no," FAST, 0);
	child = fork();
	if (!child)
		read_there(shared);
	rec = join_of_two(shared);
	end(child);
	tap_ok(rec.type, "group: processes that share memory are in one");
	tap_is(rec.pid, child, "group: of two the younger joins");
	tap_is(rec.value, getpid(), "group: that of the older");
	dev_attach(fd, 0, "none:" FAST, NP_ATTACH_REPLACE);
	tap_ok(dev_managed(fd, 0), "group: another policy knows none");
}

static void mainline(void) { follows_under("mainline:" FAST); }
static void autonuma(void) { follows_under("autonuma:" FAST ",scan_sleep_pass=10"); }

/* What a later fault cancels is asked for and neither moved nor refused. */
static void autonuma_async(void)
{
	begin("autonuma:migrate=async," FAST ",scan_sleep_pass=10", 0);
	tap_ok(follows(area, SIZE, HERE), "autonuma, async: memory follows");
}

static void adaptive(void) { follows_under("adaptive:" FAST); }
static void numacore(void) { follows_under("numacore:" FAST); }

/* It does not begin before a process has been on two nodes (first_nid). */
static void balancenuma(void)
{
	prepare();
	run_on_node(SMALL);
	go("balancenuma:" FAST, 0);
	for (double end = now() + 0.1 * scale(); now() < end; )
		touch(area, SIZE);
	tap_is(dev_counter(fd, 0, NP_C_SCAN_MARKED), 0,
	       "balancenuma: nothing is marked for who stays on a node");
	run_on_node(HERE);
	tap_ok(follows(area, SIZE, HERE), "balancenuma: then memory follows");
	sums();
}

static void balancenuma_1(void) { follows_under("balancenuma:version=1," FAST); }

/* Its home is the node with least to do, where its memory goes. */
static void schednuma(void)
{
	begin("schednuma:home_pull=no," FAST, 0);
	tap_ok(patiently(has_home, 0), "schednuma: there is a home from birth");
	tap_ok(follows(area, SIZE, preferred()), "schednuma: memory goes there");
}

#define CASE(name) { #name, name }

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	CASE(home_from_birth), CASE(home_asked), CASE(home_in_shadow),
	CASE(no_home_without_memory), CASE(moved), CASE(pinned_is_not_moved),
	CASE(realtime_is_not_moved), CASE(swapped), CASE(not_swapped),
	CASE(queued), CASE(queued_huge), CASE(queued_and_freed),
	CASE(rate_limit), CASE(home_alloc), CASE(home_alloc_in_shadow),
	CASE(home_pull), CASE(home_wake), CASE(pulled), CASE(group_found),
	CASE(mainline),
	CASE(autonuma), CASE(autonuma_async), CASE(adaptive), CASE(numacore),
	CASE(balancenuma), CASE(balancenuma_1), CASE(schednuma),
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (argc < 2 || !strcmp(argv[1], cases[i].name))
			tap_child(cases[i].name, cases[i].run);
	return tap_end();
}
