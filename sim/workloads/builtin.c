// SPDX-License-Identifier: GPL-2.0
/*
 * The texts of builtin/, put into the program by the assembler, which finds
 * them from the top of the tree.
 */
#include "builtin.h"

#define EMBED(name)							\
	__asm__(".pushsection .rodata\n"				\
		".global work_text_" #name "\n"				\
		"work_text_" #name ":\n"				\
		".incbin \"sim/workloads/builtin/" #name ".work\"\n"		\
		".global work_end_" #name "\n"				\
		"work_end_" #name ":\n"					\
		".byte 0\n"						\
		".popsection\n");					\
	extern const char work_text_ ## name[], work_end_ ## name[];

#define ENTRY(name)	{ #name, work_text_ ## name, work_end_ ## name },

/* In the order of --list: those of lab/workloads first. */
#define BUILTINS(x)							\
	x(numa01) x(numa01_thread) x(numa02) x(numa02_smt) x(forkstorm)	\
	x(idle) x(phases) x(pingpong) x(warehouse) x(mixed)		\
	x(pairs) x(messages) x(kernbuild) x(stream) x(latency)

BUILTINS(EMBED)

static const struct work_builtin builtins[] = { BUILTINS(ENTRY) };

const struct work_builtin *work_builtin(unsigned int i)
{
	return i < sizeof(builtins) / sizeof(builtins[0]) ? &builtins[i] : NULL;
}
