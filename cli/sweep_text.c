// SPDX-License-Identifier: GPL-2.0
/*
 * A sweep as tables for people.
 */
#include "sweep_report.h"
#include "cli.h"
#include "sweep_cells.h"
#include "table.h"

#include <stdlib.h>

static const char **heads(void)
{
	static const char *list[16] = { "", ">POINTS" };
	static char text[16][24];
	size_t nr = 2;

	for (size_t i = 0; i < nr_sweep_columns; i++)
		if (sweep_columns[i].brief) {
			snprintf(text[nr], sizeof(*text), ">%s",
				 sweep_columns[i].head);
			list[nr] = text[nr];
			nr++;
		}
	list[nr] = NULL;
	return list;
}

/* As table_row() wants it; a tab in a name would be another cell. */
static char *cells(const struct sweep_row *row)
{
	char *text = NULL, buf[CELL_LEN];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (const char *c = row->label; *c; c++)
		fputc(*c == '\t' ? ' ' : *c, f);
	fprintf(f, "\t%zu", row->nr);
	for (size_t i = 0; i < nr_sweep_columns; i++)
		if (sweep_columns[i].brief)
			fprintf(f, "\t%s", sweep_cell(buf, &sweep_columns[i],
						      row));
	fclose(f);
	return text;
}

static int add_row(struct libscols_table *t, const struct sweep_row *row)
{
	char *text = cells(row);
	int ret = text ? table_row(t, "%s", text) : fail("out of memory");

	free(text);
	return ret;
}

static int print_table(const struct sweep_table *table)
{
	struct libscols_table *t = table_new(heads());
	int ret = t ? 0 : -1;

	for (size_t i = 0; !ret && i < table->nr; i++)
		ret = add_row(t, &table->row[i]);
	if (!ret) {
		printf("\n%s\n", table->title);
		return table_print(t);
	}
	if (t)
		table_free(t);
	return -1;
}

int sweep_text(struct sweep_report *r)
{
	printf("%zu points", r->data.nr);
	if (r->data.missing)
		printf(", %zu more to come", r->data.missing);
	putchar('\n');
	for (size_t i = 0; i < r->tables.nr; i++)
		if (print_table(&r->tables.table[i]))
			return -1;
	return 0;
}
