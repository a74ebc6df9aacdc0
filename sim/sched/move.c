// SPDX-License-Identifier: GPL-2.0
/*
 * A task goes to another CPU, for whatever reason.
 */
#include "../engine.h"

void move_task(struct sim *s, struct task *t, struct cpu *to)
{
	struct cpu *from = t->cpu;

	if (to == from || t->state == TASK_DEAD)
		return;
	if (t->state == TASK_RUNNING) {
		sched_leave(s, t);
		cpu_plan(s, from);
	} else if (t->state == TASK_READY) {
		sched_dequeue(s, t);
	} else {
		return;
	}
	t->kernel_left += s->costs.cold_ns;
	sched_enqueue(s, to, t);
	sched_check_preempt(s, to, t);
}

static struct cpu *target(struct sim *s, struct task *t, int node, int cpu)
{
	struct cpu *c;

	if (cpu == NP_NO_CPU)
		return place_on_node(s, t, node);
	c = &s->cpu[cpu];
	return sched_allowed(t, c) ? c : NULL;
}

bool move_to_node(struct sim *s, struct task *t, int node, int cpu)
{
	struct cpu *to = target(s, t, node, cpu);

	if (!to)
		return false;
	if (t->cpu->node != to->node)
		s->result->task_moves++;
	move_task(s, t, to);
	return true;
}

bool move_swap(struct sim *s, struct task *t, struct cpu *with)
{
	struct task *other = with->curr;
	struct cpu *mine = t->cpu;

	if (!other || other == t || other->plan->class != WORK_FAIR ||
	    !sched_allowed(other, mine) || !sched_allowed(t, with))
		return false;
	s->result->task_moves += 2 * (mine->node != with->node);
	move_task(s, other, mine);
	move_task(s, t, with);
	return true;
}
