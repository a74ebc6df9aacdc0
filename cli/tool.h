/* SPDX-License-Identifier: GPL-2.0 */
/* Other programs, run to their end. */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include <stdbool.h>

/* tool_exists() - can @name be run, by its path or from $PATH? */
bool tool_exists(const char *name);

/**
 * tool_run() - run and wait; it is killed if this program dies
 * @out:	where its stdout goes, or NULL for ours
 * Return: 0 if it succeeded, or -1; it has then said why itself.
 */
int tool_run(char *const argv[], const char *out);

/**
 * tool_text() - run and read its stdout
 * @ret_text:	all of it, to be freed; also of a tool that failed
 * Return: its exit status, or -1 with a message.
 */
int tool_text(char *const argv[], char **ret_text);

#endif
