// SPDX-License-Identifier: GPL-2.0
/*
 * Emulated CPUs start and stop runs; a thread of our own adds a line for every
 * second between. A second is one of the host's: how long the guest believes
 * to have run depends on what else the host does.
 */
#include "recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "counters.h"

#define NSEC_PER_SEC	1000000000LL

/* One reading, summed over the CPUs of a node. */
struct reading {
	uint64_t access[NP_MAX_NODES][NP_MAX_NODES + 1];
	uint64_t user_insns[NP_MAX_NODES];
	uint64_t kernel_insns[NP_MAX_NODES];
};

bool np_recording;

static struct {
	const struct np_machine *machine;
	FILE *out;
	pthread_t thread;
	pthread_mutex_t lock;	/* of everything below */
	pthread_cond_t changed;
	bool exiting;
	char refusal[192];	/* empty once calibrated */
	unsigned long run;
	struct timespec start;
	struct reading base;
	long ticks;		/* seconds already written */
} rec = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
};

static void read_counters(struct reading *r)
{
	const struct np_machine *m = rec.machine;

	memset(r, 0, sizeof(*r));
	for (int v = 0; v < m->nr_vcpus; v++) {
		const struct np_counters *c = &np_counters[v];
		unsigned int node = m->node_of_vcpu[v];
		uint64_t *access = r->access[node];

		r->user_insns[node] += np_read(&c->user_insns);
		r->kernel_insns[node] += np_read(&c->kernel_insns);
		for (int n = 0; n < m->nr_nodes; n++)
			access[n] += np_read(&c->access[n]);
		access[NP_UNKNOWN] += np_read(&c->access[NP_UNKNOWN]);
	}
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) +
	       (now.tv_nsec - start->tv_nsec) / (double)NSEC_PER_SEC;
}

/* A row per node of CPUs, a column per node of memory. */
static void write_matrix(const struct reading *now)
{
	int nodes = rec.machine->nr_nodes;

	fputs("\"access\":[", rec.out);
	for (int c = 0; c < nodes; c++) {
		fputs(c ? ",[" : "[", rec.out);
		for (int n = 0; n < nodes; n++)
			fprintf(rec.out, "%s%" PRIu64, n ? "," : "",
				now->access[c][n] - rec.base.access[c][n]);
		fputc(']', rec.out);
	}
	fputs("],", rec.out);
}

static void write_unknown(const struct reading *now)
{
	uint64_t unknown = 0;

	for (int c = 0; c < rec.machine->nr_nodes; c++)
		unknown += now->access[c][NP_UNKNOWN] -
			   rec.base.access[c][NP_UNKNOWN];
	fprintf(rec.out, "\"unknown\":%" PRIu64 ",", unknown);
}

/* The sum, and what each node's CPUs executed of it. */
static void write_insns(const char *name, const uint64_t *now,
			const uint64_t *base, const char *end)
{
	int nodes = rec.machine->nr_nodes;
	uint64_t sum = 0;

	fprintf(rec.out, "\"%s_by_node\":[", name);
	for (int n = 0; n < nodes; n++) {
		fprintf(rec.out, "%s%" PRIu64, n ? "," : "", now[n] - base[n]);
		sum += now[n] - base[n];
	}
	fprintf(rec.out, "],\"%s\":%" PRIu64 "%s", name, sum, end);
}

static void write_snapshot(const char *last)
{
	struct reading now;
	double t = seconds_since(&rec.start);

	read_counters(&now);
	fprintf(rec.out, "{\"run\":%lu,\"t\":%.3f,", rec.run, t);
	write_matrix(&now);
	write_unknown(&now);
	write_insns("user", now.user_insns, rec.base.user_insns, ",");
	write_insns("kernel", now.kernel_insns, rec.base.kernel_insns, last);
	fputs("}\n", rec.out);
	fflush(rec.out);
}

static struct timespec next_second(void)
{
	struct timespec next = rec.start;

	next.tv_sec += rec.ticks + 1;
	return next;
}

/* The state may change while the lock is dropped, so look at it again. */
static void wait_and_write(void)
{
	struct timespec next = next_second();
	unsigned long run = rec.run;

	if (pthread_cond_timedwait(&rec.changed, &rec.lock, &next) != ETIMEDOUT)
		return;
	if (!np_recording || rec.run != run)
		return;
	rec.ticks++;
	write_snapshot("");
}

static void *clock_thread(void *unused)
{
	pthread_mutex_lock(&rec.lock);
	while (!rec.exiting) {
		if (np_recording)
			wait_and_write();
		else
			pthread_cond_wait(&rec.changed, &rec.lock);
	}
	pthread_mutex_unlock(&rec.lock);
	return unused;
}

/* QEMU's own threads take the signals; ours must never get one. */
static int start_thread(void)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&rec.thread, NULL, clock_thread, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

static void write_list(const char *name, const char *end, int n,
		       long (*get)(int node))
{
	fprintf(rec.out, "\"%s\":[", name);
	for (int i = 0; i < n; i++)
		fprintf(rec.out, "%s%ld", i ? "," : "", get(i));
	fprintf(rec.out, "]%s", end);
}

static long cpus_of(int node)
{
	return rec.machine->cpus[node];
}

static long mib_of(int node)
{
	return rec.machine->mib[node];
}

static void write_header(void)
{
	int nodes = rec.machine->nr_nodes;

	fprintf(rec.out, "{\"witness\":1,\"nodes\":%d,", nodes);
	write_list("cpus", ",", nodes, cpus_of);
	write_list("mib", "}\n", nodes, mib_of);
	fflush(rec.out);
}

static void init_condition(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&rec.changed, &attr);
	pthread_condattr_destroy(&attr);
}

const char *np_recorder_init(const struct np_machine *machine, const char *path)
{
	rec.machine = machine;
	np_recorder_uncalibrated();
	rec.out = fopen(path, "we");
	if (!rec.out)
		return strerror(errno);
	write_header();
	init_condition();
	return start_thread() ? "cannot start a thread" : NULL;
}

static void finish(const char *how)
{
	__atomic_store_n(&np_recording, false, __ATOMIC_RELAXED);
	write_snapshot(how);
	pthread_cond_signal(&rec.changed);
}

void np_recorder_exit(void)
{
	pthread_mutex_lock(&rec.lock);
	if (np_recording)
		finish(",\"aborted\":true");
	rec.exiting = true;
	pthread_cond_signal(&rec.changed);
	pthread_mutex_unlock(&rec.lock);
	pthread_join(rec.thread, NULL);
}

void np_recorder_uncalibrated(void)
{
	pthread_mutex_lock(&rec.lock);
	snprintf(rec.refusal, sizeof(rec.refusal), "not calibrated");
	pthread_mutex_unlock(&rec.lock);
}

static void write_error(const char *what, const char *why)
{
	fprintf(rec.out, "{\"error\":\"%s: %s\"}\n", what, why);
	fflush(rec.out);
}

static void begin(unsigned long run)
{
	rec.run = run;
	rec.ticks = 0;
	clock_gettime(CLOCK_MONOTONIC, &rec.start);
	read_counters(&rec.base);
	__atomic_store_n(&np_recording, true, __ATOMIC_RELAXED);
	pthread_cond_signal(&rec.changed);
}

void np_recorder_start(unsigned long run)
{
	char what[48];

	snprintf(what, sizeof(what), "run %lu not recorded", run);
	pthread_mutex_lock(&rec.lock);
	if (rec.refusal[0])
		write_error(what, rec.refusal);
	else if (np_recording)
		write_error(what, "another run is still being recorded");
	else
		begin(run);
	pthread_mutex_unlock(&rec.lock);
}

void np_recorder_stop(unsigned long run)
{
	pthread_mutex_lock(&rec.lock);
	if (np_recording && rec.run == run)
		finish(",\"final\":true");
	pthread_mutex_unlock(&rec.lock);
}

void np_recorder_calibrated(const char *map, unsigned int samples, bool fast)
{
	pthread_mutex_lock(&rec.lock);
	rec.refusal[0] = '\0';
	fprintf(rec.out, "{\"calibrated\":\"%s\",\"pages\":%u,\"fast\":%s}\n",
		map, samples, fast ? "true" : "false");
	fflush(rec.out);
	pthread_mutex_unlock(&rec.lock);
}

void np_recorder_refuse(const char *reason)
{
	pthread_mutex_lock(&rec.lock);
	snprintf(rec.refusal, sizeof(rec.refusal), "calibration failed: %s",
		 reason);
	fprintf(rec.out, "{\"error\":\"%s\"}\n", rec.refusal);
	fflush(rec.out);
	pthread_mutex_unlock(&rec.lock);
}
