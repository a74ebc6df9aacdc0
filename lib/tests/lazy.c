// SPDX-License-Identifier: GPL-2.0
/*
 * np_mbind(): which pages move, when and where to.  Where pages are is what
 * move_pages(2) says.
 *
 *	lazy			all of it, the module loaded
 *	lazy absent		without the module
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numaplace.h>

#include "common.h"

#define HERE 0
#define THERE 1
#define SIZE (4 * MIB)
#define PAGES (SIZE / PAGE)
#define HUGE (2 * MIB)
#define LAZY (MPOL_MF_MOVE | MPOL_MF_LAZY)
/* Linux 6.9; not in the headers of Debian 12. */
#define WEIGHTED_INTERLEAVE 6

static const unsigned long here = 1UL << HERE, both = 3;

static int lazy(void *p, size_t size, int mode, const unsigned long *nodes)
{
	return np_mbind(p, size, mode, nodes, nodes ? 8 * sizeof(*nodes) : 0,
			LAZY);
}

static char *memory_there(size_t size)
{
	char *p = map_on_node(size, THERE, MAP_SMALL);

	run_on_node(HERE);
	return p;
}

#define NUMBER 64		/* not where touch() stores */

/* Its number in each page: what moves stays the same. */
static void write_numbers(char *p, size_t size)
{
	for (size_t i = 0; i < size; i += PAGE)
		*(uint64_t *)(p + i + NUMBER) = i;
}

static size_t wrong_numbers(const char *p, size_t size)
{
	size_t wrong = 0;

	for (size_t i = 0; i < size; i += PAGE)
		wrong += *(const volatile uint64_t *)(p + i + NUMBER) != i;
	return wrong;
}

/* A page that cannot be isolated just then stays: as many as that may. */
static void is_on(void *p, size_t size, int node, const char *text)
{
	tap_above((long long)pages_on(p, size, node),
		  (long long)(size / PAGE - size / PAGE / 50), "%s", text);
}

/* ------------------------------------------------------------------- moving */

static void moves_what_is_touched(void)
{
	char *p = memory_there(SIZE);

	write_numbers(p, SIZE);
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0, "a range is bound lazily");
	tap_is((long long)pages_on(p, SIZE, THERE), PAGES, "nothing moves now");
	touch(p, SIZE / 2);
	is_on(p, SIZE / 2, HERE, "what is touched moves");
	tap_is((long long)pages_on(p + SIZE / 2, SIZE / 2, THERE), PAGES / 2,
	       "what is not touched stays");
	tap_is((long long)wrong_numbers(p, SIZE), 0, "the contents are the same");
	is_on(p, SIZE, HERE, "reading is touching, too");
}

static void moves_away_from_the_only_thread(void)
{
	char *p = memory_there(SIZE);

	run_on_node(THERE);
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0,
	       "one thread, on the node that it leaves");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "its memory goes all the same");
}

static void *touch_it(void *p)
{
	touch(p, SIZE);
	return NULL;
}

static void moves_for_any_thread(void)
{
	char *p = memory_there(SIZE);
	pthread_t thread;

	lazy(p, SIZE, MPOL_BIND, &here);
	run_on_node(THERE);
	if (pthread_create(&thread, NULL, touch_it, p) ||
	    pthread_join(thread, NULL))
		die("pthread_create");
	is_on(p, SIZE, HERE, "another thread touches, from elsewhere");
}

static void again(void)
{
	static const unsigned long there = 1UL << THERE;
	char *p = memory_there(SIZE);

	lazy(p, SIZE, MPOL_BIND, &here);
	touch(p, SIZE);
	lazy(p, SIZE, MPOL_BIND, &there);
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "..and back again");
	lazy(p, SIZE, MPOL_BIND, &here);
	lazy(p, SIZE, MPOL_BIND, &there);
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "the policy at the time of the touch counts");
}

static void not_lazy(void)
{
	char *p = memory_there(SIZE);

	tap_is(np_mbind(p, SIZE, MPOL_BIND, &here, 64, MPOL_MF_MOVE), 0,
	       "without MPOL_MF_LAZY it is mbind(2)");
	is_on(p, SIZE, HERE, "..which moves at once");
}

/* --------------------------------------------------------------------- modes */

static void preferred(void)
{
	char *p = memory_there(SIZE);

	tap_is(lazy(p, SIZE, MPOL_PREFERRED, &here), 0, "MPOL_PREFERRED");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_PREFERRED: moves there");
}

static void preferred_many(void)
{
	char *p = memory_there(SIZE);

	tap_is(lazy(p, SIZE, MPOL_PREFERRED_MANY, &both), 0,
	       "MPOL_PREFERRED_MANY");
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "MPOL_PREFERRED_MANY: stays where it may be");
	lazy(p, SIZE, MPOL_PREFERRED_MANY, &here);
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_PREFERRED_MANY: moves where it may be");
}

static void nearest(void)
{
	static const unsigned long others = 1UL << HERE | 1UL << 2;
	char *p = memory_there(SIZE);

	lazy(p, SIZE, MPOL_BIND, &others);
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_BIND: the node that is nearest to the toucher");
}

static void local(void)
{
	char *p = memory_there(SIZE);

	tap_is(lazy(p, SIZE, MPOL_LOCAL, NULL), 0, "MPOL_LOCAL");
	touch(p, SIZE / 2);
	run_on_node(THERE);
	touch(p, SIZE);
	is_on(p, SIZE / 2, HERE, "MPOL_LOCAL: to who touches first");
	is_on(p + SIZE / 2, SIZE / 2, THERE, "MPOL_LOCAL: stays with its user");
}

static void by_default(void)
{
	char *p = memory_there(SIZE);

	bind_range(p, SIZE, MPOL_BIND, 1UL << THERE);
	tap_is(lazy(p, SIZE, MPOL_DEFAULT, NULL), 0, "MPOL_DEFAULT");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_DEFAULT: to who touches");
}

/* Every second page is on each. */
static size_t out_of_turn(char *p, size_t size)
{
	int first = pages_on(p, PAGE, HERE) ? HERE : THERE;
	size_t wrong = 0;

	for (size_t i = 0; i < size / PAGE; i++)
		wrong += !pages_on(p + i * PAGE, PAGE, i % 2 ? !first : first);
	return wrong;
}

static void interleave(void)
{
	char *p = memory_there(SIZE);

	tap_is(lazy(p, SIZE, MPOL_INTERLEAVE, &both), 0, "MPOL_INTERLEAVE");
	touch(p, SIZE);
	tap_is(out_of_turn(p, SIZE) <= PAGES / 50, 1,
	       "MPOL_INTERLEAVE: page by page");
}

#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave/node%d"

static void set_weight(int node, const char *weight)
{
	char path[80];

	snprintf(path, sizeof(path), WEIGHTS, node);
	if (write_text(path, weight))
		die(path);
}

static void weighted_interleave(void)
{
	char *p = memory_there(SIZE);

	if (lazy(p, SIZE, WEIGHTED_INTERLEAVE, &both)) {
		tap_is(errno, EINVAL, "MPOL_WEIGHTED_INTERLEAVE is not known");
		return;
	}
	set_weight(HERE, "3");
	touch(p, SIZE);
	set_weight(HERE, "0");
	tap_above((long long)pages_on(p, SIZE, HERE), PAGES * 3 / 4 - PAGES / 50,
		  "MPOL_WEIGHTED_INTERLEAVE: three of four");
	tap_above((long long)pages_on(p, SIZE, THERE), PAGES / 4,
		  "MPOL_WEIGHTED_INTERLEAVE: and one of four");
}

/* ---------------------------------------------------------------- MPOL_NOOP */

static int policy_of(void *p)
{
	int mode = -1;

	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, p, 2 /* MPOL_F_ADDR */))
		die("get_mempolicy");
	return mode;
}

static void noop(void)
{
	char *p = memory_there(SIZE);

	bind_range(p, SIZE, MPOL_BIND, here);
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "mbind(2) without MPOL_MF_MOVE: all stays");
	tap_is(lazy(p, SIZE, MPOL_NOOP, NULL), 0, "MPOL_NOOP");
	tap_is(policy_of(p), MPOL_BIND, "MPOL_NOOP: the policy is the same");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_NOOP: moves where the policy has it");
}

static void noop_of_a_task(void)
{
	char *p = memory_there(SIZE);

	alloc_on(MPOL_BIND, HERE);
	tap_is(lazy(p, SIZE, MPOL_NOOP, NULL), 0, "MPOL_NOOP, policy of the task");
	run_on_node(THERE);
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_NOOP: moves where the task's policy has it");
}

static void noop_without_policy(void)
{
	char *p = memory_there(SIZE);

	tap_is(lazy(p, SIZE, MPOL_NOOP, NULL), 0, "MPOL_NOOP, no policy at all");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MPOL_NOOP: moves to who touches");
}

/* ------------------------------------------------------------------- errors */

static void fails(int err, int want, const char *text)
{
	tap_is(err ? errno : 0, want, "%s", text);
}

static void bad_calls(void)
{
	char *p = memory_there(SIZE);
	static const unsigned long none, far = 1UL << 50;

	fails(lazy(p + 1, PAGE, MPOL_BIND, &here), EINVAL, "within a page");
	fails(lazy(p + 1, PAGE, MPOL_NOOP, NULL), EINVAL, "NOOP within a page");
	fails(lazy(p, -PAGE, MPOL_BIND, &here), EINVAL, "too long");
	fails(lazy(p, ~0UL, MPOL_NOOP, NULL), EINVAL, "NOOP too long");
	fails(lazy(p, SIZE, 77, &here), EINVAL, "no such mode");
	fails(lazy(p, SIZE, -1, &here), EINVAL, "no mode at all");
	fails(lazy(p, SIZE, MPOL_BIND, &none), EINVAL, "MPOL_BIND to nothing");
	fails(lazy(p, SIZE, MPOL_BIND, &far), EINVAL, "no such node");
	fails(lazy(p, SIZE, MPOL_DEFAULT, &here), EINVAL, "default, with nodes");
	fails(lazy(p, SIZE, MPOL_NOOP, &here), EINVAL, "NOOP with nodes");
	fails(np_mbind(p, SIZE, MPOL_NOOP, NULL, 0, MPOL_MF_MOVE), EINVAL,
	      "NOOP that is not lazy");
	fails(np_mbind(p, SIZE, MPOL_BIND, &here, 64, MPOL_MF_LAZY), EINVAL,
	      "lazy without MPOL_MF_MOVE");
	fails(np_mbind(p, SIZE, MPOL_BIND, &here, 64, LAZY | MPOL_MF_STRICT),
	      EINVAL, "lazy and strict");
	fails(np_mbind(p, SIZE, MPOL_BIND, &here, 64, LAZY | MPOL_MF_MOVE_ALL),
	      EINVAL, "lazy for everyone");
	fails(np_mbind(p, SIZE, MPOL_BIND, &here, 64, LAZY | 1 << 20), EINVAL,
	      "no such flag");
	fails(np_mbind(p, SIZE, MPOL_BIND, (void *)1, 64, LAZY), EFAULT,
	      "nodes from nowhere");
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "what failed has done nothing");
}

static void holes(void)
{
	char *p = memory_there(SIZE);

	munmap(p + SIZE / 2, PAGE);
	fails(lazy(p, SIZE, MPOL_BIND, &here), EFAULT, "a hole in it");
	fails(lazy(p, SIZE, MPOL_NOOP, NULL), EFAULT, "NOOP with a hole in it");
	fails(lazy(p, SIZE, MPOL_DEFAULT, NULL), 0, "default may have holes");
	fails(lazy(p, 0, MPOL_BIND, &here), 0, "nothing of it");
	fails(lazy(p + SIZE / 2, PAGE, MPOL_NOOP, NULL), EFAULT, "only a hole");
	munmap(p, SIZE);
	fails(lazy(p, SIZE, MPOL_NOOP, NULL), EFAULT, "nothing there any more");
}

static void absent(void)
{
	char *p = memory_there(SIZE);

	fails(lazy(p, SIZE, MPOL_BIND, &here), ENODEV, "no module, no lazy");
	fails(lazy(p, SIZE, MPOL_NOOP, NULL), ENODEV, "no module, no NOOP");
	tap_is(policy_of(p), MPOL_DEFAULT, "what failed has done nothing");
	fails(np_mbind(p, SIZE, MPOL_BIND, &here, 64, MPOL_MF_MOVE), 0,
	      "mbind(2) goes on");
}

/* ------------------------------------------------------------------- mappings */

static void parts(void)
{
	char *p = memory_there(SIZE);

	lazy(p + SIZE / 4, SIZE / 2 - 1, MPOL_BIND, &here);
	touch(p, SIZE);
	is_on(p + SIZE / 4, SIZE / 2, HERE, "a part: up to whole pages");
	is_on(p, SIZE / 4, THERE, "a part: not what is before it");
	is_on(p + 3 * SIZE / 4, SIZE / 4, THERE, "a part: not what is behind it");
}

static void several_mappings(void)
{
	char *p = memory_there(SIZE);

	mprotect(p + SIZE / 4, SIZE / 4, PROT_READ);
	mprotect(p + SIZE / 2, SIZE / 4, PROT_NONE);
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0, "several mappings");
	mprotect(p + SIZE / 2, SIZE / 4, PROT_READ | PROT_WRITE);
	touch(p, SIZE / 4);
	touch(p + SIZE / 2, SIZE / 2);
	wrong_numbers(p + SIZE / 4, SIZE / 4);
	is_on(p, SIZE / 2, HERE, "several mappings: all that can be touched");
	is_on(p + SIZE / 2, SIZE / 4, THERE,
	      "several mappings: not what nobody could touch");
	is_on(p + 3 * SIZE / 4, SIZE / 4, HERE, "several mappings: to the end");
}

static void unmapped(void)
{
	char *p = memory_there(SIZE), *q;

	lazy(p, SIZE, MPOL_BIND, &here);
	munmap(p, SIZE);
	q = mmap(p, SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	madvise(q, SIZE, MADV_NOHUGEPAGE);
	run_on_node(THERE);
	touch(q, SIZE);
	run_on_node(HERE);
	touch(q, SIZE);
	is_on(q, SIZE, THERE, "munmap: what is mapped there next is not lazy");
}

static void remapped(void)
{
	char *p = memory_there(SIZE), *q;

	write_numbers(p, SIZE);
	lazy(p, SIZE, MPOL_BIND, &here);
	q = mmap(NULL, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	q = mremap(p, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	if (q == MAP_FAILED)
		die("mremap");
	tap_is((long long)wrong_numbers(q, SIZE), 0, "mremap: the contents");
	is_on(q, SIZE, HERE, "mremap: follows where it has gone");
}

static void dropped(void)
{
	char *p = memory_there(SIZE);

	lazy(p, SIZE, MPOL_BIND, &here);
	madvise(p, SIZE, MADV_DONTNEED);
	run_on_node(THERE);
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "MADV_DONTNEED: what comes next is where it belongs");
}

static void huge_pages(void)
{
	char *p = map_on_node(2 * HUGE, THERE, MAP_HUGE);

	run_on_node(HERE);
	write_numbers(p, 2 * HUGE);
	lazy(p, 2 * HUGE, MPOL_BIND, &here);
	touch(p, PAGE);
	is_on(p, HUGE, HERE, "a huge page moves whole");
	is_on(p + HUGE, HUGE, THERE, "a huge page: not the next one");
	tap_is((long long)wrong_numbers(p, 2 * HUGE), 0, "huge pages: contents");
}

/* Linux 6.1 does not move parts of a huge page. */
static size_t movable_of_cut(void)
{
	struct utsname name;

	uname(&name);
	return strncmp(name.release, "6.1.", 4) ? 2 * HUGE : HUGE;
}

static void cut_huge_pages(void)
{
	char *p = map_on_node(4 * HUGE, THERE, MAP_HUGE);

	run_on_node(HERE);
	write_numbers(p, 4 * HUGE);
	tap_is(lazy(p + HUGE / 2, 2 * HUGE, MPOL_BIND, &here), 0,
	       "huge pages cut by a range");
	touch(p + HUGE / 2, 2 * HUGE);
	tap_above((long long)pages_on(p + HUGE / 2, 2 * HUGE, HERE),
		  (long long)(movable_of_cut() / PAGE), "huge pages cut: the range");
	is_on(p + 3 * HUGE, HUGE, THERE, "huge pages cut: none beside it");
	tap_is((long long)wrong_numbers(p, 4 * HUGE), 0, "huge pages cut: contents");
}

/* ------------------------------------------------------------------ processes */

static char *shared_there(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	run_on_node(THERE);
	touch(p, size);
	run_on_node(HERE);
	return p;
}

static void shared_memory(void)
{
	char *p = shared_there(SIZE);
	pid_t pid = fork();

	if (!pid) {
		touch(p, SIZE);
		_exit(lazy(p, SIZE / 2, MPOL_BIND, &here) ? 1 : 0);
	}
	tap_is(reap(pid), 0, "shared memory: another process binds it");
	touch(p, SIZE);
	is_on(p, SIZE, THERE, "shared memory: only its own touches count");
	tap_is(lazy(p, SIZE, MPOL_NOOP, NULL), 0, "shared memory: NOOP");
	run_on_node(THERE);
	touch(p, SIZE);
	is_on(p, SIZE / 2, HERE, "shared memory: the policy is everyone's");
	is_on(p + SIZE / 2, SIZE / 2, THERE, "shared memory: where there is one");
}

static int child_touches(char *p, void (*touch)(void *p, size_t size))
{
	pid_t pid = fork();

	if (!pid) {
		touch(p, SIZE);
		_exit(wrong_numbers(p, SIZE) ? 1 :
		      pages_on(p, SIZE, HERE) < PAGES - PAGES / 50);
	}
	return reap(pid);
}

static void look(void *p, size_t size)
{
	wrong_numbers(p, size);
}

static void forked(void)
{
	char *p = memory_there(SIZE);

	write_numbers(p, SIZE);
	lazy(p, SIZE, MPOL_BIND, &here);
	tap_is(child_touches(p, look), 0, "fork: what both have moves for either");
	is_on(p, SIZE, HERE, "fork: ..and so for both");
	tap_is(child_touches(p, touch), 0, "fork: what the child copies is there");
}

static void after_exec(void)
{
	const char *self = "/proc/self/exe";
	pid_t pid = fork();

	if (!pid) {
		char *p = memory_there(SIZE);

		lazy(p, SIZE, MPOL_BIND, &here);
		execl(self, self, "executed", NULL);
		_exit(127);
	}
	tap_is(reap(pid), 0, "exec: calls go on in the new program");
}

static int executed(void)
{
	char *p = memory_there(SIZE);

	if (lazy(p, SIZE, MPOL_BIND, &here))
		return 1;
	touch(p, SIZE);
	return pages_on(p, SIZE, HERE) < PAGES - PAGES / 50;
}

/* ---------------------------------------------------------------- how many */

#define TIMES 64

/* The same 64 MiB so often that their page tables have a million entries. */
static void a_million_pages(void)
{
	const size_t size = 64 * MIB;
	int file = memfd_create("million", 0);
	char *p;

	if (file < 0 || ftruncate(file, (off_t)size))
		die("memfd_create");
	p = mmap(NULL, TIMES * size, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	run_on_node(THERE);
	for (int i = 0; i < TIMES; i++) {
		mmap(p + i * size, size, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_FIXED | MAP_POPULATE, file, 0);
		touch(p + i * size, PAGE);
	}
	run_on_node(HERE);
	tap_is(lazy(p, TIMES * size, MPOL_BIND, &here), 0, "a million pages");
	touch(p + (TIMES - 1) * size, size);
	is_on(p, size, HERE, "a million pages: they move");
	close(file);
}

/* ------------------------------------------------------------ beside policies */

static void under(const char *spec, unsigned int flags)
{
	char *p = memory_there(SIZE);
	int fd = dev_open();

	if (dev_attach(fd, 0, spec, flags | NP_ATTACH_REPLACE))
		die(spec);
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0, "managed by %s%s", spec,
	       flags ? ", shadow" : "");
	run_on_node(THERE);
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "..memory follows its own policy");
	tap_above((long long)dev_reason(fd, 0, NP_R_LAZY), PAGES - PAGES / 50,
		  "..and the reason is counted");
	close(fd);
}

static void beside_policies(void)
{
	under("moron:scan_delay=3600000", 0);
	under("moron:scan_delay=3600000", NP_ATTACH_SHADOW);
	under("none:scan_delay=3600000", 0);
}

static bool stock_balances(void)
{
	return number_in("/proc/sys/kernel/numa_balancing", "") > 0;
}

static void takes_over_nothing(void)
{
	char *p = memory_there(SIZE), *q = memory_there(SIZE);
	int fd = dev_open();
	struct np_ioc_status s;

	tap_is(dev_managed(fd, 0), 0, "not managed before the first call");
	lazy(p, SIZE, MPOL_BIND, &here);
	if (dev_status(fd, 0, &s))
		die("status");
	tap_is(strcmp(s.spec, stock_balances() ? "stock" : "app"), 0,
	       "managed from then on, by %s", s.spec);
	msleep(300);
	touch(q, SIZE);
	tap_is((long long)dev_counter(fd, 0, NP_C_SCAN_PAGES), 0,
	       "..which scans nothing");
	is_on(q, SIZE, THERE, "..and moves nothing else");
	tap_is(dev_attach(fd, 0, "moron", 0), 0, "a policy may still be attached");
	tap_is(dev_attach(fd, 0, "moron", 0), -EALREADY, "..but only once");
	close(fd);
}

static void locked(void)
{
	char *p = memory_there(SIZE);
	int fd = dev_open();

	if (mlock(p, SIZE / 2))
		die("mlock");
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0, "locked memory");
	touch(p, SIZE);
	is_on(p, SIZE / 2, THERE, "locked memory stays");
	is_on(p + SIZE / 2, SIZE / 2, HERE, "..but not what is beside it");
	tap_above((long long)dev_reason(fd, 0, NP_R_MLOCKED), PAGES / 2,
		  "..for a reason");
	close(fd);
}

static void unprivileged(void)
{
	char *p = memory_there(SIZE);

	drop_rights(1000);
	tap_is(lazy(p, SIZE, MPOL_BIND, &here), 0, "no privileges are needed");
	touch(p, SIZE);
	is_on(p, SIZE, HERE, "..to have it moved");
}

static const struct {
	const char *name;
	void (*fn)(void);
} cases[] = {
	{ "moves what is touched", moves_what_is_touched },
	{ "the only thread", moves_away_from_the_only_thread },
	{ "any thread", moves_for_any_thread },
	{ "again", again },
	{ "not lazy", not_lazy },
	{ "preferred", preferred },
	{ "preferred many", preferred_many },
	{ "nearest", nearest },
	{ "local", local },
	{ "default", by_default },
	{ "interleave", interleave },
	{ "weighted interleave", weighted_interleave },
	{ "noop", noop },
	{ "noop, policy of the task", noop_of_a_task },
	{ "noop, no policy", noop_without_policy },
	{ "bad calls", bad_calls },
	{ "holes", holes },
	{ "parts", parts },
	{ "several mappings", several_mappings },
	{ "munmap", unmapped },
	{ "mremap", remapped },
	{ "madvise", dropped },
	{ "huge pages", huge_pages },
	{ "cut huge pages", cut_huge_pages },
	{ "shared memory", shared_memory },
	{ "fork", forked },
	{ "a million pages", a_million_pages },
	{ "beside policies", beside_policies },
	{ "takes over nothing", takes_over_nothing },
	{ "locked", locked },
	{ "unprivileged", unprivileged },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "executed"))
		return executed();
	if (argc > 1) {
		tap_child("absent", absent);
		return tap_end();
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		tap_child(cases[i].name, cases[i].fn);
	after_exec();
	return tap_end();
}
