// SPDX-License-Identifier: GPL-2.0
/*
 * How far explain is.
 */
#include "explain_progress.h"

#include <stdio.h>
#include <unistd.h>

#define CLEAR		"\r\033[K"
#define PATIENCE	2.0	/* seconds without a word */
#define TTY_SECONDS	0.5	/* between two looks of a line that is rewritten */
#define QUIET_SECONDS	10.0	/* between lines that stay */

static double elapsed(const struct explain_progress *p)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - p->start.tv_sec) +
	       (double)(now.tv_nsec - p->start.tv_nsec) / 1e9;
}

/* The story itself must not be written over. */
void explain_progress_begin(struct explain_progress *p, const char *what,
			    bool quiet)
{
	*p = (struct explain_progress){
		.what = what, .quiet = quiet, .tty = isatty(STDERR_FILENO),
	};
	clock_gettime(CLOCK_MONOTONIC, &p->start);
}

static void show(const struct explain_progress *p, double part)
{
	fprintf(stderr, "%s%s", p->tty ? CLEAR : "", p->what);
	if (part >= 0)
		fprintf(stderr, ": %.0f %%", 100 * part);
	if (!p->tty)
		fputc('\n', stderr);
}

void explain_progress_update(struct explain_progress *p, double part)
{
	double now, pause = p->tty ? TTY_SECONDS : QUIET_SECONDS;

	if (p->quiet)
		return;
	now = elapsed(p);
	if (now < PATIENCE || (p->shown > 0 && now - p->shown < pause))
		return;
	p->shown = now;
	show(p, part);
}

void explain_progress_end(struct explain_progress *p)
{
	if (p->tty && p->shown > 0)
		fputs(CLEAR, stderr);
	p->shown = 0;
}
