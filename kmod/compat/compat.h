/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only room that knows kernel releases.  linux.c supplies the names below,
 * with what differs from a file for each supported release (linux_<release>.h);
 * Kbuild picks it and stops on a release that has none.
 */
#ifndef NP_COMPAT_H
#define NP_COMPAT_H

#include <linux/ftrace.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/static_call_types.h>

/**
 * struct np_import - a kernel function that we call and modules may not name
 * @name:	its symbol
 * @signature:	its type as np_btf_signature() writes it
 * @bind:	make the static call go to @addr
 */
struct np_import {
	const char *name;
	const char *signature;
	void (*bind)(unsigned long addr);
};

/**
 * struct np_field - a member of a structure that the kernel keeps to itself
 * @structure:	its name
 * @name:	of the member
 * @type:	as np_btf_member() writes it
 * @offset:	found: bytes from the structure's begin
 */
struct np_field {
	const char *structure;
	const char *name;
	const char *type;
	unsigned int offset;
};

/* What only some policies, or groups, need, at a cost for everyone. */
enum np_hook_demand {
	NP_HOOK_ALWAYS, NP_HOOK_ALLOC, NP_HOOK_WAKE, NP_HOOK_PULL, NP_NR_DEMANDS
};

/**
 * struct np_hook - a kernel function that is redirected
 * @name:	its symbol
 * @signature:	its type as np_btf_signature() writes it
 * @replacement: runs instead, in the same context
 * @wanted:	does the current task want it? Otherwise the stock function
 *		runs untouched. Called from ftrace with preemption off.
 * @demand:	installed only while np_hooks_demand() says so
 */
struct np_hook {
	const char *name;
	const char *signature;
	void *replacement;
	bool (*wanted)(void);
	enum np_hook_demand demand;
	unsigned long addr;
	bool installed;
	struct ftrace_ops ops;
};

extern const struct np_import np_imports[];
extern const unsigned int np_nr_imports;
extern struct np_field np_fields[];
extern const unsigned int np_nr_fields;
extern struct np_hook np_hooks[];
extern const unsigned int np_nr_hooks;

/* One user more or less of such hooks; np_control held.  0 or a negative errno. */
int np_hooks_demand(enum np_hook_demand what);
void np_hooks_release(enum np_hook_demand what);

/* Data symbols: name and what is missing without it. */
int np_compat_bind_data(void);

/* Have a traced function go on at @to; from its ftrace handler. */
void np_redirect(struct ftrace_regs *fregs, unsigned long to);

/* ------------------------------------------------- what the module calls */

/* Mark [start, end) of @vma; mmap lock held. Return: base pages marked. */
unsigned long np_mark_range(struct vm_area_struct *vma, unsigned long start,
			    unsigned long end);
/* Could pages of @vma migrate? And does its memory policy leave a choice? */
bool np_vma_migratable(struct vm_area_struct *vma);
bool np_vma_movable(struct vm_area_struct *vma);
/* Keep faults from using @vma, whose mmap lock is held for writing, until then. */
void np_vma_write(struct vm_area_struct *vma);
/* As walk_page_range(); mmap lock held. */
struct mm_walk_ops;
int np_walk_pages(struct mm_struct *mm, unsigned long start, unsigned long end,
		  const struct mm_walk_ops *ops, void *data);
/* Pages that wait on some CPU to be known to reclaim can be moved. Sleeps. */
void np_drain_lru(void);
/* Who touched the page last; the same, and note who does now. */
int np_last_cpupid(struct folio *folio);
int np_xchg_cpupid(struct folio *folio, int cpupid);
/*
 * Memory policy at @addr, and, for one whose pages take turns, the number of the
 * page of this @order there; release with np_policy_put().
 */
struct mempolicy *np_policy_at_addr(struct vm_area_struct *vma,
				    unsigned long addr, int order,
				    pgoff_t *turn);
void np_policy_put(struct mempolicy *pol);
/* Pages in a row on @nid under @pol, whose pages take turns, else 0. */
unsigned int np_interleave_weight(const struct mempolicy *pol, int nid);
bool np_may_access(struct task_struct *task);
/* Mapped by more than one process, as well as the kernel can tell. */
bool np_mapped_shared(struct folio *folio);

/* ---------------------------------------------------------- the scheduler */

/*
 * Node that the load balancer is to prefer for current, NUMA_NO_NODE for none;
 * which it heeds for tasks with statistics of the kernel's: 0 or -ENOMEM.
 */
void np_prefer_node(int nid);
int np_heed_preferred(void);
/* A task that is to run on another CPU.  They sleep.  0 or a negative errno. */
int np_task_to_cpu(struct task_struct *task, int cpu);
int np_swap_cpus(struct task_struct *task, int cpu, struct task_struct *other,
		 int other_cpu);
/* Who runs on @cpu; RCU. */
struct task_struct *np_cpu_curr(int cpu);
bool np_cpu_idle(int cpu);

/* ----------------------------------------------------------- moving memory */

/* Bring counts of NUMA_FOREIGN up to date. */
void np_fold_numa_events(void);
/*
 * Move an anonymous folio to @nid; a reference to it is used up.  May sleep.
 * 0 or a negative errno.
 */
int np_move_folio(struct folio *folio, int nid);

/* kernel.numa_balancing: the mode word and its static key. */
int np_balancing_mode(void);
void np_balancing_set_mode(int mode);	/* the key stays as it is */
void np_balancing_enable(bool on);	/* mode normal or disabled, and the key */

#endif
