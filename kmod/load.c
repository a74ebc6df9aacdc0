// SPDX-License-Identifier: GPL-2.0
/*
 * How busy nodes are and who runs where, for policies that ask.
 *
 * Load is what threads of managed processes would have to do, by their home
 * nodes, and one task's worth for each CPU that runs somebody else.  It is
 * measured anew at most every LOAD_MS: a policy asks about many nodes at a time.
 */
#include <linux/cpumask.h>
#include <linux/mmzone.h>
#include <linux/sched/clock.h>
#include <linux/sched/isolation.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "compat/compat.h"
#include "ng.h"

#define LOAD_MS		10
#define NICE_0_WEIGHT	1024	/* scale_load_down(NICE_0_LOAD) */

static DEFINE_SPINLOCK(load_lock);
static struct np_load *loads;	/* [nr_nodes], load_lock */
static u64 measured_ns;

int np_load_init(void)
{
	loads = kcalloc(np_machine.nr_nodes, sizeof(*loads), GFP_KERNEL);
	return loads ? 0 : -ENOMEM;
}

void np_load_exit(void)
{
	kfree(loads);
}

/* -------------------------------------------------------------- who may run */

/* Fair, with memory of its own, and free to go. */
static bool is_touchable(struct task_struct *task)
{
	return task->prio >= MAX_RT_PRIO && task->mm &&
	       !(task->flags & (PF_EXITING | PF_KTHREAD | PF_NO_SETAFFINITY)) &&
	       !READ_ONCE(task->migration_disabled) &&
	       !cpu_is_isolated(task_cpu(task));
}

static bool may_run(struct task_struct *task, int cpu)
{
	return cpu_active(cpu) && cpumask_test_cpu(cpu, task->cpus_ptr) &&
	       !cpu_is_isolated(cpu);
}

bool np_may_move(struct task_struct *task, int cpu)
{
	return is_touchable(task) && may_run(task, cpu);
}

/* Nobody is taken from the home of its group, and no group is parted so; RCU. */
static bool may_leave(struct task_struct *task, int cpu)
{
	struct np_ng *ng = np_ng_of(task);
	int here = cpu_to_node(task_cpu(task));

	return !ng || READ_ONCE(ng->home) != here || cpu_to_node(cpu) == here;
}

bool np_may_swap(struct task_struct *task, struct task_struct *other)
{
	bool may;

	rcu_read_lock();
	may = task != other && np_may_move(task, task_cpu(other)) &&
	      np_may_move(other, task_cpu(task)) &&
	      may_leave(other, task_cpu(task));
	rcu_read_unlock();
	return may;
}

int np_idle_cpu(struct task_struct *task, int nid)
{
	int cpu;

	for_each_cpu_and(cpu, cpumask_of_node(nid), task->cpus_ptr)
		if (may_run(task, cpu) && np_cpu_idle(cpu))
			return cpu;
	return nr_cpu_ids;
}

/* --------------------------------------------------------------- who runs */

static struct np_task *managed(struct task_struct *task)
{
	struct np_kproc *kp = task->mm ? np_kproc_find(task->signal) : NULL;
	struct np_ktask *kt = kp ? np_ktask_find(kp, task) : NULL;

	return kt ? &kt->t : NULL;
}

void np_kernel_running(const struct np_ctx *c, int cpu, struct np_running *ret)
{
	struct np_ktask *me = c->task ?
		container_of(c->task, struct np_ktask, t) : NULL;
	struct task_struct *other;

	*ret = (struct np_running){ 0 };
	if (!cpu_active(cpu))
		return;
	other = np_cpu_curr(cpu);
	ret->idle = np_cpu_idle(cpu);
	if (!is_idle_task(other))
		ret->task = managed(other);
	ret->homeless = !ret->idle && other->mm && !np_kproc_find(other->signal) &&
			READ_ONCE(other->numa_preferred_nid) == NUMA_NO_NODE;
	if (me)
		ret->movable = ret->idle ? np_may_move(me->task, cpu) :
					   np_may_swap(me->task, other);
}

/* -------------------------------------------------------------------- load */

static void count_memory(int nid, struct np_load *load)
{
	struct zone *zones = NODE_DATA(nid)->node_zones;

	load->all_pages = node_present_pages(nid);
	for (int z = 0; z < MAX_NR_ZONES; z++) {
		if (!populated_zone(&zones[z]))
			continue;
		load->free_pages += zone_page_state(&zones[z], NR_FREE_PAGES);
		load->foreign_pages +=
			zone_numa_event_state(&zones[z], NUMA_FOREIGN);
	}
}

/* Whose home is nowhere runs where it belongs. */
static void count_thread(struct np_kproc *kp, struct task_struct *thread)
{
	int here = cpu_to_node(task_cpu(thread)), nid = np_home_of_task(kp, thread);
	u64 weight = thread->se.load.weight >> SCHED_FIXEDPOINT_SHIFT;

	if (!READ_ONCE(thread->on_rq))
		return;
	if (nid == NUMA_NO_NODE)
		nid = here;
	loads[nid].cpu_load += weight;
	if (nid != here)
		loads[nid].away_load += weight;
}

static void count_process(struct np_kproc *kp, void *unused)
{
	struct task_struct *leader = pid_task(kp->pid, PIDTYPE_TGID), *thread;

	if (leader)
		list_for_each_entry_rcu(thread, &leader->signal->thread_head,
					thread_node)
			count_thread(kp, thread);
}

static void count_cpu(int cpu)
{
	struct np_load *load = &loads[cpu_to_node(cpu)];
	struct task_struct *curr = np_cpu_curr(cpu);

	load->cpus++;
	if (np_cpu_idle(cpu))
		load->idle++;
	else if (!curr->mm || !np_kproc_find(curr->signal))
		load->cpu_load += NICE_0_WEIGHT;
}

static void measure(void)
{
	int nid, cpu;

	memset(loads, 0, np_machine.nr_nodes * sizeof(*loads));
	np_fold_numa_events();
	for_each_online_node(nid)
		count_memory(nid, &loads[nid]);
	for_each_online_cpu(cpu)
		count_cpu(cpu);
	np_kproc_for_each(count_process, NULL);
}

void np_kernel_load(const struct np_ctx *c, int nid, struct np_load *ret)
{
	rcu_read_lock();
	spin_lock(&load_lock);
	if (c->now_ns - measured_ns >= LOAD_MS * NSEC_PER_MSEC) {
		measure();
		measured_ns = c->now_ns;
	}
	*ret = loads[nid];
	spin_unlock(&load_lock);
	rcu_read_unlock();
}
