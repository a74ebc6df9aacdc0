// SPDX-License-Identifier: GPL-2.0
/*
 * Other programs, run to their end.
 */
#include "tool.h"
#include "cli.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool in_directories(const char *name, char *dirs)
{
	char path[4096], *dir;

	while ((dir = strsep(&dirs, ":"))) {
		snprintf(path, sizeof(path), "%s/%s", *dir ? dir : ".", name);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

bool tool_exists(const char *name)
{
	const char *path = getenv("PATH");
	char *dirs;
	bool found;

	if (strchr(name, '/'))
		return !access(name, X_OK);
	dirs = strdup(path ? path : _PATH_DEFPATH);
	found = dirs && in_directories(name, dirs);
	free(dirs);
	return found;
}

/* The child's side; @out becomes its stdout unless that is -1. */
static void become(char *const argv[], int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signals_release();
	signal(SIGPIPE, SIG_DFL);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	execvp(argv[0], argv);
	fail("%s: %s", argv[0], strerror(errno));
	_exit(EXIT_NOT_FOUND);
}

static pid_t start(char *const argv[], int out)
{
	pid_t pid;

	fflush(NULL);
	signals_hold();
	pid = fork();
	if (!pid)
		become(argv, out);
	return pid < 0 ? fail("fork: %s", strerror(errno)) : pid;
}

/* Who is asked to stop asks the tool to stop.  Return: its exit status. */
static int wait_for(pid_t pid)
{
	siginfo_t info;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (signals_next(&info) == SIGCHLD)
			continue;
		stopped_by = info.si_signo;
		kill(pid, SIGTERM);
	}
	return stopped_by || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}

int tool_run(char *const argv[], const char *out)
{
	int fd = -1, ret;
	pid_t pid;

	if (out) {
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (fd < 0)
			return fail("%s: %s", out, strerror(errno));
	}
	pid = start(argv, fd);
	ret = pid < 0 || wait_for(pid) ? -1 : 0;
	if (fd >= 0)
		close(fd);
	return ret;
}

static char *read_all(int fd)
{
	char *text = NULL, buf[4096];
	size_t size;
	FILE *f = open_memstream(&text, &size);
	ssize_t n;

	if (!f)
		return NULL;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, f);
	fclose(f);
	return text;
}

int tool_text(char *const argv[], char **ret_text)
{
	int pipes[2], status;
	pid_t pid;

	*ret_text = NULL;
	if (pipe2(pipes, O_CLOEXEC))
		return fail("pipe: %s", strerror(errno));
	pid = start(argv, pipes[1]);
	close(pipes[1]);
	if (pid > 0)
		*ret_text = read_all(pipes[0]);
	close(pipes[0]);
	if (pid < 0)
		return -1;
	status = wait_for(pid);
	return *ret_text ? status : fail("out of memory");
}
