/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernel releases: linux_<release>.h, which Kbuild picks and
 * stops on a release that has none.
 *
 *	VP_CTL_TABLE	what a handler of a sysctl is given
 *	VP_TABLE_END	the last entry of a table of them, or nothing
 *	vp_eventfd_signal()	add 1
 *	vp_reclaim_is_silent()	does reclaim tell nothing, as it is set now?
 */
#ifndef VP_COMPAT_H
#define VP_COMPAT_H

#include VP_RELEASE

#endif
