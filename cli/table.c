// SPDX-License-Identifier: GPL-2.0
/*
 * Tables on stdout, by libsmartcols.
 */
#include "table.h"
#include "cli.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_column(struct libscols_table *t, const char *head)
{
	int right = head[0] == '>';

	return scols_table_new_column(t, head + right, 0,
				      right ? SCOLS_FL_RIGHT : 0) ? 0 : -1;
}

struct libscols_table *table_new(const char *const *heads)
{
	struct libscols_table *t = scols_new_table();

	for (; t && *heads; heads++) {
		if (!add_column(t, *heads))
			continue;
		scols_unref_table(t);
		t = NULL;
	}
	if (!t)
		fail("out of memory");
	return t;
}

static int fill_line(struct libscols_line *line, char *cells)
{
	char *cell;

	for (size_t i = 0; (cell = strsep(&cells, "\t")); i++)
		if (scols_line_set_data(line, i, cell))
			return -1;
	return 0;
}

int table_row(struct libscols_table *t, const char *fmt, ...)
{
	struct libscols_line *line = scols_table_new_line(t, NULL);
	char *cells = NULL;
	va_list ap;
	int ret = -1;

	va_start(ap, fmt);
	if (line && vasprintf(&cells, fmt, ap) >= 0) {
		ret = fill_line(line, cells);
		free(cells);
	}
	va_end(ap);
	return ret ? fail("out of memory") : 0;
}

int table_print(struct libscols_table *t)
{
	int ret = scols_print_table(t);

	scols_unref_table(t);
	return ret ? fail("the table cannot be printed") : 0;
}

void table_free(struct libscols_table *t)
{
	scols_unref_table(t);
}
