// SPDX-License-Identifier: GPL-2.0
/* The fake home of the tests of policy/. */
#include "common.h"

#define HOME_SLOTS	8	/* of statistics: HOME_NODES to a power of two */
#define STATS_BYTES	(sizeof(struct np_stats) + \
			 HOME_SLOTS * sizeof(struct np_stats_slot))

/* Sized to the byte, so that the sanitizer sees one step too far. */
static u32 task_stats[STATS_BYTES / 4];
static u32 second_stats[STATS_BYTES / 4];
static u32 proc_stats[STATS_BYTES / 4];

static struct np_record records[256];
static struct home home;

static const u8 node_flags[HOME_NODES] = {
	[NODE_A] = NP_NODE_MEMORY | NP_NODE_CPU,
	[NODE_B] = NP_NODE_MEMORY | NP_NODE_CPU,
	[NODE_MEM] = NP_NODE_MEMORY,
	[NODE_CPU] = NP_NODE_CPU,
	[NODE_FAR] = NP_NODE_MEMORY | NP_NODE_CPU,
};

static const s16 cpu_node[HOME_CPUS] = {
	NODE_A, NODE_A, NODE_B, NODE_B, NP_NO_NODE, NODE_CPU, NODE_FAR, NODE_FAR,
};

static const u8 distance[HOME_NODES * HOME_NODES] = {
	10, 20, 255, 17, 20, 31,
	20, 10, 255, 28, 20, 31,
	255, 255, 10, 255, 255, 255,
	17, 28, 255, 10, 28, 42,
	20, 20, 255, 28, 10, 31,
	31, 31, 255, 42, 31, 10,
};

static enum np_reason home_refusal(const struct np_ctx *c,
				   const struct np_fault *f, int nid)
{
	struct home *h = c->cookie;

	h->asked++;
	h->asked_nid = nid;
	h->asked_fault = f;
	return h->refuse[nid];
}

static void home_trace(const struct np_ctx *c, const struct np_record *rec)
{
	struct home *h = c->cookie;

	if (h->nr_rec < h->room)
		h->rec[h->nr_rec] = *rec;
	h->nr_rec++;
}

static void home_running(const struct np_ctx *c, int cpu,
			 struct np_running *running)
{
	const struct home *h = c->cookie;

	*running = h->runs[cpu];
}

static void home_load(const struct np_ctx *c, int nid, struct np_load *load)
{
	const struct home *h = c->cookie;

	*load = h->loads[nid];
}

static const struct np_home_ops home_ops = {
	.refusal = home_refusal,
	.trace = home_trace,
	.running = home_running,
	.load = home_load,
};

static void open_registry(const struct np_policy_ops *ops)
{
	np_unregister_all();
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	if (ops)
		assert_int_equal(np_register(ops, NP_CAN_ALL, NULL), 0);
}

static void open_machine(struct home *h)
{
	h->m = (struct np_machine){
		.nr_nodes = HOME_NODES,
		.nr_cpus = HOME_CPUS,
		.can = NP_CAN_ALL,
		.node_flags = node_flags,
		.cpu_node = cpu_node,
		.distance = distance,
		.home = &home_ops,
		.mute = NP_MUTE_FEED,
	};
}

static struct np_stats *fresh_stats(u32 *room)
{
	struct np_stats *s = (struct np_stats *)room;

	assert_int_equal(np_stats_bytes(HOME_NODES), STATS_BYTES);
	np_stats_init(s, HOME_NODES);
	return s;
}

void home_give_stats(struct home *h)
{
	h->task.stats = fresh_stats(task_stats);
	h->proc.stats = fresh_stats(proc_stats);
}

static void open_process(struct home *h)
{
	if (h->inst.ops->need & NP_CAN_TASK_STATS)
		h->task.stats = fresh_stats(task_stats);
	if (h->inst.ops->need & NP_CAN_PROC_STATS)
		h->proc.stats = fresh_stats(proc_stats);
	h->proc.pid = HOME_PID;
	h->proc.threads = 1;
	h->task.tid = HOME_TID;
	h->task.proc = &h->proc;
	np_proc_start(&h->proc, &h->inst);
	np_task_refresh(&h->task);
}

struct home *home_open(const struct np_policy_ops *ops, const char *spec)
{
	struct home *h = &home;

	memset(h, 0, sizeof(*h));
	h->rec = records;
	h->room = ARRAY_SIZE(records);
	open_registry(ops);
	open_machine(h);
	assert_int_equal(np_instance_init(&h->inst, spec, NULL), 0);
	h->inst.node = h->node_state;
	open_process(h);
	h->c = (struct np_ctx){
		.m = &h->m,
		.inst = &h->inst,
		.proc = &h->proc,
		.task = &h->task,
		.tid = HOME_TID,
		.cpu = NP_NO_CPU,
		.now_ns = HOME_TIME,
		.cookie = h,
	};
	return h;
}

void home_second_task(struct home *h, struct np_task *task)
{
	*task = (struct np_task){ .tid = HOME_TID + 1, .proc = &h->proc };
	if (h->task.stats)
		task->stats = fresh_stats(second_stats);
	np_task_refresh(task);
	h->proc.threads++;
}

void home_stranger(struct home *h, struct stranger *s)
{
	static u32 stats[2][STATS_BYTES / 4];

	*s = (struct stranger){ .proc.pid = HOME_PID + 100, .proc.threads = 1 };
	s->task.tid = HOME_TID + 100;
	s->task.proc = &s->proc;
	if (h->task.stats)
		s->task.stats = fresh_stats(stats[0]);
	if (h->proc.stats)
		s->proc.stats = fresh_stats(stats[1]);
	np_proc_start(&s->proc, &h->inst);
	np_task_refresh(&s->task);
}

void home_runs(struct home *h, int cpu, struct np_task *task)
{
	h->runs[cpu] = (struct np_running){
		.task = task, .idle = !task, .movable = true,
	};
}

void home_faults(struct np_task *task, int node, u32 pages)
{
	if (task->stats)
		np_stats_add(task->stats, node, true, pages);
	if (task->proc->stats)
		np_stats_add(task->proc->stats, node, true, pages);
}

struct np_task_ask home_pass(struct home *h)
{
	np_scan_pass(&h->c);
	np_task_refresh(&h->task);
	return np_place(&h->c);
}

static int cpu_of(int node)
{
	int cpu;

	for (cpu = 0; cpu < HOME_CPUS; cpu++)
		if (cpu_node[cpu] == node)
			return cpu;
	return NP_NO_CPU;
}

struct np_fault home_fault(int page_node, int node)
{
	return (struct np_fault){
		.addr = 0x7f1234567000,
		.pages = 1,
		.cpu = cpu_of(node),
		.node = node,
		.page_node = page_node,
		.last_cpu = NP_NO_CPU,
		.last_node = NP_NO_NODE,
		.flags = NP_FAULT_WRITABLE | NP_FAULT_FIRST,
	};
}

struct np_fault home_refault(int page_node, int node, int last_cpu)
{
	struct np_fault f = home_fault(page_node, node);

	f.flags &= ~NP_FAULT_FIRST;
	f.last_cpu = (s16)last_cpu;
	f.last_node = cpu_node[last_cpu];
	return f;
}

u64 counter(const struct home *h, enum np_counter i)
{
	return np_counter_read(&h->proc.counter[i]);
}

u64 reason(const struct home *h, enum np_reason i)
{
	return np_counter_read(&h->proc.reason[i]);
}

u64 all_reasons(const struct home *h)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NP_NR_REASONS; i++)
		sum += reason(h, i);
	return sum;
}

void assert_one_line(const char *text)
{
	assert_non_null(text);
	assert_true(text[0]);
	assert_null(strchr(text, '\n'));
	assert_true(strlen(text) < 128);	/* NP_UAPI_TEXT */
}

u32 roll(struct dice *d, u32 sides)
{
	d->state = d->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (d->state >> 32) % sides;
}
