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
static int operators;	/* the operator's setting while held */
static bool hide_scan;

static void release_work(struct work_struct *work)
{
	np_switch_update();
}

static DECLARE_DELAYED_WORK(release, release_work);

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

static int update(bool wanted)
{
	int err = 0;

	mutex_lock(&switch_lock);
	if (wanted && !held)
		err = hold();
	else if (!wanted && held)
		let_go();
	mutex_unlock(&switch_lock);
	return err;
}

int np_switch_update(void)
{
	return update(np_anybody());
}

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
	if (value & NUMA_BALANCING_MEMORY_TIERING)
		return -EBUSY;	/* not while processes are managed */
	operators = value;
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
	cancel_delayed_work_sync(&release);
	update(false);
}
