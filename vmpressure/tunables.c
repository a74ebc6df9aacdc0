// SPDX-License-Identifier: GPL-2.0
/* vm.vmevent_*: the constants of 2012, for who knows better. */
#include <linux/sysctl.h>

#include "vmpressure.h"
#include "compat/compat.h"

/* Eight of reclaim's batches (SWAP_CLUSTER_MAX), as proposed in 2012; merged with 16. */
unsigned int vp_window = 256;
unsigned int vp_medium = 60;
unsigned int vp_oom = 99;
/* DEF_PRIORITY is 12: a sixteenth of all is examined at once. */
unsigned int vp_oom_priority = 4;

static const unsigned int one = 1, hundred = 100, last_priority = 12;
static const unsigned int largest_window = 1 << 20;

/*
 * Not proc_douintvec_minmax() alone, for MEDIUM must not be above OOM: the two are
 * compared as they would be.
 */
static DEFINE_MUTEX(levels);

static int set_level(VP_CTL_TABLE *table, int write, void *buffer, size_t *lenp,
		     loff_t *ppos)
{
	unsigned int value = *(unsigned int *)table->data;
	struct ctl_table copy = *table;
	int err;

	copy.data = &value;
	mutex_lock(&levels);
	err = proc_douintvec_minmax(&copy, write, buffer, lenp, ppos);
	if (!err && write) {
		if (table->data == &vp_medium ? value > vp_oom : value < vp_medium)
			err = -EINVAL;
		else
			WRITE_ONCE(*(unsigned int *)table->data, value);
	}
	mutex_unlock(&levels);
	return err;
}

#define NUMBER(name_, variable, least, most, handler)			\
	{								\
		.procname = "vmevent_" name_, .data = &(variable),	\
		.maxlen = sizeof(unsigned int), .mode = 0644,		\
		.proc_handler = (handler), .extra1 = (void *)(least),	\
		.extra2 = (void *)(most),				\
	}

static struct ctl_table tunables[] = {
	NUMBER("window", vp_window, &one, &largest_window, proc_douintvec_minmax),
	NUMBER("level_medium", vp_medium, &one, &hundred, set_level),
	NUMBER("level_oom", vp_oom, &one, &hundred, set_level),
	NUMBER("level_oom_priority", vp_oom_priority, SYSCTL_ZERO, &last_priority,
	       proc_douintvec_minmax),
	VP_TABLE_END
};

static struct ctl_table_header *header;

int vp_tunables_init(void)
{
	header = register_sysctl("vm", tunables);
	return header ? 0 : -ENOMEM;
}

void vp_tunables_exit(void)
{
	unregister_sysctl_table(header);
}
