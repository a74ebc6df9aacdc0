// SPDX-License-Identifier: GPL-2.0
/*
 * Lazy migration, for applications (MPOL_MF_LAZY): pages of a range are marked,
 * and each follows its memory policy when it is next touched, in the context of
 * whoever touches it.
 *
 * Nothing is remembered of a range.  The mark is in the page table, the policy
 * with the mapping, and both go with it when it is unmapped, moved or forked.
 */
#include <linux/hugetlb.h>
#include <linux/mempolicy.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/mm.h>

#include "compat/compat.h"
#include "kmod.h"

/* Marked in one go: some milliseconds with the mmap lock held. */
#define CHUNK	(256UL << 20)

/* -------------------------------------------------------- where it is wanted */

/* Node of the @at-th page of an area whose pages take turns. */
static int turn_of(const struct mempolicy *pol, pgoff_t at)
{
	unsigned int total = 0;
	int nid;

	for_each_node_mask(nid, pol->nodes)
		total += np_interleave_weight(pol, nid);
	at = total ? at % total : 0;
	for_each_node_mask(nid, pol->nodes) {
		if (at < np_interleave_weight(pol, nid))
			return nid;
		at -= np_interleave_weight(pol, nid);
	}
	return NUMA_NO_NODE;
}

static int nearest_of(const struct mempolicy *pol)
{
	int here = numa_node_id(), best = NUMA_NO_NODE, nid;

	for_each_node_mask(nid, pol->nodes)
		if (best == NUMA_NO_NODE ||
		    node_distance(here, nid) < node_distance(here, best))
			best = nid;
	return best;
}

int np_wanted_node(const struct mempolicy *pol, pgoff_t at, int page_node)
{
	switch (pol->mode) {
	case MPOL_PREFERRED:
		return first_node(pol->nodes);
	case MPOL_BIND:
	case MPOL_PREFERRED_MANY:
		return node_isset(page_node, pol->nodes) ? page_node :
							   nearest_of(pol);
	case MPOL_LOCAL:
		return numa_node_id();
	default:
		return turn_of(pol, at);
	}
}

/* ------------------------------------------------------------------- marking */

/* Of others a hinting fault is not expected, or nothing could come of it. */
static bool can_follow(struct vm_area_struct *vma)
{
	return vma_is_accessible(vma) && !is_vm_hugetlb_page(vma) &&
	       !(vma->vm_flags & (VM_MIXEDMAP | VM_PFNMAP | VM_IO)) &&
	       np_vma_migratable(vma);
}

/*
 * Mark from *@at on, for a while. Return: pages marked, or -EFAULT if nothing is
 * mapped there and @whole says that it has to be.
 */
static long mark_some(struct mm_struct *mm, unsigned long *at,
		      unsigned long end, bool whole)
{
	struct vm_area_struct *vma = find_vma(mm, *at);
	unsigned long start = *at;

	if (!vma || vma->vm_start > start) {
		*at = vma ? min(vma->vm_start, end) : end;
		return whole ? -EFAULT : 0;
	}
	*at = min3(start + CHUNK, vma->vm_end, end);
	return can_follow(vma) ? np_mark_range(vma, start, *at) : 0;
}

long np_lazy_mark(struct mm_struct *mm, unsigned long start, unsigned long end,
		  bool whole)
{
	long marked = 0, some = 0;

	while (start < end && some >= 0) {
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		some = mark_some(mm, &start, end, whole);
		mmap_read_unlock(mm);
		marked += some;
		cond_resched();
	}
	return some < 0 ? some : marked;
}
