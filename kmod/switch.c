// SPDX-License-Identifier: GPL-2.0
/*
 * kernel.numa_balancing while processes are managed.
 *
 * The kernel marks pages, runs the scan work from the tick and respects
 * preferred nodes only while the switch is on.  So it is held on for as long
 * as anyone is managed; unmanaged tasks' scan work is then cut short unless
 * the operator's own setting gives them scanning.  Reading and writing the
 * sysctl goes on to mean the operator's setting, which comes back with the end
 * of the last managed process.
 */
#include <linux/capability.h>
#include <linux/sched/sysctl.h>
#include <linux/sysctl.h>
#include <linux/workqueue.h>

#include "compat/compat.h"
#include "kmod.h"

/* Short commands run in a row should not patch the kernel each time. */
#define RELEASE_DELAY (2 * HZ)

static DEFINE_MUTEX(switch_lock);
static bool held;
static unsigned int pins;	/* attaches under way */
static int operators;	/* the operator's setting while held */
static bool hide_scan;

static void update_hiding(void)
{
	WRITE_ONCE(hide_scan, held && !(operators & NUMA_BALANCING_NORMAL));
}

bool np_switch_hides_scan(void)
{
	return READ_ONCE(hide_scan);
}

/*
 * Tiering alone means that ordinary nodes are not to be scanned, and the
 * kernel cannot do that for some processes and not for others.
 */
static int hold(void)
{
	operators = np_balancing_mode();
	if (operators == NUMA_BALANCING_MEMORY_TIERING)
		return -EBUSY;
	held = true;
	update_hiding();
	if (!(operators & NUMA_BALANCING_NORMAL))
		np_balancing_enable(true);
	return 0;
}

static void let_go(void)
{
	held = false;
	if (!(operators & NUMA_BALANCING_NORMAL))
		np_balancing_enable(false);
	update_hiding();
}

int np_switch_pin(void)
{
	int err = 0;

	mutex_lock(&switch_lock);
	if (!held)
		err = hold();
	if (!err)
		pins++;
	mutex_unlock(&switch_lock);
	return err;
}

void np_switch_unpin(void)
{
	mutex_lock(&switch_lock);
	pins--;
	mutex_unlock(&switch_lock);
	np_switch_update_soon();
}

static void release_work(struct work_struct *work)
{
	mutex_lock(&switch_lock);
	if (held && !pins && !np_anybody())
		let_go();
	mutex_unlock(&switch_lock);
}

static DECLARE_DELAYED_WORK(release, release_work);

void np_switch_update_soon(void)
{
	if (!np_anybody())
		mod_delayed_work(system_wq, &release, RELEASE_DELAY);
}

bool np_switch_lock(void)
{
	mutex_lock(&switch_lock);
	return held;
}

void np_switch_unlock(void)
{
	mutex_unlock(&switch_lock);
}

/* Tiering can be left while processes are managed, but not begun. */
static bool adds_tiering(int value)
{
	return value == NUMA_BALANCING_MEMORY_TIERING ||
	       (value & ~operators & NUMA_BALANCING_MEMORY_TIERING);
}

int np_switch_sysctl(const struct ctl_table *table, int write, void *buffer,
		     size_t *lenp, loff_t *ppos)
{
	struct ctl_table mine = *table;
	int value = operators;
	int err;

	if (write && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	mine.data = &value;
	err = proc_dointvec_minmax(&mine, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (adds_tiering(value))
		return -EBUSY;
	operators = value;
	np_balancing_set_mode(value | NUMA_BALANCING_NORMAL);
	update_hiding();
	return 0;
}

void np_switch_state(int *ret_set, int *ret_now)
{
	mutex_lock(&switch_lock);
	*ret_now = np_balancing_mode();
	*ret_set = held ? operators : *ret_now;
	mutex_unlock(&switch_lock);
}

/* Nobody is managed any more and nobody can be. */
void np_switch_exit(void)
{
	mod_delayed_work(system_wq, &release, 0);
	flush_delayed_work(&release);
}
