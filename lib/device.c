// SPDX-License-Identifier: GPL-2.0
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <numaplace/uapi.h>

/* Without the module there is no such file, or nobody behind it. */
int np_device_open(void)
{
	int fd = open(NP_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		errno = ENODEV;
	return fd;
}

int np_device_call(unsigned long command, void *arg)
{
	int fd = np_device_open(), err, why;

	if (fd < 0)
		return -1;
	err = ioctl(fd, command, arg);
	why = errno;
	close(fd);
	/* A module that does not know the command is an older one. */
	errno = err && why == ENOTTY ? ENODEV : why;
	return err;
}
