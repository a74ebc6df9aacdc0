// SPDX-License-Identifier: GPL-2.0
/*
 * A locality figure under a wrong map of memory looks as good as a right one:
 * with node sizes off by a factor of two, a perfectly local run reads "50 %".
 * So nothing is reported before a program in the guest, which can ask its
 * kernel where a CPU and a page are, has shown enough of both, and exactly one
 * candidate map agrees with all of it.
 */
#include "calibrate.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

/*
 * The guest counts the memory its firmware left it. On the first node that is
 * less than what was plugged in by up to a MiB or so.
 */
#define MIB_TOLERANCE	4

static struct {
	const struct np_machine *machine;
	struct np_map candidates[NP_MAP_CANDIDATES];
	int nr_candidates;

	bool fits[NP_MAP_CANDIDATES];
	bool cpu_seen[NP_MAX_VCPUS];
	unsigned int samples_of[NP_MAX_NODES];
	unsigned int nr_samples;
	unsigned long node;		/* that samples are about; too big: none */
	char problem[160];		/* the first one, or empty */
	const struct np_map *map;
} cal;

int np_calibrate_init(const struct np_machine *machine)
{
	cal.machine = machine;
	cal.nr_candidates = np_map_candidates(machine, cal.candidates);
	np_calibrate_begin();
	return cal.nr_candidates < 0 ? -1 : 0;
}

void np_calibrate_begin(void)
{
	cal.map = NULL;
	for (int i = 0; i < cal.nr_candidates; i++)
		cal.fits[i] = true;
	memset(cal.cpu_seen, 0, sizeof(cal.cpu_seen));
	memset(cal.samples_of, 0, sizeof(cal.samples_of));
	cal.nr_samples = 0;
	cal.node = NP_MAX_NODES;
	np_host_forget();
	cal.problem[0] = '\0';
}

__attribute__((format(printf, 1, 2)))
static void problem(const char *format, ...)
{
	va_list args;

	if (cal.problem[0])
		return;
	va_start(args, format);
	vsnprintf(cal.problem, sizeof(cal.problem), format, args);
	va_end(args);
}

void np_calibrate_cpu(unsigned int vcpu, unsigned long node)
{
	unsigned int expected = cal.machine->node_of_vcpu[vcpu];

	if (node != expected)
		problem("the guest has CPU %u on node %lu, the witness was told node %u",
			vcpu, node, expected);
	cal.cpu_seen[vcpu] = true;
}

void np_calibrate_node(unsigned long node)
{
	if (node >= (unsigned long)cal.machine->nr_nodes)
		problem("the guest has a node %lu, the witness was told of %d nodes",
			node, cal.machine->nr_nodes);
	cal.node = node;
}

void np_calibrate_mib(unsigned long mib)
{
	unsigned long told;

	if (cal.node >= (unsigned long)cal.machine->nr_nodes)
		return;
	told = cal.machine->mib[cal.node];
	if (mib > told || mib + MIB_TOLERANCE < told)
		problem("the guest has %lu MiB on node %lu, the witness was told %lu",
			mib, cal.node, told);
}

void np_calibrate_sample(uint64_t address, uintptr_t host)
{
	if (cal.node >= (unsigned long)cal.machine->nr_nodes)
		return;
	for (int i = 0; i < cal.nr_candidates; i++)
		if (np_map_node(&cal.candidates[i], address) != cal.node)
			cal.fits[i] = false;
	np_host_sample(cal.node, address, host);
	cal.samples_of[cal.node]++;
	cal.nr_samples++;
}

static void check_complete(void)
{
	for (int v = 0; v < cal.machine->nr_vcpus; v++)
		if (!cal.cpu_seen[v])
			problem("the guest never ran on CPU %d", v);
	for (int n = 0; n < cal.machine->nr_nodes; n++)
		if (!cal.samples_of[n])
			problem("the guest showed no page of node %d", n);
}

static const struct np_map *only_fit(void)
{
	const struct np_map *map = NULL;
	int fits = 0;

	for (int i = 0; i < cal.nr_candidates; i++) {
		if (cal.fits[i]) {
			map = &cal.candidates[i];
			fits++;
		}
	}
	if (fits == 1)
		return map;
	problem("%d of %d address maps fit the %u pages shown, not exactly one",
		fits, cal.nr_candidates, cal.nr_samples);
	return NULL;
}

const char *np_calibrate_done(void)
{
	const struct np_map *map;

	check_complete();
	map = only_fit();
	if (cal.problem[0])
		return cal.problem;
	cal.map = map;
	return NULL;
}

const struct np_map *np_calibrated_map(void)
{
	return cal.map;
}

unsigned int np_calibrated_samples(void)
{
	return cal.nr_samples;
}
