/* SPDX-License-Identifier: GPL-2.0 */
/* Tables on stdout, by libsmartcols. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>

struct libscols_table;

/**
 * table_new() - an empty table
 * @heads:	column titles, ended by NULL; a leading '>' aligns to the right
 * Return: the table, or NULL when out of memory.
 */
struct libscols_table *table_new(const char *const *heads);

/* table_row() - one line; the cells are what @fmt yields between tabs. */
int table_row(struct libscols_table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* table_print() - print and free.  Return: 0 or -1. */
int table_print(struct libscols_table *t);

void table_free(struct libscols_table *t);

#endif
