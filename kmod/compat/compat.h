/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only room that knows kernel releases.  For each supported release one
 * file (linux_<release>.c) supplies the names below; Kbuild picks it and stops
 * on a release that has none.
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
 * struct np_hook - a kernel function that is redirected
 * @name:	its symbol
 * @signature:	its type as np_btf_signature() writes it
 * @replacement: runs instead, in the same context
 * @wanted:	does the current task want it? Otherwise the stock function
 *		runs untouched. Called from ftrace with preemption off.
 */
struct np_hook {
	const char *name;
	const char *signature;
	void *replacement;
	bool (*wanted)(void);
	unsigned long addr;
	bool installed;
	struct ftrace_ops ops;
};

extern const struct np_import np_imports[];
extern const unsigned int np_nr_imports;
extern struct np_hook np_hooks[];
extern const unsigned int np_nr_hooks;

/* Data symbols: name and what is missing without it. */
int np_compat_bind_data(void);

/* ------------------------------------------------- what the module calls */

/* Mark [start, end) of @vma; mmap lock held. Return: base pages marked. */
unsigned long np_mark_range(struct vm_area_struct *vma, unsigned long start,
			    unsigned long end);
/* Could pages of @vma migrate, and does its memory policy leave a choice? */
bool np_vma_movable(struct vm_area_struct *vma);
/* Note who touches the page; return the last one's cpupid. */
int np_xchg_cpupid(struct folio *folio, int cpupid);
/* Memory policy at @addr; release with np_policy_put(). */
struct mempolicy *np_policy_at_addr(struct vm_area_struct *vma,
				    unsigned long addr, int order);
void np_policy_put(struct mempolicy *pol);
bool np_may_access(struct task_struct *task);
/* Mapped by more than one process, as well as the kernel can tell. */
bool np_mapped_shared(struct folio *folio);

/* kernel.numa_balancing: the mode word and its static key. */
int np_balancing_mode(void);
void np_balancing_set_mode(int mode);	/* the key stays as it is */
void np_balancing_enable(bool on);	/* mode normal or disabled, and the key */

#endif
