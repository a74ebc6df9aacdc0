/* SPDX-License-Identifier: GPL-2.0 */
/*
 * npwork: programs with a known NUMA behaviour, for the lab.
 *
 * The first process only keeps the time.  It forks the processes of the
 * workload, each of which runs its threads; one thread of one process is a
 * task.  What the tasks share with the first process is the board.
 */
#ifndef NPWORK_H
#define NPWORK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "idset.h"

#define MAX_NODES	1024	/* the kernel's own limit on x86-64 */
#define MAX_TASKS	4096
#define MIB		((uint64_t)1 << 20)

/* Exit codes; 0 also for a run that SIGINT or SIGTERM cut short. */
enum { EXIT_RUNTIME = 1, EXIT_USAGE = 2 };

/* Where threads and memory are put. */
enum place { PLACE_NONE, PLACE_HAND, PLACE_INVERSE, NR_PLACES };

/* Who touches the memory first. */
enum init { INIT_DEFAULT, INIT_MAIN, INIT_THREAD, INIT_NODE0, NR_INITS };

/*
 * What hands out the homes of a placement by hand.  SPREAD_MIXED: the processes,
 * and to the threads of the last one what homes are left, or all.
 */
enum spread { SPREAD_PROCESSES, SPREAD_THREADS, SPREAD_MIXED };

/* Which option sets how long a turn lasts, for workloads that take turns. */
enum turn { TURN_NONE, TURN_PHASE, TURN_PASS, NR_TURNS };

extern const char *const place_names[NR_PLACES];
extern const char *const init_names[NR_INITS];
extern const char *const turn_options[NR_TURNS];

/* A node with CPUs of ours and memory: the only kind that can be local. */
struct home {
	int node;
	struct idset cpus;
};

struct machine {
	unsigned int nr_cpus;	/* online and allowed to us */
	unsigned int nr_homes, nr_memory;
	struct home homes[MAX_NODES];
	int memory[MAX_NODES];	/* every node with memory, ascending */
	uint64_t memory_mb;
};

/* As given; what was not given is 0 until settle() fills it in. */
struct options {
	const struct workload *workload;
	unsigned int processes, threads;
	uint64_t mb;		/* per process; the last may have more */
	uint64_t stride, loops;
	double seconds;
	unsigned int turn_ms[NR_TURNS];
	enum place place;
	enum init init;
	bool json, list;
};

struct slot {
	_Alignas(64) uint64_t work;
	int64_t end_ns;
	int64_t cpu_ns;		/* while it worked */
};

enum { BOARD_PREPARING, BOARD_RUNNING, BOARD_STOPPED };

struct board {
	_Alignas(64) _Atomic uint32_t state;	/* also a futex */
	_Atomic uint32_t turn;
	_Alignas(64) _Atomic uint32_t ready;
	struct slot slots[];
};

struct range {
	char *start;
	size_t len;
};

/**
 * struct run - what all processes know
 * @shared:	[processes / 2] memory of the pairs, or NULL
 */
struct run {
	const struct machine *machine;
	const struct options *options;
	struct board *board;
	struct range *shared;
};

struct task {
	const struct run *run;
	unsigned int process, thread;
	struct range memory;	/* all of the process; empty for forkstorm */
	unsigned int turns;	/* private to workloads that count their own */
};

/* Counts of processes and threads that follow the machine. */
enum { EVERY_CPU = -1, HALF_THE_CPUS = -2, NODE_CPUS = -3, EVERY_HOME = -4 };

/**
 * struct workload - what one workload is; a member left out is 0
 * @processes, @threads: default counts, or one of the enum above
 * @min_processes, @min_threads: fewer make no sense, not even as a default
 * @last: the last process has so many times the threads and the memory
 * @mb: default memory of one process (forkstorm: of one child)
 * @init: what stands for INIT_DEFAULT while nothing is placed by hand
 * @min_homes: how many nodes with CPUs and memory it needs
 * @single: one thread per process, always
 * @lanes: the process owns no memory of its own, its children do
 * @pairs: processes come in pairs that share their memory; the first of a pair
 *	prepares it
 * @turn_ms: default length of a turn
 * @aim: before the first pass and, with turns, after each pass that a turn
 *	ended in: what the task sweeps now.  May move the calling thread.
 * @work: works until the board says stop or --loops is reached; returns the
 *	work done, in bytes if @unit is MiB
 */
struct workload {
	const char *name, *summary, *unit;
	int processes, threads;
	unsigned int min_processes, min_threads;
	unsigned int last;
	uint64_t mb;
	enum init init;
	enum spread spread;
	unsigned int min_homes;
	bool single, lanes, pairs;
	enum turn turn;
	unsigned int turn_ms;
	struct range (*aim)(struct task *task, uint32_t turn);
	uint64_t (*work)(struct task *task);
};

extern const struct workload numa01, numa01_thread, numa02, numa02_smt;
extern const struct workload forkstorm, idle, phases, pingpong;
extern const struct workload warehouse, mixed, pairs;
extern const char unit_mib[];

const struct workload *workload_find(const char *name);
void workload_list(void);

void machine_read(struct machine *m);
void options_parse(struct options *o, int argc, char **argv);
void settle(struct options *o, const struct machine *m);

/* place.c */
unsigned int home_of(const struct run *run, unsigned int process,
		     unsigned int thread);
int memory_node_of(const struct run *run, unsigned int home);
void place_thread(const struct run *run, unsigned int home);
void bind_range(const struct machine *m, struct range r, int node);
void unbind_range(const struct machine *m, struct range r);
void bind_future(const struct machine *m, int node);

/* memory.c */
enum { MEMORY_PRIVATE, MEMORY_SHARED };
struct range memory_map(uint64_t bytes, int kind);
struct range *memory_of_pairs(const struct options *o);
struct range memory_share(struct range all, unsigned int i, unsigned int n);
struct range memory_prepare(const struct run *run, unsigned int process);
void memory_touch(struct board *board, struct range r);

/* board.c */
struct board *board_create(unsigned int tasks);
void board_arrive(struct board *board);
void board_set(struct board *board, uint32_t state);
void board_sleep(struct board *board, unsigned int ms);
int64_t now_ns(void);
int64_t cpu_ns(void);

static inline bool board_running(struct board *board)
{
	return atomic_load_explicit(&board->state, memory_order_relaxed) ==
	       BOARD_RUNNING;
}

/* sweep.c */
void sweep_touch(char *start, size_t len, size_t stride);
uint64_t sweep(struct task *task);
uint64_t sweep_reading(struct task *task);
struct range aim_whole(struct task *task, uint32_t turn);
struct range aim_share(struct task *task, uint32_t turn);

#define FORKSTORM_CHILD	"forkstorm-child"
int forkstorm_child(char **args);

void process_main(const struct run *run, unsigned int process);
int64_t conduct(const struct run *run);
void report(const struct run *run, int64_t start_ns);

/* xorshift64: cheap, the same every time, and not to be optimised away. */
static inline uint64_t scramble(uint64_t x)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* How many times the others' threads and memory a process has. */
static inline unsigned int times(const struct options *o, unsigned int process)
{
	bool last = process + 1 == o->processes;

	return last && o->workload->last ? o->workload->last : 1;
}

static inline unsigned int threads_of(const struct options *o,
				      unsigned int process)
{
	return o->threads * times(o, process);
}

static inline unsigned int task_slot(const struct options *o,
				     unsigned int process, unsigned int thread)
{
	return process * o->threads + thread;
}

static inline unsigned int nr_tasks(const struct options *o)
{
	return task_slot(o, o->processes - 1, threads_of(o, o->processes - 1));
}

/* --loops not given means no end. */
static inline bool loops_done(const struct options *o, uint64_t loops)
{
	return o->loops && loops >= o->loops;
}

#endif
