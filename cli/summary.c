// SPDX-License-Identifier: GPL-2.0
/*
 * One struct np_ioc_status, for people and for programs.
 */
#include "summary.h"
#include "cli.h"
#include "human.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What people see first; the rest is in the JSON. */
static const enum np_counter shown[] = {
	NP_C_FAULTS, NP_C_LOCAL_FAULTS, NP_C_MOVES_ASKED, NP_C_MOVED,
	NP_C_SHADOWED, NP_C_REFUSED, NP_C_SCAN_PASSES, NP_C_SCAN_MARKED,
	NP_C_SCAN_NS, NP_C_FAULT_NS,
};

double cost_estimate(uint64_t marked, uint64_t hint_faults, uint64_t migrated)
{
	return (7.0 * (double)marked + 5000.0 * (double)hint_faults +
		19.0 * (double)migrated) / 1e6;
}

static double cost_of(const struct np_ioc_status *s)
{
	return cost_estimate(s->counter[NP_C_SCAN_MARKED],
			     s->counter[NP_C_FAULTS],
			     s->counter[NP_C_MOVED]);
}

static void remark(FILE *f, const struct np_ioc_status *s, enum np_counter c)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char buf[HUMAN_LEN];

	if (!s->counter[c])
		return;
	if (c == NP_C_LOCAL_FAULTS)
		fprintf(f, "  # %s of them", human_share(buf, s->counter[c],
						s->counter[NP_C_FAULTS]));
	else if (c == NP_C_MOVED || c == NP_C_SHADOWED || c == NP_C_REFUSED)
		fprintf(f, "  # %s", human_bytes(buf, s->counter[c] * page));
	else if (c == NP_C_SCAN_NS)
		fprintf(f, "  # longest call %s",
			human_ns(buf, (uint64_t)s->scan_max_us * 1000));
}

static void print_counter(FILE *f, const struct np_ioc_status *s,
			  enum np_counter c)
{
	int is_time = !strcmp(counter_unit(c), "ns");
	char buf[HUMAN_LEN];

	fprintf(f, "%20s  %-17s", is_time ? human_ns(buf, s->counter[c]) :
		human_count(buf, s->counter[c]), counter_name(c));
	remark(f, s, c);
	fputc('\n', f);
}

static void print_stolen(FILE *f, const struct np_ioc_status *s)
{
	char buf[HUMAN_LEN];

	fprintf(f, "%20s  %-17s  # %s + %s\n",
		human_ns(buf, s->counter[NP_C_SCAN_NS] +
			 s->counter[NP_C_FAULT_NS]), "stolen in all",
		counter_name(NP_C_SCAN_NS), counter_name(NP_C_FAULT_NS));
	fprintf(f, "%20.3f  %-17s  # estimate of 2012, no unit\n", cost_of(s),
		"cost");
}

static void print_reasons(FILE *f, const struct np_ioc_status *s)
{
	char buf[HUMAN_LEN];

	fputs("\n decided because (pages):\n\n", f);
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		if (s->reason[i])
			fprintf(f, "%20s  %-17s  # %s\n",
				human_count(buf, s->reason[i]),
				reason_name(i), reason_text(i));
}

static int any_reason(const struct np_ioc_status *s)
{
	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		if (s->reason[i])
			return 1;
	return 0;
}

void summary_text(FILE *f, const struct np_ioc_status *s)
{
	if (!s->counter[NP_C_SCAN_WINDOWS])
		fputs(" nothing was scanned: a task is first scanned after "
		      "its `scan_delay' of run time\n\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		if (shown[i] != NP_C_SHADOWED || s->shadow ||
		    s->counter[NP_C_SHADOWED])
			print_counter(f, s, shown[i]);
	print_stolen(f, s);
	if (any_reason(s))
		print_reasons(f, s);
}

static json_t *counters_json(const struct np_ioc_status *s)
{
	json_t *j = json_object();

	for (unsigned int i = 0; i < NP_NR_COUNTERS; i++)
		json_object_set_new(j, counter_name(i),
				    json_integer((json_int_t)s->counter[i]));
	return j;
}

static json_t *reasons_json(const struct np_ioc_status *s)
{
	json_t *j = json_object();

	for (unsigned int i = 0; i < NP_NR_REASONS; i++)
		json_object_set_new(j, reason_name(i),
				    json_integer((json_int_t)s->reason[i]));
	return j;
}

json_t *summary_json(const struct np_ioc_status *s)
{
	return json_pack("{s:b, s:I, s:f, s:o, s:o}",
			 "shadow", (int)s->shadow,
			 "scan_longest_us", (json_int_t)s->scan_max_us,
			 "cost", cost_of(s),
			 "counters", counters_json(s),
			 "reasons", reasons_json(s));
}
