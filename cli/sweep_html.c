// SPDX-License-Identifier: GPL-2.0
/*
 * A sweep as one page of HTML: all tables in one chart, then each with its
 * curves, then what it was made from.
 */
#include "sweep_report.h"
#include "chart.h"
#include "cli.h"
#include "html.h"
#include "report_style.h"
#include "sweep_cells.h"

/* -------------------------------------------------------------------- pieces */

static void table_head(FILE *f)
{
	fputs("<table><thead><tr><th class=l><th>points", f);
	for (size_t i = 0; i < nr_sweep_columns; i++) {
		fputs("<th title=\"", f);
		html_text(f, sweep_columns[i].text);
		fputs("\">", f);
		html_text(f, sweep_columns[i].head);
	}
	fputs("</thead>\n<tbody>\n", f);
}

static void table_row_html(FILE *f, const struct sweep_row *row)
{
	char buf[CELL_LEN];

	fputs("<tr><td class=l>", f);
	html_text(f, row->label);
	fprintf(f, "<td>%zu", row->nr);
	for (size_t i = 0; i < nr_sweep_columns; i++) {
		fputs("<td>", f);
		html_text(f, sweep_cell(buf, &sweep_columns[i], row));
	}
	fputc('\n', f);
}

static int table_html(struct sweep_report *r, const struct sweep_table *table,
		      FILE *f)
{
	int ret;

	fputs("<h2>", f);
	html_text(f, table->title);
	fputs("</h2>\n<figure class=chart><figcaption>local share of all loads "
	      "and stores, second by second, all seeds together</figcaption>\n",
	      f);
	ret = sweep_chart_curves(r, table, f);
	fputs("</figure>\n<section>", f);
	table_head(f);
	for (size_t i = 0; i < table->nr; i++)
		table_row_html(f, &table->row[i]);
	fputs("</tbody></table></section>\n", f);
	return ret;
}

/* ---------------------------------------------------------------- what it is */

static void word(FILE *f, const char *name, const char *value)
{
	fprintf(f, "<dt>%s<dd>", name);
	html_text(f, value);
}

static int sweep_facts(void *data, const struct sweep_args *args)
{
	FILE *f = data;

	fputs("<section><dl>", f);
	word(f, "machines", args->topologies);
	word(f, "workloads", args->workloads);
	word(f, "policies", args->policies);
	word(f, "huge pages", args->thp);
	word(f, "costs", args->costs);
	word(f, "preemption", args->preempt);
	if (args->memory)
		fprintf(f, "<dt>memory<dd>%u MiB per node", args->memory);
	fprintf(f, "<dt>seconds<dd>%u<dt>seeds<dd>%u</dl></section>\n",
		args->seconds, args->seeds);
	return 0;
}

static const char method[] =
	"<h2>How it was made</h2>\n<section>"
	"<p>Every point is one run of the simulator, which is deterministic: "
	"the same program, point and seed give the same figures on any machine, "
	"however many CPUs worked on the sweep. Seconds are simulated.</p>"
	"<p>A figure is the mean over the seeds, with the least and the most in "
	"parentheses. <b>off</b> is the kernel without balancing, <b>stock</b> "
	"its own balancer as the simulator restates it, <b>hand</b> the same "
	"workload with threads and memory bound by hand: the limit. Every other "
	"name is a numaplace policy.</p>"
	"<p><b>local</b>: local share of accesses in the last quarter of the "
	"run. <b>s to 90&thinsp;%</b>: the second from which on, until the end, "
	"the share in a moving window of two seconds is at least nine tenths of "
	"what <b>hand</b> ends with.</p></section>\n";

static void head(FILE *f, const struct sweep_report *r)
{
	fputs("<!doctype html>\n<html lang=en><meta charset=utf-8>\n"
	      "<meta name=viewport content='width=device-width'>\n"
	      "<title>numaplace: a sweep</title>\n<style>\n", f);
	fputs(report_style, f);
	chart_dark(f);
	fprintf(f, "</style>\n<main>\n<h1>Policies over machines and workloads"
		"</h1>\n<p class=soft>%zu simulated points", r->data.nr);
	if (r->data.missing)
		fprintf(f, "; %zu more that were asked for are not there yet",
			r->data.missing);
	fputs(". Made by numaplace " NP_VERSION ".</p>\n", f);
}

int sweep_html(struct sweep_report *r, FILE *f)
{
	head(f, r);
	if (store_sweeps(&r->store, sweep_facts, f))
		return -1;
	fputs("<figure class=chart><figcaption>mean over the seeds; whiskers "
	      "from least to most</figcaption>\n", f);
	if (sweep_chart_svg(r, f))
		return -1;
	fputs("</figure>\n", f);
	for (size_t i = 0; i < r->tables.nr; i++)
		if (table_html(r, &r->tables.table[i], f))
			return -1;
	fputs(method, f);
	fputs("</main></html>\n", f);
	return 0;
}
