// SPDX-License-Identifier: GPL-2.0
/*
 * No event is lost: memory is short again and again, in different ways; each change
 * of a level by the kernel's own trace, worked out from it alone, is one that a
 * watcher was told, or one that the manual says is put together with another.
 *
 *	crossings SECONDS CGROUP SEED
 *
 * For one CPU: what reclaim does then has one order, and windows end where they end
 * in the module.  CGROUP is a cgroup2 directory with a limit.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>

#include "replay.h"

#define SOON	(0.2 * scale())	/* s */
#define PATIENCE (10 * scale())	/* s: until memory is short */

/* --------------------------------------------------------------------- told */

static void begin_watch(struct scope *s)
{
	s->fd = watch(WITH(.scope = s->type, .target = s->target,
			   .flags = VMPRESSURE_OVER | VMPRESSURE_NONBLOCK |
				    VMPRESSURE_CLOEXEC));
	s->level = -1;
}

static int number_of(unsigned int pressure)
{
	return pressure >= VMPRESSURE_OOM ? 2 : pressure >= VMPRESSURE_MEDIUM ? 1 :
	       pressure >= VMPRESSURE_LOW ? 0 : -1;
}

/* Windows that did not count, because a node had room, are in no trace. */
static void look_for_spared(struct scope *s)
{
	struct vmpressure_info i = info_of(s->fd);

	if (i.spared != s->nr_spared)
		step(&s->spared, now(), 0);
	s->nr_spared = i.spared;
}

/* Whatever is told, as soon as it is; the trace as there is time. */
static void hear(int trace, struct pollfd *p)
{
	struct vmpressure_event e;
	size_t i;

	poll(p, ARRAY_SIZE(scopes), 1);
	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		if (read(p[i].fd, &e, sizeof(e)) == sizeof(e))
			step(&scopes[i].told, now(), number_of(e.pressure));
	look_for_spared(MACHINE);
	trace_lines(trace, on_line);
}

/* For so long, or until a level of @s, if any, is told. */
static void listen(int trace, double seconds, const struct scope *s)
{
	struct pollfd p[ARRAY_SIZE(scopes)];
	double end = now() + seconds;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		p[i] = (struct pollfd){ scopes[i].fd, POLLIN, 0 };
	while (now() < end && !(s && s->told.nr))
		hear(trace, p);
}

/* --------------------------------------------------------------------- load */

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

static const char *cgroup_procs;

/* Memory gets short: where, and by how much (MiB). */
struct shortage {
	const struct scope *where;
	unsigned int cache, rest;
};

static pid_t some_presser(const struct shortage *x)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (x->where == CGROUP)
		write_text(cgroup_procs, "0");
	else if (x->where != MACHINE)
		alloc_on(MPOL_BIND, x->where->target);
	reap(presser(x->cache, x->rest));
	_exit(0);
}

static void one_phase(int trace, const struct shortage *x, double seconds,
		      const struct scope *until)
{
	pid_t pid = some_presser(x);

	listen(trace, seconds, until);
	kill(pid, SIGKILL);
	reap(pid);
	listen(trace, below(1500) / 1000.0, NULL);
}

/* How far one by chance gets depends on the host; so each way once until it is told. */
static void each_way(int trace)
{
	size_t i;

	/* Backwards: the cgroup's first, which tells whose limit it is. */
	for (i = ARRAY_SIZE(scopes); i--;)
		one_phase(trace, &(struct shortage){ &scopes[i], 256, 512 },
			  PATIENCE, &scopes[i]);
}

static void some_way(int trace)
{
	const struct scope *where = !below(4) ? CGROUP :
				    !below(3) ? MACHINE + 1 + below(2) : MACHINE;
	struct shortage x = { where, below(256), below(512) };

	one_phase(trace, &x, 0.2 + below(3500) / 1000.0, NULL);
}

static void load(int trace, double seconds)
{
	double end;

	each_way(trace);
	for (end = now() + seconds; now() < end;)
		some_way(trace);
	listen(trace, 2 * HOLD, NULL);
	while (trace_lines(trace, on_line))
		;
}

/* ------------------------------------------------------------------ judgement */

/* The level told at @at. */
static int told_at(const struct scope *s, double at)
{
	int i, level = -1;

	for (i = 0; i < s->told.nr && s->told.of[i].at <= at; i++)
		level = s->told.of[i].level;
	return level;
}

static bool is_told(const struct scope *s, const struct step *x)
{
	int i;

	for (i = 0; i < s->told.nr; i++)
		if (s->told.of[i].level == x->level &&
		    s->told.of[i].at > x->at - 0.01 &&
		    s->told.of[i].at < x->at + SOON)
			return true;
	return false;
}

/* Another one followed before the first could be told. */
static bool is_overtaken(const struct scope *s, const struct step *x)
{
	return x + 1 < s->traced.of + s->traced.nr && x[1].at < x->at + SOON;
}

/* It was so, or OOM for what no window shows: a node that is short. */
static bool is_covered(const struct scope *s, const struct step *x)
{
	int level = told_at(s, x->at + SOON);

	return level == x->level || level == LEVELS - 1;
}

/* The windows that had the level did not count. */
static bool is_spared(const struct scope *s, const struct step *x)
{
	int i;

	for (i = 0; i < s->spared.nr; i++)
		if (s->spared.of[i].at > x->at - HOLD - SOON &&
		    s->spared.of[i].at < x->at + SOON)
			return true;
	return false;
}

static void judge_steps(const struct scope *s)
{
	int i, told = 0, together = 0, covered = 0, spared = 0, lost = 0;

	for (i = 0; i < s->traced.nr; i++) {
		const struct step *x = &s->traced.of[i];

		if (is_told(s, x))
			told++;
		else if (is_overtaken(s, x))
			together++;
		else if (is_covered(s, x))
			covered++;
		else if (is_spared(s, x))
			spared++;
		else if (lost++ < 5)
			tap_note("%s: level %d at %.3f: told %d", s->name,
				 x->level, x->at, told_at(s, x->at + SOON));
	}
	tap_note("%s: %d changes of level traced: %d told, %d put together with the next, %d under OOM or so already, %d spared, %d not; %d events",
		 s->name, s->traced.nr, told, together, covered, spared, lost,
		 s->told.nr);
	tap_above(s->traced.nr, 1, "%s: levels change", s->name);
	tap_is(lost, 0, "%s: none is lost", s->name);
}

static void judge_counts(const struct scope *s, const struct vmpressure_info *i)
{
	bool machine = s->type == VMPRESSURE_MACHINE;

	tap_is((long long)i->scanned, (long long)s->scanned,
	       "%s: pages examined", s->name);
	tap_is((long long)i->reclaimed, (long long)s->reclaimed,
	       "%s: pages reclaimed", s->name);
	if (machine)
		tap_above((long long)(i->windows[0] + i->windows[1] + i->windows[2] + i->spared),
			  (long long)(s->windows[0] + s->windows[1] + s->windows[2]),
			  "%s: windows", s->name);
	else
		tap_ok(i->windows[0] == s->windows[0] &&
		       i->windows[1] == s->windows[1] &&
		       i->windows[2] >= s->windows[2],
		       "%s: windows, %llu LOW, %llu MEDIUM, %llu OOM, of those %llu traced",
		       s->name, i->windows[0], i->windows[1], i->windows[2],
		       s->windows[2]);
	tap_is((long long)i->events, s->told.nr + (long long)i->merged,
	       "%s: each event is read or merged", s->name);
}

static void judge(struct scope *s)
{
	struct vmpressure_info i = info_of(s->fd);

	pass_time(s, now());
	judge_steps(s);
	judge_counts(s, &i);
}

/* ---------------------------------------------------------------------- main */

static void be_first(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		die("sched_setscheduler");
}

int main(int argc, char **argv)
{
	char procs[PATH_MAX];
	size_t i;
	int trace;

	if (argc != 4)
		die("usage: crossings SECONDS CGROUP SEED");
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", argv[2]);
	cgroup_procs = procs;
	CGROUP->target = open(argv[2], O_RDONLY | O_DIRECTORY);
	srandom((unsigned int)atoi(argv[3]));
	be_first();
	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		begin_watch(&scopes[i]);
	trace = trace_begin();
	load(trace, atof(argv[1]));
	trace_end(trace);
	tap_is(nr_lost, 0, "the trace is whole, %d lines", nr_lines);
	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		judge(&scopes[i]);
	return tap_end();
}
