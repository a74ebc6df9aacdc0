// SPDX-License-Identifier: GPL-2.0
/*
 * All pages and threads of a run.
 */
#include "explain_census.h"
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM	1024	/* a power of two */
#define OFFERED		5

/* --------------------------------------------------------------------- index */

/* Fibonacci hashing: neighbours are spread evenly. */
static size_t hash(uint64_t a, uint64_t b, size_t room)
{
	return ((a ^ b << 40) * 0x9e3779b97f4a7c15ULL >> 20) & (room - 1);
}

typedef bool (*is_it)(const struct census *c, uint32_t at, uint64_t a,
		      uint64_t b);

/* The slot that has it, or the free one where it would be. */
static uint32_t *find_slot(const struct census *c,
			   const struct census_index *x, is_it is, uint64_t a,
			   uint64_t b)
{
	size_t i = hash(a, b, x->room);

	while (x->slot[i] && !is(c, x->slot[i] - 1, a, b))
		i = (i + 1) & (x->room - 1);
	return &x->slot[i];
}

static bool is_page(const struct census *c, uint32_t at, uint64_t addr,
		    uint64_t pid)
{
	return c->page[at].addr == addr && c->page[at].pid == pid;
}

static bool is_thread(const struct census *c, uint32_t at, uint64_t tid,
		      uint64_t pid)
{
	return c->thread[at].tid == tid && c->thread[at].pid == pid;
}

static int out_of_memory(void)
{
	return fail("out of memory");
}

/* An empty index with room for twice as many as there are. */
static int grow_index(struct census_index *x)
{
	size_t room = x->room ? x->room * 2 : FIRST_ROOM * 2;
	uint32_t *slot = calloc(room, sizeof(*slot));

	if (!slot)
		return out_of_memory();
	free(x->slot);
	*x = (struct census_index){ slot, room };
	return 0;
}

static int grow_pages(struct census *c)
{
	size_t room = c->page_room ? c->page_room * 2 : FIRST_ROOM;
	void *more = realloc(c->page, room * sizeof(*c->page));

	if (!more || grow_index(&c->by_page))
		return more ? -1 : out_of_memory();
	c->page = more;
	c->page_room = room;
	for (uint32_t i = 0; i < c->nr_pages; i++)
		*find_slot(c, &c->by_page, is_page, c->page[i].addr,
			   c->page[i].pid) = i + 1;
	return 0;
}

static int grow_threads(struct census *c)
{
	size_t room = c->thread_room ? c->thread_room * 2 : FIRST_ROOM;
	void *more = realloc(c->thread, room * sizeof(*c->thread));

	if (!more || grow_index(&c->by_thread))
		return more ? -1 : out_of_memory();
	c->thread = more;
	c->thread_room = room;
	for (uint32_t i = 0; i < c->nr_threads; i++)
		*find_slot(c, &c->by_thread, is_thread, c->thread[i].tid,
			   c->thread[i].pid) = i + 1;
	return 0;
}

static struct census_page *page_of(struct census *c,
				   const struct np_record *r)
{
	uint32_t *slot;

	if (c->nr_pages == c->page_room && grow_pages(c))
		return NULL;
	slot = find_slot(c, &c->by_page, is_page, r->addr, r->pid);
	if (*slot)
		return &c->page[*slot - 1];
	c->page[c->nr_pages] = (struct census_page){
		.addr = r->addr, .pid = r->pid, .left = NP_NO_NODE,
	};
	*slot = (uint32_t)++c->nr_pages;
	return &c->page[c->nr_pages - 1];
}

static struct census_thread *thread_of(struct census *c,
				       const struct np_record *r)
{
	uint32_t *slot;

	if (c->nr_threads == c->thread_room && grow_threads(c))
		return NULL;
	slot = find_slot(c, &c->by_thread, is_thread, r->tid, r->pid);
	if (*slot)
		return &c->thread[*slot - 1];
	c->thread[c->nr_threads] = (struct census_thread){
		.tid = r->tid, .pid = r->pid,
	};
	*slot = (uint32_t)++c->nr_threads;
	return &c->thread[c->nr_threads - 1];
}

/* ------------------------------------------------------------------ counting */

static int count_fault(struct census *c, const struct np_record *r)
{
	struct census_page *p = page_of(c, r);
	struct census_thread *t = p ? thread_of(c, r) : NULL;
	bool local = r->src == r->node;

	if (!t)
		return -1;
	p->pages = r->pages;
	p->faults++;
	t->faults++;
	t->local += local;
	c->faults++;
	c->local += local;
	return 0;
}

static int count_moved(struct census *c, const struct np_record *r)
{
	struct census_page *p = page_of(c, r);

	if (!p)
		return -1;
	p->moves++;
	c->moved += r->pages;
	if (p->left == r->dst) {
		p->back++;
		c->back += r->pages;
	}
	p->left = r->src;
	return 0;
}

static int count_ask(struct census *c, const struct np_record *r)
{
	struct census_thread *t = thread_of(c, r);

	if (!t)
		return -1;
	c->asked++;
	c->agreed += r->verdict == NP_MOVE;
	if (r->flags != NP_TASK_MOVE && r->flags != NP_TASK_SWAP)
		return 0;
	t->asked++;
	t->agreed += r->verdict == NP_MOVE;
	return 0;
}

int census_take(void *data, const struct source_record *s)
{
	const struct np_record *r = s->rec;
	struct census *c = data;

	c->records++;
	switch (r->type) {
	case NP_REC_PAGE:
		return count_fault(c, r);
	case NP_REC_MOVED:
		return count_moved(c, r);
	case NP_REC_WORKED:
		return r->verdict == NP_MOVE ? count_moved(c, r) : 0;
	case NP_REC_TASK:
	case NP_REC_BROUGHT:
		return count_ask(c, r);
	case NP_REC_PASS:
		c->passes++;
		return 0;
	default:
		return 0;
	}
}

/* ------------------------------------------------------------------- ranking */

static bool page_before(const struct census_page *a,
			const struct census_page *b)
{
	if (a->moves != b->moves)
		return a->moves > b->moves;
	if (a->back != b->back)
		return a->back > b->back;
	return a->faults > b->faults;
}

static bool thread_before(const struct census_thread *a,
			  const struct census_thread *b)
{
	if (a->agreed != b->agreed)
		return a->agreed > b->agreed;
	if (a->asked != b->asked)
		return a->asked > b->asked;
	return a->faults > b->faults;
}

/* Of equals, who came first stays first. */
size_t census_pages(const struct census *c, uint32_t pid,
		    const struct census_page **ret, size_t n)
{
	size_t nr = 0, at;

	for (size_t i = 0; i < c->nr_pages; i++) {
		const struct census_page *p = &c->page[i];

		if ((pid && p->pid != pid) ||
		    (nr == n && !page_before(p, ret[nr - 1])))
			continue;
		for (at = nr < n ? nr++ : nr - 1;
		     at && page_before(p, ret[at - 1]); at--)
			ret[at] = ret[at - 1];
		ret[at] = p;
	}
	return nr;
}

size_t census_threads(const struct census *c, uint32_t pid,
		      const struct census_thread **ret, size_t n)
{
	size_t nr = 0, at;

	for (size_t i = 0; i < c->nr_threads; i++) {
		const struct census_thread *t = &c->thread[i];

		if ((pid && t->pid != pid) ||
		    (nr == n && !thread_before(t, ret[nr - 1])))
			continue;
		for (at = nr < n ? nr++ : nr - 1;
		     at && thread_before(t, ret[at - 1]); at--)
			ret[at] = ret[at - 1];
		ret[at] = t;
	}
	return nr;
}

/* ------------------------------------------------------------------ choosing */

static void choose_page(struct subject *ret, const struct census_page *p)
{
	*ret = (struct subject){
		.pid = p->pid, .addr = p->addr, .pages = p->pages,
	};
}

static void choose_thread(struct subject *ret, const struct census_thread *t)
{
	*ret = (struct subject){ .thread = true, .pid = t->pid, .tid = t->tid };
}

static char *list_pages(const struct census *c, uint32_t pid)
{
	const struct census_page *p[OFFERED];
	size_t nr = census_pages(c, pid, p, OFFERED), size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < nr; i++)
		fprintf(f, "%s0x%" PRIx64 " of process %u", i ? ", " : "",
			p[i]->addr, p[i]->pid);
	fprintf(f, "%s", nr < c->nr_pages ? ", ..." : "");
	fclose(f);
	return text;
}

static char *list_threads(const struct census *c, uint32_t pid)
{
	const struct census_thread *t[OFFERED];
	size_t nr = census_threads(c, pid, t, OFFERED), size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < nr; i++)
		fprintf(f, "%s%u of process %u", i ? ", " : "", t[i]->tid,
			t[i]->pid);
	fprintf(f, "%s", nr < c->nr_threads ? ", ..." : "");
	fclose(f);
	return text;
}

static int refuse(const char *what, char *there)
{
	if (there && *there)
		fail("%s; there are %s", what, there);
	else
		fail("%s; there are none", what);
	free(there);
	return -1;
}

static bool holds(const struct census_page *p, uint64_t addr)
{
	return addr >= p->addr &&
	       addr - p->addr < (uint64_t)p->pages << NP_PAGE_SHIFT;
}

/* Of the same address in several processes, the page that moved most. */
static int find_page(const struct census *c, const struct explain_args *args,
		     struct subject *ret)
{
	const struct census_page *best = NULL;
	char what[80];

	for (size_t i = 0; i < c->nr_pages; i++) {
		const struct census_page *p = &c->page[i];

		if (holds(p, args->page) &&
		    (!args->pid || p->pid == args->pid) &&
		    (!best || page_before(p, best)))
			best = p;
	}
	if (best) {
		choose_page(ret, best);
		return 0;
	}
	snprintf(what, sizeof(what), "no sample of a page at 0x%" PRIx64,
		 args->page);
	return refuse(what, list_pages(c, args->pid));
}

static int find_thread(const struct census *c, const struct explain_args *args,
		       struct subject *ret)
{
	char what[80];

	for (size_t i = 0; i < c->nr_threads; i++) {
		if (c->thread[i].tid != args->tid ||
		    (args->pid && c->thread[i].pid != args->pid))
			continue;
		choose_thread(ret, &c->thread[i]);
		return 0;
	}
	snprintf(what, sizeof(what), "no sample of a thread %u", args->tid);
	return refuse(what, list_threads(c, args->pid));
}

static int find_best(const struct census *c, const struct explain_args *args,
		     struct subject *ret)
{
	const struct census_thread *t;
	const struct census_page *p;
	char what[80];

	if (census_pages(c, args->pid, &p, 1) && (p->moves ||
	    !census_threads(c, args->pid, &t, 1) || !t->agreed)) {
		choose_page(ret, p);
		return 0;
	}
	if (census_threads(c, args->pid, &t, 1)) {
		choose_thread(ret, t);
		return 0;
	}
	if (!args->pid)
		return fail("there is nothing to explain: no page was sampled");
	snprintf(what, sizeof(what), "no sample of process %u", args->pid);
	return refuse(what, list_threads(c, 0));
}

int census_choose(const struct census *c, const struct explain_args *args,
		  struct subject *ret)
{
	if (args->has_page)
		return find_page(c, args, ret);
	if (args->tid)
		return find_thread(c, args, ret);
	return find_best(c, args, ret);
}

void census_free(struct census *c)
{
	free(c->page);
	free(c->by_page.slot);
	free(c->thread);
	free(c->by_thread.slot);
	*c = (struct census){ 0 };
}
