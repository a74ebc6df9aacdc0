// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison as a table for people.
 */
#include "report.h"
#include "cli.h"
#include "human.h"
#include "table.h"

#include <math.h>
#include <string.h>

static const char *const heads[] = {
	"WORKLOAD", "POLICY", ">LOCAL", ">OF HAND", ">S TO 90 %",
	">HINT FAULTS", ">PAGES MOVED", ">KERNEL/USER", ">WORK", ">COST", NULL
};

static const char *percent(char *buf, double fraction)
{
	if (fraction >= 0)
		snprintf(buf, HUMAN_LEN, "%.1f %%", 100 * fraction);
	else
		strcpy(buf, "-");
	return buf;
}

static const char *seconds(char *buf, const struct run *run)
{
	if (run->seconds_to_90 >= 0)
		snprintf(buf, HUMAN_LEN, "%.0f", run->seconds_to_90);
	else
		strcpy(buf, run->hand_final >= 0 ? "never" : "-");
	return buf;
}

static int add_run(struct libscols_table *t, const struct run *run)
{
	char local[HUMAN_LEN], hand[HUMAN_LEN], near[HUMAN_LEN];
	char faults[HUMAN_LEN], moved[HUMAN_LEN], work[HUMAN_LEN];
	double of_hand = run->hand_final > 0 ?
			 run->local_final / run->hand_final : NEVER;

	return table_row(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.3f\t%s %s\t%.2f",
			 run->workload, run->policy,
			 percent(local, run->local_final),
			 percent(hand, of_hand), seconds(near, run),
			 human_count(faults, (uint64_t)run_hint_faults(run)),
			 human_count(moved, (uint64_t)run_pages_migrated(run)),
			 run_kernel_per_user(run),
			 human_count(work, (uint64_t)run_work_done(run)),
			 run_work_unit(run), run_cost(run));
}

int report_table(const struct report *r)
{
	struct libscols_table *t = table_new(heads);
	int ret = t ? 0 : -1;

	for (size_t i = 0; !ret && i < r->runs.nr; i++)
		ret = add_run(t, &r->runs.run[i]);
	if (!ret)
		return table_print(t);
	if (t)
		table_free(t);
	return -1;
}
