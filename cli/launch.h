/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that run under a policy from their first instruction on. */
#ifndef CLI_LAUNCH_H
#define CLI_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include <numaplace/uapi.h>

/**
 * struct launch - what is to run, and how
 * @policy:	SPEC
 * @group:	join the NUMA group of this name, which is made if need be, or NULL
 * @shadow:	decide, record and count, but move nothing
 * @cmd:	the command with its arguments, ended by NULL
 */
struct launch {
	const char *policy;
	const char *group;
	bool shadow;
	char **cmd;
};

/* What the child tells before it becomes the command; all zero is success. */
struct launch_trouble {
	int attach;	/* -errno of the attachment, or 0 */
	int group;	/* -errno of joining the group, or 0 */
	int exec;	/* errno of the execution, or 0 */
	char why[NP_UAPI_TEXT];
};

/**
 * launch_start() - start the command
 * @dev:	the device; what the command and its descendants get is the
 *		session of this descriptor
 * @trouble:	why it did not become the command, if so; it ends then
 * Return: the child, or -1 with a message.  Signals must be held (signals.h).
 */
pid_t launch_start(int dev, const struct launch *l,
		   struct launch_trouble *trouble);

/* launch_failed() - the command never ran. */
bool launch_failed(const struct launch_trouble *trouble);

/* launch_explain() - say why.  Return: the exit code that tells so, too. */
int launch_explain(const struct launch *l,
		   const struct launch_trouble *trouble);

/* launch_pass_on() - a signal that was meant for the command as well. */
void launch_pass_on(pid_t pid, const siginfo_t *info);

/* launch_exit_code() - of a command that ended with @status (wait(2)). */
int launch_exit_code(int status);

#endif
