// SPDX-License-Identifier: GPL-2.0
/*
 * What NUMA groups (policy/group.c) need of the kernel: their memory, and who
 * touched a page last.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "kmod.h"

struct kgroup {
	struct rcu_head rcu;
	spinlock_t lock;
	struct np_group g;
};

static struct kgroup *kgroup_of(struct np_group *g)
{
	return container_of(g, struct kgroup, g);
}

struct np_group *np_kernel_group_new(const struct np_machine *m)
{
	struct kgroup *kg = kzalloc(offsetof(struct kgroup, g) +
				    np_group_bytes(m->nr_nodes),
				    GFP_ATOMIC | __GFP_NOWARN);

	if (!kg)
		return NULL;
	spin_lock_init(&kg->lock);
	return &kg->g;
}

void np_kernel_group_free(struct np_group *g)
{
	kfree_rcu(kgroup_of(g), rcu);
}

void np_kernel_group_hold(struct np_group *g)
{
	spin_lock(&kgroup_of(g)->lock);
}

void np_kernel_group_release(struct np_group *g)
{
	spin_unlock(&kgroup_of(g)->lock);
}

/* Others may form groups only with those that were attached together. */
static bool may_share(const struct np_kproc *a, const struct np_kproc *b)
{
	return a != b && a->session == b->session &&
	       rcu_access_pointer(a->inst) == rcu_access_pointer(b->inst);
}

struct np_proc *np_kernel_sharer(const struct np_ctx *c,
				 const struct np_fault *f)
{
	struct np_kproc *kp, *me = container_of(c->proc, struct np_kproc, p);
	struct task_struct *task = np_cpu_curr(f->last_cpu);

	if ((task->pid & LAST__PID_MASK) != f->last_pid || !task->mm)
		return NULL;
	kp = np_kproc_find(task->signal);
	return kp && may_share(me, kp) ? &kp->p : NULL;
}
