// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison as one page of HTML: the curves, the table, how it was
 * measured, and the figures behind it.
 */
#include "report.h"
#include "chart.h"
#include "cli.h"
#include "derive.h"
#include "html.h"
#include "human.h"
#include "report_style.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ pieces */

static void cell_text(FILE *f, const char *s)
{
	fputs("<td class=l>", f);
	html_text(f, s);
}

static void cell_count(FILE *f, double n)
{
	char buf[HUMAN_LEN];

	fprintf(f, "<td>%s", human_count(buf, (uint64_t)llround(n)));
}

static void percent(FILE *f, double fraction)
{
	if (fraction >= 0)
		fprintf(f, "%.1f&nbsp;%%", 100 * fraction);
	else
		fputs("&ndash;", f);
}

static void cell_percent(FILE *f, double fraction)
{
	fputs("<td>", f);
	percent(f, fraction);
}

/* With the fraction as a bar behind the number. */
static void cell_bar(FILE *f, double fraction)
{
	fprintf(f, "<td class=bar style=\"--p:%.1f%%\">",
		fraction >= 0 ? 100 * fraction : 0);
	percent(f, fraction);
}

static void term(FILE *f, const char *name, const char *value)
{
	fprintf(f, "<dt>%s<dd>", name);
	html_text(f, value);
}

/* --------------------------------------------------------------- the table */

static const char table_head[] =
	"<h2>In numbers</h2>\n<section><table><thead><tr>"
	"<th class=l>workload<th class=l>policy"
	"<th title='local accesses in the last quarter of the run'>local"
	"<th title='divided by that of the same workload placed by hand'>"
	"of hand"
	"<th title='from then on at least nine tenths of placement by hand'>"
	"s to 90&thinsp;%"
	"<th>hinting faults<th>pages moved"
	"<th title='instructions of the kernel per user instruction'>"
	"kernel / user"
	"<th>work done"
	"<th title='(7 x PTEs marked + 5000 x hinting faults + 19 x pages moved)"
	" / 1e6'>cost"
	"</thead>\n<tbody>\n";

static void cell_seconds(FILE *f, const struct run *run)
{
	if (run->seconds_to_90 >= 0)
		fprintf(f, "<td>%.0f", run->seconds_to_90);
	else
		fputs(run->hand_final >= 0 ? "<td>never" : "<td>&ndash;", f);
}

static void table_row(FILE *f, const struct run *run, int first)
{
	fputs(first ? "<tr class=first>" : "<tr>", f);
	cell_text(f, run->workload);
	cell_text(f, run->policy);
	cell_bar(f, run->local_final);
	cell_percent(f, run->hand_final > 0 ?
		     run->local_final / run->hand_final : NEVER);
	cell_seconds(f, run);
	cell_count(f, run_hint_faults(run));
	cell_count(f, run_pages_migrated(run));
	fprintf(f, "<td>%.3f", run_kernel_per_user(run));
	cell_count(f, run_work_done(run));
	fputs("&nbsp;", f);
	html_text(f, run_work_unit(run));
	fprintf(f, "<td>%.2f\n", run_cost(run));
}

static void table(FILE *f, const struct runs *runs)
{
	fputs(table_head, f);
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];
		int first = i && strcmp(run->workload, run[-1].workload);

		table_row(f, run, first);
	}
	fputs("</tbody></table></section>\n", f);
}

/* -------------------------------------------------------------- the curves */

static int curve(FILE *f, const struct report *r, const char *workload,
		 const char *dir)
{
	int ret;

	fputs("<figure class=chart><figcaption><b>", f);
	html_text(f, workload);
	fputs("</b> &mdash; local share of all user loads and stores, second "
	      "by second</figcaption>\n", f);
	ret = chart_svg(f, &r->runs, workload, dir);
	fputs("</figure>\n", f);
	return ret;
}

static int curves(FILE *f, const struct report *r, const char *dir)
{
	int ret = 0;

	fputs("<h2>Over time</h2>\n", f);
	for (char *const *w = r->workloads; !ret && *w; w++)
		ret = curve(f, r, *w, dir);
	return ret;
}

/* ------------------------------------------------------------- the details */

static void windows(FILE *f, const struct run *run)
{
	fputs("<table><caption>Windows of five seconds</caption><thead><tr>"
	      "<th>until s<th>local<th>accesses<th>user instructions"
	      "<th>kernel instructions</thead><tbody>\n", f);
	for (size_t i = 0; i < run->nr_windows; i++) {
		const struct window *w = &run->window[i];

		fprintf(f, "<tr><td>%.1f", w->t);
		cell_bar(f, w->local);
		cell_count(f, w->accesses);
		cell_count(f, w->user);
		cell_count(f, w->kernel);
		fputc('\n', f);
	}
	fputs("</tbody></table>\n", f);
}

static void pairs_head(FILE *f, unsigned int nr)
{
	fputs("<table><caption>Accesses from the CPUs of a node (row) to the "
	      "memory of a node (column), whole run</caption><thead><tr><th>",
	      f);
	for (unsigned int i = 0; i < nr; i++)
		fprintf(f, "<th>memory %u", i);
	fputs("</thead><tbody>\n", f);
}

static void pairs(FILE *f, const struct run *run)
{
	double all = window_between(run, 0, run_length(run)).accesses;
	unsigned int nr = run->nr_nodes;

	if (!run->matrix || all <= 0)
		return;
	pairs_head(f, nr);
	for (unsigned int row = 0; row < nr; row++) {
		fprintf(f, "<tr><th>CPUs %u", row);
		for (unsigned int i = 0; i < nr; i++)
			cell_bar(f, run->matrix[row * nr + i] / all);
		fputc('\n', f);
	}
	fputs("</tbody></table>\n", f);
}

static void details(FILE *f, const struct runs *runs)
{
	fputs("<h2>Run by run</h2>\n<section>\n", f);
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];

		fputs("<details><summary>", f);
		html_text(f, run->workload);
		fputs(" under ", f);
		html_text(f, run->policy);
		fputs("</summary><div class=pairs>\n", f);
		windows(f, run);
		pairs(f, run);
		fputs("</div></details>\n", f);
	}
	fputs("</section>\n", f);
}

/* --------------------------------------------------------- how it was done */

static const char method[] =
	"<h2>How it was measured</h2>\n<section>"
	"<p>One boot of a stock kernel in a QEMU guest with several memory "
	"nodes; one run after the other, each from a fresh start of the "
	"workload. <b>off</b> is the kernel with "
	"<code>kernel.numa_balancing</code>&nbsp;=&nbsp;0, <b>stock</b> its own "
	"balancer, <b>hand</b> the same workload with threads and memory bound "
	"by hand: the limit. Every other name is a numaplace policy.</p>"
	"<p>Locality and instructions are counted from outside the guest by a "
	"QEMU plugin, the <em>witness</em>: each user-mode load and store by "
	"the node of its CPU and the node of its page, each instruction by "
	"whether the kernel or a program ran it. It learns at boot which memory "
	"belongs to which node and refuses to report if it cannot tell. Hinting "
	"faults, pages moved and cost come from the guest's own counters "
	"(<code>/proc/vmstat</code>), work done from the workload itself.</p>"
	"<p>The guest is emulated: seconds are the host's, and an emulated "
	"access to another node takes no longer than a local one. Shares, "
	"counts and ratios carry over to real machines; speed does not.</p>"
	"<p><b>local</b>: local share of accesses in the last quarter of the "
	"run. <b>s to 90&thinsp;%</b>: the second from which on, until the end, "
	"the share in a moving window of two seconds is at least nine tenths of "
	"what <b>hand</b> ends with. <b>cost</b>: (7&nbsp;&times;&nbsp;PTEs "
	"marked + 5000&nbsp;&times;&nbsp;hinting faults + 19&nbsp;&times;&nbsp;"
	"pages moved) / 10<sup>6</sup>, the estimate of the benchmark suite "
	"used in 2012; it has no unit.</p></section>\n";

static void facts(FILE *f, const struct report *r)
{
	char seconds[HUMAN_LEN];

	snprintf(seconds, sizeof(seconds), "%u s each", r->seconds);
	fputs("<section><dl>", f);
	term(f, "machine", r->machine);
	term(f, "kernel", r->kernel);
	term(f, "engine", r->engine);
	term(f, "huge pages", r->thp);
	term(f, "runs", seconds);
	term(f, "date", r->date);
	term(f, "made by", "numaplace " NP_VERSION);
	fputs("<dt>command<dd><code>", f);
	html_text(f, r->command);
	fputs("</code></dl></section>\n", f);
}

static void head(FILE *f, const struct report *r)
{
	fputs("<!doctype html>\n<html lang=en><meta charset=utf-8>\n"
	      "<meta name=viewport content='width=device-width'>\n"
	      "<title>numaplace: policies compared on ", f);
	html_text(f, r->topology);
	fputs("</title>\n<style>\n", f);
	fputs(report_style, f);
	chart_dark(f);
	fputs("</style>\n<main>\n<h1>Policies compared on ", f);
	html_text(f, r->topology);
	fputs("</h1>\n<p class=soft>How close each policy brings programs to "
	      "their memory, how fast, and at what price.</p>\n", f);
}

int report_html(const struct report *r, const char *dir, FILE *f)
{
	head(f, r);
	facts(f, r);
	if (curves(f, r, dir))
		return -1;
	table(f, &r->runs);
	fputs(method, f);
	details(f, &r->runs);
	fputs("</main></html>\n", f);
	return 0;
}
