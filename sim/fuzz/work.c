// SPDX-License-Identifier: GPL-2.0
/*
 * A workload from anybody, and behind a zero byte its parameters: refused with
 * a reason, or a plan that the simulator can rely on.
 */
#include "replay.h"
#include "../workloads/work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PAGE		4096
#define MAX_THREADS	65536
#define MAX_OPS		4096
#define MAX_ALL_OPS	(1 << 20)
#define MAX_BYTES	((uint64_t)1 << 50)

static const struct work_machine machine = { 4, 2, 2 };

/* What is counted over the whole plan. */
struct sums {
	uint64_t threads, ops, bytes;
	unsigned int *parties;
};

static void check_message(const struct sim_error *e, const char *begin)
{
	assert(!strncmp(e->text, begin, strlen(begin)));
	for (const char *c = e->text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
}

/* ------------------------------------------------------------------- memory */

static void check_region(const struct work_plan *p, const struct work_region *r,
			 struct sums *s)
{
	assert(r->name && *r->name);
	assert(r->bytes >= PAGE && r->bytes <= MAX_BYTES);
	assert(r->shared == WORK_NO_INDEX || r->shared < p->nr_objects);
	assert(r->alloc <= WORK_HOME_NODE);
	assert(r->node < machine.homes);
	assert(r->slices && r->slices <= r->bytes / PAGE);
	for (unsigned int i = 0; i < r->slices; i++)
		assert(r->slice_home[i] < machine.homes);
	if (r->shared == WORK_NO_INDEX)
		s->bytes += r->bytes;
}

/* ---------------------------------------------------------------------- ops */

static void check_slice(const struct work_op *op, const struct work_region *r)
{
	assert(op->slice.slices && op->slice.slices <= r->bytes / PAGE);
	assert(op->slice.base < op->slice.slices);
	assert(op->slice.step < op->slice.slices);
}

static void check_memory(const struct work_process *proc,
			 const struct work_op *op)
{
	const struct work_region *r = &proc->region[op->region];
	uint64_t pages = r->bytes / PAGE / op->slice.slices;

	assert(op->region < proc->nr_regions);
	check_slice(op, r);
	if (op->kind == WORK_SWEEP)
		assert(op->stride && op->stride % 8 == 0 &&
		       op->stride <= pages * PAGE);
	assert(op->zipf >= 0 && op->zipf <= 10);
}

static bool takes_time(const struct work_op *op)
{
	return op->kind <= WORK_SLEEP || op->kind == WORK_SPAWN;
}

static void check_loop(const struct work_thread *t, unsigned int begin)
{
	const struct work_op *op = &t->op[begin];
	bool time = false;

	assert(op->target > begin && op->target < t->nr_ops);
	assert(t->op[op->target].kind == WORK_END);
	assert(t->op[op->target].target == begin);
	for (unsigned int i = begin + 1; i < op->target; i++)
		time |= takes_time(&t->op[i]);
	assert(time);
}

/* Only what was planned earlier can be spawned, so nothing goes round. */
static void check_spawn(const struct work_plan *p,
			const struct work_process *proc,
			const struct work_op *op)
{
	assert(&p->process[op->target] < proc);
	assert(p->process[op->target].template);
}

static void check_barrier(const struct work_plan *p,
			  const struct work_process *proc,
			  const struct work_op *op)
{
	assert(op->target < p->nr_barriers);
	assert(p->parties[op->target] && !proc->template);
}

static void check_op(const struct work_plan *p, const struct work_process *proc,
		     const struct work_thread *t, unsigned int i)
{
	const struct work_op *op = &t->op[i];

	switch (op->kind) {
	case WORK_TOUCH:
	case WORK_SWEEP:
	case WORK_RANDOM:
		check_memory(proc, op);
		break;
	case WORK_COMPUTE:
	case WORK_KERNEL:
	case WORK_SLEEP:
		assert(op->ns);
		break;
	case WORK_SEND:
	case WORK_RECV:
		assert(op->target < p->nr_channels);
		break;
	case WORK_BARRIER:
		check_barrier(p, proc, op);
		break;
	case WORK_SPAWN:
		check_spawn(p, proc, op);
		break;
	case WORK_EXEC:
		assert(proc->template && t == proc->thread);
		break;
	case WORK_START:
		assert(t == proc->thread);
		break;
	case WORK_BIND:
		assert(op->slice.slices <= machine.homes);
		assert(op->slice.base < op->slice.slices);
		break;
	case WORK_COUNT:
		assert(op->count);
		break;
	case WORK_LOOP:
		check_loop(t, i);
		break;
	case WORK_END:
		assert(op->target < i && t->op[op->target].target == i);
		break;
	default:
		abort();
	}
}

/* ------------------------------------------------------------------ threads */

static void check_class(const struct work_thread *t)
{
	assert(t->class <= WORK_DEADLINE);
	assert(t->nice >= -20 && t->nice <= 19);
	if (t->class == WORK_RT)
		assert(t->prio >= 1 && t->prio <= 99);
	if (t->class == WORK_DEADLINE)
		assert(t->runtime_ns && t->runtime_ns <= t->period_ns);
}

static void check_thread(const struct work_plan *p,
			 const struct work_process *proc,
			 const struct work_thread *t, struct sums *s)
{
	assert(t->nr_ops <= MAX_OPS);
	assert(t->home < machine.homes);
	assert(t->cpu >= -1 && t->cpu < 8192);
	check_class(t);
	for (unsigned int i = 0; i < t->nr_ops; i++)
		check_op(p, proc, t, i);
	s->threads++;
	s->ops += t->nr_ops;
}

/* Each thread that names a barrier is a party, once. */
static void count_parties(const struct work_thread *t, struct sums *s)
{
	for (unsigned int i = 0; i < t->nr_ops; i++) {
		unsigned int j = 0;

		if (t->op[i].kind != WORK_BARRIER)
			continue;
		while (t->op[j].kind != WORK_BARRIER ||
		       t->op[j].target != t->op[i].target)
			j++;
		s->parties[t->op[i].target] += j == i;
	}
}

static void check_process(const struct work_plan *p,
			  const struct work_process *proc, struct sums *s)
{
	assert(proc->name && *proc->name);
	assert(proc->nr_threads);
	for (unsigned int i = 0; i < proc->nr_regions; i++)
		check_region(p, &proc->region[i], s);
	for (unsigned int i = 0; i < proc->nr_threads; i++) {
		check_thread(p, proc, &proc->thread[i], s);
		count_parties(&proc->thread[i], s);
	}
}

static void check_plan(const struct work_plan *p)
{
	struct sums s = {
		.parties = calloc(p->nr_barriers + 1, sizeof(*s.parties)),
	};
	bool begins = false;

	assert(s.parties && p->spec && p->unit && *p->unit);
	for (unsigned int i = 0; i < p->nr_processes; i++) {
		check_process(p, &p->process[i], &s);
		begins |= !p->process[i].template;
	}
	assert(begins);
	assert(s.threads <= MAX_THREADS && s.ops <= MAX_ALL_OPS);
	assert(s.bytes <= MAX_BYTES);
	for (unsigned int i = 0; i < p->nr_barriers; i++)
		assert(s.parties[i] == p->parties[i]);
	free(s.parties);
}

static void plan(const struct work *w, const char *args)
{
	struct sim_error e = { "" };
	struct work_plan *p = work_plan(w, &machine, args, &e);

	if (p)
		check_plan(p);
	else
		check_message(&e, "");
	work_plan_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t len = zero ? (size_t)(zero - data) : size;
	char *args = zero ? strndup((const char *)zero + 1, size - len - 1) :
		     NULL;
	struct sim_error e = { "" };
	struct work *w = work_parse("fuzz", (const char *)data, len, &e);

	if (w)
		plan(w, args);
	else
		check_message(&e, "fuzz:");
	work_free(w);
	free(args);
	return 0;
}
