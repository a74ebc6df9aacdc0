// SPDX-License-Identifier: GPL-2.0
/*
 * pressurebench cost RUN KIND WATCHERS MIB: where memory is full, so much is allocated
 * at once, in the kernel, while so many watch the machine or its node; recorded by the
 * witness as run RUN.  What memory is full of can be given up (KIND cache: MADV_FREE)
 * or goes to swap (KIND swap).
 *
 * pressurebench warn SCENARIO ROUND: memory gets short, and may run out; when
 * vmpressure_fd() and PSI triggers warn of it.  One line of JSON each.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "../lab/guest/witness.h"
#include "../vmpressure/tests/watch.h"

static int watch_level(unsigned int threshold, unsigned int scope, int target)
{
	return watch(CONFIG(.threshold = threshold, .scope = scope,
			    .target = target, .flags = VMPRESSURE_CLOEXEC));
}

/* ---------------------------------------------------------------------- cost */

/* Every second one of the machine, the others of node 0; in a child, which ends. */
static pid_t watchers(unsigned int nr)
{
	unsigned int i;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < nr; i++)
		watch_level(VMPRESSURE_LOW, i & 1, 0);
	for (;;)
		pause();
}

/* Half as much again as will be taken. */
static void fill(const char *kind, unsigned int mib)
{
	unsigned int i;

	for (i = 0; i < mib + mib / 2; i++)
		press(!strcmp(kind, "cache"));
}

static void measured(unsigned long run, unsigned int mib)
{
	int fd = memfd_create("pages", MFD_CLOEXEC);

	if (np_witness_tell(NP_WITNESS_START, run))
		die("witness");
	if (fallocate(fd, 0, 0, (off_t)(mib * MIB)))
		die("fallocate");
	if (np_witness_tell(NP_WITNESS_STOP, run))
		die("witness");
	close(fd);
}

static unsigned long long nr_examined(void)
{
	return vmstat("pgscan_kswapd") + vmstat("pgscan_direct");
}

static int cost(char **argv)
{
	unsigned long run = strtoul(argv[0], NULL, 10);
	unsigned int nr = (unsigned int)atoi(argv[2]);
	unsigned int mib = (unsigned int)atoi(argv[3]);
	pid_t pid = watchers(nr);
	unsigned long long before, after;

	fill(argv[1], mib);
	msleep(1500);	/* they watch, or those before are gone */
	before = nr_examined();
	measured(run, mib);
	after = nr_examined();
	kill(pid, SIGKILL);
	reap(pid);
	printf("cost {\"run\":%lu,\"kind\":\"%s\",\"watchers\":%u,\"mib\":%u,\"examined\":%llu}\n",
	       run, argv[1], nr, mib, after - before);
	return 0;
}

/* ---------------------------------------------------------------------- warn */

static const struct scenario {
	const char *name;
	enum { FILL, CACHE, THRASH } how;
	int node;		/* memory of that one only, or -1 */
	unsigned int step_ms;	/* between one MiB and the next */
	double seconds;		/* before it is ended, if the kernel does not */
} scenarios[] = {
	{ "fill", FILL, -1, 2, 60 },
	{ "fill-slowly", FILL, -1, 20, 60 },
	{ "fill-node", FILL, 1, 2, 60 },
	{ "cache", CACHE, -1, 2, 12 },
	{ "cache-on-node", CACHE, 1, 2, 12 },
	{ "thrash", THRASH, -1, 0, 12 },
};

#define FIRST 64	/* MiB of what is easily given up, in FILL */

static void step_by_step(const struct scenario *s)
{
	unsigned int mib;

	for (mib = 0;; mib++, msleep(s->step_ms))
		press(s->how == CACHE || mib < FIRST);
}

/* Again and again somewhat more than is free. */
static void thrash(void)
{
	struct sysinfo i;
	size_t size;
	char *p;

	sysinfo(&i);
	size = i.freeram * i.mem_unit + 24 * MIB;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		_exit(1);
	for (;;)
		touch(p, size);
}

static pid_t begin_load(const struct scenario *s)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	be_victim();
	if (s->node >= 0)
		alloc_on(MPOL_BIND, s->node);
	if (s->how == THRASH)
		thrash();
	step_by_step(s);
	_exit(0);
}

/* Who warns. Shares of time as others use them: a stall of 1 %; Android's lmkd, partial
 * and complete; systemd's default for services. */
static struct source {
	const char *name, *psi;
	unsigned int threshold, scope;
	int fd;
	double first;
	unsigned int times;
} sources[] = {
#define MACHINE(level)	{ .name = #level, .threshold = VMPRESSURE_##level }
#define NODE(level)	{ .name = "node " #level, .scope = VMPRESSURE_NODE, \
			  .threshold = VMPRESSURE_##level }
#define PSI(share, trigger) { .name = "PSI " share, .psi = trigger }
	MACHINE(LOW), MACHINE(MEDIUM), MACHINE(OOM),
	NODE(LOW), NODE(MEDIUM), NODE(OOM),
	PSI("some 10/1000 ms", "some 10000 1000000"),
	PSI("some 70/1000 ms", "some 70000 1000000"),
	PSI("full 700/1000 ms", "full 700000 1000000"),
	PSI("some 200/2000 ms", "some 200000 2000000"),
};

static int open_psi(const char *trigger)
{
	int fd = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	size_t size = strlen(trigger) + 1;

	if (fd < 0 || write(fd, trigger, size) != (ssize_t)size)
		die("/proc/pressure/memory");
	return fd;
}

static void open_source(struct source *s)
{
	if (s->psi)
		s->fd = open_psi(s->psi);
	else
		s->fd = watch_level(s->threshold, s->scope,
				    s->scope == VMPRESSURE_NODE);
}

static void warns(struct source *s, double at)
{
	struct vmpressure_event e;

	if (!s->psi && read(s->fd, &e, sizeof(e)) != sizeof(e))
		die("read");
	if (!s->times++)
		s->first = at;
}

/* Until it is killed or has gone on for long. Return: when it was killed, or 0. */
static double listen_to(pid_t pid, double begin, double seconds)
{
	struct pollfd p[ARRAY_SIZE(sources)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sources); i++)
		p[i] = (struct pollfd){ sources[i].fd,
			sources[i].psi ? POLLPRI : POLLIN, 0 };
	while (now() - begin < seconds) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return now() - begin;
		poll(p, ARRAY_SIZE(sources), 5);
		for (i = 0; i < ARRAY_SIZE(sources); i++)
			if (p[i].revents)
				warns(&sources[i], now() - begin);
	}
	kill(pid, SIGKILL);
	reap(pid);
	return 0;
}

static void print(const char *scenario, int round, double killed)
{
	size_t i;

	printf("warn {\"scenario\":\"%s\",\"round\":%d,\"killed\":%.3f,\"warned\":{",
	       scenario, round, killed);
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		printf("%s\"%s\":{\"first\":%.3f,\"times\":%u}", i ? "," : "",
		       sources[i].name, sources[i].first, sources[i].times);
	puts("}}");
}

static const struct scenario *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		if (!strcmp(name, scenarios[i].name))
			return &scenarios[i];
	die("no such scenario");
}

/* When it is warned counts: we run at once, and the load does not. */
static int warn(char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	const struct scenario *s = find(argv[0]);
	double begin;
	size_t i;

	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		die("sched_setscheduler");
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		open_source(&sources[i]);
	msleep(2500);	/* PSI's windows begin */
	begin = now();
	print(s->name, atoi(argv[1]), listen_to(begin_load(s), begin, s->seconds));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "cost"))
		return cost(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "warn"))
		return warn(argv + 2);
	fputs("usage: pressurebench cost RUN KIND WATCHERS MIB | warn SCENARIO ROUND\n",
	      stderr);
	return 2;
}
