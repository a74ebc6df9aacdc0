// SPDX-License-Identifier: GPL-2.0
/*
 * Our place among processes that were started together.
 *
 * Launchers tell it by variables; to read those needs no MPI library, and so
 * works under any of them.
 */
#include "ranks.h"
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first that are set together count.  @local may be missing. */
static const struct launcher {
	const char *rank, *size, *local;
} launchers[] = {
	{ "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
	  "OMPI_COMM_WORLD_LOCAL_SIZE" },
	{ "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE",
	  "MV2_COMM_WORLD_LOCAL_SIZE" },
	{ "PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS" },
	{ "PMIX_RANK", "PMIX_SIZE", NULL },
	{ "PMIX_RANK", "SLURM_NTASKS", "SLURM_TASKS_PER_NODE" },
	{ "SLURM_PROCID", "SLURM_NTASKS", "SLURM_TASKS_PER_NODE" },
};

/* "4", or, for several hosts, "4(x3),2"; the first of those is as good as any. */
static int number(const char *name, unsigned int *ret)
{
	const char *text = getenv(name);
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || (*end && !strchr("(,", *end)) ||
	    errno || n > INT_MAX)
		return fail("%s is '%s', which is no number", name, text);
	*ret = (unsigned int)n;
	return 0;
}

static int take(struct ranks *r, const struct launcher *l)
{
	if (number(l->rank, &r->rank) || number(l->size, &r->size))
		return -1;
	if (r->rank >= r->size)
		return fail("%s is %u, but %s only %u", l->rank, r->rank,
			    l->size, r->size);
	r->local = r->size;
	if (l->local && getenv(l->local) && number(l->local, &r->local))
		return -1;
	return 0;
}

int ranks_find(struct ranks *r)
{
	*r = (struct ranks){ .size = 1, .local = 1 };
	for (size_t i = 0; i < ARRAY_SIZE(launchers); i++)
		if (getenv(launchers[i].rank) && getenv(launchers[i].size))
			return take(r, &launchers[i]);
	return 0;
}

static unsigned int allowed(pid_t pid)
{
	cpu_set_t set;

	/* a machine with more CPUs than fit is as good as one not bound */
	if (sched_getaffinity(pid, sizeof(set), &set))
		return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	return (unsigned int)CPU_COUNT(&set);
}

/* A launcher that has bound us to some CPUs of its own has shared them out. */
unsigned int ranks_cores(const struct ranks *r)
{
	unsigned int ours = allowed(0), cores = ours;

	if (r->local > 1 && ours == allowed(getppid()))
		cores = ours / r->local;
	return cores ? cores : 1;
}
