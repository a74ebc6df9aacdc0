/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every reason a page decision can end with: one line each, expanded by the
 * core, the kernel module, the command line and the documentation.
 *
 * X(NAME, "short-name", "what it means")
 *
 * The order is ABI (struct np_ioc_status, struct np_record): append only.
 */
#ifndef NUMAPLACE_REASONS_H
#define NUMAPLACE_REASONS_H

#define NP_REASONS(X)							\
	/* the policy's own answers */					\
	X(NONE,		"none",		"no reason given")		\
	X(LOCAL,	"local",	"the page is on the node that uses it") \
	X(OBSERVE,	"observe",	"the policy only observes")	\
	X(REMOTE_REF,	"remote-reference", "referenced from a CPU of another node") \
	X(FILTERED,	"two-stage-filter", "the last access came from another node") \
	X(HOME,		"home-node",	"the page belongs on the home node") \
	X(SHARED,	"shared",	"used by several nodes alike")	\
	X(STOCK,	"stock",	"left to the stock kernel")	\
	/* refusals and overrides of the core */			\
	X(BAD_NODE,	"bad-node",	"the policy named a node that does not exist") \
	X(OFFLINE,	"node-offline",	"the target node has no online memory") \
	X(CPUSET,	"cpuset",	"the cpuset does not allow the target node") \
	X(MEMPOLICY,	"memory-policy", "an explicit memory policy decides") \
	X(FULL,		"node-full",	"the target node is nearly full") \
	X(MLOCKED,	"mlocked",	"the page is locked in memory")	\
	X(PINNED,	"pinned",	"the page is pinned for device access") \
	X(SHARED_EXEC,	"shared-exec",	"executable file page mapped by several processes") \
	X(DIRTY_FILE,	"dirty-file",	"dirty file page, cannot move without waiting") \
	X(MOVE_FAILED,	"move-failed",	"the page was busy while it was moved") \
	X(NO_STATE,	"no-state",	"no memory for the policy's statistics yet") \
	X(NO_MECHANISM,	"no-mechanism",	"this home cannot do what the policy asked") \
	X(BAD_ANSWER,	"bad-answer",	"the policy's answer is not defined") \
	X(EJECTED,	"ejected",	"the policy misbehaved and was ejected") \
	X(NO_CPU,	"no-cpu",	"the target node has no online CPU")	\
	X(RATE,		"migrate-limit", "as much as may has moved to that node just now") \
	/* of policies again */						\
	X(SPREAD,	"spread",	"the page belongs to one of its users' nodes") \
	X(EXCHANGE,	"exchange",	"both threads gain by changing places") \
	X(ROOM,		"room",		"there is less to do on that node") \
	X(UNSEEN,	"unseen",	"one access is not enough to go by") \
	/* and of the core */						\
	X(QUEUE_FULL,	"queue-full",	"the worker of the target node has too much to do") \
	X(PINGPONG,	"ping-pong",	"held still, for it has come back too often") \
	X(LAZY,		"lazy",		"it follows its memory policy when it is touched") \
	X(GROUP,	"numa-group",	"the application's NUMA group stays together")

enum np_reason {
#define X(name, str, text) NP_R_##name,
	NP_REASONS(X)
#undef X
	NP_NR_REASONS
};

#endif
