/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * libnumaplace: NUMA groups, home nodes and lazy migration, for applications.
 *
 * Needs numaplace.ko in the running kernel, and no privileges for a process's
 * own threads and memory.  Every function is thread safe, keeps nothing open
 * and is described in section 3 of the manual.
 *
 * They fail with -1 and errno; ENODEV wherever the module is not loaded.
 */
#ifndef NUMAPLACE_H
#define NUMAPLACE_H

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------- lazy migration */

/*
 * What mbind(2) has hidden since Linux 3.8.  The other modes and flags are those
 * of <numaif.h> or <linux/mempolicy.h>.
 */
#ifndef MPOL_MF_LAZY
#define MPOL_MF_LAZY	 (1<<3)	/* pages move when they are next touched */
#endif
#define MPOL_NOOP	255	/* the memory policy that is there already */

/**
 * np_mbind() - mbind(2) with lazy migration
 * @addr:	start of the range, page aligned
 * @len:	its length in bytes, rounded up to whole pages
 * @mode:	a mode of mbind(2), with its mode flags, or MPOL_NOOP
 * @nodemask:	as for mbind(2); NULL with MPOL_NOOP
 * @maxnode:	bits in @nodemask
 * @flags:	as for mbind(2), or MPOL_MF_MOVE | MPOL_MF_LAZY
 *
 * With MPOL_MF_LAZY no page moves now.  What is there and is touched later moves
 * then, by whoever touches it, to where the memory policy of that moment has it.
 * With MPOL_NOOP that is all that is done.
 *
 * Return: 0 or -1.  errno as of mbind(2), and: EINVAL for MPOL_MF_LAZY without
 * MPOL_MF_MOVE or with another flag, and for MPOL_NOOP with a nodemask or without
 * MPOL_MF_LAZY; ENODEV; EBUSY if the kernel balances memory tiers only.
 */
int np_mbind(void *addr, unsigned long len, int mode,
	     const unsigned long *nodemask, unsigned long maxnode,
	     unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
