// SPDX-License-Identifier: GPL-2.0
/*
 * How fast the simulator is, and what it needs: simulated seconds per second
 * of CPU time, and peak memory, each run in a process of its own; then how both
 * grow with the machine, the pages and the threads, as exponents that fit best.
 *
 *	build/bench-sim >TABLES		takes a minute
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "costs.h"
#include "sim.h"

#define RUNS	3

/**
 * struct job - one run
 * @mib:	of each node
 * @size:	what a series grows by
 */
struct job {
	const char *topology;
	unsigned int mib;
	const char *workload;
	const char *policy;
	bool thp;
	double seconds;
	double size;
};

/**
 * struct cost - what it took
 * @user_s:	CPU time in user mode
 * @kib:	the most memory the process had
 */
struct cost {
	double user_s;
	long kib;
};

static void die(const struct job *j, const char *why)
{
	fprintf(stderr, "bench-sim: %s, %s, %s: %s\n", j->topology, j->workload,
		j->policy, why);
	_exit(1);
}

static void simulate(const struct job *j)
{
	struct topology t;
	struct work_machine m;
	struct sim_result r;
	struct sim_error e;
	struct sim_costs costs;
	struct sim_config c = {
		.topology = &t,
		.policy = j->policy,
		.costs = &costs,
		.preempt = SIM_PREEMPT_FULL,
		.seed = 1,
		.run_ns = (uint64_t)(j->seconds * 1e9),
		.thp = j->thp,
	};

	sim_costs_read(&costs, "server");
	if (topology_load(&t, j->topology, &e))
		die(j, e.text);
	topology_set_memory(&t, j->mib);
	m = (struct work_machine){ t.cpus, t.nr_nodes, t.nr_nodes };
	c.work = work_load(j->workload, &m, &e);
	if (!c.work || sim_run(&c, &r, &e))
		die(j, e.text);
	_exit(0);
}

/* In a process of its own: memory of earlier runs does not count. */
static struct cost run(const struct job *j)
{
	struct rusage ru;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		simulate(j);
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid || status)
		exit(1);
	return (struct cost){
		ru.ru_utime.tv_sec + ru.ru_utime.tv_usec / 1e6, ru.ru_maxrss,
	};
}

/* Whatever else the machine does takes time and gives none: the quickest counts. */
static struct cost measure(const struct job *j)
{
	struct cost best = run(j);

	for (int i = 1; i < RUNS; i++) {
		struct cost c = run(j);

		best.user_s = c.user_s < best.user_s ? c.user_s : best.user_s;
		best.kib = c.kib > best.kib ? c.kib : best.kib;
	}
	return best;
}

/* ---------------------------------------------------------------------- speed */

#define GIB64	"numa02:threads=48,mb=63488"
#define JVMS	"warehouse:jvms=4,threads=12,young_mb=512,old_mb=8192"
#define TIB	"numa02:threads=1024,mb=1040384,init=thread"
#define BIGJVMS	"warehouse:jvms=8,threads=128,young_mb=512,old_mb=65536"

static const struct job fast[] = {
	{ "2x12", 36864, GIB64, "off", false, 60, 0 },
	{ "2x12", 36864, GIB64, "moron", false, 60, 0 },
	{ "2x12", 36864, GIB64, "stock", false, 60, 0 },
	{ "2x12", 36864, JVMS, "off", false, 60, 0 },
	{ "2x12", 36864, JVMS, "moron", false, 60, 0 },
	{ "2x12", 36864, JVMS, "stock", false, 60, 0 },
	{ "8x64", 147456, TIB, "moron", true, 20, 0 },
	{ "8x64", 147456, TIB, "stock", true, 20, 0 },
	{ "8x64", 147456, BIGJVMS, "moron", true, 20, 0 },
	{ "8x64", 147456, BIGJVMS, "stock", true, 20, 0 },
};

static void speed(void)
{
	printf("| machine | workload | policy | pages | simulated s per s | peak MiB |\n"
	       "|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < sizeof(fast) / sizeof(fast[0]); i++) {
		const struct job *j = &fast[i];
		struct cost c = measure(j);

		printf("| %s | %s | %s | %s | %.3g | %.0f |\n", j->topology,
		       j->workload, j->policy, j->thp ? "2 MiB" : "4 KiB",
		       j->seconds / c.user_s, c.kib / 1024.0);
	}
	putchar('\n');
}

/* --------------------------------------------------------------------- growth */

#define POINTS	4

struct series {
	const char *what;
	struct job job[POINTS];
};

#define PERNODE "numa01_thread:processes=64,mb=1024,threads="
#define QUICK	":scan_delay=100,scan_period=100"

static const struct series grow[] = {
	{ "nodes, moron", {
		{ "128x8", 2000, PERNODE "16", "moron" QUICK, true, 3, 128 },
		{ "256x8", 2000, PERNODE "32", "moron" QUICK, true, 3, 256 },
		{ "512x8", 2000, PERNODE "64", "moron" QUICK, true, 3, 512 },
		{ "1024x8", 2000, PERNODE "128", "moron" QUICK, true, 3, 1024 },
	} },
	{ "nodes, stock", {
		{ "128x8", 2000, PERNODE "16", "stock" QUICK, true, 3, 128 },
		{ "256x8", 2000, PERNODE "32", "stock" QUICK, true, 3, 256 },
		{ "512x8", 2000, PERNODE "64", "stock" QUICK, true, 3, 512 },
		{ "1024x8", 2000, PERNODE "128", "stock" QUICK, true, 3, 1024 },
	} },
	{ "GiB in 4 KiB pages, moron", {
		{ "2x12", 65536, "numa02:mb=8192", "moron", false, 60, 8 },
		{ "2x12", 65536, "numa02:mb=16384", "moron", false, 60, 16 },
		{ "2x12", 65536, "numa02:mb=32768", "moron", false, 60, 32 },
		{ "2x12", 65536, "numa02:mb=65536", "moron", false, 60, 64 },
	} },
	{ "threads, moron", {
		{ "2x12", 4096, "numa02:mb=2048,threads=128", "moron:scan_delay=10", false, 20, 128 },
		{ "2x12", 4096, "numa02:mb=2048,threads=512", "moron:scan_delay=10", false, 20, 512 },
		{ "2x12", 4096, "numa02:mb=2048,threads=2048", "moron:scan_delay=10", false, 20, 2048 },
		{ "2x12", 4096, "numa02:mb=2048,threads=8192", "moron:scan_delay=10", false, 20, 8192 },
	} },
};

/* Slope of the line that fits log(y) over log(x) best. */
static double exponent(const double *x, const double *y)
{
	double sx = 0, sy = 0, sxx = 0, sxy = 0;

	for (int i = 0; i < POINTS; i++) {
		double a = log(x[i]), b = log(y[i] > 0 ? y[i] : 1e-9);

		sx += a;
		sy += b;
		sxx += a * a;
		sxy += a * b;
	}
	return (POINTS * sxy - sx * sy) / (POINTS * sxx - sx * sx);
}

static void growth(const struct series *s)
{
	double x[POINTS], time[POINTS], memory[POINTS];

	printf("| %s | CPU s per simulated s | peak MiB |\n|---|---|---|\n", s->what);
	for (int i = 0; i < POINTS; i++) {
		struct cost c = measure(&s->job[i]);

		x[i] = s->job[i].size;
		time[i] = c.user_s / s->job[i].seconds;
		memory[i] = c.kib / 1024.0;
		printf("| %.0f | %.3g | %.3g |\n", x[i], time[i], memory[i]);
	}
	printf("| grows by the power of | %.2f | %.2f |\n\n", exponent(x, time),
	       exponent(x, memory));
}

int main(void)
{
	speed();
	for (size_t i = 0; i < sizeof(grow) / sizeof(grow[0]); i++)
		growth(&grow[i]);
	return 0;
}
