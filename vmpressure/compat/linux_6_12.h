/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/eventfd.h>
#include <linux/sysctl.h>

#define VP_CTL_TABLE const struct ctl_table
#define VP_TABLE_END

static inline void vp_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx);
}

static inline bool vp_reclaim_is_silent(void)
{
	return false;
}
