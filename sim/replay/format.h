/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace files, byte by byte: docs/trace-format.md.  Little-endian, as written by
 * the machines this runs on.
 */
#ifndef SIM_REPLAY_FORMAT_H
#define SIM_REPLAY_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC		"NPTRACE"	/* with its NUL: 8 bytes */
#define TRACE_VERSION		1
#define TRACE_TEXT		256		/* with the final NUL */
#define TRACE_MAX_CPUS		8192
#define TRACE_BLOCK_RECORDS	4096		/* in one block, at most */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "traces are little-endian");

/* The first bytes of the file, as they are. */
struct trace_start {
	char magic[8];
	uint32_t version;
	uint32_t reserved;
};

enum trace_block_type {
	TRACE_MACHINE = 1,	/* once, first */
	TRACE_RECORDS,
	TRACE_END,		/* once, last */
};

/* Each block is one zstd frame; it begins with this. */
struct trace_block {
	uint32_t type;
	uint32_t nr;		/* TRACE_RECORDS: that follow; else 0 */
};

/*
 * TRACE_MACHINE.  Behind it node_flags[nr_nodes], cpu_node[nr_cpus] and
 * distance[nr_nodes * nr_nodes], as in struct np_machine.
 */
struct trace_machine {
	uint32_t abi;
	uint16_t record_size;
	uint16_t page_shift;
	uint16_t nr_nodes;
	uint16_t nr_cpus;
	uint32_t reserved;
	char origin[TRACE_TEXT];
	char command[TRACE_TEXT];
};

/* TRACE_END */
struct trace_end {
	uint64_t records;	/* in the whole file */
};

#endif
