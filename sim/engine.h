/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of one run, and what the rooms of the simulator do to it.
 *
 * Time goes on in events.  A CPU has one event ahead: the end of what its task
 * does, its next hinting fault, or the tick.  What a task has done up to now is
 * only worked out when somebody needs to know (cpu_settle()).
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numaplace/policy.h>

#include "costs.h"
#include "due.h"
#include "mem/batch.h"
#include "mem/bitmap.h"
#include "mem/region.h"
#include "mem/view.h"
#include "rng.h"
#include "sim.h"

#define NS_PER_US	1000ULL
#define NS_PER_MS	1000000ULL
#define NS_PER_SEC	1000000000ULL
#define TICK_NS		(4 * NS_PER_MS)	/* CONFIG_HZ=250, Debian's */
#define TICK_LATE_NS	NS_PER_US	/* ..and as late as this, by chance */
#define NEVER_NS	UINT64_MAX

struct sim;
struct cpu;
struct task;
struct process;
struct stock;

/* --------------------------------------------------------------- processes */

/* Stacks lie above all regions; so do the pages of its own that explain shows. */
#define OTHER_BASE	(1ULL << 46)
#define OTHER_BYTES	(256ULL << 10)

/**
 * struct mapping - a region in an address space
 * @base:	its first address
 * @marked:	pages whose next touch is a hinting fault
 * @marks:	changes when pages are marked
 */
struct mapping {
	struct region *region;
	uint64_t base;
	struct bitmap marked;
	uint64_t marks;
	struct views views;
};

/**
 * struct process - one address space and its threads
 * @inst:	its policy, or NULL if nobody manages it
 * @map:	[nr_maps] in order of addresses
 * @task:	[nr_tasks] living threads
 * @nr_born:	of them, those that have begun: they share its memory
 * @waiting:	the task that spawned it and waits for its end, or NULL
 * @first_tid:	of the threads it began with, but the main one
 * @stock:	the kernel's own scanner, if that is its policy
 * @moved:	pages of it that had moved when it was scanned last
 * @bytes:	that the simulation uses for it
 */
struct process {
	struct np_proc np;
	struct np_instance *inst;
	const struct work_process *plan;
	struct mapping *map;
	unsigned int nr_maps;
	struct task **task;
	unsigned int nr_tasks;
	unsigned int nr_born;
	struct task *waiting;
	uint32_t first_tid;
	struct stock *stock;
	uint64_t moved;
	uint64_t bytes;
	struct process *next, *prev;
};

/* ------------------------------------------------------------------- tasks */

enum task_state { TASK_NEW, TASK_READY, TASK_RUNNING, TASK_BLOCKED, TASK_DEAD };

/**
 * struct stream - accesses to a range of memory, under way
 * @map:	NULL if none
 * @first, @nr:	the range, in pages
 * @pos:	where a sweep (or first touch) is, in pages from @first
 * @look:	where in what a sweep passes its pages are looked at, 0 to 1
 * @left:	accesses until it is done
 * @done:	accesses so far
 * @shown:	where it was when marks of the program's own pages could be met last:
 *		looks() of stock/scan.c, or 0 if that was before it began
 * @ns:		time of one access
 * @end_ns:	when its last pass begins
 * @view:	of the range
 * @priced_ns:	when @ns was right
 * @target:	position of the next marked page, in pages from @first
 * @fault_in:	user time until the next hinting fault, INFINITY if none is near
 */
struct stream {
	const struct work_op *op;
	struct mapping *map;
	uint32_t first;
	uint32_t nr;
	double pos;
	double look;
	double left;
	double done;
	uint64_t shown;
	double ns;
	uint64_t end_ns;
	struct view *view;
	uint64_t priced_ns;
	double target;
	double fault_in;
	uint32_t page_accesses;
	bool touching;
};

/**
 * struct task - one thread
 * @known:	@np is in use (the core's state begins at the first fault)
 * @pc:		next op
 * @round:	[nr_ops] rounds done of each loop
 * @loop:	innermost loop under way, or WORK_NO_INDEX
 * @turn_ns:	when the last op should have ended if it had a time, or 0
 * @user_left:	CPU time of the op under way
 * @kernel_left: CPU time the kernel takes before that goes on
 * @forking:	in the middle of a SPAWN
 * @syscall:	@kernel_left is work of its own, which may not be preempted
 * @vruntime:	CPU time by weight; the smallest is next
 * @exec_ns:	CPU time so far
 * @stint_ns:	@exec_ns when it got the CPU
 * @order:	of those who came to a queue, its number
 * @since_ns:	when it began to want the CPU, and @exec_ns then
 * @wanted_ns:	of all times it wanted the CPU for long, and what it @had_ns
 * @stamp_ns:	@exec_ns at its last scan; the next is @scan_ms later
 * @stock:	STOCK_*
 * @scan_rest:	ns that a scan under way takes after its marks can be met
 * @bind_node, @bind_cpu: where alone it may run, or -1
 */
struct task {
	struct np_task np;
	bool known;
	uint32_t tid;
	unsigned int number;
	struct process *process;
	const struct work_thread *plan;
	enum task_state state;
	struct rng rng;

	uint32_t pc;
	uint32_t loop;
	uint64_t *round;
	struct stream stream;
	uint64_t turn_ns;
	double user_left;
	double kernel_left;
	bool forking;
	bool syscall;
	double work;

	struct cpu *cpu;
	unsigned int rq_index;
	uint32_t weight;
	uint64_t vruntime;
	uint64_t exec_ns;
	uint64_t stint_ns;
	uint64_t order;
	uint64_t since_ns, since_exec_ns;
	uint64_t wanted_ns, had_ns;
	uint64_t woken_ns;
	uint64_t deadline_ns;
	uint64_t budget_ns;
	int bind_node;
	int bind_cpu;
	uint32_t util;
	uint64_t util_ns;

	uint64_t stamp_ns;
	uint32_t scan_ms;
	uint8_t stock;
	double scan_rest;

	struct task *queue_next;	/* of a channel or barrier */
	struct task *next, *prev;	/* all living tasks */
};

/* -------------------------------------------------------------------- CPUs */

#define UTIL_ONE	(1U << 26)

/**
 * struct cpu - one CPU
 * @curr:	who runs, or NULL
 * @rq:		[nr] who waits to
 * @load:	sum of weights, the running one's included
 * @min_vruntime: of all that waited here, never falls
 * @settled_ns:	up to when its task's work is worked out
 * @tick_ns:	next tick; NEVER_NS while idle
 * @rng:	how late that is, and where else there is chance here
 * @resched_ns:	when somebody else should run, NEVER_NS if nobody should
 * @host_ns:	when the host next takes it off one of its CPUs, or gives it one
 * @held:	it has none
 * @util:	how much of the time its tasks used it (PELT), in 1/UTIL_ONE, as of
 *		@util_ns
 * @util_gone:	of that, what the dead have used
 * @failed:	times its node could not give or get what it wanted
 * @hot:	times in a row that who waited had just run
 * @batch:	pages that its tasks have brought last
 */
struct cpu {
	int id;
	int node;
	bool isolated;
	struct task *curr;
	struct task **rq;
	unsigned int nr, room;
	uint64_t load;
	uint64_t min_vruntime;
	uint64_t settled_ns;
	uint64_t tick_ns;
	struct rng rng;
	unsigned int ticks;
	unsigned int failed;
	unsigned int hot;
	uint64_t resched_ns;
	uint64_t host_ns;
	bool held;
	uint32_t util, util_gone;
	uint64_t util_ns;
	struct batch batch;
};

/**
 * struct node - one memory node
 * @cpu, @nr_cpus: its CPUs
 * @nr_usable:	of those, not isolated
 * @idle:	of those, idle
 * @waiting:	tasks that wait for its CPUs
 * @running:	CPUs with a task, without the isolated ones
 * @util:	sum of theirs, as of @util_ns
 * @reserve:	pages that stay free of what is moved here
 * @foreign:	pages meant for it that went elsewhere
 * @booked_ns:	moves to it are booked up to this time (np_paced())
 * @bytes:	its memory delivered since the last look
 * @port_bytes:	that passed between it and others since
 * @wait, @port_wait: how many times slower that makes an access
 */
struct node {
	struct cpu *cpu;
	unsigned int nr_cpus;
	unsigned int nr_usable;
	unsigned int idle;
	unsigned int waiting;
	unsigned int running;
	uint64_t util, util_ns;
	uint64_t pages;
	uint64_t free;
	uint64_t reserve;
	uint64_t foreign;
	np_counter_t booked_ns;
	double bytes;
	double port_bytes;
	double wait;
	double port_wait;
	struct backlog *backlog;
	bool worker_busy;
};

/*
 * A page that a worker is to move to the node whose backlog it is in, unless
 * page.queued is not @tag any more.
 */
struct queued {
	struct queued *next;
	struct region *region;
	struct process *process;
	uint32_t page;
	uint8_t tag;
};

/* What comes from one node, or from several if there are more nodes than lanes. */
struct lane {
	struct queued *first, **end;
};

#define WORKER_LANES 64

/**
 * struct backlog - what a worker has to do
 * @turn:	lane that is next
 * @pages:	base pages in all of them, cancelled ones included
 * @tag:	of the last entry
 */
struct backlog {
	struct lane lane[WORKER_LANES];
	unsigned int turn;
	uint64_t pages;
	uint8_t tag;
};

/* ------------------------------------------------------------------ timers */

enum timer_kind {
	TIMER_WAKE,		/* a sleeping task */
	TIMER_REFILL,		/* the budget of a deadline task */
	TIMER_SECOND,		/* tell the watcher */
	TIMER_EPOCH,		/* look at contention */
	TIMER_WORKER,		/* move queued pages to a node */
	TIMER_BALANCE,		/* the balance verb, for all nodes */
};

struct timer {
	uint64_t ns;
	uint64_t seq;		/* equal times: first come, first served */
	enum timer_kind kind;
	void *what;
};

struct timers {
	struct timer *heap;
	size_t nr, room;
	uint64_t seq;
};

int timer_add(struct sim *s, uint64_t ns, enum timer_kind kind, void *what);
bool timer_pop(struct timers *t, struct timer *ret);
static inline uint64_t timer_next(const struct timers *t)
{
	return t->nr ? t->heap[0].ns : NEVER_NS;
}

/* --------------------------------------------------------------------- run */

struct channel {
	uint64_t messages;
	struct task *first, *last;
};

struct barrier {
	unsigned int here;
	struct task *first;
};

/**
 * struct sim - one run
 * @now:	the time
 * @slow:	how many times slower a busy CPU is than it could be, in the long run
 * @due:	next event of each CPU
 * @manage:	new processes get @inst
 * @place:	'h' and 'i': by hand, inverse
 * @homes:	[nr_homes] nodes with CPUs and memory
 * @grave:	dead threads that a timer may still name
 * @living:	threads
 * @waiting:	of those, how many wait for a CPU
 * @idle:	CPUs that are not isolated and idle
 * @next_id:	of a process or thread
 * @next_order:	of a task that comes to a queue
 * @next_number: of the threads that begin with the workload
 * @bytes:	that the simulation uses now
 * @ending:	the run is over, what is left is only counted
 * @base:	what the second being watched began with
 * @oom:	an allocation of the simulation itself failed
 * @error:	why the run cannot go on, or NULL
 */
struct sim {
	const struct sim_config *config;
	struct sim_costs costs;
	uint64_t now;
	double slow;
	struct np_machine machine;
	struct np_instance instance;
	bool manage;
	char place;

	struct cpu *cpu;
	unsigned int nr_cpus;
	struct due due;
	struct node *node;
	unsigned int nr_nodes;
	int *homes;
	unsigned int nr_homes;

	struct region *object;		/* shared memory */
	struct process *processes;
	struct task *tasks;
	struct task *grave;
	unsigned int nr_first;
	unsigned int living;
	unsigned int waiting;
	unsigned int idle;
	uint32_t next_id;
	uint64_t next_order;
	unsigned int next_number;
	struct channel *channel;
	struct barrier *barrier;
	struct timers timers;
	struct mix scratch;

	double accesses, local;
	struct sim_second base;
	struct sim_result *result;
	double fair_sum, fair_squares;
	unsigned int fair_nr;
	double fair_least;
	uint64_t bytes;
	bool work_is_bytes;
	bool ending;
	bool oom;
	const char *error;
};

/*
 * engine.c: sim_run() in steps.  After sim_begin(), whatever it returned, comes
 * sim_close(); sim_step() makes the next event happen, until it returns false.
 */
int sim_begin(struct sim *s, const struct sim_config *c, struct sim_result *ret,
	      struct sim_error *e);
bool sim_step(struct sim *s);
int sim_end(struct sim *s, struct sim_error *e);
void sim_close(struct sim *s);
void sim_stop(struct sim *s, const char *why);

/* program.c: what tasks do */
void program_advance(struct sim *s, struct task *t);

/* life.c: processes and threads */
struct process *process_start(struct sim *s, const struct work_process *plan,
			      struct task *parent);
bool process_begin_thread(struct sim *s, struct process *p);
void task_exit(struct sim *s, struct task *t);
void life_free(struct sim *s);

/* home.c: the contract's side of the machine */
extern const struct np_home_ops sim_home;
struct np_ctx sim_ctx(struct sim *s, struct process *p, struct task *t);
void sim_know(struct sim *s, struct task *t);
/* sim_remember_moves() - of its pages, before its first scan call. */
void sim_remember_moves(struct sim *s, struct process *p);
void home_ask(struct sim *s, struct process *p, struct task *t,
	      const struct np_task_ask *ask);
void home_balance(struct sim *s);
void home_bring(struct sim *s, struct task *t);
/* home_came() - @t is on another node now than @from, where it was. */
void home_came(struct sim *s, struct task *t, int from);

/* mem/stream.c: accesses of a task */
void stream_begin(struct sim *s, struct task *t, const struct work_op *op);
void stream_price(struct sim *s, struct task *t);
void stream_aim(struct sim *s, struct task *t);
void stream_run(struct sim *s, struct task *t, double ns);
double stream_next(const struct task *t);
bool stream_done(const struct sim *s, const struct task *t);
void stream_event(struct sim *s, struct task *t);
void stream_end(struct task *t);

/* mem/alloc.c: pages come, go and move */
bool alloc_pages(struct sim *s, const struct task *t, struct region *r,
		 uint32_t i, uint32_t nr);	/* false: all is full */
bool alloc_move(struct sim *s, struct region *r, uint32_t i, int node,
		struct cpu *by);		/* NULL: a worker's */
/* alloc_move_lone() - a base page that no region has, and no node counts */
bool alloc_move_lone(struct sim *s, struct page *p, int node, struct cpu *by);
bool alloc_full(const struct sim *s, int node, uint32_t base_pages);
void alloc_free_region(struct sim *s, struct region *r);
int *alloc_bind_by_hand(struct sim *s, const struct work_region *plan);

/* mem/scan.c, mem/fault.c, mem/worker.c; scan_mark() returns base pages */
void scan_tick(struct sim *s, struct task *t);
bool scan_has_run(const struct task *t, uint64_t ns);
double scan_flush_ns(const struct sim *s, struct cpu *c);
bool scan_skips(const struct mapping *m);
bool scan_would_mark(const struct task *t, const struct mapping *m,
		     uint32_t first, uint32_t end);
uint32_t scan_mark(const struct task *t, struct mapping *m, uint32_t first,
		   uint32_t end);
void scan_tell_runners(struct sim *s, struct process *p);
void fault_take(struct sim *s, struct task *t, uint32_t page);
/* fault_lone() - of a base page that no region has; written, unless @shared */
void fault_lone(struct sim *s, struct task *t, struct page *p, uint64_t addr,
		bool shared);

/* mem/worker.c; worker_queue() - false: there is too much to do already */
bool worker_queue(struct sim *s, struct process *p, struct region *r,
		  uint32_t page, int node);
void worker_cancel(struct region *r, uint32_t page);
void worker_run(struct sim *s, struct node *n);
void worker_forget(struct sim *s, const struct process *p);
void worker_close(struct sim *s);

/* mem/contention.c */
void contention_epoch(struct sim *s);
double contention_latency(const struct sim *s, int from, int to);

/* sched/clock.c: time passes on a CPU */
void cpu_settle(struct sim *s, struct cpu *c);
void cpu_settle_all(struct sim *s);
void cpu_plan(struct sim *s, struct cpu *c);	/* its next event */
void cpu_event(struct sim *s, struct cpu *c);
void cpu_steal(struct sim *s, struct cpu *c, double ns);

/* sched/host.c: what the host of an emulated machine lets run */
void host_share(struct sim *s);
void host_begin(struct sim *s, struct cpu *c);
void host_turn(struct sim *s, struct cpu *c);

/* sched/queue.c: who runs */
void sched_enqueue(struct sim *s, struct cpu *c, struct task *t);
void sched_dequeue(struct sim *s, struct task *t);
void sched_leave(struct sim *s, struct task *t);
void sched_pick(struct sim *s, struct cpu *c);
void sched_block(struct sim *s, struct task *t);
void sched_wake(struct sim *s, struct task *t, struct cpu *waker);
void sched_birth(struct sim *s, struct task *t, struct cpu *parent);
void sched_tick(struct sim *s, struct cpu *c);
void sched_end_wanting(const struct sim *s, struct task *t);
void sched_refill(struct sim *s, struct task *t);
void sched_check_preempt(struct sim *s, struct cpu *c, struct task *t);

/* sched/place.c: where a task may run, and goes when it is woken */
bool sched_allowed(const struct task *t, const struct cpu *c);
struct cpu *place_bound(struct sim *s, struct task *t);
struct cpu *place_on_node(struct sim *s, struct task *t, int node);
struct cpu *place_wakeup(struct sim *s, struct task *t, struct cpu *waker);

/* sched/birth.c: where it begins, and goes when it is executed */
struct cpu *place_birth(struct sim *s, struct task *t, struct cpu *parent);
struct cpu *place_exec(struct sim *s, struct task *t);

/* sched/util.c: how busy tasks, CPUs and nodes have been */

/* How much a node has to do (enum group_type): less than it can, as much, or more. */
enum load { LOAD_SPARE, LOAD_FULL, LOAD_OVER };

/* Before @c gets or loses @t. */
void util_switch(struct sim *s, struct cpu *c, struct task *t);
/* Before @t, new or from another CPU, belongs to @c. */
void util_attach(struct sim *s, struct cpu *c, struct task *t);
/* The dead are noticed. */
void util_miss(struct sim *s, struct cpu *c);
uint32_t util_of(const struct cpu *c, uint64_t now);
uint32_t util_of_task(const struct task *t, uint64_t now);
uint64_t util_of_node(const struct node *n, uint64_t now);
/* Of a node with so many tasks that have used so much of its CPUs. */
enum load util_load(const struct node *n, unsigned int tasks, uint64_t util);

/* sched/balance.c: CPUs that have too much or too little to do */
void balance_tick(struct sim *s, struct cpu *c);
bool balance_idle(struct sim *s, struct cpu *c);

/* sched/move.c: a task goes to another CPU */
void move_task(struct sim *s, struct task *t, struct cpu *to);
bool move_to_node(struct sim *s, struct task *t, int node, int cpu);
bool move_swap(struct sim *s, struct task *t, struct cpu *with);

/* The slice whose turn it is in the innermost loop. */
static inline uint64_t slice_of(const struct task *t,
				const struct work_slice *slice)
{
	uint64_t round = t->loop == WORK_NO_INDEX ? 0 : t->round[t->loop];
	uint64_t n = slice->slices ? slice->slices : 1;

	return (slice->base + slice->step * round) % n;
}

/* CPU time by the clock: CPUs of an emulated machine do not always run. */
static inline double by_clock(const struct sim *s, double ns)
{
	return ns * s->slow;
}

/* Its task goes on, as far as its own kernel can tell. */
static inline bool host_holds(const struct cpu *c)
{
	return c->curr && c->held;
}

static inline bool task_bound(const struct task *t)
{
	return t->bind_cpu >= 0 || t->bind_node >= 0;
}

/* On its CPUs or waiting for one. */
static inline unsigned int node_tasks(const struct node *n)
{
	return n->nr_usable - n->idle + n->waiting;
}

static inline bool cpu_idle(const struct cpu *c)
{
	return !c->curr && !c->nr;
}

/* A thread that has no home of its own has its process's. */
static inline int task_home(const struct task *t)
{
	return t->known ? np_home_of(&t->np) : t->process->np.home;
}

/* A deadline task that has used up its budget waits for the next. */
static inline bool task_spent(const struct task *t)
{
	return t->plan->class == WORK_DEADLINE && !t->budget_ns;
}

static inline unsigned int cpu_tasks(const struct cpu *c)
{
	return c->nr + !!c->curr;
}

#endif
