// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is asked for more than it delivers answers later.
 *
 * A node's memory, and the port between a node and all others, each deliver so
 * many bytes per ns.  Loaded to a part p of that, an access waits as in a queue
 * with random arrivals (M/M/1): w = 1 / (1 - p) times as long, which is the
 * same as w = 1 + w * p.  Programs wait for their accesses, so p falls as w
 * rises, and w * p hardly changes: from any w the second form leads to the
 * answer without swinging to and fro, where the first may not.
 */
#include "../engine.h"

#define EPOCH		(10 * NS_PER_MS)

/* Half of the way: what is accessed changes with what is waited, too. */
static double towards(double wait, double bytes, double per_ns)
{
	double load = per_ns > 0 ? bytes / (per_ns * EPOCH) : 0;

	return (wait + 1 + wait * load) / 2;
}

static void reprice(struct sim *s)
{
	for (unsigned int i = 0; i < s->nr_cpus; i++) {
		struct cpu *c = &s->cpu[i];

		if (!c->curr || !c->curr->stream.map)
			continue;
		stream_price(s, c->curr);
		cpu_plan(s, c);
	}
}

/* Too little to change a price. */
static bool same(double a, double b)
{
	return a - b < 0.01 && b - a < 0.01;
}

void contention_epoch(struct sim *s)
{
	bool changed = false;

	cpu_settle_all(s);
	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		struct node *node = &s->node[n];
		double wait = towards(node->wait, node->bytes,
				      s->costs.node_bytes);
		double port = towards(node->port_wait, node->port_bytes,
				      s->costs.port_bytes);

		changed |= !same(wait, node->wait) ||
			   !same(port, node->port_wait);
		node->wait = wait;
		node->port_wait = port;
		node->bytes = node->port_bytes = 0;
	}
	if (changed)
		reprice(s);
}

double contention_latency(const struct sim *s, int from, int to)
{
	const struct node *here = &s->node[from], *there = &s->node[to];
	double ns = s->costs.local_ns * there->wait *
		    np_distance(&s->machine, from, to) / 10;

	if (from == to)
		return ns;
	return ns * (here->port_wait > there->port_wait ? here->port_wait :
							   there->port_wait);
}
