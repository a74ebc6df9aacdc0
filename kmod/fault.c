// SPDX-License-Identifier: GPL-2.0
/*
 * Hinting faults: from the kernel's words to a sample, from the core's
 * decision to the kernel's answer, and the outcome back.
 *
 * The page decision runs with the page-table lock held: no sleeping, no
 * allocation.  The outcome arrives in the same thread, in process context.
 */
#include <linux/cpuset.h>
#include <linux/mm_inline.h>

#include "compat/compat.h"
#include "notify.h"

/* What the refusal check needs beyond the sample (np_ctx.cookie). */
struct fault_scene {
	struct folio *folio;
	struct vm_area_struct *vma;
	struct mempolicy *pol;
	pgoff_t turn;		/* np_policy_at_addr() */
};

/* ---------------------------------------------------------------- refusals */

static bool policy_forbids(const struct mempolicy *pol, int nid)
{
	if (pol->mode != MPOL_BIND && pol->mode != MPOL_PREFERRED_MANY)
		return false;
	return !node_isset(nid, pol->nodes);
}

/* The kernel's own test before it migrates to a node, on public fields. */
static bool zone_has_room(struct zone *zone, unsigned long pages)
{
	unsigned long need = high_wmark_pages(zone) + pages +
			     zone->lowmem_reserve[ZONE_MOVABLE];

	return managed_zone(zone) && zone_page_state(zone, NR_FREE_PAGES) > need;
}

bool np_node_full(int nid, unsigned long pages)
{
	pg_data_t *pgdat = NODE_DATA(nid);
	int z;

	for (z = 0; z < pgdat->nr_zones; z++)
		if (zone_has_room(&pgdat->node_zones[z], pages))
			return false;
	return true;
}

static enum np_reason page_refusal(const struct fault_scene *scene)
{
	struct folio *folio = scene->folio;

	if (folio_test_mlocked(folio))
		return NP_R_MLOCKED;
	if (folio_maybe_dma_pinned(folio))
		return NP_R_PINNED;
	if (!folio_is_file_lru(folio))
		return NP_R_NONE;
	if ((scene->vma->vm_flags & VM_EXEC) && np_mapped_shared(folio))
		return NP_R_SHARED_EXEC;
	return folio_test_dirty(folio) ? NP_R_DIRTY_FILE : NP_R_NONE;
}

static enum np_reason kernel_refusal(const struct np_ctx *c,
				     const struct np_fault *f, int nid)
{
	const struct fault_scene *scene = c->cookie;

	if (!node_state(nid, N_MEMORY))
		return NP_R_OFFLINE;
	if (policy_forbids(scene->pol, nid))
		return NP_R_MEMPOLICY;
	if (!node_isset(nid, cpuset_current_mems_allowed))
		return NP_R_CPUSET;
	if (np_node_full(nid, f->pages))
		return NP_R_FULL;
	return page_refusal(scene);
}

static enum np_reason refusal(const struct np_ctx *c, const struct np_fault *f,
			      int nid)
{
	enum np_reason why = kernel_refusal(c, f, nid);

	if (why == NP_R_NONE && !np_paced(c, &np_booked_ns[nid], f->pages))
		why = NP_R_RATE;
	return why;
}

const struct np_home_ops np_kernel_home = {
	.refusal = refusal,
	.trace = np_trace,
	.load = np_kernel_load,
	.running = np_kernel_running,
	.group_new = np_kernel_group_new,
	.group_free = np_kernel_group_free,
	.group_hold = np_kernel_group_hold,
	.group_release = np_kernel_group_release,
	.sharer = np_kernel_sharer,
};

/* ------------------------------------------------------------------ sample */

/* With tiering, what a page of a slow node remembers is a time, and no CPU. */
static bool is_known(int cpupid)
{
	return !cpupid_pid_unset(cpupid) &&
	       cpupid_to_cpu(cpupid) < nr_cpu_ids &&
	       cpu_possible(cpupid_to_cpu(cpupid));
}

static void sample_last(struct np_fault *f, int cpupid)
{
	if (!is_known(cpupid)) {
		f->last_cpu = NP_NO_CPU;
		f->last_node = NP_NO_NODE;
		f->flags |= NP_FAULT_FIRST;
		return;
	}
	f->last_cpu = cpupid_to_cpu(cpupid);
	f->last_node = cpupid_to_nid(cpupid);
	f->last_pid = cpupid_to_pid(cpupid);
	if (cpupid_match_pid(current, cpupid))
		f->flags |= NP_FAULT_PRIVATE;
}

/* The policies that let balancing choose carry MPOL_F_MORON, the default too. */
static void sample_mapping(struct np_fault *f, const struct fault_scene *scene)
{
	if (scene->vma->vm_flags & VM_WRITE)
		f->flags |= NP_FAULT_WRITABLE;
	if (scene->vma->vm_flags & VM_SHARED)
		f->flags |= NP_FAULT_SHARED;
	if (folio_test_pmd_mappable(scene->folio))
		f->flags |= NP_FAULT_HUGE;
	if (!(scene->pol->flags & MPOL_F_MORON))
		f->flags |= NP_FAULT_POLICY;
}

/*
 * Under a policy that leaves no choice nothing is marked, but on demand.  The
 * kernel itself does not move such pages.
 */
static void sample_lazy(struct np_fault *f, const struct fault_scene *scene)
{
	if (!(f->flags & NP_FAULT_POLICY) || (scene->pol->flags & MPOL_F_MOF))
		return;
	f->flags |= NP_FAULT_LAZY;
	f->wanted = np_wanted_node(scene->pol, scene->turn, f->page_node);
}

/* Remember who touches the page, unless the stock code is about to. */
static int last_cpupid(struct folio *folio, bool ours)
{
	int cpupid;

	if (!ours)
		return np_last_cpupid(folio);
	cpupid = cpu_pid_to_cpupid(raw_smp_processor_id(), current->pid);
	return np_xchg_cpupid(folio, cpupid);
}

static struct np_fault sample(const struct fault_scene *scene,
			      unsigned long addr, bool stock)
{
	struct np_fault f = {
		.addr = addr & PAGE_MASK,
		.pages = folio_nr_pages(scene->folio),
		.cpu = raw_smp_processor_id(),
		.node = numa_node_id(),
		.page_node = folio_nid(scene->folio),
	};

	sample_mapping(&f, scene);
	sample_lazy(&f, scene);
	sample_last(&f, last_cpupid(scene->folio,
				    !stock && !(f.flags & NP_FAULT_POLICY)));
	return f;
}

/* ---------------------------------------------------------------- decision */

static struct np_ctx context(struct np_kproc *kp, struct np_ktask *kt,
			     struct np_kinst *inst)
{
	struct np_ctx c = np_kproc_ctx(kp, inst, task_pid_nr(current));

	c.task = kt ? &kt->t : NULL;
	return c;
}

/* Are calls about this process to be made one after the other? */
static bool in_order(const struct np_kinst *inst)
{
	return inst->i.ops->proc_size ||
	       (inst->i.ops->need & NP_CAN_PROC_STATS) || np_feeding();
}

static void remember(struct np_ktask *kt, const struct np_ctx *c,
		     const struct np_fault *f, const struct np_decision *d)
{
	if (!kt)
		return;
	kt->pending.fault = *f;
	kt->pending.decision = *d;
	kt->pending.since_ns = c->now_ns;
	kt->pending.valid = true;
}

/* What a worker is to move may be wanted elsewhere, or nowhere, by now. */
static void queue(struct np_kproc *kp, const struct np_ctx *c,
		  const struct np_fault *f, const struct np_decision *d)
{
	const struct fault_scene *scene = c->cookie;

	if (!(c->inst->ops->need & NP_CAN_QUEUE))
		return;
	if (d->verdict != NP_QUEUE)
		np_unqueue_folio(scene->folio);
	else if (!np_queue_folio(kp, scene->folio, f->addr, d->nid))
		np_worked(c, f->addr, f->pages, f->page_node, d->nid,
			  NP_R_QUEUE_FULL);
}

/* Return: true if the answer is ours to give. */
static bool decide(struct np_kproc *kp, struct np_kinst *inst,
		   struct fault_scene *scene, unsigned long addr, int *nid)
{
	struct np_ktask *kt = np_ktask_of(kp);
	struct np_ctx c = context(kp, kt, inst);
	bool stock = np_left_to_stock(&inst->i);	/* deciding may eject */
	struct np_fault f = sample(scene, addr, stock);
	struct np_decision d;

	c.cookie = scene;
	d = np_decide(&c, &f);
	remember(kt, &c, &f, &d);
	if ((f.flags & NP_FAULT_LAZY) && d.verdict == NP_REFUSED)
		np_tell_refused(kp, &f, d.reason);
	c.task = NULL;
	queue(kp, &c, &f, &d);
	*nid = d.verdict == NP_MOVE ? d.nid : NUMA_NO_NODE;
	if (f.flags & NP_FAULT_POLICY)
		return f.flags & NP_FAULT_LAZY;
	return !stock;
}

static bool decide_locked(struct np_kproc *kp, struct fault_scene *scene,
			  unsigned long addr, int *nid)
{
	struct np_kinst *inst = rcu_dereference(kp->inst);
	bool ours;
	bool fed;

	if (!in_order(inst))
		return decide(kp, inst, scene, addr, nid);
	fed = np_call_begin(kp);
	ours = decide(kp, rcu_dereference(kp->inst), scene, addr, nid);
	np_call_end(kp, fed);
	return ours;
}

/*
 * A decision whose outcome never came: the page table had changed meanwhile, as
 * when another thread was quicker.  Call lock held.
 */
void np_give_up(struct np_kproc *kp, struct np_ktask *kt)
{
	struct np_pending *was = &kt->pending;
	struct np_outcome o = { .node = was->fault.page_node, .failed = true };
	struct np_ctx c = context(kp, kt, rcu_dereference(kp->inst));

	if (was->valid && was->decision.verdict == NP_MOVE) {
		c.cpu = was->fault.cpu;
		np_account(&c, &was->fault, &was->decision, &o);
	}
	was->valid = false;
}

static void give_up(struct np_kproc *kp)
{
	struct np_ktask *kt = np_ktask_find(kp, current);
	bool fed;

	if (!kt || !kt->pending.valid)
		return;
	fed = np_call_begin(kp);
	kt = np_ktask_of(kp);
	if (kt)
		np_give_up(kp, kt);
	np_call_end(kp, fed);
}

/* Somebody else's pages (ptrace, KSM) are not this process's accesses. */
bool np_page_decision(struct folio *folio, struct vm_area_struct *vma,
		      unsigned long addr, int *nid)
{
	struct fault_scene scene = { .folio = folio, .vma = vma };
	struct np_kproc *kp;
	bool ours = false;

	scene.pol = np_policy_at_addr(vma, addr, folio_order(folio),
				      &scene.turn);
	rcu_read_lock();
	kp = np_kproc_find(current->signal);
	if (kp)
		give_up(kp);
	if (kp && vma->vm_mm == current->mm)
		ours = decide_locked(kp, &scene, addr, nid);
	rcu_read_unlock();
	np_policy_put(scene.pol);
	return ours;
}

/* ----------------------------------------------------------------- outcome */

/* The thread had no state when the page was decided: what is known now. */
static void reconstruct(struct np_pending *was, int cpupid, int mem_node,
			int pages, u64 now_ns)
{
	was->fault = (struct np_fault){
		.pages = pages,
		.cpu = raw_smp_processor_id(),
		.node = numa_node_id(),
		.page_node = NP_NO_NODE,
	};
	sample_last(&was->fault, cpupid);
	was->decision = np_stay(NP_R_NONE);
	was->decision.asked = mem_node;
	was->since_ns = now_ns;
}

static void note_node(struct np_ktask *kt, const struct np_ctx *c)
{
	int from = kt->seen_on;

	kt->seen_on = numa_node_id();
	if (kt->seen_on != from)
		np_came(c, from, kt->seen_on);
}

/* Return: what the thread wants now. */
static struct np_task_ask account(struct np_kproc *kp, struct np_kinst *inst,
				  int cpupid, const struct np_outcome *what,
				  int pages)
{
	struct np_ktask *kt = np_ktask_of(kp);
	struct np_ctx c = context(kp, kt, inst);
	struct np_outcome o = *what;
	struct np_pending was;

	if (kt && kt->pending.valid)
		was = kt->pending;
	else
		reconstruct(&was, cpupid, o.node, pages, c.now_ns);
	if (kt)
		kt->pending.valid = false;
	if (kt)
		note_node(kt, &c);
	o.ns = c.now_ns > was.since_ns ? c.now_ns - was.since_ns : 0;
	c.cpu = was.fault.cpu;
	np_account(&c, &was.fault, &was.decision, &o);
	if ((was.fault.flags & NP_FAULT_LAZY) && o.failed)
		np_tell_refused(kp, &was.fault, NP_R_MOVE_FAILED);
	c.cpu = raw_smp_processor_id();
	return np_place(&c);
}

/*
 * Moving a task sleeps, so it comes last.  Whose the ask was is looked at again
 * then, and nothing but its address matters until then.
 */
static bool account_locked(struct np_kproc *kp, int cpupid,
			   const struct np_outcome *o, int pages)
{
	struct np_task_ask ask;
	struct np_kinst *inst;
	bool ours;
	bool fed;

	rcu_read_lock();
	inst = rcu_dereference(kp->inst);
	ours = !np_left_to_stock(&inst->i);
	if (in_order(inst)) {
		fed = np_call_begin(kp);
		inst = rcu_dereference(kp->inst);
		ask = account(kp, inst, cpupid, o, pages);
		np_call_end(kp, fed);
	} else {
		ask = account(kp, inst, cpupid, o, pages);
	}
	rcu_read_unlock();
	if (ask.verb)
		np_comply(kp, &inst->i, current, &ask);
	np_home_sync(kp);
	return ours;
}

/*
 * A fault on another process's page (ptrace, process_vm_writev) was not ours to
 * decide and is not ours to count: a thread that has state would remember it.
 */
static bool was_foreign(struct np_kproc *kp)
{
	struct np_ktask *kt;
	bool ret;

	rcu_read_lock();
	kt = np_ktask_find(kp, current);
	ret = kt && !kt->pending.valid;
	rcu_read_unlock();
	return ret;
}

bool np_fault_resolved(int last_cpupid, int mem_node, int pages, bool moved,
		       bool failed)
{
	struct np_outcome o = {
		.node = mem_node,
		.moved = moved,
		.failed = failed,
	};
	struct np_kproc *kp = np_kproc_get(current->signal);
	bool ours = false;

	if (!kp)
		return false;
	if (!was_foreign(kp)) {
		np_ktask_ensure(kp, current);
		ours = account_locked(kp, last_cpupid, &o, pages);
	}
	np_kproc_put(kp);
	return ours;
}
