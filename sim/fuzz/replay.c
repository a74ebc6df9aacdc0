// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds files to a fuzz target, one result each: inputs that were once found
 * to do harm, and the seeds, stay harmless.  NAME.t CORPUS..
 */
#include "replay.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int nr;

static void feed(const char *path, FILE *f)
{
	static uint8_t data[1 << 20];
	size_t size = fread(data, 1, sizeof(data), f);

	LLVMFuzzerTestOneInput(data, size);
	printf("ok %u - %s\n", ++nr, path);
}

static void replay(const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f) {
		printf("not ok %u - cannot read %s\n", ++nr, path);
		return;
	}
	feed(path, f);
	fclose(f);
}

static int is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void replay_all(const char *dir)
{
	struct dirent **list;
	char path[4096];
	int n = scandir(dir, &list, is_file, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		replay(path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		replay_all(argv[i]);
	printf("1..%u\n", nr);
	return nr == 0;
}
