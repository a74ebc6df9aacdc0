// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.12: where the module takes hold of the kernel, and what it calls
 * there.  Replacements call the stock function through a static call; the
 * redirection leaves calls that come from this module alone.  For that the
 * call must not be turned into a jump: the file is built without sibling-call
 * optimisation.
 */
#include <linux/mm.h>
#include <linux/sched/numa_balancing.h>
#include <linux/sched/sysctl.h>
#include <linux/static_call.h>
#include <linux/sysctl.h>
#include <linux/task_work.h>

#include "../kmod.h"
#include "compat.h"

/* ---------------------------------------------------------------- imports */

/* Stand-ins until bound; the module does not load unless all are. */
static int no_misplaced(struct folio *folio, struct vm_fault *vmf,
			unsigned long addr)
{
	return NUMA_NO_NODE;
}

static void no_numa_fault(int last_cpupid, int node, int pages, int flags) { }
static void no_numa_work(struct callback_head *work) { }

static int no_sysctl(const struct ctl_table *table, int write, void *buffer,
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
static int no_xchg(struct folio *folio, int cpupid) { return -1; }

static struct mempolicy *no_policy(struct vm_area_struct *vma,
				   unsigned long addr, int order, pgoff_t *ilx)
{
	return NULL;
}

static void no_mpol_put(struct mempolicy *pol) { }
static void no_set_state(bool on) { }

static bool no_access(struct task_struct *task, unsigned int mode)
{
	return false;
}

#define IMPORT(call, stub)						\
	DEFINE_STATIC_CALL(np_##call, stub);				\
	static void bind_##call(unsigned long addr)			\
	{								\
		static_call_update(np_##call, (typeof(&stub))addr);	\
	}

IMPORT(mpol_misplaced, no_misplaced)
IMPORT(task_numa_fault, no_numa_fault)
IMPORT(task_numa_work, no_numa_work)
IMPORT(sysctl, no_sysctl)
IMPORT(change_prot_numa, no_change_prot)
IMPORT(vma_migratable, no_vma_test)
IMPORT(vma_policy_mof, no_vma_test)
IMPORT(xchg_last_cpupid, no_xchg)
IMPORT(get_vma_policy, no_policy)
IMPORT(mpol_put, no_mpol_put)
IMPORT(set_state, no_set_state)
IMPORT(ptrace_may_access, no_access)

#define SIG_MISPLACED "int (struct folio *, struct vm_fault *, long unsigned int)"
#define SIG_NUMA_FAULT "void (int, int, int, int)"
#define SIG_NUMA_WORK "void (struct callback_head *)"
#define SIG_SYSCTL "int (const struct ctl_table *, int, void *, long unsigned int *, long long int *)"
#define SIG_VMA_TEST "_Bool (struct vm_area_struct *)"

const struct np_import np_imports[] = {
	{ "mpol_misplaced", SIG_MISPLACED, bind_mpol_misplaced },
	{ "task_numa_fault", SIG_NUMA_FAULT, bind_task_numa_fault },
	{ "task_numa_work", SIG_NUMA_WORK, bind_task_numa_work },
	{ "sysctl_numa_balancing", SIG_SYSCTL, bind_sysctl },
	{ "change_prot_numa",
	  "long unsigned int (struct vm_area_struct *, long unsigned int, long unsigned int)",
	  bind_change_prot_numa },
	{ "vma_migratable", SIG_VMA_TEST, bind_vma_migratable },
	{ "vma_policy_mof", SIG_VMA_TEST, bind_vma_policy_mof },
	{ "folio_xchg_last_cpupid", "int (struct folio *, int)",
	  bind_xchg_last_cpupid },
	{ "get_vma_policy",
	  "struct mempolicy * (struct vm_area_struct *, long unsigned int, int, long unsigned int *)",
	  bind_get_vma_policy },
	{ "__mpol_put", "void (struct mempolicy *)", bind_mpol_put },
	{ "set_numabalancing_state", "void (_Bool)", bind_set_state },
	{ "ptrace_may_access", "_Bool (struct task_struct *, unsigned int)",
	  bind_ptrace_may_access },
};

const unsigned int np_nr_imports = ARRAY_SIZE(np_imports);

/* The word behind kernel.numa_balancing; modules cannot link to it. */
static int *balancing_mode;

int np_compat_bind_data(void)
{
	balancing_mode = (int *)np_symbol("sysctl_numa_balancing_mode");
	if (balancing_mode)
		return 0;
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

static int replace_misplaced(struct folio *folio, struct vm_fault *vmf,
			     unsigned long addr)
{
	int nid;

	if (!np_page_decision(folio, vmf->vma, addr, &nid))
		nid = static_call(np_mpol_misplaced)(folio, vmf, addr);
	return nid;
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
static int replace_sysctl(const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos)
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

struct np_hook np_hooks[] = {
	{ "mpol_misplaced", SIG_MISPLACED, replace_misplaced, current_managed },
	{ "task_numa_fault", SIG_NUMA_FAULT, replace_numa_fault,
	  current_managed },
	{ "task_numa_work", SIG_NUMA_WORK, replace_numa_work, scan_wanted },
	{ "sysctl_numa_balancing", SIG_SYSCTL, replace_sysctl, always },
};

const unsigned int np_nr_hooks = ARRAY_SIZE(np_hooks);

/* ------------------------------------------------------------- primitives */

unsigned long np_mark_range(struct vm_area_struct *vma, unsigned long start,
			    unsigned long end)
{
	return static_call(np_change_prot_numa)(vma, start, end);
}

bool np_vma_movable(struct vm_area_struct *vma)
{
	return static_call(np_vma_migratable)(vma) &&
	       static_call(np_vma_policy_mof)(vma);
}

int np_xchg_cpupid(struct folio *folio, int cpupid)
{
	return static_call(np_xchg_last_cpupid)(folio, cpupid);
}

struct mempolicy *np_policy_at_addr(struct vm_area_struct *vma,
				    unsigned long addr, int order)
{
	pgoff_t ilx;

	return static_call(np_get_vma_policy)(vma, addr, order, &ilx);
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

bool np_mapped_shared(struct folio *folio)
{
	return folio_likely_mapped_shared(folio);
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
