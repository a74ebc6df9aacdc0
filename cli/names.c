// SPDX-License-Identifier: GPL-2.0
/*
 * Words for the numbers of the contract headers, expanded from their lists.
 */
#include "names.h"
#include "cli.h"

#include <string.h>

#define PICK(table, i, field) \
	((i) < ARRAY_SIZE(table) && (table)[i].field ? (table)[i].field : "?")

static const struct {
	const char *name, *unit, *text;
} counters[] = {
#define X(id, str, unit_, when) [NP_C_##id] = { str, unit_, when },
	NP_COUNTERS(X)
#undef X
};

static const struct {
	const char *name, *text;
} reasons[] = {
#define X(id, str, text_) [NP_R_##id] = { str, text_ },
	NP_REASONS(X)
#undef X
};

static const struct {
	const char *name;
} verdicts[NP_NR_VERDICTS] = {
	[NP_STAY]	= { "stay" },
	[NP_MOVE]	= { "move" },
	[NP_QUEUE]	= { "queue" },
	[NP_SHADOW]	= { "shadow" },
	[NP_REFUSED]	= { "refused" },
};

static const struct {
	const char *name;
} records[] = {
	[NP_REC_PAGE]	= { "page" },
	[NP_REC_MOVED]	= { "moved" },
	[NP_REC_FAILED]	= { "failed" },
	[NP_REC_WINDOW]	= { "window" },
	[NP_REC_PASS]	= { "pass" },
	[NP_REC_TASK]	= { "task" },
	[NP_REC_WORKED]	= { "worked" },
	[NP_REC_PULLED]	= { "pulled" },
	[NP_REC_BROUGHT] = { "back" },
	[NP_REC_KEPT]	= { "kept" },
	[NP_REC_PLAN]	= { "plan" },
	[NP_REC_MARKED]	= { "marked" },
	[NP_REC_SCANNED] = { "scanned" },
	[NP_REC_THREAD]	= { "thread" },
	[NP_REC_SPEC]	= { "spec" },
	[NP_REC_ATTACH]	= { "attach" },
	[NP_REC_FORK]	= { "fork" },
	[NP_REC_EXEC]	= { "exec" },
	[NP_REC_EXIT]	= { "exit" },
	[NP_REC_GONE]	= { "gone" },
	[NP_REC_PLACE]	= { "place" },
	[NP_REC_HOME]	= { "home" },
	[NP_REC_RUNNING] = { "runs" },
	[NP_REC_LOAD]	= { "load" },
	[NP_REC_WORD]	= { "noted" },
	[NP_REC_CAME]	= { "came" },
	[NP_REC_JOINED]	= { "joined" },
	[NP_REC_BOUND]	= { "bound" },
};

static const struct {
	const char *name, *text;
} effects[] = {
	[NP_EFF_UNMANAGED] = { "unmanaged", "the stock kernel decides" },
	[NP_EFF_WAITING]   = { "waiting", "managed, not scanned yet" },
	[NP_EFF_PLACING]   = { "placing", "pages are placed" },
	[NP_EFF_OBSERVING] = { "observing",
			       "decisions are recorded, nothing moves" },
	[NP_EFF_STOCK]     = { "stock",
			       "the policy leaves all to the stock kernel" },
	[NP_EFF_ONE_NODE]  = { "one-node",
			       "the cpuset leaves no choice of node" },
	[NP_EFF_MEMPOLICY] = { "memory-policy",
			       "a memory policy of the whole task decides" },
	[NP_EFF_EJECTED]   = { "ejected", "the policy misbehaved and was "
			       "ejected: the stock kernel decides" },
};

const char *counter_name(unsigned int counter)
{
	return PICK(counters, counter, name);
}

const char *counter_unit(unsigned int counter)
{
	return PICK(counters, counter, unit);
}

const char *counter_text(unsigned int counter)
{
	return PICK(counters, counter, text);
}

const char *reason_name(unsigned int reason)
{
	return PICK(reasons, reason, name);
}

const char *reason_text(unsigned int reason)
{
	return PICK(reasons, reason, text);
}

const char *verdict_name(unsigned int verdict)
{
	return PICK(verdicts, verdict, name);
}

const char *record_name(unsigned int type)
{
	return PICK(records, type, name);
}

const char *effective_name(unsigned int effective)
{
	return PICK(effects, effective, name);
}

const char *effective_text(unsigned int effective)
{
	return PICK(effects, effective, text);
}

int reason_find(const char *name)
{
	for (int i = 0; i < NP_NR_REASONS; i++)
		if (!strcmp(reasons[i].name, name))
			return i;
	return -1;
}
