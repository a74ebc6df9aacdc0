// SPDX-License-Identifier: GPL-2.0
/*
 * Where the module takes hold of the kernel, and what it calls there.  What
 * differs between releases is in linux_<release>.h, which Kbuild picks.
 *
 * Replacements call the stock function through a static call; the redirection
 * leaves calls that come from this module alone.  For that the call must not be
 * turned into a jump: the file is built without sibling-call optimisation.
 */
#include <linux/mm.h>
#include <linux/sched/numa_balancing.h>
#include <linux/sched/sysctl.h>
#include <linux/sched/topology.h>
#include <linux/static_call.h>
#include <linux/sysctl.h>
#include <linux/task_work.h>

#include "../ng.h"
#include "compat.h"

/* ---------------------------------------------------------------- imports */

#define IMPORT(call, stub)						\
	DEFINE_STATIC_CALL(np_##call, stub);				\
	static void bind_##call(unsigned long addr)			\
	{								\
		static_call_update(np_##call, (typeof(&stub))addr);	\
	}

/* Stand-ins until bound; the module does not load unless all are. */
static struct mempolicy *no_task_policy(struct task_struct *task)
{
	return NULL;
}

IMPORT(get_task_policy, no_task_policy)

/*
 * New pages come from the home node.  What the stock kernel has for an area when
 * nobody has said anything is an array's entry for the node the task is on; only
 * those entries prefer a node and let balancing choose, too.
 */
static struct mempolicy *home_policy(struct mempolicy *pol)
{
	int home = np_alloc_home();

	if (home == NUMA_NO_NODE || pol->mode != MPOL_PREFERRED ||
	    !(pol->flags & MPOL_F_MORON))
		return pol;
	return pol + home - first_node(pol->nodes);
}

#include NP_RELEASE

static void no_numa_fault(int last_cpupid, int node, int pages, int flags) { }
static void no_numa_work(struct callback_head *work) { }

static int no_sysctl(NP_CTL_TABLE *table, int write, void *buffer,
		     size_t *lenp, loff_t *ppos)
{
	return -ENOSYS;
}

static unsigned long no_change_prot(struct vm_area_struct *vma,
				    unsigned long start, unsigned long end)
{
	return 0;
}

static bool no_vma_test(struct vm_area_struct *vma) { return false; }
static void no_mpol_put(struct mempolicy *pol) { }
static void no_set_state(bool on) { }

static bool no_access(struct task_struct *task, unsigned int mode)
{
	return false;
}

static void no_setnuma(struct task_struct *task, int nid) { }
static int no_migrate_to(struct task_struct *task, int cpu) { return -ENOSYS; }

static int no_swap(struct task_struct *cur, struct task_struct *task, int cpu,
		   int cur_cpu)
{
	return -ENOSYS;
}

static struct task_struct *no_curr(int cpu) { return current; }
static int no_idle(int cpu) { return 0; }
static void no_fold(void) { }
static void no_drain(void) { }

static int no_walk(struct mm_struct *mm, unsigned long start, unsigned long end,
		   const struct mm_walk_ops *ops, void *data)
{
	return -ENOSYS;
}

static int no_select(struct task_struct *task, int prev_cpu, int flags)
{
	return prev_cpu;
}

struct lb_env;
static int no_can_migrate(struct task_struct *task, struct lb_env *env)
{
	return 0;
}

IMPORT(task_numa_fault, no_numa_fault)
IMPORT(task_numa_work, no_numa_work)
IMPORT(sysctl, no_sysctl)
IMPORT(change_prot_numa, no_change_prot)
IMPORT(vma_migratable, no_vma_test)
IMPORT(vma_policy_mof, no_vma_test)
IMPORT(mpol_put, no_mpol_put)
IMPORT(set_state, no_set_state)
IMPORT(ptrace_may_access, no_access)
IMPORT(sched_setnuma, no_setnuma)
IMPORT(migrate_task_to, no_migrate_to)
IMPORT(migrate_swap, no_swap)
IMPORT(cpu_curr_snapshot, no_curr)
IMPORT(available_idle_cpu, no_idle)
IMPORT(fold_vm_numa_events, no_fold)
IMPORT(lru_add_drain_all, no_drain)
IMPORT(walk_page_range, no_walk)
IMPORT(select_task_rq, no_select)
IMPORT(can_migrate, no_can_migrate)

#define SIG_NUMA_FAULT "void (int, int, int, int)"
#define SIG_NUMA_WORK "void (struct callback_head *)"
#define SIG_VMA_TEST "_Bool (struct vm_area_struct *)"
#define SIG_WALK "int (struct mm_struct *, long unsigned int, long unsigned int, const struct mm_walk_ops *, void *)"
#define SIG_TASK_POLICY "struct mempolicy * (struct task_struct *)"
#define SIG_SELECT_RQ "int (struct task_struct *, int, int)"
#define SIG_CAN_MIGRATE "int (struct task_struct *, struct lb_env *)"

const struct np_import np_imports[] = {
	{ "task_numa_fault", SIG_NUMA_FAULT, bind_task_numa_fault },
	{ "task_numa_work", SIG_NUMA_WORK, bind_task_numa_work },
	{ "sysctl_numa_balancing", SIG_SYSCTL, bind_sysctl },
	{ "change_prot_numa",
	  "long unsigned int (struct vm_area_struct *, long unsigned int, long unsigned int)",
	  bind_change_prot_numa },
	{ "vma_migratable", SIG_VMA_TEST, bind_vma_migratable },
	{ "vma_policy_mof", SIG_VMA_TEST, bind_vma_policy_mof },
	{ "__mpol_put", "void (struct mempolicy *)", bind_mpol_put },
	{ "set_numabalancing_state", "void (_Bool)", bind_set_state },
	{ "ptrace_may_access", "_Bool (struct task_struct *, unsigned int)",
	  bind_ptrace_may_access },
	{ "sched_setnuma", "void (struct task_struct *, int)",
	  bind_sched_setnuma },
	{ "migrate_task_to", "int (struct task_struct *, int)",
	  bind_migrate_task_to },
	{ "migrate_swap", "int (struct task_struct *, struct task_struct *, int, int)",
	  bind_migrate_swap },
	{ "cpu_curr_snapshot", "struct task_struct * (int)",
	  bind_cpu_curr_snapshot },
	{ "available_idle_cpu", "int (int)", bind_available_idle_cpu },
	{ "fold_vm_numa_events", "void (void)", bind_fold_vm_numa_events },
	{ "lru_add_drain_all", "void (void)", bind_lru_add_drain_all },
	{ "walk_page_range", SIG_WALK, bind_walk_page_range },
	{ "get_task_policy", SIG_TASK_POLICY, bind_get_task_policy },
	{ "select_task_rq_fair", SIG_SELECT_RQ, bind_select_task_rq },
	{ "can_migrate_task", SIG_CAN_MIGRATE, bind_can_migrate },
	NP_RELEASE_IMPORTS
};

const unsigned int np_nr_imports = ARRAY_SIZE(np_imports);

/* The word behind kernel.numa_balancing; modules cannot link to it. */
static int *balancing_mode;

int np_compat_bind_data(void)
{
	balancing_mode = (int *)np_symbol("sysctl_numa_balancing_mode");
	if (balancing_mode)
		return bind_release_data();
	pr_err("this kernel has no sysctl_numa_balancing_mode\n");
	return -EOPNOTSUPP;
}

/* ------------------------------------------------------------------ hooks */

static bool current_managed(void)
{
	return np_anybody() && current->mm && np_kproc_find(current->signal);
}

static bool scan_wanted(void)
{
	return np_switch_hides_scan() || current_managed();
}

static bool always(void)
{
	return true;
}

static void replace_numa_fault(int last_cpupid, int mem_node, int pages,
			       int flags)
{
	int idx = srcu_read_lock(&np_hook_srcu);

	if (!np_fault_resolved(last_cpupid, mem_node, pages,
			       flags & TNF_MIGRATED, flags & TNF_MIGRATE_FAIL))
		static_call(np_task_numa_fault)(last_cpupid, mem_node, pages,
						flags);
	srcu_read_unlock(&np_hook_srcu, idx);
}

static void replace_numa_work(struct callback_head *work)
{
	int idx = srcu_read_lock(&np_hook_srcu);

	if (np_scan_current())
		work->next = work;	/* the tick may queue it again */
	else
		static_call(np_task_numa_work)(work);
	srcu_read_unlock(&np_hook_srcu, idx);
}

/* The operator's write must not slip between our reading and our setting. */
static int replace_sysctl(NP_CTL_TABLE *table, int write, void *buffer,
			  size_t *lenp, loff_t *ppos)
{
	int idx = srcu_read_lock(&np_hook_srcu);
	int ret;

	if (np_switch_lock())
		ret = np_switch_sysctl(table, write, buffer, lenp, ppos);
	else
		ret = static_call(np_sysctl)(table, write, buffer, lenp, ppos);
	np_switch_unlock();
	srcu_read_unlock(&np_hook_srcu, idx);
	return ret;
}

static bool alloc_wanted(void)
{
	return np_alloc_home() != NUMA_NO_NODE;
}

/* Interrupts are off and the task's own lock is held. */
static int replace_select_rq(struct task_struct *task, int prev_cpu, int flags)
{
	int cpu = static_call(np_select_task_rq)(task, prev_cpu, flags);

	return flags & SD_BALANCE_WAKE ? np_wake_home(task, cpu) : cpu;
}

/* What the load balancer is about; the structure is its own. */
enum { ENV_CPU, ENV_FLAGS };

struct np_field np_fields[] = {
	[ENV_CPU] = { "lb_env", "dst_cpu", "int" },
	[ENV_FLAGS] = { "lb_env", "flags", "unsigned int" },
};

const unsigned int np_nr_fields = ARRAY_SIZE(np_fields);

/* LBF_ACTIVE_LB: it takes a thread that runs off its CPU. */
#define ENV_ACTIVE	0x10

/*
 * The lock of the run queue is held.  The stock function comes first: what it
 * finds out about other threads and CPUs it leaves in @env.
 */
static int replace_can_migrate(struct task_struct *task, struct lb_env *env)
{
	int can = static_call(np_can_migrate)(task, env);
	int *cpu = (void *)env + np_fields[ENV_CPU].offset;
	unsigned int *flags = (void *)env + np_fields[ENV_FLAGS].offset;

	return can && !np_ng_stays(task, *cpu, *flags & ENV_ACTIVE);
}

struct np_hook np_hooks[] = {
	{ "mpol_misplaced", SIG_MISPLACED, replace_misplaced, current_managed },
	{ "task_numa_fault", SIG_NUMA_FAULT, replace_numa_fault,
	  current_managed },
	{ "task_numa_work", SIG_NUMA_WORK, replace_numa_work, scan_wanted },
	{ "sysctl_numa_balancing", SIG_SYSCTL, replace_sysctl, always },
	{ NP_ALLOC_HOOK, SIG_VMA_POLICY, replace_vma_policy, alloc_wanted,
	  NP_HOOK_ALLOC },
	{ "select_task_rq_fair", SIG_SELECT_RQ, replace_select_rq, np_anybody,
	  NP_HOOK_WAKE },
	{ "can_migrate_task", SIG_CAN_MIGRATE, replace_can_migrate, always,
	  NP_HOOK_PULL },
};

const unsigned int np_nr_hooks = ARRAY_SIZE(np_hooks);

/* ------------------------------------------------------------- primitives */

unsigned long np_mark_range(struct vm_area_struct *vma, unsigned long start,
			    unsigned long end)
{
	return static_call(np_change_prot_numa)(vma, start, end);
}

bool np_vma_migratable(struct vm_area_struct *vma)
{
	return static_call(np_vma_migratable)(vma);
}

bool np_vma_movable(struct vm_area_struct *vma)
{
	return np_vma_migratable(vma) &&
	       (static_call(np_vma_policy_mof)(vma) ||
		task_policy_lets_move(vma));
}

void np_policy_put(struct mempolicy *pol)
{
	if (mpol_needs_cond_ref(pol))
		static_call(np_mpol_put)(pol);
}

bool np_may_access(struct task_struct *task)
{
	return static_call(np_ptrace_may_access)(task, PTRACE_MODE_READ_REALCREDS);
}

void np_prefer_node(int nid)
{
	static_call(np_sched_setnuma)(current, nid);
}

/* NR_NUMA_HINT_FAULT_BUCKETS of kernel/sched/fair.c, for its own statistics. */
#define FAULT_BUCKETS	8

/*
 * Allocated by the task itself, as the stock code does; it also frees them.  The
 * sums beside them are inherited by a child, and must not be without what they
 * are sums of: the stock code divides one by the other.
 */
int np_heed_preferred(void)
{
	if (current->numa_faults)
		return 0;
	current->total_numa_faults = 0;
	memset(current->numa_faults_locality, 0,
	       sizeof(current->numa_faults_locality));
	current->numa_faults = kcalloc(FAULT_BUCKETS * nr_node_ids,
				       sizeof(*current->numa_faults),
				       GFP_KERNEL | __GFP_NOWARN);
	return current->numa_faults ? 0 : -ENOMEM;
}

int np_task_to_cpu(struct task_struct *task, int cpu)
{
	return static_call(np_migrate_task_to)(task, cpu);
}

int np_swap_cpus(struct task_struct *task, int cpu, struct task_struct *other,
		 int other_cpu)
{
	return static_call(np_migrate_swap)(task, other, other_cpu, cpu);
}

struct task_struct *np_cpu_curr(int cpu)
{
	return static_call(np_cpu_curr_snapshot)(cpu);
}

bool np_cpu_idle(int cpu)
{
	return static_call(np_available_idle_cpu)(cpu);
}

int np_walk_pages(struct mm_struct *mm, unsigned long start, unsigned long end,
		  const struct mm_walk_ops *ops, void *data)
{
	return static_call(np_walk_page_range)(mm, start, end, ops, data);
}

void np_drain_lru(void)
{
	static_call(np_lru_add_drain_all)();
}

void np_fold_numa_events(void)
{
	static_call(np_fold_vm_numa_events)();
}

int np_balancing_mode(void)
{
	return READ_ONCE(*balancing_mode);
}

void np_balancing_set_mode(int mode)
{
	WRITE_ONCE(*balancing_mode, mode);
}

void np_balancing_enable(bool on)
{
	static_call(np_set_state)(on);
}
