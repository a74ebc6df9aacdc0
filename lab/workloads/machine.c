// SPDX-License-Identifier: GPL-2.0
/* Which CPUs and nodes there are, from sysfs and from what we may run on. */
#include "npwork.h"

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The variable lets a test stand in for machines that it does not have. */
static const char *node_dir(void)
{
	const char *dir = getenv("NPWORK_NODE_DIR");

	return dir ? dir : "/sys/devices/system/node";
}

/* Returns false if there is no such file. */
static bool read_list(struct idset *s, const char *name)
{
	char path[512], list[8192] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", node_dir(), name);
	f = fopen(path, "re");
	if (!f)
		return false;
	/* An empty file reads as NULL and leaves the list empty. */
	if (!fgets(list, sizeof(list), f) && ferror(f))
		err(EXIT_RUNTIME, "cannot read %s", path);
	fclose(f);
	if (!idset_parse(s, list))
		errx(EXIT_RUNTIME, "%s is not a list of numbers", path);
	return true;
}

static void add_node(struct machine *m, int node, const struct idset *allowed)
{
	struct home *home = &m->homes[m->nr_homes];
	char name[32];

	m->memory[m->nr_memory++] = node;
	snprintf(name, sizeof(name), "node%d/cpulist", node);
	if (!read_list(&home->cpus, name))
		return;
	idset_and(&home->cpus, allowed);
	home->node = node;
	if (idset_count(&home->cpus))
		m->nr_homes++;
}

/* A kernel without NUMA shows no nodes; to it all memory is local. */
static void single_node(struct machine *m, const struct idset *allowed)
{
	m->nr_homes = m->nr_memory = 1;
	m->homes[0] = (struct home){ .node = 0, .cpus = *allowed };
}

void machine_read(struct machine *m)
{
	struct idset allowed = { 0 }, with_memory;

	/* The kernel leaves CPUs that are offline out of the answer. */
	if (sched_getaffinity(0, sizeof(allowed), (cpu_set_t *)allowed.bits))
		err(EXIT_RUNTIME, "cannot read the CPUs this process may use");
	m->nr_cpus = idset_count(&allowed);
	m->memory_mb = (uint64_t)sysconf(_SC_PHYS_PAGES) *
		       sysconf(_SC_PAGESIZE) / MIB;
	if (!read_list(&with_memory, "has_memory")) {
		single_node(m, &allowed);
		return;
	}
	for (int node = 0; node < MAX_NODES; node++)
		if (idset_has(&with_memory, node))
			add_node(m, node, &allowed);
}
