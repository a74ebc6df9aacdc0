// SPDX-License-Identifier: GPL-2.0
/*
 * A run: the machine is set up, the workload begins, and whatever comes next
 * in time happens, until the work is done or the time is up.
 */
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "stock/stock.h"

#define EPOCH_NS	(10 * NS_PER_MS)	/* contention changes this often */

#define LOOK_EVENTS	65536	/* some ms: is the run still wanted? */

/* ----------------------------------------------------------------- policies */

static bool is_word(const char *policy, const char *word)
{
	return !strcmp(policy, word);
}

static bool unmanaged(const char *policy)
{
	return is_word(policy, "off") || is_word(policy, "hand") ||
	       is_word(policy, "inverse");
}

/*
 * The kernel's own balancing is a policy here.  "stock" may carry parameters
 * like any other.
 */
static void policy_spec(const char *policy, char *buf, size_t size)
{
	size_t len = strlen("stock");

	if (!strncmp(policy, "stock", len) && (!policy[len] || policy[len] == ':'))
		snprintf(buf, size, "stock_like%s", policy + len);
	else
		snprintf(buf, size, "%s", policy);
}

/* All policies of this tree, once per program. */
static int register_policies(struct sim_error *e)
{
	const char *why = "";

	if (np_find("stock_like"))
		return 0;
	if (!np_find("none") && np_register_builtin(NP_CAN_ALL, &why))
		return sim_fail(e, "%s", why);
	if (stock_register(NP_CAN_ALL, &why))
		return sim_fail(e, "%s", why);
	return 0;
}

static int choose_policy(struct np_instance *inst, const char *policy,
			 struct sim_error *e)
{
	char spec[NP_SPEC_LEN + 16];
	const char *why = "";

	if (register_policies(e))
		return -1;
	policy_spec(policy, spec, sizeof(spec));
	if (np_instance_init(inst, spec, &why))
		return sim_fail(e, "%s: %s", policy, why);
	return 0;
}

int sim_check_policy(const char *policy, struct sim_error *e)
{
	struct np_instance inst;

	return unmanaged(policy) ? 0 : choose_policy(&inst, policy, e);
}

static int set_policy(struct sim *s, struct sim_error *e)
{
	const char *policy = s->config->policy;

	s->place = is_word(policy, "hand") ? 'h' :
		   is_word(policy, "inverse") ? 'i' : 0;
	s->manage = !unmanaged(policy);
	return s->manage ? choose_policy(&s->instance, policy, e) : 0;
}

/* ------------------------------------------------------------------ machine */

static int out_of_memory(struct sim_error *e)
{
	return sim_fail(e, "out of memory");
}

/*
 * What the kernel keeps free of each node before it moves pages there: its
 * high watermark, about 1/256 of memory on nodes of some GiB.
 */
static void set_node(struct sim *s, unsigned int n, struct cpu *first)
{
	const struct topology_node *from = &s->config->topology->node[n];
	struct node *node = &s->node[n];

	node->cpu = first;
	node->nr_cpus = from->cpus;
	node->pages = (uint64_t)from->mib << (20 - PAGE_SHIFT_BASE);
	node->free = node->pages;
	node->reserve = node->pages >> 8;
	node->wait = node->port_wait = 1;
}

static void set_cpu(struct sim *s, struct cpu *c, int node)
{
	int id = (int)(c - s->cpu);

	c->id = id;
	c->node = node;
	c->isolated = s->config->isolated && s->config->isolated[id];
	c->tick_ns = c->resched_ns = c->host_ns = NEVER_NS;
	c->rng = rng_for(s->config->seed, RNG_TICK + (uint64_t)id);
	s->node[node].nr_usable += !c->isolated;
	s->node[node].idle += !c->isolated;
	s->idle += !c->isolated;
}

static void set_cpus(struct sim *s)
{
	unsigned int next = 0;

	for (unsigned int n = 0; n < s->nr_nodes; n++) {
		set_node(s, n, &s->cpu[next]);
		for (unsigned int i = 0; i < s->node[n].nr_cpus; i++)
			set_cpu(s, &s->cpu[next++], (int)n);
		if (s->node[n].nr_usable && s->node[n].pages)
			s->homes[s->nr_homes++] = (int)n;
	}
}

/* The contract's view of the machine; its arrays are the run's to free. */
static int describe(struct sim *s)
{
	u8 *flags = calloc(s->nr_nodes, sizeof(*flags));
	s16 *cpu_node = calloc(s->nr_cpus, sizeof(*cpu_node));

	s->machine = (struct np_machine){
		.nr_nodes = (u16)s->nr_nodes,
		.nr_cpus = (u16)s->nr_cpus,
		.can = NP_CAN_ALL,
		.node_flags = flags,
		.cpu_node = cpu_node,
		.distance = s->config->topology->distance,
		.home = &sim_home,
		.mute = s->config->watch.record ? NP_MUTE_NOTHING : NP_MUTE_ALL,
	};
	if (!flags || !cpu_node)
		return -1;
	for (unsigned int n = 0; n < s->nr_nodes; n++)
		flags[n] = (s->node[n].pages ? NP_NODE_MEMORY : 0) |
			   (s->node[n].nr_cpus ? NP_NODE_CPU : 0);
	for (unsigned int c = 0; c < s->nr_cpus; c++)
		cpu_node[c] = (s16)s->cpu[c].node;
	return 0;
}

static int give_node_state(struct sim *s)
{
	size_t words = s->manage ? np_node_words(s->instance.ops) : 0;

	if (words)
		s->instance.node = calloc(s->nr_nodes * words, sizeof(u64));
	return words && !s->instance.node ? -1 : 0;
}

static int build(struct sim *s, struct sim_error *e)
{
	const struct topology *t = s->config->topology;

	s->nr_nodes = t->nr_nodes;
	s->nr_cpus = t->cpus;
	s->cpu = calloc(t->cpus, sizeof(*s->cpu));
	s->node = calloc(t->nr_nodes, sizeof(*s->node));
	s->homes = calloc(t->nr_nodes, sizeof(*s->homes));
	s->result->matrix = calloc((size_t)t->nr_nodes * t->nr_nodes,
				   sizeof(double));
	if (!due_init(&s->due, t->cpus) || !s->cpu || !s->node || !s->homes ||
	    !s->result->matrix)
		return out_of_memory(e);
	s->result->nr_nodes = t->nr_nodes;
	s->bytes = t->cpus * sizeof(*s->cpu) +
		t->nr_nodes * (sizeof(*s->node) +
			       (uint64_t)t->nr_nodes * (1 + sizeof(double)));
	set_cpus(s);
	if (!s->nr_homes)
		return sim_fail(e, "no node has both memory and CPUs that are not isolated");
	return describe(s) || give_node_state(s) ? out_of_memory(e) : 0;
}

/* ----------------------------------------------------------------- workload */

static int count_first(const struct work_plan *w)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->nr_processes; i++)
		if (!w->process[i].template)
			n += w->process[i].nr_threads;
	return (int)n;
}

static int check_cpus(const struct sim *s, const struct work_process *p,
		      struct sim_error *e)
{
	for (unsigned int i = 0; i < p->nr_threads; i++)
		if (p->thread[i].cpu >= (int)s->nr_cpus)
			return sim_fail(e, "%s: a thread of %s is bound to CPU %d; the machine has %u",
					s->config->work->spec, p->name,
					p->thread[i].cpu, s->nr_cpus);
	return 0;
}

static int check_work(const struct sim *s, struct sim_error *e)
{
	const struct work_plan *w = s->config->work;

	for (unsigned int i = 0; i < w->nr_processes; i++)
		if (check_cpus(s, &w->process[i], e))
			return -1;
	return 0;
}

static int begin_work(struct sim *s, struct sim_error *e)
{
	const struct work_plan *w = s->config->work;

	s->work_is_bytes = !strcmp(w->unit, "MiB");
	s->nr_first = (unsigned int)count_first(w);
	s->channel = calloc(w->nr_channels + 1, sizeof(*s->channel));
	s->barrier = calloc(w->nr_barriers + 1, sizeof(*s->barrier));
	s->object = calloc(w->nr_objects + 1, sizeof(*s->object));
	s->result->task_work = calloc(s->nr_first + 1, sizeof(double));
	s->result->nr_tasks = s->nr_first;
	if (!s->channel || !s->barrier || !s->object || !s->result->task_work)
		return out_of_memory(e);
	for (unsigned int i = 0; i < w->nr_processes && !s->error; i++)
		if (!w->process[i].template &&
		    !process_start(s, &w->process[i], NULL))
			sim_stop(s, "out of memory");
	return 0;
}

/* -------------------------------------------------------------------- time */

void sim_stop(struct sim *s, const char *why)
{
	if (!s->error)
		s->error = why;
}

static void tell_second(struct sim *s)
{
	const struct sim_watch *w = &s->config->watch;
	struct sim_second now;

	cpu_settle_all(s);
	now = (struct sim_second){
		.t_ns = s->now,
		.accesses = s->accesses - s->base.accesses,
		.local = s->local - s->base.local,
		.user_ns = s->result->user_ns - s->base.user_ns,
		.kernel_ns = s->result->kernel_ns - s->base.kernel_ns,
	};
	if (w->second && s->now > s->base.t_ns)
		w->second(w->data, &now);
	s->base = (struct sim_second){
		s->now, s->accesses, s->local, s->result->user_ns,
		s->result->kernel_ns,
	};
}

static void next_balance(struct sim *s)
{
	uint64_t ms = (uint64_t)s->instance.param[NP_P_BALANCE_PERIOD];

	timer_add(s, s->now + ms * NS_PER_MS, TIMER_BALANCE, NULL);
}

static void fire(struct sim *s, const struct timer *t)
{
	switch (t->kind) {
	case TIMER_WAKE:
		sched_wake(s, t->what, NULL);
		break;
	case TIMER_REFILL:
		sched_refill(s, t->what);
		break;
	case TIMER_SECOND:
		tell_second(s);
		timer_add(s, s->now + NS_PER_SEC, TIMER_SECOND, NULL);
		break;
	case TIMER_EPOCH:
		contention_epoch(s);
		timer_add(s, s->now + EPOCH_NS, TIMER_EPOCH, NULL);
		break;
	case TIMER_WORKER:
		worker_run(s, t->what);
		break;
	case TIMER_BALANCE:
		home_balance(s);
		next_balance(s);
		break;
	default:
		break;
	}
}

static void begin_timers(struct sim *s)
{
	timer_add(s, NS_PER_SEC, TIMER_SECOND, NULL);
	if (s->costs.node_bytes > 0 || s->costs.port_bytes > 0)
		timer_add(s, EPOCH_NS, TIMER_EPOCH, NULL);
	if (s->manage && s->instance.ops->balance)
		next_balance(s);
}

/* Timers before CPUs at the same time; the lowest CPU before the others. */
static bool next_event(struct sim *s)
{
	uint64_t cpu = due_ns(&s->due), timer = timer_next(&s->timers);
	uint64_t next = timer <= cpu ? timer : cpu;
	struct timer t;

	if (next > s->config->run_ns)
		return false;
	s->now = next;
	if (timer <= cpu) {
		timer_pop(&s->timers, &t);
		fire(s, &t);
	} else {
		cpu_event(s, &s->cpu[due_first(&s->due)]);
	}
	return true;
}

static void look_around(struct sim *s)
{
	const struct sim_watch *w = &s->config->watch;

	if (w->stop && w->stop(w->data))
		sim_stop(s, "stopped");
}

static void finish(struct sim *s)
{
	s->result->finished = !s->living;
	if (s->living && !s->error)
		s->now = s->config->run_ns;
	tell_second(s);
	s->result->ended_ns = s->now;
}

/* ------------------------------------------------------------------ results */

/* Of threads still alive; task_exit() has seen to the others. */
static void collect(struct sim *s)
{
	s->ending = true;
	while (s->tasks)
		task_exit(s, s->tasks);
	s->result->fairness = s->fair_squares > 0 ?
		s->fair_sum * s->fair_sum / (s->fair_nr * s->fair_squares) : 1;
	s->result->worst_share = s->fair_sum > 0 ?
		s->fair_least * s->fair_nr / s->fair_sum : 1;
}

static int outcome(const struct sim *s, struct sim_error *e)
{
	if (s->oom)
		return out_of_memory(e);
	if (s->error)
		return sim_fail(e, "%s: %s, at %.3f s", s->config->work->spec,
				s->error, (double)s->now / NS_PER_SEC);
	return 0;
}

int sim_begin(struct sim *s, const struct sim_config *c, struct sim_result *ret,
	      struct sim_error *e)
{
	*s = (struct sim){ .config = c, .result = ret, .slow = 1,
		.costs = *c->costs };
	*ret = (struct sim_result){ 0 };
	if (set_policy(s, e) || build(s, e) || check_work(s, e) ||
	    begin_work(s, e))
		return -1;
	begin_timers(s);
	return 0;
}

bool sim_step(struct sim *s)
{
	return s->living && !s->error && !s->oom && next_event(s);
}

int sim_end(struct sim *s, struct sim_error *e)
{
	finish(s);
	collect(s);
	return outcome(s, e);
}

void sim_close(struct sim *s)
{
	life_free(s);
	worker_close(s);
	free(s->cpu);
	due_free(&s->due);
	free(s->node);
	free(s->homes);
	free(s->object);
	free(s->channel);
	free(s->barrier);
	free(s->timers.heap);
	mix_free(&s->scratch);
	free((void *)s->machine.node_flags);
	free(s->instance.node);
	free((void *)s->machine.cpu_node);
}

int sim_run(const struct sim_config *c, struct sim_result *ret,
	    struct sim_error *e)
{
	struct sim s;
	int err = sim_begin(&s, c, ret, e);
	uint64_t events = 0;

	while (!err && sim_step(&s))
		if (++events % LOOK_EVENTS == 0)
			look_around(&s);
	if (!err)
		err = sim_end(&s, e);
	sim_close(&s);
	if (err)
		sim_result_free(ret);
	return err;
}

void sim_result_free(struct sim_result *r)
{
	free(r->matrix);
	free(r->task_work);
	*r = (struct sim_result){ 0 };
}
