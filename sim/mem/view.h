/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How accesses to a part of a mapping are spread: over its pages, over nodes,
 * and over marks.  Worked out once in a while, for all who access it alike.
 */
#ifndef SIM_VIEW_H
#define SIM_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "bitmap.h"
#include "region.h"

/**
 * struct stratum - pages of a view that are accessed about as often
 * @first, @nr:	which, in pages from the view's first
 * @weight:	part of 1 of the accesses
 * @page:	the same of each page
 * @marked:	marked pages
 * @meet:	how likely an access meets a marked page here
 */
struct stratum {
	uint32_t first, nr;
	double weight;
	double page;
	double marked;
	double meet;
};

/**
 * struct view - accesses to pages [first, first + nr) by Zipf's law
 * @next:	in its bucket
 * @zipf:	exponent; 0 = all pages alike
 * @strata:	stratum i has pages from 2^i - 1 to 2^(i+1) - 2, without Zipf
 *		there is one with all
 * @stratum:	[strata]
 * @some:	a bit for each stratum that has marked pages
 * @meet:	how likely an access meets a marked page
 * @mix:	where the accesses go, parts of 1
 * @version:	of the region when @mix was right, looked at @mix_ns
 * @marks:	of the mapping when @meet was right, looked at @marks_ns
 * @touched:	all pages are there
 */
struct view {
	struct view *next;
	uint32_t first, nr;
	double zipf;
	unsigned int strata;
	struct stratum *stratum;
	uint32_t some;
	double meet;
	struct mix mix;
	uint64_t version, mix_ns;
	uint64_t marks, marks_ns;
	bool touched;
};

/* The views of one mapping. */
struct views {
	struct view **bucket;
	unsigned int nr, buckets;
};

/* view_find() - or make it; NULL when out of memory */
struct view *view_find(struct views *vs, uint32_t first, uint32_t nr,
		       double zipf);
void views_free(struct views *vs);

/* view_mix() - bring @mix up to date, @pages is scratch; false: no memory */
bool view_mix(struct view *v, const struct region *r, uint64_t now,
	      struct mix *pages);

/* view_marks() - bring what is marked up to date; @marks: see above */
void view_marks(struct view *v, const struct bitmap *b, uint64_t marks,
		uint64_t now);

/* view_met() - page @i is not marked any more */
void view_met(struct view *v, uint32_t i);

/*
 * view_pick() - a marked page, as likely as accesses go there, by two random
 * numbers up to 1; BITMAP_NONE if there is none
 */
uint32_t view_pick(const struct view *v, const struct bitmap *b, double stratum,
		   double page);

#endif
