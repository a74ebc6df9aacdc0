/* SPDX-License-Identifier: GPL-2.0 */
/* All pages and threads of a run, to choose whose story is told. */
#ifndef CLI_EXPLAIN_CENSUS_H
#define CLI_EXPLAIN_CENSUS_H

#include <stddef.h>

#include "explain.h"
#include "explain_args.h"
#include "explain_source.h"

/**
 * struct census_page - one page of one process
 * @moves:	times it changed node by a fault
 * @back:	of those, back to the node it had left last
 * @left:	that node, or NP_NO_NODE
 */
struct census_page {
	uint64_t addr;
	uint32_t pid;
	uint32_t pages;
	uint64_t faults;
	uint64_t moves;
	uint64_t back;
	int16_t left;
};

/**
 * struct census_thread - one thread
 * @asked:	moves and swaps that the policy wanted; @agreed: and the core
 */
struct census_thread {
	uint32_t pid;
	uint32_t tid;
	uint64_t faults;
	uint64_t local;
	uint64_t asked;
	uint64_t agreed;
};

/* A hash table: [room] places in an array, plus one; 0 = nothing. */
struct census_index {
	uint32_t *slot;
	size_t room;
};

/**
 * struct census - all of them, in order of their first fault
 * @moved, @back: base pages
 * @asked, @agreed: wishes about threads, for home nodes, too
 */
struct census {
	struct census_page *page;
	size_t nr_pages, page_room;
	struct census_index by_page;
	struct census_thread *thread;
	size_t nr_threads, thread_room;
	struct census_index by_thread;
	uint64_t records;
	uint64_t faults;
	uint64_t local;
	uint64_t moved;
	uint64_t back;
	uint64_t asked;
	uint64_t agreed;
	uint64_t passes;
};

/* census_take() - count one record; a source_taker. */
int census_take(void *data, const struct source_record *r);

/*
 * census_choose() - what the arguments name, or else the page that moved most
 * often, or else the thread that was moved most often.
 * Return: 0, or -1 with a message that says what there is.
 */
int census_choose(const struct census *c, const struct explain_args *args,
		  struct subject *ret);

/* Those that moved most, at most @n, best first.  Return: how many. */
size_t census_pages(const struct census *c, uint32_t pid,
		    const struct census_page **ret, size_t n);
size_t census_threads(const struct census *c, uint32_t pid,
		      const struct census_thread **ret, size_t n);

void census_free(struct census *c);

#endif
