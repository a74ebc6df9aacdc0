// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of tables for people: a mean, and the least and the most where
 * they look different.
 */
#include "sweep_cells.h"
#include "cli.h"
#include "human.h"

#include <math.h>
#include <string.h>

const struct sweep_column sweep_columns[] = {
	{ FIG_LOCAL_FINAL, "LOCAL", true,
	  "local share of accesses in the last quarter" },
	{ FIG_LOCAL_OF_HAND, "OF HAND", true,
	  "that, divided by that of the same point placed by hand" },
	{ FIG_SECONDS_TO_90, "S TO 90 %", true,
	  "from then on at least nine tenths of placement by hand" },
	{ FIG_WORK_OF_OFF, "WORK / OFF", true,
	  "work done, divided by that of the same point without balancing" },
	{ FIG_HINT_FAULTS, "HINT FAULTS", true, "hinting faults" },
	{ FIG_PAGES_MOVED, "PAGES MOVED", true,
	  "base pages that changed node" },
	{ FIG_PING_PONGS, "PING-PONGS", false,
	  "pages moved back to where they had just left" },
	{ FIG_TASK_MOVES, "TASK MOVES", false,
	  "threads moved between nodes by the policy" },
	{ FIG_BALANCER, "BALANCER S", false, "CPU time spent on balancing" },
	{ FIG_WAKEUP_MEAN, "WAKE-UP MS", false,
	  "mean time from wake-up to running" },
	{ FIG_FAIRNESS, "FAIRNESS", false,
	  "Jain's index of CPU time; 1 is fair" },
	{ FIG_ELAPSED, "ELAPSED S", false,
	  "simulated time until the workload, or the point, ended" },
};

const size_t nr_sweep_columns = ARRAY_SIZE(sweep_columns);

static const char *number(char *buf, int figure, double value)
{
	switch (figure) {
	case FIG_LOCAL_FINAL:
	case FIG_LOCAL_OF_HAND:
		snprintf(buf, HUMAN_LEN, "%.1f", 100 * value);
		return buf;
	case FIG_SECONDS_TO_90:
		snprintf(buf, HUMAN_LEN, "%.0f", value);
		return buf;
	case FIG_WORK_OF_OFF:
	case FIG_BALANCER:
	case FIG_ELAPSED:
		snprintf(buf, HUMAN_LEN, "%.2f", value);
		return buf;
	case FIG_WAKEUP_MEAN:
	case FIG_FAIRNESS:
		snprintf(buf, HUMAN_LEN, "%.3f", value);
		return buf;
	default:
		return human_count(buf, (uint64_t)llround(value));
	}
}

static const char *unit(int figure)
{
	return figure == FIG_LOCAL_FINAL || figure == FIG_LOCAL_OF_HAND ?
	       " %" : "";
}

/* A figure that only some points have, or none. */
static const char *absent(const struct sweep_row *row, int figure)
{
	if (figure == FIG_SECONDS_TO_90 &&
	    sweep_spread(row, FIG_LOCAL_OF_HAND).nr)
		return "never";
	return "-";
}

const char *sweep_cell(char *buf, const struct sweep_column *c,
		       const struct sweep_row *row)
{
	char mean[HUMAN_LEN], min[HUMAN_LEN], max[HUMAN_LEN];
	struct spread s = sweep_spread(row, c->figure);
	int len;

	if (!s.nr)
		return strcpy(buf, absent(row, c->figure));
	number(mean, c->figure, s.mean);
	number(min, c->figure, s.min);
	number(max, c->figure, s.max);
	len = snprintf(buf, CELL_LEN, "%s%s", mean, unit(c->figure));
	if (strcmp(min, max))
		len += snprintf(buf + len, CELL_LEN - (size_t)len,
				" (%s .. %s)", min, max);
	if (s.nr < row->nr)
		snprintf(buf + len, CELL_LEN - (size_t)len, ", %zu %s",
			 row->nr - s.nr, absent(row, c->figure));
	return buf;
}
