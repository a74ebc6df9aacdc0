// SPDX-License-Identifier: GPL-2.0
/*
 * One worker that scans all processes whose policies want that (AutoNUMA's
 * knuma_scand), instead of the tasks themselves.
 */
#include <linux/kthread.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "kmod.h"

#define LOOK_MS	10	/* between two looks at all processes */
#define BATCH	32	/* processes scanned at a look */

static struct task_struct *scanner;	/* np_control */
static unsigned int users;
static DECLARE_WAIT_QUEUE_HEAD(idle);

bool np_scanned_by_worker(const struct np_instance *inst)
{
	return inst->ops->need & NP_CAN_SCAN_WORKER;
}

static struct task_struct *leader_of(struct np_kproc *kp)
{
	return get_pid_task(kp->pid, PIDTYPE_TGID);
}

/* As long as its busiest thread; the delay is one of tasks. */
static u64 runtime(struct task_struct *leader)
{
	struct task_struct *thread;
	u64 most = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(thread, &leader->signal->thread_head,
				thread_node)
		most = max(most, thread->se.sum_exec_runtime);
	rcu_read_unlock();
	return most;
}

static void scan_leader(struct np_kproc *kp, struct np_kinst *inst,
			struct task_struct *leader)
{
	struct mm_struct *mm = np_mm_of(leader);

	if (!mm)
		return;
	np_scan_process(kp, inst, mm, runtime(leader));
	mmput(mm);
}

static void scan(struct np_kproc *kp)
{
	struct task_struct *leader = leader_of(kp);
	struct np_kinst *inst;

	if (!leader)
		return;
	mutex_lock(&kp->scan);
	inst = np_kinst_of(kp);
	if (!kp->dead && np_scanned_by_worker(&inst->i) &&
	    !np_left_to_stock(&inst->i))
		scan_leader(kp, inst, leader);
	np_kinst_put(inst);
	mutex_unlock(&kp->scan);
	put_task_struct(leader);
}

/* Those that are due, with references; the rest is due at the next look. */
struct batch {
	unsigned int nr;
	struct np_kproc *kp[BATCH];
};

static void take_due(struct np_kproc *kp, void *data)
{
	struct batch *b = data;

	if (b->nr < BATCH && np_scanned_by_worker(&rcu_dereference(kp->inst)->i) &&
	    local_clock() >= READ_ONCE(kp->p.scan.next_ns) &&
	    refcount_inc_not_zero(&kp->ref))
		b->kp[b->nr++] = kp;
}

/* One call each, in turn. */
static void scan_all(void)
{
	struct batch b = { 0 };

	np_kproc_for_each(take_due, &b);
	for (unsigned int i = 0; i < b.nr; i++) {
		if (!kthread_should_stop())
			scan(b.kp[i]);
		np_kproc_put(b.kp[i]);
		cond_resched();
	}
}

static int work(void *data)
{
	while (!kthread_should_stop()) {
		wait_event_interruptible(idle, READ_ONCE(users) ||
					 kthread_should_stop());
		scan_all();
		schedule_timeout_interruptible(msecs_to_jiffies(LOOK_MS));
	}
	return 0;
}

int np_scanner_demand(void)
{
	struct task_struct *thread;

	lockdep_assert_held(&np_control);
	if (!scanner) {
		thread = kthread_run(work, NULL, "numaplace_scan");
		if (IS_ERR(thread))
			return PTR_ERR(thread);
		scanner = thread;
	}
	WRITE_ONCE(users, users + 1);
	wake_up(&idle);
	return 0;
}

void np_scanner_release(void)
{
	lockdep_assert_held(&np_control);
	WRITE_ONCE(users, users - 1);
}

void np_scanner_exit(void)
{
	if (scanner)
		kthread_stop(scanner);
}
