// SPDX-License-Identifier: GPL-2.0
/*
 * The machine as policies see it, kept true over CPU and memory hotplug.
 *
 * Flags and CPU nodes are single bytes and words that change rarely; a
 * decision that reads an old one is caught by the refusal check, which asks the
 * kernel itself.
 */
#include <linux/cpuhotplug.h>
#include <linux/memory.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "kmod.h"

static u8 *node_flags;
static s16 *cpu_node;
static u8 *distance;
np_counter_t *np_booked_ns;
static int hotplug_state;

struct np_machine np_machine = {
	.can = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_QUEUE |
	       NP_CAN_SCAN_WORKER | NP_CAN_HOME | NP_CAN_MOVE | NP_CAN_SWAP |
	       NP_CAN_BALANCE | NP_CAN_LOAD | NP_CAN_RUNNING | NP_CAN_GROUPS,
	.home = &np_kernel_home,
	.mute = NP_MUTE_ALL,
};

static u8 flags_of(int nid)
{
	u8 flags = 0;

	if (node_state(nid, N_MEMORY))
		flags |= NP_NODE_MEMORY;
	if (node_state(nid, N_CPU))
		flags |= NP_NODE_CPU;
	return flags;
}

static void refresh_nodes(void)
{
	int nid;

	for (nid = 0; nid < np_machine.nr_nodes; nid++)
		WRITE_ONCE(node_flags[nid], flags_of(nid));
}

static void refresh_cpus(void)
{
	int cpu;

	for (cpu = 0; cpu < np_machine.nr_cpus; cpu++)
		WRITE_ONCE(cpu_node[cpu], cpu_present(cpu) ? cpu_to_node(cpu) :
							      NP_NO_NODE);
}

static void fill_distances(void)
{
	int from, to, nr = np_machine.nr_nodes;

	for (from = 0; from < nr; from++)
		for (to = 0; to < nr; to++)
			distance[from * nr + to] = node_distance(from, to);
}

static int memory_changed(struct notifier_block *nb, unsigned long action,
			  void *arg)
{
	if (action == MEM_ONLINE || action == MEM_OFFLINE)
		refresh_nodes();
	return NOTIFY_OK;
}

static struct notifier_block memory_nb = { .notifier_call = memory_changed };

static int cpu_changed(unsigned int cpu)
{
	refresh_cpus();
	refresh_nodes();
	return 0;
}

static void free_tables(void)
{
	kfree(node_flags);
	kfree(cpu_node);
	kvfree(distance);
	kfree(np_booked_ns);
}

static int alloc_tables(void)
{
	size_t nr = np_machine.nr_nodes;

	node_flags = kcalloc(nr, sizeof(*node_flags), GFP_KERNEL);
	cpu_node = kcalloc(np_machine.nr_cpus, sizeof(*cpu_node), GFP_KERNEL);
	distance = kvcalloc(nr * nr, sizeof(*distance), GFP_KERNEL);
	np_booked_ns = kcalloc(nr, sizeof(*np_booked_ns), GFP_KERNEL);
	np_machine.node_flags = node_flags;
	np_machine.cpu_node = cpu_node;
	np_machine.distance = distance;
	return node_flags && cpu_node && distance && np_booked_ns ? 0 : -ENOMEM;
}

int np_machine_init(void)
{
	int err;

	np_machine.nr_nodes = nr_node_ids;
	np_machine.nr_cpus = nr_cpu_ids;
	err = alloc_tables();
	if (err)
		goto err_tables;
	fill_distances();
	refresh_cpus();
	refresh_nodes();
	err = register_memory_notifier(&memory_nb);
	if (err)
		goto err_tables;
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "numaplace:machine",
					cpu_changed, cpu_changed);
	if (err < 0)
		goto err_notifier;
	hotplug_state = err;
	return 0;

err_notifier:
	unregister_memory_notifier(&memory_nb);
err_tables:
	free_tables();
	return err;
}

void np_machine_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	unregister_memory_notifier(&memory_nb);
	free_tables();
}
