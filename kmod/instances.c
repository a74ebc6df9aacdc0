// SPDX-License-Identifier: GPL-2.0
/*
 * Policies with parameters, as processes have chosen them.  Those that chose the
 * same share one: its state of the nodes is about all of them.
 *
 * What not every policy needs (hooks, workers, rounds) is there as long as an
 * instance is that does.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "kmod.h"

static LIST_HEAD(instances);	/* np_control */
static struct workqueue_struct *releases;

/* ------------------------------------------------------------- what it needs */

static bool needs_rounds(const struct np_instance *i)
{
	return i->ops->balance || i->param[NP_P_HOME_PULL];
}

static int demand_alloc(const struct np_instance *i)
{
	return i->param[NP_P_HOME_ALLOC] ? np_hooks_demand(NP_HOOK_ALLOC) : 0;
}

static int demand_wake(const struct np_instance *i)
{
	return i->param[NP_P_HOME_WAKE] ? np_hooks_demand(NP_HOOK_WAKE) : 0;
}

static int demand_scanner(const struct np_instance *i)
{
	return np_scanned_by_worker(i) ? np_scanner_demand() : 0;
}

static int demand_workers(const struct np_instance *i)
{
	return i->ops->need & NP_CAN_QUEUE ? np_workers_demand() : 0;
}

static int demand_rounds(const struct np_instance *i)
{
	if (needs_rounds(i))
		np_balance_demand();
	return 0;
}

static void release_alloc(const struct np_instance *i)
{
	if (i->param[NP_P_HOME_ALLOC])
		np_hooks_release(NP_HOOK_ALLOC);
}

static void release_wake(const struct np_instance *i)
{
	if (i->param[NP_P_HOME_WAKE])
		np_hooks_release(NP_HOOK_WAKE);
}

static void release_scanner(const struct np_instance *i)
{
	if (np_scanned_by_worker(i))
		np_scanner_release();
}

static void release_nothing(const struct np_instance *i)
{
}

static void release_rounds(const struct np_instance *i)
{
	if (needs_rounds(i))
		np_balance_release();
}

static const struct need {
	int (*demand)(const struct np_instance *i);
	void (*release)(const struct np_instance *i);
} needs[] = {
	{ demand_alloc, release_alloc },
	{ demand_wake, release_wake },
	{ demand_scanner, release_scanner },
	{ demand_workers, release_nothing },
	{ demand_rounds, release_rounds },
};

static void release_needs(const struct np_instance *i, int nr)
{
	while (nr--)
		needs[nr].release(i);
}

static int demand_needs(const struct np_instance *i)
{
	int err, nr;

	for (nr = 0; nr < ARRAY_SIZE(needs); nr++) {
		err = needs[nr].demand(i);
		if (err) {
			release_needs(i, nr);
			return err;
		}
	}
	return 0;
}

/* ------------------------------------------------------------ birth and end */

static void kinst_free(struct np_kinst *inst)
{
	kvfree(inst->i.node);
	kfree(inst);
}

static void kinst_release(struct work_struct *work)
{
	struct np_kinst *inst = container_of(to_rcu_work(work),
					     struct np_kinst, release);

	mutex_lock(&np_control);
	list_del(&inst->list);
	release_needs(&inst->i, ARRAY_SIZE(needs));
	mutex_unlock(&np_control);
	module_put(inst->i.ops->owner);
	kinst_free(inst);
}

int np_kinsts_init(void)
{
	releases = alloc_workqueue("numaplace", 0, 0);
	return releases ? 0 : -ENOMEM;
}

/* Nobody is left: only releases that wait for readers are under way. */
void np_kinsts_exit(void)
{
	rcu_barrier();
	destroy_workqueue(releases);
}

/* One that was ejected is not for newcomers. */
static struct np_kinst *find_same(const struct np_kinst *like)
{
	struct np_kinst *inst;

	list_for_each_entry(inst, &instances, list)
		if (!strcmp(inst->i.spec, like->i.spec) &&
		    inst->i.ops == like->i.ops && !inst->i.ejected &&
		    refcount_inc_not_zero(&inst->ref))
			return inst;
	return NULL;
}

static int give_node_state(struct np_kinst *inst)
{
	size_t words = np_node_words(inst->i.ops);

	if (!words)
		return 0;
	inst->i.node = kvcalloc(np_machine.nr_nodes, words * sizeof(u64),
				GFP_KERNEL);
	return inst->i.node ? 0 : -ENOMEM;
}

static int kinst_start(struct np_kinst *inst, const char **why)
{
	int err = -ENOENT;

	*why = "the policy's module is being unloaded";
	if (inst->i.ops->owner && !try_module_get(inst->i.ops->owner))
		return err;
	*why = "the kernel does not let the module provide what it needs";
	err = give_node_state(inst);
	if (!err)
		err = demand_needs(&inst->i);
	if (err) {
		module_put(inst->i.ops->owner);
		return err;
	}
	inst->ended = np_totals_of(inst->i.ops);
	refcount_set(&inst->ref, 1);
	INIT_RCU_WORK(&inst->release, kinst_release);
	list_add(&inst->list, &instances);
	return 0;
}

struct np_kinst *np_kinst_new(const char *spec, const char **why)
{
	struct np_kinst *inst = kzalloc(sizeof(*inst), GFP_KERNEL), *same;
	int err;

	lockdep_assert_held(&np_control);
	if (!inst)
		return ERR_PTR(-ENOMEM);
	err = np_instance_init(&inst->i, spec, why);
	same = err ? NULL : find_same(inst);
	if (!err && !same)
		err = kinst_start(inst, why);
	if (!err && !same)
		return inst;
	kinst_free(inst);
	return same ? same : ERR_PTR(err);
}

struct np_kinst *np_kinst_get(struct np_kinst *inst)
{
	refcount_inc(&inst->ref);
	return inst;
}

void np_kinst_put(struct np_kinst *inst)
{
	if (refcount_dec_and_test(&inst->ref))
		queue_rcu_work(releases, &inst->release);
}

struct np_kinst *np_kinst_of(struct np_kproc *kp)
{
	struct np_kinst *inst;

	rcu_read_lock();
	do {
		inst = rcu_dereference(kp->inst);
	} while (!refcount_inc_not_zero(&inst->ref));
	rcu_read_unlock();
	return inst;
}
