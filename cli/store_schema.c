// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of a sweep.  Those who open the file with another program find
 * the meaning of the columns beside them.
 */
#include "store.h"

#include <stdio.h>
#include <stdlib.h>

static const char sweeps[] =
	"CREATE TABLE sweeps (\n"
	"  -- what was asked for, as it was written\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  topologies TEXT NOT NULL,\n"
	"  workloads TEXT NOT NULL,\n"
	"  policies TEXT NOT NULL,\n"
	"  thp TEXT NOT NULL,\n"
	"  costs TEXT NOT NULL,\n"
	"  preempt TEXT NOT NULL,\n"
	"  memory INTEGER NOT NULL,\n"
	"  seconds INTEGER NOT NULL,\n"
	"  seeds INTEGER NOT NULL\n"
	");\n"
	"CREATE TABLE inputs (\n"
	"  -- what points depend on beside their key: program and files\n"
	"  name TEXT PRIMARY KEY,\n"
	"  digest TEXT NOT NULL\n"
	") WITHOUT ROWID;\n";

static const char curve[] =
	"CREATE TABLE curve (\n"
	"  -- second by second\n"
	"  point INTEGER NOT NULL REFERENCES points,\n"
	"  t REAL NOT NULL, -- its end, simulated\n"
	"  accesses REAL NOT NULL, -- in it\n"
	"  local REAL NOT NULL, -- of those\n"
	"  PRIMARY KEY (point, t)\n"
	") WITHOUT ROWID;\n";

static void points(FILE *f)
{
	fputs("CREATE TABLE points (\n"
	      "  id INTEGER PRIMARY KEY, -- follows from the key\n", f);
	for (int i = 0; i < NR_KEYS; i++)
		fprintf(f, "  \"%s\" %s NOT NULL, -- %s\n", key_info[i].name,
			key_info[i].number ? "INTEGER" : "TEXT",
			key_info[i].text);
	for (int i = 0; i < NR_FIGURES; i++)
		fprintf(f, "  %s %s, -- %s\n", figure_info[i].name,
			figure_info[i].whole ? "INTEGER" : "REAL",
			figure_info[i].text);
	fputs("  work_unit TEXT NOT NULL,\n"
	      "  seal INTEGER NOT NULL, -- digest of the rest and the curve\n"
	      "  UNIQUE (", f);
	for (int i = 0; i < NR_KEYS; i++)
		fprintf(f, "%s\"%s\"", i ? ", " : "", key_info[i].name);
	fputs(")\n);\n", f);
}

/* Whoever comes second finds that it is done; "exclusive" lets nobody in. */
char *store_schema(void)
{
	char *sql = NULL;
	size_t size;
	FILE *f = open_memstream(&sql, &size);

	if (!f)
		return NULL;
	fprintf(f, "BEGIN EXCLUSIVE;\n"
		"PRAGMA application_id = %d;\nPRAGMA user_version = %d;\n",
		STORE_APPLICATION, STORE_VERSION);
	fputs(sweeps, f);
	points(f);
	fputs(curve, f);
	fputs("COMMIT;\n", f);
	if (!fclose(f))
		return sql;
	free(sql);
	return NULL;
}
