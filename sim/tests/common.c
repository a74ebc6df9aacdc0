// SPDX-License-Identifier: GPL-2.0
/* A run in steps, for the tests. */
#include "common.h"

/* All pages are looked at after every so many events. */
#define CHECK_ALL	509

/* Of their own, so that what is fitted to machines does not move the tests. */
static const struct sim_costs test_costs = {
	.name = "test",
	.local_ns = 85,
	.sweep_overlap = 10,
	.random_overlap = 4,
	.compute = 1,
	.access_ns = 0.5,
	.node_bytes = 160,
	.port_bytes = 60,
	.touch_ns = 600,
	.touch_huge_ns = 90000,
	.fault_ns = 1000,
	.move_ns = 2200,
	.numab_move_ns = 2200,
	.copy_ns = 400,
	.mark_ns = 20,
	.numab_ns = 20,
	.flush_ns = 4000,
	.switch_ns = 1500,
	.cold_ns = 20000,
	.wake_ns = 1000,
	.fork_ns = 60000,
	.exec_ns = 250000,
	.exit_ns = 60000,
};

static struct run *open_machine(const char *topology, const char *policy)
{
	struct run *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	if (topology_load(&r->topology, topology, &r->e))
		fail_msg("%s", r->e.text);
	r->check_events = 1;
	r->costs = test_costs;
	r->c = (struct sim_config){
		.topology = &r->topology,
		.policy = policy,
		.costs = &r->costs,
		.preempt = SIM_PREEMPT_FULL,
		.seed = 1,
		.run_ns = NS_PER_SEC,
	};
	return r;
}

static unsigned int homes(const struct topology *t)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->nr_nodes; i++)
		n += t->node[i].cpus && t->node[i].mib;
	return n;
}

static struct work_machine machine(const struct run *r)
{
	const struct topology *t = &r->topology;

	return (struct work_machine){ t->cpus, t->nr_nodes, homes(t) };
}

static struct work_plan *plan(struct run *r, const char *text)
{
	struct work_machine m = machine(r);
	struct work *w = work_parse("test", text, strlen(text), &r->e);
	struct work_plan *p = w ? work_plan(w, &m, NULL, &r->e) : NULL;

	work_free(w);
	if (!p)
		fail_msg("%s", r->e.text);
	return p;
}

struct run *run_new(const char *topology, const char *text, const char *policy)
{
	struct run *r = open_machine(topology, policy);
	char *all = malloc(strlen(text) + 64);

	assert_non_null(all);
	sprintf(all, "workload test \"\"\n%s%s",
		strncmp(text, "unit", 4) ? "unit rounds\n" : "", text);
	r->plan = plan(r, all);
	free(all);
	r->c.work = r->plan;
	return r;
}

struct run *run_load(const char *topology, unsigned int mib, const char *work,
		     const char *policy)
{
	struct run *r = open_machine(topology, policy);
	struct work_machine m = machine(r);

	if (mib)
		topology_set_memory(&r->topology, mib);
	r->plan = work_load(work, &m, &r->e);
	if (!r->plan)
		fail_msg("%s", r->e.text);
	r->c.work = r->plan;
	return r;
}

void run_free(struct run *r)
{
	sim_close(&r->s);
	sim_result_free(&r->r);
	work_plan_free(r->plan);
	topology_free(&r->topology);
	free(r);
}

void run_begin(struct run *r)
{
	if (sim_begin(&r->s, &r->c, &r->r, &r->e))
		fail_msg("%s", r->e.text);
	check_all(&r->s);
}

static uint64_t next_event(const struct sim *s)
{
	uint64_t timer = timer_next(&s->timers);

	return timer < due_ns(&s->due) ? timer : due_ns(&s->due);
}

/* Time stands still if so many events come at once. */
#define TOO_MANY	1000000

void run_to(struct run *r, uint64_t ns)
{
	unsigned int same = 0;
	uint64_t last = 0;

	while (next_event(&r->s) <= ns && sim_step(&r->s)) {
		if (r->events % r->check_events == 0)
			check_quick(&r->s);
		if (++r->events % CHECK_ALL == 0)
			check_all(&r->s);
		same = r->s.now == last ? same + 1 : 0;
		assert_true(same < TOO_MANY);
		last = r->s.now;
	}
	check_all(&r->s);
}

double run_local(struct run *r, uint64_t from, uint64_t to)
{
	double all, local;

	run_to(r, from);
	cpu_settle_all(&r->s);
	all = r->s.accesses;
	local = r->s.local;
	run_to(r, to);
	cpu_settle_all(&r->s);
	return (r->s.local - local) / (r->s.accesses - all);
}

void run_drain(struct run *r)
{
	for (unsigned int c = 0; c < r->s.nr_cpus; c++)
		batch_empty(&r->s.cpu[c].batch);
}

void run_all(struct run *r)
{
	run_begin(r);
	run_to(r, r->c.run_ns);
	if (sim_end(&r->s, &r->e))
		fail_msg("%s", r->e.text);
}

void run_fails(struct run *r, const char *why)
{
	run_begin(r);
	run_to(r, r->c.run_ns);
	assert_int_equal(sim_end(&r->s, &r->e), -1);
	assert_non_null(strstr(r->e.text, why));
}

struct task *run_task(struct run *r, unsigned int process, unsigned int thread)
{
	const struct work_thread *plan = &r->plan->process[process].thread[thread];
	struct task *t = r->s.tasks;

	while (t && t->plan != plan)
		t = t->next;
	return t;
}

struct mapping *run_map(struct run *r, unsigned int process, unsigned int map)
{
	struct process *p = r->s.processes;

	while (p && p->plan != &r->plan->process[process])
		p = p->next;
	assert_non_null(p);
	return &p->map[map];
}

void assert_near(double is, double should, double part)
{
	double off = is - should, most = should * part;

	if (off > most || -off > most)
		fail_msg("%.9g is not near %.9g", is, should);
}

double jain(const double *x, unsigned int n)
{
	double sum = 0, squares = 0;

	for (unsigned int i = 0; i < n; i++) {
		sum += x[i];
		squares += x[i] * x[i];
	}
	return sum * sum / (n * squares);
}
