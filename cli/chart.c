// SPDX-License-Identifier: GPL-2.0
/*
 * Curves of locality over time, drawn by gnuplot.
 *
 * gnuplot writes fixed colours.  For dark pages they are overridden by style
 * rules that select on these very colours.
 */
#include "chart.h"
#include "cli.h"
#include "derive.h"
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Distinct for colour-blind eyes (Okabe and Ito), on white and on black. */
static const struct colour {
	unsigned int light, dark;
} colours[] = {
	{ 0x0072b2, 0x56a9e0 },
	{ 0xd55e00, 0xff8f45 },
	{ 0x009e73, 0x35c79b },
	{ 0xb0588f, 0xdf8fc0 },
	{ 0xb07c00, 0xf0c04a },
	{ 0x5b4bc4, 0x9d90ff },
};

static const struct colour grey = { 0x7a7f87, 0x8f969f };
static const struct colour ink = { 0x30343a, 0xd9dde3 };

static void print_rule(FILE *f, const struct colour *c)
{
	fprintf(f, ".chart [stroke='rgb(%3u, %3u, %3u)']{stroke:#%06x}",
		c->light >> 16, c->light >> 8 & 0xff, c->light & 0xff,
		c->dark);
}

void chart_dark(FILE *f)
{
	fputs("@media (prefers-color-scheme:dark){", f);
	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		print_rule(f, &colours[i]);
	print_rule(f, &grey);
	print_rule(f, &ink);
	fputs("}\n", f);
}

/* The two limits of every comparison look alike in all charts. */
void chart_style(FILE *f, const char *policy, unsigned int *next)
{
	if (!strcmp(policy, "hand"))
		fprintf(f, "lw 2 dt 2 lc rgb '#%06x'", ink.light);
	else if (!strcmp(policy, "off"))
		fprintf(f, "lw 2 lc rgb '#%06x'", grey.light);
	else
		fprintf(f, "lw 2.5 lc rgb '#%06x'",
			colours[(*next)++ % ARRAY_SIZE(colours)].light);
}

void chart_name(FILE *f, const char *name)
{
	fputc('\'', f);
	for (; *name; name++)
		fputc(*name == '\'' || iscntrl((unsigned char)*name) ? ' ' :
		      *name, f);
	fputc('\'', f);
}

/* A point per sample, in the middle of the time it stands for. */
static void print_points(FILE *f, const struct run *run)
{
	fprintf(f, "$run%u << END\n", run->id);
	for (size_t i = 1; i < run->nr_samples; i++) {
		double from = run->sample[i - 1].t, to = run->sample[i].t;
		double local = window_between(run, from, to).local;

		if (!isnan(local))
			fprintf(f, "%.3f %.3f\n", (from + to) / 2, 100 * local);
	}
	fputs("END\n", f);
}

static const char setup[] =
	"set terminal svg size 880,330 dynamic noenhanced"
	" font 'system-ui,sans-serif,13'\n"
	"set encoding utf8\n"
	"set border 3 lc rgb '#7a7f87'\n"
	"set tics nomirror out scale 0.5\n"
	"set grid ytics lc rgb '#7a7f87' lw 0.4 dt 3\n"
	"set yrange [0:103]\n"
	"set xrange [0:*]\n"
	"set ytics 0,25,100 format '%g %%'\n"
	"set xlabel 'seconds'\n"
	"set key above left Left reverse horizontal samplen 2 spacing 1.4\n";

/* One curve per policy: the first round's. */
static bool is_drawn(const struct run *run, const char *workload)
{
	return run->round <= 1 && !strcmp(run->workload, workload);
}

static void print_script(FILE *f, const struct runs *runs,
			 const char *workload)
{
	const char *lead = "plot ";
	unsigned int colour = 0;

	fputs(setup, f);
	for (size_t i = 0; i < runs->nr; i++)
		if (is_drawn(&runs->run[i], workload))
			print_points(f, &runs->run[i]);
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];

		if (!is_drawn(run, workload))
			continue;
		fprintf(f, "%s$run%u using 1:2 with lines title ", lead,
			run->id);
		chart_name(f, run->policy);
		fputc(' ', f);
		chart_style(f, run->policy, &colour);
		lead = ", ";
	}
	fputc('\n', f);
}

static int write_script(const char *path, const struct runs *runs,
			const char *workload)
{
	FILE *f = fopen(path, "we");
	int bad;

	if (!f)
		return fail("%s: %s", path, strerror(errno));
	print_script(f, runs, workload);
	bad = ferror(f);
	bad |= fclose(f);
	return bad ? fail("%s: %s", path, strerror(errno)) : 0;
}

/*
 * Inside a page there is no prologue, nothing may have the same id twice, and
 * the definitions are for points, which the curves have none of.
 */
static void copy_element(FILE *to, FILE *from)
{
	bool inside = false, defs = false;
	char line[16384];

	while (fgets(line, sizeof(line), from)) {
		inside |= !strncmp(line, "<svg", 4);
		defs |= !!strstr(line, "<defs>");
		if (strstr(line, "<g id="))
			fputs("<g>\n", to);
		else if (inside && !defs && !strstr(line, "<title>") &&
			 !strstr(line, "<desc>"))
			fputs(line, to);
		defs &= !strstr(line, "</defs>");
	}
}

int chart_embed(FILE *to, const char *path)
{
	FILE *from = fopen(path, "re");

	if (!from)
		return fail("%s: %s", path, strerror(errno));
	copy_element(to, from);
	fclose(from);
	return 0;
}

static int draw(FILE *f, const struct runs *runs, const char *workload,
		char *script, const char *svg)
{
	char *const argv[] = { "gnuplot", script, NULL };

	if (write_script(script, runs, workload))
		return -1;
	if (tool_run(argv, svg))
		return fail("gnuplot could not draw %s", workload);
	return chart_embed(f, svg);
}

int chart_svg(FILE *f, const struct runs *runs, const char *workload,
	      const char *dir)
{
	char *script = NULL, *svg = NULL;
	int ret;

	if (asprintf(&script, "%s/chart.gp", dir) < 0 ||
	    asprintf(&svg, "%s/chart.svg", dir) < 0)
		ret = fail("out of memory");
	else
		ret = draw(f, runs, workload, script, svg);
	free(script);
	free(svg);
	return ret;
}
