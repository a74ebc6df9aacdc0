/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What levels the kernel's own trace tells: the windows of vmpressure.ko, worked out
 * again from what reclaim has examined.
 */
#ifndef VP_TESTS_REPLAY_H
#define VP_TESTS_REPLAY_H

#include "tracing.h"
#include "watch.h"

#define WINDOW	256	/* vm.vmevent_window */
#define MEDIUM	60	/* per cent */
#define OOM	99
#define PRIORITY 4
#define HOLD	1.0	/* s: a level after its last window */
#define LEVELS	3

#define MOST	(1 << 14)	/* of ten minutes */

/* A level from then on: -1 is none. */
struct step {
	double at;
	int level;
};

struct steps {
	struct step of[MOST];
	int nr;
};

/* What is watched, what was told, and what the trace says. */
static struct scope {
	const char *name;
	unsigned int type;
	int target, fd;
	struct steps told, traced, spared;
	unsigned long long scanned, reclaimed, windows[LEVELS], nr_spared;
	unsigned long long in_window, won;
	double last[LEVELS];
	int level;
} scopes[] = {
	{ .name = "machine", .type = VMPRESSURE_MACHINE },
	{ .name = "node 0", .type = VMPRESSURE_NODE },
	{ .name = "node 1", .type = VMPRESSURE_NODE, .target = 1 },
	{ .name = "cgroup", .type = VMPRESSURE_CGROUP },
};
#define MACHINE	(&scopes[0])
#define CGROUP	(&scopes[3])

static void step(struct steps *s, double at, int level)
{
	if (s->nr == MOST)
		die("too many levels");
	s->of[s->nr++] = (struct step){ at, level };
}

static void becomes(struct scope *s, double at, int level)
{
	if (level != s->level)
		step(&s->traced, at, level);
	s->level = level;
}

/* What has come to its end before @now. */
static void pass_time(struct scope *s, double now)
{
	while (s->level >= 0 && s->last[s->level] + HOLD <= now) {
		double end = s->last[s->level] + HOLD;
		int level = s->level - 1;

		while (level >= 0 && s->last[level] + HOLD <= end)
			level--;
		becomes(s, end, level);
	}
}

static void window_ends(struct scope *s, double now, int level)
{
	pass_time(s, now);
	s->windows[level]++;
	s->last[level] = now;
	if (level > s->level)
		becomes(s, now, level);
}

static int level_of(unsigned long long scanned, unsigned long long reclaimed)
{
	unsigned long long lost = scanned > reclaimed ? scanned - reclaimed : 0;
	unsigned long long percent = lost * 100 / scanned;

	return percent >= OOM ? 2 : percent >= MEDIUM;
}

static void examined(struct scope *s, double now, unsigned long long scanned,
		     unsigned long long reclaimed)
{
	if (reclaimed > scanned)
		reclaimed = scanned;
	s->scanned += scanned;
	s->reclaimed += reclaimed;
	s->in_window += scanned;
	s->won += reclaimed;
	if (!scanned || s->in_window < WINDOW)
		return;
	window_ends(s, now, level_of(s->in_window, s->won));
	s->in_window = s->won = 0;
}

/* Who reclaims for a cgroup's limit. */
static int for_cgroup[1024], nr_for_cgroup;

static int *find_task(int task)
{
	int i;

	for (i = 0; i < nr_for_cgroup; i++)
		if (for_cgroup[i] == task)
			return &for_cgroup[i];
	return NULL;
}

static void begins(int task)
{
	if (nr_for_cgroup < (int)ARRAY_SIZE(for_cgroup))
		for_cgroup[nr_for_cgroup++] = task;
}

static void ends(int task)
{
	int *at = find_task(task);

	if (at)
		*at = for_cgroup[--nr_for_cgroup];
}

static void shrinks(const char *line, int task, double at)
{
	unsigned long long scanned = field(line, " nr_scanned=");
	unsigned long long reclaimed = field(line, " nr_reclaimed=");
	struct scope *node = MACHINE + 1 + field(line, " nid=");

	if (find_task(task))
		return;
	examined(MACHINE, at, scanned, reclaimed);
	examined(node, at, scanned, reclaimed);
}

/* The first one whose limit was met is ours. */
static unsigned long long ours;

static void presses(const char *line, double at)
{
	unsigned long long memcg = field(line, " memcg=");

	if (field(line, " tree="))
		return;
	if (!ours)
		ours = memcg;
	if (memcg == ours)
		examined(CGROUP, at, field(line, " scanned="),
			 field(line, " reclaimed="));
}

static void tries_harder(const char *line, double at)
{
	unsigned long long memcg = field(line, " memcg=");

	if ((int)field(line, " priority=") > PRIORITY)
		return;
	if (!memcg)
		window_ends(MACHINE, at, 2);
	else if (memcg == ours)
		window_ends(CGROUP, at, 2);
}

static int nr_lines, nr_lost;

/* "comm-task [cpu] flags time: event: fields" */
static void on_line(char *line)
{
	char *cpu = strstr(line, " ["), *what, *task;
	double at;

	nr_lines++;
	if (strstr(line, "[LOST "))
		nr_lost++;
	if (!cpu || sscanf(cpu, " [%*d] %*s %lf:", &at) != 1)
		return;
	*cpu = 0;
	task = strrchr(line, '-');
	what = cpu + 1;
	if (strstr(what, ": mm_vmscan_lru_shrink_inactive:"))
		shrinks(what, atoi(task + 1), at);
	else if (strstr(what, "_reclaim_begin:"))
		begins(atoi(task + 1));
	else if (strstr(what, "_reclaim_end:"))
		ends(atoi(task + 1));
	else if (strstr(what, ": pressure:"))
		presses(what, at);
	else if (strstr(what, ": priority:"))
		tries_harder(what, at);
}

#endif
