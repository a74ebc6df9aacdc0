// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that run under a policy from their first instruction on.
 *
 * The child attaches itself through the descriptor it inherits, so that the
 * module knows it and its descendants as the session of that descriptor.
 */
#include "launch.h"
#include "cli.h"
#include "device.h"
#include "groups.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was inherited from a managed caller belongs to another session. */
static void leave(int dev)
{
	struct np_ioc_pid self = { .size = sizeof(self) };

	device_call(dev, NP_IOC_DETACH, &self);
}

static int attach_self(int dev, const struct launch *l,
		       struct launch_trouble *t)
{
	struct np_ioc_attach a = {
		.size = sizeof(a),
		.flags = l->shadow ? NP_ATTACH_SHADOW : 0,
	};

	strncpy(a.spec, l->policy, sizeof(a.spec) - 1);
	leave(dev);
	t->attach = device_call(dev, NP_IOC_ATTACH, &a);
	memcpy(t->why, a.why, sizeof(t->why));
	return t->attach;
}

static int join_group(int dev, const struct launch *l,
		      struct launch_trouble *t)
{
	struct np_ioc_tbind bind = { .size = sizeof(bind), .ng_id = NP_NG_NEW };

	if (!l->group)
		return 0;
	strncpy(bind.name, l->group, sizeof(bind.name) - 1);
	t->group = device_call(dev, NP_IOC_TBIND, &bind);
	return t->group;
}

static void child(int dev, int report, const struct launch *l)
{
	struct launch_trouble t = { 0 };

	if (!attach_self(dev, l, &t) && !join_group(dev, l, &t)) {
		execvp(l->cmd[0], l->cmd);
		t.exec = errno;
	}
	if (write(report, &t, sizeof(t)) != sizeof(t))
		abort();
	_exit(EXIT_FAILURE);
}

static pid_t start(int dev, int report, const struct launch *l)
{
	pid_t pid = fork();

	if (!pid) {
		signals_release();
		child(dev, report, l);
	}
	return pid < 0 ? fail("fork: %s", strerror(errno)) : pid;
}

pid_t launch_start(int dev, const struct launch *l,
		   struct launch_trouble *trouble)
{
	int report[2];
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return fail("pipe: %s", strerror(errno));
	pid = start(dev, report[1], l);
	close(report[1]);
	if (pid < 0 ||
	    read(report[0], trouble, sizeof(*trouble)) != sizeof(*trouble))
		*trouble = (struct launch_trouble){ 0 };
	close(report[0]);
	return pid;
}

bool launch_failed(const struct launch_trouble *trouble)
{
	return trouble->attach || trouble->group || trouble->exec;
}

int launch_explain(const struct launch *l,
		   const struct launch_trouble *trouble)
{
	int attach = trouble->attach;

	if (trouble->exec) {
		fail("%s: %s", l->cmd[0], strerror(trouble->exec));
		return trouble->exec == ENOENT ? EXIT_NOT_FOUND :
						 EXIT_CANNOT_RUN;
	}
	if (trouble->group) {
		group_fail(l->group, trouble->group);
		return EXIT_FAILURE;
	}
	if (trouble->why[0])
		fail("policy '%s': %.*s", l->policy,
		     (int)sizeof(trouble->why), trouble->why);
	else
		device_fail(0, attach);
	return attach == -EINVAL || attach == -ENOENT || attach == -ERANGE ?
		EXIT_USAGE : EXIT_FAILURE;
}

/* A terminal has sent it to the child already; a kill(1) meant both. */
void launch_pass_on(pid_t pid, const siginfo_t *info)
{
	if (info->si_signo != SIGCHLD && info->si_code != SI_KERNEL)
		kill(pid, info->si_signo);
}

int launch_exit_code(int status)
{
	if (WIFSIGNALED(status))
		return EXIT_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status);
}
