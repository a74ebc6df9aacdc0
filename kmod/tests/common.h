/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest's test programs share: TAP, the device, memory and CPUs. */
#ifndef NP_TESTS_COMMON_H
#define NP_TESTS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <numaplace/counters.h>
#include <numaplace/reasons.h>
#include <numaplace/record.h>
#include <numaplace/uapi.h>

#define MIB	(1UL << 20)
#define PAGE	4096UL

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* -------------------------------------------------------------------- TAP */

/* Results count across fork(); without numbers, for the driver gives them. */
bool tap_ok(bool good, const char *text, ...)
	__attribute__((format(printf, 2, 3)));
bool tap_is(long long got, long long want, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
bool tap_above(long long got, long long least, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
void tap_skip(const char *text, const char *reason);
void tap_note(const char *text, ...) __attribute__((format(printf, 1, 2)));
/* Print the plan. Return: the program's exit status. */
int tap_end(void);

/* Run @fn in a child; one that does not exit with 0 is a failed result. */
void tap_child(const char *name, void (*fn)(void));

/* ----------------------------------------------------------------- process */

void die(const char *what) __attribute__((noreturn));
/* How much slower than a stock kernel this one is (NP_SCALE). */
unsigned int scale(void);
double now(void);
/* CPU time of this process. */
double cpu_time(void);
void msleep(unsigned int ms);
/* Wait for a child. Return: its exit status, or 128 + signal. */
int reap(pid_t pid);
/* A child that does nothing until its end; it ends with its parent. */
pid_t sleeper(void);
void end(pid_t pid);
/* Lose CAP_SYS_NICE and CAP_SYS_PTRACE and become user @uid (0: stay root). */
void drop_rights(unsigned int uid);

/* ------------------------------------------------------------------ device */

int dev_open(void);
/* These return 0 or a negative errno. */
int dev_ioctl(int fd, unsigned long cmd, void *arg);
int dev_attach(int fd, pid_t pid, const char *spec, unsigned int flags);
int dev_attach_why(int fd, pid_t pid, const char *spec, unsigned int flags,
		   char why[NP_UAPI_TEXT]);
int dev_detach(int fd, pid_t pid);
int dev_status(int fd, pid_t pid, struct np_ioc_status *s);
int dev_sum(int fd, unsigned int flag, const char *policy,
	    struct np_ioc_status *s);
int dev_info(int fd, struct np_ioc_info *info);
int dev_trace(int fd, pid_t pid, unsigned int records);
/* One counter or reason of a managed process; fails the program if it is not. */
uint64_t dev_counter(int fd, pid_t pid, enum np_counter which);
uint64_t dev_reason(int fd, pid_t pid, enum np_reason which);
/* Is it managed? */
bool dev_managed(int fd, pid_t pid);
/* Wait until @nr processes are managed; false after @seconds. */
bool dev_wait_managed(int fd, unsigned int nr, double seconds);

const char *reason_name(unsigned int reason);
const char *counter_name(unsigned int counter);

/* Scan at once and often: what takes seconds in real life. */
#define FAST "scan_delay=0,scan_period=10,scan_period_max=10"

/* ----------------------------------------------------- nodes, CPUs, memory */

/* Nodes with CPUs; memory is not looked at. */
int nr_nodes(void);
int first_cpu_of(int node);
void run_on_node(int node);
void run_on_cpu(int cpu);
void run_anywhere(void);

/* New memory follows @mode (MPOL_*) and @node from here on; -1: default. */
void alloc_on(int mode, int node);
int bind_range(void *p, size_t size, int mode, unsigned long nodemask);

#define MAP_SMALL	0
#define MAP_HUGE	1	/* transparent huge pages */

/* Anonymous memory, touched on @node, without a policy of its own. */
char *map_on_node(size_t size, int node, int how);
/* Store to each page once. */
void touch(void *p, size_t size);
/* Base pages of [p, p + size) on @node. */
unsigned long pages_on(void *p, size_t size, int node);
/* A number from /proc/vmstat. */
unsigned long long vmstat(const char *name);
/* The first number after @key in a file, or -1. */
long long number_in(const char *path, const char *key);
int write_text(const char *path, const char *text);

#endif
