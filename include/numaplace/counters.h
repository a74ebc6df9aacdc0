/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every counter, once: name, unit, and when it ticks.  Kept per process,
 * per policy and for the whole machine under the same names.
 *
 * X(NAME, "name", "unit", "when it ticks")
 *
 * The order is ABI (struct np_ioc_status): append only.
 */
#ifndef NUMAPLACE_COUNTERS_H
#define NUMAPLACE_COUNTERS_H

#define NP_COUNTERS(X)							\
	X(SCAN_WINDOWS,	"scan_windows",	"calls",			\
	  "a task went through one scan window of its address space")	\
	X(SCAN_PASSES,	"scan_passes",	"passes",			\
	  "the windows reached the end of the address space")		\
	X(SCAN_PAGES,	"scanned",	"pages",			\
	  "address space walked by the scan, in base pages")		\
	X(SCAN_MARKED,	"marked",	"pages",			\
	  "page table entries marked for a hinting fault, in base pages") \
	X(SCAN_BUDGET,	"scan_budget_stops", "calls",			\
	  "a scan window stopped early because its latency budget was spent") \
	X(SCAN_BUSY,	"scan_lock_busy", "calls",			\
	  "a scan window was given up because the address space was locked") \
	X(SCAN_NS,	"scan_time",	"ns",				\
	  "time a task spent marking instead of running")		\
	X(FAULTS,	"hint_faults",	"faults",			\
	  "a marked page was touched")					\
	X(FAULT_PAGES,	"hint_pages",	"pages",			\
	  "base pages behind those faults (a huge page counts whole)")	\
	X(LOCAL_FAULTS,	"hint_faults_local", "faults",			\
	  "of those faults: page and CPU were on the same node")	\
	X(MOVES_ASKED,	"moves_asked",	"pages",			\
	  "the policy wanted the page elsewhere")			\
	X(MOVED,	"pages_migrated", "pages",			\
	  "the page arrived on the node that was asked for")		\
	X(REFUSED,	"pages_refused", "pages",			\
	  "the core or the kernel did not do what the policy asked")	\
	X(SHADOWED,	"pages_shadowed", "pages",			\
	  "shadow mode: would have moved")				\
	X(FAULT_NS,	"fault_time",	"ns",				\
	  "time from a hinting fault's decision to its end, copying included") \
	X(TASK_ASKED,	"task_moves_asked", "tasks",			\
	  "the policy asked for a home node, a move or a swap")		\
	X(TASK_REFUSED,	"task_moves_refused", "tasks",			\
	  "of those: the core or the kernel did not do it")		\
	X(RETURNED,	"pages_returned", "pages",			\
	  "a page came back to a node that it had left within 8 passes (one of 8 base pages is looked at, and counts for 8)") \
	X(TASK_RETURNED, "task_returns", "tasks",			\
	  "a thread came back to such a node")

enum np_counter {
#define X(name, str, unit, when) NP_C_##name,
	NP_COUNTERS(X)
#undef X
	NP_NR_COUNTERS
};

#endif
