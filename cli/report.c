// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of a run that all forms of the report share.
 */
#include "report.h"
#include "derive.h"
#include "summary.h"

/* The guest's /proc/vmstat, end minus start: the same for every policy. */
double run_hint_faults(const struct run *run)
{
	return run_number(run, "vmstat.numa_hint_faults");
}

double run_pages_migrated(const struct run *run)
{
	return run_number(run, "vmstat.numa_pages_migrated");
}

double run_cost(const struct run *run)
{
	return cost_estimate((uint64_t)run_number(run,
						  "vmstat.numa_pte_updates"),
			     (uint64_t)run_hint_faults(run),
			     (uint64_t)run_pages_migrated(run));
}

double run_kernel_per_user(const struct run *run)
{
	struct window all = window_between(run, 0, run_length(run));

	return all.user > 0 ? all.kernel / all.user : 0;
}

double run_work_done(const struct run *run)
{
	return run_number(run, "work.work");
}

const char *run_work_unit(const struct run *run)
{
	json_t *work = json_object_get(run->guest, "work");
	const char *unit = json_string_value(json_object_get(work, "unit"));

	return unit ? unit : "";
}
