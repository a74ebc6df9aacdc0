/* SPDX-License-Identifier: GPL-2.0 */
/* The points of a sweep in tables: means over what rows do not tell apart. */
#ifndef CLI_SWEEP_TABLES_H
#define CLI_SWEEP_TABLES_H

#include <stddef.h>

#include "sweep_data.h"

/**
 * struct sweep_row - points that differ only in their seed
 * @label:	what tells it from the other rows of its table
 */
struct sweep_row {
	const struct point **point;
	size_t nr;
	char *label;
};

/**
 * struct sweep_table - what differs only in the columns of --by
 * @title:	what tells it from the other tables
 */
struct sweep_table {
	struct sweep_row *row;
	size_t nr;
	char *title;
};

/**
 * struct sweep_tables - all of them
 * @by:		the columns that rows differ in
 * @point:	all points in the order of rows
 * @row:	of all tables
 */
struct sweep_tables {
	const struct sweep_data *data;
	bool by[NR_KEYS];
	const struct point **point;
	struct sweep_row *row;
	struct sweep_table *table;
	size_t nr_rows;
	size_t nr;
};

/**
 * struct spread - a figure of a row
 * @nr:		points that have it; without any the rest is NAN
 */
struct spread {
	double mean;
	double min;
	double max;
	size_t nr;
};

/**
 * sweep_tables_init() - sort and divide
 * @by:		names of columns between commas, or NULL for policies
 */
int sweep_tables_init(struct sweep_tables *t, const struct sweep_data *d,
		      const char *by);
void sweep_tables_free(struct sweep_tables *t);

/* sweep_by() - check and take the columns. */
int sweep_by(bool by[NR_KEYS], const char *text);

struct spread sweep_spread(const struct sweep_row *row, int figure);

/* sweep_curve() - of all points of a row together, added to @run. */
int sweep_curve(struct store *s, const struct sweep_row *row, struct run *run);

#endif
