/* SPDX-License-Identifier: GPL-2.0 */
/* Memory pressure: vmpressure.ko's side of the command line. */
#ifndef CLI_PRESSURE_H
#define CLI_PRESSURE_H

#include <stdbool.h>

#include <numaplace/vmpressure.h>

/**
 * struct pressure_scope - whose pressure
 * @node:	a memory node, or -1
 * @cgroup:	a path, or NULL: relative ones are looked for in /sys/fs/cgroup, too
 */
struct pressure_scope {
	int node;
	const char *cgroup;
};

/**
 * struct pressure_watch - what to do about it
 * @threshold:	VMPRESSURE_LOW, MEDIUM or OOM
 * @interval:	seconds between two lines while it lasts, or below 0: once
 * @seconds:	end after, or 0
 * @exec:	shell command to run each time, or NULL
 * @json:	lines of JSON
 */
struct pressure_watch {
	struct pressure_scope scope;
	unsigned int threshold;
	double interval;
	double seconds;
	const char *exec;
	bool json;
};

/* "low", "medium", "oom"; "none" for no pressure. Return: 0, or -1, not said. */
int pressure_level(const char *name, unsigned int *ret_level);
const char *pressure_name(unsigned int level);

/* Return: a descriptor, or -1. */
int pressure_open(const struct pressure_scope *scope, unsigned int threshold,
		  unsigned int flags, unsigned int interval_ms);

/* Until Ctrl-C, or as long as is asked. Return: 0 or -1. */
int pressure_follow(const struct pressure_watch *w);

/* The machine and its nodes, looked at for @seconds. Return: 0 or -1. */
int pressure_status(double seconds, bool json);

#endif
