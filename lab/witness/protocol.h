/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a program in the guest speaks to the witness: by one 8-byte load from an
 * agreed virtual address. The address is the message, the value is nothing.
 *
 *	NP_WITNESS_BASE + command * NP_WITNESS_WINDOW + argument * 8
 *
 * The range lies where neither the kernel nor the C library ever maps anything
 * by itself. A guest maps the one page it is about to load from; a load from a
 * fresh private mapping finds the kernel's zero page and costs no memory.
 *
 * There is no answer. What the witness thinks of it stands in its output.
 */
#ifndef NP_WITNESS_PROTOCOL_H
#define NP_WITNESS_PROTOCOL_H

#define NP_WITNESS_BASE		0x300000000000ULL
#define NP_WITNESS_WINDOW_BITS	24
#define NP_WITNESS_WINDOW	(1ULL << NP_WITNESS_WINDOW_BITS)
#define NP_WITNESS_ARG_MAX	(NP_WITNESS_WINDOW / 8 - 1)

enum np_witness_command {
	/* Record run <arg>, from now on, until it is stopped. */
	NP_WITNESS_START = 1,
	NP_WITNESS_STOP,

	/* Calibration, in this order: */
	NP_WITNESS_CAL_BEGIN,	/* forget what was learnt */
	NP_WITNESS_CAL_CPU,	/* the guest says this CPU is on node <arg> */
	NP_WITNESS_CAL_NODE,	/* what follows is about memory of node <arg> */
	NP_WITNESS_CAL_MIB,	/* that node has <arg> MiB */
	NP_WITNESS_CAL_DONE,	/* judge */
	NP_WITNESS_COMMANDS
};

/*
 * Once CAL_NODE has named a node, every access to this range is a
 * sample: a page of that node, wherever the witness then finds it.
 */
#define NP_WITNESS_SAMPLES	(NP_WITNESS_BASE + 0x40000000ULL)
#define NP_WITNESS_SAMPLES_SIZE	0x40000000ULL
#define NP_WITNESS_END		(NP_WITNESS_SAMPLES + NP_WITNESS_SAMPLES_SIZE)

#define NP_WITNESS_ADDRESS(command, arg) \
	(NP_WITNESS_BASE + (command) * NP_WITNESS_WINDOW + (arg) * 8ULL)

#endif /* NP_WITNESS_PROTOCOL_H */
