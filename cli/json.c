// SPDX-License-Identifier: GPL-2.0
/*
 * JSON out, by jansson.  Numbers keep six digits: more would be noise.
 */
#include "json.h"
#include "cli.h"
#include "outfile.h"

#include <stdlib.h>
#include <string.h>

#define REAL JSON_REAL_PRECISION(6)

json_t *json_text(const char *text)
{
	json_t *j = json_string(text);
	char *copy;

	if (j)
		return j;
	copy = strdup(text);
	for (char *p = copy; p && *p; p++)
		if (*p & 0x80)
			*p = '?';
	j = copy ? json_string(copy) : NULL;
	free(copy);
	return j;
}

json_t *json_join(json_t *a, json_t *b)
{
	int bad = !a || !b || json_object_update(a, b);

	json_decref(b);
	if (!bad)
		return a;
	json_decref(a);
	return NULL;
}

static int dump(FILE *f, json_t *j, size_t flags)
{
	int ret = j ? json_dumpf(j, f, flags | REAL) : -1;

	json_decref(j);
	if (!ret && fputc('\n', f) != EOF)
		return 0;
	return j ? -1 : fail("out of memory");
}

int json_emit(json_t *j)
{
	return dump(stdout, j, JSON_INDENT(2));
}

int json_emit_line(json_t *j)
{
	int ret = dump(stdout, j, JSON_COMPACT);

	return fflush(stdout) ? -1 : ret;
}

int json_write(FILE *f, json_t *j)
{
	return dump(f, j, JSON_INDENT(2));
}

int json_save(const char *path, json_t *j)
{
	struct outfile o;

	if (!j)
		return fail("out of memory");
	if (outfile_open(&o, path)) {
		json_decref(j);
		return -1;
	}
	dump(o.f, j, JSON_INDENT(2));
	if (!outfile_commit(&o))
		return 0;
	outfile_discard(&o);
	return -1;
}
