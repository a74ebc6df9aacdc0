/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy contract: what a placement policy is told, what it may answer,
 * and who has the last word (the core, policy/decide.c).
 *
 * The same policy source is compiled into the kernel module and into user
 * space.  A policy therefore has no clock, no randomness, no locks, no
 * allocation and no I/O: time, topology and load arrive as arguments.
 *
 * Units, unless a name says otherwise: times in ns of the machine's monotonic
 * clock, memory in base pages, addresses in bytes, distances in SLIT units
 * (10 = local).  Node ids run from 0 to nr_nodes - 1 and may have holes.
 */
#ifndef NUMAPLACE_POLICY_H
#define NUMAPLACE_POLICY_H

#include "np_env.h"		/* supplied by each home under one guard */

#include <numaplace/counters.h>
#include <numaplace/reasons.h>
#include <numaplace/record.h>

#define NP_NAME_LEN	16	/* policy names, with the final NUL */
#define NP_SPEC_LEN	256	/* "name:key=value,...", with the final NUL */
#define NP_MAX_NODES	1024	/* MAX_NUMNODES of x86-64 distribution kernels */
#define NP_MAX_POLICIES	32
#define NP_MAX_PARAMS	32	/* core parameters included */

/* Private state of a policy, in fixed slots owned by the core (bytes). */
#define NP_TASK_SLOT	64
#define NP_PROC_SLOT	128
#define NP_NODE_SLOT	64

/* State of a policy must fit its slot; checked where the policy is compiled. */
#define NP_SLOT_CHECK(type, slot) \
	_Static_assert(sizeof(type) <= (slot), #type " does not fit " #slot)

struct np_proc;
struct np_task;
struct np_instance;
struct np_ctx;
struct np_fault;
struct np_group;
struct np_machine;

/* ------------------------------------------------------------------ machine */

#define NP_NODE_MEMORY	0x1	/* has online memory */
#define NP_NODE_CPU	0x2	/* has online CPUs */

/**
 * struct np_load - how busy a node is, as the home measures it
 * @cpus:	online CPUs
 * @idle:	of those, idle now
 * @cpu_load:	sum of load weights of tasks whose home is this node
 * @away_load:	of those, the part that runs on other nodes
 * @free_pages:	free base pages
 * @all_pages:	base pages of the node
 * @foreign_pages: allocations meant for this node that went elsewhere, so far
 */
struct np_load {
	u32 cpus;
	u32 idle;
	u64 cpu_load;
	u64 away_load;
	u64 free_pages;
	u64 all_pages;
	u64 foreign_pages;
};

/**
 * struct np_running - who runs on a CPU (snapshot, may be stale at once)
 * @task:	its state if it is managed, or NULL
 * @idle:	nobody runs
 * @movable:	it may run on the asking task's CPU and the other way round
 * @homeless:	it is not managed, and the kernel prefers no node for it either
 */
struct np_running {
	struct np_task *task;
	bool idle;
	bool movable;
	bool homeless;
};

/**
 * struct np_home_ops - what the core and the policies may ask of their home
 * @refusal:	(required) why the page of @f may not go to node @nid, or
 *		NP_R_NONE.  Called with the page-table lock held.
 * @trace:	(optional) show one event to whoever watches.  The core ticks the
 *		counters in the same breath (policy/event.c), so that numbers
 *		and traces cannot disagree.
 * @load:	(optional) load of one node.
 * @running:	(optional) who runs on one CPU.
 * @group_new:	(with NP_CAN_GROUPS) np_group_bytes() of zeroed memory, or NULL.
 *		May be called with locks held.
 * @group_free:	(with NP_CAN_GROUPS) nobody can join it any more, but others may
 *		be reading it.
 * @group_hold, @group_release: (optional) in between nobody else changes the
 *		group.  Homes need them in which several threads make calls.
 * @sharer:	(optional) the process whose thread touched the page of @f last,
 *		if that still runs where it did, has the same policy, and may be in
 *		one group with the process of @c; or NULL.
 */
struct np_home_ops {
	enum np_reason (*refusal)(const struct np_ctx *c,
				  const struct np_fault *f, int nid);
	void (*trace)(const struct np_ctx *c, const struct np_record *rec);
	void (*load)(const struct np_ctx *c, int nid, struct np_load *load);
	void (*running)(const struct np_ctx *c, int cpu,
			struct np_running *running);
	struct np_group *(*group_new)(const struct np_machine *m);
	void (*group_free)(struct np_group *g);
	void (*group_hold)(struct np_group *g);
	void (*group_release)(struct np_group *g);
	struct np_proc *(*sharer)(const struct np_ctx *c,
				  const struct np_fault *f);
};

/* Abilities: what a policy needs and a home offers; checked at registration. */
#define NP_CAN_TASK_STATS	0x0001	/* np_task.stats */
#define NP_CAN_PROC_STATS	0x0002	/* np_proc.stats */
#define NP_CAN_QUEUE		0x0004	/* NP_QUEUE: migration by a worker */
#define NP_CAN_SCAN_WORKER	0x0008	/* a worker scans, not the tasks themselves */
#define NP_CAN_HOME		0x0010	/* soft home nodes */
#define NP_CAN_MOVE		0x0020	/* task moves */
#define NP_CAN_SWAP		0x0040	/* swaps of two tasks */
#define NP_CAN_BALANCE		0x0080	/* the periodic balance verb */
#define NP_CAN_LOAD		0x0100	/* np_home_ops.load */
#define NP_CAN_RUNNING		0x0200	/* np_home_ops.running */
#define NP_CAN_GROUPS		0x0400	/* np_proc.stats are those of its group */
#define NP_CAN_ALL		0x07ff

/* np_machine.mute */
#define NP_MUTE_NOTHING	0
#define NP_MUTE_FEED	1	/* what only a replay needs (numaplace/record.h) */
#define NP_MUTE_ALL	2

/**
 * struct np_machine - the topology, constant while a policy runs
 * @nr_nodes:	highest node id + 1
 * @nr_cpus:	highest CPU id + 1
 * @can:	NP_CAN_* the home offers
 * @node_flags:	[nr_nodes] NP_NODE_*
 * @cpu_node:	[nr_cpus] node of each CPU, NP_NO_NODE for absent CPUs
 * @distance:	[nr_nodes * nr_nodes] SLIT distance from row to column
 * @home:	the home's side
 * @mute:	NP_MUTE_*: what nobody wants to be shown; may change at any time
 */
struct np_machine {
	u16 nr_nodes;
	u16 nr_cpus;
	u32 can;
	u8 mute;
	const u8 *node_flags;
	const s16 *cpu_node;
	const u8 *distance;
	const struct np_home_ops *home;
};

static inline bool np_node_has_memory(const struct np_machine *m, int nid)
{
	return nid >= 0 && nid < m->nr_nodes &&
	       (m->node_flags[nid] & NP_NODE_MEMORY);
}

static inline int np_distance(const struct np_machine *m, int from, int to)
{
	return m->distance[from * m->nr_nodes + to];
}

/* -------------------------------------------------------------------- state */

/* What struct np_stats counts per node. */
enum np_stats_kind {
	NP_STATS_SHARED,	/* memory here; another task touched it last time */
	NP_STATS_PRIVATE,	/* memory here; the same task did */
	NP_STATS_CPU,		/* the CPU that faulted is here */
	NP_NR_STATS
};

#define NP_STATS_SLOTS	64	/* nodes that are counted at once, at most */
#define NP_STATS_WINDOW	8	/* slots in which a node is looked for */

/**
 * struct np_stats_slot - the counts of one node
 * @count:	base pages
 * @nid:	the node, or NP_NO_NODE if the slot is free
 */
struct np_stats_slot {
	u32 count[NP_NR_STATS];
	s16 nid;
};

/**
 * struct np_stats - hinting faults by the node of the memory, private and
 * shared apart, and by the node of the CPU
 *
 * On machines of up to NP_STATS_SLOTS nodes each has a slot of its own.  On
 * larger ones a node that faults for the first time, and finds no free slot,
 * takes that of a node with few faults, whose counts are lost: with memory on
 * more nodes than that a thread has no home anyway.
 *
 * @nr_nodes:	nodes of the machine
 * @total:	sum over the two kinds by memory, of nodes that have a slot
 * @mask:	number of slots (a power of two) - 1
 * @window:	slots in which a node is looked for, from its id & @mask on
 * @slot:	[@mask + 1]
 */
struct np_stats {
	u32 nr_nodes;
	u32 total;
	u16 mask;
	u16 window;
	struct np_stats_slot slot[];
};

/*
 * Bytes of statistics of no node: nothing is counted in them, and nothing found.
 * They are for calls that come late, as the end of a scan that a detach has
 * overtaken.
 */
#define NP_NO_STATS 32

/**
 * struct np_scan - where the scan of one address space stands
 * @offset:	next address to mark
 * @passes:	whole passes done since the process was taken over or exec'd
 * @next_ns:	no window before this time
 * @window_ns:	when the current window began
 * @spent_ns:	time that tasks have spent marking in it
 * @left:	base pages the current window may still mark; 0 = none open
 * @marked:	base pages the current window has marked
 * @period_ms:	current distance between two windows
 * @faults:	NP_C_FAULTS when this pass began
 * @local:	NP_C_LOCAL_FAULTS when this pass began
 */
struct np_scan {
	u64 offset;
	u64 next_ns;
	u64 window_ns;
	u64 spent_ns;
	u32 passes;
	u32 left;
	u32 marked;
	u32 period_ms;
	u64 faults;
	u64 local;
};

/* One of so many base pages that lie together stands for all of them. */
#define NP_MOVES_SAMPLE		8
#define NP_MOVES_MIN_BITS	9	/* 4 KiB */
#define NP_MOVES_MAX_BITS	17	/* 1 MiB, for 4 GiB of base pages */

/**
 * struct np_moves - the latest moves of a process's pages (policy/returns.c)
 * @bits:	there are 2^bits entries
 */
struct np_moves {
	u64 bits;
	u64 entry[];
};

/* np_moves_bits() - for a process of @pages base pages: a byte for each */
static inline u32 np_moves_bits(u64 pages)
{
	u32 bits = NP_MOVES_MIN_BITS;

	while (bits < NP_MOVES_MAX_BITS &&
	       (u64)NP_MOVES_SAMPLE << bits < pages)
		bits++;
	return bits;
}

static inline size_t np_moves_bytes(u32 bits)
{
	return sizeof(struct np_moves) + (sizeof(u64) << bits);
}

/**
 * struct np_group - processes that share memory (policy/group.c)
 * @id:		pid of the process that was alone in it at first
 * @procs:	processes in it
 * @passes:	that they have made since @stats was halved
 * @stats:	faults of all, while they were in it
 */
struct np_group {
	u32 id;
	u32 procs;
	u32 passes;
	struct np_stats stats;
};

/* np_proc.flags */
#define NP_PROC_SHADOW	0x1	/* decide and record, move nothing */

/**
 * struct np_proc - one managed process (thread group)
 *
 * A home embeds it in its own structure.  Fields above the line are for
 * policies to read; all but @slot are the core's to write.
 *
 * @pid:	process id as the home names it
 * @flags:	NP_PROC_*
 * @home:	home node, or NP_NO_NODE
 * @threads:	threads that have state, that is: have faulted or scanned
 * @group:	its NUMA group, or NULL unless the policy needs NP_CAN_GROUPS
 * @stats:	faults of its threads, or of its group, or NULL unless the policy
 *		needs NP_CAN_PROC_STATS
 * @moves:	np_moves_bytes() of zeroed memory, and its @bits, which homes
 *		provide before the first scan call; it stays as large
 * @slot:	the policy's own state, zeroed when it takes over
 */
struct np_proc {
	u32 pid;
	u16 flags;
	s16 home;
	u32 threads;
	struct np_instance *inst;
	struct np_group *group;
	struct np_stats *stats;
	struct np_moves *moves;
	struct np_scan scan;
	u64 slot[NP_PROC_SLOT / 8];
	/* private: */
	u64 no_stats[NP_NO_STATS / 8];
	u32 generation;		/* policies it has had */
	u32 space;		/* address spaces it has had */
	np_counter_t counter[NP_NR_COUNTERS];
	np_counter_t reason[NP_NR_REASONS];
};

/**
 * struct np_task - one thread of a managed process
 * @tid:	thread id
 * @home:	home node, or NP_NO_NODE
 * @proc:	its process
 * @stats:	its faults, or NULL unless the policy needs NP_CAN_TASK_STATS
 * @slot:	the policy's own state, zeroed when it takes over
 * @place_ns:	for the policy to set: call the place verb again at the first
 *		fault from this time on, pass or no pass; 0 = not before the next
 * @bound:	it is in a NUMA group that the application made (numa_tbind()): @home
 *		is that of the group, and it goes nowhere else without all of it
 */
struct np_task {
	u32 tid;
	s16 home;
	struct np_proc *proc;
	struct np_stats *stats;
	u64 slot[NP_TASK_SLOT / 8];
	u64 place_ns;
	bool bound;
	/* private: what of its process it has caught up with */
	u32 generation;
	u32 space;
	u32 passes;
	u32 placed;
	/* ..and the node that it left last, in which pass, and how often it came back */
	u32 left_pass;
	s16 left;
	u8 returns;
};

/* The home node of a thread that has none of its own is its process's. */
static inline int np_home_of(const struct np_task *t)
{
	return t->home != NP_NO_NODE ? t->home : t->proc->home;
}

/**
 * struct np_ctx - the surroundings of one call
 * @m:		the machine
 * @inst:	the policy with its parameters
 * @proc:	the process, or NULL in the balance verb
 * @task:	the thread, or NULL if it has no state yet
 * @tid:	its id
 * @cpu:	CPU of the fault in verbs about one, else the CPU it is on, or
 *		NP_NO_CPU
 * @now_ns:	the time
 * @cookie:	the home's own
 */
struct np_ctx {
	const struct np_machine *m;
	struct np_instance *inst;
	struct np_proc *proc;
	struct np_task *task;
	u32 tid;
	s16 cpu;
	u64 now_ns;
	void *cookie;
};

/* ------------------------------------------------------------------ samples */

/* np_fault.flags */
#define NP_FAULT_WRITABLE	0x01	/* the mapping may be written */
#define NP_FAULT_SHARED		0x02	/* the mapping is shared */
#define NP_FAULT_HUGE		0x04	/* a huge page, marked and moved whole */
#define NP_FAULT_FIRST		0x08	/* nobody is known to have touched it */
#define NP_FAULT_PRIVATE	0x10	/* the same task touched it last time */
#define NP_FAULT_POLICY		0x20	/* an explicit memory policy decides */
#define NP_FAULT_LAZY		0x40	/* ..which it is to follow, to @wanted */

/**
 * struct np_fault - one hinting fault: one sampled access
 * @addr:	page address
 * @pages:	base pages of the folio
 * @cpu:	CPU of the access
 * @node:	its node
 * @page_node:	node the page is on
 * @last_cpu:	CPU of the previous sampled access, NP_NO_CPU if unknown
 * @last_node:	its node, NP_NO_NODE if unknown
 * @flags:	NP_FAULT_*
 * @last_pid:	low bits of the id of the thread that made it, for the home only
 * @wanted:	with NP_FAULT_LAZY: where the memory policy has it, or NP_NO_NODE
 *
 * Kernels forget: the first store after a base page was moved takes another
 * fault, and that wipes out who touched it last (wp_page_reuse()).  So memory
 * that is written is NP_FAULT_FIRST again after each move.
 */
struct np_fault {
	u64 addr;
	u32 pages;
	s16 cpu;
	s16 node;
	s16 page_node;
	s16 last_cpu;
	s16 last_node;
	u8 flags;
	u8 last_pid;
	s16 wanted;
};

/**
 * struct np_decision - where the page goes
 * @verdict:	enum np_verdict; policies answer NP_STAY, NP_MOVE or NP_QUEUE
 * @reason:	enum np_reason
 * @asked:	node the policy asked for (kept when the core overrides it)
 * @nid:	node it goes to, NP_NO_NODE if it stays
 */
struct np_decision {
	u8 verdict;
	u8 reason;
	s16 asked;
	s16 nid;
};

static inline struct np_decision np_stay(enum np_reason why)
{
	return (struct np_decision){ NP_STAY, why, NP_NO_NODE, NP_NO_NODE };
}

static inline struct np_decision np_move(int nid, enum np_reason why)
{
	return (struct np_decision){ NP_MOVE, why, nid, nid };
}

static inline struct np_decision np_queue(int nid, enum np_reason why)
{
	return (struct np_decision){ NP_QUEUE, why, nid, nid };
}

/**
 * struct np_outcome - what came of a decision
 * @node:	where the page is now
 * @moved:	it was moved there by this fault
 * @failed:	the move was tried and did not happen
 * @ns:		time from decision to outcome
 */
struct np_outcome {
	s16 node;
	bool moved;
	bool failed;
	u64 ns;
};

/**
 * struct np_scan_plan - what the next window does
 * @pages:	base pages to mark at most; 0 = none this time
 * @period_ms:	from the start of this window to the next
 * @budget_us:	one call may hold the task up this long, then it resumes
 */
struct np_scan_plan {
	u32 pages;
	u32 period_ms;
	u32 budget_us;
};

/* What pass_done, place, fork and exec may ask for. */
enum np_task_verb {
	NP_TASK_NONE,
	NP_TASK_HOME,		/* another home node; it stays where it runs */
	NP_TASK_MOVE,		/* to a node, now */
	NP_TASK_SWAP,		/* change places with a running task, now */
	NP_TASK_SWAP_HOMES,	/* exchange home nodes, the scheduler does the rest */
};

/**
 * struct np_task_ask - a wish about a task; all zero = nothing
 * @verb:	enum np_task_verb
 * @reason:	enum np_reason
 * @nid:	HOME, MOVE: the node
 * @cpu:	MOVE: this CPU rather than any of the node, or NP_NO_CPU
 *		SWAP, SWAP_HOMES: the CPU whose running task is the other one
 * @settle:	MOVE, SWAP: where this task goes is its home node from then on
 */
struct np_task_ask {
	u8 verb;
	u8 reason;
	s16 nid;
	s16 cpu;
	bool settle;
};

/**
 * struct np_entity - what the balance verb moves: a process or a group
 * @id:		process id or group id
 * @group:	it is a group
 * @home:	its home node
 * @cpu_load:	sum of the load weights of its tasks
 * @runtime_ns:	CPU time its tasks have had
 * @pages:	its anonymous memory
 */
struct np_entity {
	u32 id;
	bool group;
	s16 home;
	u64 cpu_load;
	u64 runtime_ns;
	u64 pages;
};

/**
 * struct np_balance - the surroundings of the balance verb
 * @node:	the node that pulls
 * @next:	the next entity whose home is @from in FIFO order; false = no more
 * @pull:	make @node the home of @e; false = refused
 */
struct np_balance {
	int node;
	bool (*next)(struct np_balance *b, int from, struct np_entity *e);
	bool (*pull)(struct np_balance *b, const struct np_entity *e,
		     enum np_reason why);
};

enum np_mem_policy_event { NP_MEM_POLICY_SET, NP_MEM_POLICY_CLEARED };

/* --------------------------------------------------------------- parameters */

/**
 * struct np_param - one parameter
 * @key:	name in "policy:key=value"
 * @unit:	unit of the value, "" for plain numbers; or what the values from
 *		@min on are called: "fault|async"
 * @def:	default
 * @min:	smallest allowed value
 * @max:	largest allowed value
 * @text:	what it does
 * @source:	where the default comes from
 */
struct np_param {
	const char *key;
	const char *unit;
	s64 def;
	s64 min;
	s64 max;
	const char *text;
	const char *source;
};

/* Core parameters, which every policy has; a policy's own start behind. */
enum np_core_param {
	NP_P_SCAN_DELAY,	/* ms of run time before the first window */
	NP_P_SCAN_PERIOD,	/* ms, shortest distance between windows */
	NP_P_SCAN_PERIOD_MAX,	/* ms, longest distance */
	NP_P_SCAN_SIZE,		/* MiB per window */
	NP_P_SCAN_BUDGET,	/* us, latency budget of one scan call */
	NP_P_MIGRATE_LIMIT,	/* MiB/s that may move to a node, 0 = any */
	NP_P_BALANCE_PERIOD,	/* ms from one call of the balance verb to the next */
	NP_P_HOME_ALLOC,	/* new pages come from the home node */
	NP_P_HOME_WAKE,		/* wake up there if a CPU is idle there */
	NP_P_HOME_PULL,		/* be brought back from elsewhere */
	NP_P_HOLD,		/* returns after which a page or thread is held */
	NP_P_OWN,		/* a policy's first own parameter */
};

/**
 * struct np_instance - a policy with parameter values, chosen by processes
 * @ops:	the policy
 * @param:	values: core parameters, then the policy's own from NP_P_OWN
 * @spec:	how it was asked for
 * @strikes:	undefined answers so far
 * @ejected:	set once @strikes reached NP_EJECT_STRIKES: acts as `stock`
 * @node:	[nr_nodes] np_node_state(), which the home provides if
 *		@ops->node_size
 * @page_ns:	time a base page takes at the migrate limit, 0 = there is none
 */
struct np_instance {
	const struct np_policy_ops *ops;
	s64 param[NP_MAX_PARAMS];
	char spec[NP_SPEC_LEN];
	np_counter_t strikes;
	bool ejected;
	u64 *node;
	u32 page_ns;
};

/* A policy that gives this many undefined answers is ejected. */
#define NP_EJECT_STRIKES 16

/* A policy's own parameter number @i (0 = its first). */
static inline s64 np_own_param(const struct np_ctx *c, int i)
{
	return c->inst->param[NP_P_OWN + i];
}

/* ---------------------------------------------------------------------- ops */

/* np_policy_ops.flags */
#define NP_POLICY_STOCK	0x1	/* the core leaves everything to the kernel */

/**
 * struct np_policy_ops - a policy
 *
 * Every verb is optional and none may sleep.  Verbs of one process are never
 * called concurrently if the policy uses process state (@proc_size or
 * NP_CAN_PROC_STATS); @task state is only ever touched by its own task.
 *
 * @page:	A hinting fault, page-table lock held.  Where does the page go?
 *		Left out: it stays (NP_R_OBSERVE).
 * @account:	After the fault was resolved, moved or not.  Left out: the
 *		core's own statistics are all there is.
 * @scan_plan:	A window is due.  @plan comes filled with the core's defaults
 *		(policy/scan.c); change what should differ.
 * @pass_done:	The scan reached the end of the address space; called in the
 *		task that finished it, before @scan's pass counters are reset
 *		and its stats are halved.  May ask for one thing about the task.
 * @place:	In each thread, at the end of its first hinting fault after a
 *		pass, or when np_task.place_ns says so: no page-table lock is
 *		held.  May ask for one thing about the task.
 * @came:	The thread runs on another node than when it was seen last,
 *		whoever moved it.
 * @balance:	Periodically per node with CPUs and memory.
 * @fork:	A process is born managed (@parent) or taken over (@parent
 *		NULL).  Its state is zero, and nobody else knows it yet; its
 *		threads' state is zero at their first verb.  May ask for a home
 *		node.
 * @exec:	The process has a new, empty address space.
 * @exit:	The thread, and with @last the process, is going away.
 * @group_join:	The process is in NUMA group @id now.
 * @group_leave: ..and leaves the one it was in, @id, for that.
 * @mem_policy:	The task's explicit memory policy was set or cleared.
 *
 * @name:	(required) lower-case letters, digits and '_'; unique
 * @summary:	(required) one line
 * @flags:	NP_POLICY_*
 * @need:	NP_CAN_* without which it cannot work
 * @task_size:	bytes of np_task.slot it uses, at most NP_TASK_SLOT
 * @proc_size:	bytes of np_proc.slot it uses, at most NP_PROC_SLOT
 * @node_size:	bytes of state per node it uses, at most NP_NODE_SLOT
 * @params:	its own parameters
 * @nr_params:	their number
 * @core:	core parameters that are other by default, or have another range;
 *		by key
 * @nr_core:	their number
 * @owner:	the module it lives in, for the home to pin; NULL if built in
 */
struct np_policy_ops {
	struct np_decision (*page)(const struct np_ctx *c,
				   const struct np_fault *f);
	void (*account)(const struct np_ctx *c, const struct np_fault *f,
			const struct np_outcome *o);
	void (*scan_plan)(const struct np_ctx *c, const struct np_scan *scan,
			  struct np_scan_plan *plan);
	void (*pass_done)(const struct np_ctx *c, const struct np_scan *scan,
			  struct np_task_ask *ask);
	void (*place)(const struct np_ctx *c, struct np_task_ask *ask);
	void (*came)(const struct np_ctx *c, int from, int to);
	void (*balance)(const struct np_ctx *c, struct np_balance *b);
	void (*fork)(const struct np_ctx *c, const struct np_proc *parent,
		     struct np_task_ask *ask);
	void (*exec)(const struct np_ctx *c, struct np_task_ask *ask);
	void (*exit)(const struct np_ctx *c, bool last);
	void (*group_join)(const struct np_ctx *c, u32 id);
	void (*group_leave)(const struct np_ctx *c, u32 id);
	void (*mem_policy)(const struct np_ctx *c, enum np_mem_policy_event e);

	const char *name;
	const char *summary;
	u32 flags;
	u32 need;
	u16 task_size;
	u16 proc_size;
	u16 node_size;
	u16 nr_params;
	u16 nr_core;
	const struct np_param *params;
	const struct np_param *core;
	void *owner;
};

/* u64 per node that a policy keeps. */
static inline unsigned int np_node_words(const struct np_policy_ops *ops)
{
	return (ops->node_size + 7u) / 8;
}

/*
 * The policy's state of node @nid, zeroed when the instance is made, for the
 * balance verb only; others use np_node_word().
 */
static inline void *np_node_state(const struct np_ctx *c, int nid)
{
	return c->inst->node + (size_t)nid * np_node_words(c->inst->ops);
}

/* ----------------------------------------------- registry (policy/registry.c) */

/*
 * Callers serialise the calls of this section against each other.
 * All return 0 or a negative errno; @why receives one line of text (or NULL).
 */

/**
 * np_register() - make a policy known
 * Return: 0; -EINVAL for an incomplete or contradictory policy; -EEXIST for a
 * name taken; -EOPNOTSUPP if it needs what @can lacks; -ENOSPC if full.
 */
int np_register(const struct np_policy_ops *ops, u32 can, const char **why);

/* np_unregister() - forget it. -ENOENT if unknown, -EBUSY if built in. */
int np_unregister(const struct np_policy_ops *ops);

/* np_register_builtin() - those of this tree for which the home can do enough. */
int np_register_builtin(u32 can, const char **why);

/* np_unregister_all() - at the very end of a home's life. */
void np_unregister_all(void);

const struct np_policy_ops *np_find(const char *name);

/* np_policy_at() - the @i-th policy, or NULL. */
const struct np_policy_ops *np_policy_at(unsigned int i);

/*
 * np_param_at() - the @i-th parameter of a policy, core ones first (as the
 * policy has them), or NULL.
 */
const struct np_param *np_param_at(const struct np_policy_ops *ops,
				   unsigned int i);

/**
 * np_instance_init() - choose a policy by "name" or "name:key=value[unit],..."
 * @inst:	the caller's; undefined after an error
 * Return: 0; -ENOENT for an unknown policy; -EINVAL for an unknown parameter
 * or unit or a malformed text; -ERANGE for a value out of range.
 */
int np_instance_init(struct np_instance *inst, const char *spec,
		     const char **why);

/* ------------------------------------------------ pipeline (policy/decide.c) */

/* np_decide() - guard, ask, clamp, count, record. Page-table lock held. */
struct np_decision np_decide(const struct np_ctx *c, const struct np_fault *f);

/* np_account() - tell what came of it. May be called without np_decide(). */
void np_account(const struct np_ctx *c, const struct np_fault *f,
		const struct np_decision *d, const struct np_outcome *o);

/*
 * np_worked() - a worker has moved a page that was queued (NP_QUEUE), or could
 * not, which is what @refused says; NP_R_NONE if it did.  @c has no thread.
 */
void np_worked(const struct np_ctx *c, u64 addr, u32 pages, int from, int to,
	       enum np_reason refused);

/**
 * np_paced() - does the policy's migrate limit let @pages go to a node now?
 * @booked_ns:	the home's, one per node: moves to it are booked up to this time
 *
 * A token bucket that holds NP_PACE_BURST_MS: for homes to call last in
 * np_home_ops.refusal.  What it lets go it books.
 */
bool np_paced(const struct np_ctx *c, np_counter_t *booked_ns, u32 pages);

/* balancenuma's window: what may move at once after a pause. */
#define NP_PACE_BURST_MS	100

/* np_left_to_stock() - by choice, or because the policy was ejected. */
static inline bool np_left_to_stock(const struct np_instance *inst)
{
	return inst->ejected || (inst->ops->flags & NP_POLICY_STOCK);
}

/* ------------------------------------------------------ group (policy/group.c) */

/* np_group_new() - for the process @id alone.  NULL: out of memory. */
struct np_group *np_group_new(const struct np_machine *m, u32 id);

/*
 * np_group_set() - it, and with it np_proc.stats, before a policy that needs
 * NP_CAN_GROUPS takes over.
 */
void np_group_set(struct np_proc *p, struct np_group *g);

/*
 * np_group_leave() - the process ends, or gets another policy.  Its np_proc.stats
 * are empty from now on, and stay so.
 */
void np_group_leave(const struct np_machine *m, struct np_proc *p);

/*
 * np_group_join() - the process is in the group of @other from now on.
 * Return: false if it is already, or that has just ended.
 */
bool np_group_join(const struct np_ctx *c, const struct np_proc *other);

/* -------------------------------------------------------- look (policy/look.c) */

/*
 * What policies may ask, from all verbs but exit and the groups': what they are
 * told is shown to whoever wants to make the calls again.
 */

/* np_running() - who runs on a CPU that exists. */
void np_running(const struct np_ctx *c, int cpu, struct np_running *ret);

/* np_load() - how busy a node is. */
void np_load(const struct np_ctx *c, int nid, struct np_load *ret);

/* np_node_word() - word @i (u64) of what the policy has noted of node @nid. */
u64 np_node_word(const struct np_ctx *c, int nid, unsigned int i);

/*
 * np_peer() - who runs on @cpu, if the same policy has it: policies may look at
 * its stats and its slot.  @running: what else there is to know.
 */
const struct np_task *np_peer(const struct np_ctx *c, int cpu,
			      struct np_running *running);

/* ------------------------------------------------------ event (policy/event.c) */

/* np_event() - tick @counter by @n and, with @rec, trace what made it tick. */
void np_event(const struct np_ctx *c, enum np_counter counter, u64 n,
	      const struct np_record *rec);

/* np_show() - trace what no counter counts. */
void np_show(const struct np_ctx *c, const struct np_record *rec);

/* np_record_init() - a record of @type about this process and thread. */
struct np_record np_record_init(const struct np_ctx *c,
				enum np_record_type type);

/* ------------------------------------------------------ scan (policy/scan.c) */

/* np_scan_due() - may a window run now, and for this task? */
bool np_scan_due(const struct np_ctx *c, u64 task_runtime_ns);

/* np_scan_begin() - open a window, or go on with the open one. */
struct np_scan_plan np_scan_begin(const struct np_ctx *c);

/*
 * Base pages to walk between two looks at the clock: 8 MiB, about 0.1 ms of
 * marking on real hardware and few enough TLB flushes.  A multiple of the huge
 * page, which smaller steps would split.
 */
#define NP_SCAN_CHUNK	2048

/*
 * np_scan_marked() - walked @walked base pages and marked @marked of them; the
 * home has set np_scan.offset to where it goes on.
 */
void np_scan_marked(const struct np_ctx *c, u32 walked, u32 marked);

/**
 * np_scan_end() - a call ends
 * @done:	the window is finished, or nothing is left to mark in this pass
 * @spent_ns:	how long the call held the task up
 * Return: ms of the task's own run time before it may scan again.
 */
u32 np_scan_end(const struct np_ctx *c, const struct np_scan_plan *plan,
		bool done, u64 spent_ns);

/* np_scan_reset() - a new or unknown address space: start over. */
void np_scan_reset(struct np_proc *proc);

/* np_scan_pass() - the end of the address space: pass_done, halve, adapt. */
struct np_task_ask np_scan_pass(const struct np_ctx *c);

/* ------------------------------------------------- life cycle (policy/life.c) */

/* np_proc_start() - @inst takes over: state zeroed, slots of tasks stale. */
void np_proc_start(struct np_proc *proc, struct np_instance *inst);

/*
 * np_task_refresh() - before a verb: zero a slot that another policy left
 * behind, forget faults of an old address space, decay those of ended passes.
 */
void np_task_refresh(struct np_task *task);

/* np_place() - after np_account(): what does the thread want after a pass? */
struct np_task_ask np_place(const struct np_ctx *c);

/* np_came() - the thread (which has state) runs on @to now, and did on @from. */
void np_came(const struct np_ctx *c, int from, int to);

/*
 * np_set_home() - for homes: @nid is the home node of the thread from now on, or
 * of the process if @c has no thread.
 */
void np_set_home(const struct np_ctx *c, int nid);

/*
 * np_bind() - for homes: the application has put the thread, which has state,
 * into a NUMA group of its own making, whose home node is @nid; or, @bound
 * false, taken it out.
 */
void np_bind(const struct np_ctx *c, bool bound, int nid);

/*
 * np_way_home() - for homes, now and then about a thread that runs: how it could
 * get back to its home node, if the policy has it go back (policy/home.c).
 * np_go_home() - it is about to.  Return: it may.
 */
struct np_task_ask np_way_home(const struct np_ctx *c);
bool np_go_home(const struct np_ctx *c, const struct np_task_ask *ask);

/*
 * np_fork() - after np_proc_start(): the process is born managed (@parent, which
 * has the same policy) or taken over (@parent NULL).
 */
struct np_task_ask np_fork(const struct np_ctx *c, const struct np_proc *parent);
struct np_task_ask np_exec(const struct np_ctx *c);
/* np_exit() - a thread ends; its state goes with it. */
void np_exit(const struct np_ctx *c, bool last);
/* np_task_start() - the thread has state (np_ctx.task) from now on. */
void np_task_start(const struct np_ctx *c);
/* np_proc_end() - the process is not managed any more: it ended or was let go. */
void np_proc_end(const struct np_ctx *c);

/*
 * np_pulled() - the balance verb wants node @nid to be the home of the process
 * of @c and of all its threads.  np_pulled_group() - ..of an application's group
 * that the process has a thread in.  Return: it may.
 */
bool np_pulled(const struct np_ctx *c, int nid, enum np_reason why);
bool np_pulled_group(const struct np_ctx *c, int nid, enum np_reason why);

/* -------------------------------------------- statistics (policy/stats.c) */

#define NP_SCALE 1000		/* np_stats_weight(): all faults on one node */

static inline unsigned int np_stats_slots(unsigned int nr_nodes)
{
	unsigned int slots = 1;

	while (slots < nr_nodes && slots < NP_STATS_SLOTS)
		slots *= 2;
	return slots;
}

static inline size_t np_stats_bytes(unsigned int nr_nodes)
{
	return sizeof(struct np_stats) +
	       np_stats_slots(nr_nodes) * sizeof(struct np_stats_slot);
}

static inline size_t np_group_bytes(unsigned int nr_nodes)
{
	return offsetof(struct np_group, stats) + np_stats_bytes(nr_nodes);
}

void np_stats_init(struct np_stats *s, unsigned int nr_nodes);
/* np_stats_add() - constant time, saturates; nodes out of range are ignored. */
void np_stats_add(struct np_stats *s, int nid, bool private, u32 pages);
void np_stats_add_cpu(struct np_stats *s, int nid, u32 pages);
/* np_stats_halve() - the decay of one pass; np_stats_decay() of several. */
void np_stats_halve(struct np_stats *s);
void np_stats_decay(struct np_stats *s, u32 passes);
/* np_stats_count() - 0 for nodes without a slot, as in all that follow. */
u32 np_stats_count(const struct np_stats *s, int nid, enum np_stats_kind kind);
/* np_stats_node() - faults by memory of a node, of both kinds. */
u32 np_stats_node(const struct np_stats *s, int nid);
/* np_stats_cpu() - faults by CPUs of a node. */
u32 np_stats_cpu(const struct np_stats *s, int nid);
/* np_stats_weight() - share of a node in 1/NP_SCALE; not for the fault path. */
u32 np_stats_weight(const struct np_stats *s, int nid);
/* np_stats_max() - node with most faults (lowest id wins ties), or NP_NO_NODE. */
int np_stats_max(const struct np_stats *s);
/* np_stats_max_cpu() - np_stats_cpu() of the node where it is most. */
u32 np_stats_max_cpu(const struct np_stats *s);

/* ------------------------------------------------ filter (policy/filter.c) */

/**
 * np_two_stage() - may the page follow this access?
 * True for the first sampled access (see struct np_fault) and when the access before came from the
 * same node: a node that makes a share p of the accesses passes with p^2.
 */
bool np_two_stage(const struct np_fault *f);

/* --------------------------------------------------- names (policy/names.c) */

const char *np_reason_name(unsigned int reason);
const char *np_reason_text(unsigned int reason);
const char *np_counter_name(unsigned int counter);
const char *np_counter_unit(unsigned int counter);
const char *np_counter_text(unsigned int counter);
const char *np_verdict_name(unsigned int verdict);

#endif
