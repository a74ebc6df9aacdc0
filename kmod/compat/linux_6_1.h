/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 6.1: hinting faults and migration still deal in pages. */

#define NP_CTL_TABLE struct ctl_table

#define SIG_SYSCTL "int (struct ctl_table *, int, void *, long unsigned int *, long long int *)"
#define SIG_MISPLACED "int (struct page *, struct vm_area_struct *, long unsigned int)"
#define SIG_VMA_POLICY "struct mempolicy * (struct vm_area_struct *, long unsigned int)"
#define SIG_MOVE "int (struct page *, struct vm_area_struct *, int)"

static int no_misplaced(struct page *page, struct vm_area_struct *vma,
			unsigned long addr)
{
	return NUMA_NO_NODE;
}

static int no_xchg(struct page *page, int cpupid) { return -1; }

static struct mempolicy *no_policy(struct vm_area_struct *vma,
				   unsigned long addr)
{
	return NULL;
}

static int no_move(struct page *page, struct vm_area_struct *vma, int node)
{
	put_page(page);
	return 0;
}

IMPORT(mpol_misplaced, no_misplaced)
IMPORT(xchg_last_cpupid, no_xchg)
IMPORT(get_vma_policy, no_policy)
IMPORT(migrate_misplaced, no_move)

#define NP_RELEASE_IMPORTS						\
	{ "mpol_misplaced", SIG_MISPLACED, bind_mpol_misplaced },	\
	{ "page_cpupid_xchg_last", "int (struct page *, int)",		\
	  bind_xchg_last_cpupid },					\
	{ "__get_vma_policy", SIG_VMA_POLICY, bind_get_vma_policy },	\
	{ "migrate_misplaced_page", SIG_MOVE, bind_migrate_misplaced },

static int replace_misplaced(struct page *page, struct vm_area_struct *vma,
			     unsigned long addr)
{
	int nid;

	if (!np_page_decision(page_folio(page), vma, addr, &nid))
		nid = static_call(np_mpol_misplaced)(page, vma, addr);
	return nid;
}

/* Its callers fall back to the task's policy; get_vma_policy() is inlined. */
#define NP_ALLOC_HOOK "__get_vma_policy"

static struct mempolicy *replace_vma_policy(struct vm_area_struct *vma,
					    unsigned long addr)
{
	pgoff_t unused;

	return home_policy(np_policy_at_addr(vma, addr, 0, &unused));
}

void notrace np_redirect(struct ftrace_regs *fregs, unsigned long to)
{
	ftrace_instruction_pointer_set(fregs, to);
}

int np_last_cpupid(struct folio *folio)
{
	return page_cpupid_last(&folio->page);
}

int np_xchg_cpupid(struct folio *folio, int cpupid)
{
	return static_call(np_xchg_last_cpupid)(&folio->page, cpupid);
}

/* What is not in the area's own hands is in the task's. */
struct mempolicy *np_policy_at_addr(struct vm_area_struct *vma,
				    unsigned long addr, int order,
				    pgoff_t *turn)
{
	struct mempolicy *pol = static_call(np_get_vma_policy)(vma, addr);

	*turn = (vma->vm_pgoff >> order) +
		((addr - vma->vm_start) >> (PAGE_SHIFT + order));
	return pol ? pol : static_call(np_get_task_policy)(current);
}

static int bind_release_data(void)
{
	return 0;
}

unsigned int np_interleave_weight(const struct mempolicy *pol, int nid)
{
	return pol->mode == MPOL_INTERLEAVE;
}

bool np_mapped_shared(struct folio *folio)
{
	return page_mapcount(&folio->page) != 1;
}

/* The area is looked at for pages of files, which this may have become. */
int np_move_folio(struct folio *folio, int nid)
{
	static struct vm_area_struct nowhere;

	return static_call(np_migrate_misplaced)(&folio->page, &nowhere, nid) ?
		0 : -EAGAIN;
}

/* Shared memory without a policy of its own has that of the task. */
static bool has_task_policy(struct vm_area_struct *vma)
{
	struct mempolicy *pol;

	if (!vma->vm_ops || !vma->vm_ops->get_policy)
		return false;
	pol = vma->vm_ops->get_policy(vma, vma->vm_start);
	if (pol)
		np_policy_put(pol);
	return !pol;
}

/* vma_policy_mof() takes that for memory that must stay. */
static bool task_policy_lets_move(struct vm_area_struct *vma)
{
	const struct mempolicy *own = current->mempolicy;

	return has_task_policy(vma) && (!own || (own->flags & MPOL_F_MOF));
}

/* Whoever faults holds the mmap lock. */
void np_vma_write(struct vm_area_struct *vma)
{
}
