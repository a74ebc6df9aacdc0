/* SPDX-License-Identifier: GPL-2.0 */
/* Curves of locality over time, drawn by gnuplot. */
#ifndef CLI_CHART_H
#define CLI_CHART_H

#include <stdio.h>

#include "run.h"

/* chart_dark() - style rules that recolour the curves on dark pages. */
void chart_dark(FILE *f);

/**
 * chart_svg() - one curve per policy of @workload, as an SVG element
 * @dir:	for temporary files
 */
int chart_svg(FILE *f, const struct runs *runs, const char *workload,
	      const char *dir);

/*
 * For charts of other kinds.
 * chart_name() - @name between single quotes, with nothing in it that ends them.
 * chart_style() - gnuplot's words for a line of @policy; *@next counts colours.
 * chart_embed() - the drawing in the file @path, as an SVG element.
 */
void chart_name(FILE *f, const char *name);
void chart_style(FILE *f, const char *policy, unsigned int *next);
int chart_embed(FILE *to, const char *path);

#endif
