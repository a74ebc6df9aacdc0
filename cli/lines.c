// SPDX-License-Identifier: GPL-2.0
/*
 * Files that someone else is still writing, line by line.
 */
#include "lines.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int lines_init(struct lines *l, const char *dir, const char *name)
{
	*l = (struct lines){ 0 };
	if (asprintf(&l->path, "%s/%s", dir, name) >= 0)
		return 0;
	l->path = NULL;
	return fail("out of memory");
}

/* A line without an end is put back: it will be longer next time. */
static char *next_line(struct lines *l, size_t *ret_len)
{
	off_t start = ftello(l->f);
	char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, l->f);

	if (len > 0 && line[len - 1] == '\n') {
		*ret_len = (size_t)len;
		return line;
	}
	free(line);
	clearerr(l->f);
	fseeko(l->f, start, SEEK_SET);
	return NULL;
}

/* Serial lines end in "\r\n"; a NUL in the middle would hide the rest. */
static void strip(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!line[i])
			line[i] = '?';
	line[strcspn(line, "\r\n")] = '\0';
}

int lines_follow(struct lines *l, line_taker take, void *data)
{
	char *line;
	size_t len;
	int ret = 0;

	if (!l->f)
		l->f = fopen(l->path, "re");
	while (!ret && l->f && (line = next_line(l, &len))) {
		strip(line, len);
		ret = take(data, line);
		free(line);
	}
	return ret;
}

bool lines_replaced(const struct lines *l)
{
	struct stat now, open;

	return l->f && !stat(l->path, &now) && !fstat(fileno(l->f), &open) &&
	       (now.st_ino != open.st_ino || now.st_dev != open.st_dev);
}

void lines_restart(struct lines *l)
{
	if (l->f)
		fclose(l->f);
	l->f = NULL;
}

bool lines_cut(const struct lines *l)
{
	int c = l->f ? fgetc(l->f) : EOF;

	if (l->f)
		clearerr(l->f);
	return c != EOF && ungetc(c, l->f) == c;
}

void lines_exit(struct lines *l)
{
	if (l->f)
		fclose(l->f);
	free(l->path);
	*l = (struct lines){ 0 };
}
