/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 6.12: folios everywhere. */

#define NP_CTL_TABLE const struct ctl_table

#define SIG_SYSCTL "int (const struct ctl_table *, int, void *, long unsigned int *, long long int *)"
#define SIG_MISPLACED "int (struct folio *, struct vm_fault *, long unsigned int)"
#define SIG_VMA_POLICY "struct mempolicy * (struct vm_area_struct *, long unsigned int, int, long unsigned int *)"
#define SIG_MOVE "int (struct folio *, struct vm_area_struct *, int)"

static int no_misplaced(struct folio *folio, struct vm_fault *vmf,
			unsigned long addr)
{
	return NUMA_NO_NODE;
}

static int no_xchg(struct folio *folio, int cpupid) { return -1; }

static struct mempolicy *no_policy(struct vm_area_struct *vma,
				   unsigned long addr, int order, pgoff_t *ilx)
{
	return NULL;
}

static int no_move(struct folio *folio, struct vm_area_struct *vma, int node)
{
	return -ENOSYS;
}

IMPORT(mpol_misplaced, no_misplaced)
IMPORT(xchg_last_cpupid, no_xchg)
IMPORT(get_vma_policy, no_policy)
IMPORT(prepare_misplaced, no_move)
IMPORT(migrate_misplaced, no_move)

#define NP_RELEASE_IMPORTS						\
	{ "mpol_misplaced", SIG_MISPLACED, bind_mpol_misplaced },	\
	{ "folio_xchg_last_cpupid", "int (struct folio *, int)",	\
	  bind_xchg_last_cpupid },					\
	{ "get_vma_policy", SIG_VMA_POLICY, bind_get_vma_policy },	\
	{ "migrate_misplaced_folio_prepare", SIG_MOVE,			\
	  bind_prepare_misplaced },					\
	{ "migrate_misplaced_folio", SIG_MOVE, bind_migrate_misplaced },

static int replace_misplaced(struct folio *folio, struct vm_fault *vmf,
			     unsigned long addr)
{
	int nid;

	if (!np_page_decision(folio, vmf->vma, addr, &nid))
		nid = static_call(np_mpol_misplaced)(folio, vmf, addr);
	return nid;
}

#define NP_ALLOC_HOOK "get_vma_policy"

static struct mempolicy *replace_vma_policy(struct vm_area_struct *vma,
					    unsigned long addr, int order,
					    pgoff_t *ilx)
{
	return home_policy(static_call(np_get_vma_policy)(vma, addr, order,
							  ilx));
}

void notrace np_redirect(struct ftrace_regs *fregs, unsigned long to)
{
	ftrace_regs_set_instruction_pointer(fregs, to);
}

int np_last_cpupid(struct folio *folio)
{
	return folio_last_cpupid(folio);
}

int np_xchg_cpupid(struct folio *folio, int cpupid)
{
	return static_call(np_xchg_last_cpupid)(folio, cpupid);
}

struct mempolicy *np_policy_at_addr(struct vm_area_struct *vma,
				    unsigned long addr, int order,
				    pgoff_t *turn)
{
	return static_call(np_get_vma_policy)(vma, addr, order, turn);
}

/* What sysfs has set, by node; NULL or 0 there: 1. */
static u8 __rcu **weights;

static int bind_release_data(void)
{
	weights = (u8 __rcu **)np_symbol("iw_table");
	if (weights)
		return 0;
	pr_err("this kernel has no iw_table\n");
	return -EOPNOTSUPP;
}

unsigned int np_interleave_weight(const struct mempolicy *pol, int nid)
{
	const u8 *table;
	unsigned int weight;

	if (pol->mode != MPOL_WEIGHTED_INTERLEAVE)
		return pol->mode == MPOL_INTERLEAVE;
	rcu_read_lock();
	table = rcu_dereference(*weights);
	weight = table ? table[nid] : 1;
	rcu_read_unlock();
	return weight ? weight : 1;
}

bool np_mapped_shared(struct folio *folio)
{
	return folio_likely_mapped_shared(folio);
}

/* The area is looked at for pages of files, which this may have become. */
int np_move_folio(struct folio *folio, int nid)
{
	static struct vm_area_struct nowhere;
	int err = static_call(np_prepare_misplaced)(folio, &nowhere, nid);

	folio_put(folio);
	return err ? err :
		static_call(np_migrate_misplaced)(folio, &nowhere, nid);
}

/* vma_policy_mof() knows. */
static bool task_policy_lets_move(struct vm_area_struct *vma)
{
	return false;
}

void np_vma_write(struct vm_area_struct *vma)
{
	vma_start_write(vma);
}
