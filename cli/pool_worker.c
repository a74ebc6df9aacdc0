// SPDX-License-Identifier: GPL-2.0
/*
 * One worker process of a sweep: takes the next point, simulates it, writes
 * it, until there is none.
 *
 * While it simulates, signals end it at once; while it writes they wait.
 */
#include "pool_worker.h"
#include "claim.h"
#include "cli.h"
#include "derive.h"
#include "signals.h"
#include "store.h"

#include <stdlib.h>
#include <unistd.h>

static int simulate(struct pool *p, const struct sweep_point *point,
		    struct runs *runs)
{
	struct simulate how = sweep_plan_how(p->plan, point);
	struct run *run = runs_add(runs, point->key.of[KEY_WORKLOAD],
				   point->key.of[KEY_POLICY]);
	int ret;

	if (!run)
		return -1;
	signals_release();
	ret = simulate_run(&how, run);
	signals_hold();
	return ret || derive_run(run) ? -1 : 0;
}

static enum pool_state make(struct pool *p, struct store *s,
			    const struct sweep_point *point)
{
	enum pool_state state = POOL_FAILED;
	struct runs runs = { 0 };

	if (simulate(p, point, &runs))
		goto out;
	if (store_put(s, &point->key, &runs.run[0])) {
		p->shared->broken = true;
		goto out;
	}
	__atomic_add_fetch(&p->shared->made, 1, __ATOMIC_RELAXED);
	state = POOL_DONE;
out:
	runs_free(&runs);
	return state;
}

/* Somebody else may have made it since this sweep began. */
static enum pool_state make_unless_there(struct pool *p, struct store *s,
					 const struct sweep_point *point)
{
	int there = store_has(s, &point->key);

	if (there < 0)
		p->shared->broken = true;
	if (there)
		return there > 0 ? POOL_DONE : POOL_FAILED;
	return make(p, s, point);
}

static bool claim(struct store *s, const struct sweep_point *point, bool wait)
{
	bool ours;

	signals_release();
	ours = claim_take(s->claims, point->id, wait);
	signals_hold();
	return ours;
}

static enum pool_state take(struct pool *p, struct store *s, size_t i,
			    bool wait)
{
	const struct sweep_point *point = &p->plan->point[i];
	enum pool_state state;

	if (!claim(s, point, wait))
		return POOL_ELSEWHERE;
	state = make_unless_there(p, s, point);
	claim_drop(s->claims, point->id);
	return state;
}

/* The first time what nobody has begun, then what others had. */
static void look_at(struct pool *p, struct store *s, unsigned int number,
		    size_t next)
{
	bool again = next >= p->plan->nr;
	size_t i = again ? next - p->plan->nr : next;
	unsigned char *state = &p->shared->state[i];

	if (*state != (again ? POOL_ELSEWHERE : POOL_TODO))
		return;
	p->at[number] = i + 1;
	*state = POOL_UNDER_WAY;
	*state = (unsigned char)take(p, s, i, again);
	p->at[number] = 0;
}

int pool_worker(struct pool *p, unsigned int number)
{
	struct store s;
	size_t next;

	if (store_add_to(&s, p->path)) {
		p->shared->broken = true;
		return EXIT_FAILURE;
	}
	while (!p->shared->broken) {
		next = __atomic_fetch_add(&p->shared->next, 1,
					  __ATOMIC_RELAXED);
		if (next >= 2 * p->plan->nr)
			break;
		look_at(p, &s, number, next);
	}
	store_close(&s);
	return EXIT_SUCCESS;
}
