/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own scanner: task_tick_numa() and task_numa_work() of Linux
 * 6.12, restated.  It differs from the module's (policy/scan.c) in what decides
 * fidelity: each thread looks at its own period only, a window is marked in one
 * go, and since 6.4 an area is left alone unless the scanning thread touched it
 * lately.
 */
#ifndef SIM_STOCK_H
#define SIM_STOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <numaplace/policy.h>

#include "../mem/region.h"

struct cpu;
struct mapping;
struct process;
struct sim;
struct task;

/* policy.c: it, as a policy; 0 or as np_register() */
extern struct np_policy_ops stock_like;
int stock_register(u32 can, const char **why);

/* area.owner */
#define AREA_NOBODY	0		/* touched when the program began */
#define AREA_EVERYBODY	UINT32_MAX	/* all threads touch it always */

/**
 * struct area - what the scanner keeps of a mapping (struct vma_numab_state)
 * @map:	the region behind it; NULL: one page of the program's own
 * @owner:	of those: thread that touches it, or AREA_*
 * @page:	of those
 * @begun:	the scanner has seen it
 * @marked:	of those: the next touch is a hinting fault
 * @scan_ns:	not to be scanned before
 * @reset_ns:	when @active grows older
 * @active:	who touched it, a bit per thread: before, and since the reset
 * @first:	pass in which it was seen first
 * @done:	pass in which it was scanned to its end
 */
struct area {
	struct mapping *map;
	uint32_t owner;
	struct page page;
	bool begun;
	bool marked;
	uint64_t scan_ns;
	uint64_t reset_ns;
	uint64_t active[2];
	uint32_t first;
	uint32_t done;
};

/* Pages [first, end) to be marked. */
struct stock_range {
	struct mapping *map;
	uint32_t first, end;
};

/**
 * struct stock - the scanner of one address space
 * @due:	[nr_due] what the call under way marks
 * @area:	[nr] in order of addresses
 * @at, @page:	where the scan goes on
 */
struct stock {
	unsigned int nr;
	unsigned int at;
	uint32_t page;
	struct stock_range *due;
	unsigned int nr_due;
	struct area area[];
};

/* task.stock: what there is to do once its kernel work is done */
#define STOCK_SCANS	0x1	/* it was scanning */
#define STOCK_PASS_ENDS	0x2	/* and that was the end of a pass */
#define STOCK_TOUCHES	0x4	/* it meets a mark on its stack, or the like */
#define STOCK_CALLS	0x8	/* it has come back from a call to the C library */
#define STOCK_TODO	(STOCK_SCANS | STOCK_PASS_ENDS | STOCK_TOUCHES | STOCK_CALLS)
#define STOCK_WILL_TOUCH 0x10	/* as TOUCHES, when who marks has finished */

/* scan.c: the tick; what is to do after it */
void stock_tick(struct sim *s, struct task *t);
void stock_catch_up(struct sim *s, struct task *t);

/*
 * areas.c; stock_begin() - a process begins, with the threads it will have.
 * Return: false without memory.
 */
bool stock_begin(struct process *p);
/* stock_born() - @t begins, forked on @parent; NULL: by who started all. */
void stock_born(struct sim *s, struct task *t, struct cpu *parent);
/* stock_makes() - @p makes a thread, or has forked. */
void stock_makes(struct sim *s, struct process *p);
void stock_free(struct sim *s, struct process *p);
void stock_touched(struct process *p, const struct mapping *m,
		   const struct task *t);
bool area_due(struct area *a, uint32_t pass, uint64_t now);
bool area_wanted(const struct stock *st, const struct area *a,
		 const struct task *t);
bool area_markable(const struct area *a);
void area_mark(struct area *a, const struct process *p);
/* stock_meets() - are there marks on pages of its own for @t, which runs? */
bool stock_meets(const struct task *t);
/* stock_touch() - it takes those hinting faults. */
void stock_touch(struct sim *s, struct task *t);

#endif
