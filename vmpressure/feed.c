// SPDX-License-Identifier: GPL-2.0
/*
 * What reclaim does, from where a stock kernel tells:
 *
 *	mm_vmscan_lru_shrink_inactive	pages examined and reclaimed, by node; both LRUs
 *	mm_vmscan_kswapd_sleep		a node's reclaim is done, or has given up
 *	mm_vmscan_memcg_reclaim_*	around reclaim that a cgroup's limit asks for,
 *					which is no pressure of the machine
 *	vmpressure()			the same pages by cgroup
 *	vmpressure_prio()		direct reclaim begins another priority, also
 *					where there is nothing to examine
 *	wakeup_kswapd()			an allocation finds a node short, also where
 *					reclaim has given up and does not begin
 *
 * The last three are functions, at whose entry ftrace calls us; they run on as they
 * are.
 */
#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "vmpressure.h"

/* Descriptors in a row should not patch the kernel each time. */
#define REMOVAL_DELAY HZ

static unsigned int users;	/* vp_control */
static bool attached;		/* vp_control */

/* ------------------------------------------- who reclaims for a cgroup's limit */

#define TASK_BITS 10
#define TASKS	(1 << TASK_BITS)
#define NEAR	8	/* slots that are looked at */

/* Who finds no slot is taken for one that reclaims for the machine. */
static struct task_struct *for_cgroup[TASKS];

static struct task_struct **slot(unsigned int i)
{
	return &for_cgroup[(hash_ptr(current, TASK_BITS) + i) % TASKS];
}

static bool reclaims_for_cgroup(void)
{
	unsigned int i;

	if (current->flags & PF_KSWAPD)
		return false;
	for (i = 0; i < NEAR; i++)
		if (READ_ONCE(*slot(i)) == current)
			return true;
	return false;
}

static void probe_begin(void *unused, int order, gfp_t gfp)
{
	unsigned int i;

	for (i = 0; i < NEAR; i++)
		if (!cmpxchg(slot(i), NULL, current))
			return;
}

static void probe_end(void *unused, unsigned long reclaimed)
{
	unsigned int i;

	for (i = 0; i < NEAR; i++)
		if (READ_ONCE(*slot(i)) == current)
			WRITE_ONCE(*slot(i), NULL);
}

/* ---------------------------------------------------------------- trace points */

struct reclaim_stat;

static void probe_shrink(void *unused, int nid, unsigned long scanned,
			 unsigned long reclaimed, struct reclaim_stat *stat,
			 int priority, int file)
{
	if (!reclaims_for_cgroup())
		vp_examined(nid, scanned, reclaimed);
}

static void probe_sleep(void *unused, int nid)
{
	vp_node_asks(nid);
}

/* In the order in which they are registered: an end needs no begin. */
static struct {
	const char *name;
	const char *signature;
	void *probe;
	struct tracepoint *tp;
} probes[] = {
	{ "mm_vmscan_memcg_reclaim_end", "void (void *, long unsigned int)",
	  probe_end },
	{ "mm_vmscan_memcg_reclaim_begin", "void (void *, int, unsigned int)",
	  probe_begin },
	{ "mm_vmscan_lru_shrink_inactive",
	  "void (void *, int, long unsigned int, long unsigned int, struct reclaim_stat *, int, int)",
	  probe_shrink },
	{ "mm_vmscan_kswapd_sleep", "void (void *, int)", probe_sleep },
};

static void match(struct tracepoint *tp, void *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void unregister_probes(int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].probe,
					    NULL);
	tracepoint_synchronize_unregister();
}

static int register_probes(void)
{
	int i, err = 0;

	memset(for_cgroup, 0, sizeof(for_cgroup));
	for (i = 0; i < ARRAY_SIZE(probes) && !err; i++)
		err = tracepoint_probe_register(probes[i].tp, probes[i].probe,
						NULL);
	if (err)
		unregister_probes(i - 1);
	return err;
}

/* ------------------------------------------------------------------- functions */

/* vmpressure(gfp, memcg, tree, scanned, reclaimed): per cgroup if not @tree. */
static void notrace on_vmpressure(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops,
				  struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (regs && !(regs_get_kernel_argument(regs, 2) & 0xff))
		vp_examined_cgroup((void *)regs_get_kernel_argument(regs, 1),
				   regs_get_kernel_argument(regs, 3),
				   regs_get_kernel_argument(regs, 4), false);
}

/*
 * vmpressure_prio(gfp, memcg, priority): no cgroup if it is for the machine.  Only direct
 * reclaim calls it, as in 2012: kswapd comes down to any priority when it meets pages
 * that were just used, and that alone is no sign of trouble.
 */
static void notrace on_priority(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);
	struct mem_cgroup *memcg;

	if (!regs || (int)regs_get_kernel_argument(regs, 2) >
		     (int)READ_ONCE(vp_oom_priority))
		return;
	memcg = (void *)regs_get_kernel_argument(regs, 1);
	if (memcg)
		vp_examined_cgroup(memcg, 0, 0, true);
	else
		vp_desperate();
}

/* wakeup_kswapd(zone, gfp, order, highest zone): once a tick is enough. */
static void notrace on_short(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);
	static unsigned long last;
	struct zone *zone;

	if (!regs || READ_ONCE(last) == jiffies)
		return;
	WRITE_ONCE(last, jiffies);
	zone = (void *)regs_get_kernel_argument(regs, 0);
	vp_node_asks(zone_to_nid(zone));
}

static struct {
	const char *name;
	const char *signature;
	unsigned long addr;
	struct ftrace_ops ops;
} entries[] = {
	{ "vmpressure",
	  "void (unsigned int, struct mem_cgroup *, _Bool, long unsigned int, long unsigned int)",
	  .ops.func = on_vmpressure },
	{ "vmpressure_prio", "void (unsigned int, struct mem_cgroup *, int)",
	  .ops.func = on_priority },
	{ "wakeup_kswapd",
	  "void (struct zone *, unsigned int, int, enum zone_type)",
	  .ops.func = on_short },
};

static int register_entry(int i)
{
	int err;

	entries[i].ops.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION;
	err = ftrace_set_filter_ip(&entries[i].ops, entries[i].addr, 0, 0);
	if (err)
		return err;
	err = register_ftrace_function(&entries[i].ops);
	if (err)
		ftrace_set_filter_ip(&entries[i].ops, entries[i].addr, 1, 0);
	return err;
}

static void unregister_entries(int nr)
{
	while (nr--) {
		unregister_ftrace_function(&entries[nr].ops);
		ftrace_set_filter_ip(&entries[nr].ops, entries[nr].addr, 1, 0);
	}
}

static int register_entries(void)
{
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(entries) && !err; i++)
		err = register_entry(i);
	if (err)
		unregister_entries(i - 1);
	return err;
}

/* ----------------------------------------------------------- while it is wanted */

static int attach(void)
{
	int err = register_probes();

	if (err)
		return err;
	err = register_entries();
	if (err)
		unregister_probes(ARRAY_SIZE(probes));
	attached = !err;
	return err;
}

static void detach(void)
{
	unregister_entries(ARRAY_SIZE(entries));
	unregister_probes(ARRAY_SIZE(probes));
	attached = false;
}

static void detach_idle(struct work_struct *work)
{
	mutex_lock(&vp_control);
	if (attached && !users)
		detach();
	mutex_unlock(&vp_control);
}

static DECLARE_DELAYED_WORK(removal, detach_idle);

int vp_feed_demand(void)
{
	int err = attached ? 0 : attach();

	if (!err)
		users++;
	return err;
}

void vp_feed_release(void)
{
	if (!--users)
		mod_delayed_work(system_wq, &removal, REMOVAL_DELAY);
}

void vp_feed_exit(void)
{
	cancel_delayed_work_sync(&removal);
	detach_idle(NULL);
}

/* ------------------------------------------------------------------ binding */

static bool bind_probes(struct np_btf *btf)
{
	bool good = true;
	int i;

	for_each_kernel_tracepoint(match, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp)
			pr_err("this kernel lacks the trace point %s\n",
			       probes[i].name);
		good &= probes[i].tp &&
			np_bind_tracepoint(btf, probes[i].name,
					   probes[i].signature);
	}
	return good;
}

static bool bind_entries(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++)
		good &= np_bind_function(btf, entries[i].name,
					 entries[i].signature,
					 &entries[i].addr);
	return good;
}

int vp_feed_init(void)
{
	struct np_btf *btf;
	bool good;
	int err = np_lookup_bind();

	if (err)
		return err;
	btf = np_btf_open();
	if (IS_ERR(btf)) {
		pr_err("this kernel has no type information (CONFIG_DEBUG_INFO_BTF)\n");
		return PTR_ERR(btf);
	}
	good = bind_probes(btf) & bind_entries(btf);
	np_btf_close(btf);
	return good ? 0 : -EOPNOTSUPP;
}
