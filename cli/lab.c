// SPDX-License-Identifier: GPL-2.0
/*
 * Where the lab and what it needs are, and what is missing.
 */
#include "lab.h"
#include "cli.h"
#include "tool.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSTALLED	"/usr/share/numaplace/lab"
#define DEFAULT_KERNEL	"cloud-6.12"

/* Like asprintf(), for paths; NULL if out of memory. */
__attribute__((format(printf, 1, 2)))
static char *path(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

static bool has(const char *dir, const char *file)
{
	char *name = dir ? path("%s/%s", dir, file) : NULL;
	bool found = name && !access(name, R_OK);

	free(name);
	return found;
}

/* ----------------------------------------------------------- the directory */

static char *self(void)
{
	return realpath("/proc/self/exe", NULL);
}

/* The program lies in build/, beside lab/. */
static char *beside(const char *program)
{
	char *copy = strdup(program), *slash, *dir = NULL;

	for (int up = 0; copy && up < 2; up++)
		if ((slash = strrchr(copy, '/')))
			*slash = '\0';
	if (copy)
		dir = path("%s/lab", copy);
	free(copy);
	return dir;
}

/* Absolute, as the guest is started from elsewhere. */
static char *absolute(const char *dir)
{
	char *real = realpath(dir, NULL);

	return real ? real : strdup(dir);
}

static char *find_dir(const char *asked, const char *program)
{
	const char *env = getenv("NUMAPLACE_LAB");
	char *dir;

	if (asked || env)
		return absolute(asked ? asked : env);
	dir = beside(program);
	if (dir && !has(dir, "boot")) {
		free(dir);
		dir = strdup(INSTALLED);
	}
	return dir;
}

/* As lab/common.sh does it. */
static char *find_build(const char *dir)
{
	const char *env = getenv("NP_BUILD");
	const char *slash = strrchr(dir, '/');

	if (env && *env)
		return absolute(env);
	return path("%.*s/build", slash ? (int)(slash - dir) : 0, dir);
}

/* -------------------------------------------------------------- the kernel */

/* Of several names for a kernel the directory itself is the one that counts. */
static int is_kernel(const struct dirent *e)
{
	return e->d_name[0] != '.' && e->d_type == DT_DIR;
}

/* The only one there is, or NULL. */
static char *only_kernel(const char *kernels)
{
	struct dirent **list;
	int nr = scandir(kernels, &list, is_kernel, alphasort);
	char *only = nr == 1 ? path("%s/%s", kernels, list[0]->d_name) : NULL;

	for (int i = 0; i < nr; i++)
		free(list[i]);
	if (nr >= 0)
		free(list);
	return only;
}

static char *find_kernel(const struct lab *lab, const char *asked)
{
	char *kernels = path("%s/kernels", lab->build);
	char *dir = NULL;

	if (asked && strchr(asked, '/'))
		dir = strdup(asked);
	else if (kernels)
		dir = path("%s/%s", kernels, asked ? asked : DEFAULT_KERNEL);
	if (!asked && !has(dir, "vmlinuz")) {
		free(dir);
		dir = kernels ? only_kernel(kernels) : NULL;
	}
	free(kernels);
	return dir;
}

/* Written by lab/kernels/fetch; else the directory's own name. */
static char *find_release(const char *kernel)
{
	char *file = path("%s/release", kernel), *line = NULL;
	FILE *f = file ? fopen(file, "re") : NULL;
	const char *slash = strrchr(kernel, '/');
	size_t size = 0;

	if (f && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
	} else {
		free(line);
		line = strdup(slash ? slash + 1 : kernel);
	}
	if (f)
		fclose(f);
	free(file);
	return line;
}

int lab_find(struct lab *lab, const char *dir, const char *kernel)
{
	*lab = (struct lab){ .self = self() };
	if (lab->self)
		lab->dir = find_dir(dir, lab->self);
	if (lab->dir)
		lab->build = find_build(lab->dir);
	if (!lab->build)
		return fail("out of memory");
	lab->npwork = path("%s/npwork", lab->build);
	lab->kernel = find_kernel(lab, kernel);
	if (!lab->kernel)
		return 0;
	lab->release = find_release(lab->kernel);
	if (lab->release)
		lab->module = path("%s/kmod/%s/numaplace.ko", lab->build,
				   lab->release);
	return 0;
}

void lab_exit(struct lab *lab)
{
	free(lab->dir);
	free(lab->build);
	free(lab->kernel);
	free(lab->release);
	free(lab->module);
	free(lab->npwork);
	free(lab->self);
}

/* --------------------------------------------------------- what is missing */

static int check_built(const struct lab *lab, const char *file)
{
	if (has(lab->build, file))
		return 0;
	return fail("%s/%s is missing; run make", lab->build, file);
}

static int check_kernel(const struct lab *lab)
{
	if (!lab->kernel)
		return fail("which kernel? %s/kernels has none or several; "
			    "fetch one with lab/kernels/fetch or choose with "
			    "--kernel", lab->build);
	if (has(lab->kernel, "vmlinuz"))
		return 0;
	return fail("%s/vmlinuz is missing; lab/kernels/fetch downloads a "
		    "kernel", lab->kernel);
}

static int check_module(const struct lab *lab)
{
	if (!lab->kernel || (lab->module && !access(lab->module, R_OK)))
		return 0;
	return fail("%s is missing; run make, or compare only off, stock and "
		    "hand", lab->module ? lab->module : "numaplace.ko");
}

static int check_program(const char *program, const char *package)
{
	if (tool_exists(program))
		return 0;
	return fail("%s is missing; as root: apt-get install %s", program,
		    package);
}

static int check_programs(const struct lab_needs *needs)
{
	int bad = 0;

	bad |= check_program("qemu-system-x86_64", "qemu-system-x86");
	bad |= check_program("busybox", "busybox-static");
	bad |= check_program("cpio", "cpio");
	bad |= check_program("setpriv", "util-linux");
	bad |= check_program("timeout", "coreutils");
	if (needs->gnuplot)
		bad |= check_program("gnuplot", "gnuplot-nox");
	return bad;
}

/* What is built is beside the lab: without it there is nowhere to look. */
static int check_lab(const struct lab *lab, const struct lab_needs *needs)
{
	int bad = 0;

	if (!has(lab->dir, "boot"))
		return fail("there is no lab in %s; name its directory with "
			    "--lab", lab->dir);
	bad |= check_built(lab, "lab/witness.so");
	bad |= check_built(lab, "lab/guest/calibrate");
	bad |= check_built(lab, "lab/guest/witness-mark");
	bad |= check_built(lab, "npwork");
	bad |= check_kernel(lab);
	if (needs->module)
		bad |= check_module(lab);
	return bad;
}

int lab_check(const struct lab *lab, const struct lab_needs *needs)
{
	return check_lab(lab, needs) | check_programs(needs);
}

/* Is the first word of a line of @list the first @len bytes of @word? */
static bool lists(const char *list, const char *word, size_t len)
{
	for (; list && *list; list = strchr(list, '\n')) {
		list += *list == '\n';
		if (!strncmp(list, word, len) && strchr(" \t\n", list[len]))
			return true;
	}
	return false;
}

int lab_check_workload(const struct lab *lab, const char *workload)
{
	char *const argv[] = { lab->npwork, "--list", NULL };
	size_t len = strcspn(workload, ":");
	char *list;
	int ret = 0;

	if (tool_text(argv, &list))
		ret = fail("%s --list failed", lab->npwork);
	else if (!lists(list, workload, len))
		ret = fail("no workload '%.*s'; there are:\n%s", (int)len,
			   workload, list);
	free(list);
	return ret;
}
