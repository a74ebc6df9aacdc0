// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace report: what is in the database of a sweep.
 */
#include "cli.h"
#include "json.h"
#include "outfile.h"
#include "report_args.h"
#include "signals.h"
#include "sweep_report.h"
#include "tmpdir.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static bool is_stdout(const char *path)
{
	return path && !strcmp(path, "-");
}

/* Tables in the middle of something else would spoil it. */
static bool stdout_is_taken(const struct report_args *args)
{
	return is_stdout(args->json) || is_stdout(args->html) ||
	       is_stdout(args->png);
}

/* Everything that would only be found wrong after the work. */
static int check_surroundings(const struct report_args *args)
{
	const char *const files[] = { args->json, args->html, args->png };
	int bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (files[i])
			bad |= outfile_check(files[i]);
	if ((args->html || args->png) && !tool_exists("gnuplot"))
		bad |= fail("charts need gnuplot; as root: apt-get install "
			    "gnuplot-nox");
	return bad;
}

/* ---------------------------------------------------------------- the files */

static int put_json(struct sweep_report *r, FILE *f)
{
	json_t *j = sweep_json(r);

	return j ? json_write(f, j) : fail("the points cannot be read");
}

static int write_file(struct sweep_report *r, const char *path,
		      struct outfile *o,
		      int (*put)(struct sweep_report *r, FILE *f))
{
	if (!path)
		return 0;
	if (outfile_open(o, path) || put(r, o->f))
		return -1;
	return outfile_sync(o);
}

/* All or none: they get their names when all are on the disk. */
static int write_files(struct sweep_report *r, const struct report_args *args)
{
	struct outfile json = { 0 }, html = { 0 }, png = { 0 };
	int ret = -1;

	if (!write_file(r, args->json, &json, put_json) &&
	    !write_file(r, args->html, &html, sweep_html) &&
	    !write_file(r, args->png, &png, sweep_chart_png) &&
	    !signals_note() && !outfile_commit(&json) &&
	    !outfile_commit(&html))
		ret = outfile_commit(&png);
	outfile_discard(&json);
	outfile_discard(&html);
	outfile_discard(&png);
	return ret;
}

/* --------------------------------------------------------------- the command */

static int report_tables(struct sweep_report *r, const struct report_args *args)
{
	if (!r->data.nr)
		return fail("%s: there are no points in it yet", args->file);
	if (args->html || args->png) {
		r->dir = tmpdir_make();
		if (!r->dir)
			return -1;
	}
	if (write_files(r, args))
		return -1;
	return stdout_is_taken(args) ? 0 : sweep_text(r);
}

static int report_store(struct sweep_report *r, const struct report_args *args)
{
	int ret;

	if (sweep_data_load(&r->data, &r->store))
		return -1;
	ret = sweep_tables_init(&r->tables, &r->data, args->by);
	if (!ret)
		ret = report_tables(r, args);
	sweep_tables_free(&r->tables);
	sweep_data_free(&r->data);
	return ret;
}

static int report(const struct report_args *args)
{
	struct sweep_report r = { .dir = NULL };
	int ret;

	if (check_surroundings(args) || store_read(&r.store, args->file))
		return EXIT_FAILURE;
	ret = report_store(&r, args);
	store_close(&r.store);
	tmpdir_remove(r.dir);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_report(int argc, char **argv)
{
	struct report_args args;
	bool by[NR_KEYS];
	int code;

	report_args_parse(&args, argc, argv);
	if (sweep_by(by, args.by))
		return EXIT_USAGE;
	signals_hold();
	signal(SIGPIPE, SIG_IGN);	/* there may be a directory to remove */
	code = report(&args);
	if (signals_note()) {
		fail("stopped; nothing was written");
		code = EXIT_SIGNAL + stopped_by;
	}
	return code;
}
