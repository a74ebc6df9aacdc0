// SPDX-License-Identifier: GPL-2.0
/*
 * A process and all its descendants.
 */
#include "family.h"
#include "cli.h"
#include "pids.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool possible(uint64_t pid)
{
	return pid && pid <= PID_LIMIT;
}

static bool is(const struct family *f, uint64_t pid, uint8_t what)
{
	return possible(pid) && (f->state[pid] & what);
}

int family_begin(struct family *f, pid_t pid)
{
	f->state = calloc(PID_LIMIT + 1, sizeof(*f->state));
	if (!f->state)
		return fail("out of memory");
	f->state[pid] = FAMILY_MEMBER;
	return 0;
}

void family_free(struct family *f)
{
	free(f->state);
	f->state = NULL;
}

/* ------------------------------------------------------------------ records */

/* Born of one whom the trace has not yet: its takeover has to come, too. */
static bool birth(struct family *f, const struct np_record *rec)
{
	if (is(f, rec->value, FAMILY_WHOLE)) {
		f->state[rec->pid] = FAMILY_MEMBER | FAMILY_WHOLE;
		return true;
	}
	if (is(f, rec->value, FAMILY_MEMBER) &&
	    !is(f, rec->pid, FAMILY_MEMBER)) {
		f->state[rec->pid] = FAMILY_MEMBER;
		if (f->adopt)
			f->adopt(f->data, (pid_t)rec->pid);
	}
	return false;
}

/* A takeover begins with the name of the policy. */
static bool takeover(struct family *f, const struct np_record *rec)
{
	if (!is(f, rec->pid, FAMILY_MEMBER))
		return false;
	f->state[rec->pid] |= FAMILY_WHOLE;
	return true;
}

/* Who was let go may be taken over again; the number of the dead is free. */
static bool other(struct family *f, const struct np_record *rec)
{
	bool wanted = is(f, rec->pid, FAMILY_WHOLE);

	if (rec->type == NP_REC_GONE)
		f->state[rec->pid] &= ~FAMILY_WHOLE;
	if (rec->type == NP_REC_EXIT && rec->flags)
		f->state[rec->pid] &= ~FAMILY_MEMBER;
	return wanted;
}

bool family_wants(struct family *f, const struct np_record *rec)
{
	if (!possible(rec->pid))
		return false;
	if (rec->type == NP_REC_FORK)
		return birth(f, rec);
	if (rec->type == NP_REC_SPEC && !rec->pages)
		return takeover(f, rec);
	return other(f, rec);
}

/* ------------------------------------------------------------------- living */

/* The name in the middle may hold anything, also parentheses. */
static pid_t parent_of(const char *pid)
{
	char path[300], line[512] = "";
	const char *behind;
	pid_t parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	behind = strrchr(line, ')');
	if (!behind || sscanf(behind, ") %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* Return: how many were found that were not known. */
static int look_once(struct family *f, DIR *proc)
{
	struct dirent *e;
	int found = 0;

	rewinddir(proc);
	while ((e = readdir(proc))) {
		long pid = strtol(e->d_name, NULL, 10);

		if (!isdigit((unsigned char)e->d_name[0]) || !possible(pid) ||
		    is(f, pid, FAMILY_MEMBER) ||
		    !is(f, parent_of(e->d_name), FAMILY_MEMBER))
			continue;
		f->state[pid] = FAMILY_MEMBER;
		if (f->adopt)
			f->adopt(f->data, (pid_t)pid);
		found++;
	}
	return found;
}

/* Children may come before their parents in the list, and be born meanwhile. */
int family_add_living(struct family *f, pid_t pid)
{
	DIR *proc = opendir("/proc");

	if (!proc)
		return fail("/proc: %s", strerror(errno));
	if (f->adopt)
		f->adopt(f->data, pid);
	while (look_once(f, proc))
		;
	closedir(proc);
	return 0;
}
