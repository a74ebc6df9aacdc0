// SPDX-License-Identifier: GPL-2.0
#include "machine.h"

#include <stdlib.h>

/* Reads "2:2:0" into at most NP_MAX_NODES numbers; -1 if it is anything else. */
static int parse_list(const char *text, unsigned long *values, unsigned long max)
{
	int n = 0;
	char *end;

	while (n < NP_MAX_NODES) {
		if (*text < '0' || *text > '9')
			return -1;
		values[n] = strtoul(text, &end, 10);
		if (values[n++] > max)
			return -1;
		if (!*end)
			return n;
		if (*end != ':')
			return -1;
		text = end + 1;
	}
	return -1;
}

static const char *place_vcpus(struct np_machine *m)
{
	m->nr_vcpus = 0;
	for (int node = 0; node < m->nr_nodes; node++) {
		for (int i = 0; i < m->cpus[node]; i++) {
			if (m->nr_vcpus == NP_MAX_VCPUS)
				return "too many CPUs";
			m->node_of_vcpu[m->nr_vcpus++] = node;
		}
	}
	return m->nr_vcpus ? NULL : "no CPUs";
}

const char *np_machine_parse(struct np_machine *m, const char *cpus,
			     const char *memory)
{
	unsigned long c[NP_MAX_NODES], mib[NP_MAX_NODES];

	m->nr_nodes = parse_list(cpus, c, NP_MAX_VCPUS);
	if (m->nr_nodes < 0)
		return "cpus= wants one number per node, such as 2:2";
	if (parse_list(memory, mib, UINT32_MAX) != m->nr_nodes)
		return "memory= wants as many numbers as cpus=, in MiB";
	for (int node = 0; node < m->nr_nodes; node++) {
		m->cpus[node] = c[node];
		m->mib[node] = mib[node];
	}
	return place_vcpus(m);
}
