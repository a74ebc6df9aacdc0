/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/eventfd.h>
#include <linux/jump_label.h>
#include <linux/sysctl.h>

#define VP_CTL_TABLE struct ctl_table
#define VP_TABLE_END { }

static inline void vp_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx, 1);
}

/* The multi-generation LRU, off by default, has no trace point in this release. */
static inline bool vp_reclaim_is_silent(void)
{
	struct static_key *on = (struct static_key *)np_symbol("lru_gen_caps");

	return on && static_key_count(on) > 0;
}
