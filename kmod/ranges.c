// SPDX-License-Identifier: GPL-2.0
/*
 * Going through an address space piece by piece, so that nobody waits long for
 * its lock: to mark it, and to count what is where.
 */
#include <linux/hugetlb.h>
#include <linux/mempolicy.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/signal.h>

#include "compat/compat.h"
#include "ng.h"

/* In one go: marking it takes some milliseconds. */
#define PIECE	(256UL << 20)

typedef long (*piece_fn)(struct vm_area_struct *vma, unsigned long start,
			 unsigned long end, void *data);

/* A range of which only that with memory policies of group @ng is meant, if any. */
struct np_range {
	struct mm_struct *mm;
	unsigned long start, end;
	u32 ng;
	bool whole;		/* holes are an error */
};

static bool is_meant(const struct np_range *r, struct vm_area_struct *vma)
{
	return !r->ng || np_ng_tag(vma->vm_policy) == r->ng;
}

/* The next piece from *@at on. Return: what @fn does, or -EFAULT for a hole. */
static long one_piece(const struct np_range *r, unsigned long *at, piece_fn fn,
		      void *data)
{
	struct vm_area_struct *vma = find_vma(r->mm, *at);
	unsigned long start = *at;

	if (!vma || vma->vm_start > start) {
		*at = vma ? min(vma->vm_start, r->end) : r->end;
		return r->whole ? -EFAULT : 0;
	}
	if (!is_meant(r, vma)) {
		*at = min(vma->vm_end, r->end);
		return 0;
	}
	*at = min3(start + PIECE, vma->vm_end, r->end);
	return fn(vma, start, *at, data);
}

/* Return: the sum of what @fn returns, or its error. */
static long all_pieces(const struct np_range *r, piece_fn fn, void *data)
{
	unsigned long at = r->start;
	long sum = 0, some = 0;

	while (at < r->end && some >= 0) {
		if (fatal_signal_pending(current) ||
		    mmap_read_lock_killable(r->mm))
			return -EINTR;
		some = one_piece(r, &at, fn, data);
		mmap_read_unlock(r->mm);
		sum += some;
		cond_resched();
	}
	return some < 0 ? some : sum;
}

/* ------------------------------------------------------------------- marking */

/* Of others a hinting fault is not expected, or nothing could come of it. */
static bool can_follow(struct vm_area_struct *vma)
{
	return vma_is_accessible(vma) && !is_vm_hugetlb_page(vma) &&
	       !(vma->vm_flags & (VM_MIXEDMAP | VM_PFNMAP | VM_IO)) &&
	       np_vma_migratable(vma);
}

static long mark(struct vm_area_struct *vma, unsigned long start,
		 unsigned long end, void *unused)
{
	return can_follow(vma) ? np_mark_range(vma, start, end) : 0;
}

long np_mark(struct mm_struct *mm, unsigned long start, unsigned long end,
	     u32 ng, bool whole)
{
	struct np_range r = { mm, start, end, ng, whole };

	return all_pieces(&r, mark, NULL);
}

/* ------------------------------------------------------------------ counting */

struct count {
	struct np_pages *sum;
	struct mempolicy pol;		/* of the mapping */
	struct vm_area_struct *vma;
};

/* Does the policy name nodes? Else any node will do, once it was touched. */
static bool names_nodes(const struct mempolicy *pol)
{
	return pol->mode != MPOL_LOCAL && !(pol->flags & MPOL_F_MORON);
}

/* The number of the page at @addr among those that take turns. */
static pgoff_t turn(const struct vm_area_struct *vma, unsigned long addr,
		    int order)
{
	return (vma->vm_pgoff >> order) +
	       ((addr - vma->vm_start) >> (PAGE_SHIFT + order));
}

static void count_page(struct count *c, unsigned long addr, int order,
		       unsigned long pfn, bool waiting)
{
	int nid = pfn_to_nid(pfn);
	u64 pages = 1UL << order;

	c->sum->present += pages;
	if (waiting)
		c->sum->waiting += pages;
	if (names_nodes(&c->pol) ?
	    np_wanted_node(&c->pol, turn(c->vma, addr, order), nid) == nid :
	    !waiting)
		c->sum->there += pages;
}

static int count_pte(pte_t *ptep, unsigned long addr, unsigned long next,
		     struct mm_walk *walk)
{
	pte_t pte = *ptep;

	if (pte_present(pte) && !pte_special(pte) && pfn_valid(pte_pfn(pte)))
		count_page(walk->private, addr, 0, pte_pfn(pte),
			   pte_protnone(pte));
	return 0;
}

static int count_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
		     struct mm_walk *walk)
{
	spinlock_t *ptl;

	if (!pmd_trans_huge(*pmd))
		return 0;
	ptl = pmd_lock(walk->mm, pmd);
	if (pmd_trans_huge(*pmd)) {
		walk->action = ACTION_CONTINUE;
		if (pmd_present(*pmd) && pfn_valid(pmd_pfn(*pmd)))
			count_page(walk->private, addr, HPAGE_PMD_ORDER,
				   pmd_pfn(*pmd), pmd_protnone(*pmd));
	}
	spin_unlock(ptl);
	return 0;
}

static const struct mm_walk_ops counting = {
	.pmd_entry = count_pmd,
	.pte_entry = count_pte,
};

static long count(struct vm_area_struct *vma, unsigned long start,
		  unsigned long end, void *data)
{
	struct count *c = data;
	struct mempolicy *pol;
	pgoff_t unused;

	if (vma->vm_flags & (VM_PFNMAP | VM_IO) || is_vm_hugetlb_page(vma))
		return 0;
	pol = np_policy_at_addr(vma, start, 0, &unused);
	c->pol = *pol;
	c->vma = vma;
	np_policy_put(pol);
	np_walk_pages(vma->vm_mm, start, end, &counting, c);
	return start == vma->vm_start;
}

long np_count(struct mm_struct *mm, unsigned long start, unsigned long end,
	      u32 ng, bool whole, struct np_pages *sum)
{
	struct np_range r = { mm, start, end, ng, whole };
	struct count c = { .sum = sum };

	return all_pieces(&r, count, &c);
}
