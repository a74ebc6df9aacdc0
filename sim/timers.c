// SPDX-License-Identifier: GPL-2.0
/* What is to happen at some time, whoever runs then: a binary heap. */
#include "engine.h"

#include <stdlib.h>

static bool sooner(const struct timer *a, const struct timer *b)
{
	return a->ns != b->ns ? a->ns < b->ns : a->seq < b->seq;
}

static void swap(struct timer *a, struct timer *b)
{
	struct timer t = *a;

	*a = *b;
	*b = t;
}

static bool grow(struct timers *t)
{
	size_t room = t->room ? t->room * 2 : 64;
	struct timer *heap = realloc(t->heap, room * sizeof(*heap));

	if (!heap)
		return false;
	t->heap = heap;
	t->room = room;
	return true;
}

int timer_add(struct sim *s, uint64_t ns, enum timer_kind kind, void *what)
{
	struct timers *t = &s->timers;
	size_t i;

	if (t->nr == t->room && !grow(t)) {
		s->oom = true;
		return -1;
	}
	i = t->nr++;
	t->heap[i] = (struct timer){ ns, t->seq++, kind, what };
	for (; i && sooner(&t->heap[i], &t->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&t->heap[i], &t->heap[(i - 1) / 2]);
	return 0;
}

static void sink(struct timers *t)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < t->nr) {
		if (child + 1 < t->nr &&
		    sooner(&t->heap[child + 1], &t->heap[child]))
			child++;
		if (!sooner(&t->heap[child], &t->heap[i]))
			return;
		swap(&t->heap[child], &t->heap[i]);
		i = child;
	}
}

bool timer_pop(struct timers *t, struct timer *ret)
{
	if (!t->nr)
		return false;
	*ret = t->heap[0];
	t->heap[0] = t->heap[--t->nr];
	sink(t);
	return true;
}
