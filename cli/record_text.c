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

static void print_worked(FILE *f, const struct np_record *r)
{
	char src[8], asked[8], dst[8];

	fprintf(f, " 0x%012" PRIx64 " +%-4u node %s -> %s -> %s  %-7s %s",
		(uint64_t)r->addr, r->pages, node_text(src, r->src),
		node_text(asked, r->asked), node_text(dst, r->dst),
		verdict_name(r->verdict), reason_text(r->reason));
}

static const char *verb_name(unsigned int verb)
{
	static const char *const names[] = { "nothing", "home", "move", "swap" };

	return verb < sizeof(names) / sizeof(names[0]) ? names[verb] : "?";
}

static void print_wish(FILE *f, const struct np_record *r)
{
	char asked[8], dst[8], cpu[8];

	fprintf(f, " %s: node %s -> %s, cpu %s  %-7s %s", verb_name(r->flags),
		node_text(asked, r->asked), node_text(dst, r->dst),
		node_text(cpu, r->cpu), verdict_name(r->verdict),
		reason_text(r->reason));
}

static void print_plan(FILE *f, const struct np_record *r)
{
	fprintf(f, " %u pages from 0x%012" PRIx64 ", again after %u ms, at most "
		"%u us at a time", r->pages, (uint64_t)r->addr,
		(unsigned int)(r->value >> 32), (unsigned int)r->value);
}

static void print_piece(FILE *f, const struct np_record *r)
{
	char text[NP_SPEC_PIECE + 1] = "";

	memcpy(text, &r->addr, sizeof(r->addr));
	memcpy(text + sizeof(r->addr), &r->value, sizeof(r->value));
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fprintf(f, " '%s'", text);
}

static void print_scan(FILE *f, const struct np_record *r)
{
	if (r->type == NP_REC_PLAN)
		print_plan(f, r);
	else if (r->type == NP_REC_MARKED)
		fprintf(f, " %u of %" PRIu64 " pages, up to 0x%012" PRIx64,
			r->pages, (uint64_t)r->value, (uint64_t)r->addr);
	else
		fprintf(f, " %" PRIu64 " ns%s", (uint64_t)r->value,
			r->flags ? ", the window is done" : "");
}

static void print_running(FILE *f, const struct np_record *r)
{
	if (r->value)
		fprintf(f, " thread %u of process %u", (unsigned int)r->value,
			(unsigned int)(r->value >> 32));
	fprintf(f, "%s%s", r->flags & NP_RUNNING_IDLE ? " nobody" : "",
		r->flags & NP_RUNNING_MOVABLE ? ", movable" : "");
	fputs(r->flags & NP_RUNNING_HOMELESS ? ", at home nowhere" : "", f);
}

static void print_answer(FILE *f, const struct np_record *r)
{
	if (r->type == NP_REC_RUNNING)
		print_running(f, r);
	else
		fprintf(f, " of node %d: %" PRIu64, r->dst, (uint64_t)r->value);
}

static void print_life(FILE *f, const struct np_record *r)
{
	switch (r->type) {
	case NP_REC_THREAD:
		fputs(" has state from now on", f);
		break;
	case NP_REC_ATTACH:
		fputs(" taken over by the policy spelt out before", f);
		break;
	case NP_REC_FORK:
		fprintf(f, " child of %" PRIu64, (uint64_t)r->value);
		break;
	case NP_REC_EXEC:
		fputs(" a new address space", f);
		break;
	case NP_REC_EXIT:
		fputs(r->flags ? " the last thread" : " a thread", f);
		break;
	case NP_REC_GONE:
		fputs(" not managed any more", f);
		break;
	case NP_REC_PLACE:
		fputs(" what does the thread want?", f);
		break;
	case NP_REC_CAME:
		fprintf(f, " from node %d to node %d", r->src, r->dst);
		break;
	case NP_REC_JOINED:
		fprintf(f, " the NUMA group of process %" PRIu64, (uint64_t)r->value);
		break;
	case NP_REC_BOUND:
		fputs(r->flags ? " in a group of the application's" :
				 " in no group of the application's any more", f);
		break;
	case NP_REC_HOME:
		fprintf(f, " its home is node %d from now on", r->dst);
		break;
	}
}

void record_text(FILE *f, const struct np_record *r)
{
	fprintf(f, "%-6s", record_name(r->type));
	switch (r->type) {
	case NP_REC_WINDOW:
		fprintf(f, " %u pages marked", r->pages);
		break;
	case NP_REC_PASS:
		fputs(" end of the address space", f);
		break;
	case NP_REC_TASK:
	case NP_REC_PULLED:
	case NP_REC_BROUGHT:
		print_wish(f, r);
		break;
	case NP_REC_WORKED:
		print_worked(f, r);
		break;
	case NP_REC_PLAN:
	case NP_REC_MARKED:
	case NP_REC_SCANNED:
		print_scan(f, r);
		break;
	case NP_REC_SPEC:
		print_piece(f, r);
		break;
	case NP_REC_RUNNING:
	case NP_REC_LOAD:
	case NP_REC_WORD:
		print_answer(f, r);
		break;
	case NP_REC_PAGE:
	case NP_REC_MOVED:
	case NP_REC_FAILED:
	case NP_REC_KEPT:
		print_decision(f, r);
		break;
	default:
		print_life(f, r);
	}
}

json_t *record_json(const struct np_record *r)
{
	char addr[24];

	snprintf(addr, sizeof(addr), "0x%" PRIx64, (uint64_t)r->addr);
	return json_pack("{s:I, s:I, s:s, s:i, s:i, s:s, s:i, s:i, s:i, s:i,"
			 " s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:I}",
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
			 "flags", (int)r->flags,
			 "node", (int)r->node,
			 "last_node", (int)r->last_node,
			 "state", (int)r->state,
			 "value", (json_int_t)r->value);
}
