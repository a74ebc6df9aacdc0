/* SPDX-License-Identifier: GPL-2.0 */
/* The forms of a sweep's report. */
#ifndef CLI_SWEEP_REPORT_H
#define CLI_SWEEP_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "sweep_tables.h"

/**
 * struct sweep_report - what all forms are made from
 * @dir:	for temporary files, or NULL if nothing is drawn
 */
struct sweep_report {
	struct store store;
	struct sweep_data data;
	struct sweep_tables tables;
	char *dir;
};

/* sweep_text() - tables for people, on stdout. */
int sweep_text(struct sweep_report *r);

/* sweep_json() - every point, and the tables; NULL with a message. */
json_t *sweep_json(struct sweep_report *r);

/* sweep_html() - one page without references to anything outside. */
int sweep_html(struct sweep_report *r, FILE *f);

/* sweep_chart_svg(), sweep_chart_png() - locality of all rows, side by side. */
int sweep_chart_svg(struct sweep_report *r, FILE *f);
int sweep_chart_png(struct sweep_report *r, FILE *f);

/* sweep_chart_curves() - locality over time in one table. */
int sweep_chart_curves(struct sweep_report *r, const struct sweep_table *table,
		       FILE *f);

#endif
