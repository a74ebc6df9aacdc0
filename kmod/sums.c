// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of counters: of sessions, policies and the machine.  What has ended is
 * folded into totals; what lives is added when somebody asks.
 */
#include <linux/slab.h>

#include "kmod.h"

/* What has ended: for the machine, and per policy. np_control for @ops. */
static struct np_totals all_ended;
static struct np_policy_ended {
	const struct np_policy_ops *ops;
	struct np_totals ended;
} policy_ended[NP_MAX_POLICIES];

struct np_session *np_session_new(void)
{
	struct np_session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		refcount_set(&s->ref, 1);
	return s;
}

void np_session_put(struct np_session *s)
{
	if (s && refcount_dec_and_test(&s->ref))
		kfree(s);
}

/* The table is as long as the registry, and both forget together. */
static struct np_totals *find_totals(const struct np_policy_ops *ops)
{
	int i;

	for (i = 0; i < NP_MAX_POLICIES; i++)
		if (policy_ended[i].ops == ops)
			return &policy_ended[i].ended;
	return NULL;
}

struct np_totals *np_totals_of(const struct np_policy_ops *ops)
{
	struct np_totals *totals = find_totals(ops);

	if (totals)
		return totals;
	totals = find_totals(NULL);
	container_of(totals, struct np_policy_ended, ended)->ops = ops;
	return totals;
}

void np_totals_forget(const struct np_policy_ops *ops)
{
	struct np_totals *totals = find_totals(ops);

	if (totals)
		memset(container_of(totals, struct np_policy_ended, ended), 0,
		       sizeof(struct np_policy_ended));
}

static void fold_one(np_counter_t *from, np_counter_t *session,
		     np_counter_t *policy, np_counter_t *all)
{
	u64 n = atomic64_xchg(from, 0);

	if (!n)
		return;
	np_counter_add(session, n);
	np_counter_add(policy, n);
	np_counter_add(all, n);
}

static void raise_max(np_counter_t *max, u64 value)
{
	u64 old = np_counter_read(max);

	while (value > old) {
		u64 seen = atomic64_cmpxchg(max, old, value);

		if (seen == old)
			break;
		old = seen;
	}
}

/* Move a process's counters to what has ended. */
void np_fold(struct np_kproc *kp, struct np_totals *policy)
{
	struct np_totals *session = &kp->session->ended;
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		fold_one(&kp->p.counter[i], &session->counter[i],
			 &policy->counter[i], &all_ended.counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		fold_one(&kp->p.reason[i], &session->reason[i],
			 &policy->reason[i], &all_ended.reason[i]);
	raise_max(&kp->session->scan_max_ns, np_counter_read(&kp->scan_max_ns));
}

static void add_totals(struct np_sum *sum, const struct np_totals *t)
{
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		sum->counter[i] += np_counter_read(&t->counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		sum->reason[i] += np_counter_read(&t->reason[i]);
}

/* A group counts for each of its processes. */
static u64 bytes_of(struct np_kproc *kp)
{
	u32 need = rcu_dereference(kp->inst)->i.ops->need;
	u64 stats = np_stats_bytes(np_machine.nr_nodes);
	u64 task = np_task_bytes() + (need & NP_CAN_TASK_STATS ? stats : 0);
	struct np_moves *moves = smp_load_acquire(&kp->p.moves);

	return np_proc_bytes() + (need & NP_CAN_PROC_STATS ? stats : 0) +
	       (moves ? np_moves_bytes(moves->bits) : 0) +
	       task * READ_ONCE(kp->p.threads);
}

void np_sum_proc(struct np_sum *sum, struct np_kproc *kp)
{
	int i;

	for (i = 0; i < NP_NR_COUNTERS; i++)
		sum->counter[i] += np_counter_read(&kp->p.counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		sum->reason[i] += np_counter_read(&kp->p.reason[i]);
	sum->scan_max_ns = max_t(u64, sum->scan_max_ns,
				 np_counter_read(&kp->scan_max_ns));
	sum->procs++;
	sum->tasks += READ_ONCE(kp->p.threads);
	sum->bytes += bytes_of(kp);
}

static bool in_sum(struct np_kproc *kp, const struct np_session *session,
		   const struct np_policy_ops *ops)
{
	if (session && kp->session != session)
		return false;
	return !ops || rcu_dereference(kp->inst)->i.ops == ops;
}

struct sum_of {
	struct np_sum *sum;
	const struct np_session *session;
	const struct np_policy_ops *ops;
};

static void sum_if_wanted(struct np_kproc *kp, void *data)
{
	struct sum_of *of = data;

	if (in_sum(kp, of->session, of->ops))
		np_sum_proc(of->sum, kp);
}

void np_sum_all(struct np_sum *sum, const struct np_session *session,
		const struct np_policy_ops *ops)
{
	struct sum_of of = { sum, session, ops };

	np_kproc_for_each(sum_if_wanted, &of);
	if (session) {
		add_totals(sum, &session->ended);
		sum->scan_max_ns = max_t(u64, sum->scan_max_ns,
				np_counter_read(&session->scan_max_ns));
	} else {
		add_totals(sum, ops ? np_totals_of(ops) : &all_ended);
	}
}

unsigned int np_policy_users(const struct np_policy_ops *ops)
{
	struct np_sum *sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	struct sum_of of = { .sum = sum, .ops = ops };
	unsigned int users = 0;

	if (sum) {
		np_kproc_for_each(sum_if_wanted, &of);
		users = sum->procs;
	}
	kfree(sum);
	return users;
}
