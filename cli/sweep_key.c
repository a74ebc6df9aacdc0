// SPDX-License-Identifier: GPL-2.0
/*
 * What tells one point of a sweep from every other.
 */
#include "sweep_key.h"
#include "cli.h"
#include "digest.h"

#include <stdio.h>
#include <string.h>

const struct key_info key_info[NR_KEYS] = {
	[KEY_ON] = { "on", false, "what made it: sim" },
	[KEY_TOPOLOGY] = { "topology", false, "the machine" },
	[KEY_WORKLOAD] = { "workload", false, "and its parameters" },
	[KEY_POLICY] = { "policy", false, "and its parameters" },
	[KEY_THP] = { "thp", false, "huge pages: never or always" },
	[KEY_COSTS] = { "costs", false, "what things cost: server, emulated" },
	[KEY_PREEMPT] = { "preempt", false, "preemption model" },
	[KEY_MEMORY] = { "memory", true, "MiB of a node, 0 = the topology's" },
	[KEY_SECONDS] = { "seconds", true, "at most, simulated" },
	[KEY_SEED] = { "seed", true, "of the generator of random numbers" },
};

int key_find(const char *name)
{
	for (int i = 0; i < NR_KEYS; i++)
		if (!strcmp(key_info[i].name, name))
			return i;
	return -1;
}

int64_t key_id(const struct sweep_key *k)
{
	uint64_t digest = DIGEST_START;

	for (int i = 0; i < NR_KEYS; i++)
		digest = digest_text(digest, k->of[i]);
	return (int64_t)(digest >> 1);
}

/* The limits of every comparison stand around what is compared. */
static int policy_rank(const char *policy)
{
	if (!strcmp(policy, "off"))
		return 0;
	if (!strcmp(policy, "stock"))
		return 1;
	return strcmp(policy, "hand") ? 2 : 3;
}

int key_compare(const struct sweep_key *a, const struct sweep_key *b,
		enum key_column column)
{
	const char *x = a->of[column], *y = b->of[column];
	int ranks = 0;

	if (column == KEY_POLICY)
		ranks = policy_rank(x) - policy_rank(y);
	return ranks ? ranks : strverscmp(x, y);
}

char *key_text(const struct sweep_key *k)
{
	char *text;

	if (asprintf(&text, "%s under %s on %s, seed %s", k->of[KEY_WORKLOAD],
		     k->of[KEY_POLICY], k->of[KEY_TOPOLOGY],
		     k->of[KEY_SEED]) < 0)
		return NULL;
	return text;
}
