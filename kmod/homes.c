// SPDX-License-Identifier: GPL-2.0
/*
 * Soft home nodes.  The policies' word for them is np_home_of(); the kernel's is
 * the preferred node, which its load balancer leaves reluctantly and returns to
 * gladly, but which an idle CPU elsewhere overrules.
 */
#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <linux/sched/task.h>
#include <linux/topology.h>

#include "compat/compat.h"
#include "ng.h"

/* That of its group, or as its policy has it now; RCU. */
int np_home_of_task(struct np_kproc *kp, struct task_struct *task)
{
	struct np_ktask *kt = np_ktask_find(kp, task);
	struct np_ng *ng = np_ng_of(task);

	if (ng)
		return READ_ONCE(ng->home);
	if (kt && kt->t.generation == kp->p.generation)
		return np_home_of(&kt->t);
	return kp->p.home;
}

static bool has_homes(struct np_kproc *kp)
{
	const struct np_kinst *inst = rcu_dereference(kp->inst);

	return (inst->i.ops->need & NP_CAN_HOME) && !np_left_to_stock(&inst->i);
}

/* Does the policy want @param of @kp, and not only look on? RCU. */
static bool acts(struct np_kproc *kp, enum np_core_param param)
{
	const struct np_kinst *inst = rcu_dereference(kp->inst);

	return inst->i.param[param] && !(kp->p.flags & NP_PROC_SHADOW) &&
	       !np_left_to_stock(&inst->i);
}

/* ------------------------------------------------------- the load balancer */

/*
 * Each thread tells the load balancer of its own home, at its next hinting fault
 * or scan work: the kernel's own function may only be called for current, as it
 * would find others half way to sleep.
 */
static void prefer(int nid)
{
	if (nid == current->numa_preferred_nid)
		return;
	if (nid != NUMA_NO_NODE && np_heed_preferred())
		return;
	np_prefer_node(nid);
}

/* In a group of its application, whatever the policy? RCU. */
static bool is_bound(struct task_struct *task)
{
	return np_ng_of(task);
}

void np_home_sync(struct np_kproc *kp)
{
	bool ours;
	int nid;

	rcu_read_lock();
	ours = !np_left_to_stock(&rcu_dereference(kp->inst)->i) ||
	       is_bound(current);
	nid = has_homes(kp) || is_bound(current) ? np_home_of_task(kp, current) : NUMA_NO_NODE;
	rcu_read_unlock();
	if (ours)
		prefer(nid);
}

/*
 * What a policy that is gone had it prefer.  Threads that the stock kernel
 * balances from then on keep it until they have hinting faults of its own.
 */
void np_home_forget(void)
{
	prefer(NUMA_NO_NODE);
}

/* The tick has it call np_home_sync() after a millisecond of run time. */
static void sync_soon(struct task_struct *task)
{
	WRITE_ONCE(task->numa_scan_period, 1);
	task_lock(task);
	if (task->mm)
		np_scan_arm_mm(task->mm);
	task_unlock(task);
}

void np_home_update(struct np_kproc *kp, struct task_struct *task)
{
	np_ktask_rebind(kp, task);
	sync_soon(task);
}

void np_home_go(struct task_struct *task, int nid)
{
	int cpu = np_idle_cpu(task, nid);

	if (cpu_to_node(task_cpu(task)) != nid && cpu < nr_cpu_ids &&
	    np_may_move(task, cpu))
		np_task_to_cpu(task, cpu);
}

/* It does not run yet: nobody counts on what it prefers. */
void np_home_inherit(struct np_kproc *kp, struct task_struct *child)
{
	int nid = np_home_of_task(kp, child);

	if ((has_homes(kp) || is_bound(child)) && nid != NUMA_NO_NODE)
		child->numa_preferred_nid = nid;
}

/* ------------------------------------------------------------------ memory */

int np_alloc_home(void)
{
	int nid = NUMA_NO_NODE;
	struct np_kproc *kp;

	if (!in_task() || !np_anybody() || !current->mm)
		return nid;
	rcu_read_lock();
	kp = np_kproc_find(current->signal);
	if (kp && (is_bound(current) || acts(kp, NP_P_HOME_ALLOC)))
		nid = np_home_of_task(kp, current);
	rcu_read_unlock();
	return nid != NUMA_NO_NODE && node_state(nid, N_MEMORY) ? nid :
								  NUMA_NO_NODE;
}

/* ----------------------------------------------------------------- wake-ups */

static int wake_home(struct task_struct *task)
{
	int nid = NUMA_NO_NODE;
	struct np_kproc *kp;

	rcu_read_lock();
	kp = np_kproc_find(task->signal);
	if (kp && acts(kp, NP_P_HOME_WAKE))
		nid = np_home_of_task(kp, task);
	rcu_read_unlock();
	return nid;
}

int np_wake_home(struct task_struct *task, int cpu)
{
	int nid = task->mm ? wake_home(task) : NUMA_NO_NODE;
	int idle;

	if (nid == NUMA_NO_NODE || cpu_to_node(cpu) == nid)
		return cpu;
	idle = np_idle_cpu(task, nid);
	return idle < nr_cpu_ids ? idle : cpu;
}
