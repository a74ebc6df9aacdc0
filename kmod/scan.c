// SPDX-License-Identifier: GPL-2.0
/*
 * Scanning: mark pages of the current process so that their next touch is a
 * hinting fault.  Runs in the task's own context on its way back to user
 * space; how much and how often is planned in policy/scan.c.
 *
 * The tick queues this work when the task has run numa_scan_period ms since
 * node_stamp; both are set here to what the plan says.
 */
#include <linux/cpuset.h>
#include <linux/hugetlb.h>
#include <linux/mempolicy.h>
#include <linux/mmap_lock.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "kmod.h"

/* When there is nothing to gain, look again after this much run time. */
#define POINTLESS_MS 10000

struct scan_walk {
	struct np_kproc *kp;
	struct mm_struct *mm;
	const struct np_ctx *c;
	struct np_scan_plan plan;
	u64 begin_ns;
	u64 chunk_ns;		/* how long the last chunk took */
	u32 chunks;
	bool pass_done;
};

static void arm(struct task_struct *task, u32 wait_ms)
{
	task->node_stamp = task->se.sum_exec_runtime;
	task->numa_scan_period = max(wait_ms, 1U);
}

/* The tick waits for this moment of the address space; ours is in the plan. */
void np_scan_arm_mm(struct mm_struct *mm)
{
	WRITE_ONCE(mm->numa_next_scan, jiffies);
}

void np_scan_arm(struct task_struct *task, struct np_instance *inst)
{
	if (!np_left_to_stock(inst))
		task->numa_scan_period =
			max_t(u32, inst->param[NP_P_SCAN_DELAY], 1);
}

/* Pages here could not move, should not, or would gain nothing. */
static bool skip_vma(struct vm_area_struct *vma)
{
	if (is_vm_hugetlb_page(vma) || !vma_is_accessible(vma))
		return true;
	if (vma->vm_flags & (VM_MIXEDMAP | VM_LOCKED))
		return true;
	if (vma->vm_file && !(vma->vm_flags & VM_WRITE))
		return true;	/* libraries: cached everywhere anyway */
	return !np_vma_movable(vma);
}

/* Stop before the budget is overrun: the next chunk will take as long again. */
static bool budget_spent(const struct scan_walk *w)
{
	u64 spent = local_clock() - w->begin_ns;

	return spent + w->chunk_ns > (u64)w->plan.budget_us * NSEC_PER_USEC;
}

/* Ends on huge-page borders: marking part of a huge page would split it. */
static unsigned long chunk_end(const struct vm_area_struct *vma,
			       unsigned long start)
{
	unsigned long size = (unsigned long)NP_SCAN_CHUNK << PAGE_SHIFT;

	return min(ALIGN_DOWN(start + size, HPAGE_SIZE), vma->vm_end);
}

static void note_marked(struct scan_walk *w, unsigned long start,
			unsigned long end, unsigned long marked)
{
	bool fed;

	fed = np_call_begin(w->kp);
	w->kp->p.scan.offset = end;
	np_scan_marked(w->c, (end - start) >> PAGE_SHIFT, marked);
	np_call_end(w->kp, fed);
}

static void mark_chunk(struct scan_walk *w, struct vm_area_struct *vma,
		       unsigned long start, unsigned long end)
{
	u64 before = local_clock();
	unsigned long marked = np_mark_range(vma, start, end);

	note_marked(w, start, end, marked);
	w->chunk_ns = local_clock() - before;
	w->chunks++;
}

static bool enough(const struct scan_walk *w)
{
	if (!w->c->proc->scan.left || fatal_signal_pending(current))
		return true;
	return w->chunks && budget_spent(w);
}

/* Return: false when the window or the budget is used up. */
static bool mark_vma(struct scan_walk *w, struct vm_area_struct *vma)
{
	struct np_scan *s = &w->c->proc->scan;
	unsigned long start = max_t(unsigned long, s->offset, vma->vm_start);

	for (; start < vma->vm_end; start = s->offset) {
		if (enough(w))
			return false;
		mark_chunk(w, vma, start, chunk_end(vma, start));
		cond_resched();
	}
	return true;
}

static bool mark_vmas(struct scan_walk *w)
{
	struct vm_area_struct *vma;
	VMA_ITERATOR(vmi, w->mm, w->c->proc->scan.offset);

	for_each_vma(vmi, vma)
		if (!skip_vma(vma) && !mark_vma(w, vma))
			return false;
	return true;
}

/* Never waits for the address space: whoever holds it is at work. */
static bool walk(struct scan_walk *w)
{
	if (!mmap_read_trylock(w->mm)) {
		np_event(w->c, NP_C_SCAN_BUSY, 1, NULL);
		return false;
	}
	w->pass_done = mark_vmas(w);
	mmap_read_unlock(w->mm);
	return true;
}

static void note_longest(struct np_kproc *kp, u64 ns)
{
	if (ns > np_counter_read(&kp->scan_max_ns))
		np_counter_set(&kp->scan_max_ns, ns);
}

/* The end of a pass is the only verb here that may look at the thread. */
static struct np_task_ask tell_pass(struct np_kproc *kp, struct np_ctx c,
				    bool own)
{
	struct np_ktask *kt;
	struct np_task_ask ask;
	bool fed;

	fed = np_call_begin(kp);
	kt = own ? np_ktask_of(kp) : NULL;
	c.task = kt ? &kt->t : NULL;
	ask = np_scan_pass(&c);
	np_call_end(kp, fed);
	return ask;
}

static void pass_done(const struct scan_walk *w)
{
	bool own = w->mm == current->mm;
	struct np_task_ask ask = tell_pass(w->kp, *w->c, own);

	if (ask.verb)
		np_comply(w->kp, w->c->inst, own ? current : NULL, &ask);
	np_workers_flush();
}

static void call_begin(struct scan_walk *w)
{
	bool fed;

	w->begin_ns = w->c->now_ns;
	fed = np_call_begin(w->kp);
	w->plan = np_scan_begin(w->c);
	np_call_end(w->kp, fed);
}

static u32 call_end(struct scan_walk *w)
{
	u64 spent = local_clock() - w->begin_ns;
	u32 ret;
	bool fed;

	note_longest(w->kp, spent);
	fed = np_call_begin(w->kp);
	ret = np_scan_end(w->c, &w->plan, w->pass_done, spent);
	np_call_end(w->kp, fed);
	return ret;
}

/* One scan call. Return: ms of run time before the next. */
static u32 scan(struct np_kproc *kp, struct mm_struct *mm,
		const struct np_ctx *c)
{
	struct scan_walk w = { .kp = kp, .mm = mm, .c = c };

	call_begin(&w);
	if (!walk(&w))
		return 1;
	if (w.pass_done)
		pass_done(&w);
	return call_end(&w);
}

static u32 ms_until(u64 then, u64 now)
{
	return then > now ? div_u64(then - now, NSEC_PER_MSEC) + 1 : 1;
}

/* Not due: when the delay or the period will be over. */
static u32 wait_ms(const struct np_ctx *c, u64 runtime)
{
	u64 delay = c->inst->param[NP_P_SCAN_DELAY] * NSEC_PER_MSEC;

	if (runtime < delay)
		return ms_until(delay, runtime);
	return ms_until(c->proc->scan.next_ns, c->now_ns);
}

/* For the ping-pong guard; without it nothing is counted there. */
static void remember_moves(struct np_kproc *kp, struct mm_struct *mm)
{
	u32 bits = np_moves_bits(get_mm_rss(mm));
	struct np_moves *moves;

	if (kp->p.moves)
		return;
	moves = kvzalloc(np_moves_bytes(bits), GFP_KERNEL | __GFP_NOWARN);
	if (!moves)
		return;
	moves->bits = bits;
	smp_store_release(&kp->p.moves, moves);
}

/* kproc.scan keeps a policy switch out.  RCU is not held: marking sleeps. */
u32 np_scan_process(struct np_kproc *kp, struct np_kinst *inst,
		    struct mm_struct *mm, u64 runtime)
{
	u32 tid = mm == current->mm ? task_pid_nr(current) : kp->p.pid;
	struct np_ctx c = np_kproc_ctx(kp, inst, tid);

	if (!np_scan_due(&c, runtime))
		return wait_ms(&c, runtime);
	remember_moves(kp, mm);
	return scan(kp, mm, &c);
}

static u32 scan_own(struct np_kproc *kp, struct np_kinst *inst)
{
	if (nodes_weight(cpuset_current_mems_allowed) < 2 ||
	    np_scanned_by_worker(&inst->i))
		return POINTLESS_MS;
	np_ktask_ensure(kp, current);
	return np_scan_process(kp, inst, current->mm,
			       current->se.sum_exec_runtime);
}

static bool scan_managed(struct np_kproc *kp)
{
	struct np_kinst *inst;
	bool ours = true;

	if (!mutex_trylock(&kp->scan)) {
		arm(current, 1);	/* another thread is at it */
		return true;
	}
	inst = np_kinst_of(kp);
	if (np_left_to_stock(&inst->i))
		ours = false;
	else
		arm(current, scan_own(kp, inst));
	np_kinst_put(inst);
	mutex_unlock(&kp->scan);
	return ours;
}

bool np_scan_current(void)
{
	struct np_kproc *kp;
	bool ours;

	if ((current->flags & PF_EXITING) || !current->mm)
		return false;
	kp = np_kproc_get(current->signal);
	if (!kp) {
		if (!np_switch_hides_scan())
			return false;
		np_home_forget();
		return true;
	}
	ours = scan_managed(kp);
	np_home_sync(kp);
	np_kproc_put(kp);
	if (ours)
		np_scan_arm_mm(current->mm);
	return ours;
}
