/* SPDX-License-Identifier: GPL-2.0 */
/* Telling the witness something; see lab/witness/protocol.h. */
#ifndef NP_GUEST_WITNESS_H
#define NP_GUEST_WITNESS_H

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../witness/protocol.h"

/* Returns 0, or -1 with errno if the page could not be mapped. */
static inline int np_witness_tell(enum np_witness_command command,
				  unsigned long arg)
{
	uintptr_t address = NP_WITNESS_ADDRESS((uintptr_t)command, arg);
	size_t size = sysconf(_SC_PAGESIZE);
	void *page = (void *)(address & ~(size - 1));

	if (mmap(page, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) != page)
		return -1;
	(void)*(volatile uint64_t *)address;
	return munmap(page, size);
}

#endif /* NP_GUEST_WITNESS_H */
