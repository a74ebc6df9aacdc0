// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that misbehave, and others from a module of their own.  Needs
 * np_test_policies.ko and a third node with a CPU and without memory.
 */
#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STRIKES 16		/* NP_EJECT_STRIKES */

/* Undefined answers: counted, never obeyed, and then no longer asked for. */
static void ejected(int mode, enum np_reason why)
{
	char spec[64];

	snprintf(spec, sizeof(spec), "rogue:mode=%d," FAST, mode);
	begin(spec, 0);
	tap_ok(reaches(NP_C_FAULTS, STRIKES + 1), "%s: it was asked", spec);
	tap_is(effective(), NP_EFF_EJECTED, "%s: ejected", spec);
	tap_is(dev_reason(fd, 0, why), STRIKES, "%s: after so many answers",
	       spec);
	tap_above(dev_reason(fd, 0, NP_R_EJECTED), dev_counter(fd, 0, NP_C_MOVED),
		  "%s: only the kernel has moved anything", spec);
	tap_is(dev_attach(fd, 0, "moron:" FAST, NP_ATTACH_REPLACE), 0,
	       "%s: can be replaced", spec);
	tap_ok(follows(area, SIZE, HERE), "%s: by one that works", spec);
}

static void no_such_node(void)
{
	ejected(0, NP_R_BAD_NODE);
}

static void negative_node(void)
{
	ejected(1, NP_R_BAD_NODE);
}

static void no_such_verdict(void)
{
	ejected(2, NP_R_BAD_ANSWER);
}

static void no_such_reason(void)
{
	ejected(3, NP_R_BAD_ANSWER);
}

static void undeclared_queue(void)
{
	ejected(4, NP_R_BAD_ANSWER);
}

static void now_and_then(void)
{
	ejected(6, NP_R_BAD_NODE);
}

/* Children share their parent's policy, and its end. */
static void ejected_family(void)
{
	struct np_ioc_status s;
	pid_t pid;

	begin("rogue:mode=0," FAST, 0);
	pid = fork();
	if (!pid) {
		area = map_on_node(SIZE, 1, MAP_SMALL);
		reaches(NP_C_FAULTS, STRIKES + 1);
		_Exit(effective() == NP_EFF_EJECTED ? 0 : 1);
	}
	tap_is(reap(pid), 0, "a child's policy is ejected");
	tap_is(effective(), NP_EFF_EJECTED, "which is its parent's");
	dev_sum(fd, NP_STATUS_SESSION, NULL, &s);
	tap_is(s.reason[NP_R_BAD_NODE], STRIKES, "together so many answers");
}

/* A node that is there and has no memory is refused, and no misbehaviour. */
static void memoryless(void)
{
	begin("rogue:mode=5," FAST, 0);
	tap_ok(reaches(NP_C_FAULTS, PAGES), "a node without memory: asked for");
	tap_above(dev_reason(fd, 0, NP_R_OFFLINE), PAGES / 2,
		  "a node without memory: the reason");
	tap_is(effective(), NP_EFF_PLACING, "a node without memory: no strike");
	tap_is(pages_on(area, SIZE, 1), PAGES, "a node without memory: stays");
}

static void moron_without_memory(void)
{
	begin("moron:" FAST, 0);
	run_on_node(SMALL);
	tap_ok(reaches(NP_C_REFUSED, PAGES / 2), "from its CPU: refused");
	tap_above(dev_reason(fd, 0, NP_R_OFFLINE), PAGES / 2,
		  "from its CPU: the reason");
}

static void minimal(void)
{
	begin("minimal:" FAST, 0);
	tap_ok(reaches(NP_C_SCAN_PASSES, 3), "minimal: passes");
	tap_is(pages_on(area, SIZE, 1), PAGES, "minimal: nothing moves");
	tap_is(effective(), NP_EFF_OBSERVING, "minimal: observes");
}

static void maximal(void)
{
	begin("maximal:" FAST ",bias=-100%,moving=1", 0);
	tap_ok(follows(area, SIZE, HERE), "maximal: memory follows");
	tap_is(dev_attach(fd, 0, "maximal:" FAST ",moving=0",
			  NP_ATTACH_REPLACE), 0, "maximal: another parameter");
	run_on_node(1);
	reaches(NP_C_SCAN_PASSES, 3);
	tap_above(pages_on(area, SIZE, 0), NEARLY(PAGES),
		  "maximal: now it stays");
}

/* A thread's first fault comes before it has statistics. */
static void audit(void)
{
	begin("audit:" FAST, 0);
	tap_ok(follows(area, SIZE, HERE), "audit: memory follows");
	run_on_node(1);
	tap_ok(follows(area, SIZE, THERE), "audit: and again");
	tap_is(effective(), NP_EFF_PLACING, "audit: places");
}

int main(void)
{
	tap_child("no such node", no_such_node);
	tap_child("negative node", negative_node);
	tap_child("no such verdict", no_such_verdict);
	tap_child("no such reason", no_such_reason);
	tap_child("undeclared queue", undeclared_queue);
	tap_child("now and then", now_and_then);
	tap_child("family", ejected_family);
	tap_child("memoryless", memoryless);
	tap_child("moron without memory", moron_without_memory);
	tap_child("minimal", minimal);
	tap_child("maximal", maximal);
	tap_child("audit", audit);
	fd = dev_open();
	tap_ok(dev_wait_managed(fd, 0, 5), "nobody is managed any more");
	return tap_end();
}
