/* SPDX-License-Identifier: GPL-2.0 */
/* The machine that the witness was told it looks at. */
#ifndef NP_WITNESS_MACHINE_H
#define NP_WITNESS_MACHINE_H

#include <stdint.h>

#define NP_MAX_NODES	64
#define NP_MAX_VCPUS	256

struct np_machine {
	int nr_nodes;
	int nr_vcpus;
	int cpus[NP_MAX_NODES];
	uint32_t mib[NP_MAX_NODES];
	uint8_t node_of_vcpu[NP_MAX_VCPUS];
};

/* Both lists read "2:2:0", one number per node. Returns 0, or a message. */
const char *np_machine_parse(struct np_machine *m, const char *cpus,
			     const char *memory);

#endif /* NP_WITNESS_MACHINE_H */
