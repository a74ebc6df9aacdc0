// SPDX-License-Identifier: GPL-2.0
/*
 * The script that the guest runs.  The module is there only while a policy of
 * numaplace is measured: the other runs see a stock kernel.  Words that come
 * from the command line consist of harmless characters (spec_check()).
 */
#include "scenario.h"
#include "cli.h"

#include <string.h>

static const char prologue[] =
	"#!/bin/sh\n"
	"# written by numaplace compare\n"
	"give_up() { echo \"error: $*\"; exit 1; }\n"
	"load() { insmod /modules/numaplace.ko || give_up \"the module cannot "
	"be loaded: $(dmesg | grep numaplace: | tail -n 1)\"; }\n"
	"unload() { rmmod numaplace || give_up \"the module cannot be "
	"unloaded\"; }\n"
	"check() { why=$(numaplace run --policy \"$1\" -- true 2>&1) && return\n"
	"\t[ $? = 2 ] && echo wrong usage\n"
	"\tgive_up \"${why#numaplace: }\"; }\n"
	"run() { measure \"$@\" || give_up \"run $1 ($2 under $4) failed\"; }\n"
	"ours() { load; run \"$@\"; unload; }\n"
	"echo \"kernel $(uname -r)\"\n";

bool scenario_is_ours(const char *policy)
{
	return strcmp(policy, "off") && strcmp(policy, "stock") &&
	       strcmp(policy, "hand");
}

static bool is_first(const struct runs *runs, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(runs->run[i].policy, runs->run[nr].policy))
			return false;
	return true;
}

/* A misspelt policy is told about before anything is measured. */
static void check_policies(FILE *f, const struct runs *runs)
{
	bool any = false;

	for (size_t i = 0; i < runs->nr; i++) {
		const char *policy = runs->run[i].policy;

		if (!scenario_is_ours(policy) || !is_first(runs, i))
			continue;
		fprintf(f, "%scheck '%s'\n", any ? "" : "load\n", policy);
		any = true;
	}
	if (any)
		fputs("unload\n", f);
}

/* "numa02:mb=64,threads=4" -> "--mb=64 --threads=4" */
static void print_options(FILE *f, const char *workload)
{
	const char *p = strchr(workload, ':');

	for (; p && *p; p += strcspn(p, ",")) {
		p++;
		fprintf(f, " --%.*s", (int)strcspn(p, ","), p);
	}
}

static void print_run(FILE *f, const struct run *run, const char *thp,
		      unsigned int seconds)
{
	bool hand = !strcmp(run->policy, "hand");

	fprintf(f, "%s %u %.*s %s '%s' %s %u",
		scenario_is_ours(run->policy) ? "ours" : "run", run->id,
		(int)strcspn(run->workload, ":"), run->workload,
		hand ? "hand" : "none", run->policy, thp, seconds);
	print_options(f, run->workload);
	fputc('\n', f);
}

void scenario_write(FILE *f, const struct runs *runs, const char *thp,
		    unsigned int seconds)
{
	fputs(prologue, f);
	check_policies(f, runs);
	for (size_t i = 0; i < runs->nr; i++)
		print_run(f, &runs->run[i], thp, seconds);
	fputs("exit 0\n", f);
}
