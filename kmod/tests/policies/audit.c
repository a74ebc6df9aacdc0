// SPDX-License-Identifier: GPL-2.0
/*
 * audit: a policy that moves pages as moron does and checks at each call what
 * the contract promises it (include/numaplace/policy.h).  What is not so is a
 * kernel warning, which makes the guest's verdict dirty.
 */
#include <linux/bug.h>
#include <linux/preempt.h>
#include <linux/topology.h>

#include <numaplace/policy.h>

#define MAGIC 0x6e70617564697431ULL

struct proc_state {
	atomic_t inside;	/* verbs running: one at most */
	u64 born;		/* MAGIC once fork() was called */
	u64 faults;
	bool ended;
};

struct task_state {
	const struct np_task *owner;
};

NP_SLOT_CHECK(struct proc_state, NP_PROC_SLOT);
NP_SLOT_CHECK(struct task_state, NP_TASK_SLOT);

static struct proc_state *enter(const struct np_ctx *c)
{
	struct proc_state *p = (void *)c->proc->slot;

	WARN_ONCE(atomic_inc_return(&p->inside) != 1,
		  "audit: two verbs of one process at once\n");
	WARN_ONCE(!c->proc->stats, "audit: no statistics of the process\n");
	WARN_ONCE(c->inst->ejected, "audit: asked although ejected\n");
	return p;
}

static void leave(struct proc_state *p)
{
	atomic_dec(&p->inside);
}

/* State of a thread: its own, and zero when it is new. */
static void check_task(const struct np_ctx *c)
{
	struct task_state *t;

	if (!c->task)
		return;
	t = (void *)c->task->slot;
	WARN_ONCE(!c->task->stats, "audit: no statistics of the thread\n");
	WARN_ONCE(c->task->proc != c->proc, "audit: another process' thread\n");
	WARN_ONCE(c->task->tid != c->tid, "audit: tid %u is called %u\n",
		  c->tid, c->task->tid);
	WARN_ONCE(t->owner && t->owner != c->task,
		  "audit: state that is not this thread's\n");
	t->owner = c->task;
}

static void check_fault(const struct np_ctx *c, const struct np_fault *f)
{
	WARN_ONCE(!in_atomic(), "audit: a page decision without a lock\n");
	WARN_ONCE(!c->task, "audit: a page decision without a thread\n");
	WARN_ONCE(f->cpu < 0 || f->cpu >= c->m->nr_cpus ||
		  f->cpu != raw_smp_processor_id(), "audit: CPU %d\n", f->cpu);
	WARN_ONCE(f->node != cpu_to_node(f->cpu), "audit: node %d\n", f->node);
	WARN_ONCE(!np_node_has_memory(c->m, f->page_node),
		  "audit: a page on node %d\n", f->page_node);
	WARN_ONCE(!f->pages || (f->addr & ~PAGE_MASK), "audit: %u pages at %llx\n",
		  f->pages, f->addr);
	WARN_ONCE((f->last_cpu == NP_NO_CPU) != !!(f->flags & NP_FAULT_FIRST),
		  "audit: last CPU %d, flags %x\n", f->last_cpu, f->flags);
	WARN_ONCE(f->flags & NP_FAULT_POLICY,
		  "audit: asked although a memory policy decides\n");
}

static struct np_decision audit_page(const struct np_ctx *c,
				     const struct np_fault *f)
{
	struct proc_state *p = enter(c);

	check_task(c);
	check_fault(c, f);
	WARN_ONCE(p->born != MAGIC, "audit: a fault before fork\n");
	p->faults++;
	leave(p);
	if (f->page_node == f->node)
		return np_stay(NP_R_LOCAL);
	return np_move(f->node, NP_R_REMOTE_REF);
}

static void audit_account(const struct np_ctx *c, const struct np_fault *f,
			  const struct np_outcome *o)
{
	struct proc_state *p = enter(c);

	check_task(c);
	WARN_ONCE(o->moved && o->failed, "audit: moved and failed\n");
	WARN_ONCE(o->node < 0 || o->node >= c->m->nr_nodes,
		  "audit: the page is now on node %d\n", o->node);
	leave(p);
}

static void audit_pass_done(const struct np_ctx *c, const struct np_scan *scan,
			    struct np_task_ask *ask)
{
	struct proc_state *p = enter(c);

	check_task(c);
	WARN_ONCE(ask->verb != NP_TASK_NONE, "audit: an ask that is not empty\n");
	leave(p);
}

static void audit_fork(const struct np_ctx *c, const struct np_proc *parent,
		       struct np_task_ask *ask)
{
	struct proc_state *p = enter(c);

	WARN_ONCE(p->faults || p->born, "audit: fork of what lives already\n");
	WARN_ONCE(parent == c->proc, "audit: its own parent\n");
	p->born = MAGIC;
	leave(p);
}

static void audit_exec(const struct np_ctx *c, struct np_task_ask *ask)
{
	struct proc_state *p = enter(c);

	WARN_ONCE(p->born != MAGIC, "audit: exec before fork\n");
	WARN_ONCE(c->proc->scan.passes || c->proc->scan.offset,
		  "audit: the new address space is scanned already\n");
	leave(p);
}

static void audit_exit(const struct np_ctx *c, bool last)
{
	struct proc_state *p = enter(c);

	check_task(c);
	WARN_ONCE(p->born != MAGIC, "audit: exit before fork\n");
	WARN_ONCE(last && p->ended, "audit: the last one ends twice\n");
	p->ended |= last;
	leave(p);
}

const struct np_policy_ops np_test_audit = {
	.page = audit_page,
	.account = audit_account,
	.pass_done = audit_pass_done,
	.fork = audit_fork,
	.exec = audit_exec,
	.exit = audit_exit,
	.name = "audit",
	.summary = "test: moron that checks what the contract promises",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS,
	.task_size = sizeof(struct task_state),
	.proc_size = sizeof(struct proc_state),
};
