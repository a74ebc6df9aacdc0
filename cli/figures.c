// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a point of a sweep, in numbers.
 */
#include "figures.h"

#include <math.h>

const struct figure_info figure_info[NR_FIGURES] = {
	[FIG_LOCAL_FINAL] = { "local_final", NULL, false,
		"local share of accesses in the last quarter" },
	[FIG_LOCAL_OF_HAND] = { "local_of_hand", NULL, false,
		"that, divided by that of policy hand" },
	[FIG_SECONDS_TO_90] = { "seconds_to_90pct_of_hand", NULL, false,
		"null = never, if local_of_hand is there" },
	[FIG_WORK] = { "work", "work.work", false, "done, in work_unit" },
	[FIG_ACCESSES] = { "accesses", NULL, false, "loads and stores" },
	[FIG_HINT_FAULTS] = { "hint_faults", "vmstat.numa_hint_faults", true,
		"hinting faults" },
	[FIG_PAGES_MOVED] = { "pages_moved", "vmstat.numa_pages_migrated", true,
		"base pages that changed node" },
	[FIG_PING_PONGS] = { "ping_pongs", "sim.ping_pongs", true,
		"of those, back to where they had just left" },
	[FIG_TASK_MOVES] = { "task_moves", "sim.task_moves", true,
		"threads moved between nodes by the policy" },
	[FIG_SWITCHES] = { "switches", "sim.context_switches", true,
		"context switches" },
	[FIG_WAKEUPS] = { "wakeups", "sim.wakeups", true, "of threads" },
	[FIG_WAKEUP_MEAN] = { "wakeup_latency_mean_ms",
		"sim.wakeup_latency_mean_ms", false, "until they ran" },
	[FIG_WAKEUP_MAX] = { "wakeup_latency_max_ms",
		"sim.wakeup_latency_max_ms", false, "the longest" },
	[FIG_FAIRNESS] = { "fairness", "work.fairness", false,
		"Jain's index of CPU time; 1 = fair" },
	[FIG_WORST] = { "worst_share", "work.worst_share", false,
		"least CPU time of a thread, of the mean" },
	[FIG_USER] = { "user_seconds", "sim.user_s", false,
		"CPU time in programs" },
	[FIG_KERNEL] = { "kernel_seconds", "sim.kernel_s", false,
		"CPU time in the kernel" },
	[FIG_BALANCER] = { "balancer_seconds", "sim.balancer_s", false,
		"CPU time spent on balancing" },
	[FIG_ELAPSED] = { "elapsed_seconds", "sim.elapsed_s", false,
		"simulated time until the workload or the point ended" },
};

void figures_of(const struct run *run, double figure[NR_FIGURES])
{
	for (int i = 0; i < NR_FIGURES; i++)
		figure[i] = figure_info[i].path ?
			    run_number(run, figure_info[i].path) : NAN;
	figure[FIG_LOCAL_FINAL] = run->local_final;
	figure[FIG_ACCESSES] = run->nr_samples ?
			       run->sample[run->nr_samples - 1].accesses : 0;
}
