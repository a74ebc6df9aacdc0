// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA groups and home nodes: numa_tbind(), numa_mbind(), np_home_node(),
 * np_set_home_node(), np_progress().
 *
 *	bound			all of it, the module loaded
 *	bound absent		without the module
 *	bound in ID		is this thread in that group?
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <numaplace.h>

#include "common.h"

#define HERE 0
#define THERE 1
#define SIZE (4 * MIB)
#define PAGES (SIZE / PAGE)
#define NEARLY(n) ((n) - (n) / 50)
#define NOBODY 1000		/* a user */
#define SECONDS 10

static int fd;

static void fails(int err, int want, const char *text)
{
	tap_is(err < 0 ? errno : 0, want, "%s", text);
}

static bool until(bool (*done)(void *data), void *data)
{
	double end = now() + SECONDS * scale();

	while (!done(data)) {
		if (now() > end)
			return false;
		msleep(10);
	}
	return true;
}

static int new_group(int home)
{
	int id = numa_tbind(0, MS_ID_NEW, 0);

	if (id < 0 || np_set_home_node(0, home))
		die("a new group");
	return id;
}

static int group_info(int id, struct np_ioc_group *g)
{
	*g = (struct np_ioc_group){ .size = sizeof(*g), .id = id };
	return dev_ioctl(fd, NP_IOC_GROUP, g);
}

static struct np_ioc_group group(int id)
{
	struct np_ioc_group g;

	if (group_info(id, &g))
		memset(&g, 0, sizeof(g));
	return g;
}

static bool has_ended(void *id)
{
	struct np_ioc_group g;

	return group_info(*(int *)id, &g) == -EINVAL;
}

static void ends(int id, const char *text)
{
	tap_ok(until(has_ended, &id), "%s", text);
}

/* -------------------------------------------------------------------- threads */

/* A thread that does what it is told, in turn with who tells. */
struct helper {
	pthread_t thread;
	pthread_barrier_t turn;
	void (*job)(struct helper *h);
	int tid, ret, ret_errno;
	bool done;
};

static void *help(void *data)
{
	struct helper *h = data;

	h->tid = gettid();
	pthread_barrier_wait(&h->turn);
	for (;;) {
		pthread_barrier_wait(&h->turn);
		if (h->done)
			return NULL;
		h->job(h);
		pthread_barrier_wait(&h->turn);
	}
}

static void helper_start(struct helper *h)
{
	*h = (struct helper){ 0 };
	pthread_barrier_init(&h->turn, NULL, 2);
	if (pthread_create(&h->thread, NULL, help, h))
		die("pthread_create");
	pthread_barrier_wait(&h->turn);
}

static int helper_do(struct helper *h, void (*job)(struct helper *h))
{
	h->job = job;
	pthread_barrier_wait(&h->turn);
	pthread_barrier_wait(&h->turn);
	errno = h->ret_errno;
	return h->ret;
}

static void helper_end(struct helper *h)
{
	h->done = true;
	pthread_barrier_wait(&h->turn);
	pthread_join(h->thread, NULL);
}

static void ask(struct helper *h)
{
	h->ret = numa_tbind(0, MS_ID_GET, 0);
	h->ret_errno = errno;
}

static void make(struct helper *h)
{
	h->ret = numa_tbind(0, MS_ID_NEW, 0);
	h->ret_errno = errno;
}

static void ask_home(struct helper *h)
{
	h->ret = np_home_node(0);
	h->ret_errno = errno;
}

/* ----------------------------------------------------------------- numa_tbind */

static void ids(void)
{
	int first, second;

	fails(numa_tbind(0, MS_ID_GET, 0), ENOENT, "in no group at first");
	tap_is(numa_tbind(0, MS_ID_NONE, 0), 0, "nothing to leave");
	tap_is(dev_managed(fd, 0), 0, "..which changes nothing");
	first = numa_tbind(0, MS_ID_NEW, 0);
	tap_above(first, 1, "a new group");
	tap_is(numa_tbind(0, MS_ID_GET, 0), first, "which the thread is in");
	tap_is(numa_tbind(gettid(), MS_ID_GET, 0), first, "by its number, too");
	tap_is(numa_tbind(0, first, 0), first, "joined again: nothing changes");
	tap_is(group(first).threads, 1, "..it is in it once");
	second = numa_tbind(0, MS_ID_NEW, 0);
	tap_ok(second > 0 && second != first, "another one");
	ends(first, "the first has ended");
	fails(numa_tbind(0, first, 0), EINVAL, "nobody can join it any more");
	tap_is(numa_tbind(0, MS_ID_GET, 0), second, "who tries stays");
	tap_is(numa_tbind(0, MS_ID_NONE, 0), 0, "leaving");
	fails(numa_tbind(0, MS_ID_GET, 0), ENOENT, "..into none");
	ends(second, "..which ends it");
	fails(numa_tbind(0, second, 0), EINVAL, "its id means nobody");
}

/* Who has joined a thread knows of its end before the kernel has told all. */
static bool is_alone(void *id)
{
	return group(*(int *)id).threads == 1;
}

static void inherited(void)
{
	struct helper before, after;
	int id;

	helper_start(&before);
	id = numa_tbind(0, MS_ID_NEW, 0);
	fails(helper_do(&before, ask), ENOENT, "who was there before is not in it");
	helper_start(&after);
	tap_is(helper_do(&after, ask), id, "a new thread is in its maker's");
	tap_is(numa_tbind(before.tid, id, 0), id, "others can be put in");
	tap_is(helper_do(&before, ask), id, "..and are");
	tap_is(group(id).threads, 3, "three threads");
	helper_end(&after);
	helper_end(&before);
	tap_ok(until(is_alone, &id), "one, when two have ended");
}

static void survives_its_creator(void)
{
	struct helper creator;
	int id;

	helper_start(&creator);
	id = helper_do(&creator, make);
	tap_is(numa_tbind(0, id, 0), id, "another thread joins");
	helper_end(&creator);
	tap_is(numa_tbind(0, MS_ID_GET, 0), id, "a group survives its creator");
	numa_tbind(0, MS_ID_NONE, 0);
	ends(id, "..until the last has left");
}

static int in_child(int (*fn)(int id), int id)
{
	pid_t pid = fork();

	if (!pid)
		_exit(fn(id));
	return reap(pid);
}

static int is_in(int id)
{
	return numa_tbind(0, MS_ID_GET, 0) == id ? 0 : 1;
}

static int executes(int id)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", id);
	execl("/proc/self/exe", "bound", "in", text, NULL);
	return 127;
}

static void forked(void)
{
	int id = numa_tbind(0, MS_ID_NEW, 0);

	tap_is(in_child(is_in, id), 0, "a child is in its parent's group");
	tap_is(in_child(executes, id), 0, "and stays when it executes");
	tap_ok(until(is_alone, &id), "and out of it when it has ended");
}

static void bad_binds(void)
{
	fails(numa_tbind(0, MS_ID_NEW, 1), EINVAL, "flags");
	fails(numa_tbind(-1, MS_ID_NEW, 0), EINVAL, "no thread at all");
	fails(numa_tbind(999999, MS_ID_NEW, 0), ESRCH, "no such thread");
	fails(numa_tbind(2, MS_ID_NEW, 0), EINVAL, "a thread of the kernel");
	fails(numa_tbind(0, 0, 0), EINVAL, "no group");
	fails(numa_tbind(0, -4, 0), EINVAL, "no such MS_ID");
	fails(numa_tbind(0, 1234567, 0), EINVAL, "no such group");
	fails(numa_tbind(0, MS_ID_GET, 0), ENOENT, "what failed has done nothing");
}

static int touches_others(int id)
{
	int err = 0;

	drop_rights(NOBODY);
	err |= numa_tbind(getppid(), MS_ID_GET, 0) >= 0 || errno != EPERM;
	err |= numa_tbind(getppid(), MS_ID_NEW, 0) >= 0 || errno != EPERM;
	err |= numa_tbind(0, id, 0) >= 0 || errno != EPERM;
	err |= np_home_node(getppid()) >= 0 || errno != EPERM;
	err |= np_set_home_node(getppid(), THERE) >= 0 || errno != EPERM;
	err |= numa_mbind(NULL, PAGE, id, 0) >= 0 || errno != EPERM;
	err |= numa_tbind(0, MS_ID_NONE, 0) < 0;
	err |= numa_tbind(0, MS_ID_NEW, 0) < 0;
	return err;
}

static void others(void)
{
	tap_is(in_child(touches_others, numa_tbind(0, MS_ID_NEW, 0)), 0,
	       "another user's threads and groups: EPERM; one's own: fine");
}

/* ---------------------------------------------------------------------- homes */

static int my_node(void)
{
	unsigned int cpu, node;

	getcpu(&cpu, &node);
	return (int)node;
}

static bool is_there(void *node)
{
	volatile unsigned long spin = 1000000;

	while (spin)
		spin--;
	return my_node() == *(int *)node;
}

static void settles(int node, const char *text)
{
	tap_ok(until(is_there, &node), "%s", text);
}

static void homes(void)
{
	run_anywhere();
	fails(np_home_node(0), ENODATA, "no home at first");
	tap_is(np_set_home_node(0, THERE), 0, "a home node");
	tap_is(np_home_node(0), THERE, "which it has");
	settles(THERE, "it goes there");
	tap_is(np_set_home_node(0, HERE), 0, "another one");
	settles(HERE, "it goes there, too");
	tap_is(np_set_home_node(0, -1), 0, "none again");
	fails(np_home_node(0), ENODATA, "which it has not");
}

static void memory_at_home(void)
{
	char *p;

	run_anywhere();
	np_set_home_node(0, THERE);
	run_on_node(HERE);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	touch(p, SIZE);
	tap_above((long long)pages_on(p, SIZE, THERE), NEARLY(PAGES),
		  "new memory comes from the home node");
}

static void bad_homes(void)
{
	fails(np_set_home_node(0, 99), EINVAL, "no such node");
	fails(np_set_home_node(0, -2), EINVAL, "no node");
	fails(np_set_home_node(999999, HERE), ESRCH, "no such thread's home");
	fails(np_home_node(999999), ESRCH, "no such thread has a home");
	run_on_node(HERE);
	fails(np_set_home_node(0, THERE), EINVAL, "where it may not run");
	numa_tbind(0, MS_ID_NEW, 0);
	fails(np_set_home_node(0, -1), EINVAL, "a group without a home");
	run_anywhere();
}

static bool home_is(void *data)
{
	int *what = data;

	return np_home_node(what[0]) == what[1];
}

static void a_home_for_all(void)
{
	struct helper h;
	int id, what[2];

	run_anywhere();
	id = new_group(HERE);
	helper_start(&h);
	tap_is(helper_do(&h, ask_home), HERE, "one home for all");
	tap_is(np_set_home_node(h.tid, THERE), 0, "one is given another");
	tap_is(np_home_node(0), THERE, "..and all have it");
	tap_is(group(id).home, THERE, "..and the group");
	settles(THERE, "..and go there");
	what[0] = getpid();
	what[1] = THERE;
	tap_ok(until(home_is, what), "by the number of the thread, too");
	helper_end(&h);
}

/* ----------------------------------------------------------------- numa_mbind */

static char *memory_there(size_t size)
{
	char *p = map_on_node(size, THERE, MAP_SMALL);

	run_anywhere();
	return p;
}

static bool is_marked(void *p)
{
	struct np_progress g;

	return !np_progress(p, SIZE, &g) && g.waiting == PAGES;
}

static void progress_is(void *p, size_t size, unsigned long long present,
			unsigned long long waiting, unsigned long long there,
			const char *text)
{
	struct np_progress g;

	if (np_progress(p, size, &g))
		die("np_progress");
	if (!tap_ok(g.present == present && g.waiting <= waiting &&
		    g.waiting >= NEARLY(waiting) && g.there >= NEARLY(there) &&
		    g.there <= there, "%s", text))
		tap_note("%llu pages, %llu waiting, %llu there", g.present,
			 g.waiting, g.there);
}

static void memory_follows(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE);

	tap_is(numa_mbind(p, SIZE, id, 0), 0, "memory is put into a group");
	progress_is(p, SIZE, PAGES, PAGES, 0, "nothing has moved yet");
	tap_is((long long)group(id).present, PAGES, "the group has its pages");
	tap_is(group(id).ranges, 1, "..in one range");
	touch(p, SIZE / 2);
	progress_is(p, SIZE, PAGES, PAGES / 2, PAGES / 2, "half was touched");
	touch(p, SIZE);
	progress_is(p, SIZE, PAGES, 0, PAGES, "all of it is there");
	tap_above((long long)pages_on(p, SIZE, HERE), NEARLY(PAGES),
		  "move_pages(2) says so, too");
	tap_is(np_set_home_node(0, THERE), 0, "the group moves");
	tap_ok(until(is_marked, p), "its memory is to follow");
	touch(p, SIZE);
	tap_above((long long)pages_on(p, SIZE, THERE), NEARLY(PAGES),
		  "..and does");
	p = mmap(p, SIZE / 2, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	tap_is((long long)group(id).present, PAGES / 2, "what is unmapped is gone");
	munmap(p, SIZE);
	tap_is(group(id).ranges, 0, "all of it");
}

static void memory_outlives_threads(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE);

	numa_mbind(p, SIZE, id, 0);
	numa_tbind(0, MS_ID_NONE, 0);
	tap_is(group(id).threads, 0, "no thread is in the group");
	tap_is((long long)group(id).present, PAGES, "but memory is");
	msleep(2500);
	tap_is(numa_tbind(0, id, 0), id, "so it can be joined");
	numa_tbind(0, MS_ID_NONE, 0);
	munmap(p, SIZE);
	ends(id, "it ends with its memory");
}

static void memory_leaves(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE), other;

	numa_mbind(p, SIZE, id, 0);
	tap_is(np_mbind(p, SIZE / 2, MPOL_DEFAULT, NULL, 0, 0), 0,
	       "another memory policy");
	tap_is((long long)group(id).present, PAGES / 2, "..takes it out");
	other = numa_tbind(0, MS_ID_NEW, 0);
	numa_mbind(p + SIZE / 2, SIZE / 2, other, 0);
	ends(id, "another group takes the rest, and the first ends");
	tap_is((long long)group(other).present, PAGES / 2, "it has it");
}

static void remapped(void)
{
	char *p = memory_there(SIZE), *q;
	int id = new_group(HERE);

	numa_mbind(p, SIZE, id, 0);
	touch(p, SIZE);
	q = mmap(NULL, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	q = mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	if (q == MAP_FAILED)
		die("mremap");
	tap_is((long long)group(id).present, PAGES, "mremap: still the group's");
	np_set_home_node(0, THERE);
	tap_ok(until(is_marked, q), "mremap: still to follow");
	touch(q, SIZE);
	tap_above((long long)pages_on(q, SIZE, THERE), NEARLY(PAGES),
		  "mremap: and does");
	madvise(q, SIZE, MADV_DONTNEED);
	tap_is((long long)group(id).present, 0, "MADV_DONTNEED: no pages");
	tap_is(group(id).ranges, 1, "MADV_DONTNEED: but the range");
	run_on_node(HERE);
	touch(q, SIZE);
	tap_above((long long)pages_on(q, SIZE, THERE), NEARLY(PAGES),
		  "MADV_DONTNEED: new pages come from the group's home");
}

static void several(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE);

	mprotect(p + SIZE / 2, SIZE / 4, PROT_READ);
	tap_is(numa_mbind(p + PAGE, SIZE - 2 * PAGE - 1, id, 0), 0,
	       "several mappings, not all of them");
	tap_is(group(id).ranges, 3, "..three ranges");
	tap_is((long long)group(id).present, PAGES - 2, "..up to whole pages");
	touch(p, SIZE / 2);
	touch(p + 3 * SIZE / 4, SIZE / 4);
	tap_is((long long)pages_on(p, PAGE, THERE), 1, "..not what is before");
	tap_is((long long)pages_on(p + SIZE - PAGE, PAGE, THERE), 1,
	       "..nor what is behind");
}

static void *shared;

static int child_holds(int id)
{
	struct np_ioc_group g = group(id);

	/* Of the parent and of this child. */
	if (g.present != 2 * PAGES || g.holders != 2 || g.threads != 2)
		return 1;
	touch(shared, SIZE);		/* what both have is not marked */
	np_set_home_node(0, THERE);
	if (!until(is_marked, shared))
		return 2;
	touch(shared, SIZE);
	return pages_on(shared, SIZE, THERE) < NEARLY(PAGES) ? 3 : 0;
}

static void forked_memory(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE);

	numa_mbind(p, SIZE, id, 0);
	touch(p, SIZE);
	shared = p;
	tap_is(in_child(child_holds, id), 0, "a child's memory is the group's");
	tap_is((long long)group(id).present, PAGES, "until the child ends");
	tap_is(group(id).holders, 1, "one process has memory in it");
}

static void shared_memory(void)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int id;

	run_on_node(THERE);
	touch(p, SIZE);
	run_anywhere();
	id = new_group(HERE);
	tap_is(numa_mbind(p, SIZE, id, 0), 0, "shared memory");
	touch(p, SIZE);
	tap_above((long long)pages_on(p, SIZE, HERE), NEARLY(PAGES),
		  "shared memory: follows");
	np_set_home_node(0, THERE);
	tap_ok(until(is_marked, p), "shared memory: is to follow again");
	touch(p, SIZE);
	tap_above((long long)pages_on(p, SIZE, THERE), NEARLY(PAGES),
		  "shared memory: follows again");
	madvise(p, SIZE, MADV_REMOVE);
	run_on_node(HERE);
	touch(p, SIZE);
	tap_above((long long)pages_on(p, SIZE, THERE), NEARLY(PAGES),
		  "shared memory: new pages come from there");
}

static void bad_memory(void)
{
	char *p = memory_there(SIZE);
	int id = new_group(HERE);
	struct np_progress g;

	fails(numa_mbind(p + 1, PAGE, id, 0), EINVAL, "within a page");
	fails(numa_mbind(p, SIZE, id, 1), EINVAL, "flags");
	fails(numa_mbind(p, SIZE, 0, 0), EINVAL, "no group");
	fails(numa_mbind(p, SIZE, 1234567, 0), EINVAL, "no such group");
	fails(numa_mbind(p, SIZE, MS_ID_NEW, 0), EINVAL, "a new group");
	fails(numa_mbind(p, -PAGE, id, 0), EINVAL, "too long");
	fails(numa_mbind(p, 0, id, 0), 0, "nothing");
	fails(np_progress(p + 1, PAGE, &g), EINVAL, "progress within a page");
	munmap(p + SIZE / 2, PAGE);
	fails(numa_mbind(p, SIZE, id, 0), EFAULT, "a hole in it");
	fails(np_progress(p, SIZE, &g), EFAULT, "progress with a hole in it");
	tap_is(group(id).ranges, 0, "what failed has done nothing");
}

static void absent(void)
{
	struct np_progress g;

	fails(numa_tbind(0, MS_ID_NEW, 0), ENODEV, "no module, no groups");
	fails(numa_mbind(NULL, PAGE, 1, 0), ENODEV, "..no memory of theirs");
	fails(np_home_node(0), ENODEV, "..no home");
	fails(np_set_home_node(0, HERE), ENODEV, "..to be given");
	fails(np_progress(NULL, PAGE, &g), ENODEV, "..no progress");
}

/* --------------------------------------------------------- beside policies */

static void under_a_policy(void)
{
	struct helper h;
	char *p = memory_there(SIZE);
	int id = new_group(HERE);

	helper_start(&h);
	numa_mbind(p, SIZE, id, 0);
	touch(p, SIZE);
	tap_is(dev_attach(fd, 0, "moron:scan_delay=0,scan_period=10", 0), 0,
	       "a policy is attached");
	tap_is(numa_tbind(0, MS_ID_GET, 0), id, "..the group stays");
	tap_is(np_home_node(h.tid), HERE, "..and its home");
	run_on_node(THERE);
	for (int i = 0; i < 20; i++) {
		touch(p, SIZE);
		msleep(10);
	}
	tap_above((long long)pages_on(p, SIZE, HERE), NEARLY(PAGES),
		  "..and its memory where it is");
	run_anywhere();
	np_set_home_node(0, THERE);
	tap_is(np_home_node(h.tid), THERE, "..which moves all the same");
	tap_is(dev_detach(fd, 0), 0, "the policy goes");
	tap_is(numa_tbind(0, MS_ID_GET, 0), id, "..and the group stays");
	tap_is(np_home_node(h.tid), THERE, "..where it is");
	tap_is(dev_detach(fd, 0), -EBUSY, "..which keeps the process managed");
	helper_end(&h);
}

static const struct {
	const char *name;
	void (*fn)(void);
} cases[] = {
	{ "ids", ids },
	{ "inherited", inherited },
	{ "survives its creator", survives_its_creator },
	{ "fork", forked },
	{ "bad binds", bad_binds },
	{ "others", others },
	{ "homes", homes },
	{ "memory at home", memory_at_home },
	{ "bad homes", bad_homes },
	{ "a home for all", a_home_for_all },
	{ "memory follows", memory_follows },
	{ "memory outlives threads", memory_outlives_threads },
	{ "memory leaves", memory_leaves },
	{ "mremap", remapped },
	{ "several mappings", several },
	{ "forked memory", forked_memory },
	{ "shared memory", shared_memory },
	{ "bad memory", bad_memory },
	{ "under a policy", under_a_policy },
};

int main(int argc, char **argv)
{
	if (argc > 2)
		return is_in(atoi(argv[2]));
	if (argc > 1) {
		tap_child("absent", absent);
		return tap_end();
	}
	fd = dev_open();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		tap_child(cases[i].name, cases[i].fn);
	return tap_end();
}
