// SPDX-License-Identifier: GPL-2.0
/*
 * A trace from anybody: it is refused with a reason, or it can be replayed and
 * tried with other policies.
 *
 * Input that does not begin as a trace is taken as records on a small machine,
 * without their numbers: behind checksums mutations do not get far.
 */
#include "replay.h"
#include "../replay/replay.h"
#include "../replay/trace_file.h"
#include "../replay/whatif.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BODY	(sizeof(struct np_record) - sizeof(uint64_t))

/* Has state of every kind, and makes use of it. */
static struct np_decision keen_page(const struct np_ctx *c,
				    const struct np_fault *f)
{
	int nid = np_stats_max(c->proc->stats);

	c->proc->slot[0] += c->task->stats->total;
	c->task->slot[0] += f->addr;
	if (nid == NP_NO_NODE || c->task->slot[0] & 1)
		return np_move(f->node, NP_R_REMOTE_REF);
	return np_move(nid, NP_R_HOME);
}

static void keen_wish(const struct np_ctx *c, struct np_task_ask *ask)
{
	*ask = (struct np_task_ask){
		.verb = NP_TASK_HOME, .reason = NP_R_HOME,
		.nid = c->task ? np_stats_max(c->task->stats) : 0,
		.cpu = NP_NO_CPU,
	};
}

static void keen_pass(const struct np_ctx *c, const struct np_scan *scan,
		      struct np_task_ask *ask)
{
	(void)scan;
	keen_wish(c, ask);
}

static const struct np_policy_ops keen = {
	.page = keen_page,
	.pass_done = keen_pass,
	.place = keen_wish,
	.exec = keen_wish,
	.name = "keen",
	.summary = "fuzzing: has state of every kind",
	.need = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS | NP_CAN_HOME,
	.task_size = 8,
	.proc_size = 8,
};

static void register_once(void)
{
	if (np_find("keen"))
		return;
	assert(!np_register_builtin(NP_CAN_ALL, NULL));
	assert(!np_register(&keen, NP_CAN_ALL, NULL));
}

/* ------------------------------------------------------------------- followers */

struct followers {
	struct replay *replay;
	struct whatif *none, *keen;
	bool over;
};

static void begin(struct followers *all, const struct np_machine *m)
{
	struct sim_error e;

	*all = (struct followers){
		.replay = replay_new(m, &e),
		.none = whatif_new(m, "none", &e),
		.keen = whatif_new(m, "keen", &e),
	};
	assert(all->replay && all->none && all->keen);
}

static void check_text(const struct sim_error *e)
{
	assert(e->text[0]);
	for (const char *c = e->text; *c; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* Each goes on until it has found something; they need not agree. */
static void follow(struct followers *all, const struct np_record *rec)
{
	struct sim_error e = { "" };

	if (!all->over && replay_record(all->replay, rec, &e)) {
		all->over = true;
		assert(e.text[0] || replay_difference(all->replay));
	}
	if (all->none && whatif_record(all->none, rec, &e)) {
		whatif_free(all->none);
		all->none = NULL;
	}
	if (all->keen && whatif_record(all->keen, rec, &e)) {
		whatif_free(all->keen);
		all->keen = NULL;
	}
}

static void end(struct followers *all)
{
	replay_free(all->replay);
	whatif_free(all->none);
	whatif_free(all->keen);
}

/* ----------------------------------------------------------------------- files */

static void read_file(const uint8_t *data, size_t size)
{
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	struct sim_error e = { "" };
	struct trace_reader *r;
	struct followers all;
	struct np_record rec;
	int ret;

	assert(f);
	r = trace_reader_open(f, "fuzz", &e);
	if (r) {
		begin(&all, trace_reader_machine(r));
		while ((ret = trace_reader_next(r, &rec, &e)) > 0)
			follow(&all, &rec);
		end(&all);
		if (ret < 0)
			check_text(&e);
		trace_reader_free(r);
	} else {
		check_text(&e);
	}
	fclose(f);
}

/* --------------------------------------------------------------------- records */

static const u8 node_flags[] = {
	NP_NODE_MEMORY | NP_NODE_CPU, NP_NODE_MEMORY | NP_NODE_CPU,
	NP_NODE_MEMORY,
};
static const s16 cpu_node[] = { 0, 0, 1, 1, NP_NO_NODE, 1 };
static const u8 distance[] = { 10, 20, 17, 20, 10, 31, 17, 31, 10 };

static const struct np_machine machine = {
	.nr_nodes = 3,
	.nr_cpus = 6,
	.node_flags = node_flags,
	.cpu_node = cpu_node,
	.distance = distance,
};

static void read_records(const uint8_t *data, size_t size)
{
	struct np_record rec = { .seq = 0 };
	struct followers all;

	begin(&all, &machine);
	for (; size >= BODY; size -= BODY, data += BODY, rec.seq++) {
		memcpy((char *)&rec + sizeof(rec.seq), data, BODY);
		if (!trace_check(&machine, &rec))
			follow(&all, &rec);
	}
	end(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	register_once();
	if (size >= 4 && !memcmp(data, TRACE_MAGIC, 4))
		read_file(data, size);
	else
		read_records(data, size);
	return 0;
}
