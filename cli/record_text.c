// SPDX-License-Identifier: GPL-2.0
/*
 * One struct np_record, for people and for programs.
 */
#include "record_text.h"
#include "names.h"

#include <inttypes.h>
#include <string.h>

/* A node or a CPU; both are -1 if there is none. */
static const char *node_text(char *buf, int16_t node)
{
	if (node < 0)
		strcpy(buf, "-");
	else
		snprintf(buf, 8, "%d", node);
	return buf;
}

/* From where, to where as the policy wants it, to where in the end, and why. */
static void print_decision(FILE *f, const struct np_record *r)
{
	char src[8], asked[8], dst[8], last[8];

	fprintf(f, " 0x%012" PRIx64 " +%-4u node %s -> %s -> %s  %-7s %s "
		"(cpu %d, before %s)", (uint64_t)r->addr, r->pages,
		node_text(src, r->src), node_text(asked, r->asked),
		node_text(dst, r->dst), verdict_name(r->verdict),
		reason_text(r->reason), r->cpu, node_text(last, r->last_cpu));
}

void record_text(FILE *f, const struct np_record *r)
{
	fprintf(f, "%-6s", record_name(r->type));
	if (r->type == NP_REC_WINDOW)
		fprintf(f, " %u pages marked", r->pages);
	else if (r->type == NP_REC_PASS)
		fputs(" end of the address space", f);
	else
		print_decision(f, r);
}

json_t *record_json(const struct np_record *r)
{
	char addr[24];

	snprintf(addr, sizeof(addr), "0x%" PRIx64, (uint64_t)r->addr);
	return json_pack("{s:I, s:I, s:s, s:i, s:i, s:s, s:i, s:i, s:i, s:i,"
			 " s:s, s:s, s:i, s:i, s:i}",
			 "seq", (json_int_t)r->seq,
			 "time_ns", (json_int_t)r->time_ns,
			 "type", record_name(r->type),
			 "pid", (int)r->pid,
			 "tid", (int)r->tid,
			 "addr", addr,
			 "pages", (int)r->pages,
			 "src", (int)r->src,
			 "asked", (int)r->asked,
			 "dst", (int)r->dst,
			 "verdict", verdict_name(r->verdict),
			 "reason", reason_name(r->reason),
			 "cpu", (int)r->cpu,
			 "last_cpu", (int)r->last_cpu,
			 "flags", (int)r->flags);
}
