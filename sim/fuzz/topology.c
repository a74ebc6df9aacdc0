// SPDX-License-Identifier: GPL-2.0
/*
 * A description of a machine from anybody: it is refused with a reason, or it
 * is a machine that the simulator can rely on.
 */
#include "replay.h"
#include "../topology.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int read_bytes(struct topology *t, const void *data, size_t size,
		      struct sim_error *e)
{
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	int ret;

	assert(f);
	ret = topology_read(t, f, "fuzz", e);
	fclose(f);
	return ret;
}

static void check_refused(const struct topology *t, const struct sim_error *e)
{
	assert(!t->node && !t->distance);
	assert(!strncmp(e->text, "fuzz:", 5));
	for (const char *c = e->text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
}

static void check_nodes(const struct topology *t)
{
	uint64_t cpus = 0, mib = 0;

	assert(t->nr_nodes >= 1 && t->nr_nodes <= TOPOLOGY_MAX_NODES);
	for (unsigned int i = 0; i < t->nr_nodes; i++) {
		assert(t->node[i].cpus || t->node[i].mib);
		cpus += t->node[i].cpus;
		mib += t->node[i].mib;
	}
	assert(cpus && cpus == t->cpus && cpus <= TOPOLOGY_MAX_CPUS);
	assert(mib && mib == t->mib);
}

static void check_distances(const struct topology *t)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		for (unsigned int j = 0; j < t->nr_nodes; j++) {
			unsigned int d = topology_distance(t, i, j);

			assert(i == j ? d == 10 : d > 10 && d < 255);
		}
}

static void describe(const struct topology *t, FILE *f)
{
	for (unsigned int i = 0; i < t->nr_nodes; i++)
		fprintf(f, "node %u cpus %u memory %uM\n", i, t->node[i].cpus,
			t->node[i].mib);
	for (unsigned int i = 0; i < t->nr_nodes; i++) {
		fprintf(f, "distance %u", i);
		for (unsigned int j = 0; j < t->nr_nodes; j++)
			fprintf(f, " %u", topology_distance(t, i, j));
		fputc('\n', f);
	}
}

static void check_equal(const struct topology *a, const struct topology *b)
{
	size_t nodes = a->nr_nodes;

	assert(b->nr_nodes == nodes);
	assert(!memcmp(a->node, b->node, nodes * sizeof(*a->node)));
	assert(!memcmp(a->distance, b->distance, nodes * nodes));
}

/* Written down again, it is the same machine. */
static void check_again(const struct topology *t)
{
	struct topology again;
	struct sim_error e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert(f);
	describe(t, f);
	fclose(f);
	assert(!read_bytes(&again, text, size, &e));
	check_equal(t, &again);
	topology_free(&again);
	free(text);
}

static void check_text(const struct topology *t)
{
	char *text = topology_text(t);

	assert(text && strlen(text) < 256);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology t;
	struct sim_error e;

	if (read_bytes(&t, data, size, &e)) {
		check_refused(&t, &e);
		return 0;
	}
	check_nodes(&t);
	check_distances(&t);
	check_again(&t);
	check_text(&t);
	topology_free(&t);
	return 0;
}
