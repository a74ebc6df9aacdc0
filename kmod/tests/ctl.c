// SPDX-License-Identifier: GPL-2.0
/* ctl - the device for shell scripts in the guest; see usage(). */
#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int usage(void)
{
	fputs("Usage: ctl attach|shadow|replace PID SPEC\n"
	      "       ctl detach PID\n"
	      "       ctl status PID|session|all|policy:NAME\n"
	      "       ctl info\n"
	      "       ctl run SPEC COMMAND..	(under SPEC from here on)\n"
	      "       ctl rotate SECONDS	(every 100 ms each managed process gets\n"
	      "				the next policy there is)\n"
	      "Prints name=value lines, or why not; exit status 1 if refused.\n",
	      stderr);
	return 2;
}

static int refused(int err, const char *why)
{
	printf("%s: %s\n", strerror(-err), why);
	return 1;
}

static int attach(int fd, const char *pid, const char *spec, unsigned int flags)
{
	char why[NP_UAPI_TEXT] = "";
	int err = dev_attach_why(fd, atoi(pid), spec, flags, why);

	return err ? refused(err, why) : 0;
}

static int detach(int fd, const char *pid)
{
	int err = dev_detach(fd, atoi(pid));

	return err ? refused(err, "") : 0;
}

static int get_status(int fd, const char *whom, struct np_ioc_status *s)
{
	if (!strcmp(whom, "session"))
		return dev_sum(fd, NP_STATUS_SESSION, NULL, s);
	if (!strcmp(whom, "all"))
		return dev_sum(fd, NP_STATUS_ALL, NULL, s);
	if (!strncmp(whom, "policy:", 7))
		return dev_sum(fd, NP_STATUS_POLICY, whom + 7, s);
	return dev_status(fd, atoi(whom), s);
}

static const char *effective_name(unsigned int effective)
{
	static const char *const names[] = {
		"unmanaged", "waiting", "placing", "observing", "stock",
		"one-node", "memory-policy", "ejected",
	};

	return effective < ARRAY_SIZE(names) ? names[effective] : "?";
}

static int status(int fd, const char *whom)
{
	struct np_ioc_status s;
	int i, err = get_status(fd, whom, &s);

	if (err)
		return refused(err, whom);
	printf("effective=%s\nspec=%s\nshadow=%u\nthreads=%u\nprocesses=%u\n",
	       effective_name(s.effective), s.spec, s.shadow, s.threads,
	       s.processes);
	printf("bytes=%u\nscan_max_us=%u\n", s.bytes, s.scan_max_us);
	for (i = 0; i < NP_NR_COUNTERS; i++)
		printf("%s=%llu\n", counter_name(i), s.counter[i]);
	for (i = 0; i < NP_NR_REASONS; i++)
		printf("reason:%s=%llu\n", reason_name(i), s.reason[i]);
	return 0;
}

static int info(int fd)
{
	struct np_ioc_info i;
	int err = dev_info(fd, &i);

	if (err)
		return refused(err, "");
	printf("policies=%u\nmanaged=%u\ntasks=%u\ninherit_failed=%u\n",
	       i.nr_policies, i.managed, i.tasks, i.inherit_failed);
	printf("balancing_set=%d\nbalancing_now=%d\n", i.balancing_set,
	       i.balancing_now);
	return 0;
}

static int run(int fd, char **argv)
{
	int status = attach(fd, "0", argv[0], 0);

	if (status)
		return status;
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}

/* The policies that can place: not those of tests, which misbehave. */
static unsigned int builtin_specs(int fd, char specs[][NP_UAPI_SPEC],
				  unsigned int room)
{
	struct np_ioc_policy p;
	unsigned int nr = 0;

	for (unsigned int i = 0; nr < room; i++) {
		p = (struct np_ioc_policy){ .size = sizeof(p), .index = i };
		if (dev_ioctl(fd, NP_IOC_POLICY, &p))
			break;
		snprintf(specs[nr++], NP_UAPI_SPEC, "%s%s", p.name,
			 strcmp(p.name, "stock") ? ":" FAST : "");
	}
	return nr;
}

/* Return: how many there were; one that has ended meanwhile is none. */
static int replace_all(int fd, const char *spec, int *wrong)
{
	struct np_ioc_pid next = { .size = sizeof(next) };
	int nr = 0, err;

	while (!dev_ioctl(fd, NP_IOC_NEXT, &next)) {
		err = dev_attach(fd, next.pid, spec, NP_ATTACH_REPLACE);
		nr += !err;
		*wrong += err && err != -ESRCH;
	}
	return nr;
}

static int rotate(int fd, double seconds)
{
	char specs[32][NP_UAPI_SPEC];
	unsigned int nr = builtin_specs(fd, specs, ARRAY_SIZE(specs));
	double end = now() + seconds;
	long rounds = 0, switches = 0;
	int wrong = 0;

	for (; now() < end; rounds++) {
		switches += replace_all(fd, specs[rounds % nr], &wrong);
		msleep(100);
	}
	printf("policies=%u\nrounds=%ld\nswitches=%ld\nwrong=%d\n", nr, rounds,
	       switches, wrong);
	return wrong || !switches;
}

int main(int argc, char **argv)
{
	static const struct { const char *verb; unsigned int flags; } verbs[] = {
		{ "attach", 0 },
		{ "shadow", NP_ATTACH_SHADOW },
		{ "replace", NP_ATTACH_REPLACE },
	};
	size_t i;

	if (argc < 2)
		return usage();
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].verb) && argc == 4)
			return attach(dev_open(), argv[2], argv[3],
				      verbs[i].flags);
	if (!strcmp(argv[1], "detach") && argc == 3)
		return detach(dev_open(), argv[2]);
	if (!strcmp(argv[1], "status") && argc == 3)
		return status(dev_open(), argv[2]);
	if (!strcmp(argv[1], "info") && argc == 2)
		return info(dev_open());
	if (!strcmp(argv[1], "rotate") && argc == 3)
		return rotate(dev_open(), atof(argv[2]));
	if (!strcmp(argv[1], "run") && argc > 3)
		return run(dev_open(), argv + 2);
	return usage();
}
