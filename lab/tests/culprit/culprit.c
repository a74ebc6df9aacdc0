// SPDX-License-Identifier: GPL-2.0
/* culprit - one of each of the mistakes that the debug kernel must find */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);

static void reach_too_far(void)
{
	char *p = kmalloc(24, GFP_KERNEL);

	if (p)
		((volatile char *)p)[24] = 1;
	kfree(p);
}

static void forget(void)
{
	void *p = kmalloc(1000, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
}

static void sleep_with_lock(void)
{
	spin_lock(&lock_a);
	might_sleep();
	spin_unlock(&lock_a);
}

/* Both orders: no deadlock on one CPU, but on two. */
static void lock_both_ways(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

/* The locks come first: after a report of KASAN, lockdep trusts nothing. */
static int __init culprit_init(void)
{
	lock_both_ways();
	sleep_with_lock();
	reach_too_far();
	forget();
	return 0;
}

static void __exit culprit_exit(void)
{
}

module_init(culprit_init);
module_exit(culprit_exit);
MODULE_DESCRIPTION("Mistakes on purpose, for a test of the debug kernel");
MODULE_LICENSE("GPL");
