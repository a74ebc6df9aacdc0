// SPDX-License-Identifier: GPL-2.0
/* numaplace pressure status: the machine and each of its nodes, for a moment. */
#include "cli.h"
#include "human.h"
#include "json.h"
#include "pressure.h"
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define NODES "/sys/devices/system/node/has_memory"
#define MOST 1024

/* The machine first. */
struct looks {
	struct {
		int node;		/* -1: the machine */
		int fd;
		struct vmpressure_info info;
	} of[MOST + 1];
	int nr;
};

static int add(struct looks *l, int node)
{
	const struct pressure_scope s = { .node = node };
	int fd = pressure_open(&s, VMPRESSURE_LOW, 0, 0);

	if (fd < 0)
		return -1;
	l->of[l->nr].node = node;
	l->of[l->nr++].fd = fd;
	return 0;
}

/* "0-1,4" */
static int add_nodes(struct looks *l)
{
	FILE *f = fopen(NODES, "re");
	int first, last, err = 0;
	char next = ',';

	if (!f)
		return fail(NODES ": %s", strerror(errno));
	while (!err && next == ',' && fscanf(f, "%d", &first) == 1) {
		last = first;
		if (fscanf(f, "%c", &next) == 1 && next == '-' &&
		    (fscanf(f, "%d", &last) != 1 || fscanf(f, "%c", &next) != 1))
			next = 0;
		for (; !err && first <= last && l->nr <= MOST; first++)
			err = add(l, first);
	}
	fclose(f);
	return err;
}

static int look(struct looks *l)
{
	for (int i = 0; i < l->nr; i++) {
		l->of[i].info.size = sizeof(l->of[i].info);
		if (ioctl(l->of[i].fd, VMPRESSURE_IOC_INFO, &l->of[i].info))
			return fail(VMPRESSURE_DEVICE ": %s", strerror(errno));
	}
	return 0;
}

/* -------------------------------------------------------------------- to print */

static void put_scope(char *buf, size_t size, int node)
{
	if (node < 0)
		snprintf(buf, size, "machine");
	else
		snprintf(buf, size, "node %d", node);
}

static int print_table(const struct looks *l)
{
	static const char *const heads[] = {
		"SCOPE", "PRESSURE", ">EXAMINED", ">RECLAIMED", ">LOW",
		">MEDIUM", ">OOM", ">WATCHERS", NULL,
	};
	struct libscols_table *t = table_new(heads);
	char scope[32], share[HUMAN_LEN];

	for (int i = 0; t && i < l->nr; i++) {
		const struct vmpressure_info *v = &l->of[i].info;

		put_scope(scope, sizeof(scope), l->of[i].node);
		if (table_row(t, "%s\t%s\t%llu\t%s\t%llu\t%llu\t%llu\t%u", scope,
			      pressure_name(v->level),
			      (unsigned long long)v->scanned, v->scanned ?
			      human_share(share, v->reclaimed, v->scanned) : "-",
			      (unsigned long long)v->windows[0],
			      (unsigned long long)v->windows[1],
			      (unsigned long long)v->windows[2],
			      v->watchers - 1)) {
			table_free(t);
			t = NULL;
		}
	}
	return t ? table_print(t) : -1;
}

static json_t *json_of(const struct looks *l, int i)
{
	const struct vmpressure_info *v = &l->of[i].info;
	char scope[32];

	put_scope(scope, sizeof(scope), l->of[i].node);
	return json_pack("{s:s, s:s, s:I, s:I, s:[I, I, I], s:i}", "scope", scope,
			 "pressure", pressure_name(v->level),
			 "scanned", (json_int_t)v->scanned,
			 "reclaimed", (json_int_t)v->reclaimed, "windows",
			 (json_int_t)v->windows[0], (json_int_t)v->windows[1],
			 (json_int_t)v->windows[2],
			 "watchers", (int)v->watchers - 1);
}

static int print_json(const struct looks *l)
{
	json_t *all = json_array();

	for (int i = 0; i < l->nr; i++)
		json_array_append_new(all, json_of(l, i));
	return json_emit(all);
}

/* ---------------------------------------------------------------------- status */

static void wait_for(double seconds)
{
	struct timespec t = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};

	if (seconds > 2)
		fprintf(stderr, "numaplace: looking for %g s\n", seconds);
	nanosleep(&t, NULL);
}

int pressure_status(double seconds, bool json)
{
	struct looks *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return fail("out of memory");
	err = add(l, -1) || add_nodes(l);
	if (!err) {
		wait_for(seconds);
		err = look(l);
	}
	if (!err)
		err = json ? print_json(l) : print_table(l);
	while (l->nr)
		close(l->of[--l->nr].fd);
	free(l);
	return err ? -1 : 0;
}
