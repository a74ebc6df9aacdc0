// SPDX-License-Identifier: GPL-2.0
/*
 * Migration by workers, one per node, as AutoNUMA's knuma_migrated: pages that
 * a fault queued come to the node a little later.
 *
 * What comes from different nodes waits in different lanes, which take turns: a
 * worker reads from all memory channels alike.  Pages are queued under the
 * page-table lock, so there is nothing to allocate: lanes are rings, and which
 * pages wait is in a table with few places for each page.  A page without a
 * place there is not queued; one that has lost it to a later fault is not moved.
 *
 * No reference to a page is held meanwhile, which would make the kernel copy
 * pages it could have kept.  A page that is another one by now is let be.
 */
#include <linux/cpumask.h>
#include <linux/hash.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "kmod.h"

#define LANES		8	/* nodes share them on larger machines */
#define NODE_ENTRIES	16384	/* of all lanes of a node, up to.. */
#define LARGE_NODES	16	/* ..so many nodes, and fewer on larger machines */
#define SLEEP_MS	100	/* AutoNUMA's migrate_sleep_millisecs */
#define RUN_PAGES	(SZ_128M >> PAGE_SHIFT)	/* a time: its pages_to_migrate */
#define WAIT_PAGES	(4 * RUN_PAGES)		/* that wait for a node at most */

#define SET_BITS	14
#define WAYS		8	/* places for pages of one hash */

/* A page that is to move, as it was when it was queued. */
struct queued {
	unsigned long pfn;
	void *mapping;
	struct np_kproc *kp;	/* with a reference */
	u64 addr;
	u32 pages;
	s16 from;
};

struct lane {
	u32 head, tail;
	struct queued *ring;	/* [lane_entries] */
};

/**
 * struct worker - of a destination node
 * @pages:	base pages that wait
 * @turn:	lane that is next
 * @hurry:	there is enough to do not to wait
 */
struct worker {
	spinlock_t lock;
	int nid;
	u32 pages;
	u32 turn;
	struct task_struct *thread;
	wait_queue_head_t wait;
	bool hurry;
	struct lane lane[LANES];
	struct queued *rings;	/* of all lanes */
};

static struct worker *workers;	/* [nr_nodes] */
static u32 nr_lanes, lane_entries;	/* powers of two */
static atomic_long_t (*waiting)[WAYS];

/* -------------------------------------------------------------- which wait */

static long tag_of(unsigned long pfn, int nid)
{
	return pfn * NP_MAX_NODES + nid + 1;
}

static atomic_long_t *set_of(unsigned long pfn)
{
	return waiting[hash_long(pfn, SET_BITS)];
}

/* Return: its place, or NULL. */
static atomic_long_t *place_of(unsigned long pfn)
{
	atomic_long_t *set = set_of(pfn);

	for (int i = 0; i < WAYS; i++) {
		long tag = atomic_long_read(&set[i]);

		if (tag && (tag - 1) / NP_MAX_NODES == pfn)
			return &set[i];
	}
	return NULL;
}

static bool take_place(unsigned long pfn, int nid)
{
	atomic_long_t *set = set_of(pfn);

	for (int i = 0; i < WAYS; i++)
		if (!atomic_long_read(&set[i]) &&
		    !atomic_long_cmpxchg(&set[i], 0, tag_of(pfn, nid)))
			return true;
	return false;
}

/* Is it still to go to @nid? Not any more, then. */
static bool give_place(unsigned long pfn, int nid)
{
	atomic_long_t *place = place_of(pfn);
	long tag = tag_of(pfn, nid);

	return place && atomic_long_cmpxchg(place, tag, 0) == tag;
}

/* Wherever it was to go. */
static void lose_place(unsigned long pfn)
{
	atomic_long_t *place = place_of(pfn);
	long tag = place ? atomic_long_read(place) : 0;

	if (tag && (tag - 1) / NP_MAX_NODES == pfn)
		atomic_long_cmpxchg(place, tag, 0);
}

void np_unqueue_folio(struct folio *folio)
{
	if (READ_ONCE(waiting))
		lose_place(folio_pfn(folio));
}

/* ---------------------------------------------------------------- queueing */

static bool append(struct worker *w, const struct queued *q)
{
	struct lane *l = &w->lane[q->from & (nr_lanes - 1)];
	u32 waits = l->head - l->tail;

	if (waits >= lane_entries || w->pages + q->pages > WAIT_PAGES)
		return false;
	l->ring[l->head++ & (lane_entries - 1)] = *q;
	w->pages += q->pages;
	if (w->pages >= RUN_PAGES || waits > lane_entries / 2)
		WRITE_ONCE(w->hurry, true);
	return true;
}

static bool enqueue(struct worker *w, const struct queued *q)
{
	bool done;

	spin_lock(&w->lock);
	done = append(w, q);
	spin_unlock(&w->lock);
	if (done && wq_has_sleeper(&w->wait))
		wake_up(&w->wait);
	return done;
}

bool np_queue_folio(struct np_kproc *kp, struct folio *folio, u64 addr, int nid)
{
	unsigned long pfn = folio_pfn(folio);
	struct queued q = {
		.pfn = pfn, .mapping = folio->mapping, .kp = kp, .addr = addr,
		.pages = folio_nr_pages(folio), .from = folio_nid(folio),
	};
	atomic_long_t *place;

	if (!READ_ONCE(workers) || folio_is_file_lru(folio))
		return false;
	place = place_of(pfn);
	if (place && atomic_long_read(place) == tag_of(pfn, nid))
		return true;
	lose_place(pfn);
	if (!refcount_inc_not_zero(&kp->ref))
		return false;
	if (take_place(pfn, nid) && enqueue(&workers[nid], &q))
		return true;
	give_place(pfn, nid);
	np_kproc_put(kp);
	return false;
}

/* ------------------------------------------------------------------ moving */

static bool take_from(struct worker *w, struct lane *l, struct queued *ret)
{
	if (l->head == l->tail)
		return false;
	*ret = l->ring[l->tail++ & (lane_entries - 1)];
	w->pages -= ret->pages;
	return true;
}

/* From the lane whose turn it is. Return: false if all are empty. */
static bool take(struct worker *w, struct queued *ret)
{
	bool found = false;

	spin_lock(&w->lock);
	for (u32 i = 0; !found && i < nr_lanes; i++)
		found = take_from(w, &w->lane[w->turn++ & (nr_lanes - 1)], ret);
	spin_unlock(&w->lock);
	return found;
}

/* The folio with a reference, if it is still the one that was queued. */
static struct folio *folio_of(const struct queued *q)
{
	struct page *page = pfn_to_online_page(q->pfn);
	struct folio *folio = page ? page_folio(page) : NULL;

	if (!folio || !folio_try_get(folio))
		return NULL;
	if (folio_pfn(folio) == q->pfn && READ_ONCE(folio->mapping) == q->mapping &&
	    folio_nid(folio) == q->from && folio_nr_pages(folio) == q->pages &&
	    !folio_is_file_lru(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

static void tell(const struct queued *q, int nid, bool moved)
{
	struct np_kproc *kp = q->kp;
	struct np_ctx c;
	bool fed;

	fed = np_call_begin(kp);
	c = np_kproc_ctx(kp, rcu_dereference(kp->inst), kp->p.pid);
	if (!kp->dead)
		np_worked(&c, q->addr, q->pages, q->from, nid,
			  moved ? NP_R_NONE : NP_R_MOVE_FAILED);
	np_call_end(kp, fed);
}

static void move(const struct queued *q, int nid)
{
	struct folio *folio = folio_of(q);

	tell(q, nid, folio && !np_move_folio(folio, nid));
}

static void work_off(struct worker *w)
{
	struct queued q;
	u32 done = 0;

	while (done < RUN_PAGES && !kthread_should_stop() && take(w, &q)) {
		if (give_place(q.pfn, w->nid)) {
			move(&q, w->nid);
			done += q.pages;
		}
		np_kproc_put(q.kp);
		cond_resched();
	}
}

static int work(void *data)
{
	struct worker *w = data;

	while (!kthread_should_stop()) {
		wait_event_interruptible(w->wait, READ_ONCE(w->pages) ||
					 kthread_should_stop());
		wait_event_interruptible_timeout(w->wait, READ_ONCE(w->hurry) ||
						 kthread_should_stop(),
						 msecs_to_jiffies(SLEEP_MS));
		WRITE_ONCE(w->hurry, false);
		work_off(w);
	}
	return 0;
}

void np_workers_flush(void)
{
	if (!READ_ONCE(workers))
		return;
	for (int nid = 0; nid < np_machine.nr_nodes; nid++) {
		struct worker *w = &workers[nid];

		if (!w->thread || !READ_ONCE(w->pages))
			continue;
		WRITE_ONCE(w->hurry, true);
		wake_up(&w->wait);
	}
}

/* -------------------------------------------------------------------- life */

static void drain(struct worker *w)
{
	struct queued q;

	while (take(w, &q))
		np_kproc_put(q.kp);
}

static void worker_exit(struct worker *w)
{
	if (w->thread)
		kthread_stop(w->thread);
	drain(w);
	kvfree(w->rings);
}

static int rings_init(struct worker *w)
{
	w->rings = kvcalloc(nr_lanes * lane_entries, sizeof(*w->rings),
			    GFP_KERNEL);
	if (!w->rings)
		return -ENOMEM;
	for (u32 i = 0; i < nr_lanes; i++)
		w->lane[i].ring = w->rings + i * lane_entries;
	return 0;
}

static int worker_init(struct worker *w, int nid)
{
	struct task_struct *thread;

	spin_lock_init(&w->lock);
	init_waitqueue_head(&w->wait);
	w->nid = nid;
	if (rings_init(w))
		return -ENOMEM;
	thread = kthread_create_on_node(work, w, nid, "numaplace_mv/%d", nid);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	w->thread = thread;
	if (!cpumask_empty(cpumask_of_node(nid)))
		set_cpus_allowed_ptr(thread, cpumask_of_node(nid));
	wake_up_process(thread);
	return 0;
}

static void free_all(struct worker *all, atomic_long_t (*table)[WAYS])
{
	for (int nid = 0; all && nid < np_machine.nr_nodes; nid++)
		worker_exit(&all[nid]);
	kvfree(all);
	kvfree(table);
}

void np_workers_exit(void)
{
	free_all(workers, waiting);
}

static int start(struct worker *all)
{
	int err = 0;

	for (int nid = 0; !err && nid < np_machine.nr_nodes; nid++)
		err = worker_init(&all[nid], nid);
	return err;
}

/* Memory for the whole machine is bounded: about 12 MiB. */
static void size_lanes(void)
{
	u32 nodes = np_machine.nr_nodes;

	nr_lanes = min_t(u32, roundup_pow_of_two(nodes), LANES);
	lane_entries = rounddown_pow_of_two(NODE_ENTRIES / nr_lanes *
				LARGE_NODES / max_t(u32, nodes, LARGE_NODES));
}

static int workers_init(void)
{
	atomic_long_t (*table)[WAYS];
	struct worker *all;
	int err;

	size_lanes();
	all = kvcalloc(np_machine.nr_nodes, sizeof(*all), GFP_KERNEL);
	table = kvcalloc(1 << SET_BITS, sizeof(*table), GFP_KERNEL);
	err = all && table ? start(all) : -ENOMEM;
	if (err) {
		free_all(all, table);
		return err;
	}
	smp_store_release(&waiting, table);
	smp_store_release(&workers, all);
	return 0;
}

/* They stay once they are there: a page decision may be looking. */
int np_workers_demand(void)
{
	lockdep_assert_held(&np_control);
	return workers ? 0 : workers_init();
}
