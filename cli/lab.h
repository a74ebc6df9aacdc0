/* SPDX-License-Identifier: GPL-2.0 */
/* Where the lab and what it needs are, and what is missing. */
#ifndef CLI_LAB_H
#define CLI_LAB_H

#include <stdbool.h>

/**
 * struct lab - paths, all to be freed by lab_exit()
 * @dir:	the lab's own files
 * @build:	what was built: kernels, modules, the witness, npwork
 * @kernel:	directory with vmlinuz, or NULL if none could be chosen
 * @release:	of that kernel
 * @module:	numaplace.ko for it
 * @npwork:	the workloads
 * @self:	this program
 */
struct lab {
	char *dir;
	char *build;
	char *kernel;
	char *release;
	char *module;
	char *npwork;
	char *self;
};

/* What a comparison is going to use; nothing else is asked for. */
struct lab_needs {
	bool module;
	bool gnuplot;
};

/**
 * lab_find() - fill in the paths
 * @dir:	of the lab, or NULL to look for it
 * @kernel:	a directory, a name below build/kernels, or NULL for the default
 * Return: 0 or -1; that something is missing is told by lab_check().
 */
int lab_find(struct lab *lab, const char *dir, const char *kernel);

/* lab_check() - tell everything that is missing, and what to do about it. */
int lab_check(const struct lab *lab, const struct lab_needs *needs);

/* lab_check_workload() - does npwork know it? */
int lab_check_workload(const struct lab *lab, const char *workload);

void lab_exit(struct lab *lab);

#endif
