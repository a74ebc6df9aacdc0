// SPDX-License-Identifier: GPL-2.0
/*
 * Claims are locks on single bytes of the database, far behind its end and
 * the bytes that SQLite locks.  They belong to the open file, so that SQLite's
 * own locks, which belong to the process, do not mix with them.
 */
#include "claim.h"
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Numbers keep 62 bits: two points with the same ones only wait in vain. */
#define FIRST_BYTE	(1LL << 62)

int claim_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	return fd < 0 ? fail("%s: %s", path, strerror(errno)) : fd;
}

static int lock(int fd, int64_t number, int command, short type)
{
	struct flock l = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = FIRST_BYTE | (number & (FIRST_BYTE - 1)),
		.l_len = 1,
	};
	int ret;

	do
		ret = fcntl(fd, command, &l);
	while (ret && errno == EINTR);
	return ret;
}

/* Where there are no such locks everybody has everything. */
bool claim_take(int fd, int64_t number, bool wait)
{
	int ret = lock(fd, number, wait ? F_OFD_SETLKW : F_OFD_SETLK, F_WRLCK);

	return !ret || (errno != EAGAIN && errno != EACCES);
}

void claim_drop(int fd, int64_t number)
{
	lock(fd, number, F_OFD_SETLK, F_UNLCK);
}
