// SPDX-License-Identifier: GPL-2.0
/*
 * Charts of a sweep, drawn by gnuplot.
 */
#include "sweep_report.h"
#include "chart.h"
#include "cli.h"
#include "tool.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- naming */

/* The labels of all tables, each once, in the order they come in. */
static int find_labels(struct words *w, const struct sweep_tables *t)
{
	*w = (struct words){ 0 };
	for (size_t i = 0; i < t->nr_rows; i++)
		if (!words_have(w, t->row[i].label) &&
		    words_add(w, t->row[i].label)) {
			words_free(w);
			return -1;
		}
	return 0;
}

/* --------------------------------------------------------------------- bars */

#define TABLE_PIXELS	120	/* of width: room for a bar per row */
#define LEAST_PIXELS	880
#define MOST_PIXELS	8000
#define GROUP		0.8	/* of the room of a table has bars */

static const char setup[] =
	"set encoding utf8\n"
	"set border 3 lc rgb '#7a7f87'\n"
	"set tics nomirror out scale 0.5\n"
	"set grid ytics lc rgb '#7a7f87' lw 0.4 dt 3\n"
	"set yrange [0:103]\n"
	"set ytics 0,25,100 format '%g %%'\n"
	"set ylabel 'local accesses in the last quarter'\n"
	"set xtics rotate by -25 left\n"
	"set style fill solid 0.35\n"
	"set errorbars 1\n"
	"set bmargin 7\n"
	"set rmargin 14\n"
	"set key above left Left reverse horizontal samplen 2 spacing 1.4\n";

static int width(const struct sweep_tables *t)
{
	double pixels = 80 + TABLE_PIXELS * (double)t->nr;

	return (int)fmin(fmax(pixels, LEAST_PIXELS), MOST_PIXELS);
}

static void print_tics(FILE *f, const struct sweep_tables *t)
{
	fprintf(f, "set xrange [-0.6:%zu.6]\nset xtics (", t->nr - 1);
	for (size_t i = 0; i < t->nr; i++) {
		fputs(i ? ", " : "", f);
		chart_name(f, t->table[i].title);
		fprintf(f, " %zu", i);
	}
	fputs(")\n", f);
}

/* Where, mean, least, most, width; one line for each table that has it. */
static void print_bars(FILE *f, const struct sweep_tables *t,
		       const struct words *labels, size_t label)
{
	double bar = GROUP / (double)labels->nr;
	double at = ((double)label + 0.5) * bar - GROUP / 2;

	fprintf(f, "$bars%zu << END\n", label);
	for (size_t i = 0; i < t->nr_rows; i++) {
		struct spread s = sweep_spread(&t->row[i], FIG_LOCAL_FINAL);
		size_t table = 0;

		if (!s.nr || strcmp(t->row[i].label, labels->item[label]))
			continue;
		while (table + 1 < t->nr && t->table[table + 1].row <= &t->row[i])
			table++;
		fprintf(f, "%g %.3f %.3f %.3f %g\n", (double)table + at,
			100 * s.mean, 100 * s.min, 100 * s.max, bar * 0.9);
	}
	fputs("-1 0 0 0 0\nEND\n", f);	/* gnuplot takes no empty block */
}

static void print_chart(FILE *f, const struct sweep_tables *t,
			const struct words *labels, const char *terminal)
{
	unsigned int colour = 0;

	fprintf(f, "set terminal %s size %d,420 noenhanced font "
		"'sans-serif,12'\n", terminal, width(t));
	fputs(setup, f);
	print_tics(f, t);
	for (size_t i = 0; i < labels->nr; i++)
		print_bars(f, t, labels, i);
	for (size_t i = 0; i < labels->nr; i++) {
		fprintf(f, "%s$bars%zu using 1:2:3:4:5 with boxerrorbars title ",
			i ? ", " : "plot ", i);
		chart_name(f, labels->item[i]);
		fputc(' ', f);
		chart_style(f, labels->item[i], &colour);
	}
	fputc('\n', f);
}

static int write_script(const char *path, const struct sweep_tables *t,
			const struct words *labels, const char *terminal)
{
	FILE *f = fopen(path, "we");
	int bad;

	if (!f)
		return fail("%s: %s", path, strerror(errno));
	print_chart(f, t, labels, terminal);
	bad = ferror(f);
	bad |= fclose(f);
	return bad ? fail("%s: %s", path, strerror(errno)) : 0;
}

/* gnuplot's work into the file @to. */
static int draw(const struct sweep_tables *t, char *script, const char *to,
		const char *terminal)
{
	char *const argv[] = { "gnuplot", script, NULL };
	struct words labels;
	int ret;

	if (find_labels(&labels, t))
		return -1;
	ret = write_script(script, t, &labels, terminal);
	words_free(&labels);
	if (!ret && tool_run(argv, to))
		ret = fail("gnuplot could not draw the sweep");
	return ret;
}

static int copy(FILE *to, const char *path)
{
	FILE *from = fopen(path, "re");
	char buf[16384];
	size_t n;

	if (!from)
		return fail("%s: %s", path, strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), from)))
		fwrite(buf, 1, n, to);
	fclose(from);
	return 0;
}

static int chart(struct sweep_report *r, FILE *f, const char *terminal,
		 int (*take)(FILE *f, const char *path))
{
	char *script = NULL, *drawn = NULL;
	int ret;

	if (asprintf(&script, "%s/sweep.gp", r->dir) < 0 ||
	    asprintf(&drawn, "%s/sweep.drawn", r->dir) < 0)
		ret = fail("out of memory");
	else
		ret = draw(&r->tables, script, drawn, terminal);
	if (!ret)
		ret = take(f, drawn);
	free(script);
	free(drawn);
	return ret;
}

int sweep_chart_svg(struct sweep_report *r, FILE *f)
{
	return chart(r, f, "svg dynamic", chart_embed);
}

int sweep_chart_png(struct sweep_report *r, FILE *f)
{
	return chart(r, f, "pngcairo", copy);
}

/* ------------------------------------------------------------------- curves */

/* As a comparison draws them, with rows in the place of policies. */
int sweep_chart_curves(struct sweep_report *r, const struct sweep_table *table,
		       FILE *f)
{
	struct runs runs = { 0 };
	int ret = 0;

	for (size_t i = 0; !ret && i < table->nr; i++) {
		struct run *run = runs_add(&runs, table->title,
					   table->row[i].label);

		ret = run ? sweep_curve(&r->store, &table->row[i], run) : -1;
	}
	if (!ret)
		ret = chart_svg(f, &runs, table->title, r->dir);
	runs_free(&runs);
	return ret;
}
