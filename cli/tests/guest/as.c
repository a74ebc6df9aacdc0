// SPDX-License-Identifier: GPL-2.0
/* as UID COMMAND..: as another user, of whom no database needs to know. */
#define _GNU_SOURCE
#include <err.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int id = argc > 2 ? atoi(argv[1]) : 0;

	if (id <= 0)
		errx(2, "usage: as UID COMMAND..");
	if (setgid(id) || setuid(id))
		err(1, "cannot become %d", id);
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
