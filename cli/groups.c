// SPDX-License-Identifier: GPL-2.0
#include "groups.h"
#include "cli.h"
#include "device.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PASSES 100

/* ------------------------------------------------------------------- groups */

static int is_number(const char *text)
{
	return text[0] && !text[strspn(text, "0123456789")];
}

int group_fail(const char *text, int error)
{
	switch (-error) {
	case EINVAL:
	case ENOENT:
		return fail("there is no group '%s'; see numaplace group list",
			    text);
	case EPERM:
		return fail("group '%s' is another user's; it takes root or "
			    "CAP_SYS_NICE", text);
	case EEXIST:
		return fail("there is a group '%s' already", text);
	default:
		return fail("group '%s': %s", text, strerror(-error));
	}
}

int group_name_ok(const char *name)
{
	const char *p;

	if (!*name || strlen(name) >= NP_UAPI_NAME)
		return fail("the name of a group has 1 to %d characters, not "
			    "like '%s'", NP_UAPI_NAME - 1, name);
	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return fail("the name of a group has letters, digits, "
				    "'-', '_' and '.', not like '%s'", name);
	if (is_number(name))
		return fail("a group cannot be called '%s': that is a number",
			    name);
	return 0;
}

int group_find(int dev, const char *text, struct np_ioc_group *ret)
{
	struct np_ioc_group g = { .size = sizeof(g) };
	int err;

	if (is_number(text)) {
		g.id = (int)strtol(text, NULL, 10);
	} else {
		if (group_name_ok(text))
			return -1;
		g.flags = NP_GROUP_NAMED;
		strcpy(g.name, text);
	}
	err = device_call(dev, NP_IOC_GROUP, &g);
	if (err)
		return group_fail(text, err);
	*ret = g;
	return 0;
}

int group_next(int dev, int id, struct np_ioc_group *ret)
{
	struct np_ioc_group g = {
		.size = sizeof(g), .flags = NP_GROUP_NEXT, .id = id,
	};
	int err = device_call(dev, NP_IOC_GROUP, &g);

	if (err == -ENOENT)
		return 0;
	if (err)
		return device_fail(0, err);
	*ret = g;
	return 1;
}

/* ------------------------------------------------------------------ threads */

static int bind_thread(int dev, int tid, int *id)
{
	struct np_ioc_tbind t = {
		.size = sizeof(t), .tid = tid, .ng_id = *id,
	};
	int err = device_call(dev, NP_IOC_TBIND, &t);

	*id = t.ng_id;
	return err;
}

static bool is_in(int dev, int tid, int id)
{
	int now = NP_NG_GET, err = bind_thread(dev, tid, &now);

	return err == -ENOENT ? id == NP_NG_NONE : !err && now == id;
}

/* Return: threads that were not in it, or -errno.  Some may end meanwhile. */
static int one_pass(int dev, DIR *dir, int id)
{
	struct dirent *e;
	int nr = 0, err;

	while ((e = readdir(dir))) {
		int tid = (int)strtol(e->d_name, NULL, 10), want = id;

		if (tid <= 0 || is_in(dev, tid, id))
			continue;
		err = bind_thread(dev, tid, &want);
		if (err && err != -ESRCH)
			return err;
		nr += !err;
	}
	return nr;
}

int group_join(int dev, pid_t pid, int id)
{
	char path[32];
	int nr = 1, total = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return -ESRCH;
	for (int pass = 0; pass < MAX_PASSES && nr > 0; pass++) {
		rewinddir(dir);
		nr = one_pass(dev, dir, id);
		total += nr > 0 ? nr : 0;
	}
	closedir(dir);
	return nr < 0 ? nr : total;
}
